//! Which rows answer a question, in which order, and which questions are
//! refused.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use terrace_catalog::Catalog;
use terrace_model::{Level, OfficeId, Period};

use super::bench::{Bench, Said, covered, month, shown};
use crate::{Course, Ending, MAX_PERIODS, Plan, Query, Refusal, Row, course_contributions};

const TODAY: &str = "2025-07-01";

fn appointment(office: &mut Bench, id: &str, body: &str, level: &str, count: &str) {
    let fields = [
        ("body", body),
        ("seat", "member"),
        ("level", level),
        ("since", "2025-02-01"),
        ("count", count),
    ];
    office.put(TODAY, "appointment", id, &fields);
}

fn seats() -> Said {
    let mut said = Said::nothing();
    let mut office = Bench::new();
    appointment(&mut office, "1", "cppcc", "township", "2");
    appointment(&mut office, "2", "peoples_congress", "county", "3");
    said.say(11, &office, TODAY);
    let mut office = Bench::new();
    appointment(&mut office, "1", "cppcc", "township", "5");
    appointment(&mut office, "2", "cppcc", "county", "7");
    said.say(21, &office, TODAY);
    said
}

fn codes(row: &Row) -> Vec<&str> {
    row.dims.iter().map(|(_, code)| code.as_str()).collect()
}

#[test]
fn a_breakdown_has_a_row_for_each_combination_in_the_order_of_the_lists() {
    let said = seats();
    let mut query = Said::query(1, "seats_held", &["2025Q1"], TODAY);
    query.by = vec!["level".into(), "body".into()];
    let rows = said.ask(&query);
    let told: Vec<_> = rows.iter().map(|row| (codes(row), shown(row))).collect();
    let expected = [
        (vec!["township", "cppcc"], "7"),
        (vec!["county", "peoples_congress"], "3"),
        (vec!["county", "cppcc"], "7"),
    ];
    assert_eq!(
        told,
        expected.map(|(codes, value)| (codes, value.to_string()))
    );
    let names: Vec<&str> = rows[0].dims.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(names, ["level", "body"]);
    assert!(
        rows.iter()
            .all(|row| covered(row) == [5, 2, 0, 0, 3, 0] && row.unit == "人")
    );
}

#[test]
fn what_records_do_not_say_comes_last() {
    let mut said = Said::nothing();
    let mut office = Bench::new();
    for (id, giver) in [("1", ""), ("2", "person"), ("3", "organisation"), ("4", "")] {
        let mut fields = vec![
            ("cause", "other"),
            ("given_on", "2025-02-01"),
            ("amount", "0.5"),
        ];
        if !giver.is_empty() {
            fields.push((giver, "p"));
        }
        office.put(TODAY, "contribution", id, &fields);
    }
    let fields = [
        ("cause", "other"),
        ("given_on", "2025-02-01"),
        ("amount", "4"),
        ("person", "p"),
        ("organisation", "o"),
    ];
    office.put(TODAY, "contribution", "5", &fields);
    said.say(11, &office, TODAY);
    let mut query = Said::query(10, "contributed", &["2025Q1"], TODAY);
    query.by = vec!["donor".into()];
    let rows = said.ask(&query);
    let told: Vec<_> = rows.iter().map(|row| (codes(row)[0], shown(row))).collect();
    let expected = [("organisation", "4.5"), ("person", "0.5"), ("_", "1")];
    assert_eq!(
        told,
        expected.map(|(code, value)| (code, value.to_string()))
    );
    assert_eq!(shown(&said.row(10, "contributed", "2025Q1", TODAY)), "6");
}

#[test]
fn a_breakdown_without_cells_has_no_rows() {
    let said = seats();
    let mut query = Said::query(1, "contributed", &["2025Q1"], TODAY);
    query.by = vec!["cause".into()];
    assert_eq!(said.ask(&query), []);
    query.indicators = vec!["seats_held".into()];
    query.by = vec!["level".into()];
    query.periods = vec!["2024".parse().unwrap()];
    assert_eq!(said.ask(&query), []);
}

#[test]
fn a_level_has_a_row_for_each_of_its_offices() {
    let said = seats();
    let mut query = Said::query(1, "seats_held", &["2025Q1", "2025Q2"], TODAY);
    query.level = Some(Level::County);
    let rows = said.ask(&query);
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.office.0,
                row.period.to_string(),
                shown(row),
                covered(row)[0],
            )
        })
        .collect();
    let row = |office, period: &str, value: &str, owing| {
        (office, period.to_string(), value.to_string(), owing)
    };
    let expected = [
        row(10, "2025Q1", "5", 4),
        row(10, "2025Q2", "5", 4),
        row(20, "2025Q1", "12", 1),
        row(20, "2025Q2", "12", 1),
    ];
    assert_eq!(told, expected);
    query.level = Some(Level::Township);
    query.periods.truncate(1);
    let offices: Vec<u64> = said.ask(&query).iter().map(|row| row.office.0).collect();
    assert_eq!(offices, [11, 12, 13, 14, 21]);
    query.level = Some(Level::Village);
    assert_eq!(said.ask(&query), []);
}

#[test]
fn what_is_asked_twice_is_answered_once() {
    let said = seats();
    let mut query = Said::query(1, "seats_held", &["2025Q1", "2025Q1"], TODAY);
    query
        .indicators
        .extend(["persons".to_string(), "seats_held".to_string()]);
    let rows = said.ask(&query);
    let told: Vec<&str> = rows.iter().map(|row| row.indicator.as_str()).collect();
    assert_eq!(told, ["seats_held", "persons"]);
}

fn refused(query: &Query) -> Refusal {
    let said = Said::nothing();
    Plan::new(&said.catalog, &said.tree, OfficeId(1), query)
        .err()
        .unwrap()
}

fn by(indicator: &str, dims: &[&str]) -> Query {
    let mut query = Said::query(1, indicator, &["2025"], TODAY);
    query.by = dims.iter().map(ToString::to_string).collect();
    query
}

#[test]
fn a_question_that_has_no_answer_is_refused_with_what_there_is() {
    let persons = "choose from category, industry, gender, pool, file";
    for (query, words) in [
        (
            by("wealth", &[]),
            "there is no indicator \"wealth\"".to_string(),
        ),
        (
            by("persons", &["name"]),
            alloc::format!("persons is not counted by \"name\", {persons}"),
        ),
        (
            by("persons", &["pool", "gender", "file"]),
            alloc::format!("persons is counted by at most 2 dimensions at once, {persons}"),
        ),
        (
            by("stale_share", &["pool", "gender", "file"]),
            alloc::format!("stale_share is counted by at most 2 dimensions at once, {persons}"),
        ),
        (
            by("assistance_settlement", &["outcome"]),
            "assistance_settlement is not counted by \"outcome\", choose from need".to_string(),
        ),
        (
            by("assigned", &["staff"]),
            "assigned is not counted by \"staff\", it has no dimensions".to_string(),
        ),
    ] {
        assert_eq!(refused(&query).to_string(), words);
    }
}

#[test]
fn an_office_that_is_not_at_or_below_this_one_is_refused() {
    let said = Said::nothing();
    let asked = |here, office| {
        let query = Said::query(office, "persons", &["2025"], TODAY);
        Plan::new(&said.catalog, &said.tree, OfficeId(here), &query).err()
    };
    for (here, office) in [(1, 99), (99, 99), (10, 1), (10, 20), (11, 12)] {
        let refusal = Refusal::NoOffice {
            office: OfficeId(office),
        };
        assert_eq!(asked(here, office), Some(refusal), "{office} at {here}");
    }
    assert_eq!(
        (asked(10, 10), asked(10, 12), asked(1, 21)),
        (None, None, None)
    );
}

#[test]
fn each_office_and_indicator_is_read_once_however_many_periods() {
    let said = seats();
    let quarters = ["2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025"];
    let mut query = Said::query(1, "seats_held", &quarters, TODAY);
    query.indicators.push("appointments".into());
    assert_eq!(said.ask(&query).len(), 12);
    assert_eq!(said.reads.take(), 2 * 8);
    query.level = Some(Level::Township);
    said.ask(&query);
    assert_eq!(said.reads.take(), 2 * 5);
}

#[test]
fn periods_are_answered_up_to_the_limit() {
    let months = |count: i32| {
        let mut query = by("persons", &[]);
        let all = (0..count).map(|months| Period::Month(month("1900").plus(months)));
        query.periods = all.collect();
        query
    };
    let most = i32::try_from(MAX_PERIODS).unwrap();
    assert_eq!(Said::nothing().ask(&months(most)).len(), MAX_PERIODS);
    let asked = MAX_PERIODS + 1;
    assert_eq!(
        refused(&months(most + 1)),
        Refusal::TooManyPeriods { asked }
    );
}

#[test]
fn a_catalog_whose_ratio_names_a_ratio_is_refused_not_counted() {
    let mut said = Said::nothing();
    let mut twice = said.catalog.indicator("stale_share").unwrap().clone();
    twice.id = "twice".to_string();
    let part = |indicator: &str| terrace_catalog::Part {
        indicator: indicator.into(),
        filters: Vec::new(),
    };
    twice.measure = terrace_catalog::Measure::Ratio {
        num: part("stale_share"),
        den: part("persons"),
    };
    said.catalog.indicators.push(twice);
    let query = Said::query(1, "twice", &["2025"], TODAY);
    let refusal = Plan::new(&said.catalog, &said.tree, OfficeId(1), &query)
        .err()
        .unwrap();
    let indicator = "stale_share".to_string();
    assert_eq!(refusal, Refusal::NoIndicator { indicator });
}

fn nominated(catalog: &Catalog, ending: Option<terrace_catalog::Action>) -> Vec<String> {
    let on = super::bench::day("2025-05-02");
    let course = Course {
        workflow: "nomination".into(),
        first_submit: Some(super::bench::day("2025-04-01")),
        ending: ending.map(|by| Ending {
            on,
            by,
            outcome: None,
        }),
    };
    let found = course_contributions(catalog, &course);
    let told = |((id, month, _), change): (&(String, terrace_model::Month, _), _)| {
        alloc::format!("{id} {month} {change}")
    };
    found.iter().map(told).collect()
}

#[test]
fn a_submission_counts_its_first_act_and_its_last() {
    use terrace_catalog::Action;
    let catalog = terrace_catalog::shipped();
    assert_eq!(
        nominated(&catalog, None),
        ["nominations_submitted 202504 1"]
    );
    for (by, id) in [
        (Action::Approve, "nominations_approved"),
        (Action::Reject, "nominations_rejected"),
        (Action::Withdraw, "nominations_withdrawn"),
    ] {
        let told = nominated(&catalog, Some(by));
        let ended = alloc::format!("{id} 202505 1");
        assert_eq!(told, {
            let mut both = vec![ended, "nominations_submitted 202504 1".to_string()];
            both.sort();
            both
        });
    }
}
