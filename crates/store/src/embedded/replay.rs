//! Filling the view from the log. Changes are applied, never ruled on again.

use std::borrow::Cow;

use terrace_wire::stored::{BatchItem, batch_items, page_position};

use super::layout::{APPLIED, PagePlace, fact_key, page_key};
use crate::{
    StoreError,
    kv::{ATOMIC_CHANGES, Kv, KvBatch},
    log::{LogMark, LogReader, Record},
};

/// Changes that are applied as one, with marks beside them. A thousand at a
/// time are no faster, and sled takes three times the memory for them.
pub(super) const STEP_CHANGES: usize = 250;
/// Bytes of such changes, beside one that has more.
pub(super) const STEP_BYTES: usize = 4 << 20;

const _: () = assert!(STEP_CHANGES + 2 <= ATOMIC_CHANGES, "with both marks");

/// Applies all records after a mark that last.
pub(super) fn replay(log: &LogReader, from: LogMark, view: &mut dyn Kv) -> Result<(), StoreError> {
    let mut filling = Filling::new(view);
    let mut mark = from;
    for record in log.scan(from) {
        let record = record?;
        for change in changes_of(&record)? {
            let (key, value) = change?;
            filling.add(key, value.as_deref())?;
        }
        mark = record.after;
    }
    filling.finish(mark)
}

/// What a key of the view becomes by a record; none: gone.
type ViewChange<'a> = (Vec<u8>, Option<Cow<'a, [u8]>>);

/// What a record changes in the view, in order.
pub(super) fn changes_of(
    record: &Record,
) -> Result<impl Iterator<Item = Result<ViewChange<'_>, StoreError>>, StoreError> {
    let items = batch_items(&record.payload)?;
    Ok(items.map(|item| match item? {
        BatchItem::Page { at, bytes } => {
            let position = page_position(bytes)?;
            let place = PagePlace::new(record.at, &at)?.encode();
            let key = page_key(position.stream, position.number);
            Ok((key, Some(Cow::Owned(place.to_vec()))))
        }
        BatchItem::Change(change) => Ok((fact_key(change.key), change.fact.map(Cow::Borrowed))),
    }))
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
