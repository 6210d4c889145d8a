use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crate::rig::{Office, tree, until};

/// Kills of the county; some of its neighbours follow.
const KILLS: usize = 10;

/// Saves persons without a pause until told to stop; those acknowledged.
fn save(office: &Office, stop: &AtomicBool) -> Vec<String> {
    let mut saved = Vec::new();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let id = format!("k{number:04}");
        if office.put_person(&id).code == 0 {
            saved.push(id);
        }
    }
    saved
}

#[test]
fn a_county_killed_ten_times_under_load_loses_and_doubles_nothing() {
    let mut tree = tree();
    let stop = AtomicBool::new(false);
    let (town, other, county, top) = (&tree.town, &tree.other, &mut tree.county, &mut tree.top);
    let (one, two) = thread::scope(|scope| {
        let one = scope.spawn(|| save(town, &stop));
        let two = scope.spawn(|| save(other, &stop));
        for kill in 0..KILLS {
            county.kill();
            if kill % 5 == 4 {
                top.kill();
                top.start();
            }
            county.start();
            let code = crate::rig::TOWN;
            until("the township is live again", || {
                county.state_of(code)["state"] == "live"
            });
        }
        stop.store(true, Ordering::Relaxed);
        (one.join().unwrap(), two.join().unwrap())
    });
    println!(
        "{} records were saved between {KILLS} kills",
        one.len() + two.len()
    );
    assert!(one.len() > KILLS && two.len() > KILLS);
    for (office, saved) in [(&tree.town, &one), (&tree.other, &two)] {
        let rows = office
            .run(&["record", "list", "person", "--format", "json"])
            .json();
        let ids: Vec<_> = rows["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].clone())
            .collect();
        assert_eq!(ids, *saved, "each exactly once");
    }
    let all = (one.len() + two.len()).to_string();
    until("the top has everything", || {
        tree.top.figure("persons", &["--period", "2024"])["value"] == all
    });
    // Stocks, flows and shares alike: each level says the same.
    let catalog = [
        "persons",
        "stale_persons",
        "stale_share",
        "persons_joined",
        "persons_left",
        "visits",
    ];
    for indicator in catalog {
        for period in ["2024", "202401", "2024Q1", "2025"] {
            let top = tree.top.figure(indicator, &["--period", period]);
            let county = tree.county.figure(indicator, &["--period", period]);
            assert_eq!(top["value"], county["value"], "{indicator} {period}");
        }
    }
    let joined = tree.top.figure("persons_joined", &["--period", "2024"]);
    assert_eq!(joined["value"], all);
}
