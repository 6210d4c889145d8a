//! Assigned persons with a visit in the month (联系对象走访人数): counted over
//! several records.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use terrace_catalog::{Catalog, FlowSource, Indicator, Measure, RecordType};
use terrace_model::{Date, Decimal, Month, Record, RecordKey, Value};

use super::{Contributions, ledger::Ledger, span};

/// Where such an indicator looks.
struct Sources<'a> {
    indicator: &'a Indicator,
    assignments: &'a RecordType,
    visits: &'a RecordType,
    person: &'a str,
}

fn sources(catalog: &Catalog) -> impl Iterator<Item = Sources<'_>> {
    catalog.indicators.iter().filter_map(|indicator| {
        let Measure::Flow(FlowSource::Reached {
            assignments,
            visits,
            person,
        }) = &indicator.measure
        else {
            return None;
        };
        Some(Sources {
            indicator,
            assignments: catalog.record_type(assignments)?,
            visits: catalog.record_type(visits)?,
            person,
        })
    })
}

/// What one person adds to the cells of indicators that count assigned persons
/// with a visit.
///
/// `records` are the assignments and visits that name the person, in any state;
/// others among them count nothing. The person counts once for a month with a
/// visit on a day on which an assignment was in force, however many staff, and
/// however many visits there were.
#[must_use]
pub fn reached(catalog: &Catalog, person: &str, records: &[(RecordKey, Record)]) -> Contributions {
    let mut found = Contributions::new();
    for sources in sources(catalog) {
        let of_type = |of: &RecordType| -> Vec<&Record> {
            let is_one = |(key, _): &&(RecordKey, Record)| key.kind == of.id;
            records
                .iter()
                .filter(is_one)
                .map(|(_, record)| record)
                .collect()
        };
        let assignments = of_type(sources.assignments);
        let visits = of_type(sources.visits);
        let assigned = |day: &Date| {
            assignments.iter().any(|assignment| {
                span::life(sources.assignments, assignment).is_some_and(|life| life.has(*day))
                    && names(assignment, sources.person, *day) == Some(person)
            })
        };
        let visited = |visit: &&Record| {
            let day = visit.date(sources.visits.date.as_deref()?)?;
            (names(visit, sources.person, day) == Some(person)).then_some(day)
        };
        let days = visits.iter().filter_map(visited).filter(assigned);
        let months: BTreeSet<Month> = days.map(Month::of).collect();
        let mut ledger = Ledger::open(sources.indicator, &mut found);
        let cells = ledger.cells(|_| String::new());
        for month in months {
            ledger.add(month, &cells, Decimal::ONE);
        }
    }
    found
}

fn names<'a>(record: &'a Record, person: &str, day: Date) -> Option<&'a str> {
    record.value_at(person, day).and_then(Value::as_key)
}

/// The persons whose [`reached`] an edit of this record may change: all that it
/// names in any of its states, where it is an assignment or a visit.
#[must_use]
pub fn reached_persons(catalog: &Catalog, key: &RecordKey, record: &Record) -> BTreeSet<String> {
    let mut persons = BTreeSet::new();
    for sources in sources(catalog) {
        if key.kind != sources.assignments.id && key.kind != sources.visits.id {
            continue;
        }
        let states = record.states.iter().map(|state| &state.fields);
        let named = states
            .chain([&record.fixed])
            .filter_map(|fields| fields.get(sources.person));
        persons.extend(named.filter_map(Value::as_key).map(String::from));
    }
    persons
}
