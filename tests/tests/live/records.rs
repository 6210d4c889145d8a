//! 2. Records of every type are put, listed, corrected and deleted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::rig::{Office, PREFECTURE, Ran, Tree, started};
use crate::samples::{SAMPLES, Sample};

/// The record as `list` and `get` show it, without what has been left out.
fn is_as_given(row: &Value, sample: &Sample) {
    assert_eq!(row["type"], sample.of);
    assert_eq!(row["id"], sample.id());
    for (key, value) in &sample.fields[1..] {
        assert_eq!(row["fields"][key], *value, "{row}");
    }
}

#[test]
fn every_type_is_put_listed_corrected_and_deleted() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let catalog = office.does("catalog show").json();
    let text = catalog["text"].as_str().unwrap();
    let types = text.lines().filter_map(|line| line.strip_prefix("type \""));
    let types: BTreeSet<_> = types.filter_map(|line| line.split('"').next()).collect();
    assert_eq!(types, SAMPLES.iter().map(|sample| sample.of).collect());
    for sample in &SAMPLES {
        let of = sample.of;
        let list = || office.does(&format!("record list {of}")).json();
        assert_eq!(list(), json!({"rows": [], "next": null}), "{of}");
        assert_eq!(office.does(&sample.put()).word(), sample.id());
        let listed = list();
        assert_eq!(listed["rows"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(listed["next"], Value::Null);
        is_as_given(&listed["rows"][0], sample);
        // A second put of the same changes nothing.
        office.does(&sample.put());
        assert_eq!(list(), listed);
        let (key, value) = sample.other;
        let id = sample.id();
        office.does(&format!("record put {of} id={id} {key}={value} --correct"));
        let mut expected = listed["rows"][0].clone();
        expected["fields"][key] = json!(value);
        let got = office.does(&format!("record get {of} {id}")).json();
        assert_eq!(got, expected, "only {key} is another");
    }
    for Sample { of, fields, .. } in SAMPLES.iter().rev() {
        let id = fields[0].1;
        office.does(&format!("record delete {of} {id}"));
        assert_eq!(
            office.rows(&format!("record list {of}")),
            Vec::<Value>::new()
        );
        office.run(&format!("record get {of} {id}")).ended(5);
        office.run(&format!("record delete {of} {id}")).ended(5);
    }
}

#[test]
fn what_was_put_is_there_after_a_kill_and_from_the_view_built_again() {
    let mut tree = Tree::of(&[PREFECTURE]);
    for sample in &SAMPLES {
        tree.at(PREFECTURE).does(&sample.put());
    }
    let all = |office: &Office| -> Vec<Value> {
        let rows = SAMPLES.iter().flat_map(|sample| {
            let mut rows = office.rows(&format!("record list {}", sample.of));
            rows.extend(office.rows("rollup persons contributed seats_held --period 2024"));
            rows
        });
        rows.collect()
    };
    let before = all(tree.at(PREFECTURE));
    tree.at_mut(PREFECTURE).kill();
    tree.at_mut(PREFECTURE).start();
    assert_eq!(all(tree.at(PREFECTURE)), before);
    tree.at_mut(PREFECTURE).kill();
    std::fs::remove_dir_all(tree.at(PREFECTURE).folder().join("view")).unwrap();
    tree.at_mut(PREFECTURE).start();
    assert_eq!(all(tree.at(PREFECTURE)), before);
}

#[test]
fn what_is_unknown_is_5_what_is_malformed_2_and_what_cannot_be_kept_3() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let meeting = "record put meeting topic=a attendance=1";
    for (line, code, said) in [
        ("record list poem", 5, "poem"),
        ("record put poem name=a", 5, "poem"),
        ("record get person nobody", 5, "nobody"),
        ("record confirm person nobody", 5, "nobody"),
        (&format!("{meeting} held_on=2024-13-01"), 2, "held_on"),
        (&format!("{meeting} held_on=yesterday"), 2, "held_on"),
        (
            "record put person id=p1 name=a --from 2024-02-30",
            2,
            "2024-02-30",
        ),
        (
            "record put meeting topic=a held_on=2024-01-01 attendance=many",
            2,
            "attendance",
        ),
        ("record put organisation capital=1,5 name=a", 2, "capital"),
        ("record put person name", 2, "FIELD=VALUE"),
        (meeting, 3, "held_on"),
        (
            &format!("{meeting} held_on=2999-01-01"),
            3,
            "later than today",
        ),
        (
            &format!("{meeting} held_on=2024-01-01 kind=poet"),
            3,
            "poet",
        ),
        (
            "record put pairing organisation=nobody village=v since=2024-01-01",
            3,
            "nobody",
        ),
        ("record put person ethnicity=x name=a", 3, "ethnicity"),
    ] {
        let ran = office.run(line).ended(code).said(said);
        assert_eq!(ran.out, "", "{line}");
    }
    for sample in &SAMPLES {
        let rows = office.rows(&format!("record list {}", sample.of));
        assert_eq!(rows, Vec::<Value>::new(), "nothing of it was kept");
    }
}

#[test]
fn what_others_refer_to_stays_and_ends_come_after_beginnings() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    for sample in &SAMPLES {
        office.does(&sample.put());
    }
    office.run("record delete organisation o1").ended(3);
    office.run("record delete person p1").ended(3);
    office
        .run("record put person id=p1 left_on=2023-12-31")
        .ended(3);
    let still = office.rows("record list person");
    is_as_given(&still[0], &SAMPLES[1]);
}

/// The people in it are made up; the rare characters are not.
const NAMES: [&str; 5] = [
    "欧阳示例",
    "㑇𠮷示例",
    "阿不都·示例",
    "O'Neill-示例,\"乙\"",
    "Ａ示例（甲）",
];

#[test]
fn names_survive_as_they_are_typed() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let names: BTreeSet<String> = NAMES.map(String::from).into();
    for name in &names {
        let mut command = started("record put unit");
        command
            .arg(format!("name={name}"))
            .arg("--data")
            .arg(office.folder());
        Ran::of(name, command.output().unwrap()).done();
    }
    let shown = |office: &Office| -> BTreeSet<String> {
        let rows = office.rows("record list unit");
        let name = |row: &Value| row["fields"]["name"].as_str().unwrap().to_owned();
        rows.iter().map(name).collect()
    };
    assert_eq!(shown(office), names);
    for lang in ["zh", "en"] {
        let table = office.does(&format!("record list unit --format table --lang {lang}"));
        for name in &names {
            assert!(table.out.contains(name.as_str()), "{table:?}");
        }
    }
    // Out as a sheet and in again, at another office.
    let sheet = office.does("record export unit --format csv").out;
    let other = Tree::of(&["360827"]);
    let other = other.at("360827");
    let file = other.file("units.csv", sheet.as_bytes());
    other.does(&format!("record import unit {}", file.display()));
    assert_eq!(shown(other), names);
    assert_eq!(other.does("record export unit --format csv").out, sheet);
}
