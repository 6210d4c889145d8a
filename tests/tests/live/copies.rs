//! An office that is started from an older copy of its folder is found out,
//! and operators are told at both ends.

use serde_json::Value;

use crate::figures::becomes;
use crate::rig::{COUNTY, LONG, Office, TOWNSHIP, Tree, is_chinese, until};

const FIGURE: &str = "rollup contributed --period 202405";

/// What is told of an office whose journals are not those that it wrote.
const FORK: [&str; 2] = ["two different pages", "whether two machines run"];
const OLDER: [&str; 2] = ["an older copy", "find the newer copy"];

fn put(office: &Office, id: &str, amount: u32) {
    office.does(&line(id, amount));
}

fn line(id: &str, amount: u32) -> String {
    format!("record put contribution id={id} cause=other given_on=2024-05-01 amount={amount}")
}

/// Waits until an office says of the township that its journals are not those
/// that it wrote, with one of these reasons and its advice.
#[track_caller]
fn is_told(at: &Office, reasons: &[[&str; 2]]) {
    let row = until("status tells of two copies", LONG, || {
        let status = at.does("status").json();
        let row = township(&status).clone();
        (row["state"] == "diverged")
            .then_some(row)
            .ok_or(status.to_string())
    });
    let told = |[why, todo]: &[&str; 2]| {
        row["why"].as_str().unwrap().contains(why) && row["todo"].as_str().unwrap().contains(todo)
    };
    assert!(reasons.iter().any(told), "{row}");
    assert!(row["since"].is_string(), "{row}");
    let status = at.does("status --lang zh --format json").json();
    for key in ["why", "todo"] {
        let said = township(&status)[key].as_str().unwrap();
        assert!(is_chinese(said), "{said}");
    }
    let table = at.does("status --format table --lang en").out;
    assert!(table.contains("diverged"), "{table}");
}

fn township(status: &Value) -> &Value {
    let mut rows = status["offices"].as_array().unwrap().iter();
    rows.find(|row| row["code"] == TOWNSHIP).unwrap()
}

/// A county that holds more of its township than the copy that this puts in
/// the township's place; neither runs.
fn with_an_older_copy() -> Tree {
    let mut tree = Tree::of(&[COUNTY, TOWNSHIP]);
    put(tree.at(TOWNSHIP), "c1", 1);
    becomes(tree.at(COUNTY), FIGURE, "1");
    tree.at_mut(TOWNSHIP).stop();
    let copy = tree.at(TOWNSHIP).copied();
    tree.at_mut(TOWNSHIP).start();
    put(tree.at(TOWNSHIP), "c2", 2);
    becomes(tree.at(COUNTY), FIGURE, "3");
    tree.at_mut(TOWNSHIP).stop();
    tree.at_mut(COUNTY).stop();
    tree.at(TOWNSHIP).put_back(&copy);
    tree
}

#[test]
fn an_older_copy_that_spoke_before_it_met_its_parent_is_told_at_both_ends() {
    let mut tree = with_an_older_copy();
    tree.at_mut(TOWNSHIP).start();
    put(tree.at(TOWNSHIP), "c3", 40);
    tree.at_mut(COUNTY).start();
    is_told(tree.at(COUNTY), &[FORK]);
    // There the journal that is compared first says which it is.
    is_told(tree.at(TOWNSHIP), &[FORK, OLDER]);
    refuses(tree.at(TOWNSHIP));
    becomes(tree.at(COUNTY), FIGURE, "3");
}

#[test]
fn an_older_copy_that_meets_its_parent_first_takes_nothing_in_and_says_why() {
    let mut tree = with_an_older_copy();
    tree.at_mut(COUNTY).start();
    tree.at_mut(TOWNSHIP).start();
    is_told(tree.at(TOWNSHIP), &[OLDER]);
    refuses(tree.at(TOWNSHIP));
    becomes(tree.at(COUNTY), FIGURE, "3");
    // Nor after another start, when nobody else is there.
    tree.at_mut(COUNTY).stop();
    tree.at_mut(TOWNSHIP).stop();
    tree.at_mut(TOWNSHIP).start();
    is_told(tree.at(TOWNSHIP), &[OLDER]);
    refuses(tree.at(TOWNSHIP));
}

/// That the township takes in nothing, says why, and keeps nothing.
#[track_caller]
fn refuses(township: &Office) {
    let before = township.rows("record list contribution");
    let refused = township.run(&line("c4", 500)).ended(3);
    refused.said("an older copy").said("terrace status");
    assert_eq!(township.rows("record list contribution"), before);
}
