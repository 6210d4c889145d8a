//! What each office has made durable, as its commits said it. A store that is
//! opened again must hold the same.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use terrace_model::{
    Batch, CellKey, Fact, HeldHead, Key, OfficeId, Page, PageNo, Range, Record, RecordKey, Stream,
};
use terrace_store::Read;

/// Pages compared with a store that was opened again, of each stream at most.
const PAGES: usize = 30;

/// What one office has made durable.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Mirror {
    facts: BTreeMap<Key, Fact>,
    pages: BTreeMap<Stream, BTreeMap<PageNo, Page>>,
}

impl Mirror {
    /// Takes a commit in.
    pub(super) fn apply(&mut self, batch: &Batch) {
        for page in &batch.pages {
            let position = page.header.position;
            let of_stream = self.pages.entry(position.stream).or_default();
            of_stream.insert(position.number, page.clone());
        }
        for change in &batch.changes {
            match &change.fact {
                Some(fact) => self.facts.insert(change.key.clone(), fact.clone()),
                None => self.facts.remove(&change.key),
            };
        }
    }

    pub(in crate::sim) fn get(&self, key: &Key) -> Option<&Fact> {
        self.facts.get(key)
    }

    pub(in crate::sim) fn head(&self, stream: Stream) -> Option<HeldHead> {
        match self.facts.get(&Key::Head(stream)) {
            Some(Fact::Head(held)) => Some(*held),
            Some(_) | None => None,
        }
    }

    pub(in crate::sim) fn record(&self, key: &RecordKey) -> Option<&Record> {
        match self.facts.get(&Key::Record(key.clone())) {
            Some(Fact::Record(record)) => Some(record),
            Some(_) | None => None,
        }
    }

    pub(in crate::sim) fn facts(&self) -> impl Iterator<Item = (&Key, &Fact)> {
        self.facts.iter()
    }

    /// Facts from one key up to another, without the last.
    pub(super) fn between(&self, from: &Key, to: &Key) -> impl Iterator<Item = (&Key, &Fact)> {
        self.facts.range(from..to)
    }

    pub(in crate::sim) fn records(&self) -> impl Iterator<Item = (&RecordKey, &Record)> {
        self.facts
            .iter()
            .filter_map(|(key, fact)| match (key, fact) {
                (Key::Record(key), Fact::Record(record)) => Some((key, record)),
                (_, _) => None,
            })
    }

    pub(in crate::sim) fn heads(&self) -> impl Iterator<Item = (Stream, HeldHead)> {
        self.facts
            .iter()
            .filter_map(|(key, fact)| match (key, fact) {
                (Key::Head(stream), Fact::Head(held)) => Some((*stream, *held)),
                (_, _) => None,
            })
    }

    pub(in crate::sim) fn pages(&self) -> impl Iterator<Item = &Page> {
        self.pages.values().flat_map(BTreeMap::values)
    }

    pub(in crate::sim) fn page(&self, stream: Stream, number: PageNo) -> Option<&Page> {
        self.pages.get(&stream)?.get(&number)
    }

    /// Holds a store that was opened again against this.
    pub(super) fn check_store<R: Read>(&self, name: &str, store: &R) -> Result<()> {
        for (key, fact) in &self.facts {
            let found = store.get(key)?;
            ensure!(
                found.as_ref() == Some(fact),
                "{name} came back with {found:?} under {key:?}, and had made durable {fact:?}"
            );
        }
        for range in self.ranges() {
            for (key, fact) in store.range(&range, None, usize::MAX)? {
                ensure!(
                    self.facts.contains_key(&key),
                    "{name} came back with {fact:?} under {key:?}, which it had dropped"
                );
            }
        }
        for (stream, pages) in &self.pages {
            let skipped = pages.len().saturating_sub(PAGES);
            for (number, page) in pages.iter().skip(skipped) {
                let found = store.pages(*stream, *number, 1)?;
                ensure!(
                    found.first() == Some(page),
                    "{name} came back without page {} of {stream:?}",
                    number.0
                );
            }
        }
        Ok(())
    }

    /// Ranges in which a store could hold more than it should.
    fn ranges(&self) -> Vec<Range> {
        let mut ranges = vec![
            Range::Offices,
            Range::Invitations,
            Range::Heads,
            Range::Findings,
            Range::Throughs,
            Range::Healths,
            Range::Submissions,
            Range::Notices,
        ];
        let kinds = self.records().map(|(key, _)| key.kind.clone());
        let mut kinds: Vec<String> = kinds.collect();
        kinds.dedup();
        ranges.extend(kinds.into_iter().map(Range::Records));
        let offices = self.facts.keys().filter_map(|key| {
            let Key::Office(office) = key else {
                return None;
            };
            Some(*office)
        });
        ranges.extend(offices.map(Range::CellsOf));
        ranges
    }
}

/// Whether a key is one of those that an office says in its Latest lane.
pub(super) fn is_latest_of(office: OfficeId, key: &Key) -> bool {
    match key {
        Key::Cell(CellKey { office: of, .. })
        | Key::Through(of)
        | Key::Health(of)
        | Key::Receipt { office: of, .. } => *of == office,
        Key::Own
        | Key::Office(_)
        | Key::Invitation(_)
        | Key::Head(_)
        | Key::Window(_)
        | Key::Finding(_)
        | Key::Record(_)
        | Key::Lookup(_)
        | Key::Consent { .. }
        | Key::Submission(_)
        | Key::Notice(_) => false,
    }
}
