use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use terrace_model::{Date, DecimalError};

use crate::Lang;

/// Most characters of a refused value that a fault shows.
pub const SHOWN_CHARS: usize = 40;

/// Why one field of a record is refused. It goes to the person who gave it,
/// and never into a log: the value may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Field id; `from` for the day of a change.
    pub field: String,
    /// The value as given, cut to [`SHOWN_CHARS`]; empty where nothing was
    /// given.
    pub value: String,
    /// Why.
    pub reason: Reason,
}

impl FieldFault {
    /// A fault of a value, which is cut where it is long.
    #[must_use]
    pub fn new(field: &str, value: &str, reason: Reason) -> Self {
        Self {
            field: field.into(),
            value: value.chars().take(SHOWN_CHARS).collect(),
            reason,
        }
    }
}

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_empty() {
            return write!(f, "{}: {}", self.field, self.reason);
        }
        write!(f, "{} \"{}\": {}", self.field, self.value, self.reason)
    }
}

/// Why a value is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The type has no such field.
    Unknown,
    /// Given more than once.
    Doubled,
    /// Must be given.
    Required,
    /// Not on the field's code list.
    NoCode {
        /// The codes that are.
        allowed: Vec<String>,
    },
    /// Not a day of the calendar.
    NoDate,
    /// Not a year.
    NoYear,
    /// Not a whole number.
    NoCount,
    /// Not an exact decimal.
    NoAmount(DecimalError),
    /// Less than 0.
    Negative,
    /// Longer than the field.
    TooLong {
        /// Most characters.
        max_chars: usize,
    },
    /// Line breaks and other signs that do not show.
    Control,
    /// Not an id of a record.
    NoId,
    /// A value of another kind than the field's.
    OtherKind,
    /// Later than the office's day, of a thing that has happened.
    Ahead {
        /// The office's day.
        today: Date,
    },
    /// A confirmation cannot be taken back by leaving it empty.
    Confirmed,
    /// Ends before it starts.
    EndsEarly {
        /// When it starts.
        start: Date,
    },
    /// An end day of a case that is open.
    StillOpen {
        /// The field that says so.
        field: String,
    },
    /// A closed case without its end day.
    NotDated {
        /// The field that says that it is closed.
        field: String,
    },
    /// A count other than 1 of a record that names a person.
    NotOne {
        /// The field that names the person.
        reference: String,
    },
    /// A change from a day before the record's own first day.
    BeforeStart {
        /// The record's own first day.
        start: Date,
    },
    /// A change from a day on, of a type that keeps one state.
    OneState,
    /// A correction of a record that does not exist.
    NothingToCorrect,
    /// One more change or confirmation than a record is kept with.
    TooMany {
        /// How many a record is kept with.
        most: usize,
    },
}

impl Reason {
    /// The reason in words.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.to_string(),
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::Unknown => "没有这个字段".into(),
            Self::Doubled => "重复给出".into(),
            Self::Required => "必填".into(),
            Self::NoCode { allowed } => format!("代码不在代码表中，可用：{}", allowed.join("、")),
            Self::NoDate => "日期写作 YYYY-MM-DD，且须存在".into(),
            Self::NoYear => "年份为四位数字，不晚于今年".into(),
            Self::NoCount => "应为整数，只写数字，最多 12 位".into(),
            Self::NoAmount(DecimalError::Form) => "只写数字，最多一个小数点，如 91725.25".into(),
            Self::NoAmount(DecimalError::TooLarge) => "小数点前最多 12 位".into(),
            Self::NoAmount(DecimalError::TooFine) => "小数点后最多 6 位".into(),
            Self::Negative => "不能小于 0".into(),
            Self::TooLong { max_chars } => format!("最多 {max_chars} 个字"),
            Self::Control => "含有换行或不可见字符".into(),
            Self::NoId => "应为一条记录的编号，1 至 64 个字".into(),
            Self::OtherKind => "值的类型与字段不符".into(),
            Self::Ahead { today } => format!("晚于今天（{today}）"),
            Self::Confirmed => "确认日期不能清空".into(),
            Self::EndsEarly { start } => format!("早于开始日期（{start}）"),
            Self::StillOpen { field } => format!("{field} 仍为未办结，不应有办结日期"),
            Self::NotDated { field } => format!("{field} 已办结，应有办结日期"),
            Self::NotOne { reference } => format!("已指明 {reference}，数量应为 1"),
            Self::BeforeStart { start } => format!("早于该记录的开始日期（{start}）"),
            Self::OneState => "此类记录只有一个状态，不能指定变更日期".into(),
            Self::NothingToCorrect => "没有这条记录，无从更正".into(),
            Self::TooMany { most } => format!("一条记录最多保留 {most} 次变更或核实"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("there is no such field"),
            Self::Doubled => f.write_str("given more than once"),
            Self::Required => f.write_str("must be given"),
            Self::NoCode { allowed } => write!(f, "not one of: {}", allowed.join(", ")),
            Self::NoDate => f.write_str("a date is written YYYY-MM-DD and must exist"),
            Self::NoYear => f.write_str("a year is four digits and not later than this year"),
            Self::NoCount => f.write_str("a count is a whole number of at most 12 digits"),
            Self::NoAmount(error) => error.fmt(f),
            Self::Negative => f.write_str("must not be less than 0"),
            Self::TooLong { max_chars } => write!(f, "at most {max_chars} characters"),
            Self::Control => f.write_str("holds a line break or a character that does not show"),
            Self::NoId => f.write_str("must be the id of a record, 1 to 64 characters"),
            Self::OtherKind => f.write_str("a value of another kind than the field's"),
            Self::Ahead { today } => write!(f, "later than today, {today}"),
            Self::Confirmed => f.write_str("a confirmation cannot be left empty"),
            Self::EndsEarly { start } => write!(f, "before the start, {start}"),
            Self::StillOpen { field } => write!(f, "must not be given while {field} is open"),
            Self::NotDated { field } => write!(f, "must be given, as {field} is not open"),
            Self::NotOne { reference } => write!(f, "must be 1, as {reference} is given"),
            Self::BeforeStart { start } => write!(f, "before the record's own start, {start}"),
            Self::OneState => f.write_str("such a record has one state; leave the day out"),
            Self::NothingToCorrect => f.write_str("there is no such record to correct"),
            Self::TooMany { most } => {
                write!(
                    f,
                    "a record is kept with at most {most} changes or confirmations"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_cut_to_forty_characters_and_not_bytes() {
        let value = "遂".repeat(41);
        let fault = FieldFault::new("name", &value, Reason::Required);
        assert_eq!(fault.value.chars().count(), SHOWN_CHARS);
        let exact = "遂".repeat(40);
        assert_eq!(
            FieldFault::new("name", &exact, Reason::Required).value,
            exact
        );
    }

    #[test]
    fn a_fault_reads_in_both_languages() {
        let allowed = ["a".to_string(), "b".to_string()].to_vec();
        let fault = FieldFault::new("category", "poet", Reason::NoCode { allowed });
        assert_eq!(fault.to_string(), "category \"poet\": not one of: a, b");
        assert_eq!(fault.reason.text(Lang::Zh), "代码不在代码表中，可用：a、b");
        let fault = FieldFault::new("name", "", Reason::Required);
        assert_eq!(fault.to_string(), "name: must be given");
    }
}
