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
    sync::Arc,
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
        Trust {
            disk: Arc::new(RealDisk),
            view: self.view.clone(),
        }
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
        let done = kv::wait_until_closed(&self.view).and_then(|()| self.trust().close(mark));
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
pub(super) struct Trust {
    disk: Arc<dyn Disk>,
    view: PathBuf,
}

impl Trust {
    fn file(&self) -> PathBuf {
        self.view.join(FILE_NAME)
    }

    /// Says that the view is whole up to its mark, while nothing but the
    /// process ends. Needs no sync: it means nothing after a power cut.
    pub(super) fn open(&self) -> Result<(), StoreError> {
        let written = match place_of(&self.view) {
            Some(place) => self.write(&Word::Open(place)),
            None => Ok(()),
        };
        written.map_err(StoreError::disk("say that its view is open"))
    }

    /// Makes all of a closed view last and then says so, for good.
    fn close(&self, mark: LogMark) -> io::Result<()> {
        sync_all(self.disk.as_ref(), &self.view)?;
        self.write(&Word::Closed(mark))?;
        self.disk.sync_dir(&self.view)
    }

    /// Takes the word back: the view failed.
    pub(super) fn withdraw(&self) {
        if let Err(error) = self.remove(FILE_NAME) {
            tracing::error!(%error, "the view failed and could not be marked so");
        }
    }

    /// Takes the word back before the view is written to.
    fn withdraw_for_good(&self) -> Result<(), StoreError> {
        let removed = self.remove(FILE_NAME);
        let removed = removed.and_then(|()| self.disk.sync_dir(&self.view));
        removed.map_err(StoreError::disk("say that its view is open"))
    }

    /// The file's content lasts before its name does.
    fn write(&self, word: &Word) -> io::Result<()> {
        let next = self.view.join(NEXT);
        self.remove(NEXT)?;
        let file = self.disk.create(&next)?;
        file.append(word.to_text().as_bytes())?;
        match word {
            Word::Closed(_) => file.sync_data()?,
            Word::Open(_) => {}
        }
        self.disk.rename(&next, &self.file())
    }

    /// None also where the file is anything else.
    fn read(&self) -> Option<Word> {
        let file = self.disk.open(&self.file()).ok()?;
        let bytes = file.bytes().ok().filter(|bytes| *bytes <= MAX_BYTES)?;
        let mut text = vec![0; usize::try_from(bytes).ok()?];
        file.read_at(0, &mut text).ok()?;
        Word::from_text(&String::from_utf8(text).ok()?)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match self.disk.remove(&self.view.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
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

/// Makes every file under a folder last, and every name.
fn sync_all(disk: &dyn Disk, dir: &Path) -> io::Result<()> {
    for entry in disk.list(dir)? {
        let path = dir.join(&entry.name);
        if entry.is_dir {
            sync_all(disk, &path)?;
        } else {
            disk.open(&path)?.sync_data()?;
        }
    }
    disk.sync_dir(dir)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        disk::SimDisk,
        log::{Log, LogOptions},
    };

    const VIEW_DIR: &str = "/view";

    fn trust(disk: &SimDisk) -> Trust {
        Trust {
            disk: Arc::new(disk.clone()),
            view: VIEW_DIR.into(),
        }
    }

    fn mark() -> LogMark {
        let options = LogOptions::new(4096, 100, 3).unwrap();
        let log = Log::create(Arc::new(SimDisk::new(0)), Path::new("/log"), options);
        log.unwrap().end()
    }

    const FILES: [&str; 3] = ["/view/db", "/view/conf", "/view/big/1"];

    /// A view that was written and never synced.
    fn written() -> SimDisk {
        let disk = SimDisk::new(0);
        disk.create_dir(Path::new(VIEW_DIR)).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        disk.create_dir(Path::new("/view/big")).unwrap();
        for path in FILES {
            let file = disk.create(Path::new(path)).unwrap();
            file.append(&[7; 3000]).unwrap();
        }
        disk
    }

    fn is_whole(disk: &SimDisk) -> bool {
        FILES.iter().all(|path| {
            let mut bytes = [0; 3000];
            let read = disk
                .open(Path::new(path))
                .and_then(|file| file.read_at(0, &mut bytes));
            read.is_ok() && bytes == [7; 3000]
        })
    }

    #[test]
    fn a_view_that_is_said_to_be_closed_is_whole_wherever_the_power_fails() {
        let (mut said, mut unsaid) = (0, 0);
        for nth in 1..20 {
            for seed in 0..30 {
                let disk = written();
                disk.cut_at(nth);
                let closed = trust(&disk).close(mark()).is_ok();
                disk.power_cut(seed);
                let found = trust(&disk).read();
                assert!(found == Some(Word::Closed(mark())) || (found.is_none() && !closed));
                assert!(found.is_none() || is_whole(&disk));
                said += u32::from(found.is_some());
                unsaid += u32::from(found.is_none());
            }
        }
        assert!(said > 100 && unsaid > 100, "{said} {unsaid}");
    }

    #[test]
    fn a_word_that_was_taken_back_for_good_does_not_come_again() {
        for seed in 0..30 {
            let disk = written();
            trust(&disk).close(mark()).unwrap();
            trust(&disk).withdraw_for_good().unwrap();
            disk.power_cut(seed);
            assert_eq!(trust(&disk).read(), None);
        }
    }

    #[test]
    fn a_word_comes_back_from_its_text_and_no_other_text_is_one() {
        for word in [Word::Closed(mark()), Word::Open("one two".into())] {
            let text = word.to_text();
            assert_eq!(Word::from_text(&text), Some(word));
            for end in 0..text.len() {
                assert_eq!(Word::from_text(&text[..end]), None);
            }
            assert_eq!(Word::from_text(&text.replace("terrace", "terrain")), None);
        }
    }
}
