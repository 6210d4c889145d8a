//! From records to cells: what a record changes in which month.

mod event;
mod ledger;
mod reached;
mod reading;
mod span;
mod stale;
mod submission;

use alloc::{collections::BTreeMap, string::String};

use terrace_catalog::{Catalog, FlowSource, Measure, StockSource};
use terrace_model::{Decimal, Dims, Month, Record, RecordKey};

pub use reached::{reached, reached_persons};
pub use submission::{Course, Ending, course_contributions};

use ledger::Ledger;
use reading::Reading;

/// Changes by (indicator id, month, cell): what happened for a flow, and for a
/// stock its value at the month's end less that at the end of the month before.
/// Never holds a zero.
pub type Contributions = BTreeMap<(String, Month, Dims), Decimal>;

/// What one record adds to the cells of all indicators that are counted from
/// records one by one; those over several records have [`reached`].
///
/// What the calendar alone will change is among it, in the month where it
/// happens. A record of a type that the catalog does not know adds nothing.
#[must_use]
pub fn contributions(catalog: &Catalog, key: &RecordKey, record: &Record) -> Contributions {
    let mut found = Contributions::new();
    let Some(of) = catalog.record_type(&key.kind) else {
        return found;
    };
    for indicator in &catalog.indicators {
        let mut ledger = Ledger::open(indicator, &mut found);
        match &indicator.measure {
            Measure::Stock(StockSource::Span {
                of: source,
                sum,
                filters,
            }) => {
                if *source == of.id {
                    let reading = Reading { sum, filters };
                    let life = span::life(of, record);
                    span::enter(&mut ledger, record, life, reading);
                }
            }
            Measure::Stock(StockSource::Stale { of: source, days }) => {
                if *source == of.id {
                    let stretches = stale::stretches(of, record, *days);
                    span::enter(&mut ledger, record, stretches, Reading::EACH_ONCE);
                }
            }
            Measure::Flow(FlowSource::Event {
                of: source,
                date,
                sum,
                filters,
            }) => {
                if *source == of.id {
                    let reading = Reading { sum, filters };
                    event::enter(&mut ledger, record, event::day(of, record, date), reading);
                }
            }
            Measure::Flow(FlowSource::Reached { .. } | FlowSource::Submission { .. })
            | Measure::Ratio { .. } => {}
        }
    }
    found.retain(|_, change| !change.is_zero());
    found
}

/// What an edit says: the changes after it less those before it. A new record
/// has none before, a deleted one none after.
#[must_use]
pub fn difference(before: &Contributions, after: &Contributions) -> Contributions {
    let mut changes = after.clone();
    for (cell, change) in before {
        enter(&mut changes, cell, -*change);
    }
    changes
}

/// Adds changes to those there are; a cell that comes to zero goes.
pub fn add(total: &mut Contributions, changes: &Contributions) {
    for (cell, change) in changes {
        enter(total, cell, *change);
    }
}

fn enter(total: &mut Contributions, cell: &(String, Month, Dims), change: Decimal) {
    let sum = total.remove(cell).unwrap_or_default() + change;
    if !sum.is_zero() {
        total.insert(cell.clone(), sum);
    }
}
