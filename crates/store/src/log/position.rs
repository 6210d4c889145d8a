//! Places in the log.

use std::fmt;

/// Number of a segment: 1 for the first, one more for each after it, never
/// used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentNumber(pub(super) u64);

impl SegmentNumber {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    pub(super) fn file_name(self) -> String {
        format!("{:020}.log", self.0)
    }

    /// The number that a file's name says; `None` for any other file.
    pub(super) fn from_file_name(name: &str) -> Option<Self> {
        let digits = name.strip_suffix(".log")?;
        let right = digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit());
        if !right {
            return None;
        }
        digits.parse().ok().filter(|number| *number > 0).map(Self)
    }
}

impl fmt::Display for SegmentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a record stands: a segment and a byte in its file. The order of
/// positions is the order of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogPosition {
    /// The segment.
    pub segment: SegmentNumber,
    /// Byte in the segment's file where the record's frame begins.
    pub offset: u64,
}

impl LogPosition {
    /// Bytes of [`LogPosition::to_bytes`].
    pub const BYTES: usize = 16;

    /// The position as bytes that sort as positions do.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.segment.0.to_be_bytes());
        bytes[8..].copy_from_slice(&self.offset.to_be_bytes());
        bytes
    }

    /// The position that [`LogPosition::to_bytes`] gave; `None` for bytes that
    /// are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (segment, rest) = bytes.split_first_chunk()?;
        let offset = <[u8; 8]>::try_from(rest).ok()?;
        let segment = u64::from_be_bytes(*segment);
        (segment > 0).then(|| Self {
            segment: SegmentNumber(segment),
            offset: u64::from_be_bytes(offset),
        })
    }
}

impl fmt::Display for LogPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "segment {}, byte {}", self.segment, self.offset)
    }
}

/// A point between two records, with what proves it: how many records are
/// before it, and the checksum of the last of them, which covers the one
/// before that, and so on to the first. Marks are equal when the same records
/// are before them.
#[derive(Clone, Copy, Debug)]
pub struct LogMark {
    pub(super) next: LogPosition,
    pub(super) records: u64,
    pub(super) chain: u32,
}

impl LogMark {
    /// Bytes of [`LogMark::to_bytes`].
    pub const BYTES: usize = 28;

    /// Where the record after this point stands, or will stand; it may also
    /// be the first of the next segment.
    #[must_use]
    pub const fn next(&self) -> LogPosition {
        self.next
    }

    /// How many records of the log, since its beginning, are before this point.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.records
    }

    /// The mark as bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..16].copy_from_slice(&self.next.to_bytes());
        bytes[16..24].copy_from_slice(&self.records.to_be_bytes());
        bytes[24..].copy_from_slice(&self.chain.to_be_bytes());
        bytes
    }

    /// The mark that [`LogMark::to_bytes`] gave; `None` for bytes that are none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (next, rest) = bytes.split_first_chunk::<16>()?;
        let (records, rest) = rest.split_first_chunk()?;
        let chain = <[u8; 4]>::try_from(rest).ok()?;
        Some(Self {
            next: LogPosition::from_bytes(next)?,
            records: u64::from_be_bytes(*records),
            chain: u32::from_be_bytes(chain),
        })
    }
}

impl PartialEq for LogMark {
    fn eq(&self, other: &Self) -> bool {
        self.records == other.records && self.chain == other.chain
    }
}

impl Eq for LogMark {}

impl fmt::Display for LogMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} ({})", self.records, self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segments_number_is_read_from_its_own_file_name_only() {
        let number = SegmentNumber(42);
        assert_eq!(number.file_name(), "00000000000000000042.log");
        assert_eq!(
            SegmentNumber::from_file_name(&number.file_name()),
            Some(number)
        );
        let most = SegmentNumber(u64::MAX);
        assert_eq!(SegmentNumber::from_file_name(&most.file_name()), Some(most));
        for other in [
            "00000000000000000000.log",
            "0000000000000000042.log",
            "+0000000000000000042.log",
            "99999999999999999999.log",
            "00000000000000000042.tmp",
            "next.tmp",
            "",
        ] {
            assert_eq!(SegmentNumber::from_file_name(other), None, "{other}");
        }
    }

    #[test]
    fn marks_and_positions_come_back_from_their_bytes() {
        let next = LogPosition {
            segment: SegmentNumber(3),
            offset: 4096,
        };
        let mark = LogMark {
            next,
            records: 77,
            chain: 0xdead_beef,
        };
        assert_eq!(LogPosition::from_bytes(&next.to_bytes()), Some(next));
        let back = LogMark::from_bytes(&mark.to_bytes()).unwrap();
        assert_eq!((back, back.next()), (mark, next));
        assert_eq!(LogMark::from_bytes(&mark.to_bytes()[1..]), None);
        assert_eq!(LogMark::from_bytes(&[0; LogMark::BYTES]), None);
        assert_eq!(LogPosition::from_bytes(&[7; 17]), None);
    }

    #[test]
    fn positions_sort_as_their_bytes_do() {
        let at = |segment, offset| LogPosition {
            segment: SegmentNumber(segment),
            offset,
        };
        let sorted = [at(1, 64), at(1, 300), at(2, 64), at(256, 64)];
        assert!(sorted.is_sorted());
        assert!(sorted.map(LogPosition::to_bytes).is_sorted());
    }
}
