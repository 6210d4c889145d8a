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
mod overlay;
mod profile;
mod reader;
mod replay;

use std::{path::Path, sync::Arc};

use terrace_model::Batch;
use terrace_wire::{
    limits::BATCH_BYTES,
    stored::{EncodedBatch, encode_batch},
};

pub use profile::{Profile, StoreOptions};
pub use reader::StoreReader;

use home::Home;
use layout::{APPLIED, PagePlace, REACH, fact_key, page_key};
use marks::Marks;
use overlay::{Entry, Step};
use reader::Shared;
use replay::replay;

use crate::{
    Store, StoreError,
    disk::{Disk, RealDisk},
    kv::{ATOMIC_CHANGES, Kv, KvBatch},
    log::{Log, LogError, LogMark, LogOptions, LogPosition},
    stamp::{Access, Stamp, StampError},
};

const LOG: &str = "log";
const VIEW: &str = "view";
const SNAPSHOT: &str = "snapshot";

/// Changes that settling moves at once, beside the marks.
const STEP_CHANGES: usize = ATOMIC_CHANGES - 2;
/// Bytes that settling moves at once, beside a change that has more.
const STEP_BYTES: usize = 4 << 20;
/// Changes that a commit moves at least, once there is enough to move.
const SHARE_CHANGES: usize = 64;

/// A store of one office, with its one writer.
#[derive(Debug)]
pub struct EmbeddedStore {
    log: Log,
    /// There until the store is closed.
    view: Option<Box<dyn Kv>>,
    shared: Arc<Shared>,
    options: StoreOptions,
    /// How far the frozen layer of the overlay is in the view.
    moved: Option<Vec<u8>>,
    failed: bool,
    home: Option<Home>,
}

impl EmbeddedStore {
    /// Makes a store in a folder and opens it. The folder is made where it is
    /// not there; its parent is. `salt` is a number that nobody outside can
    /// know or guess, see [`LogOptions::new`].
    ///
    /// A store whose making was cut short, because the power failed, is made
    /// anew.
    ///
    /// # Errors
    /// [`StoreError::AlreadyThere`], [`StoreError::Lock`] where another process
    /// has it, and faults.
    pub fn create(folder: &Path, profile: Profile, salt: u64) -> Result<Self, StoreError> {
        let options = profile.options();
        let make = || {
            RealDisk.create_dir(folder)?;
            RealDisk.sync_dir(folder.parent().unwrap_or(folder))
        };
        make().map_err(StoreError::disk("make its folder"))?;
        let home = Home::take(folder, options.cache_bytes)?;
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        make_files(&disk, folder, options, salt)?;
        Self::open_home(disk, folder, home, options, salt)
    }

    /// Opens the store in a folder. A view that is not known to be whole is
    /// built again.
    ///
    /// # Errors
    /// [`StoreError::Absent`], [`StoreError::Stamp`], [`StoreError::ReadOnly`]
    /// and [`StoreError::Lock`], after which nothing was touched. Faults of log
    /// and disk: what may be lost is named, and nothing was cut.
    pub fn open(folder: &Path, profile: Profile, salt: u64) -> Result<Self, StoreError> {
        let options = profile.options();
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        check_stamp(disk.as_ref(), folder)?;
        let home = Home::take(folder, options.cache_bytes)?;
        Self::open_home(disk, folder, home, options, salt)
    }

    /// Makes a store on a disk of any kind, over an empty map; see
    /// [`EmbeddedStore::open_on`].
    ///
    /// # Errors
    /// As [`EmbeddedStore::create`].
    pub fn create_on(
        disk: Arc<dyn Disk>,
        folder: &Path,
        view: Box<dyn Kv>,
        options: StoreOptions,
        salt: u64,
    ) -> Result<Self, StoreError> {
        disk.create_dir(folder)
            .map_err(StoreError::disk("make its folder"))?;
        make_files(&disk, folder, options, salt)?;
        Self::open_on(disk, folder, view, options, salt)
    }

    /// Opens a store on a disk of any kind, such as a simulated one, over a map
    /// that is its view: as it was left, or empty. There is no lock: the caller
    /// sees to it that the store has one writer.
    ///
    /// # Errors
    /// As [`EmbeddedStore::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        folder: &Path,
        mut view: Box<dyn Kv>,
        options: StoreOptions,
        salt: u64,
    ) -> Result<Self, StoreError> {
        check_stamp(disk.as_ref(), folder)?;
        let marks = Marks::read(view.as_ref())?;
        let log = open_log(&disk, folder, options, salt, &marks.witnesses())?;
        let from = match marks.applied {
            Some(mark) => mark,
            None => beginning(&log)?,
        };
        replay(log.reader(), from, view.as_mut())?;
        Ok(Self::over(log, view, options, None))
    }

    fn open_home(
        disk: Arc<dyn Disk>,
        folder: &Path,
        home: Home,
        options: StoreOptions,
        salt: u64,
    ) -> Result<Self, StoreError> {
        let found = home.find_view()?;
        let log = open_log(&disk, folder, options, salt, &found.marks.witnesses())?;
        let used = match (found.view, found.marks.applied) {
            (Some(mut view), Some(mark)) => match replay(log.reader(), mark, view.as_mut()) {
                Ok(_) => Some(view),
                Err(error @ (StoreError::View(_) | StoreError::Log(LogError::Missing { .. }))) => {
                    tracing::warn!(%error, "the view is built again");
                    None
                }
                Err(other) => return Err(other),
            },
            (Some(_), None) | (None, _) => None,
        };
        let view = match used {
            Some(view) => view,
            None => {
                let mut view = home.empty_view()?;
                replay(log.reader(), beginning(&log)?, view.as_mut())?;
                view
            }
        };
        home.trust().open()?;
        Ok(Self::over(log, view, options, Some(home)))
    }

    fn over(log: Log, view: Box<dyn Kv>, options: StoreOptions, home: Option<Home>) -> Self {
        let trust = home.as_ref().map(Home::trust);
        let shared = Shared::new(view.reader(), log.reader().clone(), trust);
        Self {
            log,
            view: Some(view),
            shared: Arc::new(shared),
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

fn log_options(options: StoreOptions, salt: u64) -> Result<LogOptions, LogError> {
    let most = u32::try_from(BATCH_BYTES).unwrap_or(u32::MAX);
    LogOptions::new(options.segment_bytes, most, salt)
}

/// Stamps a folder and makes the log in it.
fn make_files(
    disk: &Arc<dyn Disk>,
    folder: &Path,
    options: StoreOptions,
    salt: u64,
) -> Result<(), StoreError> {
    match Stamp::CURRENT.create(disk.as_ref(), folder) {
        Ok(()) => {}
        // The power may have failed right after the stamp; what is made after
        // the log shows that there was one.
        Err(StampError::AlreadyThere) => {
            check_stamp(disk.as_ref(), folder)?;
            let entries = disk.list(folder).map_err(StoreError::disk("be listed"))?;
            let later = |name: &std::ffi::OsString| name == VIEW || name == SNAPSHOT;
            if entries.iter().any(|entry| later(&entry.name)) {
                return Err(StoreError::AlreadyThere);
            }
        }
        Err(other) => return Err(other.into()),
    }
    match Log::create(
        Arc::clone(disk),
        &folder.join(LOG),
        log_options(options, salt)?,
    ) {
        Ok(_) => Ok(()),
        Err(LogError::AlreadyThere) => Err(StoreError::AlreadyThere),
        Err(other) => Err(other.into()),
    }
}

fn check_stamp(disk: &dyn Disk, folder: &Path) -> Result<(), StoreError> {
    let stamp = Stamp::read(disk, folder)?.ok_or(StoreError::Absent)?;
    match stamp.check()? {
        Access::Full => Ok(()),
        Access::ReadOnly => Err(StoreError::ReadOnly),
    }
}

fn open_log(
    disk: &Arc<dyn Disk>,
    folder: &Path,
    options: StoreOptions,
    salt: u64,
    witnesses: &[LogMark],
) -> Result<Log, StoreError> {
    let options = log_options(options, salt)?;
    let (log, opened) = Log::open(Arc::clone(disk), &folder.join(LOG), options, witnesses)?;
    if let Some(torn) = opened.cut {
        tracing::info!(at = %torn.at, bytes = torn.bytes, "an unfinished end of the log was cut");
    }
    Ok(log)
}

/// The mark before the first record there ever was.
fn beginning(log: &Log) -> Result<LogMark, StoreError> {
    let segments = log.reader().segments();
    let (first, _) = segments.first().ok_or(LogError::Absent)?;
    let mark = log.reader().start_of(*first)?;
    if mark.records() > 0 {
        return Err(StoreError::Gap {
            records: mark.records(),
        });
    }
    Ok(mark)
}
