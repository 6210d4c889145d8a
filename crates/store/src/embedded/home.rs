//! The folder of a store on disk: its lock, its view, and whether the view
//! may be used again.
//!
//! The view never syncs, so that after a power cut nothing is known about it.
//! A file beside it, `DIR/view/trust`, says when it may be used all the same:
//!
//! - *closed*: it was closed in order and synced whole; the file goes before
//!   anything is written to the view again.
//! - *open*: it was whole when it was opened, on this mount in this run of the
//!   kernel. While these last, so does what was written to files, whatever
//!   becomes of the process: the view has come as far as its mark says.
//!
//! Everything else is thrown away and built again from snapshot and log. What
//! even such a view says of the log is still evidence: it was written after
//! the log had synced it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, StatxFlags, statx};

use crate::{
    StoreError,
    disk::{Disk, RealDisk},
    kv::{self, Kv, SledKv, SledOptions},
    lock::StoreLock,
    log::LogMark,
};

use super::marks::Marks;

const VIEW: &str = "view";
const FILE_NAME: &str = "trust";
const NEXT: &str = "trust.tmp";
const TITLE: &str = "terrace-view";
/// Longest trust file that is read, bytes.
const MAX_BYTES: u64 = 4096;
/// An identity of the mount that is never used twice while the kernel runs
/// (Linux 6.8). Older kernels do not know it: then only a closed view is used.
const MOUNT_ID_UNIQUE: StatxFlags = StatxFlags::from_bits_retain(0x4000);

/// The folder of a store on disk, owned by this process.
#[derive(Debug)]
pub(super) struct Home {
    view: PathBuf,
    cache: SledOptions,
    _lock: StoreLock,
}

/// The view as it was found.
#[derive(Debug)]
pub(super) struct Found {
    /// There if it may be used.
    pub(super) view: Option<Box<dyn Kv>>,
    /// What it says of the log, whether it may be used or not.
    pub(super) marks: Marks,
}

impl Home {
    /// Takes a folder that is there.
    pub(super) fn take(dir: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        Ok(Self {
            view: dir.join(VIEW),
            cache: SledOptions::new(cache_bytes)?,
            _lock: StoreLock::take(dir)?,
        })
    }

    pub(super) fn trust(&self) -> Trust {
        Trust(self.view.clone())
    }

    /// Looks at the view that is there.
    pub(super) fn find_view(&self) -> Result<Found, StoreError> {
        let nothing = Found {
            view: None,
            marks: Marks::default(),
        };
        if !self.view.is_dir() {
            return Ok(nothing);
        }
        let trust = self.trust();
        let trusted = match trust.read() {
            Some(Word::Closed(mark)) => {
                trust.withdraw_for_good()?;
                Some(Some(mark))
            }
            Some(Word::Open(place)) if Some(&place) == place_of(&self.view).as_ref() => Some(None),
            Some(Word::Open(_)) | None => None,
        };
        let opened = SledKv::open(&self.view, self.cache)
            .map_err(StoreError::from)
            .and_then(|view| Ok((Marks::read(&view)?, view)));
        match (opened, trusted) {
            (Ok((marks, view)), Some(closed))
                if closed.is_none_or(|mark| marks.applied == Some(mark)) =>
            {
                let view = Some(Box::new(view) as Box<dyn Kv>);
                Ok(Found { view, marks })
            }
            (Ok((marks, _)), _) => {
                tracing::info!("the view was not closed in order and is built again");
                Ok(Found { view: None, marks })
            }
            (Err(error), _) => {
                tracing::warn!(%error, "the view does not open and is built again");
                Ok(nothing)
            }
        }
    }

    /// A view without anything in it, in place of what is there.
    pub(super) fn empty_view(&self) -> Result<Box<dyn Kv>, StoreError> {
        kv::throw_away(&self.view).map_err(StoreError::disk("throw its view away"))?;
        Ok(Box::new(SledKv::open(&self.view, self.cache)?))
    }

    /// Says that the view, closed, may be used again, whatever happens.
    pub(super) fn closed(&self, mark: LogMark) -> Result<(), StoreError> {
        let done = kv::wait_until_closed(&self.view)
            .and_then(|()| sync_all(&self.view))
            .and_then(|()| self.trust().write(&Word::Closed(mark), true));
        done.map_err(StoreError::disk("sync its view"))
    }
}

/// What the trust file says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Closed(LogMark),
    Open(String),
}

/// The trust file of a view.
#[derive(Clone, Debug)]
pub(super) struct Trust(PathBuf);

impl Trust {
    /// Says that the view is whole up to its mark, while nothing but the
    /// process ends. Needs no sync: it means nothing after a power cut.
    pub(super) fn open(&self) -> Result<(), StoreError> {
        let written = match place_of(&self.0) {
            Some(place) => self.write(&Word::Open(place), false),
            None => Ok(()),
        };
        written.map_err(StoreError::disk("say that its view is open"))
    }

    /// Takes the word back: the view failed.
    pub(super) fn withdraw(&self) {
        if let Err(error) = remove(&self.0.join(FILE_NAME)) {
            tracing::error!(%error, "the view failed and could not be marked so");
        }
    }

    /// Takes the word back before the view is written to.
    fn withdraw_for_good(&self) -> Result<(), StoreError> {
        let removed = remove(&self.0.join(FILE_NAME));
        let removed = removed.and_then(|()| RealDisk.sync_dir(&self.0));
        removed.map_err(StoreError::disk("say that its view is open"))
    }

    fn write(&self, word: &Word, lasting: bool) -> io::Result<()> {
        let next = self.0.join(NEXT);
        remove(&next)?;
        let file = RealDisk.create(&next)?;
        file.append(word.to_text().as_bytes())?;
        if lasting {
            file.sync_data()?;
        }
        RealDisk.rename(&next, &self.0.join(FILE_NAME))?;
        if lasting {
            RealDisk.sync_dir(&self.0)?;
        }
        Ok(())
    }

    /// None also where the file is anything else.
    fn read(&self) -> Option<Word> {
        let path = self.0.join(FILE_NAME);
        let about = fs::metadata(&path).ok()?;
        if about.len() > MAX_BYTES {
            return None;
        }
        Word::from_text(&fs::read_to_string(path).ok()?)
    }
}

impl Word {
    fn to_text(&self) -> String {
        let said = match self {
            Self::Closed(mark) => {
                let hex: String = mark
                    .to_bytes()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                format!("closed {hex}")
            }
            Self::Open(place) => format!("open {place}"),
        };
        let above = format!("{TITLE}\n{said}");
        format!("{above}\nchecksum {}\n", checksum_of(&above))
    }

    fn from_text(text: &str) -> Option<Self> {
        let (above, last) = text.strip_suffix('\n')?.rsplit_once('\n')?;
        if last.strip_prefix("checksum ")? != checksum_of(above) {
            return None;
        }
        match above.strip_prefix(TITLE)?.trim().split_once(' ')? {
            ("closed", hex) => LogMark::from_bytes(&from_hex(hex)?).map(Self::Closed),
            ("open", place) => Some(Self::Open(place.to_owned())),
            _ => None,
        }
    }
}

fn checksum_of(above: &str) -> String {
    format!("{:08x}", crc32c::crc32c(above.as_bytes()))
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let pairs = (0..hex.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(hex.get(at..at.checked_add(2)?)?, 16).ok())
        .collect()
}

/// This run of the kernel and the mount that a folder is on; `None` where the
/// system does not say.
fn place_of(dir: &Path) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let about = statx(CWD, dir, AtFlags::empty(), MOUNT_ID_UNIQUE).ok()?;
    let told = StatxFlags::from_bits_retain(about.stx_mask).contains(MOUNT_ID_UNIQUE);
    told.then(|| format!("{} {}", boot.trim(), about.stx_mnt_id))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Makes every file under a folder last, and every name.
fn sync_all(dir: &Path) -> io::Result<()> {
    for entry in RealDisk.list(dir)? {
        let path = dir.join(&entry.name);
        if entry.is_dir {
            sync_all(&path)?;
        } else {
            RealDisk.open(&path)?.sync_data()?;
        }
    }
    RealDisk.sync_dir(dir)
}
