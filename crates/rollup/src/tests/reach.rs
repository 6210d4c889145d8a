//! Assigned persons with a visit in the month.

use alloc::{collections::BTreeSet, string::String};

use terrace_catalog::Put;
use terrace_model::RecordKey;

use super::bench::{Bench, day};
use crate::reached_persons;

fn assign(office: &mut Bench, id: &str, person: &str, since: &str, until: &str) {
    let fields = [
        ("staff", "乙"),
        ("person", person),
        ("since", since),
        ("until", until),
    ];
    office.put("2025-12-31", "assignment", id, &fields);
}

fn visit(office: &mut Bench, id: &str, person: &str, on: &str) {
    let fields = [
        ("staff", "丙"),
        ("person", person),
        ("visited_on", on),
        ("subject", "policy"),
    ];
    office.put("2025-12-31", "visit", id, &fields);
}

#[test]
fn a_person_counts_once_a_month_however_many_staff_and_visits() {
    let mut office = Bench::new();
    assign(&mut office, "1", "p", "2025-01-01", "");
    assign(&mut office, "2", "p", "2025-01-01", "");
    visit(&mut office, "1", "p", "2025-02-03");
    visit(&mut office, "2", "p", "2025-02-28");
    visit(&mut office, "3", "p", "2025-03-01");
    visit(&mut office, "4", "q", "2025-03-01");
    let periods = ["202501", "202502", "202503", "2025Q1"];
    assert_eq!(
        office.values("assigned_reached", &periods),
        ["0", "1", "1", "2"]
    );
    assert_eq!(office.values("assigned", &["202502"]), ["2"]);
}

#[test]
fn a_visit_counts_from_the_first_to_the_last_day_of_the_term() {
    for (on, counted) in [
        ("2025-02-09", "0"),
        ("2025-02-10", "1"),
        ("2025-02-20", "1"),
        ("2025-02-21", "0"),
    ] {
        let mut office = Bench::new();
        assign(&mut office, "1", "p", "2025-02-10", "2025-02-20");
        visit(&mut office, "1", "p", on);
        assert_eq!(
            office.values("assigned_reached", &["2025Q1"]),
            [counted],
            "{on}"
        );
    }
}

#[test]
fn an_assignment_that_passes_to_another_touches_both() {
    let mut office = Bench::new();
    assign(&mut office, "1", "q", "2025-01-01", "");
    let from = Put {
        from: Some(day("2025-02-15")),
        correct: false,
    };
    office.put_as("2025-12-31", "assignment", "1", &[("person", "p")], from);
    visit(&mut office, "1", "q", "2025-02-14");
    visit(&mut office, "2", "p", "2025-02-14");
    assert_eq!(office.values("assigned_reached", &["202502"]), ["1"]);
    visit(&mut office, "3", "p", "2025-02-15");
    assert_eq!(office.values("assigned_reached", &["202502"]), ["2"]);

    let persons = |kind: &str, id: &str| {
        let key = RecordKey::new(kind, id);
        reached_persons(&office.catalog, &key, &office.records[&key])
    };
    assert_eq!(
        persons("assignment", "1"),
        ["p", "q"].map(String::from).into()
    );
    assert_eq!(persons("visit", "1"), ["q"].map(String::from).into());
    let mut other = Bench::new();
    other.person("p", "2025-01-01", &[]);
    let key = RecordKey::new("person", "p");
    let none = reached_persons(&other.catalog, &key, &other.records[&key]);
    assert_eq!(none, BTreeSet::new());
}
