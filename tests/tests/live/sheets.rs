//! 2. Sheets are imported whole or not at all.

use serde_json::{Value, json};

use crate::rig::{Office, PREFECTURE, Tree, is_chinese};
use crate::samples::SAMPLES;

fn import(of: &str, office: &Office, sheet: &str) -> String {
    let file = office.file(&format!("{of}.csv"), sheet.as_bytes());
    format!("record import {of} {}", file.display())
}

#[test]
fn every_type_is_imported_and_the_same_sheet_again_changes_nothing() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let all = || -> Vec<Value> {
        let rows = SAMPLES.iter();
        rows.flat_map(|sample| office.rows(&format!("record list {}", sample.of)))
            .collect()
    };
    let mut seen = Vec::new();
    for round in 0..2 {
        for sample in &SAMPLES {
            let line = import(sample.of, office, &sample.sheet());
            let report = office.does(&format!("{line} --format json")).json();
            assert_eq!(report["faults"], json!([]));
            if round == 0 {
                assert_eq!(report["kept"], 1);
            }
        }
        let rows = all();
        assert_eq!(rows.len(), SAMPLES.len());
        for (row, sample) in rows.iter().zip(&SAMPLES) {
            for (key, value) in &sample.fields[1..] {
                assert_eq!(row["fields"][key], *value, "{row}");
            }
        }
        seen.push(rows);
    }
    assert_eq!(seen[0], seen[1]);
    // What is exported is a sheet that changes nothing either.
    for sample in &SAMPLES {
        let sheet = office
            .does(&format!("record export {} --format csv", sample.of))
            .out;
        office.does(&import(sample.of, office, &sheet));
    }
    assert_eq!(all(), seen[0]);
}

const BAD: &str = "\
id,topic,held_on,attendance,kind
m1,一,2024-02-01,3,
m2,二,2024-02-02,4,poet
m1,三,2024-02-03,5,briefing
m4,,2024-02-30,-1,abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij
m5,五,2999-01-01,5,briefing
";

#[test]
fn a_bad_sheet_is_refused_whole_with_line_field_value_and_reason() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let line = import("meeting", office, BAD);
    let told = office.run(&format!("{line} --format json")).ended(3);
    let report = told.json();
    assert_eq!(report["kept"], 0);
    let faults = report["faults"].as_array().unwrap();
    let place = |fault: &Value| {
        let reason = fault["reason"].as_str().unwrap();
        assert!(
            !reason.is_empty() && fault.as_object().unwrap().len() == 4,
            "{fault}"
        );
        let text = |key: &str| fault[key].as_str().unwrap().to_owned();
        (
            fault["line"].as_u64().unwrap(),
            text("field"),
            text("value"),
        )
    };
    let found: Vec<_> = faults.iter().map(place).collect();
    let cut = "abcdefghij".repeat(4);
    let expected = [
        (3, "kind", "poet"),
        (4, "id", "m1"),
        (5, "topic", ""),
        (5, "held_on", "2024-02-30"),
        (5, "attendance", "-1"),
        (5, "kind", &cut),
        (6, "held_on", "2999-01-01"),
    ];
    let expected = expected.map(|(line, field, value)| (line, field.to_owned(), value.to_owned()));
    assert_eq!(found, expected);
    // The same for a person, on stderr, in both languages.
    let mut seen = Vec::new();
    for (lang, line_three) in [
        ("en", "line 3 kind \"poet\""),
        ("zh", "第 3 行 kind \"poet\""),
    ] {
        let line = format!("{line} --lang {lang}");
        let told = office.run(&format!("{line} --format table")).ended(3);
        assert_eq!(told.out, "");
        let told = told.said(line_three).said("id \"m1\"");
        let report = office.run(&format!("{line} --format json")).ended(3).json();
        let faults = report["faults"].as_array().unwrap();
        assert_eq!(faults.iter().map(place).collect::<Vec<_>>(), expected);
        for fault in faults {
            let reason = fault["reason"].as_str().unwrap();
            assert!(told.err.contains(reason), "{told:?}");
            assert_eq!(is_chinese(reason), lang == "zh", "{reason}");
        }
        seen.push(faults.len());
    }
    assert_eq!(seen, [faults.len(); 2]);
    assert_eq!(office.rows("record list meeting"), Vec::<Value>::new());
    // The report is for whoever imports, and for no log.
    for cell in ["poet", "abcdefghij", "2999-01-01", "2024-02-30"] {
        assert!(!office.log().contains(cell), "{}", office.log());
    }
    // Put right it is kept, and a bad one later takes nothing away.
    let good = BAD.lines().take(2).collect::<Vec<_>>().join("\n");
    office.does(&import("meeting", office, &good));
    office.run(&import("meeting", office, BAD)).ended(3);
    let rows = office.rows("record list meeting");
    assert_eq!((rows.len(), &rows[0]["fields"]["topic"]), (1, &json!("一")));
}

/// A cell that cannot be read is found before the office rules, and a row that
/// cannot be kept when it does: each alone refuses the whole sheet.
#[test]
fn one_bad_cell_of_either_kind_refuses_the_whole_sheet() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let head = "id,topic,held_on,attendance\nm1,一,2024-01-01,1\n";
    for (last, field) in [
        ("m2,二,2024-02-30,1\n", "held_on"),
        ("m2,二,2999-01-01,1\n", "held_on"),
    ] {
        let sheet = format!("{head}{last}m3,三,2024-01-03,1\n");
        let ran = office.run(&format!(
            "{} --format json",
            import("meeting", office, &sheet)
        ));
        let report = ran.ended(3).json();
        assert_eq!(report["kept"], 0, "{report}");
        let faults = report["faults"].as_array().unwrap();
        assert_eq!(
            (faults.len(), &faults[0]["line"], &faults[0]["field"]),
            (1, &json!(3), &json!(field))
        );
        assert_eq!(office.rows("record list meeting"), Vec::<Value>::new());
        let rows = office.rows("rollup meetings --period 2024");
        assert_eq!(rows[0]["value"], "0");
    }
}

#[test]
fn a_sheet_with_a_wrong_head_is_refused() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    for (sheet, field) in [
        (
            "id,topic,held_on,attendance,faith\nm1,a,2024-01-01,1,x\n",
            "faith",
        ),
        (
            "id,topic,topic,held_on,attendance\nm1,a,b,2024-01-01,1\n",
            "topic",
        ),
        ("id,topic,attendance\nm1,a,1\n", "held_on"),
    ] {
        let line = import("meeting", office, sheet);
        let told = office.run(&format!("{line} --format json")).ended(3);
        let report = told.json();
        let faults = report["faults"].as_array().unwrap();
        let is_named = faults.iter().any(|fault| fault["field"] == field);
        assert!(is_named && report["kept"] == 0, "{report}");
    }
    let line = import("poem", office, "id,name\n1,a\n");
    office.run(&line).ended(5);
    office.run("record import meeting /nowhere.csv").ended(2);
    assert_eq!(office.rows("record list meeting"), Vec::<Value>::new());
}

#[test]
fn without_ids_the_same_sheet_gives_the_same_ids_and_another_sheet_others() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let sheet = "topic,held_on,attendance\n一,2024-02-01,3\n一,2024-02-01,3\n";
    let ids = || -> Vec<String> {
        let rows = office.rows("record list meeting");
        let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
        rows.iter().map(id).collect()
    };
    office.does(&import("meeting", office, sheet));
    let first = ids();
    assert_eq!(first.len(), 2, "two lines are two records");
    office.does(&import("meeting", office, sheet));
    assert_eq!(ids(), first);
    office.does(&import(
        "meeting",
        office,
        &format!("{sheet}二,2024-02-02,4\n"),
    ));
    let second = ids();
    assert_eq!(second.len(), 5);
    assert!(first.iter().all(|id| second.contains(id)));
    let figure = office.rows("rollup meetings --period 2024");
    assert_eq!(figure[0]["value"], "5");
}

#[test]
fn a_long_sheet_is_kept_whole_and_a_row_with_a_known_id_is_an_edit() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let row = |n: usize, attendance: usize| format!("m{n},议题,2024-02-01,{attendance}\n");
    let sheet = |rows: &mut dyn Iterator<Item = usize>, attendance| {
        let rows: String = rows.map(|n| row(n, attendance)).collect();
        format!("id,topic,held_on,attendance\n{rows}")
    };
    let first = import("meeting", office, &sheet(&mut (0..2500), 2));
    let report = office.does(&format!("{first} --format json")).json();
    assert_eq!(report["kept"], 2500);
    let second = import("meeting", office, &sheet(&mut (2400..2600), 3));
    office.does(&second);
    assert_eq!(office.rows("record list meeting").len(), 2600);
    let figures = office.rows("rollup meetings meeting_attendance --period 202402");
    let attendance = 2400 * 2 + 200 * 3;
    let expected = ["2600".to_owned(), attendance.to_string()];
    assert_eq!(
        [&figures[0]["value"], &figures[1]["value"]],
        [&expected[0], &expected[1]]
    );
    // Piped, it is read from stdin; a dry run keeps nothing.
    let dry = import("meeting", office, &sheet(&mut (5000..5001), 1));
    office.does(&format!("{dry} --dry-run"));
    assert_eq!(office.rows("record list meeting").len(), 2600);
}
