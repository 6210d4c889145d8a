//! The nouns of Terrace. This crate does no input or output and reads no clock
//! and no random numbers: time is [`Time`], given by the caller.
#![no_std]

extern crate alloc;

mod decimal;
mod entry;
mod fact;
mod figure;
mod hash;
mod health;
mod id;
mod notice;
mod page;
mod period;
mod record;
mod ruling;
mod submission;
mod time;
mod tree;

pub use decimal::{Decimal, DecimalError};
pub use entry::{Consent, Content, Entry, EpochOpened, RecordAct, RecordDeed};
pub use fact::{Fact, HeldHead, Invitation, Key, Lookup, Own, Range, Window};
pub use figure::{Cell, CellKey, Dims, NOT_GIVEN, Said, Through};
pub use hash::Hash;
pub use health::{Behind, ChildLink, Finding, FindingKind, Health};
pub use id::{Code, IdError, Level, NoticeId, OfficeId, SubmissionId, TreeId};
pub use jiff::civil::Date;
pub use notice::{HeldNotice, Notice, NoticeKey, Receipt};
pub use page::{
    Audience, Epoch, Head, Header, JournalId, Lane, Page, PageNo, Part, Position, PublicKey, Seal,
    Stream,
};
pub use period::{Month, Period, PeriodError, parse_date};
pub use record::{Fields, Record, RecordKey, State, Value};
pub use ruling::{Batch, Change, Reads, Ruling, Say, Seen};
pub use submission::{Proposal, Step, Submission};
pub use time::Time;
pub use tree::{Office, Tree};
