//! A store in memory that loses nothing committed, and what is not committed
//! never had.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use terrace_model::{Batch, Fact, Key, Page, PageNo, Range, Stream};
use terrace_store::{Read, Store, StoreError};
use terrace_wire::stored;

use super::backing::Backing;

/// What lasts, shared by the handles of all lives of one office.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<RwLock<Kept>>);

#[derive(Clone, Debug, Default)]
struct Kept {
    /// By encoded key, whose order ranges follow.
    facts: BTreeMap<Vec<u8>, (Key, Fact)>,
    pages: BTreeMap<Stream, BTreeMap<PageNo, Page>>,
}

impl Memory {
    fn read<T>(&self, of: impl FnOnce(&Kept) -> T) -> T {
        of(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A copy as it is at this instant, which goes its own way.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self(Arc::new(RwLock::new(self.read(Kept::clone))))
    }
}

impl Backing for Memory {
    type Store = Self;

    fn create(_seed: u64) -> anyhow::Result<Self> {
        Ok(Self::default())
    }

    fn open(&self) -> anyhow::Result<Self> {
        Ok(self.clone())
    }

    fn can_fail(&self) -> bool {
        false
    }

    fn fail_at(&self, _nth: u64) {}

    fn cut_power(&self, _seed: u64) {}
}

impl Read for Memory {
    fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
        let bytes = stored::encode_key(key);
        Ok(self.read(|kept| kept.facts.get(&bytes).map(|(_, fact)| fact.clone())))
    }

    fn range(
        &self,
        range: &Range,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Fact)>, StoreError> {
        let bounds = stored::bounds(range);
        let after = after.map(stored::encode_key);
        Ok(self.read(|kept| {
            let found = kept.facts.range(bounds);
            let later = found.filter(|(at, _)| after.as_ref().is_none_or(|after| *at > after));
            later
                .take(limit)
                .map(|(_, (key, fact))| (key.clone(), fact.clone()))
                .collect()
        }))
    }

    fn pages(
        &self,
        stream: Stream,
        from: PageNo,
        limit_bytes: usize,
    ) -> Result<Vec<Page>, StoreError> {
        Ok(self.read(|kept| {
            let Some(pages) = kept.pages.get(&stream) else {
                return Vec::new();
            };
            let (mut found, mut bytes, mut due): (Vec<Page>, usize, PageNo) = (Vec::new(), 0, from);
            for (number, page) in pages.range(from..) {
                bytes = bytes.saturating_add(page.size());
                if *number != due || (!found.is_empty() && bytes > limit_bytes) {
                    break;
                }
                found.push(page.clone());
                due = due.next();
            }
            found
        }))
    }
}

impl Store for Memory {
    type Reader = Self;

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for page in batch.pages {
            let position = page.header.position;
            let of_stream = kept.pages.entry(position.stream).or_default();
            of_stream.insert(position.number, page);
        }
        for change in batch.changes {
            let bytes = stored::encode_key(&change.key);
            match change.fact {
                Some(fact) => kept.facts.insert(bytes, (change.key, fact)),
                None => kept.facts.remove(&bytes),
            };
        }
        Ok(())
    }

    fn reader(&self) -> Self {
        self.clone()
    }

    fn settle(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }
}
