//! Spreadsheets in and out: rows of text, checked against a record type.
//!
//! A sheet is read whole or not at all: [`read_csv`] gives rows only where the
//! whole file is right, [`sift_csv`] gives the good rows beside all faults. What
//! it checks is the file and its cells. Whether a referred record exists, and
//! whether one that may be new lacks a required field, is for the desk to rule.
//!
//! A sheet holds persons. A fault shows a cell and goes to the person who
//! imports; it never goes into a log, a metric, a trace or an entry.
//!
//! No more than a small multiple of a file's size is held: rows are checked one
//! by one and read again when they are taken, never kept.

mod columns;
mod csv;
mod fault;
mod inert;
mod limits;
mod rows;

pub use csv::{Sheet, Sifted, WriteError, read_csv, read_limited, sift_csv, write_csv, write_rows};
pub use fault::{Faults, MAX_FAULTS, RowFault, SheetReason};
pub use limits::SheetLimits;
pub use rows::Row;
