//! 6. Status says how every office stands; a stopped county costs nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::figures::becomes;
use crate::rig::{
    COUNTY, LONG, OTHER_COUNTY, OTHER_TOWNSHIP, Office, PREFECTURE, TOWNSHIP, Tree, until,
};

const ALL: [&str; 5] = [PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, OTHER_COUNTY];

/// Silence is told soon.
fn soon(office: &Office) {
    office.set("#silent_after = \"15m\"", "silent_after = \"1s\"");
}

/// Waits until the top says this of offices, each as `CODE=STATE`, and of those
/// that are live nothing else.
#[track_caller]
fn are(tree: &Tree, states: &str) -> BTreeMap<String, Value> {
    let states: Vec<_> = states
        .split_whitespace()
        .map(|pair| pair.split_once('=').unwrap())
        .collect();
    until("the top sees how they stand", LONG, || {
        let found = tree.states();
        let stands = |(code, state): &(&str, &str)| {
            let row = found.get(*code).unwrap_or(&Value::Null);
            row["state"] == *state && (*state != "live" || row["why"].is_null())
        };
        if states.iter().all(stands) {
            Ok(found)
        } else {
            Err(format!("{found:#?}"))
        }
    })
}

fn why(row: &Value) -> &str {
    row["why"].as_str().unwrap_or_default()
}

#[test]
fn the_top_sees_who_is_live_and_who_never_joined() {
    let tree = Tree::of(&ALL);
    tree.invites(COUNTY, "360827102");
    let states = are(
        &tree,
        "3608=live 360827=live 360827100=live 360827101=live 360828=live 360827102=never-joined",
    );
    for code in ALL {
        let row = &states[code];
        let is = |key: &str, so: fn(&Value) -> bool| assert!(so(&row[key]), "{key}: {row}");
        is("since", Value::is_null);
        is("todo", Value::is_null);
        is("last_heard", Value::is_string);
        is("as_of", Value::is_string);
        is("certificate_days", |days| days.as_i64() > Some(0));
        is("disk_free_bytes", |bytes| bytes.as_u64() > Some(0));
        is("version", |version| version == "0.1.0");
        is("refused", |refused| refused == 0);
    }
    let absent = &states["360827102"];
    assert!(!why(absent).is_empty() && absent["todo"].is_string());
    assert!(absent["last_heard"].is_null(), "{absent}");
}

#[test]
fn below_a_county_that_is_stopped_all_are_silent_and_why_names_it() {
    let mut tree = Tree::with(&ALL, soon);
    tree.at_mut(COUNTY).stop();
    let states = are(
        &tree,
        "360827=silent 360827100=silent 360827101=silent 360828=live",
    );
    // A link is named by the office at its upper end.
    for (code, named) in [(COUNTY, PREFECTURE), (TOWNSHIP, COUNTY)] {
        let row = &states[code];
        assert!(why(row).contains(named), "{row}");
        assert!(row["todo"].as_str().unwrap().contains(COUNTY), "{row}");
    }
    assert!(states[COUNTY]["since"].is_string());
    assert_eq!(states[TOWNSHIP]["since"], states[COUNTY]["since"]);
    let table = "status --format table --lang zh";
    let table = tree.at(PREFECTURE).does(table).out;
    assert!(table.contains("失联") && table.contains("在线"), "{table}");
    tree.at_mut(COUNTY).start();
    are(
        &tree,
        "360827=live 360827100=live 360827101=live 360828=live",
    );
    // A township that is stopped is silent alone.
    tree.at_mut(TOWNSHIP).kill();
    let states = are(&tree, "360827=live 360827100=silent 360827101=live");
    assert!(why(&states[TOWNSHIP]).contains(COUNTY), "{states:#?}");
}

#[test]
fn a_link_lost_a_short_while_ago_is_live_and_says_since_when_it_is_down() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    tree.at_mut(COUNTY).kill();
    let status = tree
        .at(PREFECTURE)
        .says("status", |status| status["offices"][1]["since"].is_string());
    let rows = status["offices"].as_array().unwrap();
    for (row, named) in rows[1..].iter().zip([PREFECTURE, COUNTY]) {
        assert_eq!(row["state"], "live", "not for another 15 minutes: {row}");
        assert!(
            row["since"].is_string() && why(row).contains(named),
            "{row}"
        );
    }
    // The township sees itself, cut off.
    let own = tree
        .at(TOWNSHIP)
        .says("status", |status| status["offices"][0]["since"].is_string());
    let row = &own["offices"][0];
    assert!(row["state"] == "live" && why(row).contains(COUNTY), "{row}");
}

/// Publishes a notice to one office.
fn notify(top: &Office, code: &str) {
    let file = top.file("body.txt", "正文".as_bytes());
    let file = file.display();
    top.does(&format!(
        "notice publish --title 通知 --body {file} --to {code}"
    ));
}

/// Seconds from a time in a row to another one, at most.
fn seconds_between(row: &Value, from: &str, to: &str) -> i64 {
    let time = |key: &str| -> jiff::Timestamp { row[key].as_str().unwrap().parse().unwrap() };
    time(from).duration_until(time(to)).as_secs()
}

#[test]
fn one_that_is_linked_and_does_not_answer_is_behind_by_how_much_and_since_when() {
    let tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    let top = tree.at(PREFECTURE);
    for code in [COUNTY, TOWNSHIP] {
        tree.at(code).freeze();
        notify(top, code);
        let (above, level) = match code {
            COUNTY => (PREFECTURE, "county"),
            _ => (COUNTY, "township"),
        };
        let states = are(&tree, &format!("{above}=live {code}=behind"));
        let row = &states[code];
        assert_eq!(row["level"], level);
        assert_eq!(row["behind"]["entries"], 1, "{row}");
        let bytes = row["behind"]["bytes"].as_u64().unwrap();
        assert!((100..2_000).contains(&bytes), "{row}");
        let late = seconds_between(row, "since", "as_of");
        assert!((5..60).contains(&late), "since five seconds or more: {row}");
        assert!(why(row).contains("1 entry is not acknowledged"), "{row}");
        tree.at(code).thaw();
        let states = are(&tree, &format!("{code}=live"));
        let row = &states[code];
        assert_eq!(row["behind"]["entries"], 0, "{row}");
        assert_eq!(row["since"], Value::Null, "{row}");
    }
}

#[test]
fn an_office_sees_itself_behind_while_the_one_above_does_not_answer() {
    let tree = Tree::of(&[PREFECTURE, COUNTY]);
    let county = tree.at(COUNTY);
    tree.at(PREFECTURE).freeze();
    county.does("record put contribution cause=other given_on=2024-05-01 amount=1");
    let status = county.says("status", |status| status["offices"][0]["state"] == "behind");
    let row = &status["offices"][0];
    assert!(row["behind"]["entries"].as_u64() >= Some(1), "{row}");
    tree.at(PREFECTURE).thaw();
    county.says("status", |status| status["offices"][0]["state"] == "live");
}

#[test]
fn townships_work_while_their_county_is_stopped_and_catch_up_when_it_returns() {
    let mut tree = Tree::with(&ALL, soon);
    let put = |tree: &Tree, code: &str, from: usize, to: usize| {
        for number in from..to {
            tree.at(code).does(&format!(
                "record put contribution id=c{number} cause=other given_on=2024-05-01 amount=0.{number:03}1"
            ));
        }
    };
    put(&tree, TOWNSHIP, 0, 5);
    becomes(
        tree.at(PREFECTURE),
        "rollup contributions --period 2024",
        "5",
    );
    tree.at_mut(COUNTY).stop();
    put(&tree, TOWNSHIP, 5, 25);
    put(&tree, OTHER_TOWNSHIP, 0, 20);
    tree.at(TOWNSHIP).does("record delete contribution c0");
    tree.at(TOWNSHIP)
        .does("record put contribution id=c1 amount=100");
    for (code, count) in [(TOWNSHIP, "24"), (OTHER_TOWNSHIP, "20")] {
        let rows = tree.at(code).rows("rollup contributions --period 2024");
        assert_eq!(rows[0]["value"], count);
    }
    are(&tree, "360827=silent");
    let rows = tree
        .at(PREFECTURE)
        .rows("rollup contributions --period 2024");
    assert_eq!(rows[0]["value"], "5", "what came up before");
    tree.at_mut(COUNTY).start();
    becomes(
        tree.at(PREFECTURE),
        "rollup contributions --period 2024",
        "44",
    );
    // 0.0021 to 0.0241 and 100 at one, 0.0001 to 0.0191 at the other.
    let sum = |from: u32, to: u32| (from..to).map(|number| number * 10 + 1).sum::<u32>();
    let all = 1_000_000 + sum(2, 25) + sum(0, 20);
    let expected = format!("{}.{:04}", all / 10_000, all % 10_000);
    for code in [PREFECTURE, COUNTY] {
        let rows = tree.at(code).rows("rollup contributed --period 202405");
        assert_eq!(rows[0]["value"], expected.trim_end_matches('0'));
    }
    tree.all_live();
}

#[test]
fn a_county_works_while_its_prefecture_is_stopped() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    tree.at_mut(PREFECTURE).kill();
    for number in 0..5 {
        tree.at(TOWNSHIP)
            .does(&format!("record put unit id=u{number} name=单位"));
        tree.at(TOWNSHIP).does(&format!(
            "record put training id=t{number} title=培训 held_on=2024-05-01 participants=3"
        ));
    }
    becomes(
        tree.at(COUNTY),
        "rollup training_participants --period 2024",
        "15",
    );
    tree.at_mut(PREFECTURE).start();
    becomes(
        tree.at(PREFECTURE),
        "rollup training_participants --period 2024",
        "15",
    );
}
