//! The cells an office keeps are the sums over its records, after every request.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

use proptest::prelude::*;
use terrace_catalog::{Catalog, Dim, Indicator, Keep, Measure, Part, apply_put, refs_of};
use terrace_model::{
    Date, Decimal, Dims, Fact, Fields, Key, Lookup, Month, Period, Record, RecordKey, Ruling, Value,
};
use terrace_rollup::{Days, recount, recount_ratio};

use super::{
    clerk::{deeds, furnished},
    rig::{World, shifted},
};
use crate::Request;

type Records = BTreeMap<RecordKey, Record>;
/// Changes of an indicator, by month and dimensions.
type Kept = BTreeMap<String, Vec<(Month, Dims, Decimal)>>;

fn kept(world: &World) -> Kept {
    let mut kept = Kept::new();
    for (key, fact) in &world.facts {
        if let (Key::Cell(key), Fact::Cell(said)) = (key, fact) {
            assert!(!said.value.change.is_zero(), "{key:?}");
            assert_eq!(key.office, world.me);
            let change = (key.month, key.dims.clone(), said.value.change);
            kept.entry(key.indicator.clone()).or_default().push(change);
        }
    }
    kept
}

fn ids(family: &[&Dim]) -> BTreeSet<String> {
    family.iter().map(|dim| dim.id.clone()).collect()
}

/// What the cells of a family say of a period: for a stock the running total at
/// its end.
fn summed(
    kept: &Kept,
    indicator: &Indicator,
    family: &[&Dim],
    at: Period,
) -> BTreeMap<Dims, Decimal> {
    let names = ids(family);
    let counts = |month: Month| match indicator.measure {
        Measure::Stock(_) => month <= at.last_month(),
        Measure::Flow(_) => (at.first_month()..=at.last_month()).contains(&month),
        Measure::Ratio { .. } => false,
    };
    let mut sums: BTreeMap<Dims, Decimal> = BTreeMap::new();
    for (month, dims, change) in kept.get(&indicator.id).into_iter().flatten() {
        let of_family = dims.iter().map(|(id, _)| id).eq(names.iter());
        if of_family && counts(*month) {
            *sums.entry(dims.clone()).or_default() += *change;
        }
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

/// What the cells say of one part of a ratio, over all dimensions.
fn part(kept: &Kept, catalog: &Catalog, part: &Part, at: Period) -> Decimal {
    let indicator = catalog.indicator(&part.indicator).unwrap();
    let filtered: Vec<&str> = part
        .filters
        .iter()
        .map(|filter| filter.dim.as_str())
        .collect();
    let family = indicator.family_with(&filtered).unwrap();
    let keeps = |dims: &Dims| {
        part.filters.iter().all(|filter| {
            let (_, code) = dims.iter().find(|(id, _)| *id == filter.dim).unwrap();
            match &filter.keep {
                Keep::Only(codes) => codes.contains(code),
                Keep::Except(codes) => !codes.contains(code),
            }
        })
    };
    let sums = summed(kept, indicator, &family, at);
    sums.iter()
        .filter(|(dims, _)| keeps(dims))
        .map(|(_, sum)| *sum)
        .sum()
}

/// Every indicator of every given period, by all its dimensions.
pub(super) fn agrees(world: &World, periods: &[Period]) -> Result<(), TestCaseError> {
    let catalog = &world.book.catalog;
    let records: Vec<(RecordKey, Record)> = world.records().into_iter().collect();
    let kept = kept(world);
    for indicator in &catalog.indicators {
        let definition = catalog.definition_hash(indicator).short();
        for at in periods {
            for family in indicator.families() {
                let counted = recount(catalog, &records, indicator, &family, Days::from(*at));
                let summed = summed(&kept, indicator, &family, *at);
                prop_assert_eq!(summed, counted, "{} {}", &indicator.id, at);
            }
            if let Measure::Ratio { num, den } = &indicator.measure {
                let counted = recount_ratio(catalog, &records, indicator, &[], Days::from(*at));
                let counted = counted.get(&Dims::new()).copied().unwrap_or_default();
                let said = [num, den].map(|of| part(&kept, catalog, of, *at));
                prop_assert_eq!(said, [counted.0, counted.1], "{} {}", &indicator.id, at);
            }
        }
        let said = world
            .facts
            .iter()
            .filter_map(|(key, fact)| match (key, fact) {
                (Key::Cell(key), Fact::Cell(said)) if key.indicator == indicator.id => Some(said),
                _ => None,
            });
        for said in said {
            prop_assert_eq!(said.value.definition, definition, "{}", &indicator.id);
        }
    }
    Ok(())
}

/// Every period of a kind that such records can touch.
pub(super) fn periods(first: &str) -> Vec<Period> {
    let mut periods = Vec::new();
    let mut period: Period = first.parse().unwrap();
    while period.start() < super::rig::day("2027-09-01") {
        periods.push(period);
        period = period.next();
    }
    periods
}

/// Every value under which a record is found, from all its states.
fn lookups(catalog: &Catalog, records: &Records) -> BTreeSet<Lookup> {
    let mut found = BTreeSet::new();
    for (key, record) in records {
        let of = catalog.record_type(&key.kind).unwrap();
        let states = record.states.iter().map(|state| &state.fields);
        for (field, value) in states.chain([&record.fixed]).flatten() {
            let refers = of.references().any(|(known, _)| known.id == *field);
            let is_staff = key.kind == "assignment" && field == "staff";
            if refers || is_staff {
                found.insert(Lookup {
                    kind: key.kind.clone(),
                    field: field.clone(),
                    value: value.as_key().unwrap().to_string(),
                    id: key.id.clone(),
                });
            }
        }
    }
    found
}

pub(super) fn finds(world: &World) -> Result<(), TestCaseError> {
    let lookup = |key: &Key| {
        let Key::Lookup(lookup) = key else {
            return None;
        };
        Some(lookup.clone())
    };
    let kept: BTreeSet<Lookup> = world.facts.keys().filter_map(lookup).collect();
    prop_assert_eq!(kept, lookups(&world.book.catalog, &world.records()));
    Ok(())
}

/// The days between which a record counts, both included.
fn term(record: &Record) -> Option<(Date, Date)> {
    let until = record.date("until").unwrap_or(Date::MAX);
    record.date("since").map(|since| (since, until))
}

/// Days on which what a set of records says may begin to differ.
fn turns<'a>(records: impl Iterator<Item = &'a Record>) -> BTreeSet<Date> {
    let of = |record: &'a Record| {
        let states = record.states.iter().map(|state| state.from);
        states.chain(record.date("since"))
    };
    records.flat_map(of).collect()
}

/// Whether on every day nobody has more than ten assignments, or a seat twice.
fn nobody_has_too_much(records: &Records) -> bool {
    let of = |kind: &'static str| {
        let of_kind = records.iter().filter(move |(key, _)| key.kind == kind);
        of_kind.map(|(_, record)| record)
    };
    let all_days = |kind: &'static str, fields: &[&str], most: usize| {
        turns(of(kind)).into_iter().all(|day| {
            let mut held: BTreeMap<Vec<Option<&Value>>, usize> = BTreeMap::new();
            let in_force = |record: &&Record| {
                term(record).is_some_and(|(since, until)| since <= day && day <= until)
            };
            for record in of(kind).filter(in_force) {
                let value = |field: &&str| record.value_at(field, day);
                if value(&fields[0]).is_some() {
                    *held.entry(fields.iter().map(value).collect()).or_default() += 1;
                }
            }
            held.into_values().all(|count| count <= most)
        })
    };
    all_days("assignment", &["staff"], 10)
        && all_days(
            "appointment",
            &["person", "body", "seat", "level", "term"],
            1,
        )
}

/// Whether every record referred to is there, with the consents that it needs.
fn all_refer_to_something(world: &World, records: &Records) -> bool {
    records.iter().all(|(key, record)| {
        let of = world.book.catalog.record_type(&key.kind).unwrap();
        let states = record.states.iter().map(|state| &state.fields);
        let mut refers = states
            .chain([&record.fixed])
            .flat_map(|fields: &Fields| refs_of(of, fields));
        refers.all(|target| {
            let consent = Key::Consent {
                person: target.id.clone(),
                kind: key.kind.clone(),
            };
            let consents = key.kind == "publicity" && target.kind == "person";
            records.contains_key(&target) && (!consents || world.facts.contains_key(&consent))
        })
    })
}

/// What the records become by a request; none: what was given is not right.
fn becomes(world: &World, request: &Request) -> Option<Records> {
    let mut records = world.records();
    if let Request::Put {
        key, given, put, ..
    } = request
    {
        let of = world.book.catalog.record_type(&key.kind)?;
        let record = apply_put(of, records.get(key), given, *put, world.today).ok()?;
        records.insert(key.clone(), record);
    } else if let Request::Delete { key, .. } = request {
        records.remove(key)?;
    } else if let Request::Consent { consent, .. } = request {
        records.get(&RecordKey::new("person", &consent.person))?;
    } else {
        panic!("clerks ask for nothing else here: {request:?}");
    }
    Some(records)
}

/// Asks, and checks the answer against the rules as they are written.
pub(super) fn check(world: &mut World, request: &Request) -> Result<(), TestCaseError> {
    let expected = becomes(world, request)
        .filter(|records| all_refer_to_something(world, records) && nobody_has_too_much(records));
    let before = world.clone();
    let answer = world.ask(request);
    prop_assert_eq!(
        answer.is_ok(),
        expected.is_some(),
        "{:?}: {:?}",
        request,
        &answer
    );
    match (answer, expected) {
        (Ok(_), Some(expected)) => prop_assert_eq!(world.records(), expected),
        (_, _) => prop_assert_eq!(&world.facts, &before.facts),
    }
    let again = world.ask(request).unwrap_or_default();
    prop_assert_eq!(again, Ruling::default(), "{:?}", request);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn cells_and_lookups_are_what_the_records_say_after_every_request(deeds in deeds(48)) {
        let mut world = furnished();
        let months = periods("202305");
        for deed in deeds {
            world.today = shifted(world.today, deed.later);
            let request = deed.request(&world);
            check(&mut world, &request)?;
            agrees(&world, &months)?;
            finds(&world)?;
        }
        for first in ["2023Q1", "2023S1", "2023"] {
            agrees(&world, &periods(first))?;
        }
    }
}
