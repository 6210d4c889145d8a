use alloc::string::String;
use core::ops::RangeInclusive;

use crate::{
    Cell, CellKey, Code, Consent, Epoch, Finding, Hash, Head, Health, HeldNotice, JournalId, Month,
    NoticeId, NoticeKey, Office, OfficeId, PageNo, Receipt, Record, RecordKey, Said, Stream,
    Submission, SubmissionId, Through, Time, TreeId,
};

/// Names one thing an office keeps. Keys of one kind stand together, in the
/// order of their parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// [`Fact::Own`]
    Own,
    /// [`Fact::Office`]
    Office(OfficeId),
    /// [`Fact::Invitation`]
    Invitation(Code),
    /// [`Fact::Head`]
    Head(Stream),
    /// [`Fact::Window`]
    Window(JournalId),
    /// [`Fact::Finding`]
    Finding(Hash),
    /// [`Fact::Record`]
    Record(RecordKey),
    /// [`Fact::Mark`]
    Lookup(Lookup),
    /// [`Fact::Consent`]
    Consent {
        /// Id of the person's record.
        person: String,
        /// Kind of submission.
        kind: String,
    },
    /// [`Fact::Cell`]
    Cell(CellKey),
    /// [`Fact::Through`]
    Through(OfficeId),
    /// [`Fact::Health`]
    Health(OfficeId),
    /// [`Fact::Submission`]
    Submission(SubmissionId),
    /// [`Fact::Notice`]
    Notice(NoticeKey),
    /// [`Fact::Receipt`]
    Receipt {
        /// The notice.
        notice: NoticeKey,
        /// The office that received it.
        office: OfficeId,
    },
}

/// Finds records of a type by the value of an indexed field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lookup {
    /// Type of the records found.
    pub kind: String,
    /// The indexed field.
    pub field: String,
    /// Its value.
    pub value: String,
    /// Id of the record found.
    pub id: String,
}

impl Fact {
    /// The page that last said this fact, where it was said in the Latest lane.
    #[must_use]
    pub const fn said(&self) -> Option<(Epoch, PageNo)> {
        match self {
            Self::Cell(Said { epoch, page, .. })
            | Self::Through(Said { epoch, page, .. })
            | Self::Health(Said { epoch, page, .. })
            | Self::Receipt(Said { epoch, page, .. }) => Some((*epoch, *page)),
            Self::Own(_)
            | Self::Office(_)
            | Self::Invitation(_)
            | Self::Head(_)
            | Self::Window(_)
            | Self::Finding(_)
            | Self::Record(_)
            | Self::Mark
            | Self::Consent(_)
            | Self::Submission(_)
            | Self::Notice(_) => None,
        }
    }
}

/// What an office knows of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Its id.
    pub id: OfficeId,
    /// The tree it belongs to.
    pub tree: TreeId,
}

/// A one-time invitation that has not been used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The office invited.
    pub office: OfficeId,
    /// SHA-256 of the token; the token itself is not kept.
    pub token: Hash,
    /// Good until.
    pub until: Time,
}

/// How much of a Latest journal still counts: tells its origin when to say
/// again what is true of its oldest pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Body bytes in pages from base to head.
    pub bytes: u64,
    /// Body bytes of entries that still hold.
    pub live_bytes: u64,
}

/// The head of a stream and how the office holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldHead {
    /// The newest page held.
    pub head: Head,
    /// Pages from here on are held but not ruled on: the receiver was behind
    /// base, and no page held so far proves that base. The window is taken as
    /// the whole truth with the page that does.
    pub unproved_from: Option<PageNo>,
    /// Two pages are known at one position: no page is taken any more.
    pub forked: bool,
}

/// One thing an office keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The office itself.
    Own(Own),
    /// An office of the tree.
    Office(Office),
    /// An invitation.
    Invitation(Invitation),
    /// Head of a stream.
    Head(HeldHead),
    /// Size of a Latest journal.
    Window(Window),
    /// A finding.
    Finding(Finding),
    /// A record.
    Record(Record),
    /// The key says it all.
    Mark,
    /// A consent.
    Consent(Consent),
    /// A cell.
    Cell(Said<Cell>),
    /// A *through* mark.
    Through(Said<Through>),
    /// An office's health.
    Health(Said<Health>),
    /// A submission.
    Submission(Submission),
    /// A notice.
    Notice(HeldNotice),
    /// A receipt.
    Receipt(Said<Receipt>),
}

/// Keys that stand together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Range {
    /// All offices.
    Offices,
    /// All invitations.
    Invitations,
    /// All heads.
    Heads,
    /// All findings.
    Findings,
    /// All records of a type.
    Records(String),
    /// All records of a type with one value of an indexed field.
    Lookup {
        /// Type of the records.
        kind: String,
        /// The indexed field.
        field: String,
        /// Its value.
        value: String,
    },
    /// All cells of an office.
    CellsOf(OfficeId),
    /// Cells of an office and indicator within months, both ends included.
    Cells {
        /// The office.
        office: OfficeId,
        /// The indicator.
        indicator: String,
        /// First month.
        from: Month,
        /// Last month.
        to: Month,
    },
    /// All *through* marks.
    Throughs,
    /// What all offices say of their health.
    Healths,
    /// All submissions.
    Submissions,
    /// All notices.
    Notices,
    /// The notices to which their issuers gave one id.
    NoticesBy(NoticeId),
}

impl Range {
    /// Cells of an office and indicator within months.
    #[must_use]
    pub fn cells(office: OfficeId, indicator: &str, months: RangeInclusive<Month>) -> Self {
        let (from, to) = months.into_inner();
        Self::Cells {
            office,
            indicator: indicator.into(),
            from,
            to,
        }
    }

    /// Whether a key stands in this range.
    #[must_use]
    pub fn contains(&self, key: &Key) -> bool {
        match (self, key) {
            (Self::Offices, Key::Office(_))
            | (Self::Invitations, Key::Invitation(_))
            | (Self::Heads, Key::Head(_))
            | (Self::Findings, Key::Finding(_))
            | (Self::Throughs, Key::Through(_))
            | (Self::Healths, Key::Health(_))
            | (Self::Submissions, Key::Submission(_))
            | (Self::Notices, Key::Notice(_)) => true,
            (Self::Records(kind), Key::Record(key)) => *kind == key.kind,
            (Self::Lookup { kind, field, value }, Key::Lookup(at)) => {
                (kind, field, value) == (&at.kind, &at.field, &at.value)
            }
            (Self::CellsOf(office), Key::Cell(cell)) => *office == cell.office,
            (
                Self::Cells {
                    office,
                    indicator,
                    from,
                    to,
                },
                Key::Cell(cell),
            ) => {
                (office, indicator) == (&cell.office, &cell.indicator)
                    && (*from..=*to).contains(&cell.month)
            }
            (Self::NoticesBy(id), Key::Notice(key)) => *id == key.id,
            (
                Self::Offices
                | Self::Invitations
                | Self::Heads
                | Self::Findings
                | Self::Records(_)
                | Self::Lookup { .. }
                | Self::CellsOf(_)
                | Self::Cells { .. }
                | Self::Throughs
                | Self::Healths
                | Self::Submissions
                | Self::Notices
                | Self::NoticesBy(_),
                _,
            ) => false,
        }
    }
}
