use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use terrace_model::{Head, Page, Stream, Time};

use super::{BatchId, HeldBack, sending::bytes_of};
use crate::{Frame, Limits, ProtocolError};

/// Pages that came from the neighbour: counted against its credit until they
/// are durable here, then acknowledged in order.
#[derive(Debug)]
pub(super) struct Receiving {
    limits: Limits,
    /// Number of the newest frame that came.
    newest: u64,
    /// Frames not yet acknowledged, oldest first.
    open: VecDeque<Batch>,
    open_bytes: u64,
    /// Number of the newest frame that is durable with all before it.
    durable: u64,
    /// Number last said in an acknowledgement.
    acked: u64,
    refusals: BTreeMap<Stream, Refusal>,
    again: BTreeMap<Stream, (Option<Head>, u32)>,
}

#[derive(Debug)]
struct Batch {
    bytes: u64,
    streams: BTreeSet<Stream>,
    durable: bool,
}

/// A stream whose pages could not be taken.
#[derive(Clone, Copy, Debug)]
struct Refusal {
    not_before: Time,
    wait_millis: u32,
}

impl Receiving {
    pub(super) const fn new(limits: Limits) -> Self {
        Self {
            limits,
            newest: 0,
            open: VecDeque::new(),
            open_bytes: 0,
            durable: 0,
            acked: 0,
            refusals: BTreeMap::new(),
            again: BTreeMap::new(),
        }
    }

    /// Takes a frame, if it has the next number and the neighbour keeps to
    /// what it may send.
    pub(super) fn handle_pages(
        &mut self,
        number: u64,
        pages: &[Page],
    ) -> Result<BatchId, ProtocolError> {
        let expected = self.newest.saturating_add(1);
        if number != expected {
            let got = number;
            return Err(ProtocolError::FrameNumber { expected, got });
        }
        let limit_bytes = match pages {
            [] => return Err(ProtocolError::EmptyFrame),
            [_] => self.limits.max_page_bytes.max(self.limits.frame_bytes),
            [_, _, ..] => self.limits.frame_bytes,
        };
        let bytes = pages.iter().map(bytes_of).sum::<u64>();
        if bytes > limit_bytes.into() {
            return Err(ProtocolError::FrameTooLarge { bytes, limit_bytes });
        }
        let unacked = self.open_bytes.saturating_add(bytes);
        let credit_bytes = self.limits.credit_bytes;
        if !self.open.is_empty() && unacked > credit_bytes.into() {
            return Err(ProtocolError::Credit {
                bytes: unacked,
                credit_bytes,
            });
        }
        self.newest = number;
        self.open_bytes = unacked;
        let streams = pages.iter().map(|page| page.header.position.stream);
        self.open.push_back(Batch {
            bytes,
            streams: streams.collect(),
            durable: false,
        });
        Ok(BatchId(number))
    }

    /// A batch is durable, apart from what was held back.
    pub(super) fn handle_committed(&mut self, now: Time, batch: BatchId, held_back: Vec<HeldBack>) {
        let before = self.durable.saturating_add(1);
        let at = batch.0.checked_sub(before);
        let at = at.and_then(|at| usize::try_from(at).ok());
        let Some(open) = at.and_then(|at| self.open.get_mut(at)) else {
            return;
        };
        open.durable = true;
        let mut taken = core::mem::take(&mut open.streams);
        for HeldBack { stream, head } in held_back {
            taken.remove(&stream);
            self.hold_back(now, stream, head);
        }
        for stream in &taken {
            self.refusals.remove(stream);
        }
        while let Some(batch) = self.open.front().filter(|batch| batch.durable) {
            self.open_bytes = self.open_bytes.saturating_sub(batch.bytes);
            self.durable = self.durable.saturating_add(1);
            self.open.pop_front();
        }
    }

    /// Pages that come before the neighbour was to send again were on their
    /// way already: they ask for nothing new and make no wait longer.
    fn hold_back(&mut self, now: Time, stream: Stream, head: Option<Head>) {
        let wait_millis = match self.refusals.get(&stream) {
            Some(refusal) if now < refusal.not_before => {
                let rest = refusal.not_before.millis_since(now);
                let rest = u32::try_from(rest).unwrap_or(refusal.wait_millis);
                self.again.insert(stream, (head, rest));
                return;
            }
            Some(refusal) => refusal.wait_millis.saturating_mul(2),
            None => self.limits.again_millis,
        };
        let wait_millis = wait_millis.min(self.limits.again_max_millis);
        self.again.insert(stream, (head, wait_millis));
        let not_before = now.plus_millis(wait_millis.into());
        self.refusals.insert(
            stream,
            Refusal {
                not_before,
                wait_millis,
            },
        );
    }

    /// What is asked for again goes before the acknowledgement of the frames
    /// it came in, so that the neighbour never counts it as held.
    pub(super) fn poll_transmit(&mut self, session: u64) -> Option<Frame> {
        if let Some((stream, (head, after_millis))) = self.again.pop_first() {
            return Some(Frame::Again {
                stream,
                head,
                after_millis,
            });
        }
        if self.acked == self.durable {
            return None;
        }
        self.acked = self.durable;
        Some(Frame::Ack {
            session,
            upto: self.acked,
            credit_bytes: self.limits.credit_bytes,
        })
    }
}
