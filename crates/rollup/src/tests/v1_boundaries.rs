//! Stocks at boundaries.

use alloc::string::ToString;

use super::bench::{Bench, Said, covered, flags, period, shown};
use crate::{Kind, Standing, standing};

fn roster(with_p8: bool) -> Bench {
    let mut office = Bench::new();
    office.person("p1", "2024-06-01", &[]);
    office.person("p2", "2025-03-31", &[]);
    office.person("p3", "2025-04-01", &[]);
    office.person("p4", "2024-01-01", &[("left_on", "2025-03-31")]);
    office.person("p5", "2024-01-01", &[("left_on", "2025-04-01")]);
    office.person("p6", "2025-02-10", &[("left_on", "2025-02-10")]);
    if with_p8 {
        office.person("p8", "2025-06-30", &[]);
    }
    office
}

/// A township whose figures reach to a day.
fn township(office: &Bench, through: &str) -> Said {
    let mut said = Said::nothing();
    said.say(11, office, through);
    said
}

#[test]
fn v1_the_stock_counts_whom_the_boundaries_say() {
    let office = roster(true);
    let quarters = ["2024Q4", "2025Q1", "2025Q2"];
    assert_eq!(office.values("persons", &quarters), ["3", "3", "4"]);
    assert_eq!(office.values("persons_joined", &quarters[1..]), ["2", "2"]);
    assert_eq!(office.values("persons_left", &quarters[1..]), ["2", "1"]);
    for (day, who) in [
        ("2024-12-31", &["p1", "p4", "p5"] as &[&str]),
        ("2025-03-31", &["p1", "p2", "p5"]),
        ("2025-06-30", &["p1", "p2", "p3", "p8"]),
    ] {
        let counts = |id: &str| {
            let mut alone = roster(true);
            alone.records.retain(|key, _| key.id == id);
            alone.stock_on("persons", day).to_string()
        };
        for id in ["p1", "p2", "p3", "p4", "p5", "p6", "p8"] {
            assert_eq!(
                counts(id),
                if who.contains(&id) { "1" } else { "0" },
                "{id} on {day}"
            );
        }
    }
    let said = township(&office, "2025-07-01");
    for (quarter, stock) in quarters.iter().zip(["3", "3", "4"]) {
        let row = said.row(11, "persons", quarter, "2025-07-01");
        assert_eq!(shown(&row), stock);
        assert_eq!(
            (covered(&row), flags(&row)),
            ([1, 1, 0, 0, 0, 0], ["A"].into())
        );
    }
}

#[test]
fn v1_a_seat_that_ends_is_never_counted_with_the_next() {
    let mut office = Bench::new();
    for (id, since, until, count) in [
        ("a1", "2022-04-01", "2025-03-31", "3"),
        ("a2", "2025-04-01", "", "5"),
    ] {
        let fields = [
            ("body", "cppcc"),
            ("seat", "member"),
            ("level", "county"),
            ("since", since),
            ("until", until),
            ("count", count),
        ];
        office.put("2025-05-01", "appointment", id, &fields);
    }
    assert_eq!(
        office.values("seats_held", &["2025Q1", "2025Q2"]),
        ["3", "5"]
    );
    assert_eq!(
        office.values("appointments", &["2025Q1", "2025Q2"]),
        ["0", "5"]
    );
    assert_eq!(office.stock_on("seats_held", "2025-03-31").to_string(), "3");
    assert_eq!(office.stock_on("seats_held", "2025-04-01").to_string(), "5");
}

#[test]
fn v1_an_older_stock_is_carried_twelve_months_and_then_missing() {
    let said = township(&roster(true), "2025-02-28");
    let asked = |quarter| said.row(11, "persons", quarter, "2026-07-01");
    let stands = |text| {
        let through = Some(super::bench::day("2025-02-28"));
        standing(
            Kind::Stock,
            12,
            period(text),
            super::bench::day("2026-07-01"),
            through,
        )
    };
    let first = asked("2025Q1");
    assert_eq!(
        (shown(&first).as_str(), covered(&first)),
        ("3", [1, 0, 0, 1, 0, 0])
    );
    assert_eq!(flags(&first), ["P"]);
    assert_eq!(first.oldest_input, Some(super::bench::day("2025-02-28")));
    assert_eq!(stands("2025Q1"), Standing::Carried { age_days: 31 });
    let year = asked("202602");
    assert_eq!(
        (shown(&year).as_str(), covered(&year)),
        ("3", [1, 0, 0, 1, 0, 0])
    );
    assert_eq!(stands("202602"), Standing::Carried { age_days: 365 });
    let over = asked("2026Q1");
    assert_eq!(
        (shown(&over).as_str(), covered(&over)),
        ("-", [1, 0, 0, 0, 1, 0])
    );
    assert_eq!((flags(&over), over.oldest_input), (["M"].into(), None));
}

#[test]
fn v1_a_period_that_runs_shows_its_end_as_things_stand() {
    let said = township(&roster(false), "2025-05-20");
    let row = said.row(11, "persons", "2025Q2", "2025-05-20");
    assert_eq!((shown(&row).as_str(), flags(&row)), ("3", ["P"].into()));
    assert_eq!(covered(&row), [1, 1, 0, 0, 0, 0]);
}
