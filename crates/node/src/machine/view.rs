use std::{cell::RefCell, collections::BTreeMap};

use terrace_model::{Change, Fact, Key, Page, PageNo, Range, Reads, Seen, Stream};
use terrace_store::{Read, StoreError};
use terrace_wire::stored;

/// What is committed, under what the batch in the making changes.
pub(super) struct View<'a, R> {
    reader: &'a R,
    /// What each key becomes, by the bytes of the key: in the order of ranges.
    changed: BTreeMap<Vec<u8>, Change>,
    /// Facts read before: one batch reads the same heads and marks again and
    /// again.
    read: RefCell<BTreeMap<Vec<u8>, Option<Fact>>>,
}

impl<'a, R: Read> View<'a, R> {
    pub(super) const fn new(reader: &'a R) -> Self {
        Self {
            reader,
            changed: BTreeMap::new(),
            read: RefCell::new(BTreeMap::new()),
        }
    }

    pub(super) fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
        let at = stored::encode_key(key);
        if let Some(change) = self.changed.get(&at) {
            return Ok(change.fact.clone());
        }
        if let Some(fact) = self.read.borrow().get(&at) {
            return Ok(fact.clone());
        }
        let fact = self.reader.get(key)?;
        self.read.borrow_mut().insert(at, fact.clone());
        Ok(fact)
    }

    /// A fact as it stands before this batch.
    pub(super) fn committed(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
        self.reader.get(key)
    }

    /// All facts of a range, in order.
    pub(super) fn range(&self, range: &Range) -> Result<BTreeMap<Key, Fact>, StoreError> {
        let mut found: BTreeMap<Key, Fact> = self
            .reader
            .range(range, None, usize::MAX)?
            .into_iter()
            .collect();
        for (_, Change { key, fact }) in self.changed.range(stored::bounds(range)) {
            match fact {
                Some(fact) => found.insert(key.clone(), fact.clone()),
                None => found.remove(key),
            };
        }
        Ok(found)
    }

    /// Adds what is asked for to what was seen.
    pub(super) fn look(&self, reads: Reads, seen: &mut Seen) -> Result<(), StoreError> {
        for key in &reads.keys {
            if let Some(fact) = self.get(key)? {
                seen.facts.insert(key.clone(), fact);
            }
        }
        for range in &reads.ranges {
            seen.facts.extend(self.range(range)?);
        }
        seen.asked.merge(reads);
        Ok(())
    }

    /// The last change of a key is the one that holds.
    pub(super) fn apply(&mut self, change: Change) {
        let at = stored::encode_key(&change.key);
        self.changed.insert(at, change);
    }

    /// What is different after this batch, one change a key.
    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changed.into_values().collect()
    }

    /// Committed pages only.
    pub(super) fn pages(
        &self,
        stream: Stream,
        from: PageNo,
        limit_bytes: usize,
    ) -> Result<Vec<Page>, StoreError> {
        self.reader.pages(stream, from, limit_bytes)
    }
}
