use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::rig::{run, terrace, until};

#[test]
fn a_whole_prefecture_is_live_and_agrees_in_time_and_memory() {
    let done = Command::new(terrace())
        .args(["demo", "--once"])
        .output()
        .unwrap();
    let summary: Value = serde_json::from_slice(&done.stdout).unwrap();
    println!("{summary}");
    assert!(done.status.success());
    assert_eq!(summary["offices"], 266);
    assert_eq!(summary["links"], 265);
    assert_eq!(summary["records"], 5_320);
    assert_eq!(summary["agrees"], true);
    assert!(summary["seconds_to_live"].as_f64().unwrap() < 45.0);
    assert!(summary["seconds_to_agree"].as_f64().unwrap() < 45.0);
    assert!(summary["rss_bytes"].as_u64().unwrap() < 1 << 30);
}

#[test]
fn while_a_demo_stays_up_every_command_works_against_any_office() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        // The second time the offices are there already.
        let mut demo = Command::new(terrace())
            .args(["demo", "--only", "360827", "--data"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(demo.stdout.take().unwrap()).lines();
        let summary = lines
            .map(Result::unwrap)
            .find(|line| line.starts_with('{'))
            .unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        assert_eq!(
            (&summary["offices"], &summary["links"]),
            (&28.into(), &27.into())
        );
        assert_eq!(summary["agrees"], true);
        let at = |code: &str| folder.path().join(code);
        let persons = || {
            let asked = ["rollup", "persons", "--period", "2026", "--format", "json"];
            let rows = run(&at("3608"), &asked).json();
            rows["rows"][0]["value"]
                .as_str()
                .unwrap()
                .parse::<u32>()
                .unwrap()
        };
        let before = persons();
        let put = [
            "record",
            "put",
            "person",
            "name=示例",
            "gender=male",
            "category=freelancer",
            "industry=M",
            "on_roster_since=2024-01-01",
        ];
        assert_eq!(run(&at("360827101"), &put).code, 0);
        until("the top counts it", || persons() == before + 1);
        let id = demo.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(demo.wait().unwrap().code(), Some(0));
    }
}
