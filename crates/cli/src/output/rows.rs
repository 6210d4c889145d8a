use std::io::Write;

use serde::Serialize;

use super::table::{self, Side};
use super::{Format, csv, json};
use crate::failure::Failure;

/// Rows of a table that are aligned with each other and held at one time.
const BLOCK: usize = 1000;

/// What follows the rows in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Nothing.
    None,
    /// That all pages were followed to the end.
    Next,
}

/// One column of a table and of CSV.
pub(crate) struct Column<R> {
    id: String,
    heading: String,
    side: Side,
    /// Whether a table shows it where no row has a value.
    always: bool,
    in_table: bool,
    raw: Cell<R>,
    shown: Option<Cell<R>>,
}

type Cell<R> = Box<dyn Fn(&R) -> String>;

impl<R> Column<R> {
    /// A column with its id in CSV, its heading in a table, and its cells in
    /// both. A table leaves it out where no row has a value.
    pub(crate) fn new(
        id: impl Into<String>,
        heading: impl Into<String>,
        raw: impl Fn(&R) -> String + 'static,
    ) -> Self {
        Self {
            id: id.into(),
            heading: heading.into(),
            side: Side::Left,
            always: false,
            in_table: true,
            raw: Box::new(raw),
            shown: None,
        }
    }

    /// A column of counts, which a table leaves empty where they are 0.
    pub(crate) fn count(
        id: impl Into<String>,
        heading: impl Into<String>,
        of: impl Fn(&R) -> u64 + Clone + 'static,
    ) -> Self {
        let raw = of.clone();
        let shown = move |row: &R| match of(row) {
            0 => String::new(),
            count => count.to_string(),
        };
        Self::new(id, heading, move |row| raw(row).to_string())
            .shown(shown)
            .number()
    }

    /// The same column of numbers.
    pub(crate) fn number(mut self) -> Self {
        self.side = Side::Right;
        self
    }

    /// The same column, in a table even where it is empty.
    pub(crate) fn always(mut self) -> Self {
        self.always = true;
        self
    }

    /// The same column in CSV alone.
    pub(crate) fn csv_only(mut self) -> Self {
        self.in_table = false;
        self
    }

    /// The same column with cells of their own in a table.
    pub(crate) fn shown(mut self, shown: impl Fn(&R) -> String + 'static) -> Self {
        self.shown = Some(Box::new(shown));
        self
    }

    fn cell(&self, row: &R) -> String {
        self.shown.as_ref().unwrap_or(&self.raw)(row)
    }
}

/// Rows on their way out. JSON and CSV are written as they come; a table is held
/// back and aligned in blocks, each with its heading.
pub(crate) struct Rows<'a, R> {
    format: Format,
    tail: Tail,
    columns: Vec<Column<R>>,
    out: &'a mut dyn Write,
    block: Vec<R>,
    count: usize,
}

impl<'a, R: Serialize> Rows<'a, R> {
    pub(crate) fn new(
        format: Format,
        tail: Tail,
        columns: Vec<Column<R>>,
        out: &'a mut dyn Write,
    ) -> Self {
        Self {
            format,
            tail,
            columns,
            out,
            block: Vec::new(),
            count: 0,
        }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Standard output is closed or fails.
    pub(crate) fn push(&mut self, row: R) -> Result<(), Failure> {
        match self.format {
            Format::Table => {
                self.block.push(row);
                if self.block.len() == BLOCK {
                    self.end_block()?;
                }
            }
            Format::Json => {
                let before = if self.count == 0 { "{\"rows\":[" } else { "," };
                self.out.write_all(before.as_bytes())?;
                json::write(self.out, &row)?;
            }
            Format::Csv => {
                if self.count == 0 {
                    self.csv_header()?;
                }
                let cells = self.columns.iter().map(|column| (column.raw)(&row));
                let cells: Vec<_> = cells.collect();
                csv::write_row(self.out, &cells)?;
            }
        }
        self.count += 1;
        Ok(())
    }

    /// Writes what is left, and says how many rows there were.
    ///
    /// # Errors
    /// Standard output is closed or fails.
    pub(crate) fn finish(mut self) -> Result<usize, Failure> {
        match self.format {
            Format::Table => self.end_block()?,
            Format::Json => {
                let before = if self.count == 0 { "{\"rows\":[" } else { "" };
                let tail = match self.tail {
                    Tail::None => "]}",
                    Tail::Next => "],\"next\":null}",
                };
                writeln!(self.out, "{before}{tail}")?;
            }
            Format::Csv if self.count == 0 => self.csv_header()?,
            Format::Csv => {}
        }
        Ok(self.count)
    }

    fn csv_header(&mut self) -> Result<(), Failure> {
        let ids: Vec<_> = self
            .columns
            .iter()
            .map(|column| column.id.clone())
            .collect();
        Ok(csv::write_row(self.out, &ids)?)
    }

    fn end_block(&mut self) -> Result<(), Failure> {
        let block = std::mem::take(&mut self.block);
        if block.is_empty() {
            return Ok(());
        }
        let has_value = |column: &Column<R>| block.iter().any(|row| !column.cell(row).is_empty());
        let columns: Vec<&Column<R>> = self
            .columns
            .iter()
            .filter(|column| column.in_table && (column.always || has_value(column)))
            .collect();
        let headings: Vec<_> = columns
            .iter()
            .map(|column| (column.heading.as_str(), column.side))
            .collect();
        let cells = |row: &R| columns.iter().map(|column| column.cell(row)).collect();
        let rows: Vec<Vec<String>> = block.iter().map(cells).collect();
        Ok(table::write(self.out, &headings, &rows)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, count: usize) -> String {
        let column = |id: &str, of: fn(&usize) -> String| Column::new(id, id, of);
        let columns = vec![
            column("a", ToString::to_string).number(),
            column("empty", |_| String::new()),
        ];
        let mut out = Vec::new();
        let mut rows = Rows::new(format, Tail::None, columns, &mut out);
        for row in 0..count {
            rows.push(row).unwrap();
        }
        assert_eq!(rows.finish().unwrap(), count);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_table_is_held_back_in_blocks_with_a_heading_each() {
        for (count, headings) in [(0, 0), (1, 1), (BLOCK, 1), (BLOCK + 1, 2)] {
            let table = written(Format::Table, count);
            let found = table.lines().filter(|line| line.trim() == "a").count();
            assert_eq!(found, headings, "{count}");
            assert_eq!(table.lines().count(), headings + count);
        }
    }

    #[test]
    fn rows_are_the_same_in_json_and_csv() {
        assert_eq!(written(Format::Json, 0), "{\"rows\":[]}\n");
        assert_eq!(written(Format::Json, 2), "{\"rows\":[0,1]}\n");
        assert_eq!(written(Format::Csv, 0), "a,empty\n");
        assert_eq!(written(Format::Csv, 2), "a,empty\n0,\n1,\n");
    }
}
