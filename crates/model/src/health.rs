use alloc::{collections::BTreeMap, string::String, vec::Vec};

use crate::{OfficeId, Stream, Time};

/// The state of the link to an office directly below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildLink {
    /// Whether the link is up.
    pub up: bool,
    /// Since when, by this office's clock.
    pub since: Time,
    /// Where pages have waited on it for long; none while it is down.
    pub behind: Option<Behind>,
}

/// What one end of a link holds and the other has not acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Since when the oldest waits, by the clock of the office that says so.
    pub since: Time,
    /// Entries that wait; at least so many where some are not here to count.
    pub entries: u64,
    /// Bytes of pages that wait and are here; at least so many.
    pub bytes: u64,
}

/// What an office says of its own health when a value changes class, and daily.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// When it said so, by its own clock.
    pub at: Time,
    /// Version of the program.
    pub version: String,
    /// Catalog in use, such as `new-strata@1`.
    pub catalog: String,
    /// Bytes free on the disk that holds the office's folder.
    pub disk_free_bytes: u64,
    /// Days until the transport certificate ends.
    pub certificate_days: i32,
    /// This office's clock less its parent's, in milliseconds.
    pub clock_skew_ms: i64,
    /// Entries from other offices that had no effect here.
    pub refused: u64,
    /// Links to the offices directly below that have joined.
    pub links: BTreeMap<OfficeId, ChildLink>,
}

/// Something wrong that an operator should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// When it was found, by this office's clock.
    pub at: Time,
    /// The stream it concerns.
    pub stream: Stream,
    /// What was found.
    pub kind: FindingKind,
    /// How often, since it was first found.
    pub count: u64,
    /// The encoded page that proves it, where one does.
    pub evidence: Option<Vec<u8>>,
}

/// Kinds of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// Two different pages at one position: both are kept, the journal is held.
    Fork,
    /// A seal, a chain or a body that does not verify: asked for again.
    Unverified,
    /// A sealed page whose origin had no authority to write it: kept, no effect.
    NoAuthority,
    /// A sealed entry that was illegal, late or doubled: kept, no effect.
    NoEffect,
    /// An entry of a kind that this version does not know: kept and passed on.
    UnknownKind,
    /// This office runs from an older copy of its own journal.
    OlderCopy,
    /// A second key for an office whose key is pinned.
    SecondKey,
}
