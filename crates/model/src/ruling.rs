use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use crate::{
    Audience, Cell, CellKey, Code, Consent, Content, Entry, Fact, Health, HeldHead, HeldNotice,
    Invitation, JournalId, Key, Lane, NoticeKey, Office, OfficeId, Page, Position, Range, Receipt,
    Record, RecordKey, Said, Stream, Submission, SubmissionId, Through, Window,
};

/// What a ruling wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Single facts.
    pub keys: BTreeSet<Key>,
    /// Facts that stand together.
    pub ranges: BTreeSet<Range>,
}

impl Reads {
    /// Asks for one fact.
    pub fn key(&mut self, key: Key) {
        self.keys.insert(key);
    }

    /// Asks for facts that stand together.
    pub fn range(&mut self, range: Range) {
        self.ranges.insert(range);
    }

    /// What this asks for and `asked` did not.
    #[must_use]
    pub fn beyond(mut self, asked: &Self) -> Self {
        self.keys.retain(|key| !asked.keys.contains(key));
        self.ranges.retain(|range| !asked.ranges.contains(range));
        self
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.ranges.is_empty()
    }

    /// Asks for all that another asks for.
    pub fn merge(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.ranges.extend(other.ranges);
    }
}

/// The fact under a key, where it is of the kind that such keys hold.
macro_rules! held {
    ($seen:expr, $key:expr, $kind:path) => {
        match $seen.get(&$key) {
            Some($kind(fact)) => Some(fact),
            Some(_) | None => None,
        }
    };
}

/// The facts that were asked for, as they stand before a ruling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What was asked for.
    pub asked: Reads,
    /// What was found.
    pub facts: BTreeMap<Key, Fact>,
}

impl Seen {
    /// A fact; none also where it was not asked for.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Fact> {
        self.facts.get(key)
    }

    /// Facts in a range, in order.
    pub fn range<'a>(&'a self, range: &'a Range) -> impl Iterator<Item = (&'a Key, &'a Fact)> {
        self.facts.iter().filter(|(key, _)| range.contains(key))
    }

    /// A record.
    #[must_use]
    pub fn record(&self, key: &RecordKey) -> Option<&Record> {
        held!(self, Key::Record(key.clone()), Fact::Record)
    }

    /// A submission.
    #[must_use]
    pub fn submission(&self, id: SubmissionId) -> Option<&Submission> {
        held!(self, Key::Submission(id), Fact::Submission)
    }

    /// A consent.
    #[must_use]
    pub fn consent(&self, person: &str, kind: &str) -> Option<&Consent> {
        let key = Key::Consent {
            person: person.into(),
            kind: kind.into(),
        };
        held!(self, key, Fact::Consent)
    }

    /// An office of the tree.
    #[must_use]
    pub fn office(&self, id: OfficeId) -> Option<&Office> {
        held!(self, Key::Office(id), Fact::Office)
    }

    /// An invitation.
    #[must_use]
    pub fn invitation(&self, code: &Code) -> Option<&Invitation> {
        held!(self, Key::Invitation(code.clone()), Fact::Invitation)
    }

    /// The head of a stream.
    #[must_use]
    pub fn head(&self, stream: Stream) -> Option<&HeldHead> {
        held!(self, Key::Head(stream), Fact::Head)
    }

    /// The size of a Latest journal.
    #[must_use]
    pub fn window(&self, journal: JournalId) -> Option<&Window> {
        held!(self, Key::Window(journal), Fact::Window)
    }

    /// A cell.
    #[must_use]
    pub fn cell(&self, key: &CellKey) -> Option<&Said<Cell>> {
        held!(self, Key::Cell(key.clone()), Fact::Cell)
    }

    /// An office's *through* mark.
    #[must_use]
    pub fn through(&self, office: OfficeId) -> Option<&Said<Through>> {
        held!(self, Key::Through(office), Fact::Through)
    }

    /// What an office says of its health.
    #[must_use]
    pub fn health(&self, office: OfficeId) -> Option<&Said<Health>> {
        held!(self, Key::Health(office), Fact::Health)
    }

    /// A notice.
    #[must_use]
    pub fn notice(&self, key: NoticeKey) -> Option<&HeldNotice> {
        held!(self, Key::Notice(key), Fact::Notice)
    }

    /// What an office says of a notice.
    #[must_use]
    pub fn receipt(&self, notice: NoticeKey, office: OfficeId) -> Option<&Said<Receipt>> {
        held!(self, Key::Receipt { notice, office }, Fact::Receipt)
    }
}

/// One change of what an office keeps: the whole new fact, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What changes.
    pub key: Key,
    /// What it becomes; none: gone.
    pub fact: Option<Fact>,
}

impl Change {
    /// Keeps a fact.
    #[must_use]
    pub const fn keep(key: Key, fact: Fact) -> Self {
        Self {
            key,
            fact: Some(fact),
        }
    }

    /// Drops a fact.
    #[must_use]
    pub const fn drop(key: Key) -> Self {
        Self { key, fact: None }
    }
}

/// Something this office says: it becomes an entry of one of its journals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// To whom.
    pub audience: Audience,
    /// For how long.
    pub lane: Lane,
    /// What. Its commitment is filled in when the part is made.
    pub entry: Entry,
    /// Personal content that goes beside it.
    pub content: Option<Content>,
    /// Pages whose sealed bytes the entry encloses.
    pub enclose: Vec<Position>,
}

impl Say {
    /// An entry without part or enclosure.
    #[must_use]
    pub const fn plain(audience: Audience, lane: Lane, entry: Entry) -> Self {
        Self {
            audience,
            lane,
            entry,
            content: None,
            enclose: Vec::new(),
        }
    }
}

/// What a desk answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruling {
    /// Changes to keep, including the effects of what is said.
    pub changes: Vec<Change>,
    /// Entries to say. They are not ruled on again here: no cascade.
    pub says: Vec<Say>,
}

/// What one commit makes durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Pages, sealed here or as received, each journal's in order.
    pub pages: Vec<Page>,
    /// Changes, in order: the later one of a key holds.
    pub changes: Vec<Change>,
}

impl Batch {
    /// Whether there is nothing to commit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.changes.is_empty()
    }
}
