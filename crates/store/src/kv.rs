//! A small ordered map of bytes, which the view is written over: on sled, and
//! in memory for tests and simulations.
//!
//! Nothing here lasts by itself. The log is the truth; a map may be thrown
//! away at any time and is then filled again.

mod batch;
mod big;
mod memory;
mod sled_kv;
mod stored;

use std::{error::Error as StdError, fmt::Debug, io, ops::Bound, path::Path, sync::Arc};

pub use batch::{KvBatch, KvChange};
pub use memory::MemoryKv;
pub use sled_kv::{SledKv, SledOptions};
use thiserror::Error;

/// Longest key, bytes.
pub const MAX_KEY_BYTES: usize = 8448;
/// Longest value, bytes.
pub const MAX_VALUE_BYTES: usize = 16 << 20;
/// Most changes in one batch.
pub const MAX_BATCH_CHANGES: usize = 100_000;
/// Most bytes of keys and values in one batch.
pub const MAX_BATCH_BYTES: usize = 64 << 20;
/// So many changes of a batch, in order, are applied as one.
pub const ATOMIC_CHANGES: usize = 1_000;

/// Reads a map. Handles are shared, and see every batch that was applied
/// before the read began.
pub trait KvRead: Debug + Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// Faults of the map; it is bad from then on.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError>;

    /// Keys and values in the order of keys, up to a limit. One call sees no
    /// part of a batch of at most [`ATOMIC_CHANGES`] without the rest; a walk
    /// over several calls goes on after the last key.
    ///
    /// # Errors
    /// As [`KvRead::get`].
    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: KvLimit,
    ) -> Result<KvPairs, KvError>;
}

/// A map with its one writer.
pub trait Kv: KvRead {
    /// Applies the changes of a batch in order, [`ATOMIC_CHANGES`] at a time:
    /// after a stop in between, the first ones may be there without the rest,
    /// so what says how far the map has come belongs last.
    ///
    /// # Errors
    /// As [`KvRead::get`]; without room for a large value the map is as it was
    /// before the changes that were to be applied with it.
    fn apply(&mut self, batch: &KvBatch) -> Result<(), KvError>;

    /// Hands to the system what the map still holds back, for the sake of a
    /// short replay. It says nothing about power cuts.
    ///
    /// # Errors
    /// As [`KvRead::get`].
    fn flush(&mut self) -> Result<(), KvError>;

    /// A handle for reading.
    fn reader(&self) -> Arc<dyn KvRead>;
}

/// How much one read of a range may give: whichever ends first, and one pair
/// at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KvLimit {
    /// Most pairs.
    pub pairs: usize,
    /// Most bytes of keys and values.
    pub bytes: usize,
}

/// Pairs of a range, in the order of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KvPairs {
    /// Keys and values.
    pub pairs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether the limit ended it before the range did.
    pub more: bool,
}

/// A map that cannot do what it is asked.
#[derive(Debug, Error)]
pub enum KvError {
    /// Refusal: a cache out of bounds.
    #[error("a cache is {min} to {max} bytes")]
    Options {
        /// Smallest cache, bytes.
        min: u64,
        /// Largest cache, bytes.
        max: u64,
    },
    /// Refusal: a key is 1 to 8448 bytes.
    #[error("a key of {bytes} bytes is not within 1 to {MAX_KEY_BYTES} bytes")]
    Key {
        /// Bytes of the key.
        bytes: usize,
    },
    /// Refusal: a value over the limit.
    #[error("a value of {bytes} bytes is over the limit of {MAX_VALUE_BYTES} bytes")]
    ValueTooLarge {
        /// Bytes of the value.
        bytes: usize,
    },
    /// Refusal: the batch takes no more changes.
    #[error("a batch holds at most {MAX_BATCH_CHANGES} changes and {MAX_BATCH_BYTES} bytes")]
    BatchFull,
    /// Fault: a value is not what was written under its key. The map is bad.
    #[error("a value of the view is damaged")]
    Damaged {
        /// The key. Not for showing: it may name a record.
        key: Vec<u8>,
    },
    /// Fault: the map underneath failed. The map is bad.
    #[error("the view failed")]
    Engine {
        /// What it said.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// Fault: the map underneath gave up in the middle. The map is bad.
    #[error("the view gave up: {what}")]
    Panicked {
        /// What it said.
        what: String,
    },
    /// Fault: there was a fault before; the map is to be thrown away.
    #[error("the view is bad and must be built again")]
    Bad,
    /// Fault: the disk failed, or has no room for a large value.
    #[error("the view could not {what}")]
    Disk {
        /// What was being done.
        what: &'static str,
        /// What the disk said.
        source: io::Error,
    },
}

impl KvError {
    fn disk(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { what, source }
    }
}

pub(crate) use sled_kv::wait_until_closed;

/// Throws away a map on disk that no handle is open for. One that is not
/// there is fine.
///
/// # Errors
/// What the file system says.
pub fn throw_away(folder: &Path) -> io::Result<()> {
    wait_until_closed(folder)?;
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Takes pairs until a limit is reached.
fn take_pairs(
    source: impl Iterator<Item = Result<(Vec<u8>, Vec<u8>), KvError>>,
    limit: KvLimit,
) -> Result<KvPairs, KvError> {
    let mut taken = KvPairs::default();
    let mut bytes = 0_usize;
    for pair in source {
        let (key, value) = pair?;
        bytes = bytes.saturating_add(key.len()).saturating_add(value.len());
        let full = taken.pairs.len() >= limit.pairs || bytes > limit.bytes;
        if full && !taken.pairs.is_empty() {
            taken.more = true;
            break;
        }
        taken.pairs.push((key, value));
    }
    Ok(taken)
}

/// Whether no key can be between two bounds.
pub(crate) fn is_empty_range(from: Bound<&[u8]>, to: Bound<&[u8]>) -> bool {
    match (from, to) {
        (Bound::Included(from), Bound::Included(to)) => from > to,
        (
            Bound::Included(from) | Bound::Excluded(from),
            Bound::Included(to) | Bound::Excluded(to),
        ) => from >= to,
        (Bound::Unbounded, Bound::Included(_) | Bound::Excluded(_) | Bound::Unbounded)
        | (Bound::Included(_) | Bound::Excluded(_), Bound::Unbounded) => false,
    }
}

#[cfg(test)]
mod tests;
