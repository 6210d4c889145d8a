use serde_json::Value;

use crate::rig::{Office, top_in};

/// One record of each type, in an order in which references exist.
const ALL: [(&str, &[&str]); 16] = [
    (
        "organisation",
        &[
            "id=o1",
            "name=示例单位",
            "kind=enterprise",
            "industry=C",
            "employees=0",
            "capital=91725.25",
            "founded_on=2011-03-01",
        ],
    ),
    (
        "person",
        &[
            "id=p1",
            "name=示例",
            "gender=female",
            "category=freelancer",
            "industry=M",
            "on_roster_since=2024-01-01",
        ],
    ),
    ("unit", &["id=u1", "name=责任单位"]),
    (
        "assignment",
        &["id=z1", "staff=联系人", "person=p1", "since=2024-01-01"],
    ),
    (
        "visit",
        &[
            "id=v1",
            "staff=联系人",
            "person=p1",
            "visited_on=2024-02-01",
            "subject=policy",
        ],
    ),
    (
        "meeting",
        &["id=m1", "topic=议题", "held_on=2024-02-01", "attendance=5"],
    ),
    (
        "assistance",
        &["id=x1", "person=p1", "need=loan", "opened_on=2024-02-01"],
    ),
    (
        "contribution",
        &[
            "id=c1",
            "organisation=o1",
            "cause=education",
            "given_on=2024-02-01",
            "amount=2.5",
        ],
    ),
    (
        "training",
        &[
            "id=t1",
            "title=培训",
            "held_on=2024-02-01",
            "participants=0",
        ],
    ),
    (
        "activity",
        &[
            "id=a1",
            "title=活动",
            "kind=lecture",
            "held_on=2024-02-01",
            "participants=9",
        ],
    ),
    (
        "pairing",
        &[
            "id=g1",
            "organisation=o1",
            "village=示例村",
            "since=2024-02-01",
        ],
    ),
    (
        "survey",
        &[
            "id=s1",
            "title=摸底",
            "method=visit",
            "held_on=2024-02-01",
            "villages=1",
            "communities=1",
            "persons_reached=7",
        ],
    ),
    (
        "post",
        &[
            "id=w1",
            "community=社区",
            "core_group=yes",
            "volunteers=3",
            "since=2024-02-01",
        ],
    ),
    (
        "publicity",
        &[
            "id=b1",
            "organisation=o1",
            "outlet=示例报",
            "published_on=2024-02-01",
        ],
    ),
    (
        "appointment",
        &[
            "id=n1",
            "person=p1",
            "body=cppcc",
            "seat=member",
            "level=county",
            "since=2024-02-01",
        ],
    ),
    (
        "honour",
        &[
            "id=h1",
            "person=p1",
            "title=荣誉",
            "level=county",
            "awarded_on=2024-02-01",
        ],
    ),
];

fn rows(office: &Office, kind: &str) -> Vec<Value> {
    let list = office
        .run(&["record", "list", kind, "--format", "json"])
        .json();
    list["rows"].as_array().unwrap().clone()
}

#[test]
fn records_of_every_type_are_put_listed_changed_deleted_and_imported() {
    let folder = tempfile::tempdir().unwrap();
    let office = top_in(folder.path());
    for (kind, fields) in ALL {
        let put = office.put(kind, fields);
        assert_eq!(put.code, 0, "{kind} {put:?}");
        assert_eq!(rows(&office, kind).len(), 1, "{kind}");
    }
    let named = rows(&office, "person");
    assert_eq!(named[0]["fields"]["name"], "示例");
    let changed = office.put("person", &["id=p1", "industry=J", "--from", "2024-06-01"]);
    assert_eq!(changed.code, 0, "{changed:?}");
    let of = |period| {
        let rolled = office.run(&[
            "rollup", "persons", "--by", "industry", "--period", period, "--format", "json",
        ]);
        rolled.json()["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["value"] == "1")
            .map(|row| row["dims"]["industry"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of("202405"), of("202406")),
        (vec!["M".into()], vec!["J".into()])
    );
    let corrected = office.put(
        "person",
        &["id=p1", "industry=K", "--correct", "--from", "2024-01-01"],
    );
    assert_eq!(corrected.code, 0, "{corrected:?}");
    assert_eq!(
        (of("202405"), of("202406")),
        (vec!["K".into()], vec!["J".into()])
    );
    for (kind, fields) in ALL.iter().rev() {
        let id = fields[0].trim_start_matches("id=");
        let deleted = office.run(&["record", "delete", kind, id]);
        assert_eq!(deleted.code, 0, "{kind} {deleted:?}");
        assert!(rows(&office, kind).is_empty(), "{kind}");
    }
    for (kind, fields) in ALL {
        let pairs: Vec<_> = fields
            .iter()
            .map(|field| field.split_once('=').unwrap())
            .collect();
        let head: Vec<_> = pairs.iter().map(|(name, _)| *name).collect();
        let line: Vec<_> = pairs.iter().map(|(_, value)| *value).collect();
        let sheet = folder.path().join(format!("{kind}.csv"));
        std::fs::write(
            &sheet,
            format!("\u{feff}{}\r\n{}\r\n", head.join(","), line.join(",")),
        )
        .unwrap();
        let imported = office.run(&["record", "import", kind, sheet.to_str().unwrap()]);
        assert_eq!(imported.code, 0, "{kind} {imported:?}");
        assert_eq!(rows(&office, kind).len(), 1, "{kind}");
    }
}

#[test]
fn a_bad_sheet_is_refused_whole_and_each_fault_named() {
    let folder = tempfile::tempdir().unwrap();
    let office = top_in(folder.path());
    let sheet = folder.path().join("bad.csv");
    let bad = "name,gender,category,industry,on_roster_since\n\
               甲,male,freelancer,M,2024-01-01\n\
               乙,male,poet,M,2024-13-01\n";
    std::fs::write(&sheet, bad).unwrap();
    let path = sheet.to_str().unwrap();
    let refused = office.run(&["record", "import", "person", path, "--format", "json"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let report: Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(report["kept"], 0);
    let faults = report["faults"].as_array().unwrap();
    let of = |field: &str| faults.iter().find(|fault| fault["field"] == field).cloned();
    assert_eq!(of("category").unwrap()["line"], 3);
    assert_eq!(of("category").unwrap()["value"], "poet");
    assert!(
        of("on_roster_since").is_some(),
        "all faults at once: {report}"
    );
    assert!(rows(&office, "person").is_empty());
    std::fs::write(
        &sheet,
        bad.replace("poet", "freelancer").replace("13", "02"),
    )
    .unwrap();
    for _ in 0..2 {
        let kept = office.run(&["record", "import", "person", path]);
        assert_eq!(kept.code, 0, "{kept:?}");
        assert_eq!(rows(&office, "person").len(), 2);
    }
}

#[test]
fn what_is_not_there_or_not_well_formed_has_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let office = top_in(folder.path());
    let codes: Vec<i32> = [
        vec!["record", "list", "poem"],
        vec!["record", "get", "person", "nobody"],
        vec!["rollup", "persons", "--office", "999999"],
        vec!["rollup", "poems"],
        vec!["rollup", "persons", "--period", "2024Q7"],
        vec!["record", "put", "person", "name=x", "--from", "yesterday"],
        vec!["record", "put", "person", "name=x"],
    ]
    .into_iter()
    .map(|args| office.run(&args).code)
    .collect();
    assert_eq!(codes, [5, 5, 5, 5, 2, 2, 3]);
}
