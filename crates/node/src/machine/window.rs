//! Latest journals: when their origin says again what is still true of its
//! oldest pages, and what everybody drops when base moves.

use std::collections::BTreeMap;

use terrace_model::{
    Change, Entry, Fact, Key, Lane, OfficeId, Page, PageNo, Position, Range, Said as Value, Stream,
    Window,
};
use terrace_store::Read;
use terrace_wire as wire;

use super::{Fault, draft::Draft};

/// Bytes beyond twice what still holds, before the oldest pages are said again.
pub const SLACK_BYTES: u64 = 64 << 10;

/// Oldest pages said again in one commit, at most.
const PAGES_AGAIN: usize = 16;

/// Keys that another office's pages may say, or let lapse, in one commit; far
/// above what an office that moves base as this program does ever asks for.
const KEYS_AT_ONCE: usize = 200_000;

/// Bytes of these keys.
const KEY_BYTES_AT_ONCE: usize = 24 << 20;

/// Whether a window holds so much that no longer counts that its oldest pages
/// are said again.
const fn is_loose(window: &Window, slack_bytes: u64) -> bool {
    window.bytes > 2 * window.live_bytes + slack_bytes
}

/// Bytes that an entry counts for in a window.
fn weight(origin: OfficeId, entry: &Entry) -> Result<u64, Fault> {
    let alone = wire::encode_body(origin, std::slice::from_ref(entry))?;
    Ok(alone.len() as u64)
}

/// The entry that says a fact of the Latest lane.
fn entry_of(key: &Key, fact: &Fact) -> Option<Entry> {
    match (key, fact) {
        (Key::Cell(key), Fact::Cell(said)) => Some(Entry::Figure {
            key: key.clone(),
            cell: Some(said.value),
        }),
        (Key::Through(_), Fact::Through(said)) => Some(Entry::Through(said.value)),
        (Key::Health(_), Fact::Health(said)) => Some(Entry::Health(said.value.clone())),
        (Key::Receipt { notice, .. }, Fact::Receipt(said)) => Some(Entry::Receipt {
            notice: *notice,
            receipt: said.value,
        }),
        (_, _) => None,
    }
}

/// The same fact, said on another page.
fn said_on(fact: Fact, epoch: terrace_model::Epoch, page: PageNo) -> Fact {
    fn moved<T>(said: Value<T>, epoch: terrace_model::Epoch, page: PageNo) -> Value<T> {
        Value {
            value: said.value,
            epoch,
            page,
        }
    }
    match fact {
        Fact::Cell(said) => Fact::Cell(moved(said, epoch, page)),
        Fact::Through(said) => Fact::Through(moved(said, epoch, page)),
        Fact::Health(said) => Fact::Health(moved(said, epoch, page)),
        Fact::Receipt(said) => Fact::Receipt(moved(said, epoch, page)),
        Fact::Own(_)
        | Fact::Office(_)
        | Fact::Invitation(_)
        | Fact::Head(_)
        | Fact::Window(_)
        | Fact::Finding(_)
        | Fact::Record(_)
        | Fact::Mark
        | Fact::Consent(_)
        | Fact::Submission(_)
        | Fact::Notice(_) => fact,
    }
}

/// The keys that a page of this office's own Latest lane says.
fn weighed_keys_of(page: &Page) -> Result<Vec<(Key, u64)>, Fault> {
    let origin = page.header.position.stream.journal.origin;
    let mut keys = Vec::new();
    for entry in wire::entries(page)?.filter_map(wire::Parsed::known) {
        if let Some(key) = entry.latest_key(origin) {
            keys.push((key, weight(origin, &entry)?));
        }
    }
    Ok(keys)
}

impl<R: Read> Draft<'_, R> {
    /// Adds to what is said what must be said again, and moves base past it:
    /// in this order, in one page, so that nobody ever drops what still holds.
    pub(super) fn renew_window(
        &mut self,
        stream: Stream,
        mut latest: BTreeMap<Key, Entry>,
    ) -> Result<(PageNo, Vec<Entry>), Fault> {
        let key = Key::Window(stream.journal);
        let mut window = match self.view.get(&key)? {
            Some(Fact::Window(window)) => window,
            Some(_) => return Err(Fault::Misplaced(key)),
            None => Window::default(),
        };
        let head = self.head(stream)?.map(|held| held.head);
        let number = head.map_or(PageNo::FIRST, |head| head.number.next());
        let mut base = head.map_or(PageNo::FIRST, |head| head.base);
        for (key, entry) in &latest {
            let weight = weight(self.constants.me, entry)?;
            window.bytes += weight;
            window.live_bytes += if holds(entry) { weight } else { 0 };
            window.live_bytes = window.live_bytes.saturating_sub(self.weight_before(key)?);
        }
        'pages: for _ in 0..PAGES_AGAIN {
            if base >= number || !is_loose(&window, self.constants.window_slack_bytes) {
                break;
            }
            let position = Position {
                stream,
                number: base,
            };
            let page = self.page(position)?.ok_or(Fault::PageGone(position))?;
            let keys = weighed_keys_of(&page)?;
            let gone: u64 = keys.iter().map(|(_, weight)| weight).sum();
            for (key, _) in keys {
                #[cfg(feature = "planted")]
                if self.planted == Some(super::Planted::MoveBaseBeforeSayingAgain) {
                    continue;
                }
                if latest.len() == wire::limits::BODY_ENTRIES as usize {
                    // The rest of the page is said again in the next one, and
                    // base waits for that.
                    break 'pages;
                }
                self.say_again(key, position, number, &mut latest, &mut window)?;
            }
            window.bytes = window.bytes.saturating_sub(gone);
            base = base.next();
        }
        self.change(Change::keep(key, Fact::Window(window)));
        Ok((base, latest.into_values().collect()))
    }

    /// Weight of the value that a page before this batch said of a key.
    fn weight_before(&self, key: &Key) -> Result<u64, Fault> {
        let before = self.view.committed(key)?;
        match before.and_then(|fact| entry_of(key, &fact)) {
            Some(entry) => weight(self.constants.me, &entry),
            None => Ok(0),
        }
    }

    fn say_again(
        &mut self,
        key: Key,
        of: Position,
        number: PageNo,
        latest: &mut BTreeMap<Key, Entry>,
        window: &mut Window,
    ) -> Result<(), Fault> {
        let epoch = of.stream.epoch;
        let Some(fact) = self.view.get(&key)? else {
            return Ok(());
        };
        if fact.said() != Some((epoch, of.number)) {
            return Ok(());
        }
        if let Some(entry) = entry_of(&key, &fact) {
            window.bytes += weight(self.constants.me, &entry)?;
            latest.insert(key.clone(), entry);
            self.change(Change::keep(key, said_on(fact, epoch, number)));
        }
        Ok(())
    }

    /// What may no longer hold once a page has moved base: all that the pages
    /// before said, and behind a gap, where some of those are not held,
    /// everything of that origin. Receipts stay then: one that was said is
    /// never taken back. None if it is more than one commit can take.
    pub(super) fn may_lapse(&self, page: &Page, from: Since) -> Result<Option<Vec<Key>>, Fault> {
        let mut load = Load::default();
        let Position { stream, number } = page.header.position;
        let base = page.header.base;
        let origin = stream.journal.origin;
        let mut keys = Vec::new();
        let (first, last) = match from {
            Since::Base(base_before) => (base_before, base),
            Since::Gap => (base, number),
        };
        let mut at = first;
        while at < last {
            if let Some(page) = self.page(Position { stream, number: at })? {
                let said = said_by(&page);
                if !load.takes(&said) {
                    return Ok(None);
                }
                if matches!(from, Since::Base(_)) {
                    keys.extend(said);
                }
            }
            at = at.next();
        }
        if matches!(from, Since::Gap) && stream.journal.lane == Lane::Latest {
            keys = self
                .view
                .range(&Range::CellsOf(origin))?
                .into_keys()
                .collect();
            keys.extend([Key::Through(origin), Key::Health(origin)]);
            if !load.takes(&keys) {
                return Ok(None);
            }
        }
        Ok(Some(keys))
    }

    /// Drops what was last said before base.
    pub(super) fn lapse(
        &mut self,
        keys: Vec<Key>,
        stream: Stream,
        base: PageNo,
    ) -> Result<(), Fault> {
        for key in keys {
            let said = self.view.get(&key)?.and_then(|fact| fact.said());
            if said.is_some_and(|(epoch, page)| epoch < stream.epoch || page < base) {
                self.change(Change::drop(key));
            }
        }
        Ok(())
    }
}

/// From where on a page that moves base lets older ones lapse.
#[derive(Clone, Copy, Debug)]
pub(super) enum Since {
    /// From the base that was held.
    Base(PageNo),
    /// From an unknown page on: some before it are not held.
    Gap,
}

/// What another office's pages say all at once.
#[derive(Debug, Default)]
struct Load {
    keys: usize,
    bytes: usize,
}

impl Load {
    /// Whether so much more is still what one commit can take.
    fn takes(&mut self, keys: &[Key]) -> bool {
        self.keys += keys.len();
        let bytes = keys.iter().map(|key| wire::stored::encode_key(key).len());
        self.bytes += bytes.sum::<usize>();
        self.keys <= KEYS_AT_ONCE && self.bytes <= KEY_BYTES_AT_ONCE
    }
}

/// The keys that a page of another office says; none where its body cannot be
/// read here.
fn said_by(page: &Page) -> Vec<Key> {
    let origin = page.header.position.stream.journal.origin;
    let Ok(entries) = wire::entries(page) else {
        return Vec::new();
    };
    let known = entries.filter_map(wire::Parsed::known);
    known.filter_map(|entry| entry.latest_key(origin)).collect()
}

/// Whether an entry says a value, and not that there is none.
const fn holds(entry: &Entry) -> bool {
    !matches!(entry, Entry::Figure { cell: None, .. })
}
