//! Reading records that last, while others are written.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use super::{
    error::{Damage, LogError},
    frame::Frame,
    position::{LogMark, LogPosition, SegmentNumber},
    scan::Scan,
    segment::{Segment, Slot},
};
use crate::disk::Disk;

/// Segments that stay open for reading; the newest is open for writing beside.
pub const OPEN_SEGMENTS: usize = 4;

/// Reads the log. Clones share it; they may be used from any thread, and never
/// show a record before it lasts.
#[derive(Clone, Debug)]
pub struct LogReader(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    reach: RwLock<Reach>,
    open: Mutex<VecDeque<Arc<Segment>>>,
}

/// What may be read.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    /// After the last record that lasts.
    pub(super) end: LogMark,
    /// Bytes of each segment's file.
    pub(super) segments: BTreeMap<SegmentNumber, u64>,
}

impl LogReader {
    pub(super) fn new(disk: Arc<dyn Disk>, dir: PathBuf, reach: Reach) -> Self {
        let open = Mutex::new(VecDeque::new());
        Self(Arc::new(Shared {
            disk,
            dir,
            reach: RwLock::new(reach),
            open,
        }))
    }

    /// The point after the last record that lasts.
    #[must_use]
    pub fn end(&self) -> LogMark {
        self.reach(|reach| reach.end)
    }

    /// The segments there are, oldest first, with the bytes of their files.
    /// Numbers may be missing where segments were removed.
    #[must_use]
    pub fn segments(&self) -> Vec<(SegmentNumber, u64)> {
        self.reach(|reach| {
            reach
                .segments
                .iter()
                .map(|(n, bytes)| (*n, *bytes))
                .collect()
        })
    }

    /// The point before the first record of a segment.
    ///
    /// # Errors
    /// [`LogError::Missing`] where there is no such segment, and faults.
    pub fn start_of(&self, segment: SegmentNumber) -> Result<LogMark, LogError> {
        Ok(self.segment(segment)?.header.mark())
    }

    /// A whole record, checked.
    ///
    /// # Errors
    /// [`LogError::Beyond`] and [`LogError::Missing`] where there is no such
    /// place, [`LogError::Damaged`] where no record verifies there, and faults
    /// of the disk.
    pub fn read(&self, at: LogPosition) -> Result<Vec<u8>, LogError> {
        let (segment, frame) = self.find(at)?;
        Self::payload(&segment, at, &frame, 0..frame.length)
    }

    /// Some bytes of a record. The whole record is checked first, and only the
    /// part is kept in memory.
    ///
    /// # Errors
    /// As [`LogReader::read`], and [`LogError::OutsideRecord`] where the record
    /// is shorter than that.
    pub fn read_part(&self, at: LogPosition, part: Range<u32>) -> Result<Vec<u8>, LogError> {
        let (segment, frame) = self.find(at)?;
        if part.start > part.end || part.end > frame.length {
            let bytes = u64::from(frame.length);
            return Err(LogError::OutsideRecord {
                position: at,
                bytes,
            });
        }
        Self::payload(&segment, at, &frame, part)
    }

    /// All records from a point to the last that lasts now, each checked and
    /// each following the one before it, across segments.
    #[must_use]
    pub fn scan(&self, from: LogMark) -> Scan {
        Scan::to_end(self.clone(), from)
    }

    /// The records of one segment that last now.
    ///
    /// # Errors
    /// As [`LogReader::start_of`].
    pub fn scan_segment(&self, segment: SegmentNumber) -> Result<Scan, LogError> {
        Ok(Scan::within_segment(self.clone(), self.start_of(segment)?))
    }

    fn find(&self, at: LogPosition) -> Result<(Arc<Segment>, Frame), LogError> {
        if at >= self.end().next {
            return Err(LogError::Beyond { position: at });
        }
        let segment = self.segment(at.segment)?;
        match segment.slot(at.offset)? {
            Slot::Record(frame) => Ok((segment, frame)),
            Slot::Closing(_) | Slot::Nothing => Err(segment.damaged(at.offset, Damage::Frame)),
        }
    }

    fn payload(
        segment: &Segment,
        at: LogPosition,
        frame: &Frame,
        part: Range<u32>,
    ) -> Result<Vec<u8>, LogError> {
        let payload = segment.payload(at.offset, frame, part)?;
        payload.ok_or_else(|| segment.damaged(at.offset, Damage::Payload))
    }

    /// A segment, opened or still open.
    pub(super) fn segment(&self, number: SegmentNumber) -> Result<Arc<Segment>, LogError> {
        if !self.reach(|reach| reach.segments.contains_key(&number)) {
            return Err(LogError::Missing { segment: number });
        }
        let found = self.with_open(|open| {
            let index = open
                .iter()
                .position(|segment| segment.header.segment == number);
            index.and_then(|index| open.remove(index))
        });
        let segment = match found {
            Some(segment) => segment,
            None => Arc::new(Segment::open(self.0.disk.as_ref(), &self.0.dir, number)?),
        };
        self.with_open(|open| {
            open.truncate(OPEN_SEGMENTS.saturating_sub(1));
            open.push_front(Arc::clone(&segment));
        });
        Ok(segment)
    }

    fn reach<T>(&self, look: impl FnOnce(&Reach) -> T) -> T {
        look(&self.0.reach.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change_reach(&self, change: impl FnOnce(&mut Reach)) {
        change(&mut self.0.reach.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn with_open<T>(&self, act: impl FnOnce(&mut VecDeque<Arc<Segment>>) -> T) -> T {
        act(&mut self.0.open.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows what lasts now.
    pub(super) fn extend(&self, end: LogMark) {
        self.change_reach(|reach| reach.end = end);
    }

    /// Shows a new segment.
    pub(super) fn add_segment(&self, start: LogMark, bytes: u64) {
        self.change_reach(|reach| {
            reach.end = start;
            reach.segments.insert(start.next.segment, bytes);
        });
    }

    /// Shows a segment no more, and closes it.
    pub(super) fn drop_segment(&self, number: SegmentNumber) {
        self.change_reach(|reach| {
            reach.segments.remove(&number);
        });
        self.with_open(|open| open.retain(|segment| segment.header.segment != number));
    }
}
