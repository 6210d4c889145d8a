//! Figures that several records make together: the persons with an assignment
//! in force who were visited in a month.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{FlowSource, Measure};
use terrace_model::{Range, Reads, Record, RecordKey, Seen};

use crate::{Place, assignment, figures::Changes};

/// Types and fields under which the records of a person are found.
fn sources<'a>(place: &Place<'a>) -> BTreeSet<(&'a str, &'a str)> {
    let mut found = BTreeSet::new();
    for of in &place.catalog().indicators {
        match &of.measure {
            Measure::Flow(FlowSource::Reached {
                assignments,
                visits,
                person,
            }) => {
                found.insert((assignments.as_str(), person.as_str()));
                found.insert((visits.as_str(), person.as_str()));
            }
            Measure::Flow(FlowSource::Event { .. } | FlowSource::Submission { .. })
            | Measure::Stock(_)
            | Measure::Ratio { .. } => {}
        }
    }
    found
}

/// The persons whose figures a change of one record may move.
fn persons(key: &RecordKey, records: [Option<&Record>; 2], place: &Place<'_>) -> BTreeSet<String> {
    let of = |record| terrace_rollup::reached_persons(place.catalog(), key, record);
    records.into_iter().flatten().flat_map(of).collect()
}

fn lookup((kind, field): (&str, &str), person: &str) -> Range {
    Range::Lookup {
        kind: kind.to_string(),
        field: field.to_string(),
        value: person.to_string(),
    }
}

/// Asks for all records of the persons that a record names.
pub(crate) fn needs(
    key: &RecordKey,
    records: [Option<&Record>; 2],
    seen: &Seen,
    place: &Place<'_>,
    reads: &mut Reads,
) {
    for person in persons(key, records, place) {
        for source in sources(place) {
            let range = lookup(source, &person);
            assignment::needs_found(&range, seen, reads);
            reads.range(range);
        }
    }
}

/// Adds what a change of one record moves of these figures.
pub(crate) fn add(
    key: &RecordKey,
    before: Option<&Record>,
    after: Option<&Record>,
    seen: &Seen,
    place: &Place<'_>,
    changes: &mut Changes,
) {
    for person in persons(key, [before, after], place) {
        let mut others: Vec<(RecordKey, Record)> = Vec::new();
        for source in sources(place) {
            let range = lookup(source, &person);
            let found = assignment::found(&range, seen);
            let keyed = found.map(|(id, record)| (RecordKey::new(source.0, id), record.clone()));
            others.extend(keyed.filter(|(other, _)| other != key));
        }
        let count = |this: Option<&Record>| {
            let mut all = others.clone();
            all.extend(this.map(|record| (key.clone(), record.clone())));
            terrace_rollup::reached(place.catalog(), &person, &all)
        };
        terrace_rollup::add(
            changes,
            &terrace_rollup::difference(&count(before), &count(after)),
        );
    }
}
