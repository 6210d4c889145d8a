//! The world of one office: it asks what a desk wants to see until that is
//! nothing more, applies what it rules, and keeps what it says as pages.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};

use terrace_catalog::{Put, parse_fields, shipped};
use terrace_model::{
    Audience, Change, Content, Date, Entry, Epoch, Fact, Fields, Hash, Header, JournalId, Key,
    Lane, OfficeId, PageNo, Position, Reads, Record, RecordKey, Ruling, Say, Seen, Stream,
    SubmissionId, Time, Tree, parse_date,
};

use crate::{Arrived, Book, Enclosed, NoEffect, Place, Refusal, Request, decide, needs};

/// Rounds in which the node answers what a desk asks for.
const ROUNDS: usize = 4;

pub(super) fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

/// A day so many days later, or earlier.
pub(super) fn shifted(day: Date, days: i64) -> Date {
    (0..days.abs()).fold(day, |day, _| {
        let next = if days > 0 {
            day.tomorrow()
        } else {
            day.yesterday()
        };
        next.unwrap()
    })
}

/// The shipped catalog, hashed once for many worlds.
pub(super) fn book() -> Arc<Book> {
    Arc::new(Book::new(shipped()))
}

/// A page as desks see it.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) header: Header,
    pub(super) entries: Vec<Entry>,
    pub(super) contents: BTreeMap<Hash, Content>,
    /// What each entry encloses.
    pub(super) enclosed: Vec<Vec<Enclosed>>,
}

impl Sheet {
    pub(super) const fn journal(&self) -> JournalId {
        self.header.position.stream.journal
    }

    fn seen_by_another(&self) -> Enclosed {
        Enclosed {
            origin: self.journal().origin,
            entries: self.entries.clone(),
            enclosed: self.enclosed.concat(),
        }
    }

    /// Contents of the parts that belong to one submission.
    fn contents_of(&self, id: SubmissionId) -> BTreeMap<Hash, Content> {
        let mut named = BTreeSet::new();
        name_subjects(&[self.seen_by_another()], id, &mut named);
        let mut contents = self.contents.clone();
        contents.retain(|commitment, _| named.contains(commitment));
        contents
    }
}

fn name_subjects(pages: &[Enclosed], id: SubmissionId, named: &mut BTreeSet<Hash>) {
    for page in pages {
        name_subjects(&page.enclosed, id, named);
        for entry in &page.entries {
            if let Entry::Submit { proposal, .. } = entry
                && proposal.id == id
            {
                named.insert(proposal.subject);
            }
        }
    }
}

/// What one office keeps, and all it said.
#[derive(Clone)]
pub(super) struct World {
    pub(super) me: OfficeId,
    pub(super) tree: Tree,
    pub(super) book: Arc<Book>,
    pub(super) facts: BTreeMap<Key, Fact>,
    pub(super) now: Time,
    pub(super) today: Date,
    pub(super) epoch: Epoch,
    heads: BTreeMap<Stream, PageNo>,
    pages: BTreeMap<Position, Sheet>,
    /// Pages that nobody has carried yet.
    pub(super) said: Vec<Sheet>,
}

impl World {
    pub(super) fn new(me: OfficeId, tree: &Tree, book: &Arc<Book>) -> Self {
        let offices = tree.offices().cloned();
        Self {
            me,
            tree: tree.clone(),
            book: Arc::clone(book),
            facts: offices
                .map(|office| (Key::Office(office.id), Fact::Office(office)))
                .collect(),
            now: Time(1_769_832_000_000),
            today: day("2026-01-31"),
            epoch: Epoch::FIRST,
            heads: BTreeMap::new(),
            pages: BTreeMap::new(),
            said: Vec::new(),
        }
    }

    /// The world of a township of its own.
    pub(super) fn alone() -> Self {
        let tree = super::country::tree();
        Self::new(super::country::TOWNSHIP, &tree, &book())
    }

    pub(super) fn place(&self) -> Place<'_> {
        let stream = self.stream(Audience::Ancestors, Lane::Latest);
        Place {
            me: self.me,
            tree: &self.tree,
            book: &self.book,
            now: self.now,
            today: self.today,
            latest: (self.epoch, self.next(stream)),
        }
    }

    const fn stream(&self, audience: Audience, lane: Lane) -> Stream {
        let origin = self.me;
        Stream {
            journal: JournalId {
                origin,
                audience,
                lane,
            },
            epoch: self.epoch,
        }
    }

    fn next(&self, stream: Stream) -> PageNo {
        self.heads
            .get(&stream)
            .map_or(PageNo::FIRST, |head| head.next())
    }

    pub(super) fn look(&self, wanted: Reads, seen: &mut Seen) {
        let found = self.facts.iter().filter(|(key, _)| {
            wanted.keys.contains(*key) || wanted.ranges.iter().any(|range| range.contains(key))
        });
        seen.facts
            .extend(found.map(|(key, fact)| (key.clone(), fact.clone())));
        seen.asked.merge(wanted);
    }

    /// What a desk rules on a request, without taking it in.
    pub(super) fn rule(&self, request: &Request) -> Result<Ruling, Refusal> {
        let mut seen = Seen::default();
        for _ in 0..ROUNDS {
            let wanted = needs(request, &seen, &self.place()).beyond(&seen.asked);
            self.look(wanted, &mut seen);
        }
        let wanted = needs(request, &seen, &self.place()).beyond(&seen.asked);
        assert!(wanted.is_empty(), "asks too often: {wanted:?}");
        decide(request, &seen, &self.place())
    }

    /// Asks for something, and takes the ruling in.
    pub(super) fn ask(&mut self, request: &Request) -> Result<Ruling, Refusal> {
        let ruling = self.rule(request)?;
        self.apply(ruling.clone());
        Ok(ruling)
    }

    /// Takes one entry of a page in, as the machine does.
    pub(super) fn receive(&mut self, arrived: &Arrived<'_>) -> Result<Ruling, NoEffect> {
        let mut seen = Seen::default();
        let wanted = crate::needs_of_arrived(arrived, &self.place());
        self.look(wanted, &mut seen);
        let ruling = crate::receive(arrived, &seen, &self.place())?;
        self.apply(ruling.clone());
        Ok(ruling)
    }

    /// Takes a page of another office in: what had no effect.
    pub(super) fn take(&mut self, page: &Sheet) -> Vec<NoEffect> {
        self.pages.insert(page.header.position, page.clone());
        let mut without = Vec::new();
        for (entry, enclosed) in page.entries.iter().zip(&page.enclosed) {
            let arrived = Arrived {
                header: &page.header,
                entry,
                contents: &page.contents,
                enclosed,
            };
            without.extend(self.receive(&arrived).err());
        }
        without
    }

    fn apply(&mut self, ruling: Ruling) {
        for Change { key, fact } in ruling.changes {
            match (&key, &fact) {
                (Key::Office(_), Some(Fact::Office(office))) => self.tree.enter(office.clone()),
                (Key::Office(id), None) => self.tree.leave(*id),
                (_, _) => {}
            }
            match fact {
                Some(fact) => self.facts.insert(key, fact),
                None => self.facts.remove(&key),
            };
        }
        let mut journals: BTreeMap<(Audience, Lane), Vec<Say>> = BTreeMap::new();
        for say in ruling.says {
            self.holds_effect_of(&say);
            journals
                .entry((say.audience, say.lane))
                .or_default()
                .push(say);
        }
        for ((audience, lane), says) in journals {
            self.seal(self.stream(audience, lane), says);
        }
    }

    /// A ruling's changes hold the effects of its says: what the Latest lane
    /// says of a key is what is kept under it.
    fn holds_effect_of(&self, say: &Say) {
        let Some(key) = say.entry.latest_key(self.me) else {
            assert_eq!(say.lane, Lane::Every, "{:?}", say.entry);
            return;
        };
        assert_eq!(
            (say.audience, say.lane),
            (Audience::Ancestors, Lane::Latest)
        );
        let kept = self.facts.get(&key);
        match (&say.entry, kept) {
            (Entry::Figure { cell: None, .. }, None) => return,
            (Entry::Figure { cell, .. }, Some(Fact::Cell(kept))) => {
                assert_eq!(*cell, Some(kept.value));
            }
            (Entry::Through(said), Some(Fact::Through(kept))) => assert_eq!(*said, kept.value),
            (Entry::Health(said), Some(Fact::Health(kept))) => assert_eq!(*said, kept.value),
            (Entry::Receipt { receipt, .. }, Some(Fact::Receipt(kept))) => {
                assert_eq!(*receipt, kept.value);
            }
            (said, kept) => panic!("{said:?} is kept as {kept:?}"),
        }
        let page = self.place().latest;
        assert_eq!(kept.and_then(Fact::said), Some(page), "{key:?}");
    }

    fn seal(&mut self, stream: Stream, says: Vec<Say>) {
        let number = self.next(stream);
        let position = Position { stream, number };
        let mut page = Sheet {
            header: Header {
                position,
                base: PageNo::FIRST,
                previous: Hash::ZERO,
                body: Hash::ZERO,
                entries: u32::try_from(says.len()).unwrap(),
            },
            entries: Vec::new(),
            contents: BTreeMap::new(),
            enclosed: Vec::new(),
        };
        for say in says {
            let mut entry = say.entry;
            assert!(
                crate::journal::carries(&stream.journal, &entry),
                "{entry:?}"
            );
            if let Some(content) = say.content {
                let salted = format!("{position:?} {} {content:?}", page.entries.len());
                let commitment = Hash::of(&[salted.as_bytes()]);
                entry.commit_to(commitment);
                page.contents.insert(commitment, content);
            }
            let passed_on: Vec<Sheet> = say
                .enclose
                .iter()
                .map(|position| self.pages[position].clone())
                .collect();
            if let Entry::Forward { step, .. } = &entry {
                for inner in &passed_on {
                    page.contents.extend(inner.contents_of(step.submission));
                }
            }
            page.entries.push(entry);
            page.enclosed
                .push(passed_on.iter().map(Sheet::seen_by_another).collect());
        }
        self.heads.insert(stream, number);
        self.pages.insert(position, page.clone());
        self.said.push(page);
    }

    /// All records, by key.
    pub(super) fn records(&self) -> BTreeMap<RecordKey, Record> {
        let record = |(key, fact): (&Key, &Fact)| match (key, fact) {
            (Key::Record(key), Fact::Record(record)) => Some((key.clone(), record.clone())),
            _ => None,
        };
        self.facts.iter().filter_map(record).collect()
    }

    /// Fields of a type, as a clerk gives them.
    pub(super) fn given(&self, kind: &str, fields: &[(&str, &str)]) -> Fields {
        let of = self.book.catalog.record_type(kind).unwrap();
        parse_fields(of, fields.iter().copied()).unwrap()
    }

    pub(super) fn put(
        &mut self,
        kind: &str,
        id: &str,
        fields: &[(&str, &str)],
    ) -> Result<Ruling, Refusal> {
        self.put_as(kind, id, fields, Put::default())
    }

    pub(super) fn put_as(
        &mut self,
        kind: &str,
        id: &str,
        fields: &[(&str, &str)],
        put: Put,
    ) -> Result<Ruling, Refusal> {
        let given = self.given(kind, fields);
        self.ask(&put_of(kind, id, given, put))
    }

    pub(super) fn delete(&mut self, kind: &str, id: &str) -> Result<Ruling, Refusal> {
        self.ask(&delete_of(kind, id))
    }

    /// A person of the roster who works for themselves.
    pub(super) fn person(&mut self, id: &str, more: &[(&str, &str)]) -> Ruling {
        let mut fields = Vec::from([
            ("name", "甲"),
            ("gender", "female"),
            ("category", "self_employed"),
            ("industry", "F"),
            ("on_roster_since", "2024-01-01"),
        ]);
        fields.retain(|(field, _)| !more.iter().any(|(other, _)| other == field));
        fields.extend(more);
        self.put("person", id, &fields).unwrap()
    }

    pub(super) fn consent(&mut self, person: &str, kind: &str) -> Result<Ruling, Refusal> {
        let consent = terrace_model::Consent {
            person: person.to_string(),
            kind: kind.to_string(),
            on: day("2026-01-05"),
            document: "file 12".to_string(),
        };
        self.ask(&Request::Consent {
            consent,
            actor: actor(),
        })
    }
}

fn actor() -> String {
    "clerk".to_string()
}

pub(super) fn put_of(kind: &str, id: &str, given: Fields, put: Put) -> Request {
    Request::Put {
        key: RecordKey::new(kind, id),
        given,
        put,
        actor: actor(),
    }
}

pub(super) fn delete_of(kind: &str, id: &str) -> Request {
    Request::Delete {
        key: RecordKey::new(kind, id),
        actor: actor(),
    }
}
