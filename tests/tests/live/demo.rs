//! 7. A whole prefecture runs on this machine.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::figures::becomes;
use crate::rig::{
    COUNTY, OTHER_TOWNSHIP, Office, PREFECTURE, Ran, TOWNSHIP, Turn, started, terminate,
    until_ended,
};

#[test]
fn all_266_offices_are_live_and_agree_within_their_limits() {
    let _turn = Turn::alone();
    let line = "demo --once";
    let began = Instant::now();
    let ran = Ran::of(line, started(line).output().unwrap()).done();
    let took = began.elapsed().as_secs_f64();
    let summary = ran.json();
    println!("{summary}");
    let of = |key: &str| summary[key].clone();
    assert_eq!((of("offices"), of("links")), (json!(266), json!(265)));
    assert_eq!(of("agrees"), true);
    assert!(of("records").as_u64().unwrap() >= 5_320);
    let (live, agree) = (
        of("seconds_to_live").as_f64().unwrap(),
        of("seconds_to_agree").as_f64().unwrap(),
    );
    assert!(0.0 < live && live <= agree && agree < took, "{summary}");
    assert!(took < 45.0, "{summary} in {took} s");
    assert!(of("rss_bytes").as_u64().unwrap() < 1 << 30, "{summary}");
    assert_eq!(summary.as_object().unwrap().len(), 7, "{summary}");
    // Stdout is the summary alone; the folder was told, and is gone.
    let folder = ran
        .err
        .lines()
        .find(|line| line.contains("terrace-demo-"))
        .unwrap();
    assert!(!Path::new(folder.trim()).exists(), "{ran:?}");
}

/// A demo that stays up; killed when dropped.
struct Demo {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    fn starts(folder: &Path) -> Self {
        let line = format!("demo --only {COUNTY} --data {}", folder.display());
        let mut command = started(&line);
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { process, lines }
    }

    /// Its summary, once it agrees.
    fn agreed(&mut self) -> Value {
        let json = self
            .lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.starts_with('{'));
        let summary: Value = serde_json::from_str(&json.unwrap()).unwrap();
        assert_eq!(
            (&summary["offices"], &summary["links"]),
            (&json!(28), &json!(27))
        );
        assert_eq!(summary["agrees"], true);
        summary
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().unwrap_or_default();
        self.process.wait().ok();
    }
}

#[test]
fn one_that_stays_up_is_an_office_like_any_other_and_comes_up_again() {
    let _turn = Turn::shared();
    let home = TempDir::new().unwrap();
    let at = |code: &str| Office::in_folder(home.path().join(code));
    let mut counted = None;
    for round in 0..2_u64 {
        let mut demo = Demo::starts(home.path());
        demo.agreed();
        let status = at(PREFECTURE).does("status").json();
        let offices = status["offices"].as_array().unwrap();
        assert_eq!(offices.len(), 28);
        for row in offices {
            assert_eq!(row["state"], "live", "{row}");
            let code = row["code"].as_str().unwrap();
            let own = at(code).does("status").json();
            assert_eq!(own["office"]["code"], code);
        }
        let meetings = || -> u64 {
            let rows = at(PREFECTURE).rows("rollup meetings --from 2020 --to 2030");
            rows.iter()
                .filter_map(|row| row["value"].as_str())
                .map(|value| value.parse::<u64>().unwrap())
                .sum()
        };
        let before = meetings();
        assert_eq!(
            before,
            *counted.get_or_insert(before),
            "what was put is still there"
        );
        at(TOWNSHIP).does("record put meeting topic=新增 held_on=2020-01-01 attendance=1");
        becomes(
            &at(COUNTY),
            "rollup meetings --period 2020",
            &(round + 1).to_string(),
        );
        becomes(
            &at(PREFECTURE),
            "rollup meetings --period 2020",
            &(round + 1).to_string(),
        );
        counted = Some(before + 1);
        at(OTHER_TOWNSHIP).does("record list person");
        at(OTHER_TOWNSHIP).run("record list poem").ended(5);
        terminate(&demo.process);
        assert_eq!(until_ended(&mut demo.process), 0);
        at(TOWNSHIP).run("status").ended(4);
    }
}

#[test]
fn every_kind_of_command_works_at_an_office_of_a_demo() {
    let _turn = Turn::shared();
    let home = TempDir::new().unwrap();
    let at = |code: &str| Office::in_folder(home.path().join(code));
    let mut demo = Demo::starts(home.path());
    demo.agreed();
    let town = at(TOWNSHIP);

    let sheet = home.path().join("sheet.csv");
    std::fs::write(&sheet, "topic,held_on,attendance\n试,2020-01-01,1\n").unwrap();
    town.does(&format!("record import meeting {}", sheet.display()));
    becomes(&at(PREFECTURE), "rollup meetings --period 2020", "1");

    town.does(
        "record put person id=p1 name=示例 gender=female birth_year=1980 category=freelancer \
         industry=M on_roster_since=2024-01-01",
    );
    town.does("submission consent p1 --for nomination --on 2024-05-01 --document x");
    let new = "submission new nomination person=p1 body=cppcc seat=member level=prefecture \
               term=第九届";
    let id = town.does(new).word();
    let show = format!("submission show {id}");
    at(COUNTY).says(&show, |shown| shown["state"] == "submitted");
    at(COUNTY).does(&format!("submission forward {id}"));
    at(PREFECTURE).says(&show, |shown| shown["state"] == "forwarded");
    at(PREFECTURE).does(&format!("submission approve {id}"));
    town.says(&show, |shown| shown["state"] == "approved");

    let body = home.path().join("body.txt");
    std::fs::write(&body, "正文").unwrap();
    let publish = format!("notice publish --title 通知 --body {}", body.display());
    let id = at(PREFECTURE)
        .does(&format!("{publish} --to {TOWNSHIP}"))
        .word();
    town.says("notice list", |list| list["rows"][0]["id"] == *id);
    town.does(&format!("notice ack {id}"));
    let receipts = format!("notice receipts {id}");
    at(PREFECTURE).says(&receipts, |list| {
        list["rows"][0]["acknowledged"].is_string()
    });

    // The least of them takes children as well.
    town.does("invite 360827100201 --name 示例村 --level village");
    town.does("catalog show");
    let invited = |rows: &Value| {
        let mut rows = rows["offices"].as_array().unwrap().iter();
        rows.any(|row| row["code"] == "360827100201" && row["state"] == "never-joined")
    };
    at(PREFECTURE).says("status", invited);
}

#[test]
fn a_code_that_is_not_in_the_table_is_5_and_a_bad_table_3() {
    let turn = Turn::shared();
    let home = TempDir::new().unwrap();
    let file = home.path().join("divisions.csv");
    std::fs::write(
        &file,
        "code,name,level,parent\n11,甲,prefecture,\n1101,乙,county,99\n",
    )
    .unwrap();
    let run = |line: &str| Ran::of(line, started(line).output().unwrap());
    run("demo --once --only 999999").ended(5).said("999999");
    run(&format!("demo --once --divisions {}", file.display()))
        .ended(3)
        .said("99");
    std::fs::write(
        &file,
        "code,name,level,parent\n11,甲,prefecture,\n1101,乙,county,11\n",
    )
    .unwrap();
    let summary = run(&format!("demo --once --divisions {}", file.display()))
        .done()
        .json();
    assert_eq!(
        (&summary["offices"], &summary["agrees"]),
        (&json!(2), &json!(true))
    );
    drop(turn);
}
