//! A person who moves between townships: evaluated over both townships'
//! records.

use alloc::{string::ToString, vec::Vec};

use terrace_model::{Record, RecordKey};

use super::bench::{Bench, Said, day, dec, shown};
use crate::{Days, recount};

fn townships(arrival: &str) -> [Bench; 2] {
    let mut left = Bench::new();
    let out = [("left_on", "2025-05-15"), ("left_reason", "moved_out")];
    left.person("p", "2023-01-01", &out);
    let mut entered = Bench::new();
    entered.person("p", arrival, &[("joined_reason", "moved_in")]);
    [left, entered]
}

fn county_on(offices: &[Bench; 2], on: &str) -> [u32; 3] {
    let [first, second] = offices;
    let both: Vec<(RecordKey, Record)> = first.all().into_iter().chain(second.all()).collect();
    let persons = first.catalog.indicator("persons").unwrap();
    let all = recount(&first.catalog, &both, persons, &[], Days::only(day(on)));
    let count = |value: terrace_model::Decimal| value.to_string().parse().unwrap();
    [
        count(first.stock_on("persons", on)),
        count(second.stock_on("persons", on)),
        count(all.into_values().sum()),
    ]
}

fn county_said(offices: &[Bench; 2]) -> Said {
    let mut said = Said::nothing();
    said.say(11, &offices[0], "2025-07-01");
    said.say(12, &offices[1], "2025-07-01");
    said
}

#[test]
fn v6_at_every_days_end_exactly_one_township_counts() {
    let offices = townships("2025-05-15");
    assert_eq!(county_on(&offices, "2025-05-14"), [1, 0, 1]);
    assert_eq!(county_on(&offices, "2025-05-15"), [0, 1, 1]);
    let said = county_said(&offices);
    let by_reason = |indicator| {
        let mut query = Said::query(10, indicator, &["2025Q2"], "2025-07-01");
        query.by = ["reason".to_string()].into();
        let rows = said.ask(&query);
        let reason = |row: &crate::Row| (row.dims[0].1.clone(), shown(row));
        rows.iter().map(reason).collect::<Vec<_>>()
    };
    assert_eq!(
        by_reason("persons_joined"),
        [("moved_in".to_string(), "1".to_string())]
    );
    assert_eq!(
        by_reason("persons_left"),
        [("moved_out".to_string(), "1".to_string())]
    );
    let stock = |period| shown(&said.row(10, "persons", period, "2025-07-01"));
    assert_eq!(
        (stock("202504").as_str(), stock("202505").as_str()),
        ("1", "1")
    );
}

#[test]
fn v6_an_arrival_entered_late_leaves_a_gap_of_days_and_none_at_the_months_end() {
    let offices = townships("2025-05-17");
    for (day, counts) in [
        ("2025-05-14", [1, 0, 1]),
        ("2025-05-15", [0, 0, 0]),
        ("2025-05-16", [0, 0, 0]),
        ("2025-05-17", [0, 1, 1]),
    ] {
        assert_eq!(county_on(&offices, day), counts, "{day}");
    }
    let total = county_said(&offices).row(10, "persons", "202505", "2025-07-01");
    assert_eq!(total.figure.value(), Some(dec("1")));
}
