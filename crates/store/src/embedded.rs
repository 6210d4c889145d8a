//! The embedded store: the log is the truth, and what is read is a view of it
//! under an overlay in memory.
//!
//! A commit is one append to the log and one sync; then its changes go into
//! the overlay, and [`Store::settle`] moves them into the view later. On disk
//! the view is sled; it may be deleted at any time, and is then built again.

mod home;
mod layout;
mod marks;
mod merge;
mod opening;
mod overlay;
mod profile;
mod reader;
mod replay;
mod snapshot;

use std::sync::Arc;

use terrace_model::Batch;
use terrace_wire::stored::{EncodedBatch, encode_batch};

pub use profile::{Profile, StoreOptions};
pub use reader::StoreReader;
pub use snapshot::Snapshots;

use home::Home;
use layout::{APPLIED, PagePlace, REACH, fact_key, page_key};
use overlay::{Entry, Step};
use reader::Shared;
use replay::{STEP_BYTES, STEP_CHANGES};

use crate::{
    Store, StoreError,
    kv::{Kv, KvBatch},
    log::{Log, LogMark, LogPosition},
};

/// Changes that a commit moves at least, once there is enough to move.
const SHARE_CHANGES: usize = 64;

/// A store of one office, with its one writer.
#[derive(Debug)]
pub struct EmbeddedStore {
    log: Log,
    /// There until the store is closed.
    view: Option<Box<dyn Kv>>,
    shared: Arc<Shared>,
    snapshots: Snapshots,
    options: StoreOptions,
    /// How far the frozen layer of the overlay is in the view.
    moved: Option<Vec<u8>>,
    failed: bool,
    home: Option<Home>,
}

impl EmbeddedStore {
    fn over(
        log: Log,
        view: Box<dyn Kv>,
        snapshots: Snapshots,
        options: StoreOptions,
        home: Option<Home>,
    ) -> Self {
        let trust = home.as_ref().map(Home::trust);
        let shared = Shared::new(view.reader(), log.reader().clone(), trust);
        Self {
            log,
            view: Some(view),
            shared: Arc::new(shared),
            snapshots,
            options,
            moved: None,
            failed: false,
            home,
        }
    }

    /// Changes and bytes that are in memory and not in the view.
    #[must_use]
    pub fn unsettled(&self) -> (usize, usize) {
        self.shared.overlay().size()
    }

    /// The point after the last commit.
    #[must_use]
    pub fn end(&self) -> LogMark {
        self.log.end()
    }

    /// The snapshots of this store, to be made by another thread.
    #[must_use]
    pub fn snapshots(&self) -> &Snapshots {
        &self.snapshots
    }

    /// Closes the store in order, so that the next start finds the view whole.
    /// Reading through handles that are still kept fails from then on.
    ///
    /// # Errors
    /// The view failed: the next start builds it again. Nothing committed is
    /// lost.
    pub fn close(mut self) -> Result<(), StoreError> {
        while self.settle()? {}
        let end = self.log.end();
        if let Some(view) = &mut self.view {
            let flushed = view.flush().map_err(StoreError::from);
            self.shared.check_view(flushed)?;
        }
        self.shared.let_go();
        self.view = None;
        match &self.home {
            Some(home) => home.closed(end),
            None => Ok(()),
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.failed {
            Err(StoreError::Failed)
        } else {
            Ok(())
        }
    }

    /// After a fault nothing more is taken.
    fn or_fail<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.shared.check_view(done).inspect_err(|error| {
            self.failed |= !error.is_refusal();
        })
    }

    /// Settles its share, so that the overlay stays within its limits and no
    /// commit waits long.
    fn make_room(&mut self, adding: usize) -> Result<(), StoreError> {
        let StoreOptions {
            overlay_changes,
            overlay_bytes,
            ..
        } = self.options;
        let half_full = {
            let overlay = self.shared.overlay();
            let (changes, bytes) = overlay.upper_size();
            overlay.is_frozen() || changes >= overlay_changes / 2 || bytes >= overlay_bytes / 2
        };
        if half_full {
            let share = adding.saturating_mul(2).saturating_add(SHARE_CHANGES);
            self.move_step(share.min(STEP_CHANGES))?;
        }
        loop {
            let (changes, bytes) = self.unsettled();
            if changes < overlay_changes && bytes < overlay_bytes {
                return Ok(());
            }
            self.move_step(STEP_CHANGES)?;
        }
    }

    /// Moves some changes from the overlay into the view, at most so many.
    fn move_step(&mut self, most: usize) -> Result<(), StoreError> {
        if !self.shared.overlay_mut().freeze() {
            return Ok(());
        }
        let step = self
            .shared
            .overlay()
            .step(self.moved.as_deref(), most, STEP_BYTES);
        let (Some(step), Some(view)) = (step, &mut self.view) else {
            return Ok(());
        };
        let batch = batch_of(&step, self.moved.is_none())?;
        {
            let _still = self.shared.hold_view();
            view.apply(&batch)?;
        }
        if step.last {
            self.moved = None;
            self.shared.overlay_mut().thaw();
        } else {
            self.moved = step.entries.into_iter().last().map(|(key, _)| key);
        }
        Ok(())
    }

    fn append(&mut self, record: &[u8]) -> Result<(LogPosition, LogMark), StoreError> {
        let appended = self.log.append(record)?;
        self.log.sync()?;
        Ok((appended.at, appended.after))
    }
}

impl Store for EmbeddedStore {
    type Reader = StoreReader;

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.check()?;
        if batch.is_empty() {
            return Ok(());
        }
        let encoded = encode_batch(&batch)?;
        let adding = encoded.changes.len().saturating_add(encoded.pages.len());
        let room = self.make_room(adding);
        self.or_fail(room)?;
        let appended = self.append(&encoded.bytes);
        let (at, after) = self.or_fail(appended)?;
        let entries = entries_of(&encoded, at);
        let entries = self.or_fail(entries)?;
        self.shared.overlay_mut().add(entries, after);
        Ok(())
    }

    fn reader(&self) -> StoreReader {
        StoreReader::new(Arc::clone(&self.shared))
    }

    fn settle(&mut self) -> Result<bool, StoreError> {
        self.check()?;
        let moved = self.move_step(STEP_CHANGES);
        self.or_fail(moved)?;
        Ok(!self.shared.overlay().is_empty())
    }
}

impl Drop for EmbeddedStore {
    /// Without [`EmbeddedStore::close`] this is how a process that is killed
    /// leaves it; readers that are kept do not keep the view.
    fn drop(&mut self) {
        self.shared.let_go();
    }
}

/// What a commit changes in the view.
fn entries_of(encoded: &EncodedBatch, at: LogPosition) -> Result<Vec<Entry>, StoreError> {
    let bytes = |range: &std::ops::Range<usize>| encoded.bytes.get(range.clone());
    let mut entries = Vec::with_capacity(encoded.pages.len() + encoded.changes.len());
    for page in &encoded.pages {
        let place = PagePlace::new(at, &page.at)?;
        let key = page_key(page.position.stream, page.position.number);
        entries.push((key, Some(Arc::from(place.encode()))));
    }
    for change in &encoded.changes {
        let key = bytes(&change.key).ok_or(StoreError::ViewEntry)?;
        let becomes = change.fact.as_ref().and_then(bytes).map(Arc::from);
        entries.push((fact_key(key), becomes));
    }
    Ok(entries)
}

/// The view says first how far changes may reach, and last how far all of them
/// are there.
fn batch_of(step: &Step, first: bool) -> Result<KvBatch, StoreError> {
    let mut batch = KvBatch::default();
    if first {
        batch.put(REACH, step.mark.to_bytes())?;
    }
    for (key, becomes) in &step.entries {
        match becomes {
            Some(value) => batch.put(key.as_slice(), value.as_ref())?,
            None => batch.delete(key.as_slice())?,
        }
    }
    if step.last {
        batch.put(APPLIED, step.mark.to_bytes())?;
    }
    Ok(batch)
}
