//! An independent count: straight from records, by the rules as they are
//! written, without monthly changes. It is slow and plain, and shares no
//! arithmetic with what it checks.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{
    Catalog, Dim, DimFilter, DimSource, Ends, Filter, FlowSource, Indicator, Keep, Measure, Part,
    RecordType, StockSource, Sum,
};
use terrace_model::{Date, Decimal, Dims, Month, NOT_GIVEN, Period, Record, RecordKey, Value};

/// Days from the first to the last: a flow counts what happened on them, a
/// stock what there is at the end of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// S
    pub first: Date,
    /// E
    pub last: Date,
}

impl Days {
    /// One day.
    #[must_use]
    pub const fn only(day: Date) -> Self {
        Self {
            first: day,
            last: day,
        }
    }

    fn hold(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

impl From<Period> for Days {
    fn from(period: Period) -> Self {
        Self {
            first: period.start(),
            last: period.end(),
        }
    }
}

/// Counts a stock or flow over all the records, apart by the given dimensions
/// of the indicator, sorted by their ids. Cells of zero are left out.
///
/// A ratio has no cells: see [`recount_ratio`]. Submissions are no records:
/// their flows are empty.
#[must_use]
pub fn recount(
    catalog: &Catalog,
    records: &[(RecordKey, Record)],
    indicator: &Indicator,
    by: &[&Dim],
    over: Days,
) -> BTreeMap<Dims, Decimal> {
    let mut count = Count {
        by: sorted(by),
        cells: BTreeMap::new(),
    };
    match &indicator.measure {
        Measure::Stock(StockSource::Span { of, sum, filters }) => {
            for (of, record) in of_type(catalog, records, of) {
                if in_stock(of, record, over.last) {
                    count.take(record, over.last, sum, filters);
                }
            }
        }
        Measure::Stock(StockSource::Stale { of, days }) => {
            for (of, record) in of_type(catalog, records, of) {
                if is_stale(of, record, over.last, *days) {
                    count.take(record, over.last, &Sum::One, &[]);
                }
            }
        }
        Measure::Flow(FlowSource::Event {
            of,
            date,
            sum,
            filters,
        }) => {
            for (of, record) in of_type(catalog, records, of) {
                if let Some(day) = dated(of, record, date).filter(|day| over.hold(*day)) {
                    count.take(record, day, sum, filters);
                }
            }
        }
        Measure::Flow(FlowSource::Reached {
            assignments,
            visits,
            person,
        }) => {
            let visits: Vec<_> = of_type(catalog, records, visits).collect();
            let assignments: Vec<_> = of_type(catalog, records, assignments).collect();
            let reached = reached(&assignments, &visits, person, over);
            count.put(Dims::new(), whole(reached));
        }
        Measure::Flow(FlowSource::Submission { .. }) | Measure::Ratio { .. } => {}
    }
    count.cells.retain(|_, value| !value.is_zero());
    count.cells
}

/// Counts numerator and denominator of a ratio over all the records, apart by
/// the given dimensions. Of an indicator that is no ratio: nothing.
#[must_use]
pub fn recount_ratio(
    catalog: &Catalog,
    records: &[(RecordKey, Record)],
    indicator: &Indicator,
    by: &[&Dim],
    over: Days,
) -> BTreeMap<Dims, (Decimal, Decimal)> {
    let mut both: BTreeMap<Dims, (Decimal, Decimal)> = BTreeMap::new();
    match &indicator.measure {
        Measure::Ratio { num, den } => {
            for (dims, value) in recount_part(catalog, records, num, by, over) {
                both.entry(dims).or_default().0 += value;
            }
            for (dims, value) in recount_part(catalog, records, den, by, over) {
                both.entry(dims).or_default().1 += value;
            }
        }
        Measure::Stock(_) | Measure::Flow(_) => {}
    }
    both
}

fn recount_part(
    catalog: &Catalog,
    records: &[(RecordKey, Record)],
    part: &Part,
    by: &[&Dim],
    over: Days,
) -> Vec<(Dims, Decimal)> {
    let Some(counted) = catalog.indicator(&part.indicator) else {
        return Vec::new();
    };
    let filtered = part.filters.iter().map(|filter| filter.dim.as_str());
    let wanted: BTreeSet<&str> = by
        .iter()
        .map(|dim| dim.id.as_str())
        .chain(filtered)
        .collect();
    let wanted: Vec<&Dim> = wanted
        .into_iter()
        .filter_map(|id| counted.dim(id))
        .collect();
    let asked = |id: &String| by.iter().any(|dim| dim.id == *id);
    let mut kept = Vec::new();
    for (dims, value) in recount(catalog, records, counted, &wanted, over) {
        if part.filters.iter().all(|filter| keeps(filter, &dims)) {
            kept.push((
                dims.into_iter().filter(|(id, _)| asked(id)).collect(),
                value,
            ));
        }
    }
    kept
}

fn keeps(filter: &DimFilter, dims: &Dims) -> bool {
    let code = dims
        .iter()
        .find(|(id, _)| *id == filter.dim)
        .map(|(_, code)| code);
    let among = |codes: &Vec<String>| code.is_some_and(|code| codes.contains(code));
    match &filter.keep {
        Keep::Only(codes) => among(codes),
        Keep::Except(codes) => !among(codes),
    }
}

struct Count<'a> {
    by: Vec<&'a Dim>,
    cells: BTreeMap<Dims, Decimal>,
}

impl Count<'_> {
    fn take(&mut self, record: &Record, day: Date, sum: &Sum, filters: &[Filter]) {
        for filter in filters {
            match record.value_at(&filter.field, day) {
                Some(Value::Code(code)) if filter.codes.contains(code) => {}
                Some(_) | None => return,
            }
        }
        let dims = self
            .by
            .iter()
            .map(|dim| (dim.id.clone(), coded(record, dim, day)))
            .collect();
        let value = match sum {
            Sum::One => Decimal::whole(1),
            Sum::Field(field) => match record.value_at(field, day).map(Value::as_decimal) {
                Some(Some(number)) => number,
                Some(None) | None => Decimal::ZERO,
            },
        };
        self.put(dims, value);
    }

    fn put(&mut self, dims: Dims, value: Decimal) {
        let cell = self.cells.entry(dims).or_insert(Decimal::ZERO);
        *cell += value;
    }
}

fn sorted<'a>(by: &[&'a Dim]) -> Vec<&'a Dim> {
    let by_id: BTreeMap<&str, &Dim> = by.iter().map(|dim| (dim.id.as_str(), *dim)).collect();
    by_id.into_values().collect()
}

fn coded(record: &Record, dim: &Dim, day: Date) -> String {
    match &dim.source {
        DimSource::Field(field) => match record.value_at(field, day) {
            Some(Value::Code(code)) => code.clone(),
            Some(_) | None => NOT_GIVEN.to_string(),
        },
        DimSource::FirstGiven(fields) => {
            for field in fields {
                if record.value_at(field, day).is_some() {
                    return field.clone();
                }
            }
            NOT_GIVEN.to_string()
        }
        DimSource::Outcome => NOT_GIVEN.to_string(),
    }
}

fn of_type<'a>(
    catalog: &'a Catalog,
    records: &'a [(RecordKey, Record)],
    kind: &'a str,
) -> impl Iterator<Item = (&'a RecordType, &'a Record)> {
    let of = catalog.record_type(kind);
    let of_kind = records.iter().filter(move |(key, _)| key.kind == kind);
    of_kind.filter_map(move |(_, record)| Some((of?, record)))
}

/// Whether a record is in the stock at the end of day E.
fn in_stock(of: &RecordType, record: &Record, e: Date) -> bool {
    let Some(span) = &of.span else { return false };
    let started = record.date(&span.start).is_some_and(|since| since <= e);
    let goes_on = match (record.date(&span.end), span.ends) {
        (None, _) => true,
        (Some(left), Ends::FirstDayOut) => e < left,
        (Some(until), Ends::LastDayIn) => e <= until,
    };
    started && goes_on
}

/// Whether E lies more than so many days after the last confirmation, else the
/// start.
fn is_stale(of: &RecordType, record: &Record, e: Date, days: u16) -> bool {
    let confirmed = record
        .confirmations
        .iter()
        .filter(|day| **day <= e)
        .max()
        .copied();
    let start = || record.date(&of.span.as_ref()?.start);
    let age = |base: Date| (e - base).get_days();
    in_stock(of, record, e)
        && confirmed
            .or_else(start)
            .is_some_and(|base| age(base) > i32::from(days))
}

/// The day on which something happened; an exit after a last day is dated the
/// day after.
fn dated(of: &RecordType, record: &Record, field: &str) -> Option<Date> {
    let day = record.date(field)?;
    match &of.span {
        Some(span) if span.end == field && span.ends == Ends::LastDayIn => day.tomorrow().ok(),
        Some(_) | None => Some(day),
    }
}

/// Persons by month with a visit on a day on which they were assigned.
fn reached(
    assignments: &[(&RecordType, &Record)],
    visits: &[(&RecordType, &Record)],
    person: &str,
    over: Days,
) -> BTreeSet<(String, Month)> {
    let mut reached = BTreeSet::new();
    for (of, visit) in visits {
        let day = of.date.as_ref().and_then(|field| visit.date(field));
        let Some(day) = day.filter(|day| over.hold(*day)) else {
            continue;
        };
        let Some(visited) = visit.value_at(person, day) else {
            continue;
        };
        let assigned = assignments.iter().any(|(of, assignment)| {
            in_stock(of, assignment, day) && assignment.value_at(person, day) == Some(visited)
        });
        if let (true, Some(id)) = (assigned, visited.as_key()) {
            reached.insert((id.to_string(), Month::of(day)));
        }
    }
    reached
}

fn whole<T>(set: BTreeSet<T>) -> Decimal {
    set.into_iter().map(|_| Decimal::ONE).sum()
}
