use alloc::{string::String, vec::Vec};

use terrace_catalog::{Action, Put};
use terrace_model::{
    Audience, Consent, Date, EpochOpened, Fields, Hash, Health, Invitation, NoticeId, NoticeKey,
    Office, OfficeId, PublicKey, RecordKey, SubmissionId,
};

/// What a person did with a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Opened it.
    Read,
    /// Confirmed it.
    Acknowledged,
}

/// What a door, or a job of the office itself, asks for. Ids and tokens are made
/// at the door, so that asking again is the same request.
#[derive(Clone, Debug)]
pub enum Request {
    /// Make or change a record.
    Put {
        /// The record.
        key: RecordKey,
        /// The fields given, as the catalog parsed them.
        given: Fields,
        /// From when on, or which state to correct.
        put: Put,
        /// Account that asks.
        actor: String,
    },
    /// Take back a record that should never have been made.
    Delete {
        /// The record.
        key: RecordKey,
        /// Account that asks.
        actor: String,
    },
    /// Put a person's consent on file.
    Consent {
        /// The consent.
        consent: Consent,
        /// Account that asks.
        actor: String,
    },
    /// Propose something to the office above.
    Submit {
        /// Id made at the door.
        id: SubmissionId,
        /// Workflow of the catalog.
        kind: String,
        /// The fields given, as the catalog parsed them.
        given: Fields,
    },
    /// Act on a submission.
    Act {
        /// The submission.
        id: SubmissionId,
        /// What to do.
        action: Action,
        /// Code of the reason.
        reason: Option<String>,
        /// Text beside it.
        note: Option<String>,
    },
    /// Publish a notice.
    Publish {
        /// Id made at the door.
        id: NoticeId,
        /// Title.
        title: String,
        /// Text.
        body: String,
        /// Offices or subtrees below this office.
        to: Vec<Audience>,
        /// A person at each office is asked to acknowledge by this day.
        acknowledge_by: Option<Date>,
    },
    /// A person at this office opened or confirmed a notice.
    Mark {
        /// The notice.
        notice: NoticeKey,
        /// What the person did.
        mark: Mark,
    },
    /// Enter a child office in the register and let it enrol once.
    Invite {
        /// The office, without key.
        office: Office,
        /// Its invitation.
        invitation: Invitation,
    },
    /// A child office comes with its token and its key.
    Enrol {
        /// The office.
        office: OfficeId,
        /// SHA-256 of the token it brought.
        token: Hash,
        /// Its signing key.
        key: PublicKey,
    },
    /// Open an epoch.
    OpenEpoch(EpochOpened),
    /// A new civil day has begun, or the office has just started.
    NewDay,
    /// The office's health was looked at.
    Health(Health),
}
