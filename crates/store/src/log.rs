//! The log: append-only segments under one folder, the truth of a store.
//!
//! One record is one committed batch, opaque here. Records are appended, then
//! made to last by one [`Log::sync`] for all of them; only then may anything
//! be acknowledged. After the first write or sync that fails the log takes
//! nothing more: what the disk holds is known only when it is opened again.
//!
//! A segment is a fresh file of zeros with a header, made under another name
//! and renamed when it is whole, so that a segment with a name always has a
//! header; the one before is closed and synced first. Hence an end that was
//! not finished can only be in the newest segment, and anything else that does
//! not verify is damage, named and never cut.

mod error;
mod frame;
mod position;
mod reader;
mod recover;
mod scan;
mod segment;
mod writer;

pub use error::{Damage, LogError, TornTail};
pub use position::{LogMark, LogPosition, SegmentNumber};
pub use reader::{LogReader, OPEN_SEGMENTS};
pub use scan::{Record, Scan};
pub use writer::{Appended, Log, Opened};

/// Smallest segment, bytes.
pub const MIN_SEGMENT_BYTES: u64 = 4096;
/// Largest segment, bytes, beside one that holds a single larger record.
pub const MAX_SEGMENT_BYTES: u64 = 1 << 30;
/// The most that a log can be set to take as one record, bytes.
pub const MAX_RECORD_BYTES: u32 = 256 << 20;
/// Segments are whole multiples of this, bytes.
const BLOCK_BYTES: u64 = 4096;

/// Sizes of a log, and its salt.
#[derive(Clone, Copy, Debug)]
pub struct LogOptions {
    segment_bytes: u64,
    max_record_bytes: u32,
    salt: u64,
}

impl LogOptions {
    /// `segment_bytes` is the length of a segment's file, a multiple of 4096;
    /// a record that is larger gets a segment of its own. `salt` goes into the
    /// checksums of segments made from now on: a number that nobody outside
    /// can know or guess, so that no bytes sent by a neighbour can look like
    /// a frame of this log.
    ///
    /// # Errors
    /// [`LogError::Options`] for sizes out of bounds.
    pub fn new(segment_bytes: u64, max_record_bytes: u32, salt: u64) -> Result<Self, LogError> {
        let sizes = MIN_SEGMENT_BYTES..=MAX_SEGMENT_BYTES;
        let right = sizes.contains(&segment_bytes)
            && segment_bytes.is_multiple_of(BLOCK_BYTES)
            && (1..=MAX_RECORD_BYTES).contains(&max_record_bytes);
        if right {
            Ok(Self {
                segment_bytes,
                max_record_bytes,
                salt,
            })
        } else {
            let (min, max) = (MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
            Err(LogError::Options {
                min,
                max,
                max_record: MAX_RECORD_BYTES,
            })
        }
    }
}

#[cfg(test)]
mod tests;
