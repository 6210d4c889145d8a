use thiserror::Error;

use crate::{kv::KvError, log::LogError};

/// A store that failed. Nothing of what was under way may be acknowledged; the
/// process ends and starts again from what is durable.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The view failed. The next start builds it again.
    #[error(transparent)]
    View(#[from] KvError),
    /// What the store holds does not decode.
    #[error(transparent)]
    Bytes(#[from] terrace_wire::WireError),
}
