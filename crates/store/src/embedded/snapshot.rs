//! Snapshots: what the view must hold at a point of the log, in one file each.
//!
//! A snapshot is the one before merged with the log since, never a copy of the
//! view: what goes wrong in the view cannot get into it. It is read back
//! before it gets its name. The two newest are kept, so that one that decays
//! costs a longer replay and nothing else.

mod file;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use file::{Reader, Writer};

use super::{
    merge::{Over, Pair},
    replay::{Filling, changes_of, replay},
};
use crate::{
    StoreError,
    disk::Disk,
    kv::Kv,
    log::{LogError, LogMark, LogReader},
};

const NEXT: &str = "next.tmp";

/// Sizes of snapshots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// One is due when the log has grown by so many bytes.
    pub(super) growth_bytes: u64,
    /// Bytes of changes that are merged at once, beside one record.
    pub(super) merge_bytes: usize,
}

/// The snapshots of a store. Clones share them and may be used from any
/// thread, while the store goes on: only the log is read.
#[derive(Clone, Debug)]
pub struct Snapshots(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    log: LogReader,
    sizes: Sizes,
    /// Newest last. Held while one is made.
    marks: Mutex<Vec<LogMark>>,
}

/// Marks of the snapshots in a folder, as their headers say, newest last.
pub(super) fn marks_in(disk: &dyn Disk, dir: &Path) -> Result<Vec<LogMark>, StoreError> {
    let entries = match disk.list(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(StoreError::disk("list its snapshots"))?,
    };
    let mut marks = Vec::new();
    for entry in entries {
        let name = entry.name.to_str().unwrap_or_default();
        let Some(records) = records_of(name) else {
            continue;
        };
        match Reader::open(disk, &dir.join(name)) {
            Ok(reader) if reader.mark().records() == records => marks.push(reader.mark()),
            Ok(_) | Err(StoreError::Snapshot) => {
                tracing::warn!(name, "a snapshot is damaged and is not used");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(marks)
}

impl Snapshots {
    pub(super) fn new(
        disk: Arc<dyn Disk>,
        dir: PathBuf,
        log: LogReader,
        sizes: Sizes,
        marks: Vec<LogMark>,
    ) -> Self {
        let marks = Mutex::new(marks);
        Self(Arc::new(Shared {
            disk,
            dir,
            log,
            sizes,
            marks,
        }))
    }

    /// The point of the log that the newest one is of.
    #[must_use]
    pub fn newest(&self) -> Option<LogMark> {
        self.0.marks().last().copied()
    }

    /// Whether the log has grown enough for another one.
    ///
    /// # Errors
    /// Faults of the log.
    pub fn is_due(&self) -> Result<bool, StoreError> {
        let newest = self.newest();
        Ok(self.0.grown(newest)? >= self.0.sizes.growth_bytes)
    }

    /// Makes one of all that is committed now, in as many steps as memory
    /// asks for; nothing, where there is one already. Takes as long as it
    /// takes to copy the newest one: not for the thread that commits.
    ///
    /// # Errors
    /// Damage of the log, and faults of the disk. Without room
    /// ([`StoreError::is_refusal`]) nothing is left of it, and those before
    /// are there.
    pub fn take(&self) -> Result<(), StoreError> {
        let end = self.0.log.end();
        let mut marks = self.0.marks();
        while marks
            .last()
            .is_none_or(|mark| mark.records() < end.records())
        {
            self.0.make(&mut marks)?;
        }
        Ok(())
    }

    /// What a view can be built from: the newest snapshot that is whole, and
    /// all of the log since; none: the log alone. All of it was read.
    pub(super) fn base(&self) -> Result<Option<LogMark>, StoreError> {
        let marks = self.0.marks().clone();
        let mut base = None;
        for mark in marks.into_iter().rev() {
            let whole = Reader::open(self.0.disk.as_ref(), &self.0.path(mark));
            match whole.and_then(Reader::check) {
                Ok(_) => {
                    base = Some(mark);
                    break;
                }
                Err(StoreError::Snapshot) => {
                    tracing::warn!(%mark, "a snapshot is damaged and is not used");
                }
                Err(other) => return Err(other),
            }
        }
        let mut log = self.0.log.scan(self.0.from(base)?);
        log.try_for_each(|record| record.map(|_| ()))?;
        Ok(base)
    }

    /// Fills an empty view.
    pub(super) fn restore(
        &self,
        base: Option<LogMark>,
        view: &mut dyn Kv,
    ) -> Result<(), StoreError> {
        if let Some(mark) = base {
            self.0.load(mark, view)?;
        }
        replay(&self.0.log, self.0.from(base)?, view)
    }
}

impl Shared {
    fn marks(&self) -> MutexGuard<'_, Vec<LogMark>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The point of a snapshot, or the one before the first record there ever
    /// was.
    fn from(&self, base: Option<LogMark>) -> Result<LogMark, StoreError> {
        if let Some(mark) = base {
            return Ok(mark);
        }
        let segments = self.log.segments();
        let (first, _) = segments.first().ok_or(LogError::Absent)?;
        let mark = self.log.start_of(*first)?;
        match mark.records() {
            0 => Ok(mark),
            records => Err(StoreError::Gap { records }),
        }
    }

    /// Bytes of the log after a mark, about.
    fn grown(&self, since: Option<LogMark>) -> Result<u64, StoreError> {
        let end = self.log.end().next();
        let since = self.from(since)?.next();
        let segments = self.log.segments();
        let between = segments
            .iter()
            .filter(|(number, _)| (since.segment..end.segment).contains(number));
        let bytes: u64 = between.map(|(_, bytes)| bytes).sum();
        Ok(bytes
            .saturating_add(end.offset)
            .saturating_sub(since.offset))
    }

    fn path(&self, mark: LogMark) -> PathBuf {
        self.dir.join(file_name(mark.records()))
    }

    fn load(&self, mark: LogMark, view: &mut dyn Kv) -> Result<(), StoreError> {
        let mut filling = Filling::new(view);
        for pair in Reader::open(self.disk.as_ref(), &self.path(mark))? {
            let (key, value) = pair?;
            filling.add(key, Some(&value))?;
        }
        filling.finish(mark)
    }

    /// Makes one over the newest that is whole.
    fn make(&self, marks: &mut Vec<LogMark>) -> Result<(), StoreError> {
        let before = marks.last().copied();
        match self.make_over(before) {
            Ok(mark) => {
                *marks = before.into_iter().chain([mark]).collect();
                self.keep_only(marks)
            }
            Err(StoreError::Snapshot) if before.is_some() => {
                marks.pop();
                tracing::warn!(?before, "a snapshot is damaged and is not used");
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    fn make_over(&self, before: Option<LogMark>) -> Result<LogMark, StoreError> {
        let (changes, mark) = self.changes_since(self.from(before)?)?;
        let changes = changes.into_iter().map(Ok);
        let before = before.map(|mark| Reader::open(self.disk.as_ref(), &self.path(mark)));
        let before = before.transpose()?.into_iter().flatten();
        let pairs = Over::new(
            changes,
            before.map(|pair| pair.map(|(key, value)| (key, Some(value)))),
        );
        let pairs = pairs.filter_map(|pair| match pair {
            Ok((key, value)) => value.map(|value| Ok((key, value))),
            Err(error) => Some(Err(error)),
        });
        self.write(mark, pairs)?;
        Ok(mark)
    }

    /// What keys became after a mark, up to a bounded amount, and how far.
    #[expect(clippy::type_complexity, reason = "read once, just above")]
    fn changes_since(
        &self,
        from: LogMark,
    ) -> Result<(BTreeMap<Vec<u8>, Option<Vec<u8>>>, LogMark), StoreError> {
        let mut changes = BTreeMap::new();
        let (mut mark, mut bytes) = (from, 0_usize);
        for record in self.log.scan(from) {
            let record = record?;
            for change in changes_of(&record)? {
                let (key, value) = change?;
                let value = value.map(Cow::into_owned);
                let more = value.as_ref().map_or(0, Vec::len);
                bytes = bytes.saturating_add(key.len()).saturating_add(more);
                changes.insert(key, value);
            }
            mark = record.after;
            if bytes >= self.sizes.merge_bytes {
                break;
            }
        }
        Ok((changes, mark))
    }

    /// Writes a snapshot, reads it back and names it.
    fn write(
        &self,
        mark: LogMark,
        pairs: impl Iterator<Item = Result<Pair, StoreError>>,
    ) -> Result<(), StoreError> {
        let next = self.dir.join(NEXT);
        let fault = || StoreError::disk("write a snapshot");
        let written = self.write_as(&next, mark, pairs).and_then(|()| {
            self.disk
                .rename(&next, &self.path(mark))
                .and_then(|()| self.disk.sync_dir(&self.dir))
                .map_err(fault())
        });
        written.inspect_err(|_| {
            let removed = self.disk.remove(&next);
            tracing::debug!(?removed, "a snapshot was not finished");
        })
    }

    fn write_as(
        &self,
        next: &Path,
        mark: LogMark,
        pairs: impl Iterator<Item = Result<Pair, StoreError>>,
    ) -> Result<(), StoreError> {
        let disk = self.disk.as_ref();
        let fault = || StoreError::disk("write a snapshot");
        let begin = || {
            disk.create_dir(&self.dir)?;
            disk.sync_dir(self.dir.parent().unwrap_or(&self.dir))?;
            match disk.remove(next) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            Writer::create(disk, next, mark)
        };
        let mut writer = begin().map_err(fault())?;
        for pair in pairs {
            let (key, value) = pair?;
            writer.put(&key, &value).map_err(fault())?;
        }
        let summary = writer.finish().map_err(fault())?;
        let found = Reader::open(disk, next).and_then(Reader::check);
        if found.is_ok_and(|found| found == summary) {
            Ok(())
        } else {
            let source = io::ErrorKind::InvalidData.into();
            Err(StoreError::disk("read a snapshot back")(source))
        }
    }

    /// Removes every snapshot but these.
    fn keep_only(&self, marks: &[LogMark]) -> Result<(), StoreError> {
        let fault = || StoreError::disk("remove an old snapshot");
        for entry in self.disk.list(&self.dir).map_err(fault())? {
            let records = entry.name.to_str().and_then(records_of);
            let kept = |records| marks.iter().any(|mark| mark.records() == records);
            if records.is_some_and(|records| !kept(records)) {
                self.disk
                    .remove(&self.dir.join(&entry.name))
                    .map_err(fault())?;
            }
        }
        Ok(())
    }
}

fn file_name(records: u64) -> String {
    format!("{records:020}.snap")
}

/// How many records are before a snapshot, by its file's name; `None` for any
/// other file.
fn records_of(name: &str) -> Option<u64> {
    let records = name.strip_suffix(".snap")?.parse().ok()?;
    (file_name(records) == name).then_some(records)
}

#[cfg(test)]
mod tests;
