//! What figures rest on: who owes, who has said what, and what is missing.

use alloc::{string::ToString, vec::Vec};

use proptest::prelude::*;
use terrace_model::{Level, OfficeId};

use super::bench::{Bench, Said, covered, day, flags, shown};
use crate::{Figure, Plan, Status};

const TODAY: &str = "2025-07-01";

fn persons(count: usize) -> Bench {
    let mut office = Bench::new();
    for number in 0..count {
        office.person(&number.to_string(), "2025-01-10", &[]);
    }
    office
}

fn visits(on: &[&str]) -> Bench {
    let mut office = Bench::new();
    for (number, on) in on.iter().enumerate() {
        let fields = [("staff", "乙"), ("subject", "policy"), ("visited_on", on)];
        office.put("2025-12-31", "visit", &number.to_string(), &fields);
    }
    office
}

#[test]
fn an_office_that_never_joined_is_missing_and_never_zero() {
    let said = Said::nothing();
    for indicator in ["persons", "visits", "stale_share"] {
        let row = said.row(1, indicator, "2025Q2", TODAY);
        assert_eq!((row.figure, flags(&row)), (Figure::Missing, ["M"].into()));
        assert_eq!(
            (covered(&row), row.oldest_input),
            ([5, 0, 0, 0, 5, 0], None)
        );
    }
}

#[test]
fn an_office_without_records_has_reported_zero() {
    let mut said = Said::nothing();
    said.say(21, &Bench::new(), TODAY);
    for (indicator, value) in [("persons", "0"), ("contributed", "0"), ("stale_share", "-")] {
        let row = said.row(20, indicator, "2025Q2", TODAY);
        assert_eq!(
            (shown(&row).as_str(), flags(&row)),
            (value, ["A"].into()),
            "{indicator}"
        );
        assert_eq!(covered(&row), [1, 1, 0, 0, 0, 0]);
        assert_eq!(row.oldest_input, Some(day(TODAY)));
    }
}

#[test]
fn records_of_an_office_that_owes_none_count_and_are_surplus() {
    let mut said = Said::nothing();
    said.say(10, &persons(3), TODAY);
    let row = said.row(10, "persons", "2025Q2", TODAY);
    assert_eq!(
        (shown(&row).as_str(), covered(&row)),
        ("3", [4, 0, 0, 0, 4, 1])
    );
    assert_eq!(flags(&row), ["P"]);
    said.say(11, &persons(2), "2025-06-30");
    let row = said.row(1, "persons", "2025Q2", TODAY);
    assert_eq!(
        (shown(&row).as_str(), covered(&row)),
        ("5", [5, 1, 0, 0, 4, 1])
    );
    assert_eq!(row.oldest_input, Some(day("2025-06-30")));
    let earlier = said.row(1, "persons", "2024Q4", TODAY);
    assert_eq!(
        (shown(&earlier).as_str(), covered(&earlier)),
        ("0", [5, 1, 0, 0, 4, 1])
    );
}

/// A tree of one office that owes nothing.
fn alone() -> Said {
    let mut said = Said::nothing();
    let mut top = said.tree.get(OfficeId(1)).unwrap().clone();
    top.level = Level::County;
    said.tree = terrace_model::Tree::default();
    said.tree.enter(top);
    said
}

#[test]
fn a_top_office_alone_shows_its_records_and_else_zero() {
    let mut said = alone();
    let row = said.row(1, "persons", "2025Q2", TODAY);
    assert_eq!((row.figure, covered(&row)), (Figure::Missing, [0; 6]));
    said.say(1, &persons(0), TODAY);
    let row = said.row(1, "persons", "2025Q2", TODAY);
    assert_eq!((shown(&row).as_str(), covered(&row)), ("0", [0; 6]));
    assert_eq!(
        (flags(&row), row.oldest_input),
        (["A"].into(), Some(day(TODAY)))
    );
    said.say(1, &persons(2), TODAY);
    let row = said.row(1, "persons", "2025Q2", TODAY);
    assert_eq!(
        (shown(&row).as_str(), covered(&row)),
        ("2", [0, 0, 0, 0, 0, 1])
    );
    assert_eq!(flags(&row), ["A"]);
}

#[test]
fn of_a_flow_the_first_part_is_known_of_a_stock_the_earlier_month() {
    let mut said = Said::nothing();
    said.say(21, &visits(&["2025-04-10", "2025-06-30"]), "2025-05-03");
    let row = |period| said.row(20, "visits", period, TODAY);
    let partial = row("2025Q2");
    assert_eq!(
        (covered(&partial), flags(&partial)),
        ([1, 0, 1, 0, 0, 0], ["P"].into())
    );
    assert_eq!(covered(&row("202504")), [1, 1, 0, 0, 0, 0]);
    assert_eq!(covered(&row("202506")), [1, 0, 0, 0, 1, 0]);
    assert_eq!(shown(&row("202506")), "-");

    let mut office = Bench::new();
    office.person("1", "2025-05-30", &[]);
    office.person("2", "2025-06-01", &[]);
    said.say(21, &office, "2025-05-03");
    let row = said.row(20, "persons", "2025Q2", TODAY);
    assert_eq!(
        (shown(&row).as_str(), covered(&row)),
        ("1", [1, 0, 0, 1, 0, 0])
    );
    assert_eq!(
        (flags(&row), row.oldest_input),
        (["P"].into(), Some(day("2025-05-03")))
    );
}

/// A catalog's stale share with other parts and without dimensions.
fn ratio(said: &mut Said, id: &str, num: &str, den: &str) {
    let part = |indicator: &str| terrace_catalog::Part {
        indicator: indicator.into(),
        filters: Vec::new(),
    };
    let mut ratio = said.catalog.indicator("stale_share").unwrap().clone();
    ratio.id = id.into();
    ratio.dims.clear();
    ratio.measure = terrace_catalog::Measure::Ratio {
        num: part(num),
        den: part(den),
    };
    said.catalog.indicators.push(ratio);
}

#[test]
fn an_office_missing_in_one_part_of_a_ratio_is_left_out_of_both() {
    let mut said = Said::nothing();
    ratio(&mut said, "visits_a_head", "visits", "persons");
    ratio(&mut said, "heads_a_visit", "persons", "visits");
    let mut both = persons(2);
    both.records.extend(visits(&["2025-04-10"]).records);
    said.say(11, &both, TODAY);
    said.say(12, &both, "2025-03-31");
    said.say(13, &both, "2025-05-31");
    let [visits, heads] = [2, 4].map(terrace_model::Decimal::whole);
    for (id, num, den) in [
        ("visits_a_head", visits, heads),
        ("heads_a_visit", heads, visits),
    ] {
        let row = said.row(10, id, "2025Q2", TODAY);
        assert_eq!(row.figure, Figure::Ratio { num, den });
        assert_eq!(covered(&row), [4, 1, 1, 0, 2, 0]);
        assert_eq!(row.oldest_input, Some(day("2025-05-31")));
    }
}

#[test]
fn an_office_whose_records_are_older_than_the_carry_is_surplus_without_value() {
    let mut said = alone();
    said.say(1, &persons(2), "2025-03-01");
    let row = said.row(1, "persons", "2027Q1", "2027-05-01");
    assert_eq!(
        (row.figure, covered(&row)),
        (Figure::Missing, [0, 0, 0, 0, 0, 1])
    );
    assert_eq!(flags(&row), ["M"]);
}

#[test]
fn a_period_is_provisional_to_the_end_of_its_last_day() {
    let mut said = alone();
    said.say(1, &persons(2), "2025-07-01");
    let on = |today| flags(&said.row(1, "persons", "2025Q2", today));
    assert_eq!(
        (on("2025-06-30"), on("2025-07-01")),
        (["P"].into(), ["A"].into())
    );
}

#[test]
fn offices_in_a_ring_are_each_counted_once() {
    let mut said = Said::nothing();
    said.say(21, &persons(2), TODAY);
    let mut county = said.tree.get(OfficeId(20)).unwrap().clone();
    county.parent = Some(OfficeId(21));
    said.tree.enter(county);
    let query = Said::query(21, "persons", &["2025Q2"], TODAY);
    let plan = Plan::new(&said.catalog, &said.tree, OfficeId(21), &query).unwrap();
    let told: Vec<_> = plan.rows(&said).unwrap().iter().map(shown).collect();
    assert_eq!(told, ["2"]);
    let row = &plan.rows(&said).unwrap()[0];
    assert_eq!(covered(row), [1, 1, 0, 0, 0, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn coverage_adds_up_whatever_offices_have_said(
        marks in proptest::collection::vec(proptest::option::of(0_u64..1_200), 8),
        period in prop_oneof!["202[3-6]", "202[3-6]S[12]", "202[3-6]Q[1-4]", "202[3-6]0[1-9]"],
        today in "202[3-6]-0[1-9]-1[0-9]",
        office in prop::sample::select(&[1_u64, 10, 20, 11][..]),
    ) {
        let mut said = Said::nothing();
        for (id, mark) in [1, 10, 11, 12, 13, 14, 20, 21].into_iter().zip(marks) {
            let Some(days) = mark else { continue };
            let through = core::time::Duration::from_secs(days * 86_400);
            let through = day("2023-01-01").checked_add(through).unwrap();
            said.say(id, &persons(usize::from(id % 2 == 0)), &through.to_string());
        }
        for indicator in ["persons", "visits", "stale_share", "assistance_settlement", "honours"] {
            let row = said.row(office, indicator, &period, &today);
            let [expected, reported, partial, carried, missing, surplus] = covered(&row);
            prop_assert_eq!(reported + partial + carried + missing, expected);
            let below = said.tree.subtree(OfficeId(office));
            let owing = below.iter().filter(|office| office.level == Level::Township);
            prop_assert_eq!(usize::try_from(expected), Ok(owing.count()));
            prop_assert!(surplus <= 3);
            let missing = row.figure == Figure::Missing;
            prop_assert_eq!(missing, row.oldest_input.is_none());
            prop_assert_eq!(missing, row.status.contains(&Status::Missing));
            prop_assert_eq!(row.status.len(), 1);
        }
    }
}
