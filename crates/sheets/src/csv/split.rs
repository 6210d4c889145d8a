//! Text into rows and cells, strictly after RFC 4180.
//!
//! A reader that forgives a stray quotation mark takes the rest of the file for
//! one cell and tells nobody, so that rows are lost. This one names the mark.

use std::borrow::Cow;

use crate::{
    SheetLimits, SheetReason,
    rows::{Cell, RawRow},
};

/// Where a cell without quotation marks ends.
const ENDS: [char; 3] = [',', '\n', '\r'];

const QUOTE: char = '"';

/// A line that ends with CR alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoneCr {
    pub(crate) line: u64,
}

/// What is still to be read of a text. It copies no cell but one with doubled
/// quotation marks.
#[derive(Clone, Debug)]
pub(crate) struct Split<'a> {
    rest: &'a str,
    /// Line on which the rest begins.
    line: u64,
    max_columns: usize,
    max_cell_chars: usize,
}

impl<'a> Split<'a> {
    pub(crate) fn new(text: &'a str, limits: &SheetLimits) -> Self {
        Self {
            rest: text,
            line: 1,
            max_columns: limits.max_columns,
            max_cell_chars: limits.max_cell_chars,
        }
    }

    /// The next row; empty lines before it are counted and skipped.
    ///
    /// # Errors
    /// [`LoneCr`]; nothing is to be read after it.
    pub(crate) fn next_row(&mut self) -> Result<Option<RawRow<'a>>, LoneCr> {
        while self.line_end() {}
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut row = RawRow {
            line: self.line,
            cells: Vec::new(),
            width: 0,
        };
        loop {
            let cell = self.cell();
            row.width += 1;
            if row.cells.len() < self.max_columns {
                row.cells.push(cell);
            }
            if let Some(rest) = self.rest.strip_prefix(',') {
                self.rest = rest;
            } else if self.rest.is_empty() || self.line_end() {
                return Ok(Some(row));
            } else {
                return Err(LoneCr { line: self.line });
            }
        }
    }

    /// Takes LF or CRLF, if it is next.
    fn line_end(&mut self) -> bool {
        let lf = self.rest.strip_prefix('\n');
        match lf.or_else(|| self.rest.strip_prefix("\r\n")) {
            None => false,
            Some(rest) => {
                self.rest = rest;
                self.line += 1;
                true
            }
        }
    }

    /// Takes a cell and leaves what ends it.
    fn cell(&mut self) -> Cell<'a> {
        match self.rest.strip_prefix(QUOTE) {
            Some(inner) => self.quoted(inner),
            None => self.plain(),
        }
    }

    fn plain(&mut self) -> Cell<'a> {
        let text = self.take(self.rest.find(ENDS));
        let quote = text.contains(QUOTE).then_some(SheetReason::Quote);
        Cell {
            text: Cow::Borrowed(text),
            fault: quote.or_else(|| self.too_long(text, 0)),
        }
    }

    /// Takes up to a place in the rest, or all of it.
    fn take(&mut self, end: Option<usize>) -> &'a str {
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// A cell between quotation marks, after the first.
    fn quoted(&mut self, inner: &'a str) -> Cell<'a> {
        self.rest = inner;
        let Some((close, doubled)) = closing(inner) else {
            let text = self.take(None);
            return self.broken(text, SheetReason::OpenQuote);
        };
        let body = self.take(Some(close));
        self.line += line_feeds(body);
        let mark = QUOTE.len_utf8();
        self.take(Some(mark));
        let stray = self.take(self.rest.find(ENDS));
        if !stray.is_empty() {
            let text = inner.split_at(close + mark + stray.len()).0;
            return self.broken(text, SheetReason::Quote);
        }
        match self.too_long(body, doubled) {
            Some(reason) => self.broken(body, reason),
            None if doubled == 0 => Cell {
                text: Cow::Borrowed(body),
                fault: None,
            },
            None => Cell {
                text: Cow::Owned(body.replace("\"\"", "\"")),
                fault: None,
            },
        }
    }

    fn broken(&self, text: &'a str, reason: SheetReason) -> Cell<'a> {
        Cell {
            text: Cow::Borrowed(text),
            fault: Some(reason),
        }
    }

    fn too_long(&self, text: &str, doubled: usize) -> Option<SheetReason> {
        let max_chars = self.max_cell_chars;
        let long = text.chars().count() - doubled > max_chars;
        long.then_some(SheetReason::CellTooLong { max_chars })
    }
}

/// Place of the mark that closes a cell, and how many doubled ones stand before
/// it.
fn closing(inner: &str) -> Option<(usize, usize)> {
    let mut doubled = 0;
    let mut marks = inner.match_indices(QUOTE).map(|(at, _)| at).peekable();
    while let Some(at) = marks.next() {
        if marks.next_if_eq(&(at + QUOTE.len_utf8())).is_none() {
            return Some((at, doubled));
        }
        doubled += 1;
    }
    None
}

fn line_feeds(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    type Told = (u64, Vec<(String, Option<SheetReason>)>);

    fn rows(text: &str) -> Result<Vec<Told>, LoneCr> {
        let mut split = Split::new(text, &SheetLimits::default());
        let mut rows = Vec::new();
        while let Some(row) = split.next_row()? {
            assert_eq!(row.width, row.cells.len());
            let cells = row.cells.into_iter();
            let cells = cells.map(|cell| (cell.text.into_owned(), cell.fault));
            rows.push((row.line, cells.collect()));
        }
        Ok(rows)
    }

    fn whole(line: u64, cells: &[&str]) -> Told {
        let cells = cells.iter().map(|cell| ((*cell).to_owned(), None));
        (line, cells.collect())
    }

    #[test]
    fn quotation_marks_keep_commas_marks_and_line_breaks() {
        let text = "a,\"b,\"\"c\"\"\nd\r\ne\",\n\n\r\n\"\",f\r\ng";
        let expected = vec![
            whole(1, &["a", "b,\"c\"\nd\r\ne", ""]),
            whole(6, &["", "f"]),
            whole(7, &["g"]),
        ];
        assert_eq!(rows(text), Ok(expected));
    }

    #[test]
    fn the_last_line_may_lack_its_end_and_its_last_cell() {
        assert_eq!(rows("a,b\n"), rows("a,b"));
        assert_eq!(rows("a,"), Ok(vec![whole(1, &["a", ""])]));
        assert_eq!(rows(""), Ok(vec![]));
        assert_eq!(rows("\n\r\n"), Ok(vec![]));
    }

    #[test]
    fn a_stray_quotation_mark_is_named_and_costs_no_other_row() {
        let stray = Some(SheetReason::Quote);
        for (text, shown) in [
            ("a\"b", "a\"b"),
            ("\"a\"b", "a\"b"),
            ("\"a\" ", "a\" "),
            (" \"a\"", " \"a\""),
        ] {
            let expected = vec![
                (
                    1,
                    vec![(shown.to_owned(), stray.clone()), ("c".into(), None)],
                ),
                whole(2, &["d"]),
            ];
            assert_eq!(rows(&format!("{text},c\nd")), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_named_where_it_opens() {
        let open = Some(SheetReason::OpenQuote);
        let expected = vec![
            whole(1, &["a"]),
            (2, vec![("b".into(), None), ("c\nd,\"\"\n".into(), open)]),
        ];
        assert_eq!(rows("a\nb,\"c\nd,\"\"\n"), Ok(expected));
    }

    #[test]
    fn a_line_that_ends_with_cr_alone_is_refused() {
        assert_eq!(rows("a,b\rc,d\r"), Err(LoneCr { line: 1 }));
        assert_eq!(rows("a\n\"b\nc\"\r\r\n"), Err(LoneCr { line: 3 }));
        assert_eq!(rows("\r"), Err(LoneCr { line: 1 }));
        assert_eq!(rows("\"a\rb\""), Ok(vec![whole(1, &["a\rb"])]));
    }

    fn written(rows: &[Vec<String>], ending: ::csv::Terminator) -> String {
        let mut writer = ::csv::WriterBuilder::new()
            .flexible(true)
            .terminator(ending)
            .from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof!["[a,\"\r\n遂 ]{0,6}", "\\PC{0,8}"]
    }

    proptest! {
        #[test]
        fn what_another_writer_writes_is_read_with_the_line_of_each_row(
            given in vec(vec(cell(), 1..5), 0..8),
            crlf: bool,
        ) {
            let ending = if crlf { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') };
            let text = written(&given, ending);
            let mut expected = Vec::new();
            let mut line = 1;
            for row in &given {
                let cells: Vec<_> = row.iter().map(String::as_str).collect();
                expected.push(whole(line, &cells));
                line += 1 + row.iter().map(|cell| line_feeds(cell)).sum::<u64>();
            }
            prop_assert_eq!(rows(&text), Ok(expected));
        }

        #[test]
        fn where_no_mark_is_stray_another_reader_reads_the_same(text in "[a,\"\n遂]{0,24}") {
            let ours = rows(&text).unwrap();
            prop_assume!(ours.iter().all(|(_, row)| row.iter().all(|(_, fault)| fault.is_none())));
            let mut reader = ::csv::ReaderBuilder::new()
                .flexible(true)
                .has_headers(false)
                .from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> = reader
                .records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                .collect();
            let ours: Vec<Vec<String>> = ours
                .into_iter()
                .map(|(_, row)| row.into_iter().map(|(text, _)| text).collect())
                .collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
