//! 3. Figures of any office below, at every level and by any dimension.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use terrace_catalog::{Indicator, shipped};

use crate::known::{Cells, FIGURES, MORE};
use crate::rig::{
    COUNTY, LONG, OTHER_COUNTY, OTHER_TOWNSHIP, Office, PREFECTURE, TOWNSHIP, Tree, name_of, until,
};
use crate::samples::SAMPLES;

const ALL: [&str; 5] = [PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, OTHER_COUNTY];

/// A value as whole millionths, so that it can be doubled.
pub(crate) fn millionths(value: &str) -> u128 {
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    format!("{whole}{part:0<6}").parse().unwrap()
}

/// What is divided: nothing where nobody holds anything.
const RATIOS: [&str; 2] = ["stale_share", "assistance_settlement"];

/// The value for offices that hold the same; a ratio stays what it is.
fn times(value: &str, offices: u128, indicator: &str) -> u128 {
    let each = millionths(value);
    if RATIOS.contains(&indicator) {
        each
    } else {
        each * offices
    }
}

/// Waits until a figure is this.
#[track_caller]
pub(crate) fn becomes(office: &Office, line: &str, value: &str) {
    until(line, LONG, || {
        let rows = office.rows(line);
        let found = &rows[0]["value"];
        (rows.len() == 1 && found == value)
            .then_some(())
            .ok_or(format!("{rows:?}"))
    });
}

/// A tree in which these offices hold the samples, once the top has them all.
pub(crate) fn with_samples(codes: &[&str], holders: &[&str]) -> Tree {
    let tree = Tree::of(codes);
    for code in holders {
        for sample in &SAMPLES {
            tree.at(code).does(&sample.put());
        }
        tree.at(code)
            .does("record put honour id=h2 title=示例 level=county awarded_on=2025-01-01");
    }
    let last = "rollup honours --period 2025";
    becomes(tree.at(codes[0]), last, &holders.len().to_string());
    tree
}

#[test]
fn no_indicator_over_records_and_no_dimension_of_one_is_left_out() {
    let dims = |of: &Indicator| -> Vec<String> {
        let mut dims: Vec<_> = of.dims.iter().map(|dim| dim.id.clone()).collect();
        dims.sort();
        dims
    };
    let is_here =
        |of: &&Indicator| !of.id.starts_with("suggestion") && !of.id.starts_with("nominations_");
    let catalog = shipped();
    let there = catalog.indicators.iter().filter(is_here);
    let there: BTreeMap<_, _> = there.map(|of| (of.id.as_str(), dims(of))).collect();
    let here = FIGURES.iter().map(|(id, _, dims)| {
        let mut dims: Vec<_> = dims.iter().map(|(dim, _)| (*dim).to_owned()).collect();
        dims.sort();
        (*id, dims)
    });
    assert_eq!(here.collect::<BTreeMap<_, _>>(), there);
}

/// The cells of an indicator by one dimension, in millionths. Where there was
/// something and is nothing any more, a sum may say 0, and a ratio no value.
fn cells_of(office: &Office, line: &str, dim: &str, is_ratio: bool) -> BTreeMap<String, u128> {
    let cells = office.rows(line).into_iter().filter_map(|row| {
        let dims = row["dims"].as_object().unwrap();
        assert_eq!(dims.len(), 1, "{row}");
        let code = dims[dim].as_str().unwrap().to_owned();
        match row["value"].as_str() {
            Some(value) => Some((code, millionths(value))),
            None => {
                assert!(is_ratio, "{row}");
                None
            }
        }
    });
    cells.filter(|(_, value)| is_ratio || *value != 0).collect()
}

/// The same as they have to be for offices that hold the same.
fn expected(cells: Cells, holders: u128, id: &str) -> BTreeMap<String, u128> {
    let cells = cells.iter().filter(|_| holders > 0);
    cells
        .map(|(code, value)| ((*code).to_owned(), times(value, holders, id)))
        .collect()
}

/// That every indicator of an office is as known, in whole and by each of its
/// dimensions, where so many offices hold the records.
#[track_caller]
fn is_known(office: &Office, of: &str, holders: u128) {
    let ids: Vec<_> = FIGURES.iter().map(|(id, _, _)| *id).collect();
    let ids = ids.join(" ");
    let rows = office.rows(&format!("rollup {ids} --period 2024 --office {of}"));
    assert_eq!(rows.len(), FIGURES.len());
    for (row, (id, value, dims)) in rows.iter().zip(&FIGURES) {
        let is_ratio = RATIOS.contains(id);
        assert_eq!(
            (&row["indicator"], &row["office"]),
            (&json!(id), &json!(of))
        );
        assert_eq!(row["dims"], json!({}));
        match row["value"].as_str() {
            Some(found) => assert_eq!(millionths(found), times(value, holders, id), "{row}"),
            None => assert!(is_ratio && holders == 0, "{row}"),
        }
        for (dim, cells) in *dims {
            let line = format!("rollup {id} --period 2024 --office {of} --by {dim}");
            let found = cells_of(office, &line, dim, is_ratio);
            assert_eq!(found, expected(cells, holders, id), "{line}");
        }
    }
}

#[test]
fn every_known_figure_tells_and_its_cells_add_up() {
    for (id, value, dims) in FIGURES {
        assert_ne!(millionths(value), 0, "{id}");
        for (dim, cells) in dims {
            let sum: u128 = cells.iter().map(|(_, value)| millionths(value)).sum();
            assert!(
                sum == millionths(value) || RATIOS.contains(&id),
                "{id} by {dim}"
            );
        }
    }
}

#[test]
fn every_indicator_by_every_dimension_at_every_level() {
    let holders = [TOWNSHIP, OTHER_TOWNSHIP];
    let tree = with_samples(&ALL, &holders);
    for code in holders {
        for line in MORE {
            tree.at(code).does(&format!("record put {line}"));
        }
    }
    becomes(tree.at(PREFECTURE), "rollup honours --period 2024", "2");
    for (at, of, holders) in [
        (PREFECTURE, PREFECTURE, 2),
        (PREFECTURE, COUNTY, 2),
        (PREFECTURE, TOWNSHIP, 1),
        (PREFECTURE, OTHER_COUNTY, 0),
        (COUNTY, COUNTY, 2),
        (COUNTY, OTHER_TOWNSHIP, 1),
        (TOWNSHIP, TOWNSHIP, 1),
    ] {
        is_known(tree.at(at), of, holders);
    }
}

#[test]
fn two_dimensions_are_crossed_and_a_third_is_refused_for_persons() {
    let tree = with_samples(&[PREFECTURE, COUNTY], &[COUNTY]);
    let top = tree.at(PREFECTURE);
    for by in ["--by gender,pool", "--by gender --by pool"] {
        let rows = top.rows(&format!("rollup persons --period 2024 {by}"));
        assert_eq!(rows.len(), 1);
        assert_eq!(
            rows[0]["dims"],
            json!({"gender": "female", "pool": "county"})
        );
        assert_eq!(rows[0]["value"], "1");
    }
    top.run("rollup persons --period 2024 --by gender,pool,file")
        .ended(2);
    let three = top.rows("rollup seats_held --period 2024 --by body,seat,level");
    let dims = json!({"body": "cppcc", "seat": "member", "level": "county"});
    assert_eq!((three.len(), &three[0]["dims"]), (1, &dims));
}

#[test]
fn the_json_of_a_figure_is_what_programs_rely_on() {
    let tree = with_samples(&[PREFECTURE, COUNTY, TOWNSHIP], &[TOWNSHIP]);
    let top = tree.at(PREFECTURE);
    let answer = top.does("rollup capital --period 2024 --by kind").json();
    let today = answer["rows"][0]["oldest_input"].clone();
    assert_eq!(today.as_str().map(str::len), Some("2026-11-24".len()));
    let coverage = json!({"expected": 1, "reported": 1, "partial": 0, "carried": 0, "missing": 0, "surplus": 0});
    assert_eq!(
        answer,
        json!({"rows": [{"indicator": "capital", "office": "3608", "period": "2024",
            "dims": {"kind": "enterprise"}, "value": "91725.25", "unit": "万元",
            "coverage": coverage, "oldest_input": today, "state": "live", "revision": null,
            "flags": ["A"]}]})
    );
    let answer = top.does("rollup stale_share --period 2025").json();
    assert_eq!(
        answer,
        json!({"rows": [{"indicator": "stale_share", "office": "3608", "period": "2025",
            "dims": {}, "value": "1", "num": "1", "den": "1", "unit": "比率",
            "coverage": coverage, "oldest_input": today, "state": "live", "revision": null,
            "flags": ["A"]}]})
    );
    // Nothing divided by nothing is no value, and not zero.
    let row = &top.rows("rollup assistance_settlement --period 2023")[0];
    assert_eq!(
        (&row["value"], &row["num"], &row["den"]),
        (&Value::Null, &json!("0"), &json!("0")),
        "{row}"
    );
    let sheet = top
        .does("rollup capital --period 2024 --by kind --format csv")
        .out;
    let mut lines = sheet.lines();
    let head: BTreeSet<_> = lines.next().unwrap().split(',').collect();
    for column in [
        "indicator",
        "office",
        "period",
        "kind",
        "value",
        "unit",
        "expected",
        "reported",
    ] {
        assert!(head.contains(column), "{sheet}");
    }
    assert!(
        lines.next().unwrap().contains(",enterprise,91725.25,"),
        "{sheet}"
    );
}

#[test]
fn coverage_says_who_is_missing_and_missing_is_never_zero() {
    let tree = with_samples(&ALL, &[TOWNSHIP, COUNTY]);
    // Invited and never joined: it owes all the same.
    let absent = "360827102";
    tree.invites(COUNTY, absent);
    let top = tree.at(PREFECTURE);
    let row = |of: &str| {
        let rows = top.rows(&format!("rollup persons --period 2024 --office {of}"));
        assert_eq!(rows.len(), 1);
        rows[0].clone()
    };
    let coverage = |expected: u32, reported: u32, missing: u32, surplus: u32| {
        json!({"expected": expected, "reported": reported, "partial": 0, "carried": 0,
            "missing": missing, "surplus": surplus})
    };
    until("the top knows of the office that was invited", LONG, || {
        let found = row(COUNTY);
        (found["coverage"] == coverage(3, 2, 1, 1))
            .then_some(())
            .ok_or(found.to_string())
    });
    // The county owes nothing; what it holds counts, and is said to be more.
    assert_eq!(row(COUNTY)["value"], "2");
    let other = row(OTHER_TOWNSHIP);
    assert_eq!(
        (&other["value"], &other["coverage"]),
        (&json!("0"), &coverage(1, 1, 0, 0))
    );
    let missing = row(absent);
    assert_eq!(missing["value"], Value::Null, "{missing}");
    assert_eq!(missing["flags"], json!(["M"]));
    assert_eq!(missing["coverage"], coverage(1, 0, 1, 0));
    let levels = top.rows("rollup persons --period 2024 --level township");
    let shown: Vec<_> = levels
        .iter()
        .map(|row| (row["office"].clone(), row["value"].clone()))
        .collect();
    let expected = [
        (TOWNSHIP, json!("1")),
        (OTHER_TOWNSHIP, json!("0")),
        (absent, Value::Null),
    ];
    assert_eq!(shown, expected.map(|(code, value)| (json!(code), value)));
    assert_eq!(name_of(absent), "碧洲镇");
}

#[test]
fn what_is_not_below_is_5_and_what_is_malformed_2() {
    let tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    let county = tree.at(COUNTY);
    for (line, code, said) in [
        ("rollup persons --office 360899", 5, "360899"),
        ("rollup persons --office 3608", 5, "3608"),
        ("rollup poems", 5, "poems"),
        ("rollup persons poems", 5, "poems"),
        ("rollup persons --by name", 5, "name"),
        ("rollup persons --period 2024Q5", 2, "2024Q5"),
        ("rollup persons --period 202413", 2, "202413"),
        ("rollup persons --period last", 2, "last"),
        ("rollup persons --from 2024Q1", 2, "--to"),
        ("rollup persons --from 2024Q1 --to 2024", 2, "--from"),
        ("rollup persons --from 2024Q2 --to 2024Q1", 2, "--from"),
        ("rollup persons --office abc", 2, "abc"),
        ("rollup persons --level street", 2, "street"),
        ("rollup", 2, "INDICATOR"),
    ] {
        let ran = county.run(line).ended(code).said(said);
        assert_eq!(ran.out, "", "{line}");
    }
}
