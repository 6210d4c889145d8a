use terrace_model::{Key, Position};
use thiserror::Error;

/// Why an office cannot go on: its machine failed, not a request. The process
/// ends and starts again from what is durable.
#[derive(Debug, Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] terrace_store::StoreError),
    /// What was sealed does not decode, or cannot be encoded.
    #[error(transparent)]
    Wire(#[from] terrace_wire::WireError),
    /// A fact of another kind stands under a key.
    #[error("a fact of another kind stands under {0:?}")]
    Misplaced(Key),
    /// A page that still counts is not held any more.
    #[error("page {0:?} still counts and is not held")]
    PageGone(Position),
}
