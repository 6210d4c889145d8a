//! Facts in a map, to test with what reads a store.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, Mutex},
};

use terrace_model::{Fact, Key, Page, PageNo, Range, Stream};
use terrace_store::{Read, StoreError};

/// A store of facts without pages. Clones share what they hold.
#[derive(Clone, Default)]
pub(crate) struct Held(Arc<Mutex<BTreeMap<Key, Fact>>>);

impl Held {
    pub(crate) fn put(&self, key: Key, fact: Fact) {
        self.0.lock().unwrap().insert(key, fact);
    }
}

impl Read for Held {
    fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    fn range(
        &self,
        range: &Range,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Fact)>, StoreError> {
        let held = self.0.lock().unwrap();
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let found = held
            .range((start, Bound::Unbounded))
            .filter(|(key, _)| range.contains(key))
            .take(limit);
        Ok(found
            .map(|(key, fact)| (key.clone(), fact.clone()))
            .collect())
    }

    fn pages(&self, _: Stream, _: PageNo, _: usize) -> Result<Vec<Page>, StoreError> {
        Ok(Vec::new())
    }
}
