use terrace_model::Hash;
use terrace_store::Read;

use super::Door;

/// The catalog in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// Such as `new-strata@1`.
    pub name: String,
    /// Its hash, as through marks name it.
    pub hash: Hash,
    /// Its text: equal catalogs have equal text.
    pub text: String,
}

impl<R: Read> Door<R> {
    /// The catalog in force.
    #[must_use]
    pub fn catalog(&self) -> InForce {
        let book = self.book();
        InForce {
            name: book.catalog.name(),
            hash: book.hash,
            text: book.catalog.canonical_text(),
        }
    }
}
