//! What a store is, in the words of the domain: one contract, whatever it is
//! written over.

use terrace_model::{Batch, Fact, Key, Page, PageNo, Range, Reads, Seen, Stream};

use crate::StoreError;

/// Reads what is committed. Handles are cheap to clone, and each sees every
/// commit that returned before the read began.
pub trait Read: Clone + Send + Sync + 'static {
    /// One fact.
    ///
    /// # Errors
    /// The store failed, or what it holds is damaged.
    fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError>;

    /// Facts of a range in key order, after a key and at most so many.
    ///
    /// # Errors
    /// As [`Read::get`].
    fn range(
        &self,
        range: &Range,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Fact)>, StoreError>;

    /// Pages of a stream one after the other, from a number on, with the parts
    /// held beside them: up to so many bytes, but one page at least. None where
    /// the first is not held.
    ///
    /// # Errors
    /// As [`Read::get`].
    fn pages(
        &self,
        stream: Stream,
        from: PageNo,
        limit_bytes: usize,
    ) -> Result<Vec<Page>, StoreError>;

    /// Everything that a ruling asks for, added to what it has seen.
    ///
    /// # Errors
    /// As [`Read::get`].
    fn look(&self, reads: Reads, seen: &mut Seen) -> Result<(), StoreError> {
        for key in &reads.keys {
            if let Some(fact) = self.get(key)? {
                seen.facts.insert(key.clone(), fact);
            }
        }
        for range in &reads.ranges {
            seen.facts.extend(self.range(range, None, usize::MAX)?);
        }
        seen.asked.merge(reads);
        Ok(())
    }
}

/// Keeps what an office commits. Called by the office's one writer.
pub trait Store {
    /// How it is read.
    type Reader: Read;

    /// Makes a batch durable: on return it survives whatever happens.
    ///
    /// # Errors
    /// Nothing of the batch may be acknowledged. After a refusal, such as a disk
    /// without room ([`StoreError::is_refusal`]), the store goes on as before;
    /// after a fault nothing more is committed before it was opened again.
    fn commit(&mut self, batch: Batch) -> Result<(), StoreError>;

    /// A handle for reading.
    fn reader(&self) -> Self::Reader;

    /// Brings the view up with the log, a bounded step at a time; called when
    /// nothing waits. Says whether there is more to do.
    ///
    /// # Errors
    /// The view failed. The log is not concerned: the next start rebuilds it.
    fn settle(&mut self) -> Result<bool, StoreError>;
}
