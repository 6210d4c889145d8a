//! Reading a store: the overlay over the view, and pages out of the log.

use std::{
    ops::{Bound, Range as Bytes},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use terrace_model::{Fact, Key, Page, PageNo, Range, Stream};
use terrace_wire::{
    decode_page,
    stored::{bounds, decode_fact, decode_key, encode_key},
};

use super::{
    home::Trust,
    layout::{PagePlace, encoded_key, fact_key, page_key, page_number},
    merge::{Over, Pair, Walk},
    overlay::Overlay,
};
use crate::{
    Read, StoreError,
    kv::{KvRead, is_empty_range},
    log::{LogPosition, LogReader},
};

/// Most places of pages that are looked up at once.
const PLACES: usize = 256;
/// Pages of one record that are at most so many bytes apart are read at once.
const GAP_BYTES: u32 = 64;

/// What the writer of a store and its readers share.
#[derive(Debug)]
pub(super) struct Shared {
    overlay: RwLock<Overlay>,
    /// The view, until the store is closed. Held for reading over one read of
    /// a range, for writing over one step of settling: no read of a range sees
    /// half of a commit.
    view: RwLock<Option<Arc<dyn KvRead>>>,
    log: LogReader,
    /// Whether the next start may use the view on disk.
    trust: Option<Trust>,
}

impl Shared {
    pub(super) fn new(view: Arc<dyn KvRead>, log: LogReader, trust: Option<Trust>) -> Self {
        Self {
            overlay: RwLock::default(),
            view: RwLock::new(Some(view)),
            log,
            trust,
        }
    }

    pub(super) fn overlay(&self) -> RwLockReadGuard<'_, Overlay> {
        self.overlay.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn overlay_mut(&self) -> RwLockWriteGuard<'_, Overlay> {
        self.overlay.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn view(&self) -> RwLockReadGuard<'_, Option<Arc<dyn KvRead>>> {
        self.view.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps readers of ranges out.
    pub(super) fn hold_view(&self) -> RwLockWriteGuard<'_, Option<Arc<dyn KvRead>>> {
        self.view.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all reading of the view: it can be closed.
    pub(super) fn let_go(&self) {
        *self.hold_view() = None;
    }

    /// Sees to it that a view that failed is built again by the next start.
    pub(super) fn check_view<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let (Err(StoreError::View(_) | StoreError::ViewEntry), Some(trust)) =
            (&done, &self.trust)
        {
            trust.withdraw();
        }
        done
    }
}

/// Reads an embedded store. Clones share it, and may be used from any thread.
/// Once the store is closed every read fails.
#[derive(Clone, Debug)]
pub struct StoreReader(Arc<Shared>);

impl StoreReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        // The overlay first: what leaves it is in the view before.
        if let Some(becomes) = self.0.overlay().get(key) {
            return Ok(becomes.map(|value| value.to_vec()));
        }
        let view = self.0.view();
        let view = view.as_ref().ok_or(StoreError::Closed)?;
        let found = view.get(key).map_err(StoreError::from);
        self.0.check_view(found)
    }

    /// Keys and values of the view under the overlay, up to so many.
    fn values(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, StoreError> {
        if limit == 0 || is_empty_range(from, to) {
            return Ok(Vec::new());
        }
        // The view stands still until this read is over, so that what the
        // overlay says at one moment goes with it.
        let view = self.0.view();
        let view = view.as_ref().ok_or(StoreError::Closed)?;
        let overlay = self.0.overlay().range(from, to, limit)?;
        let walk = Walk::new(view.as_ref(), from, to, limit);
        let below = walk.map(|pair| {
            let (key, value) = pair?;
            Ok((key, Some(Value::Owned(value))))
        });
        let above = overlay.into_iter();
        let above = above.map(|(key, becomes)| Ok((key, becomes.map(Value::Shared))));
        let mut found = Vec::new();
        for entry in Over::new(above, below) {
            let (key, value) = self.0.check_view(entry)?;
            found.extend(value.map(|value| (key, value.into_vec())));
            if found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }

    /// Where the pages of a stream are, one after the other from a number on,
    /// until they have so many bytes: one at least, if the first is held.
    fn places(
        &self,
        stream: Stream,
        from: PageNo,
        limit_bytes: usize,
    ) -> Result<Vec<PagePlace>, StoreError> {
        let last = page_key(stream, PageNo(u64::MAX));
        let mut places: Vec<PagePlace> = Vec::new();
        let (mut next, mut bytes) = (from, 0_usize);
        loop {
            let first = page_key(stream, next);
            let found = self.values(
                Bound::Included(first.as_slice()),
                Bound::Included(last.as_slice()),
                PLACES,
            )?;
            let whole = found.len() == PLACES;
            for (key, value) in found {
                let number = self.0.check_view(page_number(&key))?;
                let place = self.0.check_view(PagePlace::decode(&value))?;
                bytes = bytes.saturating_add(place.bytes());
                if number != next || (bytes > limit_bytes && !places.is_empty()) {
                    return Ok(places);
                }
                places.push(place);
                next = number.next();
            }
            if !whole {
                return Ok(places);
            }
        }
    }

    /// Pages that stand together in one record.
    fn read_run(&self, run: &Run, pages: &mut Vec<Page>) -> Result<(), StoreError> {
        let bytes = self.0.log.read_part(run.record, run.bytes.clone())?;
        for at in &run.pages {
            let index = |byte: u32| byte.saturating_sub(run.bytes.start) as usize;
            let page = bytes.get(index(at.start)..index(at.end));
            pages.push(decode_page(page.ok_or(StoreError::ViewEntry)?)?);
        }
        Ok(())
    }
}

/// Pages of one record, and the bytes from the first to the last of them.
struct Run {
    record: LogPosition,
    bytes: Bytes<u32>,
    pages: Vec<Bytes<u32>>,
}

impl Run {
    fn of(place: PagePlace) -> Self {
        Self {
            record: place.record,
            bytes: place.at.clone(),
            pages: vec![place.at],
        }
    }

    fn joins(&self, place: &PagePlace) -> bool {
        let gap = place.at.start.checked_sub(self.bytes.end);
        place.record == self.record && gap.is_some_and(|gap| gap <= GAP_BYTES)
    }
}

/// A value of the overlay, or of the view.
enum Value {
    Shared(Arc<[u8]>),
    Owned(Vec<u8>),
}

impl Value {
    fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Shared(bytes) => bytes.to_vec(),
            Self::Owned(bytes) => bytes,
        }
    }
}

impl Read for StoreReader {
    fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
        let found = self.value(&fact_key(&encode_key(key)))?;
        Ok(found.as_deref().map(decode_fact).transpose()?)
    }

    fn range(
        &self,
        range: &Range,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Fact)>, StoreError> {
        let Bytes { start, end } = bounds(range);
        let (start, end) = (fact_key(&start), fact_key(&end));
        let after = after.map(|key| fact_key(&encode_key(key)));
        let from = match &after {
            Some(after) if *after >= start => Bound::Excluded(after.as_slice()),
            Some(_) | None => Bound::Included(start.as_slice()),
        };
        let found = self.values(from, Bound::Excluded(&end), limit)?;
        found
            .iter()
            .map(|(key, value)| Ok((decode_key(encoded_key(key)?)?, decode_fact(value)?)))
            .collect()
    }

    fn pages(
        &self,
        stream: Stream,
        from: PageNo,
        limit_bytes: usize,
    ) -> Result<Vec<Page>, StoreError> {
        let mut runs: Vec<Run> = Vec::new();
        for place in self.places(stream, from, limit_bytes)? {
            match runs.last_mut() {
                Some(run) if run.joins(&place) => {
                    run.bytes.end = place.at.end;
                    run.pages.push(place.at);
                }
                Some(_) | None => runs.push(Run::of(place)),
            }
        }
        let mut pages = Vec::new();
        for run in &runs {
            self.read_run(run, &mut pages)?;
        }
        let mut expected = from;
        for page in &pages {
            let position = page.header.position;
            if position.stream != stream || position.number != expected {
                return self.0.check_view(Err(StoreError::ViewEntry));
            }
            expected = expected.next();
        }
        Ok(pages)
    }
}
