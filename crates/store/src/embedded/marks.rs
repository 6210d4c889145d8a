//! How far the view has come along the log.

use super::layout::{APPLIED, REACH, decode_mark};
use crate::{StoreError, kv::KvRead, log::LogMark};

/// The marks of a view.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// All changes before it are in the view.
    pub(super) applied: Option<LogMark>,
    /// Some changes up to it may be in the view.
    pub(super) reach: Option<LogMark>,
}

impl Marks {
    /// The marks of a view; none in one that is empty or was never finished.
    pub(super) fn read(view: &dyn KvRead) -> Result<Self, StoreError> {
        let mark = |key| view.get(key)?.as_deref().map(decode_mark).transpose();
        Ok(Self {
            applied: mark(APPLIED)?,
            reach: mark(REACH)?,
        })
    }

    /// What the view has seen of the log.
    pub(super) fn witnesses(&self) -> Vec<LogMark> {
        self.applied.into_iter().chain(self.reach).collect()
    }
}
