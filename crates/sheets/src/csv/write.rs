use std::{
    borrow::Borrow,
    io::{self, Write},
};

use terrace_catalog::{Field, Kept, RecordType, text_of};
use terrace_model::{Record, RecordKey};
use thiserror::Error;

use crate::{
    columns::{Column, Columns},
    inert::made_inert,
};

/// A table that could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The file, pipe or socket failed.
    #[error("cannot write the table")]
    Io(#[source] io::Error),
    /// A row has more or fewer cells than the header.
    #[error("a row has {found} cells where the header has {expected}")]
    Uneven {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
}

/// Writes records of one type as [`read_csv`](crate::read_csv) reads them: a
/// header of `id` and all field ids, then each record's newest values; of its
/// confirmations, the last. Reading them back gives equal rows, and a put of such
/// a row changes nothing.
///
/// UTF-8 without byte order mark, lines end with LF. A cell that a sheet program
/// would run gets a leading `'`, which the reader takes away again.
///
/// # Errors
/// [`WriteError::Io`].
pub fn write_csv<K, R>(
    of: &RecordType,
    records: impl IntoIterator<Item = (K, R)>,
    out: impl Write,
) -> Result<(), WriteError>
where
    K: Borrow<RecordKey>,
    R: Borrow<Record>,
{
    let columns = Columns::all(of);
    let header: Vec<&str> = columns.iter().map(Column::name).collect();
    let rows = records.into_iter().map(|(key, record)| {
        let fields = of.fields.iter().map(|field| newest(field, record.borrow()));
        let id = key.borrow().id.clone();
        std::iter::once(id).chain(fields).collect::<Vec<_>>()
    });
    write_rows(&header, rows, out)
}

/// Writes any table: a header, and rows of as many cells. UTF-8 without byte
/// order mark, lines end with LF.
///
/// A cell that a sheet program would run gets a leading `'`. That is every cell
/// that begins with one of `=+-@`, a number below zero not excepted.
///
/// # Errors
/// [`WriteError::Uneven`] after the rows before it; [`WriteError::Io`].
pub fn write_rows<H, R>(
    header: &[H],
    rows: impl IntoIterator<Item = R>,
    out: impl Write,
) -> Result<(), WriteError>
where
    H: AsRef<str>,
    R: IntoIterator,
    R::Item: AsRef<str>,
{
    let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(out);
    write_row(&mut writer, header)?;
    for row in rows {
        let row: Vec<R::Item> = row.into_iter().collect();
        let (expected, found) = (header.len(), row.len());
        if expected != found {
            return Err(WriteError::Uneven { expected, found });
        }
        write_row(&mut writer, &row)?;
    }
    writer.flush().map_err(WriteError::Io)
}

fn write_row(
    writer: &mut ::csv::Writer<impl Write>,
    row: &[impl AsRef<str>],
) -> Result<(), WriteError> {
    for cell in row {
        let cell = made_inert(cell.as_ref());
        writer.write_field(cell.as_bytes()).map_err(failed)?;
    }
    writer.write_record(None::<&[u8]>).map_err(failed)
}

fn failed(error: ::csv::Error) -> WriteError {
    WriteError::Io(error.into())
}

/// The text of a field's newest value; empty where there is none.
fn newest(field: &Field, record: &Record) -> String {
    let text = match field.kept {
        Kept::Record | Kept::State => record.newest(&field.id).map(text_of),
        Kept::Confirmation => record.confirmations.last().map(ToString::to_string),
    };
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests;
