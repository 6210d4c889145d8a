//! A map in memory.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Kv, KvBatch, KvChange, KvError, KvLimit, KvPairs, KvRead, is_empty_range, take_pairs};

/// A map in memory, for tests and simulations.
#[derive(Debug, Default)]
pub struct MemoryKv(Arc<Pairs>);

#[derive(Debug, Default)]
struct Pairs(RwLock<BTreeMap<Vec<u8>, Vec<u8>>>);

impl KvRead for Pairs {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        Ok(self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned())
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: KvLimit,
    ) -> Result<KvPairs, KvError> {
        if is_empty_range(from, to) {
            return Ok(KvPairs::default());
        }
        let pairs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let range = pairs.range::<[u8], _>((from, to));
        take_pairs(
            range.map(|(key, value)| Ok((key.clone(), value.clone()))),
            limit,
        )
    }
}

impl KvRead for MemoryKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.0.get(key)
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: KvLimit,
    ) -> Result<KvPairs, KvError> {
        self.0.range(from, to, limit)
    }
}

impl Kv for MemoryKv {
    fn apply(&mut self, batch: &KvBatch) -> Result<(), KvError> {
        let mut pairs = self.0.0.write().unwrap_or_else(PoisonError::into_inner);
        for change in batch.changes() {
            match change {
                KvChange::Put { key, value } => {
                    pairs.insert(key.clone(), value.clone());
                }
                KvChange::Delete { key } => {
                    pairs.remove(key);
                }
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), KvError> {
        Ok(())
    }

    fn reader(&self) -> Arc<dyn KvRead> {
        Arc::clone(&self.0) as Arc<dyn KvRead>
    }
}
