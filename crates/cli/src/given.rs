//! What people type: `k=v`, codes, periods, dates, spans of time. All are read
//! before anybody is asked, so that what is malformed is exit 2 even without a
//! daemon.

use std::str::FromStr;

use terrace_catalog::{Lang, SHOWN_CHARS};
use terrace_model::{Date, Level, parse_date};
use terrace_node::config::read_duration;
use terrace_wire::{Refusal, RefusalCode, RowFault, proto};

use crate::failure::Failure;
use crate::words;

/// Longest name of a field in a message, in bytes.
const KEY_BYTES: usize = 100;

/// Longest value of a field in a message, in bytes.
const VALUE_BYTES: usize = 4096;

/// A field id with its value, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    key: String,
    value: String,
}

impl Pair {
    /// A pair that the program itself gives.
    pub(crate) fn new(key: &str, value: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            value: value.into(),
        }
    }

    /// What is wrong with it, where no message holds it.
    fn fault(&self, lang: Lang) -> Option<RowFault> {
        let why = if self.key.len() > KEY_BYTES {
            words::NO_SUCH_FIELD
        } else if self.value.len() > VALUE_BYTES {
            words::TOO_LONG
        } else {
            return None;
        };
        let cut = |text: &str| text.chars().take(SHOWN_CHARS).collect();
        Some(RowFault {
            line: 0,
            field: cut(&self.key),
            value: cut(&self.value),
            reason: why.get(lang).to_owned(),
        })
    }

    /// As messages hold it.
    pub(crate) fn into_proto(self) -> proto::Given {
        proto::Given {
            key: self.key,
            value: self.value,
        }
    }
}

impl FromStr for Pair {
    type Err = String;

    /// The value is all that follows the first `=`; an empty one clears the
    /// field.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self::new(key, value)),
            Some(_) | None => Err("a field is written FIELD=VALUE".to_owned()),
        }
    }
}

/// Reads a date.
///
/// # Errors
/// How a date is written.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|error| error.to_string())
}

/// Reads a span of time, such as 24h, in milliseconds.
///
/// # Errors
/// How a span is written.
pub(crate) fn millis(text: &str) -> Result<u64, String> {
    let span = read_duration(text).map_err(|error| error.to_string())?;
    u64::try_from(span.as_millis()).map_err(|error| error.to_string())
}

/// A level as messages hold it.
pub(crate) fn level_number(level: Option<Level>) -> i32 {
    level.map_or(proto::Level::Unspecified as i32, terrace_wire::level_number)
}

/// A date as messages hold it.
///
/// # Errors
/// Exit 2: no message holds it.
pub(crate) fn days(date: Date) -> Result<i32, Failure> {
    terrace_wire::days(date).map_err(|error| Failure::usage(error.to_string()))
}

/// Pairs as messages hold them.
///
/// # Errors
/// A value that no message holds, told by its field: exit 3.
pub(crate) fn pairs(pairs: Vec<Pair>, lang: Lang) -> Result<Vec<proto::Given>, Failure> {
    let faults: Vec<_> = pairs.iter().filter_map(|pair| pair.fault(lang)).collect();
    if faults.is_empty() {
        return Ok(pairs.into_iter().map(Pair::into_proto).collect());
    }
    let text = match lang {
        Lang::Zh => format!("有 {} 个字段不能保存", faults.len()),
        Lang::En => format!("{} of the fields given cannot be kept", faults.len()),
    };
    let refusal = Refusal::new(RefusalCode::Content, text);
    Err(Failure::Refused(Refusal { faults, ..refusal }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_ends_its_key_at_the_first_sign() {
        let pair = |key: &str, value: &str| Ok(Pair::new(key, value));
        assert_eq!("name=a=b".parse::<Pair>(), pair("name", "a=b"));
        assert_eq!("phone=".parse::<Pair>(), pair("phone", ""));
        for wrong in ["", "name", "=x"] {
            assert!(wrong.parse::<Pair>().is_err(), "{wrong}");
        }
    }
}
