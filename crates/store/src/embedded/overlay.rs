//! What was committed and is not in the view yet, in memory.
//!
//! It has two layers. Commits go into the upper one; the lower one is frozen
//! and moves into the view step by step, while it goes on hiding what stands
//! there, and is dropped as a whole when all of it is there.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use super::merge::Over;
use crate::{StoreError, log::LogMark};

/// What a key of the view becomes; none: gone.
pub(super) type Becomes = Option<Arc<[u8]>>;

/// A key of the view and what it becomes.
pub(super) type Entry = (Vec<u8>, Becomes);

/// What an entry takes beside its key and value, about.
const ENTRY_BYTES: usize = 128;

#[derive(Debug, Default)]
struct Layer {
    entries: BTreeMap<Vec<u8>, Becomes>,
    bytes: usize,
    /// After the last commit in it.
    mark: Option<LogMark>,
}

impl Layer {
    fn insert(&mut self, key: Vec<u8>, becomes: Becomes) {
        let size = |key: &[u8], becomes: &Becomes| {
            let value = becomes.as_ref().map_or(0, |value| value.len());
            key.len().saturating_add(value).saturating_add(ENTRY_BYTES)
        };
        let bytes = size(&key, &becomes);
        let replaced = match self.entries.get(&key) {
            Some(before) => size(&key, before),
            None => 0,
        };
        self.bytes = self.bytes.saturating_add(bytes).saturating_sub(replaced);
        self.entries.insert(key, becomes);
    }

    fn within(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
    ) -> impl Iterator<Item = Result<Entry, StoreError>> {
        let entries = self.entries.range::<[u8], _>((from, to));
        entries.map(|(key, becomes)| Ok((key.clone(), becomes.clone())))
    }
}

/// Both layers.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    upper: Layer,
    frozen: Option<Layer>,
}

/// Some entries of the frozen layer, on their way into the view.
#[derive(Debug)]
pub(super) struct Step {
    /// The entries, in the order of keys.
    pub(super) entries: Vec<Entry>,
    /// After the last commit in the layer.
    pub(super) mark: LogMark,
    /// Whether these are the last.
    pub(super) last: bool,
}

impl Overlay {
    /// Adds a commit, whole.
    pub(super) fn add(&mut self, entries: Vec<Entry>, mark: LogMark) {
        for (key, becomes) in entries {
            self.upper.insert(key, becomes);
        }
        self.upper.mark = Some(mark);
    }

    /// Whether the overlay knows what a key becomes, and what.
    pub(super) fn get(&self, key: &[u8]) -> Option<Becomes> {
        let mut layers = [Some(&self.upper), self.frozen.as_ref()]
            .into_iter()
            .flatten();
        layers.find_map(|layer| layer.entries.get(key)).cloned()
    }

    /// What stands between two bounds that are no empty range, in order, up to
    /// so many values; keys that are gone do not count.
    pub(super) fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        values: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let frozen = self.frozen.iter().flat_map(|layer| layer.within(from, to));
        let mut found = Vec::new();
        let mut count = 0;
        for entry in Over::new(self.upper.within(from, to), frozen) {
            let entry = entry?;
            if count == values {
                break;
            }
            count += usize::from(entry.1.is_some());
            found.push(entry);
        }
        Ok(found)
    }

    /// Changes and bytes in memory.
    pub(super) fn size(&self) -> (usize, usize) {
        let frozen = self.frozen.as_ref();
        let changes = frozen.map_or(0, |layer| layer.entries.len());
        let bytes = frozen.map_or(0, |layer| layer.bytes);
        (
            changes.saturating_add(self.upper.entries.len()),
            bytes.saturating_add(self.upper.bytes),
        )
    }

    /// Changes and bytes that are not frozen.
    pub(super) fn upper_size(&self) -> (usize, usize) {
        (self.upper.entries.len(), self.upper.bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frozen.is_none() && self.upper.mark.is_none()
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// Freezes what is there, where nothing is frozen yet. Whether anything is.
    pub(super) fn freeze(&mut self) -> bool {
        if self.frozen.is_none() && self.upper.mark.is_some() {
            self.frozen = Some(std::mem::take(&mut self.upper));
        }
        self.frozen.is_some()
    }

    /// Entries of the frozen layer after a key, up to a number and some bytes,
    /// and one at least.
    pub(super) fn step(&self, after: Option<&[u8]>, most: usize, bytes: usize) -> Option<Step> {
        let layer = self.frozen.as_ref()?;
        let mark = layer.mark?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut step = Step {
            entries: Vec::new(),
            mark,
            last: true,
        };
        let mut taken = 0_usize;
        for (key, becomes) in layer.entries.range::<[u8], _>((from, Bound::Unbounded)) {
            let value = becomes.as_ref().map_or(0, |value| value.len());
            taken = taken.saturating_add(key.len()).saturating_add(value);
            let full = step.entries.len() >= most || taken > bytes;
            if full && !step.entries.is_empty() {
                step.last = false;
                break;
            }
            step.entries.push((key.clone(), becomes.clone()));
        }
        Some(step)
    }

    /// Drops the frozen layer: all of it is in the view.
    pub(super) fn thaw(&mut self) {
        self.frozen = None;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{
        disk::SimDisk,
        log::{Log, LogOptions},
    };

    fn mark() -> LogMark {
        let options = LogOptions::new(4096, 100, 3).unwrap();
        let log = Log::create(Arc::new(SimDisk::new(0)), Path::new("/log"), options);
        log.unwrap().end()
    }

    fn entry(key: u8, bytes: usize) -> Entry {
        (vec![key], Some(vec![0; bytes].into()))
    }

    /// Keys of each step.
    fn steps(overlay: &Overlay, most: usize, bytes: usize) -> Vec<Vec<u8>> {
        let (mut steps, mut after) = (Vec::new(), None);
        loop {
            let step = overlay.step(after.as_deref(), most, bytes).unwrap();
            let keys: Vec<u8> = step.entries.iter().map(|(key, _)| key[0]).collect();
            after = step.entries.last().map(|(key, _)| key.clone());
            steps.push(keys);
            if step.last {
                return steps;
            }
        }
    }

    #[test]
    fn a_step_is_bounded_by_number_and_bytes_and_has_one_entry_at_least() {
        let mut overlay = Overlay::default();
        assert!(!overlay.freeze() && overlay.step(None, 9, 9).is_none());
        overlay.add((1..=5).map(|key| entry(key, 9)).collect(), mark());
        assert!(overlay.freeze());
        assert_eq!(steps(&overlay, 9, 50), [[1, 2, 3, 4, 5]]);
        assert_eq!(steps(&overlay, 9, 49), [vec![1, 2, 3, 4], vec![5]]);
        assert_eq!(steps(&overlay, 2, 99), [vec![1, 2], vec![3, 4], vec![5]]);
        assert_eq!(steps(&overlay, 9, 0).len(), 5);
        assert_eq!(steps(&overlay, 0, 99).len(), 5);
    }

    #[test]
    fn size_counts_each_key_once_in_each_layer() {
        let mut overlay = Overlay::default();
        overlay.add(vec![entry(1, 10), entry(1, 30)], mark());
        assert_eq!(overlay.size(), (1, 31 + ENTRY_BYTES));
        overlay.freeze();
        overlay.add(vec![entry(1, 0), (vec![2], None)], mark());
        assert_eq!(overlay.size(), (3, 33 + 3 * ENTRY_BYTES));
        assert_eq!(overlay.upper_size(), (2, 2 + 2 * ENTRY_BYTES));
        overlay.thaw();
        assert_eq!(overlay.size(), overlay.upper_size());
        assert!(!overlay.is_empty() && !overlay.is_frozen());
    }
}
