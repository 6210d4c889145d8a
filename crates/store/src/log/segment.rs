//! One segment, opened: reading and checking what stands in it.

use std::{io, ops::Range, path::Path, sync::Arc};

use super::{
    error::{Damage, LogError},
    frame::{
        CLOSING_BYTES, FIRST_OFFSET, FRAME_BYTES, Frame, HEADER_BYTES, Header, HeaderFault, Place,
        record_bytes,
    },
    position::{LogPosition, SegmentNumber},
};
use crate::disk::{Disk, DiskFile};

/// Payloads are checked this many bytes at a time.
pub(super) const CHUNK_BYTES: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Segment {
    pub(super) header: Header,
    pub(super) file: Arc<dyn DiskFile>,
}

/// What stands at a place where a frame may begin.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    /// A frame that verifies, of a record; its payload is still to be checked.
    Record(Frame),
    /// A frame that verifies and closes the segment.
    Closing(Frame),
    /// Nothing that verifies.
    Nothing,
}

impl Segment {
    pub(super) fn open(
        disk: &dyn Disk,
        dir: &Path,
        number: SegmentNumber,
    ) -> Result<Self, LogError> {
        let file = disk.open(&dir.join(number.file_name())).map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                LogError::Missing { segment: number }
            } else {
                LogError::Disk {
                    what: "open a segment",
                    source,
                }
            }
        })?;
        let damaged = |offset, damage| LogError::Damaged {
            segment: number,
            offset,
            damage,
        };
        let bytes = file.bytes().map_err(LogError::disk("measure a segment"))?;
        if bytes < FIRST_OFFSET {
            return Err(damaged(bytes, Damage::Length));
        }
        let mut header = [0; HEADER_BYTES];
        file.read_at(0, &mut header)
            .map_err(LogError::disk("read a segment"))?;
        let header = Header::decode(&header).map_err(|fault| match fault {
            HeaderFault::Damaged => damaged(0, Damage::Header),
            HeaderFault::Future { format } => LogError::Future {
                segment: number,
                format,
            },
        })?;
        if header.segment != number {
            return Err(damaged(0, Damage::Header));
        }
        if header.bytes != bytes {
            return Err(damaged(bytes.min(header.bytes), Damage::Length));
        }
        Ok(Self { header, file })
    }

    pub(super) fn position(&self, offset: u64) -> LogPosition {
        LogPosition {
            segment: self.header.segment,
            offset,
        }
    }

    pub(super) fn place(&self, offset: u64) -> Place {
        Place {
            salt: self.header.salt,
            position: self.position(offset),
        }
    }

    pub(super) fn damaged(&self, offset: u64, damage: Damage) -> LogError {
        LogError::Damaged {
            segment: self.header.segment,
            offset,
            damage,
        }
    }

    pub(super) fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), LogError> {
        self.file
            .read_at(offset, into)
            .map_err(LogError::disk("read a segment"))
    }

    /// Bytes left for records from an offset, beside a closing frame.
    pub(super) fn room(&self, offset: u64) -> u64 {
        self.header
            .bytes
            .saturating_sub(offset)
            .saturating_sub(CLOSING_BYTES)
    }

    pub(super) fn slot(&self, offset: u64) -> Result<Slot, LogError> {
        let end = offset.checked_add(FRAME_BYTES as u64);
        if end.is_none_or(|end| end > self.header.bytes) {
            return Ok(Slot::Nothing);
        }
        let mut bytes = [0; FRAME_BYTES];
        self.read(offset, &mut bytes)?;
        Ok(self.decode(&bytes, offset))
    }

    /// What frame bytes stand for at an offset of this segment.
    pub(super) fn decode(&self, bytes: &[u8; FRAME_BYTES], offset: u64) -> Slot {
        match Frame::decode(bytes, &self.place(offset)) {
            Some(frame) if frame.length == 0 => Slot::Closing(frame),
            Some(frame) if record_bytes(frame.length) <= self.room(offset) => Slot::Record(frame),
            Some(_) | None => Slot::Nothing,
        }
    }

    /// Whether the payload of a frame at an offset verifies.
    pub(super) fn verifies(&self, offset: u64, frame: &Frame) -> Result<bool, LogError> {
        Ok(self.payload(offset, frame, 0..0)?.is_some())
    }

    /// A part of a payload, after all of it was checked; `None` where it does
    /// not verify. The part must be within the payload.
    pub(super) fn payload(
        &self,
        offset: u64,
        frame: &Frame,
        part: Range<u32>,
    ) -> Result<Option<Vec<u8>>, LogError> {
        let first = offset.saturating_add(FRAME_BYTES as u64);
        let at = |byte: u32| first.saturating_add(u64::from(byte));
        let mut checksum = frame.start_checksum(&self.place(offset));
        self.chunks(at(0)..at(part.start), |chunk| checksum.add(chunk))?;
        let mut wanted = vec![0; part.len()];
        self.read(at(part.start), &mut wanted)?;
        checksum.add(&wanted);
        self.chunks(at(part.end)..at(frame.length), |chunk| checksum.add(chunk))?;
        Ok((checksum.get() == frame.checksum).then_some(wanted))
    }

    fn chunks(&self, range: Range<u64>, mut each: impl FnMut(&[u8])) -> Result<(), LogError> {
        let mut at = range.start;
        let mut buffer = Vec::new();
        while at < range.end {
            let left = range.end.saturating_sub(at);
            let count = usize::try_from(left)
                .unwrap_or(CHUNK_BYTES)
                .min(CHUNK_BYTES);
            buffer.resize(count, 0);
            self.read(at, &mut buffer)?;
            each(&buffer);
            at = at.saturating_add(count as u64);
        }
        Ok(())
    }
}
