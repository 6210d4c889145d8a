//! Cells that a sheet program would run are written so that it does not.
//!
//! A sheet program takes a cell that begins with one of a few signs for a
//! formula, whatever the file's quoting says, and a formula may reach out of the
//! sheet. Such a cell gets a leading `'`, which makes it text, and the reader
//! takes that one `'` away again. So that both ways together give back every
//! cell, one that begins with any number of `'` before such a sign gets one more.
//!
//! Numbers below zero are treated like any cell that begins with `-`: no field
//! of a record holds one.

use std::borrow::Cow;

/// The sign that makes a cell text.
const QUOTE: char = '\'';

/// Signs that begin a formula, or that a program drops before it looks for one;
/// the wide forms are taken for the narrow ones where Chinese is written.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn is_formula_or_made_inert(cell: &str) -> bool {
    cell.trim_start_matches(QUOTE).starts_with(FORMULA)
}

/// The cell as it is written.
pub(crate) fn made_inert(cell: &str) -> Cow<'_, str> {
    if is_formula_or_made_inert(cell) {
        Cow::Owned(format!("{QUOTE}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before it was made inert. One that never was stays.
pub(crate) fn as_given(cell: &str) -> &str {
    match cell.strip_prefix(QUOTE) {
        Some(rest) if is_formula_or_made_inert(rest) => rest,
        Some(_) | None => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cell_that_would_run_gets_one_quote_and_no_other_does() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+86 138", "'+86 138"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("", ""),
            ("'", "'"),
            ("'tis", "'tis"),
            ("a=1", "a=1"),
            ("91725.25", "91725.25"),
        ] {
            assert_eq!(made_inert(cell), written, "{cell:?}");
        }
    }

    #[test]
    fn a_formula_that_people_wrote_is_read_as_its_text() {
        assert_eq!(as_given("=1"), "=1");
        assert_eq!(as_given("'=1"), "=1");
        assert_eq!(as_given("'tis"), "'tis");
    }

    proptest! {
        #[test]
        fn what_is_made_inert_never_runs_and_is_given_back(cell in "['=+@a＝\t\r-]{0,6}") {
            let written = made_inert(&cell);
            prop_assert!(!written.starts_with(FORMULA));
            prop_assert_eq!(as_given(&written), cell.as_str());
        }
    }
}
