//! Finding the end of the log after any stop, and making it last.
//!
//! Only what was never synced may be cut. A place that does not verify is a
//! torn tail only if nothing after it proves otherwise: each record says which
//! record was known to last when it was written, so a later record that counts
//! the damaged one among those proves that it was whole once. A witness, such
//! as the mark that the view has applied, proves the same of the last record,
//! which no later one vouches for.

use super::{
    error::{Damage, LogError, TornTail},
    frame::{CLOSING_BYTES, FIRST_OFFSET, FRAME_BYTES, FRAME_STEP, Frame},
    position::LogMark,
    segment::{CHUNK_BYTES, Segment, Slot},
};

/// The end of the newest segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    /// After the last whole record.
    pub(super) end: LogMark,
    /// Whether the segment is closed there.
    pub(super) closed: bool,
    /// What is to be cut.
    pub(super) torn: Option<TornTail>,
    /// Where the records begin that no later one proves to last.
    unproven: u64,
}

impl Tail {
    /// Finds the end of the newest segment and changes nothing.
    pub(super) fn find(segment: &Segment, witnesses: &[LogMark]) -> Result<Self, LogError> {
        let mut end = segment.header.mark();
        let mut unproven = FIRST_OFFSET;
        check_witnesses(&end, witnesses)?;
        let damage = loop {
            let offset = end.next.offset;
            match segment.slot(offset)? {
                Slot::Record(frame) if !frame.follows(&end) => break Damage::Chain,
                Slot::Record(frame) => {
                    if !segment.verifies(offset, &frame)? {
                        break Damage::Payload;
                    }
                    if frame.lasting == end.records {
                        unproven = offset;
                    }
                    end = frame.mark_after(end.next);
                    check_witnesses(&end, witnesses)?;
                }
                Slot::Closing(frame) if frame.closes(&end) => {
                    let tail = Self {
                        end,
                        closed: true,
                        torn: None,
                        unproven,
                    };
                    return tail.check_end(witnesses);
                }
                Slot::Closing(_) => break Damage::Chain,
                Slot::Nothing => break Damage::Frame,
            }
        };
        let torn = torn_tail(segment, &end, damage)?;
        Self {
            end,
            closed: false,
            torn,
            unproven,
        }
        .check_end(witnesses)
    }

    fn check_end(self, witnesses: &[LogMark]) -> Result<Self, LogError> {
        match witnesses.iter().max_by_key(|witness| witness.records) {
            Some(witness) if witness.records > self.end.records => {
                let (end, witness, torn) = (self.end, *witness, self.torn);
                Err(LogError::LostRecord { end, witness, torn })
            }
            Some(_) | None => Ok(self),
        }
    }

    /// Makes everything up to the end last and zeroes what stands after it.
    ///
    /// The records that no later one proves are written again: the run before
    /// may have ended at a failed sync, after which the system shows bytes
    /// that the disk does not hold and a sync alone would never write.
    pub(super) fn settle(&self, segment: &Segment) -> Result<(), LogError> {
        let write = |offset, bytes: &[u8]| {
            segment
                .file
                .write_at(offset, bytes)
                .map_err(LogError::disk("settle its end"))
        };
        let closing = if self.closed { CLOSING_BYTES } else { 0 };
        let end = self.end.next.offset.saturating_add(closing);
        let mut buffer = Vec::new();
        for (offset, count) in pieces(self.unproven, end) {
            buffer.resize(count, 0);
            segment.read(offset, &mut buffer)?;
            write(offset, &buffer)?;
        }
        let torn = self.torn.map_or(0, |torn| torn.bytes);
        for (offset, count) in pieces(end, end.saturating_add(torn)) {
            buffer.clear();
            buffer.resize(count, 0);
            write(offset, &buffer)?;
        }
        segment
            .file
            .sync_data()
            .map_err(LogError::disk("sync its end"))
    }
}

/// Offset and length of the pieces of a stretch, each at most a chunk.
fn pieces(start: u64, end: u64) -> impl Iterator<Item = (u64, usize)> {
    let starts = (start..end).step_by(CHUNK_BYTES);
    starts.map(move |at| {
        let left = end.saturating_sub(at);
        (
            at,
            usize::try_from(left)
                .unwrap_or(CHUNK_BYTES)
                .min(CHUNK_BYTES),
        )
    })
}

fn check_witnesses(mark: &LogMark, witnesses: &[LogMark]) -> Result<(), LogError> {
    let other = |witness: &&LogMark| witness.records == mark.records && *witness != mark;
    match witnesses.iter().find(other) {
        Some(witness) => Err(LogError::OtherRecord { witness: *witness }),
        None => Ok(()),
    }
}

/// What stands after the last whole record. Fails with the damage found there
/// when a frame further on proves that a record was lost.
fn torn_tail(
    segment: &Segment,
    end: &LogMark,
    damage: Damage,
) -> Result<Option<TornTail>, LogError> {
    let from = end.next.offset;
    let mut dirty_end = from;
    let mut buffer = Vec::new();
    for (start, count) in pieces(from, segment.header.bytes) {
        // A frame may begin in this piece and end in the next.
        let left =
            usize::try_from(segment.header.bytes.saturating_sub(start)).unwrap_or(usize::MAX);
        buffer.resize(count.saturating_add(FRAME_BYTES).min(left), 0);
        segment.read(start, &mut buffer)?;
        let Some(last) = buffer.iter().rposition(|byte| *byte != 0) else {
            continue;
        };
        dirty_end = start.saturating_add(last as u64).saturating_add(1);
        for (at, window) in buffer.windows(FRAME_BYTES).enumerate().step_by(FRAME_STEP) {
            let offset = start.saturating_add(at as u64);
            let Some(bytes) = window.first_chunk() else {
                continue;
            };
            let frame = match segment.decode(bytes, offset) {
                Slot::Record(frame) if proves_loss(&frame, end) => frame,
                Slot::Closing(frame) if proves_loss(&frame, end) => frame,
                Slot::Record(_) | Slot::Closing(_) | Slot::Nothing => continue,
            };
            if segment.verifies(offset, &frame)? {
                return Err(segment.damaged(from, damage));
            }
        }
    }
    let bytes = dirty_end.saturating_sub(from);
    Ok((bytes > 0).then_some(TornTail {
        at: end.next,
        bytes,
    }))
}

/// Whether a frame was written when the record after `end` was known to last.
fn proves_loss(frame: &Frame, end: &LogMark) -> bool {
    frame.lasting > end.records
}
