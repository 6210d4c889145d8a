//! What the log refuses, and what goes wrong with it.

use std::{fmt, io};

use thiserror::Error;

use super::position::{LogMark, LogPosition, SegmentNumber};

/// How a place in the log is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// The segment's header does not verify.
    Header,
    /// The file is not as long as its header says.
    Length,
    /// There is no frame of a record where one must be.
    Frame,
    /// A record's frame verifies and its payload does not.
    Payload,
    /// A whole record that does not follow the one before it.
    Chain,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "the segment's header does not verify",
            Self::Length => "the file does not have its length",
            Self::Frame => "no record where one must be",
            Self::Payload => "the record's payload does not verify",
            Self::Chain => "the record does not follow the one before it",
        })
    }
}

/// An end of the log that was written and not finished: bytes after the last
/// whole record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// Where it begins.
    pub at: LogPosition,
    /// Bytes from there to the last one that is not zero.
    pub bytes: u64,
}

/// A log that cannot do what it is asked. Each kind says whether it is a
/// refusal, after which all is as before, or a fault.
#[derive(Debug, Error)]
pub enum LogError {
    /// Refusal: sizes out of bounds.
    #[error("a segment is {min} to {max} bytes in steps of 4096, a record at most {max_record}")]
    Options {
        /// Smallest segment, bytes.
        min: u64,
        /// Largest segment, bytes.
        max: u64,
        /// Largest record, bytes.
        max_record: u32,
    },
    /// Refusal: there is a log already where one was to be made.
    #[error("there is a log already")]
    AlreadyThere,
    /// Refusal: there is no log where one was to be opened. It is never taken
    /// for an empty one.
    #[error("there is no log")]
    Absent,
    /// Refusal: a segment in a format of the future; nothing was changed.
    #[error("segment {segment} of the log has format {format}, written by a newer version")]
    Future {
        /// The segment.
        segment: SegmentNumber,
        /// The format it says.
        format: u32,
    },
    /// Refusal: a record holds at least one byte.
    #[error("a record cannot be empty")]
    Empty,
    /// Refusal: a record over the limit.
    #[error("a record of {bytes} bytes is over the limit of {limit} bytes")]
    TooLarge {
        /// Bytes of the record.
        bytes: usize,
        /// The limit in bytes.
        limit: u32,
    },
    /// Refusal: no room on the disk for another segment. The log is as before
    /// and takes records again when there is room.
    #[error("no room on the disk for another segment of the log")]
    Full {
        /// What the disk said.
        source: io::Error,
    },
    /// Refusal: nothing is known to last at that place.
    #[error("the log does not reach {position}")]
    Beyond {
        /// The place asked for.
        position: LogPosition,
    },
    /// Refusal: the part asked for is not within the record.
    #[error("the record at {position} has {bytes} bytes")]
    OutsideRecord {
        /// The record.
        position: LogPosition,
        /// Its bytes.
        bytes: u64,
    },
    /// Refusal: the newest segment is being written and cannot be removed.
    #[error("segment {segment} of the log is in use")]
    InUse {
        /// The segment.
        segment: SegmentNumber,
    },
    /// Fault: bytes that lasted have changed. Nothing was cut.
    #[error("the log is damaged in segment {segment} at byte {offset}: {damage}")]
    Damaged {
        /// The segment.
        segment: SegmentNumber,
        /// Byte in its file.
        offset: u64,
        /// What is wrong there.
        damage: Damage,
    },
    /// Fault, or a segment that was removed when nothing in it was needed.
    #[error("segment {segment} of the log is missing")]
    Missing {
        /// The segment.
        segment: SegmentNumber,
    },
    /// Fault: a witness has seen a record that the log does not hold any more.
    /// Nothing was cut.
    #[error("the log ends at {end} but {witness} was seen")]
    LostRecord {
        /// The last whole record.
        end: LogMark,
        /// What the witness has seen.
        witness: LogMark,
        /// What stands after the last whole record.
        torn: Option<TornTail>,
    },
    /// Fault: a witness has seen another record at the same place. Nothing was
    /// cut.
    #[error("another {witness} was seen than the log holds")]
    OtherRecord {
        /// What the witness has seen.
        witness: LogMark,
    },
    /// Fault: a write or sync failed before. Nothing can be written until the
    /// log is opened again.
    #[error("the log takes nothing more since a write or sync failed")]
    Poisoned,
    /// Fault: the disk failed.
    #[error("the log could not {what}")]
    Disk {
        /// What was being done.
        what: &'static str,
        /// What the disk said.
        source: io::Error,
    },
}

impl LogError {
    /// Whether all is as before: the log was asked for what it cannot do, or
    /// the disk has no room.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Options { .. }
            | Self::AlreadyThere
            | Self::Absent
            | Self::Future { .. }
            | Self::Empty
            | Self::TooLarge { .. }
            | Self::Full { .. }
            | Self::Beyond { .. }
            | Self::OutsideRecord { .. }
            | Self::InUse { .. } => true,
            Self::Damaged { .. }
            | Self::Missing { .. }
            | Self::LostRecord { .. }
            | Self::OtherRecord { .. }
            | Self::Poisoned
            | Self::Disk { .. } => false,
        }
    }

    pub(super) fn disk(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { what, source }
    }
}
