use std::io;

use thiserror::Error;

use crate::{kv::KvError, lock::LockError, log::LogError, stamp::StampError};

/// A store that cannot do what it is asked. [`StoreError::is_refusal`] says
/// whether it goes on as before; after a fault nothing of what was under way
/// may be acknowledged, and the process ends and starts again from what is
/// durable.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The log failed, or refused.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The view failed. The next start builds it again.
    #[error(transparent)]
    View(#[from] KvError),
    /// What the store holds does not decode, or what it is to hold cannot be
    /// encoded.
    #[error(transparent)]
    Bytes(#[from] terrace_wire::WireError),
    /// The stamp does not let this version in.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// Another process has the store.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Refusal: there is no store where one was to be opened.
    #[error("there is no store")]
    Absent,
    /// Refusal: there is a store already where one was to be made.
    #[error("there is a store already")]
    AlreadyThere,
    /// Refusal: only newer versions may write this store.
    #[error("only a newer version may write this store")]
    ReadOnly,
    /// Fault: something in the view is not what this version puts there. The
    /// next start builds it again.
    #[error("the view holds something that does not belong there")]
    ViewEntry,
    /// Fault: the log does not begin at its beginning, and no snapshot holds
    /// what was before.
    #[error("the log begins after {records} records, and no snapshot holds them")]
    Gap {
        /// How many records are missing.
        records: u64,
    },
    /// Fault: a snapshot is not what was written. One before it is used.
    #[error("a snapshot is damaged")]
    Snapshot,
    /// Fault: it failed before, and takes nothing more until it is opened again.
    #[error("the store takes nothing more since it failed")]
    Failed,
    /// The store was closed while this handle was kept.
    #[error("the store was closed")]
    Closed,
    /// Fault, or a refusal where there is no room: the disk failed.
    #[error("the store could not {what}")]
    Disk {
        /// What was being done.
        what: &'static str,
        /// What the disk said.
        source: io::Error,
    },
}

impl StoreError {
    pub(crate) fn disk(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Disk { what, source }
    }

    /// Whether the store is as it was before and goes on: it was asked for
    /// what it cannot do, or the disk has no room.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Log(error) => error.is_refusal(),
            Self::Lock(LockError::Held { .. })
            | Self::Stamp(
                StampError::Future { .. } | StampError::AlreadyThere | StampError::Order,
            )
            | Self::Absent
            | Self::AlreadyThere
            | Self::ReadOnly => true,
            Self::Disk { source, .. } => source.kind() == io::ErrorKind::StorageFull,
            Self::View(_)
            | Self::Bytes(_)
            | Self::Stamp(StampError::Damaged | StampError::Disk { .. })
            | Self::Lock(LockError::Disk(_))
            | Self::ViewEntry
            | Self::Gap { .. }
            | Self::Snapshot
            | Self::Failed
            | Self::Closed => false,
        }
    }
}
