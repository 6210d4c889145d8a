use std::io::{self, Read};

use terrace_catalog::RecordType;

use super::split::{LoneCr, Split};
use crate::{
    Faults, Row, RowFault, SheetLimits, SheetReason,
    columns::Columns,
    fault::HEADER_LINE,
    rows::{Outcome, RowReader, mark_of},
};

/// What a file in UTF-8 may begin with.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A sheet that was read to its end.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    of: &'a RecordType,
    columns: Columns,
    /// The text below the header.
    below: Split<'a>,
    mark: u64,
    max_rows: usize,
    good: usize,
}

impl Sheet<'_> {
    /// The good rows, in the order of their lines. They are read anew each time,
    /// and are the same each time.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        self.outcomes().filter_map(|outcome| match outcome {
            Outcome::Good(row) => Some(row),
            Outcome::Bad(_) | Outcome::Stop(_) => None,
        })
    }

    /// How many good rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.good
    }

    /// Whether there is no good row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.good == 0
    }

    /// Fields that a new record must be given and that have no column. Where
    /// there is no column of ids either they are faults of the sheet.
    pub fn absent(&self) -> impl Iterator<Item = &str> {
        self.columns.absent(self.of)
    }

    /// What each row turns out to be; a fault of the whole file comes last.
    fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        let mut below = self.below.clone();
        let mut reader = RowReader::new(self.of, &self.columns, self.mark, self.max_rows);
        let mut stopped = false;
        std::iter::from_fn(move || {
            while !stopped {
                let outcome = match below.next_row() {
                    Ok(Some(raw)) => reader.read(&raw),
                    Ok(None) => return None,
                    Err(cr) => Some(Outcome::Stop(lone_cr(cr))),
                };
                stopped = matches!(outcome, Some(Outcome::Stop(_)));
                if outcome.is_some() {
                    return outcome;
                }
            }
            None
        })
    }
}

/// A sheet's good rows, beside all that is wrong with it.
#[derive(Clone, Debug)]
pub struct Sifted<'a> {
    /// The sheet; none where it is refused as a whole: too large, in another
    /// encoding, or with a column that cannot be.
    pub sheet: Option<Sheet<'a>>,
    /// All faults.
    pub faults: Faults,
}

/// Reads a sheet of records of one type, whole or not at all.
///
/// The text is UTF-8, with or without byte order mark, and RFC 4180 with LF or
/// CRLF. The first line holds field ids, and `id` where ids are given, in any
/// order. An empty cell is as if not given, and refused where the field must be
/// given. A missing column of such a field is a fault of the sheet where no
/// column holds ids; where one does, a row may be an edit of a record that has the
/// field. Empty lines, and rows of empty cells, are counted as
/// lines and else skipped. A row without id gets one that is made of the file's
/// SHA-256 and its line, so that the same file again names the same records.
///
/// # Errors
/// All faults of the sheet.
pub fn read_csv<'a>(
    bytes: &'a [u8],
    of: &'a RecordType,
    limits: &SheetLimits,
) -> Result<Sheet<'a>, Faults> {
    let sifted = sift_csv(bytes, of, limits);
    match sifted.sheet {
        Some(sheet) if sifted.faults.is_empty() => Ok(sheet),
        Some(_) | None => Err(sifted.faults),
    }
}

/// Reads a sheet as [`read_csv`] does, and gives its good rows beside its faults.
///
/// Of two rows with one id the later is bad, even where the earlier is bad too.
#[must_use]
pub fn sift_csv<'a>(bytes: &'a [u8], of: &'a RecordType, limits: &SheetLimits) -> Sifted<'a> {
    let mut faults = Faults::default();
    let sheet = match open(bytes, of, limits) {
        Ok(sheet) => {
            if !sheet.columns.has_ids() {
                faults.extend(sheet.absent().map(RowFault::of_absent));
            }
            checked(sheet, &mut faults)
        }
        Err(refused) => {
            faults.extend(refused);
            None
        }
    };
    Sifted { sheet, faults }
}

/// Reads a file for [`read_csv`]: never more than one byte over the limit, with
/// which the sheet is refused.
///
/// # Errors
/// The reader's own.
pub fn read_limited(from: impl Read, limits: &SheetLimits) -> io::Result<Vec<u8>> {
    let most = u64::try_from(limits.max_bytes).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    from.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads up to the first row.
fn open<'a>(
    bytes: &'a [u8],
    of: &'a RecordType,
    limits: &SheetLimits,
) -> Result<Sheet<'a>, Vec<RowFault>> {
    let refused = |line, reason| vec![RowFault::whole(line, reason)];
    if bytes.len() > limits.max_bytes {
        let max = limits.max_bytes;
        return Err(refused(HEADER_LINE, SheetReason::TooManyBytes { max }));
    }
    let text = text_of(bytes).map_err(|line| refused(line, SheetReason::NotUtf8))?;
    let mut below = Split::new(text, limits);
    let header = below.next_row().map_err(|cr| vec![lone_cr(cr)])?;
    let header = header.filter(|header| header.line == HEADER_LINE);
    let header = header.ok_or_else(|| refused(HEADER_LINE, SheetReason::NoHeader))?;
    if header.width > header.cells.len() {
        let max = limits.max_columns;
        return Err(refused(HEADER_LINE, SheetReason::TooManyColumns { max }));
    }
    Ok(Sheet {
        of,
        columns: Columns::read(of, &header.cells)?,
        below,
        mark: mark_of(bytes),
        max_rows: limits.max_rows,
        good: 0,
    })
}

/// Reads to the end; none where the file is refused on the way.
fn checked<'a>(mut sheet: Sheet<'a>, faults: &mut Faults) -> Option<Sheet<'a>> {
    let mut good = 0;
    let mut stopped = false;
    for outcome in sheet.outcomes() {
        match outcome {
            Outcome::Good(_) => good += 1,
            Outcome::Bad(of_row) => faults.extend(of_row),
            Outcome::Stop(of_file) => {
                stopped = true;
                faults.extend([of_file]);
            }
        }
    }
    sheet.good = good;
    (!stopped).then_some(sheet)
}

/// The text without its byte order mark.
///
/// # Errors
/// The line of the first byte that is no UTF-8.
fn text_of(bytes: &[u8]) -> Result<&str, u64> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let right = bytes.iter().take(error.valid_up_to());
        1 + right.filter(|byte| **byte == b'\n').count() as u64
    })?;
    Ok(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
}

fn lone_cr(cr: LoneCr) -> RowFault {
    RowFault::whole(cr.line, SheetReason::LoneCr)
}

#[cfg(test)]
mod limit_tests;
#[cfg(test)]
mod tests;
