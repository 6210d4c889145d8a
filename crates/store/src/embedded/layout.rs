//! What stands in the view: one byte names the space of a key.
//!
//! ```text
//! 1 applied   all changes of the log before this mark are in the view
//! 1 reach     changes of the log up to this mark may be in the view
//! 2 key       a fact, both as wire encodes them
//! 3 stream, number u64    where a page is: its record's position (16 bytes),
//!                         first byte u32 and bytes u32 within the record
//! ```
//!
//! Integers are big-endian, so that the pages of a stream stand in order.

use std::ops::Range;

use terrace_model::{Key, PageNo, Stream};
use terrace_wire::stored::encode_key;

use crate::{
    StoreError, kv,
    log::{LogMark, LogPosition},
};

/// All changes before this mark are in the view.
pub(super) const APPLIED: &[u8] = b"\x01applied";
/// Changes up to this mark may be in the view. It proves what the log held.
pub(super) const REACH: &[u8] = b"\x01reach";

const FACT: u8 = 2;
const PAGE: u8 = 3;

const _: () = assert!(
    terrace_wire::limits::KEY_BYTES < kv::MAX_KEY_BYTES
        && terrace_wire::limits::FACT_BYTES <= kv::MAX_VALUE_BYTES,
    "what a batch may hold, the view must take"
);

/// The view's key of an encoded key.
pub(super) fn fact_key(encoded: &[u8]) -> Vec<u8> {
    [&[FACT], encoded].concat()
}

/// The encoded key of a fact that stands under a key of the view.
pub(super) fn encoded_key(key: &[u8]) -> Result<&[u8], StoreError> {
    match key.split_first() {
        Some((&FACT, encoded)) => Ok(encoded),
        Some(_) | None => Err(StoreError::ViewEntry),
    }
}

/// The view's key of a page.
pub(super) fn page_key(stream: Stream, number: PageNo) -> Vec<u8> {
    let mut key = vec![PAGE];
    key.extend(encode_key(&Key::Head(stream)));
    key.extend(number.0.to_be_bytes());
    key
}

/// The number of the page that a key of the view is of.
pub(super) fn page_number(key: &[u8]) -> Result<PageNo, StoreError> {
    let number = key.last_chunk().ok_or(StoreError::ViewEntry)?;
    Ok(PageNo(u64::from_be_bytes(*number)))
}

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PagePlace {
    /// The record.
    pub(super) record: LogPosition,
    /// Its bytes in the record.
    pub(super) at: Range<u32>,
}

impl PagePlace {
    /// A page at some bytes of a record.
    pub(super) fn new(record: LogPosition, at: &Range<usize>) -> Result<Self, StoreError> {
        let (Ok(start), Ok(end)) = (u32::try_from(at.start), u32::try_from(at.end)) else {
            return Err(StoreError::ViewEntry);
        };
        Ok(Self {
            record,
            at: start..end,
        })
    }

    pub(super) fn encode(&self) -> [u8; 24] {
        let mut bytes = [0; 24];
        let length = self.at.end.saturating_sub(self.at.start);
        bytes[..16].copy_from_slice(&self.record.to_bytes());
        bytes[16..20].copy_from_slice(&self.at.start.to_be_bytes());
        bytes[20..].copy_from_slice(&length.to_be_bytes());
        bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        let decode = || {
            let (record, rest) = bytes.split_first_chunk::<16>()?;
            let (start, length) = rest.split_first_chunk()?;
            let start = u32::from_be_bytes(*start);
            let length = u32::from_be_bytes(length.try_into().ok()?);
            Some(Self {
                record: LogPosition::from_bytes(record)?,
                at: start..start.checked_add(length)?,
            })
        };
        decode().ok_or(StoreError::ViewEntry)
    }

    /// Bytes of the page.
    pub(super) fn bytes(&self) -> usize {
        self.at.len()
    }
}

/// A mark of the view.
pub(super) fn decode_mark(bytes: &[u8]) -> Result<LogMark, StoreError> {
    LogMark::from_bytes(bytes).ok_or(StoreError::ViewEntry)
}
