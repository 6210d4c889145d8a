//! Edits: what each says, and which values it touches.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::Put;

use super::bench::{Bench, day};
use crate::{Contributions, difference};

/// The cells that an edit says of one indicator.
fn says(office: &mut Bench, indicator: &str, edit: impl FnOnce(&mut Bench)) -> Vec<String> {
    let before = office.cells();
    edit(office);
    let changes: Contributions = difference(&before, &office.cells());
    let of = changes.iter().filter(|((id, _, _), _)| id == indicator);
    of.map(|((_, month, _), change)| alloc::format!("{month} {change}"))
        .collect()
}

fn correct(from: Option<&str>) -> Put {
    Put {
        from: from.map(day),
        correct: true,
    }
}

fn employees(count: &str) -> [(&str, &str); 1] {
    [("employees", count)]
}

fn organisation(office: &mut Bench, today: &str, id: &str, founded_on: &str, count: &str) {
    let fields = [
        ("name", "甲公司"),
        ("kind", "enterprise"),
        ("industry", "C"),
        ("capital", "0"),
        ("founded_on", founded_on),
        ("employees", count),
    ];
    office.put(today, "organisation", id, &fields);
}

#[test]
fn v2_a_change_touches_later_months_and_a_correction_its_state() {
    let mut office = Bench::new();
    organisation(&mut office, "2025-01-05", "o1", "2020-01-01", "10");
    let quarters = ["2025Q1", "2025Q2"];
    let values = |office: &Bench| office.values("employees", &quarters);
    assert_eq!(values(&office), ["10", "10"]);

    let said = says(&mut office, "employees", |office| {
        office.put("2025-05-10", "organisation", "o1", &employees("14"));
    });
    assert_eq!(
        (said, values(&office)),
        (
            ["202505 4".to_string()].into(),
            ["10", "14"].map(String::from).into()
        )
    );

    let said = says(&mut office, "employees", |office| {
        let how = correct(None);
        office.put_as("2025-07-02", "organisation", "o1", &employees("12"), how);
    });
    assert_eq!(
        (said, values(&office)),
        (
            ["202505 -2".to_string()].into(),
            ["10", "12"].map(String::from).into()
        )
    );

    let said = says(&mut office, "employees", |office| {
        let how = correct(Some("2025-01-01"));
        office.put_as("2025-07-03", "organisation", "o1", &employees("11"), how);
    });
    assert_eq!(said, ["202001 1", "202505 -1"]);
    let months = [
        "201912", "202001", "202412", "2025Q1", "202504", "202505", "2025Q2",
    ];
    assert_eq!(
        office.values("employees", &months),
        ["0", "11", "11", "11", "11", "12", "12"]
    );

    let said = says(&mut office, "employees", |office| {
        organisation(office, "2025-07-05", "o2", "2025-02-01", "6");
    });
    assert_eq!(said, ["202502 6"]);
    let months = ["2024", "202501", "2025Q1", "2025Q2"];
    assert_eq!(
        office.values("employees", &months),
        ["11", "11", "17", "18"]
    );
}

#[test]
fn v2_a_contribution_that_moves_leaves_one_quarter_for_the_next() {
    let mut office = Bench::new();
    for (id, given_on, amount) in [
        ("c1", "2025-03-31", "10.5"),
        ("c2", "2025-04-01", "0.0001"),
        ("c3", "2025-12-31", "30"),
        ("c4", "2026-01-01", "1"),
    ] {
        let fields = [
            ("cause", "education"),
            ("given_on", given_on),
            ("amount", amount),
        ];
        office.put("2026-02-01", "contribution", id, &fields);
    }
    let periods = [
        "2025Q1", "2025Q2", "2025", "202512", "2025S1", "202503", "202504",
    ];
    let before = [
        "10.5", "0.0001", "40.5001", "30", "10.5001", "10.5", "0.0001",
    ];
    assert_eq!(office.values("contributed", &periods), before);
    let said = says(&mut office, "contributed", |office| {
        office.put(
            "2026-02-01",
            "contribution",
            "c1",
            &[("given_on", "2025-04-02")],
        );
    });
    assert_eq!(said, ["202503 -10.5", "202504 10.5"]);
    let after = ["0", "10.5001", "40.5001", "30", "10.5001", "0", "10.5001"];
    assert_eq!(office.values("contributed", &periods), after);
}

#[test]
fn v2_an_edit_that_changes_nothing_says_nothing() {
    let mut office = Bench::new();
    organisation(&mut office, "2025-01-05", "o1", "2020-01-01", "10");
    let said = says(&mut office, "employees", |office| {
        office.put("2025-05-10", "organisation", "o1", &employees("10"));
    });
    assert!(said.is_empty(), "{said:?}");
}
