use terrace_model::{OfficeId, Stream};
use thiserror::Error;

/// The neighbour did not keep to the conversation. The session is over; what
/// was acknowledged stands, and the next session begins with the heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProtocolError {
    /// The first frame of a session was no hello.
    #[error("the neighbour spoke before it said hello")]
    BeforeHello,
    /// Hello is said once in a session.
    #[error("the neighbour said hello twice")]
    SecondHello,
    /// The ranges of versions do not meet.
    #[error("no version in common: the neighbour speaks {lowest} to {highest}")]
    Version {
        /// The oldest that the neighbour speaks.
        lowest: u32,
        /// The newest that the neighbour speaks.
        highest: u32,
    },
    /// Branches are said once, after digests that differ, and heads after that.
    #[error("heads or branches came out of turn")]
    OutOfTurn,
    /// Branches that are all equal contradict digests that are not.
    #[error("the digests differ, and no branch does")]
    NothingDiffers,
    /// The heads of a branch were said that does not differ, or were already
    /// complete.
    #[error("the heads of branch {0} were not to be said")]
    Branch(OfficeId),
    /// A head without a page, or with a base after its newest page.
    #[error("a head of office {} names no possible page", .0.journal.origin)]
    Head(Stream),
    /// Frames of pages are numbered from 1 without a gap.
    #[error("frame {got} of pages came where frame {expected} was due")]
    FrameNumber {
        /// The number that was due.
        expected: u64,
        /// The number that came.
        got: u64,
    },
    /// A frame of pages with no page in it.
    #[error("a frame of pages holds none")]
    EmptyFrame,
    /// More heads or branches in a frame than [`crate::Limits`] allows.
    #[error("{count} items in one frame exceed the limit of {limit}")]
    TooMany {
        /// How many came.
        count: usize,
        /// How many may come.
        limit: u32,
    },
    /// More bytes of pages in a frame than [`crate::Limits`] allows.
    #[error("a frame of {bytes} bytes of pages exceeds the limit of {limit_bytes}")]
    FrameTooLarge {
        /// Bytes of pages that came.
        bytes: u64,
        /// Bytes that may come.
        limit_bytes: u32,
    },
    /// More unacknowledged bytes of pages than this office gave credit for.
    #[error("{bytes} unacknowledged bytes of pages exceed the credit of {credit_bytes}")]
    Credit {
        /// Bytes that stand unacknowledged.
        bytes: u64,
        /// Bytes that may.
        credit_bytes: u32,
    },
    /// An acknowledgement that belongs to another session.
    #[error("an acknowledgement for session {got:016x} came in session {expected:016x}")]
    AckSession {
        /// This office's session.
        expected: u64,
        /// The session named.
        got: u64,
    },
    /// An acknowledgement of frames never sent, or behind an earlier one.
    #[error("an acknowledgement up to frame {got} came, between {acked} and {sent} sent")]
    AckRange {
        /// The newest frame acknowledged before.
        acked: u64,
        /// The newest frame sent.
        sent: u64,
        /// The frame named.
        got: u64,
    },
    /// Pages were asked for again that were not sent in this session.
    #[error("pages of office {} were asked for again and never sent", .0.journal.origin)]
    AgainUnsent(Stream),
    /// What an office holds for itself alone came over a link.
    #[error("a home journal of office {0} came over a link")]
    Home(OfficeId),
    /// The neighbour speaks of more streams than [`crate::Limits`] allows.
    #[error("the neighbour speaks of more than {limit} streams")]
    TooManyStreams {
        /// How many it may speak of.
        limit: u32,
    },
}

/// The pages given to a link are not those it asked for: a fault of this
/// office, not of the neighbour. The stream is left alone for the rest of the
/// session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// Nothing was asked of this stream.
    #[error("the link did not ask for pages of office {}", .0.journal.origin)]
    NotAsked(Stream),
    /// Pages of another stream, not one after the other, or before the first
    /// that was asked for.
    #[error("the pages of office {} do not follow each other", .0.journal.origin)]
    Order(Stream),
    /// A page that no link carries.
    #[error("a page of {bytes} bytes exceeds the limit of {limit_bytes}")]
    PageTooLarge {
        /// Bytes of the page.
        bytes: u64,
        /// Bytes that a page may have.
        limit_bytes: u32,
    },
}
