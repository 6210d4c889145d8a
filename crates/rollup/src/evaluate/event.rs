//! Flows: what happened on a day.

use terrace_catalog::RecordType;
use terrace_model::{Date, Month, Record};

use super::{
    ledger::Ledger,
    reading::{Reading, code},
    span,
};

/// The day on which it happened. The end of a span is an exit, and dated the
/// first day that no longer counts, so that entries less exits are the change
/// of the stock.
pub(super) fn day(of: &RecordType, record: &Record, field: &str) -> Option<Date> {
    if of.span.as_ref().is_some_and(|span| span.end == field) {
        span::exit(of, record)
    } else {
        record.date(field)
    }
}

/// Enters what happened, read as the record was on that day.
pub(super) fn enter(
    ledger: &mut Ledger<'_>,
    record: &Record,
    day: Option<Date>,
    reading: Reading<'_>,
) {
    let Some(day) = day else { return };
    if let Some(amount) = reading.amount(record, day) {
        let cells = ledger.cells(|source| code(record, source, day));
        ledger.add(Month::of(day), &cells, amount);
    }
}
