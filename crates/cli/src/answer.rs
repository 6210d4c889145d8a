//! What the daemon's messages say, in the words of commands and files.

use std::str::FromStr;

use serde::{Serialize, Serializer};
use terrace_catalog::Lang;
use terrace_model::Level;
use terrace_wire::{date, level_if_given, proto};

use crate::clock;
use crate::failure::Failure;
use crate::words::{self, Said};

/// The level that a message must say.
///
/// # Errors
/// A fault: it says none, or one that this version does not know.
pub(crate) fn level(number: i32) -> Result<&'static str, Failure> {
    let level = level_if_given(number).ok().flatten();
    let level = level.ok_or_else(|| Failure::answer("no known level"))?;
    Ok(level.as_str())
}

/// What people read for a level.
pub(crate) fn level_label(level: &str, lang: Lang) -> &str {
    let said = match Level::from_str(level) {
        Ok(Level::Province) => words::PROVINCE,
        Ok(Level::Prefecture) => words::PREFECTURE,
        Ok(Level::County) => words::COUNTY,
        Ok(Level::Township) => words::TOWNSHIP,
        Ok(Level::Village) => words::VILLAGE,
        Err(_) => return level,
    };
    said.get(lang)
}

/// An instant, where there is one, as RFC 3339.
///
/// # Errors
/// A fault: no calendar has it.
pub(crate) fn instant(millis: Option<i64>) -> Result<Option<String>, Failure> {
    millis.map(clock::instant).transpose()
}

/// A day, where there is one, as `YYYY-MM-DD`.
///
/// # Errors
/// A fault: no calendar has it.
pub(crate) fn day(days: Option<i32>) -> Result<Option<String>, Failure> {
    let date = days.map(date).transpose();
    let date = date.map_err(|_| Failure::answer("a day that no calendar has"))?;
    Ok(date.map(|date| date.to_string()))
}

/// States of an office, by their id.
const STATES: [(&str, Said); 6] = [
    ("live", words::LIVE),
    ("behind", words::FALLEN_BEHIND),
    ("silent", words::SILENT),
    ("diverged", words::DIVERGED),
    ("never-joined", words::NEVER_JOINED),
    ("closed", words::CLOSED),
];

/// The id of an office's state.
///
/// # Errors
/// A fault: it says none, or one that this version does not know.
pub(crate) fn office_state(number: i32) -> Result<&'static str, Failure> {
    use proto::office_status::State;
    match State::try_from(number) {
        Ok(State::Live) => Ok("live"),
        Ok(State::Behind) => Ok("behind"),
        Ok(State::Silent) => Ok("silent"),
        Ok(State::Diverged) => Ok("diverged"),
        Ok(State::NeverJoined) => Ok("never-joined"),
        Ok(State::Closed) => Ok("closed"),
        Ok(State::Unspecified) | Err(_) => Err(Failure::answer("no known state of an office")),
    }
}

/// What people read for an office's state.
pub(crate) fn office_state_label(state: &'static str, lang: Lang) -> &'static str {
    let known = STATES.iter().find(|(id, _)| *id == state);
    known.map_or(state, |(_, said)| said.get(lang))
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    /// One text or code.
    Text(String),
    /// Several codes.
    Codes(Vec<String>),
}

impl Value {
    /// As sheets and the command line write it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Codes(codes) => codes.join(","),
        }
    }
}

/// Field ids with values, in the order in which the office gives them; an object
/// in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) Vec<(String, Value)>);

impl Fields {
    /// Fields as messages hold them.
    pub(crate) fn from_shown(fields: Vec<proto::Shown>) -> Self {
        let field = |shown: proto::Shown| {
            let value = match shown.value? {
                proto::shown::Value::Text(text) => Value::Text(text),
                proto::shown::Value::Codes(codes) => Value::Codes(codes.codes),
            };
            Some((shown.key, value))
        };
        Self(fields.into_iter().filter_map(field).collect())
    }

    /// Dimensions as messages hold them.
    pub(crate) fn from_given(given: Vec<proto::Given>) -> Self {
        let pair = |given: proto::Given| (given.key, Value::Text(given.value));
        Self(given.into_iter().map(pair).collect())
    }

    /// One of them.
    pub(crate) fn get(&self, id: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(key, _)| key == id);
        found.map(|(_, value)| value)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
