//! Filling the view from the log. Changes are applied, never ruled on again.

use terrace_wire::stored::{BatchItem, batch_items, page_position};

use super::layout::{APPLIED, PagePlace, fact_key, page_key};
use crate::{
    StoreError,
    kv::{ATOMIC_CHANGES, Kv, KvBatch},
    log::{LogMark, LogReader, Record},
};

/// Changes that are applied as one, with the mark after them.
const STEP_CHANGES: usize = ATOMIC_CHANGES - 1;
/// Bytes of such changes, beside one that has more.
const STEP_BYTES: usize = 4 << 20;

/// Applies all records after a mark that last; returns the mark after them.
pub(super) fn replay(
    log: &LogReader,
    from: LogMark,
    view: &mut dyn Kv,
) -> Result<LogMark, StoreError> {
    let mut filling = Filling::new(view);
    let mut mark = from;
    for record in log.scan(from) {
        let record = record?;
        filling.record(&record)?;
        mark = record.after;
    }
    filling.finish(mark)?;
    Ok(mark)
}

/// What is on its way into the view.
pub(super) struct Filling<'a> {
    view: &'a mut dyn Kv,
    batch: KvBatch,
}

impl<'a> Filling<'a> {
    pub(super) fn new(view: &'a mut dyn Kv) -> Self {
        let batch = KvBatch::default();
        Self { view, batch }
    }

    /// Adds one change; none: gone.
    pub(super) fn add(&mut self, key: Vec<u8>, value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.batch.put(key, value)?,
            None => self.batch.delete(key)?,
        }
        if self.batch.changes().len() >= STEP_CHANGES || self.batch.bytes() >= STEP_BYTES {
            self.apply()?;
        }
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<(), StoreError> {
        for item in batch_items(&record.payload)? {
            match item? {
                BatchItem::Page { at, bytes } => {
                    let position = page_position(bytes)?;
                    let place = PagePlace::new(record.at, &at)?;
                    let key = page_key(position.stream, position.number);
                    self.add(key, Some(&place.encode()))?;
                }
                BatchItem::Change(change) => self.add(fact_key(change.key), change.fact)?,
            }
        }
        Ok(())
    }

    fn apply(&mut self) -> Result<(), StoreError> {
        self.view.apply(&std::mem::take(&mut self.batch))?;
        Ok(())
    }

    /// Applies the rest, with the mark that all of it is before.
    pub(super) fn finish(mut self, mark: LogMark) -> Result<(), StoreError> {
        self.batch.put(APPLIED, mark.to_bytes())?;
        self.apply()
    }
}
