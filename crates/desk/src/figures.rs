use alloc::{collections::BTreeMap, string::String, vec::Vec};

use terrace_catalog::{FlowSource, Measure};
use terrace_model::{
    Audience, Cell, CellKey, Change, Date, Decimal, Dims, Entry, Fact, Key, Lane, Month, Range,
    Reads, Ruling, Say, Seen, Through,
};

use crate::{Arrived, NoEffect, Place};

/// Changes of cells, by indicator, month and dimensions.
pub(crate) type Changes = BTreeMap<(String, Month, Dims), Decimal>;

/// The cells that changes touch.
pub(crate) fn needs_cells(changes: &Changes, place: &Place<'_>) -> Reads {
    let mut reads = needs_through(place);
    for key in changes.keys() {
        reads.key(Key::Cell(cell_key(key, place)));
    }
    reads
}

fn cell_key((indicator, month, dims): &(String, Month, Dims), place: &Place<'_>) -> CellKey {
    CellKey {
        office: place.me,
        indicator: indicator.clone(),
        month: *month,
        dims: dims.clone(),
    }
}

/// Says the whole new value of every cell that changes, and with them the
/// *through* mark: never one without the other.
pub(crate) fn say(changes: Changes, seen: &Seen, place: &Place<'_>, ruling: &mut Ruling) {
    for (at, change) in changes {
        if change.is_zero() {
            continue;
        }
        let definition = place.book.definition(&at.0);
        let key = cell_key(&at, place);
        let before = seen
            .cell(&key)
            .map_or(Decimal::ZERO, |said| said.value.change);
        let after = before + change;
        let cell = (!after.is_zero()).then_some(Cell {
            change: after,
            definition,
        });
        let fact = cell.map(|cell| Fact::Cell(place.said(cell)));
        ruling.changes.push(Change {
            key: Key::Cell(key.clone()),
            fact,
        });
        let entry = Entry::Figure { key, cell };
        ruling
            .says
            .push(Say::plain(Audience::Ancestors, Lane::Latest, entry));
    }
    say_through(seen, place, ruling);
}

/// The first day that figures over submissions may have.
pub(crate) const EARLIEST: Date = Date::constant(1970, 1, 1);

/// The cells over submissions, of all months: which of them a step moves is told
/// by the steps before it.
pub(crate) fn needs_of_submissions(place: &Place<'_>) -> Reads {
    let mut reads = needs_through(place);
    let all = || Month::of(EARLIEST)..=Month::of(Date::MAX);
    for of in &place.catalog().indicators {
        if matches!(of.measure, Measure::Flow(FlowSource::Submission { .. })) {
            reads.range(Range::cells(place.me, &of.id, all()));
        }
    }
    reads
}

/// The mark that this office said last.
pub(crate) fn needs_through(place: &Place<'_>) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Through(place.me));
    reads
}

/// Moves the mark to today, where it is not there yet. It never falls within an
/// epoch; each epoch says its own, since its window replaces the older ones.
fn say_through(seen: &Seen, place: &Place<'_>, ruling: &mut Ruling) {
    let (epoch, _) = place.latest;
    let last = seen.through(place.me).filter(|said| said.epoch == epoch);
    let last = last.map(|said| said.value);
    let date = last.map_or(place.today, |last| last.date.max(place.today));
    let through = Through {
        date,
        catalog: place.book.hash,
    };
    if last == Some(through) {
        return;
    }
    let fact = Fact::Through(place.said(through));
    ruling
        .changes
        .push(Change::keep(Key::Through(place.me), fact));
    let entry = Entry::Through(through);
    ruling
        .says
        .push(Say::plain(Audience::Ancestors, Lane::Latest, entry));
}

/// What a new day says of the figures.
pub(crate) fn new_day(seen: &Seen, place: &Place<'_>) -> Ruling {
    let mut ruling = Ruling::default();
    say_through(seen, place, &mut ruling);
    ruling
}

/// Another office's cell.
pub(crate) fn receive(
    key: &CellKey,
    cell: Option<Cell>,
    arrived: &Arrived<'_>,
) -> Result<Ruling, NoEffect> {
    if key.office != arrived.origin() {
        return Err(NoEffect::NotTheirs);
    }
    let fact = cell.map(|cell| Fact::Cell(arrived.said(cell)));
    let changes = Vec::from([Change {
        key: Key::Cell(key.clone()),
        fact,
    }]);
    Ok(Ruling {
        changes,
        says: Vec::new(),
    })
}

/// Another office's mark.
pub(crate) fn receive_through(through: Through, arrived: &Arrived<'_>) -> Ruling {
    let fact = Fact::Through(arrived.said(through));
    let changes = Vec::from([Change::keep(Key::Through(arrived.origin()), fact)]);
    Ruling {
        changes,
        says: Vec::new(),
    }
}
