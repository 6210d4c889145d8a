use std::{io, process, sync::Arc};

use crate::door::Randomness;

/// The system's randomness.
///
/// # Errors
/// The system gives none.
pub fn system_randomness() -> io::Result<Randomness> {
    let mut first = [0; 32];
    getrandom::fill(&mut first)?;
    Ok(Arc::new(|bytes| {
        // A source that has given once does not stop giving. An office whose
        // source does must not go on: it would seal with what can be guessed.
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the system gives no randomness");
            process::abort();
        }
    }))
}
