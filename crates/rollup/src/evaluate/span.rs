//! Stocks: what a record adds while its span lasts.

use alloc::vec::Vec;

use terrace_catalog::{Ends, RecordType};
use terrace_model::{Date, Month, Record};

use super::{
    ledger::Ledger,
    reading::{Reading, code},
};

/// Days on end: from the first one on, up to but without the day `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    from: Date,
    to: Option<Date>,
}

impl Stretch {
    /// None: no day lies between.
    pub(super) fn new(from: Date, to: Option<Date>) -> Option<Self> {
        let empty = to.is_some_and(|to| to <= from);
        (!empty).then_some(Self { from, to })
    }

    pub(super) const fn from(self) -> Date {
        self.from
    }

    pub(super) fn has(self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    /// The days in both.
    pub(super) fn shared(self, other: Self) -> Option<Self> {
        let to = match (self.to, other.to) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self::new(self.from.max(other.from), to)
    }
}

/// The first day on which a record no longer counts; none: it counts on and on.
pub(super) fn exit(of: &RecordType, record: &Record) -> Option<Date> {
    let span = of.span.as_ref()?;
    let end = record.date(&span.end)?;
    match span.ends {
        Ends::FirstDayOut => Some(end),
        Ends::LastDayIn => end.tomorrow().ok(),
    }
}

/// The days on which a record counts. None: it has no span, or ends on the day
/// on which it starts.
pub(super) fn life(of: &RecordType, record: &Record) -> Option<Stretch> {
    let start = record.date(&of.span.as_ref()?.start)?;
    Stretch::new(start, exit(of, record))
}

/// Enters what a record adds on the days of the stretches.
///
/// Each stretch is cut where a new state begins. A piece enters in the month of
/// its first day and leaves in the month of the first day after it; of pieces
/// that lie within one month nothing is left, and a running total over months
/// counts exactly the pieces that hold the last day.
pub(super) fn enter(
    ledger: &mut Ledger<'_>,
    record: &Record,
    stretches: impl IntoIterator<Item = Stretch>,
    reading: Reading<'_>,
) {
    for piece in stretches
        .into_iter()
        .flat_map(|stretch| pieces(record, stretch))
    {
        let Some(amount) = reading.amount(record, piece.from) else {
            continue;
        };
        let cells = ledger.cells(|source| code(record, source, piece.from));
        ledger.add(Month::of(piece.from), &cells, amount);
        if let Some(to) = piece.to {
            ledger.add(Month::of(to), &cells, -amount);
        }
    }
}

/// Cuts a stretch where a state begins; the first state holds before its own
/// day too.
fn pieces(record: &Record, stretch: Stretch) -> Vec<Stretch> {
    let mut pieces = Vec::new();
    let mut from = stretch.from;
    for state in record.states.iter().skip(1) {
        if from < state.from && stretch.has(state.from) {
            pieces.extend(Stretch::new(from, Some(state.from)));
            from = state.from;
        }
    }
    pieces.extend(Stretch::new(from, stretch.to));
    pieces
}
