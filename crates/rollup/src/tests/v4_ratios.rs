//! Ratios over offices and over time.

use alloc::{format, string::String, vec::Vec};

use terrace_catalog::{DimFilter, Indicator, Keep, Measure, Part, shipped};
use terrace_model::Decimal;

use super::bench::{Bench, Said, covered, flags, shown};
use crate::Figure;

/// Cases of assistance closed on a day: so many settled, so many explained.
fn close(office: &mut Bench, on: &str, settled: usize, explained: usize) {
    for (outcome, count) in [("settled", settled), ("explained", explained)] {
        for number in 0..count {
            let id = format!("{on}-{outcome}-{number}");
            let fields = [
                ("need", "loan"),
                ("opened_on", on),
                ("outcome", outcome),
                ("closed_on", on),
            ];
            office.put("2025-12-31", "assistance", &id, &fields);
        }
    }
}

fn closing(settled: usize, explained: usize) -> Bench {
    let mut office = Bench::new();
    close(&mut office, "2025-02-03", settled, explained);
    office
}

fn parts(num: i64, den: i64) -> Figure {
    Figure::Ratio {
        num: Decimal::whole(num),
        den: Decimal::whole(den),
    }
}

#[test]
fn v4_over_offices_both_parts_add_up_and_divide_last() {
    let mut said = Said::nothing();
    said.say(11, &closing(1, 3), "2025-04-01");
    said.say(12, &closing(9, 1), "2025-04-01");
    said.say(13, &closing(0, 0), "2025-04-01");
    let row = |office| said.row(office, "assistance_settlement", "2025Q1", "2025-04-02");
    let county = row(10);
    assert_eq!(
        (county.figure, shown(&county).as_str()),
        (parts(10, 14), "0.714286")
    );
    assert_eq!(covered(&county), [4, 3, 0, 0, 1, 0]);
    for (office, num, den, value) in [(11, 1, 4, "0.25"), (12, 9, 10, "0.9"), (13, 0, 0, "-")] {
        let row = row(office);
        assert_eq!((row.figure, shown(&row).as_str()), (parts(num, den), value));
        assert_eq!(
            (covered(&row), flags(&row)),
            ([1, 1, 0, 0, 0, 0], ["A"].into())
        );
    }
    let fourth = row(14);
    assert_eq!(
        (fourth.figure, flags(&fourth)),
        (Figure::Missing, ["M"].into())
    );
    assert_eq!(covered(&fourth), [1, 0, 0, 0, 1, 0]);
}

#[test]
fn v4_over_time_both_parts_add_up_and_divide_last() {
    let mut office = Bench::new();
    close(&mut office, "2025-01-10", 2, 3);
    close(&mut office, "2025-04-10", 3, 0);
    let mut said = Said::nothing();
    said.say(11, &office, "2025-07-01");
    let periods = ["2025Q1", "2025Q2", "2025S1"];
    let query = Said::query(11, "assistance_settlement", &periods, "2025-07-01");
    let rows = said.ask(&query);
    let figures: Vec<_> = rows.iter().map(|row| row.figure).collect();
    assert_eq!(figures, [parts(2, 5), parts(3, 3), parts(5, 8)]);
    let values: Vec<String> = rows.iter().map(shown).collect();
    assert_eq!(values, ["0.4", "1", "0.625"]);
}

/// What was withdrawn (撤回) was neither settled nor left unsettled: it is in
/// neither part, though it was closed.
#[test]
fn a_case_that_was_withdrawn_is_in_neither_part() {
    let mut office = closing(1, 1);
    let fields = [
        ("need", "loan"),
        ("opened_on", "2025-02-03"),
        ("outcome", "withdrawn"),
        ("closed_on", "2025-02-03"),
    ];
    office.put("2025-12-31", "assistance", "w1", &fields);
    let mut said = Said::nothing();
    said.say(11, &office, "2025-04-01");
    let row = |indicator| said.row(11, indicator, "2025Q1", "2025-04-02").figure;
    assert_eq!(row("assistance_settlement"), parts(1, 2));
    assert_eq!(row("assistance_closed"), Figure::Sum(Decimal::whole(3)));
}

/// Settled over opened: the two happen in different periods.
fn settled_of_opened() -> Indicator {
    let part = |indicator: &str, filters| Part {
        indicator: indicator.into(),
        filters,
    };
    let settled = DimFilter {
        dim: "outcome".into(),
        keep: Keep::Only(["settled".into()].into()),
    };
    let mut indicator = shipped()
        .indicator("assistance_settlement")
        .unwrap()
        .clone();
    indicator.id = "settled_of_opened".into();
    indicator.measure = Measure::Ratio {
        num: part("assistance_closed", [settled].into()),
        den: part("assistance_opened", [].into()),
    };
    indicator
}

#[test]
fn v4_a_ratio_over_one_is_shown() {
    let mut office = Bench::new();
    for (id, opened_on, closed_on) in [
        ("1", "2025-01-10", "2025-02-10"),
        ("2", "2025-01-11", "2025-05-10"),
        ("3", "2025-01-12", "2025-05-11"),
        ("4", "2025-01-13", ""),
        ("5", "2025-04-14", "2025-05-12"),
    ] {
        let outcome = if closed_on.is_empty() {
            "open"
        } else {
            "settled"
        };
        let fields = [
            ("need", "loan"),
            ("opened_on", opened_on),
            ("outcome", outcome),
            ("closed_on", closed_on),
        ];
        office.put("2025-07-01", "assistance", id, &fields);
    }
    let mut said = Said::nothing();
    said.say(11, &office, "2025-07-01");
    said.catalog.indicators.push(settled_of_opened());
    assert_eq!(said.catalog.faults(), []);
    for (period, figure, value) in [
        ("2025Q1", parts(1, 4), "0.25"),
        ("2025Q2", parts(3, 1), "3"),
        ("2025S1", parts(4, 5), "0.8"),
    ] {
        let row = said.row(11, "settled_of_opened", period, "2025-07-01");
        assert_eq!((row.figure, shown(&row).as_str()), (figure, value));
    }
}
