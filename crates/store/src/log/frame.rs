//! The bytes of a segment: one header of 64 bytes, records in frames of 32
//! bytes before each payload, and a last frame without payload that closes a
//! segment when the next one begins. Integers are little-endian; a frame
//! begins at a multiple of 8 bytes.
//!
//! ```text
//! header  "TERRLOG\0", format u32, checksum u32 (of the other 60 bytes),
//!         segment u64, file bytes u64, salt u64, records before u64,
//!         checksum of the record before u32, zeros
//! frame   payload bytes u32 (0: closes the segment),
//!         checksum of the record before u32, record number u64,
//!         number of the last record that lasted when this was written u64,
//!         checksum of these 24 bytes u32, checksum of these 24 bytes and the
//!         payload u32
//! ```
//!
//! Every checksum of a frame starts with the segment's salt, its number and
//! the frame's place, so that no bytes copied from elsewhere verify, nor bytes
//! that someone outside had put into a payload: they do not know the salt.
//! The header's first 64 bytes keep their meaning in every future format.

use super::position::{LogMark, LogPosition, SegmentNumber};

const MAGIC: [u8; 8] = *b"TERRLOG\0";
pub(super) const FORMAT: u32 = 1;
pub(super) const HEADER_BYTES: usize = 64;
pub(super) const FRAME_BYTES: usize = 32;
pub(super) const FRAME_STEP: usize = 8;
const HEAD_BYTES: usize = 24;

/// Where the first record of a segment begins.
pub(super) const FIRST_OFFSET: u64 = HEADER_BYTES as u64;
/// Bytes that a closing frame takes.
pub(super) const CLOSING_BYTES: u64 = FRAME_BYTES as u64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) segment: SegmentNumber,
    pub(super) bytes: u64,
    pub(super) salt: u64,
    pub(super) records: u64,
    pub(super) chain: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderFault {
    Damaged,
    Future { format: u32 },
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        self.encode_as(FORMAT)
    }

    pub(super) fn encode_as(&self, format: u32) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&format.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.segment.get().to_le_bytes());
        bytes[24..32].copy_from_slice(&self.bytes.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.salt.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.records.to_le_bytes());
        bytes[48..52].copy_from_slice(&self.chain.to_le_bytes());
        let checksum = header_checksum(&bytes);
        bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Self, HeaderFault> {
        let whole = bytes[..8] == MAGIC && u32_at(bytes, 12) == header_checksum(bytes);
        if !whole {
            return Err(HeaderFault::Damaged);
        }
        let format = u32_at(bytes, 8);
        if format != FORMAT {
            return Err(HeaderFault::Future { format });
        }
        Ok(Self {
            segment: SegmentNumber(u64_at(bytes, 16)),
            bytes: u64_at(bytes, 24),
            salt: u64_at(bytes, 32),
            records: u64_at(bytes, 40),
            chain: u32_at(bytes, 48),
        })
    }

    /// The point before the segment's first record.
    pub(super) fn mark(&self) -> LogMark {
        let next = LogPosition {
            segment: self.segment,
            offset: FIRST_OFFSET,
        };
        LogMark {
            next,
            records: self.records,
            chain: self.chain,
        }
    }
}

fn header_checksum(bytes: &[u8; HEADER_BYTES]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&bytes[..12]), &bytes[16..])
}

/// Where a frame stands; part of its checksums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) salt: u64,
    pub(super) position: LogPosition,
}

impl Place {
    fn checksum(&self) -> u32 {
        let salt = crc32c::crc32c(&self.salt.to_le_bytes());
        crc32c::crc32c_append(salt, &self.position.to_bytes())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Bytes of the payload; 0 closes the segment.
    pub(super) length: u32,
    /// Checksum of the record before.
    pub(super) before: u32,
    /// Number of this record; of a closing frame, of the record before.
    pub(super) record: u64,
    /// Number of the last record that was known to last when this was written.
    pub(super) lasting: u64,
    /// Checksum of frame and payload.
    pub(super) checksum: u32,
}

/// A checksum of frame and payload in the making.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checksum(u32);

impl Checksum {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0 = crc32c::crc32c_append(self.0, bytes);
    }

    pub(super) fn get(self) -> u32 {
        self.0
    }
}

impl Frame {
    /// The frame of a record that follows `before`, and its bytes.
    pub(super) fn of_record(
        place: &Place,
        before: &LogMark,
        lasting: u64,
        payload: &[u8],
        length: u32,
    ) -> (Self, [u8; FRAME_BYTES]) {
        let record = before.records.saturating_add(1);
        let frame = Self {
            length,
            before: before.chain,
            record,
            lasting,
            checksum: 0,
        };
        frame.seal(place, payload)
    }

    /// The frame that closes a segment after `before`, and its bytes.
    pub(super) fn closing(
        place: &Place,
        before: &LogMark,
        lasting: u64,
    ) -> (Self, [u8; FRAME_BYTES]) {
        let record = before.records;
        let frame = Self {
            length: 0,
            before: before.chain,
            record,
            lasting,
            checksum: 0,
        };
        frame.seal(place, &[])
    }

    fn seal(mut self, place: &Place, payload: &[u8]) -> (Self, [u8; FRAME_BYTES]) {
        let mut checksum = self.start_checksum(place);
        checksum.add(payload);
        self.checksum = checksum.get();
        let mut bytes = [0; FRAME_BYTES];
        let head = self.head();
        bytes[..HEAD_BYTES].copy_from_slice(&head);
        bytes[24..28].copy_from_slice(&head_checksum(place, &head).to_le_bytes());
        bytes[28..].copy_from_slice(&self.checksum.to_le_bytes());
        (self, bytes)
    }

    fn head(&self) -> [u8; HEAD_BYTES] {
        let mut head = [0; HEAD_BYTES];
        head[..4].copy_from_slice(&self.length.to_le_bytes());
        head[4..8].copy_from_slice(&self.before.to_le_bytes());
        head[8..16].copy_from_slice(&self.record.to_le_bytes());
        head[16..].copy_from_slice(&self.lasting.to_le_bytes());
        head
    }

    /// The checksum of place and frame, to which the payload is still to be
    /// added. It must not take in the frame's own checksum: a CRC continued
    /// over itself forgets all that went before.
    pub(super) fn start_checksum(&self, place: &Place) -> Checksum {
        Checksum(head_checksum(place, &self.head()))
    }

    /// A frame whose own checksum verifies at this place; its payload is still
    /// to be checked.
    pub(super) fn decode(bytes: &[u8; FRAME_BYTES], place: &Place) -> Option<Self> {
        let head = bytes.first_chunk()?;
        if head_checksum(place, head) != u32_at(bytes, 24) {
            return None;
        }
        Some(Self {
            length: u32_at(bytes, 0),
            before: u32_at(bytes, 4),
            record: u64_at(bytes, 8),
            lasting: u64_at(bytes, 16),
            checksum: u32_at(bytes, 28),
        })
    }

    /// Whether this is the frame of the record right after a point.
    pub(super) fn follows(&self, mark: &LogMark) -> bool {
        self.before == mark.chain
            && Some(self.record) == mark.records.checked_add(1)
            && self.lasting <= mark.records
    }

    /// Whether this frame closes the segment at a point.
    pub(super) fn closes(&self, mark: &LogMark) -> bool {
        self.length == 0 && self.before == mark.chain && self.record == mark.records
    }

    /// The point after a record, where the next frame begins.
    pub(super) fn mark_after(&self, position: LogPosition) -> LogMark {
        let offset = position.offset.saturating_add(record_bytes(self.length));
        LogMark {
            next: LogPosition {
                segment: position.segment,
                offset,
            },
            records: self.record,
            chain: self.checksum,
        }
    }
}

/// Bytes that a record takes in its segment.
pub(super) fn record_bytes(length: u32) -> u64 {
    (FRAME_BYTES as u64)
        .saturating_add(u64::from(length))
        .next_multiple_of(FRAME_STEP as u64)
}

fn head_checksum(place: &Place, head: &[u8; HEAD_BYTES]) -> u32 {
    crc32c::crc32c_append(place.checksum(), head)
}

fn u32_at<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk());
    field.map_or(0, |field| u32::from_le_bytes(*field))
}

fn u64_at<const N: usize>(bytes: &[u8; N], at: usize) -> u64 {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk());
    field.map_or(0, |field| u64::from_le_bytes(*field))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        segment: SegmentNumber(9),
        bytes: 4096,
        salt: 0x1234,
        records: 70,
        chain: 5,
    };

    fn place(salt: u64, segment: u64, offset: u64) -> Place {
        Place {
            salt,
            position: LogPosition {
                segment: SegmentNumber(segment),
                offset,
            },
        }
    }

    #[test]
    fn no_bit_of_a_header_can_change_unseen() {
        let bytes = HEADER.encode();
        assert_eq!(Header::decode(&bytes), Ok(HEADER));
        for bit in 0..HEADER_BYTES * 8 {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                Header::decode(&changed),
                Err(HeaderFault::Damaged),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_whole_header_of_the_future_is_told_from_a_damaged_one() {
        let bytes = HEADER.encode_as(2);
        assert_eq!(
            Header::decode(&bytes),
            Err(HeaderFault::Future { format: 2 })
        );
    }

    #[test]
    fn a_frame_verifies_at_its_own_place_only() {
        let (frame, bytes) = Frame::of_record(&place(1, 2, 64), &HEADER.mark(), 70, b"abc", 3);
        assert_eq!(Frame::decode(&bytes, &place(1, 2, 64)), Some(frame));
        assert!(frame.follows(&HEADER.mark()) && !frame.closes(&HEADER.mark()));
        for other in [place(0, 2, 64), place(1, 3, 64), place(1, 2, 72)] {
            assert_eq!(Frame::decode(&bytes, &other), None);
        }
    }

    #[test]
    fn no_bit_of_a_frame_or_payload_can_change_unseen() {
        let here = place(1, 2, 64);
        let (_, bytes) = Frame::of_record(&here, &HEADER.mark(), 70, b"abc", 3);
        let whole: Vec<u8> = bytes.iter().chain(b"abc").copied().collect();
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let (frame, payload) = changed.split_first_chunk().unwrap();
            let verifies = Frame::decode(frame, &here).is_some_and(|frame| {
                let mut checksum = frame.start_checksum(&here);
                checksum.add(payload);
                checksum.get() == frame.checksum
            });
            assert!(!verifies, "bit {bit}");
        }
    }

    #[test]
    fn a_records_checksum_depends_on_its_place_and_on_all_records_before() {
        let at =
            |place: Place, mark: &LogMark| Frame::of_record(&place, mark, 70, b"abc", 3).0.checksum;
        let here = place(1, 2, 64);
        let first = at(here, &HEADER.mark());
        let after_other = LogMark {
            chain: 6,
            ..HEADER.mark()
        };
        for other in [
            at(here, &after_other),
            at(place(1, 2, 72), &HEADER.mark()),
            at(place(1, 3, 64), &HEADER.mark()),
            at(place(2, 2, 64), &HEADER.mark()),
        ] {
            assert_ne!(other, first);
        }
    }

    #[test]
    fn a_record_takes_whole_steps() {
        assert_eq!([1, 8, 9].map(record_bytes), [40, 40, 48]);
        assert_eq!(record_bytes(u32::MAX), (1 << 32) + 32);
    }
}
