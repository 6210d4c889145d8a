//! Rows of cells, read into the fields of records. Where the cells come from
//! makes no difference here.

use std::{
    borrow::Cow,
    collections::{BTreeMap, btree_map::Entry},
};

use terrace_catalog::{RecordType, parse_cells, parse_id};
use terrace_model::{Fields, Hash, RecordKey};

use crate::{
    RowFault, SheetReason,
    columns::{Column, Columns},
    inert::as_given,
};

/// A checked row of a sheet: what is given of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Line on which it begins, from 1, the header included.
    pub line: u64,
    /// The record. Where the sheet gives no id, one is made of the file and the
    /// line, so that the same file again names the same record.
    pub key: RecordKey,
    /// Checked values. A field with an empty cell or without a column is absent.
    pub fields: Fields,
}

/// A cell as the file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Why it cannot be read, whatever its column is.
    pub(crate) fault: Option<SheetReason>,
}

impl Cell<'_> {
    fn is_blank(&self) -> bool {
        self.fault.is_none() && self.text.trim().is_empty()
    }
}

/// A row as the file holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawRow<'a> {
    pub(crate) line: u64,
    /// The first cells, no more than a sheet may have columns.
    pub(crate) cells: Vec<Cell<'a>>,
    /// How many cells there are.
    pub(crate) width: usize,
}

impl RawRow<'_> {
    fn is_blank(&self) -> bool {
        self.width == self.cells.len() && self.cells.iter().all(Cell::is_blank)
    }
}

/// What a row turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Good(Row),
    /// The row is refused.
    Bad(Vec<RowFault>),
    /// The file is refused, and nothing below is read.
    Stop(RowFault),
}

/// Reads one row after the other.
pub(crate) struct RowReader<'s> {
    of: &'s RecordType,
    columns: &'s Columns,
    /// Names the file in the ids that are made.
    mark: u64,
    max_rows: usize,
    rows: usize,
    /// Line of the first row with an id. Ids that are made hold their line, and
    /// are never among them.
    seen: BTreeMap<Box<str>, u64>,
}

impl<'s> RowReader<'s> {
    pub(crate) fn new(
        of: &'s RecordType,
        columns: &'s Columns,
        mark: u64,
        max_rows: usize,
    ) -> Self {
        Self {
            of,
            columns,
            mark,
            max_rows,
            rows: 0,
            seen: BTreeMap::new(),
        }
    }

    /// Reads a row; none where all its cells are empty: a sheet program writes
    /// such rows below the last one.
    pub(crate) fn read(&mut self, raw: &RawRow<'_>) -> Option<Outcome> {
        if raw.is_blank() {
            return None;
        }
        if self.rows == self.max_rows {
            let max = self.max_rows;
            let reason = SheetReason::TooManyRows { max };
            return Some(Outcome::Stop(RowFault::whole(raw.line, reason)));
        }
        self.rows += 1;
        Some(match self.checked(raw) {
            Ok(row) => Outcome::Good(row),
            Err(faults) => Outcome::Bad(faults),
        })
    }

    fn checked(&mut self, raw: &RawRow<'_>) -> Result<Row, Vec<RowFault>> {
        self.in_shape(raw)?;
        let mut faults = Vec::new();
        let mut id = None;
        let mut given = Vec::with_capacity(raw.cells.len());
        for (column, cell) in self.columns.iter().zip(&raw.cells) {
            if let Some(reason) = &cell.fault {
                let reason = reason.clone();
                faults.push(RowFault::new(raw.line, column.name(), &cell.text, reason));
                continue;
            }
            let text = as_given(&cell.text);
            match column {
                Column::Id if text.trim().is_empty() => {}
                Column::Id => match self.given_id(raw.line, text) {
                    Ok(given) => id = Some(given),
                    Err(reason) => {
                        faults.push(RowFault::new(raw.line, column.name(), text, reason));
                    }
                },
                Column::Field(field) => given.push((field.as_str(), text)),
            }
        }
        match parse_cells(self.of, given.into_iter()) {
            Ok(fields) if faults.is_empty() => Ok(Row {
                line: raw.line,
                key: RecordKey {
                    kind: self.of.id.clone(),
                    id: id.unwrap_or_else(|| made_id(self.mark, raw.line)),
                },
                fields,
            }),
            Ok(_) => Err(faults),
            Err(of_fields) => {
                let of_fields = of_fields.into_iter();
                faults.extend(of_fields.map(|fault| RowFault::of_field(raw.line, fault)));
                Err(faults)
            }
        }
    }

    /// As many cells as columns. A cell that is never closed has swallowed those
    /// after it, so that it alone is told.
    fn in_shape(&self, raw: &RawRow<'_>) -> Result<(), Vec<RowFault>> {
        let mut cells = raw.cells.iter().enumerate();
        let open = cells.find(|(_, cell)| cell.fault == Some(SheetReason::OpenQuote));
        if let Some((place, cell)) = open {
            let column = self.columns.iter().nth(place).map_or("", Column::name);
            let reason = SheetReason::OpenQuote;
            return Err(vec![RowFault::new(raw.line, column, &cell.text, reason)]);
        }
        let (expected, found) = (self.columns.len(), raw.width);
        if expected == found {
            return Ok(());
        }
        let reason = SheetReason::Cells { expected, found };
        Err(vec![RowFault::whole(raw.line, reason)])
    }

    /// An id that no earlier row has, whether that row was right or not.
    fn given_id(&mut self, line: u64, text: &str) -> Result<String, SheetReason> {
        let id = parse_id(text).map_err(SheetReason::Field)?;
        match self.seen.entry(id.as_str().into()) {
            Entry::Vacant(free) => {
                free.insert(line);
                Ok(id)
            }
            Entry::Occupied(taken) => Err(SheetReason::IdTwice {
                first: *taken.get(),
            }),
        }
    }
}

/// A short mark of a file, for the ids that are made for its rows. Whoever may
/// import a file may name any record, so that nobody gains by a file with the
/// mark of another.
pub(crate) fn mark_of(file: &[u8]) -> u64 {
    Hash::of(&[file]).short()
}

/// The id of a row that gives none: 16 digits 0-9 a-f of the file, and the line.
fn made_id(mark: u64, line: u64) -> String {
    format!("{mark:016x}-{line}")
}
