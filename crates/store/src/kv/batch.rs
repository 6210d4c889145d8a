//! Changes to a map.

use super::{KvError, MAX_BATCH_BYTES, MAX_BATCH_CHANGES, MAX_KEY_BYTES, MAX_VALUE_BYTES};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KvChange {
    /// The key has this value from now on.
    Put {
        /// The key.
        key: Vec<u8>,
        /// The value.
        value: Vec<u8>,
    },
    /// The key has no value from now on.
    Delete {
        /// The key.
        key: Vec<u8>,
    },
}

/// Changes in order; a later one of the same key holds. Bounded in number and
/// bytes.
#[derive(Clone, Debug, Default)]
pub struct KvBatch {
    changes: Vec<KvChange>,
    bytes: usize,
}

impl KvBatch {
    /// Adds a value.
    ///
    /// # Errors
    /// [`KvError::Key`], [`KvError::ValueTooLarge`] or [`KvError::BatchFull`];
    /// the batch is as before.
    pub fn put(
        &mut self,
        key: impl Into<Vec<u8>>,
        value: impl Into<Vec<u8>>,
    ) -> Result<(), KvError> {
        let (key, value) = (key.into(), value.into());
        if value.len() > MAX_VALUE_BYTES {
            return Err(KvError::ValueTooLarge { bytes: value.len() });
        }
        self.add(key.len(), value.len(), KvChange::Put { key, value })
    }

    /// Adds the end of a key.
    ///
    /// # Errors
    /// [`KvError::Key`] or [`KvError::BatchFull`]; the batch is as before.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) -> Result<(), KvError> {
        let key = key.into();
        self.add(key.len(), 0, KvChange::Delete { key })
    }

    fn add(&mut self, key: usize, value: usize, change: KvChange) -> Result<(), KvError> {
        if !(1..=MAX_KEY_BYTES).contains(&key) {
            return Err(KvError::Key { bytes: key });
        }
        let bytes = self.bytes.saturating_add(key).saturating_add(value);
        if self.changes.len() >= MAX_BATCH_CHANGES || bytes > MAX_BATCH_BYTES {
            return Err(KvError::BatchFull);
        }
        self.bytes = bytes;
        self.changes.push(change);
        Ok(())
    }

    /// The changes in order.
    #[must_use]
    pub fn changes(&self) -> &[KvChange] {
        &self.changes
    }

    /// Bytes of all keys and values.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_taken_up_to_their_limits() {
        let mut batch = KvBatch::default();
        batch
            .put(vec![1; MAX_KEY_BYTES], vec![2; MAX_VALUE_BYTES])
            .unwrap();
        batch.delete([0]).unwrap();
        let long = vec![1; MAX_KEY_BYTES + 1];
        assert!(matches!(
            batch.put(long.clone(), []),
            Err(KvError::Key { bytes: 8449 })
        ));
        assert!(matches!(
            batch.delete(long),
            Err(KvError::Key { bytes: 8449 })
        ));
        assert!(matches!(batch.delete([]), Err(KvError::Key { bytes: 0 })));
        let large = batch.put([1], vec![2; MAX_VALUE_BYTES + 1]);
        assert!(matches!(large, Err(KvError::ValueTooLarge { .. })));
        assert_eq!(batch.changes().len(), 2);
        assert_eq!(batch.bytes(), MAX_KEY_BYTES + MAX_VALUE_BYTES + 1);
    }

    #[test]
    fn a_batch_is_full_at_its_number_of_changes_and_at_its_bytes() {
        let mut many = KvBatch::default();
        for number in 0..MAX_BATCH_CHANGES {
            many.delete(number.to_be_bytes()).unwrap();
        }
        assert!(matches!(many.delete([1]), Err(KvError::BatchFull)));
        let mut large = KvBatch::default();
        for _ in 0..3 {
            large.put([1], vec![0; MAX_VALUE_BYTES]).unwrap();
        }
        large.put([1], vec![0; MAX_VALUE_BYTES - 4]).unwrap();
        assert_eq!(large.bytes(), MAX_BATCH_BYTES);
        assert!(matches!(large.delete([1]), Err(KvError::BatchFull)));
    }
}
