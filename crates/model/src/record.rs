use alloc::{collections::BTreeMap, string::String, vec::Vec};

use crate::{Date, Decimal};

/// One checked value of a record's field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Free text, or a name.
    Text(String),
    /// One code of the field's list.
    Code(String),
    /// Several codes of the field's list, sorted, each once.
    Codes(Vec<String>),
    /// A civil day.
    Date(Date),
    /// A civil year.
    Year(i16),
    /// A whole number, not negative.
    Count(u64),
    /// 万元, not negative.
    Amount(Decimal),
    /// The id of a record of the type that the field refers to.
    Ref(String),
}

impl Value {
    /// The text by which a record is looked up, or grouped, under this value.
    #[must_use]
    pub fn as_key(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Code(text) | Self::Ref(text) => Some(text),
            Self::Codes(_) | Self::Date(_) | Self::Year(_) | Self::Count(_) | Self::Amount(_) => {
                None
            }
        }
    }

    /// The day, if this is one.
    #[must_use]
    pub const fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Text(_)
            | Self::Code(_)
            | Self::Codes(_)
            | Self::Year(_)
            | Self::Count(_)
            | Self::Amount(_)
            | Self::Ref(_) => None,
        }
    }

    /// The number that a sum adds up, if this is one.
    #[must_use]
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Count(count) => Some(Decimal::from_millionths(i128::from(*count) * 1_000_000)),
            Self::Amount(amount) => Some(*amount),
            Self::Text(_)
            | Self::Code(_)
            | Self::Codes(_)
            | Self::Date(_)
            | Self::Year(_)
            | Self::Ref(_) => None,
        }
    }
}

/// Values by field id.
pub type Fields = BTreeMap<String, Value>;

/// Names one record of an office.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// Type id of the catalog, such as `person`.
    pub kind: String,
    /// Given by the office or made for it; unique within the type.
    pub id: String,
}

impl RecordKey {
    /// A key from its two parts.
    #[must_use]
    pub fn new(kind: &str, id: &str) -> Self {
        Self {
            kind: kind.into(),
            id: id.into(),
        }
    }
}

/// What a record's dated attributes were from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// First day on which it holds.
    pub from: Date,
    /// The dated attributes.
    pub fields: Fields,
}

/// A record (档案, 台账): what the office keeps about one thing. It never leaves
/// the office that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's own dates and reasons: the newest value holds for all
    /// periods.
    pub fixed: Fields,
    /// Dated states, by their first day; never empty. A type without a span
    /// has exactly one.
    pub states: Vec<State>,
    /// Days on which the record was confirmed, ascending, each once.
    pub confirmations: Vec<Date>,
}

impl Record {
    /// The state in force on a day: the last that begins on or before it;
    /// before the first, the first.
    #[must_use]
    pub fn state_at(&self, day: Date) -> Option<&State> {
        let after = self.states.partition_point(|state| state.from <= day);
        self.states.get(after.saturating_sub(1))
    }

    /// A field's value on a day; the record's own dates and reasons hold on
    /// every day.
    #[must_use]
    pub fn value_at(&self, field: &str, day: Date) -> Option<&Value> {
        self.fixed
            .get(field)
            .or_else(|| self.state_at(day)?.fields.get(field))
    }

    /// A field's newest value.
    #[must_use]
    pub fn newest(&self, field: &str) -> Option<&Value> {
        self.fixed
            .get(field)
            .or_else(|| self.states.last()?.fields.get(field))
    }

    /// One of the record's own dates.
    #[must_use]
    pub fn date(&self, field: &str) -> Option<Date> {
        self.newest(field)?.as_date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_date;
    use alloc::vec;

    #[test]
    fn an_attribute_is_that_of_the_last_state_at_or_before_the_day() {
        let day = |text| parse_date(text).unwrap();
        let state = |from, count| State {
            from: day(from),
            fields: Fields::from([("employees".into(), Value::Count(count))]),
        };
        let record = Record {
            fixed: Fields::new(),
            states: vec![state("2020-01-01", 10), state("2025-05-10", 14)],
            confirmations: vec![],
        };
        let employees = |text| record.value_at("employees", day(text)).cloned();
        assert_eq!(employees("2019-12-31"), Some(Value::Count(10)));
        assert_eq!(employees("2025-05-09"), Some(Value::Count(10)));
        assert_eq!(employees("2025-05-10"), Some(Value::Count(14)));
    }
}
