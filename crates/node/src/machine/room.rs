//! How much one commit may hold, and one page of it: what does not fit waits
//! for the next commit, and what does not fit alone is refused at the door.

use std::collections::BTreeMap;

use terrace_model::{Audience, Change, Entry, Lane, Page, Part, Ruling, Say, Step};
use terrace_store::Read;
use terrace_wire as wire;

use super::{
    Fault,
    draft::{Draft, said_in},
    enclosure,
};

/// How large a batch may grow before nothing more is taken into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// Entries that came or are said.
    pub entries: usize,
    /// Bytes of pages that came, and of what is said.
    pub bytes: usize,
    /// Requests and batches of pages.
    pub works: usize,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self {
            entries: 4_000,
            bytes: 2 << 20,
            works: 512,
        }
    }
}

/// Most entries that one commit says in one journal: what is said again besides
/// still finds room in the page.
const PAGE_ENTRIES: usize = 9_000;

/// Most bytes that one commit says in one journal, roughly: less than the
/// largest page.
const PAGE_BYTES: usize = 3 << 20;

/// Most bytes that one commit says in all journals.
const SAID_BYTES: usize = 24 << 20;

/// Most bytes of changes that follow in one commit from pages of other offices,
/// beyond which an entry has no effect: only a page that spells out some forty
/// megabytes comes so far, and a batch of the store takes more.
const CHANGED_BYTES: usize = 40 << 20;

/// Bytes of such changes with which a commit is full.
const CHANGED_FULL_BYTES: usize = 8 << 20;

/// Bytes that an entry counts for beside its long parts.
const ENTRY_BYTES: usize = 200;

/// What is for the parent is enclosed by each office above that passes it on,
/// and grows with each: so it counts for more, and its pages stay small.
const PARENT_FACTOR: usize = 8;

/// What is passed on of a page, in bytes of that page, at most: the page itself
/// and an entry of our own for each of its entries.
const PASSED_ON_FACTOR: usize = 4;

/// How much of something there is.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    entries: usize,
    bytes: usize,
}

/// What a batch in the making holds.
#[derive(Debug)]
pub(super) struct Room {
    limits: BatchLimits,
    works: usize,
    all: Load,
    said: BTreeMap<(Audience, Lane), Load>,
    said_bytes: usize,
    changed_bytes: usize,
}

impl Room {
    pub(super) const fn new(limits: BatchLimits) -> Self {
        Self {
            limits,
            works: 0,
            all: Load {
                entries: 0,
                bytes: 0,
            },
            said: BTreeMap::new(),
            said_bytes: 0,
            changed_bytes: 0,
        }
    }

    /// Whether one more request or batch of pages may go into this commit.
    pub(super) const fn is_left(&self) -> bool {
        self.works < self.limits.works && !self.is_full()
    }

    /// Whether the commit is as large as one may grow.
    pub(super) const fn is_full(&self) -> bool {
        self.all.entries >= self.limits.entries
            || self.all.bytes >= self.limits.bytes
            || self.changed_bytes >= CHANGED_FULL_BYTES
    }

    pub(super) const fn is_fresh(&self) -> bool {
        self.works == 0
    }

    /// Whether nothing stands in the commit but what was counted last.
    pub(super) fn is_alone(&self) -> bool {
        self.works <= 1 && self.said.is_empty()
    }

    /// Counts one request, sheet or batch of pages.
    pub(super) const fn count_work(&mut self) {
        self.works += 1;
    }

    /// Counts a page of another office.
    pub(super) const fn count_page(&mut self, bytes: usize) {
        self.all.bytes += bytes;
    }

    /// Whether a page of another office waits for the next commit, because what
    /// follows from it may not fit beside what this one says already. What is
    /// for the parent may be passed on: enclosed, with an entry for each of its
    /// entries, which is longer than that one.
    pub(super) fn waits(&self, page: &Page) -> bool {
        let journal = page.header.position.stream.journal;
        let said = self.said.get(&(Audience::Parent, Lane::Every));
        let more = page.size().saturating_mul(PASSED_ON_FACTOR);
        journal.audience == Audience::Parent
            && said.is_some_and(|said| said.bytes.saturating_add(more) > PAGE_BYTES)
    }

    /// Counts an entry of another office.
    pub(super) const fn count_entry(&mut self) {
        self.all.entries += 1;
    }

    /// Counts what an entry of another office changes. False: the store could
    /// not keep it, or this commit has no room for so much.
    pub(super) fn takes_changes(&mut self, changes: &[Change]) -> bool {
        let mut more = 0;
        for change in changes {
            match wire::stored::change_len(change) {
                Ok(bytes) => more += bytes,
                Err(_) => return false,
            }
        }
        let fits = self.changed_bytes + more <= CHANGED_BYTES;
        self.changed_bytes += if fits { more } else { 0 };
        fits
    }

    fn takes(&self, loads: &BTreeMap<(Audience, Lane), Load>) -> bool {
        let fits = |(place, more): (&(Audience, Lane), &Load)| {
            let load = self.said.get(place).copied().unwrap_or_default();
            load.entries + more.entries <= PAGE_ENTRIES && load.bytes + more.bytes <= PAGE_BYTES
        };
        let more: usize = loads.values().map(|load| load.bytes).sum();
        loads.iter().all(fits) && self.said_bytes + more <= SAID_BYTES
    }

    fn take(&mut self, loads: BTreeMap<(Audience, Lane), Load>) {
        for (place, more) in loads {
            let load = self.said.entry(place).or_default();
            load.entries += more.entries;
            load.bytes += more.bytes;
            let factor = match place.0 {
                Audience::Parent => PARENT_FACTOR,
                Audience::Home
                | Audience::Ancestors
                | Audience::Office(_)
                | Audience::Subtree { .. } => 1,
            };
            self.said_bytes += more.bytes;
            self.all.bytes += more.bytes * factor;
            self.all.entries += more.entries;
        }
    }
}

/// Bytes of what a person wrote beside a step.
fn text_of(step: &Step) -> usize {
    let texts = [&step.reason, &step.note];
    texts.into_iter().flatten().map(String::len).sum()
}

fn bytes_of_parts(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.content.len() + 24).sum()
}

impl<R: Read> Draft<'_, R> {
    /// Whether what a ruling says still fits into the pages of this commit; if
    /// so, it is counted.
    pub(super) fn finds_room(&mut self, ruling: &Ruling) -> Result<bool, Fault> {
        let mut loads: BTreeMap<(Audience, Lane), Load> = BTreeMap::new();
        for say in &ruling.says {
            let bytes = self.bytes_of(say)?;
            let load = loads.entry((say.audience, say.lane)).or_default();
            load.entries += 1;
            load.bytes += bytes;
        }
        let fits = self.room.takes(&loads);
        if fits {
            self.room.take(loads);
        }
        Ok(fits)
    }

    fn bytes_of(&self, say: &Say) -> Result<usize, Fault> {
        let mut bytes = ENTRY_BYTES;
        if let Some(content) = &say.content {
            bytes += wire::encode_content(content)?.len();
        }
        if let Entry::Notice(notice) = &say.entry {
            bytes += notice.title.len() + notice.body.len();
        }
        let Some(step) = say.entry.step() else {
            return Ok(bytes);
        };
        bytes += text_of(step);
        let place = said_in(say.audience, say.lane, &say.entry);
        for position in &say.enclose {
            let page = self.page(*position)?.ok_or(Fault::PageGone(*position))?;
            let parts = enclosure::parts_of(&page, step.submission);
            bytes += bytes_of_parts(&parts);
            if !self.encloses(place, *position) {
                bytes += page.size().saturating_sub(bytes_of_parts(&page.parts));
            }
        }
        Ok(bytes)
    }
}
