use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
};
use core::fmt;

use terrace_catalog::{FieldFault, Lang, Reason, SHOWN_CHARS};

use crate::Refusal;

/// One field that cannot be kept. It goes to the person who gave it, and never
/// into a log: the value may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Field id.
    pub field: String,
    /// The value as given, cut where it is long; empty where none was given.
    pub value: String,
    /// Why.
    pub reason: FaultReason,
}

/// Why a field cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultReason {
    /// What the catalog says of the value.
    Value(Reason),
    /// This office has no record of the type with the id.
    NoRecord(String),
    /// The person's consent to be named in such a record is not on file.
    NoConsent {
        /// The person's record.
        person: String,
        /// Type of the record that names the person.
        kind: String,
    },
    /// Where the paper is kept is not said, or at too great a length.
    Document {
        /// Most characters.
        max_chars: usize,
    },
    /// The person holds the seat in part of the time.
    SeatHeld,
    /// The staff member has as many assignments as one may have.
    Assigned {
        /// How many one may have in force.
        most: usize,
    },
    /// No field's fault: the whole is refused.
    Whole(Box<Refusal>),
}

impl Fault {
    pub(crate) fn new(field: &str, value: &str, reason: FaultReason) -> Self {
        let value = value.chars().take(SHOWN_CHARS).collect();
        Self {
            field: field.to_string(),
            value,
            reason,
        }
    }
}

impl From<FieldFault> for Fault {
    fn from(fault: FieldFault) -> Self {
        Self {
            field: fault.field,
            value: fault.value,
            reason: FaultReason::Value(fault.reason),
        }
    }
}

impl FaultReason {
    /// The reason in words. Ids and commands are never translated.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.to_string(),
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::Value(reason) => reason.text(Lang::Zh),
            Self::NoRecord(kind) => format!("本单位没有此编号的 {kind}"),
            Self::NoConsent { person, kind } => {
                format!("没有本人同意的记录，请先登记：{}", consent(person, kind))
            }
            Self::Document { max_chars } => format!("写明同意书存放处，1 至 {max_chars} 个字"),
            Self::SeatHeld => "此人在该时段内已任此职".into(),
            Self::Assigned { most } => format!("此人现有联系任务已达 {most} 个"),
            Self::Whole(refusal) => refusal.text(Lang::Zh),
        }
    }
}

impl fmt::Display for FaultReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(reason) => reason.fmt(f),
            Self::NoRecord(kind) => write!(f, "this office has no {kind} with this id"),
            Self::NoConsent { person, kind } => {
                write!(f, "no consent is on file: {}", consent(person, kind))
            }
            Self::Document { max_chars } => write!(
                f,
                "say in 1 to {max_chars} characters where the paper is kept"
            ),
            Self::SeatHeld => f.write_str("holds this seat already in part of this time"),
            Self::Assigned { most } => write!(f, "has {most} assignments in force already"),
            Self::Whole(refusal) => refusal.fmt(f),
        }
    }
}

/// The command that puts a consent on file.
pub(crate) fn consent(person: &str, kind: &str) -> String {
    format!("terrace submission consent {person} --for {kind} --on DATE --document TEXT")
}
