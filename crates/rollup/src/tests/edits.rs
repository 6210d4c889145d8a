//! What edits say, against two recomputations and against a recount.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use terrace_catalog::{Catalog, Dim, FlowSource, Indicator, Measure, shipped};
use terrace_model::{Decimal, Dims, Month, Period, Record, RecordKey};

use super::{
    bench::{cells_of, month},
    random::{Edit, Records, all_periods, edits, records_after},
};
use crate::{
    Contributions, Days, add, contributions, difference, reached, reached_persons, recount,
};

fn listed(records: &Records) -> Vec<(RecordKey, Record)> {
    records.clone().into_iter().collect()
}

/// What one edit says, found from what it touches alone.
fn said(catalog: &Catalog, key: &RecordKey, before: &Records, after: &Records) -> Contributions {
    let own = |records: &Records| {
        records
            .get(key)
            .map(|record| contributions(catalog, key, record))
            .unwrap_or_default()
    };
    let mut changes = difference(&own(before), &own(after));
    let touched = |records: &Records| {
        records
            .get(key)
            .map(|record| reached_persons(catalog, key, record))
            .unwrap_or_default()
    };
    let persons: BTreeSet<String> = touched(before).union(&touched(after)).cloned().collect();
    for person in persons {
        let reach = |records: &Records| reached(catalog, &person, &listed(records));
        add(&mut changes, &difference(&reach(before), &reach(after)));
    }
    changes
}

/// Changes of one family's cells, by month.
fn changes_of(
    cells: &Contributions,
    of: &Indicator,
    family: &[&Dim],
) -> Vec<(Month, Dims, Decimal)> {
    let ids: BTreeSet<&String> = family.iter().map(|dim| &dim.id).collect();
    let counts = |(id, _, dims): &&(String, Month, Dims)| {
        *id == of.id && dims.iter().map(|(id, _)| id).eq(ids.iter().copied())
    };
    let of_family = cells.iter().filter(|(cell, _)| counts(cell));
    of_family
        .map(|((_, month, dims), change)| (*month, dims.clone(), *change))
        .collect()
}

fn values(
    changes: &[(Month, Dims, Decimal)],
    of: &Indicator,
    at: Period,
) -> BTreeMap<Dims, Decimal> {
    let first = match of.measure {
        Measure::Stock(_) => month("1000"),
        Measure::Flow(_) | Measure::Ratio { .. } => at.first_month(),
    };
    let mut values: BTreeMap<Dims, Decimal> = BTreeMap::new();
    for (month, dims, change) in changes {
        if (first..=at.last_month()).contains(month) {
            *values.entry(dims.clone()).or_default() += *change;
        }
    }
    values.retain(|_, value| !value.is_zero());
    values
}

fn check_against_recount(catalog: &Catalog, records: &Records) -> Result<(), TestCaseError> {
    let records = listed(records);
    let cells = cells_of(catalog, &records);
    let periods = all_periods();
    for indicator in &catalog.indicators {
        for family in indicator.families() {
            let changes = changes_of(&cells, indicator, &family);
            for period in &periods {
                let counted = recount(catalog, &records, indicator, &family, (*period).into());
                let told = values(&changes, indicator, *period);
                prop_assert_eq!(told, counted, "{} {}", indicator.id, period);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn running_totals_equal_a_recount_at_every_period(edits in edits(60)) {
        let catalog = shipped();
        check_against_recount(&catalog, &records_after(&catalog, &edits))?;
    }

    #[test]
    fn an_edit_says_exactly_the_difference_of_two_recomputations(edits in edits(40)) {
        let catalog = shipped();
        let mut records = Records::new();
        let mut told = Contributions::new();
        for edit in &edits {
            let before = records.clone();
            edit.apply(&catalog, &mut records);
            let key = edit.key(&catalog);
            add(&mut told, &said(&catalog, &key, &before, &records));
            prop_assert_eq!(&told, &cells_of(&catalog, &listed(&records)));
        }
        prop_assert!(told.values().all(|change| !change.is_zero()));
    }

    #[test]
    fn changes_added_to_what_was_before_give_what_is_after(edits in edits(40), at in 0_usize..40) {
        let catalog = shipped();
        let (earlier, _) = edits.split_at(at.min(edits.len()));
        let cells = |edits: &[Edit]| cells_of(&catalog, &listed(&records_after(&catalog, edits)));
        let (before, after) = (cells(earlier), cells(&edits));
        let mut total = before.clone();
        add(&mut total, &difference(&before, &after));
        prop_assert_eq!(total, after);
    }
}

#[test]
fn random_records_touch_every_indicator_that_records_can() {
    let catalog = shipped();
    let mut runner = TestRunner::deterministic();
    let mut touched = BTreeSet::new();
    for _ in 0..100 {
        let edits = edits(60).new_tree(&mut runner).unwrap().current();
        let cells = cells_of(&catalog, &listed(&records_after(&catalog, &edits)));
        touched.extend(cells.into_keys().map(|(indicator, _, _)| indicator));
    }
    for indicator in &catalog.indicators {
        let by_records = match &indicator.measure {
            Measure::Stock(_)
            | Measure::Flow(FlowSource::Event { .. } | FlowSource::Reached { .. }) => true,
            Measure::Flow(FlowSource::Submission { .. }) | Measure::Ratio { .. } => false,
        };
        assert_eq!(
            touched.contains(&indicator.id),
            by_records,
            "{}",
            indicator.id
        );
    }
}

#[test]
fn a_record_of_an_unknown_type_adds_nothing() {
    let record = Record {
        fixed: [].into(),
        states: Vec::new(),
        confirmations: Vec::new(),
    };
    let key = RecordKey::new("of_tomorrow", "1");
    assert_eq!(
        contributions(&shipped(), &key, &record),
        Contributions::new()
    );
    let indicator = shipped().indicator("persons").unwrap().clone();
    let days = Days::from("2025".parse::<Period>().unwrap());
    assert_eq!(
        recount(&shipped(), &[(key, record)], &indicator, &[], days),
        BTreeMap::new()
    );
}
