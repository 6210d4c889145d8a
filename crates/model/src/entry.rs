use alloc::{string::String, vec::Vec};

use crate::{
    Cell, CellKey, Date, Epoch, Fields, Hash, Health, Key, Notice, NoticeKey, Office, OfficeId,
    Proposal, PublicKey, Receipt, RecordKey, Step, Through,
};

/// What was done to a record, as the office's own journal keeps it. The content
/// is a part: the entry can be proved after the content is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAct {
    /// The record.
    pub record: RecordKey,
    /// What was done.
    pub deed: RecordDeed,
    /// Account that did it, as the door knows it.
    pub actor: String,
    /// Commitment of the fields given; none for a deletion.
    pub content: Option<Hash>,
}

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordDeed {
    /// Put: made, or changed from a day on.
    Put {
        /// First day of the change; none: as `put` decides.
        from: Option<Date>,
    },
    /// The state in force on a day was replaced over its whole span.
    Correct {
        /// The day; none: today.
        at: Option<Date>,
    },
    /// Should never have been recorded.
    Delete,
}

/// A person's consent to one kind of submission, on paper in the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Id of the person's record.
    pub person: String,
    /// Kind of submission.
    pub kind: String,
    /// When it was given.
    pub on: Date,
    /// Where the paper is kept.
    pub document: String,
}

/// The opening of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochOpened {
    /// Its number.
    pub epoch: Epoch,
    /// The one signing key for all journals of the office.
    pub key: PublicKey,
}

/// One immutable thing an office said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Home: a record was made, changed or deleted.
    Record(RecordAct),
    /// Home: a consent was put on file; the content is a part.
    Consent(Hash),
    /// Ancestors: an epoch was opened.
    EpochOpened(EpochOpened),
    /// Ancestors: an office directly below exists, or its key became known.
    Office(Office),
    /// Ancestors, Latest: a cell's value; none: the cell is gone.
    Figure {
        /// The cell. Its office is always the origin.
        key: CellKey,
        /// The whole value.
        cell: Option<Cell>,
    },
    /// Ancestors, Latest: the *through* mark.
    Through(Through),
    /// Ancestors, Latest: what became of a notice here.
    Receipt {
        /// The notice.
        notice: NoticeKey,
        /// The whole receipt.
        receipt: Receipt,
    },
    /// Ancestors, Latest: the office's health.
    Health(Health),
    /// Parent: a submission's first step.
    Submit {
        /// What is proposed.
        proposal: Proposal,
        /// The step.
        step: Step,
    },
    /// Parent: a submission is passed on, with the sealed pages that carried it
    /// here, byte for byte.
    Forward {
        /// The step.
        step: Step,
        /// Encoded pages, the origin's first.
        enclosed: Vec<Vec<u8>>,
    },
    /// Parent or Office: any other act on a submission.
    Step(Step),
    /// Office or Subtree: a notice.
    Notice(Notice),
}

impl Entry {
    /// Holds the commitment of the part that was made for this entry. Entries
    /// that have no part are left as they are.
    pub fn commit_to(&mut self, part: Hash) {
        match self {
            Self::Record(act) => act.content = Some(part),
            Self::Consent(commitment) => *commitment = part,
            Self::Submit { proposal, .. } => proposal.subject = part,
            Self::EpochOpened(_)
            | Self::Office(_)
            | Self::Figure { .. }
            | Self::Through(_)
            | Self::Receipt { .. }
            | Self::Health(_)
            | Self::Forward { .. }
            | Self::Step(_)
            | Self::Notice(_) => {}
        }
    }

    /// The step of a submission that this entry says.
    #[must_use]
    pub const fn step(&self) -> Option<&Step> {
        match self {
            Self::Submit { step, .. } | Self::Forward { step, .. } | Self::Step(step) => Some(step),
            Self::Record(_)
            | Self::Consent(_)
            | Self::EpochOpened(_)
            | Self::Office(_)
            | Self::Figure { .. }
            | Self::Through(_)
            | Self::Receipt { .. }
            | Self::Health(_)
            | Self::Notice(_) => None,
        }
    }

    /// The key whose whole value an entry of the Latest lane says; none for
    /// entries of which each counts.
    #[must_use]
    pub fn latest_key(&self, origin: OfficeId) -> Option<Key> {
        match self {
            Self::Figure { key, .. } => Some(Key::Cell(key.clone())),
            Self::Through(_) => Some(Key::Through(origin)),
            Self::Receipt { notice, .. } => Some(Key::Receipt {
                notice: *notice,
                office: origin,
            }),
            Self::Health(_) => Some(Key::Health(origin)),
            Self::Record(_)
            | Self::Consent(_)
            | Self::EpochOpened(_)
            | Self::Office(_)
            | Self::Submit { .. }
            | Self::Forward { .. }
            | Self::Step(_)
            | Self::Notice(_) => None,
        }
    }

    /// The commitment of the part that travels beside the entry's page.
    #[must_use]
    pub fn commitment(&self) -> Option<Hash> {
        match self {
            Self::Record(act) => act.content,
            Self::Consent(commitment) => Some(*commitment),
            Self::Submit { proposal, .. } => Some(proposal.subject),
            Self::EpochOpened(_)
            | Self::Office(_)
            | Self::Figure { .. }
            | Self::Through(_)
            | Self::Receipt { .. }
            | Self::Health(_)
            | Self::Forward { .. }
            | Self::Step(_)
            | Self::Notice(_) => None,
        }
    }
}

/// Content of a part, before it is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Fields given for a record, or naming the subject of a submission.
    Fields(Fields),
    /// A consent.
    Consent(Consent),
}
