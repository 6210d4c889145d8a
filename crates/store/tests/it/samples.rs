//! Facts and pages for tests, made up, and a model of a store.

use std::collections::BTreeMap;

use terrace_model::{
    Audience, Batch, Cell, CellKey, Change, Decimal, Epoch, Fact, Hash, JournalId, Key, Lane,
    Lookup, Month, OfficeId, Page, PageNo, Part, Position, Range, Said, Seal, Stream,
};
use terrace_store::{Read, disk::sim::SplitMix64};
use terrace_wire::{PageStart, seal_page};

/// Offices that facts and journals are of.
pub(crate) const OFFICES: u64 = 3;

/// The office of [`wide_key`].
pub(crate) const WIDE: OfficeId = OfficeId(1 << 40);

/// A key that says nothing but its number. They stand in the order of numbers.
pub(crate) fn key(number: u64) -> Key {
    let (office, month) = (number / 12, number % 12);
    Key::Cell(CellKey {
        office: OfficeId(office + 1),
        indicator: "persons".into(),
        month: Month::from_ordinal(24_000 + i32::try_from(month).unwrap()).unwrap(),
        dims: vec![],
    })
}

/// A key of an office that has nothing else, up to 10,000 of them, in the
/// order of numbers.
pub(crate) fn wide_key(number: u32) -> Key {
    Key::Cell(CellKey {
        office: WIDE,
        indicator: "persons".into(),
        month: Month::from_ordinal(12_000 + i32::try_from(number).unwrap()).unwrap(),
        dims: vec![],
    })
}

pub(crate) fn fact(value: u64) -> Fact {
    Fact::Cell(Said {
        value: Cell {
            change: Decimal::from_millionths(i128::from(value)),
            definition: value % 3,
        },
        epoch: Epoch::FIRST,
        page: PageNo(1 + value % 7),
    })
}

pub(crate) fn lookup(id: &str) -> Key {
    Key::Lookup(Lookup {
        kind: "person".into(),
        field: "phone".into(),
        value: "0".into(),
        id: id.into(),
    })
}

pub(crate) fn stream(number: u64) -> Stream {
    let journal = JournalId {
        origin: OfficeId(number % OFFICES + 1),
        audience: Audience::Ancestors,
        lane: if number.is_multiple_of(2) {
            Lane::Every
        } else {
            Lane::Latest
        },
    };
    Stream {
        journal,
        epoch: Epoch::FIRST,
    }
}

/// A page with one part of so many bytes.
pub(crate) fn page(stream: Stream, number: u64, bytes: usize) -> Page {
    let start = PageStart {
        position: Position {
            stream,
            number: PageNo(number),
        },
        base: PageNo::FIRST,
        previous: Hash::ZERO,
    };
    let page = seal_page(&start, &[], |_| Seal([7; 64])).unwrap();
    let parts = vec![Part {
        salt: [1; 16],
        content: vec![number.to_le_bytes()[0]; bytes],
    }];
    Page { parts, ..page }
}

pub(crate) fn changes(changes: Vec<Change>) -> Batch {
    Batch {
        pages: vec![],
        changes,
    }
}

pub(crate) fn keep(number: u64, value: u64) -> Change {
    Change::keep(key(number), fact(value))
}

/// What a store must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) facts: BTreeMap<Key, Fact>,
    pub(crate) pages: BTreeMap<Position, Page>,
}

impl Model {
    pub(crate) fn apply(&mut self, batch: &Batch) {
        for page in &batch.pages {
            self.pages.insert(page.header.position, page.clone());
        }
        for change in &batch.changes {
            match &change.fact {
                Some(fact) => self.facts.insert(change.key.clone(), fact.clone()),
                None => self.facts.remove(&change.key),
            };
        }
    }

    /// A batch of some facts and pages that goes on from here.
    pub(crate) fn draw_batch(&self, random: &mut SplitMix64, longest_part: u64) -> Batch {
        let mut batch = Batch::default();
        for _ in 0..random.below(12) {
            let number = random.below(OFFICES * 12);
            batch.changes.push(match random.below(4) {
                0 => Change::drop(key(number)),
                _ => keep(number, random.draw() >> 8),
            });
        }
        for number in 0..random.below(3) {
            let stream = stream(number);
            let held = self.pages_of(stream).count() as u64;
            for page_number in held + 1..held + 1 + random.below(3) {
                let bytes = usize::try_from(random.below(longest_part)).unwrap();
                batch.pages.push(page(stream, page_number, bytes));
            }
        }
        if let (0, Some(page)) = (random.below(5), self.pages.values().next()) {
            // What is said beside a page is erased: the page is kept again.
            batch.pages.push(Page {
                parts: vec![],
                ..page.clone()
            });
        }
        batch
    }

    fn pages_of(&self, stream: Stream) -> impl Iterator<Item = &Page> {
        let pages = self.pages.values();
        pages.filter(move |page| page.header.position.stream == stream)
    }

    /// What differs between this and what a reader sees, if anything does.
    pub(crate) fn difference(&self, reader: &impl Read) -> Result<(), String> {
        for number in (self.facts.len() as u64 % 3..OFFICES * 12).step_by(3) {
            let (key, found) = (key(number), reader.get(&key(number)));
            let found = found.map_err(|error| format!("{key:?}: {error}"))?;
            if found.as_ref() != self.facts.get(&key) {
                return Err(format!("{key:?} is {found:?}"));
            }
        }
        for range in ranges() {
            let found = reader.range(&range, None, usize::MAX);
            let found = found.map_err(|error| format!("{range:?}: {error}"))?;
            let expected = self.facts.iter().filter(|(key, _)| range.contains(key));
            if !found.iter().map(|(key, fact)| (key, fact)).eq(expected) {
                return Err(format!("{range:?} is {found:?}"));
            }
        }
        for number in 0..OFFICES {
            let stream = stream(number);
            let found = reader.pages(stream, PageNo::FIRST, usize::MAX);
            let found = found.map_err(|error| format!("{stream:?}: {error}"))?;
            if !found.iter().eq(self.pages_of(stream)) {
                return Err(format!("{stream:?} has {} pages", found.len()));
            }
        }
        Ok(())
    }
}

pub(crate) fn ranges() -> impl Iterator<Item = Range> {
    let months = |from, to| {
        let month = |ordinal| Month::from_ordinal(24_000 + ordinal).unwrap();
        Range::cells(OfficeId(2), "persons", month(from)..=month(to))
    };
    (1..=OFFICES)
        .map(|office| Range::CellsOf(OfficeId(office)))
        .chain([months(3, 7), months(0, 12), months(7, 3)])
}
