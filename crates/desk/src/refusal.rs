use alloc::{format, string::String, vec::Vec};

use terrace_catalog::{Lang, WorkflowState};
use terrace_model::{Code, Date, Level};
use thiserror::Error;

use crate::{Fault, fault::consent};

mod zh;

/// What kind of no a refusal is; doors map it to their own codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The content is refused.
    Content,
    /// A well-formed type, id or office that does not exist here.
    NoSuch,
}

/// Why an office says no. The text is for the person who asked; it may show what
/// was typed and never goes into a log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Some fields are wrong.
    #[error("{} of the fields given cannot be kept", .0.len())]
    Fields(Vec<Fault>),
    /// The catalog has no such record type.
    #[error("there is no record type `{0}` in the catalog")]
    NoSuchType(String),
    /// The catalog has no such workflow.
    #[error("there is no kind of submission `{0}` in the catalog")]
    NoSuchWorkflow(String),
    /// This office has no such record.
    #[error("this office has no {kind} `{id}`")]
    NoSuchRecord {
        /// Type id.
        kind: String,
        /// Id asked for.
        id: String,
    },
    /// This office holds no such submission.
    #[error("this office holds no such submission")]
    NoSuchSubmission,
    /// This office holds no such notice.
    #[error("this office holds no such notice")]
    NoSuchNotice,
    /// No such office is known here.
    #[error("no such office is known here")]
    NoSuchOffice,
    /// Other records refer to the record.
    #[error(
        "{count} other records refer to it, such as {kind} `{id}`: change or delete them first"
    )]
    Referred {
        /// How many.
        count: usize,
        /// Type of one of them.
        kind: String,
        /// Id of one of them.
        id: String,
    },
    /// The person's consent is not on file.
    #[error(
        "no consent to `{kind}` is on file for person `{person}`: put it on file with {}",
        consent(person, kind)
    )]
    NoConsent {
        /// The person's record.
        person: String,
        /// Kind of submission.
        kind: String,
    },
    /// The submission stands otherwise, or lies elsewhere.
    #[error("a submission that is {state} cannot be given `{action}` by this office")]
    NotNow {
        /// How it stands.
        state: WorkflowState,
        /// What was asked.
        action: &'static str,
    },
    /// The office has acted on the submission too often.
    #[error("this office has acted on it {0} times already: decide on it, or take it back")]
    ActedTooOften(usize),
    /// A reason from the list is needed.
    #[error("give a reason: one of {0}")]
    ReasonNeeded(String),
    /// The note is too long.
    #[error("a note has at most {0} characters")]
    NoteTooLong(usize),
    /// A note is one line.
    #[error("a note holds no line break and no character that does not show")]
    NoteControl,
    /// The top has no office above it to pass a submission on to.
    #[error("there is no office above this one: approve, reject or return it")]
    NothingAbove,
    /// The top has no office above it that could decide.
    #[error(
        "a submission is made where an office above decides on it, and there is none above \
         this one"
    )]
    NobodyDecides,
    /// The id is already used for something else.
    #[error("this id is already used")]
    IdUsed,
    /// More than one commit can say.
    #[error("this is more than the office can say at once: ask for it in parts")]
    TooMuch,
    /// A title must be there, and short.
    #[error("a title has 1 to {0} characters")]
    Title(usize),
    /// The text of a notice is too long.
    #[error("the text of a notice has at most {0} bytes")]
    Body(usize),
    /// A notice says something.
    #[error("the text of a notice is empty")]
    NoBody,
    /// A notice is to be acknowledged by a day that is past.
    #[error("nobody can acknowledge it by {by}: today is {today}")]
    Overdue {
        /// The last day.
        by: Date,
        /// The office's day.
        today: Date,
    },
    /// A notice goes to offices below the one that issues it.
    #[error("a notice goes to offices below this one, and to at least one")]
    NotBelow,
    /// This office issued the notice, or it is not addressed to it.
    #[error("this notice is not addressed to this office")]
    NotAddressed,
    /// A child's level is lower than its parent's.
    #[error("a {child} cannot stand below a {parent}")]
    Level {
        /// The child's.
        child: Level,
        /// The parent's.
        parent: Level,
    },
    /// The code has joined already.
    #[error(
        "office {0} has joined already; a lost office is brought back with \
         terrace restore, not with a new invitation"
    )]
    Joined(Code),
    /// Another office has the code.
    #[error("code {0} belongs to another office")]
    CodeTaken(Code),
    /// There are as many offices as there may be.
    #[error("at most {below} offices stand below one, and {all} in a tree")]
    TooManyOffices {
        /// Directly below one office.
        below: usize,
        /// That one office knows.
        all: usize,
    },
    /// A name must be there, and short.
    #[error("a name has 1 to {0} characters")]
    Name(usize),
    /// The office runs from an older copy of its own journals.
    #[error(
        "this office runs from an older copy of its own journals: another copy has said more \
         than this one knows; nothing is taken until an operator has looked (terrace status)"
    )]
    OlderCopy,
    /// The invitation is used, voided or expired.
    #[error("this invitation is used, replaced or expired: ask the parent office for a new one")]
    Invitation,
}

impl Refusal {
    /// The refusal in words. Ids and commands are never translated.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => format!("{self}"),
        }
    }

    /// What kind of no it is.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::NoSuchType(_)
            | Self::NoSuchWorkflow(_)
            | Self::NoSuchRecord { .. }
            | Self::NoSuchSubmission
            | Self::NoSuchNotice
            | Self::NoSuchOffice => Class::NoSuch,
            Self::Fields(_)
            | Self::Referred { .. }
            | Self::NoConsent { .. }
            | Self::NotNow { .. }
            | Self::ActedTooOften(_)
            | Self::ReasonNeeded(_)
            | Self::NoteTooLong(_)
            | Self::NoteControl
            | Self::NothingAbove
            | Self::NobodyDecides
            | Self::IdUsed
            | Self::Title(_)
            | Self::Body(_)
            | Self::NoBody
            | Self::Overdue { .. }
            | Self::TooMuch
            | Self::NotBelow
            | Self::NotAddressed
            | Self::Level { .. }
            | Self::Joined(_)
            | Self::CodeTaken(_)
            | Self::TooManyOffices { .. }
            | Self::Name(_)
            | Self::OlderCopy
            | Self::Invitation => Class::Content,
        }
    }
}

/// Why a sealed entry of another office has no effect here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoEffect {
    /// It says something that is not for this office to act on.
    #[error("the entry is not for this office")]
    NotForUs,
    /// Its origin may not say this.
    #[error("the origin has no say in this")]
    NotTheirs,
    /// It is about something that this office does not hold.
    #[error("the entry is about something unknown here")]
    Unknown,
    /// It contradicts what is held.
    #[error("the entry contradicts what is held")]
    Contradicts,
    /// As many offices are known as may be.
    #[error("more offices than one may have below it, or a tree in all")]
    TooMany,
    /// A second key for an office whose key is pinned.
    #[error("a second key for an office whose key is pinned")]
    SecondKey,
}
