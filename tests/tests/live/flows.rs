use std::time::{Duration, Instant};

use serde_json::Value;

use crate::rig::{COUNTY, OTHER, Output, TOWN, Tree, tree, until};

#[test]
fn a_record_changes_the_roll_up_at_the_top_within_a_second() {
    let tree = tree();
    let mut waits = Vec::new();
    for number in 1..=20_i32 {
        let put = tree.town.put_person(&format!("p{number}"));
        let saved = Instant::now();
        assert_eq!(put.code, 0, "{put:?}");
        until("the figure has come up", || {
            tree.top.figure("persons", &["--period", "2024"])["value"]
                == number.to_string().as_str()
        });
        waits.push(saved.elapsed());
    }
    waits.sort();
    println!(
        "from the saved record to the top: median {:?}, most {:?}",
        waits[10], waits[19]
    );
    assert!(waits[19] < Duration::from_secs(1), "{waits:?}");
    for period in ["202403", "2024Q1", "2024S1", "2024"] {
        for (office, asked) in [
            (&tree.top, TOWN),
            (&tree.top, COUNTY),
            (&tree.county, TOWN),
            (&tree.town, TOWN),
        ] {
            let row = office.figure("persons", &["--period", period, "--office", asked]);
            assert_eq!(row["value"], "20", "{row}");
            assert_eq!(row["coverage"]["missing"], 0, "{row}");
        }
        let other = tree
            .top
            .figure("persons", &["--period", period, "--office", OTHER]);
        assert_eq!(other["value"], "0", "{other}");
    }
    assert_eq!(
        tree.county
            .run(&["rollup", "persons", "--office", "3608"])
            .code,
        5
    );
    let by = [
        "rollup",
        "persons",
        "--by",
        "gender,category",
        "--period",
        "2024",
        "--format",
        "json",
    ];
    let rows = tree.top.run(&by).json();
    assert_eq!(rows["rows"][0]["dims"]["gender"], "female", "{rows}");
    assert_eq!(rows["rows"][0]["dims"]["category"], "freelancer", "{rows}");
    let levels = [
        "rollup", "persons", "--level", "township", "--period", "2024", "--format", "json",
    ];
    assert_eq!(
        tree.top.run(&levels).json()["rows"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

fn state(shown: &Output) -> Value {
    if shown.code == 0 {
        shown.json()["state"].clone()
    } else {
        Value::Null
    }
}

#[test]
fn a_nomination_needs_consent_goes_up_and_its_decision_comes_down() {
    let tree = tree();
    let phone = "13900000000";
    for person in ["p1", "p2"] {
        let phone = format!("phone={phone}");
        assert_eq!(tree.town.put_person(person).code, 0);
        let id = format!("id={person}");
        assert_eq!(tree.town.put("person", &[&id, &phone]).code, 0);
    }
    let refused = propose(&tree, "p1");
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("consent"), "{refused:?}");
    for (person, act, reason) in [
        ("p1", "approve", None),
        ("p2", "reject", Some("places_taken")),
    ] {
        decide(&tree, person, act, reason);
    }
    assert!(tree.town.holds_bytes(phone.as_bytes()));
    assert!(!tree.county.holds_bytes(phone.as_bytes()) && !tree.top.holds_bytes(phone.as_bytes()));
}

#[test]
fn a_notice_reaches_its_audience_and_no_other_and_receipts_come_back() {
    let tree = tree();
    let body = tree.folder.path().join("body.txt");
    let publish = |text: &str, to: &[&str]| {
        std::fs::write(&body, text).unwrap();
        let mut args = vec![
            "notice",
            "publish",
            "--title",
            "通知",
            "--body",
            body.to_str().unwrap(),
        ];
        args.extend(to);
        tree.top.run(&args).line()
    };
    let all = publish("for the whole county 甲", &["--subtree", COUNTY]);
    let one = publish("for one township 乙", &["--to", TOWN]);
    let receipt = |id: &str, code: &str| {
        let rows = tree
            .top
            .run(&["notice", "receipts", id, "--format", "json"])
            .json();
        rows["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["office"] == code)
            .cloned()
    };
    for code in [COUNTY, TOWN, OTHER] {
        until("it is delivered", || {
            receipt(&all, code).is_some_and(|row| !row["delivered"].is_null())
        });
    }
    until("one has its own", || {
        receipt(&one, TOWN).is_some_and(|row| !row["delivered"].is_null())
    });
    assert!(receipt(&one, OTHER).is_none() && receipt(&one, COUNTY).is_none());
    assert!(tree.town.holds_bytes("for one township 乙".as_bytes()));
    assert!(!tree.other.holds_bytes("for one township 乙".as_bytes()));
    assert_eq!(tree.other.run(&["notice", "show", &one]).code, 5);
    assert_eq!(tree.town.run(&["notice", "read", &all]).code, 0);
    assert_eq!(tree.town.run(&["notice", "ack", &all]).code, 0);
    until("read and acknowledged come back", || {
        receipt(&all, TOWN)
            .is_some_and(|row| !row["read"].is_null() && !row["acknowledged"].is_null())
    });
    assert!(
        receipt(&all, OTHER).unwrap()["read"].is_null(),
        "the issuer sees who has not"
    );
}

fn propose(tree: &Tree, person: &str) -> Output {
    let person = format!("person={person}");
    let args = [
        "submission",
        "new",
        "nomination",
        &person,
        "body=cppcc",
        "seat=member",
        "level=prefecture",
        "term=5",
    ];
    tree.town.run(&args)
}

/// Takes one nomination all the way up, and its decision down.
fn decide(tree: &Tree, person: &str, act: &str, reason: Option<&str>) {
    let consent = [
        "submission",
        "consent",
        person,
        "--for",
        "nomination",
        "--on",
        "2024-05-01",
        "--document",
        "1",
    ];
    assert_eq!(tree.town.run(&consent).code, 0);
    let id = propose(tree, person).line();
    let show = ["submission", "show", &id, "--format", "json"];
    assert_eq!(tree.town.run(&["submission", "submit", &id]).code, 0);
    until("the county has it", || {
        state(&tree.county.run(&show)) == "submitted"
    });
    assert_eq!(tree.county.run(&["submission", "forward", &id]).code, 0);
    until("the prefecture has it", || {
        state(&tree.top.run(&show)) == "forwarded"
    });
    let shown = tree.top.run(&show).json();
    assert_eq!(shown["subject"]["name"], "示例", "{shown}");
    assert!(shown["subject"].get("phone").is_none(), "{shown}");
    if let Some(reason) = reason {
        assert_eq!(
            tree.top.run(&["submission", act, &id]).code,
            3,
            "a reason is needed"
        );
        let done = tree.top.run(&["submission", act, &id, "--reason", reason]);
        assert_eq!(done.code, 0, "{done:?}");
    } else {
        assert_eq!(tree.top.run(&["submission", act, &id]).code, 0);
    }
    let decided = if reason.is_some() {
        "rejected"
    } else {
        "approved"
    };
    until("the township sees the decision", || {
        state(&tree.town.run(&show)) == decided
    });
    let steps = tree.town.run(&show).json()["steps"].clone();
    assert_eq!(
        steps[2]["reason"],
        reason.map_or(Value::Null, Value::from),
        "{steps}"
    );
    let other = if reason.is_some() {
        "approve"
    } else {
        "reject"
    };
    let undone = ["submission", other, &id, "--reason", "late"];
    assert_eq!(tree.top.run(&undone).code, 3, "decided once");
}
