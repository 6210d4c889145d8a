//! What an office says, it says in the language of the person who asks.

use crate::rig::{PREFECTURE, Tree, is_chinese};

#[test]
fn a_no_and_a_status_are_told_in_the_language_that_is_asked_for() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    let person = "record put person id=p1 name=茶 gender=male industry=C \
                  on_roster_since=2024-01-01 category";
    tree.invites(PREFECTURE, "360827");
    let noes = [
        // Refused while it is read, by the desk, and by the door itself.
        (format!("{person}=poet"), 3, "category \"poet\""),
        (
            "record put visit id=v1 staff=s person=p9 visited_on=2024-01-01 subject=policy".into(),
            3,
            "person \"p9\"",
        ),
        ("record put poet a=b".into(), 5, "`poet`"),
        ("rollup nothing".into(), 5, "nothing"),
        (
            "rollup persons --by category,industry,gender".into(),
            2,
            "category",
        ),
        ("rollup persons --office 3609".into(), 5, "3609"),
        (
            "submission show 0000000000000001".into(),
            5,
            "submission list",
        ),
    ];
    for (lang, wants) in [("zh", true), ("en", false)] {
        for (line, code, names) in &noes {
            let told = office.run(&format!("{line} --lang {lang}"));
            let told = told.ended(*code).said(names);
            for said in told.err.lines() {
                assert_eq!(is_chinese(said), wants, "{lang}: {told:#?}");
            }
        }
        let status = office.does(&format!("status --lang {lang} --format json"));
        let child = &status.json()["offices"][1];
        assert_eq!(child["state"], "never-joined");
        for key in ["why", "todo"] {
            let said = child[key].as_str().unwrap();
            assert_eq!(is_chinese(said), wants, "{said}");
        }
        assert!(child["todo"].as_str().unwrap().contains("terrace join"));
    }
    // A person is not refused in either language.
    office.does(&format!("{person}=freelancer --lang zh"));
}

#[test]
fn the_catalog_is_a_table_that_says_what_belongs_into_free_text() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    for (lang, row, hint) in [
        ("zh", ["name", "姓名", "必填"], "只写工作事实"),
        ("en", ["name", "name", "required"], "facts of service only"),
    ] {
        let shown = office.does(&format!("catalog show --format table --lang {lang}"));
        let lines: Vec<&str> = shown.out.lines().collect();
        let person = lines.iter().position(|line| line.starts_with("person "));
        let name = lines[person.unwrap() + 2];
        for word in row {
            assert!(name.contains(word), "{name}");
        }
        assert!(name.ends_with(hint), "{name}");
        let note = lines.iter().find(|line| line.starts_with("--note"));
        assert!(note.unwrap().ends_with(hint), "{note:?}");
        for word in ["freelancer", "contributed", "nomination"] {
            assert!(lines.iter().any(|line| line.contains(word)), "{word}");
        }
        assert!(!shown.out.contains("terrace-catalog"), "{}", shown.out);
    }
}

/// As what no field holds is.
#[test]
fn what_no_message_holds_is_refused_by_its_field() {
    let tree = Tree::of(&[PREFECTURE]);
    let office = tree.at(PREFECTURE);
    for (lang, wants) in [("zh", true), ("en", false)] {
        for length in [500, 4096, 4097, 100_000] {
            let long = "x".repeat(length);
            let line = format!("record put unit id=u1 name={long} --lang {lang}");
            let told = office.run(&line).ended(3).said("  name \"xxx");
            assert_eq!(is_chinese(&told.err), wants, "{told:?}");
        }
    }
}
