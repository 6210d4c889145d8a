//! Writing the log: its one writer.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    BLOCK_BYTES, LogOptions,
    error::{LogError, TornTail},
    frame::{CLOSING_BYTES, FIRST_OFFSET, FRAME_BYTES, Frame, Header, record_bytes},
    position::{LogMark, LogPosition, SegmentNumber},
    reader::{LogReader, Reach},
    recover::Tail,
    segment::Segment,
};
use crate::disk::{Disk, DiskFile};

/// The name of a segment that is being made.
const NEXT: &str = "next.tmp";

/// What opening found.
#[derive(Clone, Copy, Debug)]
pub struct Opened {
    /// The point after the last record; all before it lasts.
    pub end: LogMark,
    /// What was cut: bytes of an append that was not finished.
    pub cut: Option<TornTail>,
}

/// Where an appended record stands. It does not last before the next
/// [`Log::sync`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Where it stands.
    pub at: LogPosition,
    /// The point after it.
    pub after: LogMark,
}

/// The log, with its one writer.
#[derive(Debug)]
pub struct Log {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    options: LogOptions,
    reader: LogReader,
    newest: Segment,
    closed: bool,
    end: LogMark,
    lasting: LogMark,
    poisoned: bool,
}

impl Log {
    /// Makes a log in a folder that has none; its parent exists. One that was
    /// not finished, because the power failed, is made anew.
    ///
    /// # Errors
    /// [`LogError::AlreadyThere`] where there are segments, [`LogError::Full`],
    /// and faults of the disk.
    pub fn create(disk: Arc<dyn Disk>, dir: &Path, options: LogOptions) -> Result<Self, LogError> {
        disk.create_dir(dir)
            .map_err(LogError::disk("make its folder"))?;
        let parent = dir.parent().unwrap_or(dir);
        disk.sync_dir(parent)
            .map_err(LogError::disk("sync the folder above it"))?;
        if !clear_and_list(disk.as_ref(), dir)?.is_empty() {
            return Err(LogError::AlreadyThere);
        }
        let number = SegmentNumber(1);
        let header = Header {
            segment: number,
            bytes: options.segment_bytes,
            salt: options.salt ^ number.get(),
            records: 0,
            chain: 0,
        };
        let file = allocate(disk.as_ref(), dir, header.bytes)?;
        let newest = name_segment(disk.as_ref(), dir, header, file)?;
        let segments = BTreeMap::from([(number, header.bytes)]);
        Ok(Self::over(
            disk,
            dir,
            options,
            newest,
            segments,
            header.mark(),
            false,
        ))
    }

    /// Opens a log: finds its end, cuts what was never finished, and makes all
    /// before it last. Only the newest segment is read; older ones are checked
    /// as they are read.
    ///
    /// A witness is a mark that something else kept, such as the view or a
    /// snapshot, of a record that lasted.
    ///
    /// # Errors
    /// [`LogError::Absent`], [`LogError::Future`], [`LogError::Damaged`], and
    /// [`LogError::LostRecord`] and [`LogError::OtherRecord`] where a witness
    /// contradicts the log: nothing was cut. Faults of the disk.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: LogOptions,
        witnesses: &[LogMark],
    ) -> Result<(Self, Opened), LogError> {
        let segments = clear_and_list(disk.as_ref(), dir)?;
        let Some((number, _)) = segments.last_key_value() else {
            return Err(LogError::Absent);
        };
        let newest = Segment::open(disk.as_ref(), dir, *number)?;
        let tail = Tail::find(&newest, witnesses)?;
        tail.settle(&newest)?;
        disk.sync_dir(dir)
            .map_err(LogError::disk("sync its folder"))?;
        let opened = Opened {
            end: tail.end,
            cut: tail.torn,
        };
        let log = Self::over(disk, dir, options, newest, segments, tail.end, tail.closed);
        Ok((log, opened))
    }

    fn over(
        disk: Arc<dyn Disk>,
        dir: &Path,
        options: LogOptions,
        newest: Segment,
        segments: BTreeMap<SegmentNumber, u64>,
        end: LogMark,
        closed: bool,
    ) -> Self {
        let reader = LogReader::new(Arc::clone(&disk), dir.to_owned(), Reach { end, segments });
        let dir = dir.to_owned();
        let poisoned = false;
        Self {
            disk,
            dir,
            options,
            reader,
            newest,
            closed,
            end,
            lasting: end,
            poisoned,
        }
    }

    /// Reads this log; may be cloned and given away.
    #[must_use]
    pub fn reader(&self) -> &LogReader {
        &self.reader
    }

    /// The point after the last record, which may not last yet.
    #[must_use]
    pub fn end(&self) -> LogMark {
        self.end
    }

    /// Writes a record at the end. Nothing may be said about it before
    /// [`Log::sync`] returned.
    ///
    /// # Errors
    /// [`LogError::Empty`], [`LogError::TooLarge`] and [`LogError::Full`], after
    /// which all is as before; [`LogError::Disk`] and [`LogError::Poisoned`],
    /// after which nothing more is taken.
    pub fn append(&mut self, payload: &[u8]) -> Result<Appended, LogError> {
        self.check()?;
        let length = self.check_length(payload)?;
        let bytes = record_bytes(length);
        if self.closed || bytes > self.newest.room(self.end.next.offset) {
            self.begin_segment(bytes)?;
        }
        let at = self.end.next;
        let place = self.newest.place(at.offset);
        let (frame, head) =
            Frame::of_record(&place, &self.end, self.lasting.records, payload, length);
        self.write(at.offset, &head)?;
        self.write(at.offset.saturating_add(FRAME_BYTES as u64), payload)?;
        self.end = frame.mark_after(at);
        Ok(Appended {
            at,
            after: self.end,
        })
    }

    /// Makes every record appended so far last, with one `fdatasync`, and
    /// shows them to readers. Without new records it does nothing.
    ///
    /// # Errors
    /// [`LogError::Disk`] when the sync failed: nothing is known about those
    /// records and nothing more is taken. [`LogError::Poisoned`] ever after.
    pub fn sync(&mut self) -> Result<LogMark, LogError> {
        self.check()?;
        if self.end.records != self.lasting.records {
            self.sync_newest()?;
        }
        Ok(self.lasting)
    }

    /// Removes a segment, when nothing in it is needed any more. Until a power
    /// cut cannot undo it, it may come back; that does no harm.
    ///
    /// # Errors
    /// [`LogError::InUse`] for the newest, [`LogError::Missing`] where there is
    /// none such; faults of the disk.
    pub fn remove_segment(&mut self, segment: SegmentNumber) -> Result<(), LogError> {
        self.check()?;
        if segment >= self.newest.header.segment {
            return Err(LogError::InUse { segment });
        }
        if !self
            .reader
            .segments()
            .iter()
            .any(|(number, _)| *number == segment)
        {
            return Err(LogError::Missing { segment });
        }
        self.remove_all(&[segment])
    }

    /// Removes the segments that end before a position; returns how many.
    ///
    /// # Errors
    /// [`LogError::Poisoned`] and faults of the disk.
    pub fn remove_before(&mut self, position: LogPosition) -> Result<usize, LogError> {
        self.check()?;
        let before = position.segment.min(self.newest.header.segment);
        let old = self.reader.segments().into_iter().map(|(number, _)| number);
        let old: Vec<_> = old.filter(|number| *number < before).collect();
        if !old.is_empty() {
            self.remove_all(&old)?;
        }
        Ok(old.len())
    }

    fn remove_all(&mut self, old: &[SegmentNumber]) -> Result<(), LogError> {
        for number in old {
            self.reader.drop_segment(*number);
            let path = self.dir.join(number.file_name());
            self.disk
                .remove(&path)
                .map_err(LogError::disk("remove a segment"))?;
        }
        let synced = self.disk.sync_dir(&self.dir);
        self.or_poison(synced, "sync its folder")
    }

    fn check(&self) -> Result<(), LogError> {
        if self.poisoned {
            Err(LogError::Poisoned)
        } else {
            Ok(())
        }
    }

    fn check_length(&self, payload: &[u8]) -> Result<u32, LogError> {
        let limit = self.options.max_record_bytes;
        match u32::try_from(payload.len()) {
            Ok(0) => Err(LogError::Empty),
            Ok(length) if length <= limit => Ok(length),
            Ok(_) | Err(_) => Err(LogError::TooLarge {
                bytes: payload.len(),
                limit,
            }),
        }
    }

    fn or_poison(&mut self, done: io::Result<()>, what: &'static str) -> Result<(), LogError> {
        done.map_err(|source| {
            self.poisoned = true;
            LogError::Disk { what, source }
        })
    }

    fn write(&mut self, offset: u64, bytes: &[u8]) -> Result<(), LogError> {
        let written = self.newest.file.write_at(offset, bytes);
        self.or_poison(written, "write a record")
    }

    fn sync_newest(&mut self) -> Result<(), LogError> {
        let synced = self.newest.file.sync_data();
        self.or_poison(synced, "sync its records")?;
        self.lasting = self.end;
        self.reader.extend(self.lasting);
        Ok(())
    }

    /// Closes the newest segment and begins another with room for a record.
    /// Room is found first: without it the newest segment stays as it is.
    fn begin_segment(&mut self, record: u64) -> Result<(), LogError> {
        let needed = FIRST_OFFSET
            .saturating_add(record)
            .saturating_add(CLOSING_BYTES);
        let bytes = needed
            .next_multiple_of(BLOCK_BYTES)
            .max(self.options.segment_bytes);
        let file = allocate(self.disk.as_ref(), &self.dir, bytes)?;
        if !self.closed {
            let offset = self.end.next.offset;
            let place = self.newest.place(offset);
            let (_, closing) = Frame::closing(&place, &self.end, self.lasting.records);
            self.write(offset, &closing)?;
            self.sync_newest()?;
            self.closed = true;
        }
        let number = SegmentNumber(self.newest.header.segment.get().saturating_add(1));
        let salt = self.options.salt ^ number.get();
        let LogMark { records, chain, .. } = self.end;
        let header = Header {
            segment: number,
            bytes,
            salt,
            records,
            chain,
        };
        let named = name_segment(self.disk.as_ref(), &self.dir, header, file);
        self.newest = named.inspect_err(|_| self.poisoned = true)?;
        self.closed = false;
        self.end = header.mark();
        self.lasting = self.end;
        self.reader.add_segment(self.end, bytes);
        Ok(())
    }
}

/// The segments in a folder and the bytes of their files. A segment that was
/// not finished when the run before ended is removed.
fn clear_and_list(disk: &dyn Disk, dir: &Path) -> Result<BTreeMap<SegmentNumber, u64>, LogError> {
    let entries = match disk.list(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(LogError::Absent),
        Err(source) => {
            return Err(LogError::Disk {
                what: "list its folder",
                source,
            });
        }
    };
    let mut segments = BTreeMap::new();
    for entry in entries {
        match entry.name.to_str() {
            Some(NEXT) => {
                let removed = disk.remove(&dir.join(NEXT));
                removed.map_err(LogError::disk("remove an unfinished segment"))?;
            }
            Some(name) if !entry.is_dir => {
                let number = SegmentNumber::from_file_name(name);
                segments.extend(number.map(|number| (number, entry.bytes)));
            }
            Some(_) | None => {}
        }
    }
    Ok(segments)
}

/// A file of zeros that will be a segment. Where there is no room for it,
/// nothing is left of it.
fn allocate(disk: &dyn Disk, dir: &Path, bytes: u64) -> Result<Arc<dyn DiskFile>, LogError> {
    let path = dir.join(NEXT);
    let allocated = match disk.create(&path) {
        // Left from an attempt that found no room.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            disk.remove(&path).and_then(|()| disk.create(&path))
        }
        other => other,
    };
    let filled = allocated.and_then(|file| file.preallocate(bytes).map(|()| file));
    filled.map_err(|source| {
        let removed = disk.remove(&path);
        tracing::debug!(?removed, "no room for a segment");
        if source.kind() == io::ErrorKind::StorageFull {
            LogError::Full { source }
        } else {
            LogError::Disk {
                what: "make a segment",
                source,
            }
        }
    })
}

/// Gives a file of zeros its header and its name, both lasting.
fn name_segment(
    disk: &dyn Disk,
    dir: &Path,
    header: Header,
    file: Arc<dyn DiskFile>,
) -> Result<Segment, LogError> {
    file.write_at(0, &header.encode())
        .and_then(|()| file.sync_data())
        .and_then(|()| disk.rename(&dir.join(NEXT), &dir.join(header.segment.file_name())))
        .and_then(|()| disk.sync_dir(dir))
        .map_err(LogError::disk("make a segment"))?;
    Ok(Segment { header, file })
}
