//! Staleness, said in advance.

use alloc::string::ToString;

use terrace_catalog::{Catalog, Measure, StockSource, shipped};

use super::bench::{Bench, Said, shown};

/// A, B, C and D of the vector.
fn roster(catalog: Catalog) -> Bench {
    let mut office = Bench::under(catalog);
    office.person("A", "2023-01-01", &[("confirmed_on", "2024-03-31")]);
    office.person("B", "2023-01-01", &[("confirmed_on", "2024-03-30")]);
    office.person("C", "2025-01-15", &[]);
    let left = [("confirmed_on", "2023-12-31"), ("left_on", "2025-02-01")];
    office.person("D", "2023-01-01", &left);
    office
}

/// The shipped catalog with another time for which a confirmation is good.
fn good_for(good: u16) -> Catalog {
    let mut catalog = shipped();
    for indicator in &mut catalog.indicators {
        if let Measure::Stock(StockSource::Stale { days, .. }) = &mut indicator.measure {
            *days = good;
        }
    }
    catalog
}

#[test]
fn v3_what_will_become_stale_is_said_in_advance() {
    let office = roster(shipped());
    let months = ["202412", "202503", "202504"];
    assert_eq!(office.values("stale_persons", &months), ["1", "1", "2"]);
    assert_eq!(office.values("persons", &months), ["3", "3", "3"]);
    assert_eq!(
        office.values("stale_persons", &["2024Q4", "2025Q1"]),
        ["1", "1"]
    );
    let mut said = Said::nothing();
    said.say(11, &office, "2025-05-01");
    for (month, share) in months.iter().zip(["0.333333", "0.333333", "0.666667"]) {
        assert_eq!(
            shown(&said.row(11, "stale_share", month, "2025-05-01")),
            share
        );
    }
}

#[test]
fn v3_days_are_counted_from_the_last_confirmation_else_from_the_start() {
    for (id, day, age) in [
        ("A", "2024-12-31", 275),
        ("B", "2024-12-31", 276),
        ("D", "2024-12-31", 366),
        ("A", "2025-03-31", 365),
        ("B", "2025-03-31", 366),
        ("C", "2025-03-31", 75),
        ("A", "2025-04-30", 395),
        ("B", "2025-04-30", 396),
        ("C", "2025-04-30", 105),
    ] {
        let stale_after = |days| {
            let mut office = roster(good_for(days));
            office.records.retain(|key, _| key.id == id);
            let period = day.replace('-', "");
            let by_day = office.stock_on("stale_persons", day).to_string();
            let by_month = office.value("stale_persons", &period[..6]).to_string();
            assert_eq!(by_month, by_day);
            by_day
        };
        assert_eq!(stale_after(age - 1), "1", "{id} {day}");
        assert_eq!(stale_after(age), "0", "{id} {day}");
    }
    for (id, day) in [
        ("C", "2024-12-31"),
        ("D", "2025-03-31"),
        ("D", "2025-04-30"),
    ] {
        let mut office = roster(good_for(0));
        office.records.retain(|key, _| key.id == id);
        assert_eq!(
            office.stock_on("stale_persons", day).to_string(),
            "0",
            "{id} {day}"
        );
    }
}

#[test]
fn v3_a_confirmation_touches_no_month_before_it() {
    let mut office = roster(shipped());
    office.put(
        "2025-05-10",
        "person",
        "A",
        &[("confirmed_on", "2025-05-10")],
    );
    let months = ["202504", "2025Q1", "202505"];
    assert_eq!(office.values("stale_persons", &months), ["2", "1", "1"]);
    office.records.retain(|key, _| key.id == "B");
    assert_eq!(office.values("stale_persons", &["202505"]), ["1"]);
}

#[test]
fn v3_a_leap_day_counts_as_a_day() {
    let mut office = Bench::new();
    office.person("A", "2023-01-01", &[("confirmed_on", "2024-02-29")]);
    assert_eq!(
        office.stock_on("stale_persons", "2025-02-28").to_string(),
        "0"
    );
    assert_eq!(
        office.stock_on("stale_persons", "2025-03-01").to_string(),
        "1"
    );
    assert_eq!(
        office.values("stale_persons", &["202502", "202503"]),
        ["0", "1"]
    );
}
