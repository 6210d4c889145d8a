//! Results as tables, JSON and CSV.

mod csv;
pub(crate) mod json;
mod rows;
mod table;

use std::borrow::Cow;

pub(crate) use rows::{Column, Rows, Tail};
pub(crate) use table::Pairs;

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Aligned columns for people, in their language.
    Table,
    /// One JSON value.
    Json,
    /// A header of ids and rows, as an import reads them.
    Csv,
}

/// Text for a terminal: what could steer it is replaced, wherever it comes from.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
        Cow::Owned(text.chars().map(shown).collect())
    } else {
        Cow::Borrowed(text)
    }
}
