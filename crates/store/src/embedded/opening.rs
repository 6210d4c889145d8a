//! Making and opening a store.

use std::{ffi::OsString, path::Path, sync::Arc};

use terrace_wire::limits::BATCH_BYTES;

use super::{
    EmbeddedStore, Profile, Snapshots, StoreOptions,
    home::Home,
    marks::Marks,
    replay::replay,
    snapshot::{Sizes, marks_in},
};
use crate::{
    StoreError,
    disk::{Disk, RealDisk},
    kv::Kv,
    log::{Log, LogError, LogOptions},
    stamp::{Access, Stamp, StampError},
};

const LOG: &str = "log";
const VIEW: &str = "view";
const SNAPSHOT: &str = "snapshot";

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
        let disk: Arc<dyn Disk> = Arc::new(RealDisk);
        make_folder(disk.as_ref(), folder)?;
        let home = Home::take(folder, options.cache_bytes)?;
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
        make_folder(disk.as_ref(), folder)?;
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
        let (log, snapshots) = open_log(&disk, folder, options, salt, marks)?;
        match marks.applied {
            Some(mark) => replay(log.reader(), mark, view.as_mut())?,
            None => snapshots.restore(snapshots.base()?, view.as_mut())?,
        }
        Ok(Self::over(log, view, snapshots, options, None))
    }

    fn open_home(
        disk: Arc<dyn Disk>,
        folder: &Path,
        home: Home,
        options: StoreOptions,
        salt: u64,
    ) -> Result<Self, StoreError> {
        let found = home.find_view()?;
        let (log, snapshots) = open_log(&disk, folder, options, salt, found.marks)?;
        let used = match (found.view, found.marks.applied) {
            (Some(mut view), Some(mark)) => match replay(log.reader(), mark, view.as_mut()) {
                Ok(()) => Some(view),
                Err(StoreError::View(error)) => {
                    tracing::warn!(%error, "the view failed and is built again");
                    None
                }
                Err(other) => return Err(other),
            },
            (Some(_), None) | (None, _) => None,
        };
        let view = match used {
            Some(view) => view,
            None => {
                // Before the view goes: it may hold what the log has lost.
                let base = snapshots.base()?;
                let mut view = home.empty_view()?;
                snapshots.restore(base, view.as_mut())?;
                view
            }
        };
        home.trust().open()?;
        Ok(Self::over(log, view, snapshots, options, Some(home)))
    }
}

fn log_options(options: StoreOptions, salt: u64) -> Result<LogOptions, LogError> {
    let most = u32::try_from(BATCH_BYTES).unwrap_or(u32::MAX);
    LogOptions::new(options.segment_bytes, most, salt)
}

/// Makes the store's folder last, whoever made it.
fn make_folder(disk: &dyn Disk, folder: &Path) -> Result<(), StoreError> {
    let made = disk
        .create_dir(folder)
        .and_then(|()| disk.sync_dir(folder.parent().unwrap_or(folder)));
    made.map_err(StoreError::disk("make its folder"))
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
            let later = |name: &OsString| name == VIEW || name == SNAPSHOT;
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

/// Opens the log, unless the view or a snapshot has seen more than it holds.
fn open_log(
    disk: &Arc<dyn Disk>,
    folder: &Path,
    options: StoreOptions,
    salt: u64,
    view: Marks,
) -> Result<(Log, Snapshots), StoreError> {
    let snapshot_dir = folder.join(SNAPSHOT);
    let marks = marks_in(disk.as_ref(), &snapshot_dir)?;
    let witnesses = [view.witnesses(), marks.clone()].concat();
    let log_options = log_options(options, salt)?;
    let (log, opened) = Log::open(Arc::clone(disk), &folder.join(LOG), log_options, &witnesses)?;
    if let Some(torn) = opened.cut {
        tracing::info!(at = %torn.at, bytes = torn.bytes, "an unfinished end of the log was cut");
    }
    let sizes = Sizes {
        growth_bytes: options.snapshot_bytes,
        merge_bytes: options.overlay_bytes.saturating_mul(2),
    };
    let disk = Arc::clone(disk);
    let snapshots = Snapshots::new(disk, snapshot_dir, log.reader().clone(), sizes, marks);
    Ok((log, snapshots))
}
