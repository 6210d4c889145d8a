//! 5. A notice reaches those it is for alone, and what became of it comes back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::rig::{COUNTY, OTHER_COUNTY, OTHER_TOWNSHIP, Office, PREFECTURE, TOWNSHIP, Tree};

/// In the other county.
const FAR_TOWNSHIP: &str = "360828100";

const ALL: [&str; 6] = [
    PREFECTURE,
    COUNTY,
    TOWNSHIP,
    OTHER_TOWNSHIP,
    OTHER_COUNTY,
    FAR_TOWNSHIP,
];

fn publish(office: &Office, title: &str, body: &str, to: &str) -> String {
    let file = office.file("body.txt", body.as_bytes());
    let line = format!(
        "notice publish --title {title} --body {} {to}",
        file.display()
    );
    office.does(&line).word()
}

/// What the issuer knows of each office: delivered, read, acknowledged.
fn receipts(issuer: &Office, id: &str) -> BTreeMap<String, [bool; 3]> {
    let rows = issuer.rows(&format!("notice receipts {id}"));
    let row = |row: &Value| {
        let known = ["delivered", "read", "acknowledged"].map(|what| row[what].is_string());
        (row["office"].as_str().unwrap().to_owned(), known)
    };
    rows.iter().map(row).collect()
}

/// Waits until all that it is for have it.
#[track_caller]
fn delivered(issuer: &Office, id: &str, to: &[&str]) {
    let line = format!("notice receipts {id}");
    issuer.says(&line, |said| {
        let rows = said["rows"].as_array().unwrap();
        rows.iter().all(|row| row["delivered"].is_string())
    });
    let known = receipts(issuer, id);
    assert_eq!(known.keys().collect::<Vec<_>>(), to);
}

/// That these offices hold a notice, and the others not a byte of it.
fn held_by(tree: &Tree, id: &str, body: &str, holders: &[&str]) {
    // What comes later has come: so would have what was sent before it.
    let top = tree.at(PREFECTURE);
    let later = publish(
        top,
        "后发",
        "后发的一份",
        &format!("--subtree {PREFECTURE}"),
    );
    let below: Vec<_> = tree.offices().map(|(code, _)| code).skip(1).collect();
    delivered(top, &later, &below);
    for (code, office) in tree.offices() {
        let is_holder = holders.contains(&code);
        let show = office.run(&format!("notice show {id}"));
        let list = office.rows("notice list");
        let is_listed = list.iter().any(|row| row["id"] == id);
        if is_holder {
            let shown = show.done().json();
            assert_eq!(
                (&shown["body"], &shown["issuer"]),
                (&json!(body), &json!(PREFECTURE))
            );
        } else {
            show.ended(5);
        }
        assert_eq!(is_listed, is_holder, "{code}: {list:?}");
    }
}

#[test]
fn one_for_a_subtree_reaches_it_and_no_other_office_holds_a_byte() {
    let tree = Tree::of(&ALL);
    let top = tree.at(PREFECTURE);
    let body = "遂川县各单位：培训安排如下。";
    let id = publish(top, "遂川培训", body, &format!("--subtree {COUNTY}"));
    delivered(top, &id, &[COUNTY, TOWNSHIP, OTHER_TOWNSHIP]);
    held_by(
        &tree,
        &id,
        body,
        &[PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP],
    );
    let holds = tree
        .offices()
        .filter(|(_, office)| office.holds(body) || office.holds("遂川培训"));
    let holds: Vec<_> = holds.map(|(code, _)| code).collect();
    assert_eq!(holds, [PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP]);
}

#[test]
fn one_for_a_list_or_a_level_reaches_those_alone() {
    let tree = Tree::of(&ALL);
    let top = tree.at(PREFECTURE);
    let body = "仅发泉江镇与万安县。";
    let to = [TOWNSHIP, OTHER_COUNTY];
    let id = publish(top, "两家", body, &format!("--to {}", to.join(",")));
    delivered(top, &id, &to);
    held_by(&tree, &id, body, &[PREFECTURE, TOWNSHIP, OTHER_COUNTY]);
    assert!(!tree.at(OTHER_TOWNSHIP).holds(body) && !tree.at(FAR_TOWNSHIP).holds(body));
    let body = "发全市乡镇。";
    let id = publish(
        top,
        "乡镇",
        body,
        &format!("--subtree {PREFECTURE} --level township --acknowledge-by 2030-01-31"),
    );
    let townships = [TOWNSHIP, OTHER_TOWNSHIP, FAR_TOWNSHIP];
    delivered(top, &id, &townships);
    held_by(
        &tree,
        &id,
        body,
        &[PREFECTURE, TOWNSHIP, OTHER_TOWNSHIP, FAR_TOWNSHIP],
    );
    let shown = tree.at(TOWNSHIP).does(&format!("notice show {id}")).json();
    assert_eq!(shown["acknowledge_by"], "2030-01-31");
}

#[test]
fn the_issuer_sees_who_has_it_who_read_it_and_who_has_not() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP]);
    tree.at_mut(OTHER_TOWNSHIP).stop();
    let top = tree.at(PREFECTURE);
    let id = publish(top, "通知", "请阅并确认。", &format!("--subtree {COUNTY}"));
    let knows = |code: &str, known: [bool; 3]| {
        top.says(&format!("notice receipts {id}"), |_| {
            receipts(top, &id)[code] == known
        });
    };
    knows(COUNTY, [true, false, false]);
    knows(TOWNSHIP, [true, false, false]);
    // To show it is not to have read it.
    tree.at(TOWNSHIP).does(&format!("notice show {id}"));
    tree.at(COUNTY).does(&format!("notice read {id}"));
    knows(COUNTY, [true, true, false]);
    assert_eq!(receipts(top, &id)[TOWNSHIP], [true, false, false]);
    tree.at(TOWNSHIP).does(&format!("notice ack {id}"));
    knows(TOWNSHIP, [true, true, true]);
    assert_eq!(receipts(top, &id)[OTHER_TOWNSHIP], [false, false, false]);
    // What was said once stays said, and when.
    let at = |what: &str| top.rows(&format!("notice receipts {id}"))[1][what].clone();
    let before = [at("read"), at("acknowledged")];
    tree.at(TOWNSHIP).does(&format!("notice read {id}"));
    tree.at(TOWNSHIP).does(&format!("notice ack {id}"));
    tree.at_mut(OTHER_TOWNSHIP).start();
    let top = tree.at(PREFECTURE);
    delivered(top, &id, &[COUNTY, TOWNSHIP, OTHER_TOWNSHIP]);
    let at = |what: &str| top.rows(&format!("notice receipts {id}"))[1][what].clone();
    assert_eq!([at("read"), at("acknowledged")], before);
}

#[test]
fn a_notice_goes_down_and_only_to_offices_that_are_there() {
    let tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP, OTHER_COUNTY]);
    let county = tree.at(COUNTY);
    let file = county.file("body.txt", "正文".as_bytes());
    let publish = format!("notice publish --title 通知 --body {}", file.display());
    for (to, code) in [
        (format!("--to {PREFECTURE}"), 3),
        (format!("--to {OTHER_COUNTY}"), 5),
        ("--subtree 999999".to_owned(), 5),
        (format!("--to {TOWNSHIP},999999"), 5),
        (format!("--subtree {TOWNSHIP} --level county"), 3),
        ("--subtree abc".to_owned(), 2),
        (String::new(), 2),
        (format!("--to {TOWNSHIP} --acknowledge-by soon"), 2),
    ] {
        county.run(&format!("{publish} {to}")).ended(code);
    }
    county
        .run("notice publish --title a --body /nowhere --to 360827100")
        .ended(2);
    county.run("notice read 00f1a2b3c4d5e6f7").ended(5);
    county.run("notice ack 00f1a2b3c4d5e6f7").ended(5);
    county.run("notice receipts 00f1a2b3c4d5e6f7").ended(5);
    county.run("notice show a").ended(2);
    assert_eq!(county.rows("notice list"), Vec::<Value>::new());
    // A county's own notice stays below it.
    let id = county.does(&format!("{publish} --subtree {COUNTY}")).word();
    delivered(county, &id, &[TOWNSHIP]);
    tree.at(PREFECTURE)
        .run(&format!("notice show {id}"))
        .ended(5);
}
