//! Maps that views are written over in tests.

use std::{
    ops::Bound,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use terrace_store::kv::{Kv, KvBatch, KvError, KvLimit, KvPairs, KvRead, MemoryKv};

/// A map that is there after its process was killed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surviving {
    pairs: Arc<Mutex<MemoryKv>>,
    fails: Arc<AtomicBool>,
    applied: Arc<AtomicUsize>,
}

impl Surviving {
    /// Lets every change fail from now on.
    pub(crate) fn fail(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }

    /// Changes that were applied so far.
    pub(crate) fn applied(&self) -> usize {
        self.applied.load(Ordering::Relaxed)
    }
}

impl KvRead for Surviving {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.pairs.lock().unwrap().get(key)
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: KvLimit,
    ) -> Result<KvPairs, KvError> {
        self.pairs.lock().unwrap().range(from, to, limit)
    }
}

impl Kv for Surviving {
    fn apply(&mut self, batch: &KvBatch) -> Result<(), KvError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(KvError::Bad);
        }
        let changes = batch.changes().len();
        self.applied.fetch_add(changes, Ordering::Relaxed);
        self.pairs.lock().unwrap().apply(batch)
    }

    fn flush(&mut self) -> Result<(), KvError> {
        Ok(())
    }

    fn reader(&self) -> Arc<dyn KvRead> {
        Arc::new(self.clone())
    }
}
