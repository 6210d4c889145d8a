//! 8. Whatever is killed, and whenever: what was acknowledged is there, once.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;
use terrace_catalog::{Catalog, Measure, Put, RecordType, apply_put, parse_fields, shipped};
use terrace_model::{Date, Period, Record, RecordKey};
use terrace_rollup::{Days, recount, recount_ratio};

use crate::disk::Syncs;
use crate::figures::{becomes, millionths};
use crate::known::FIGURES;
use crate::rig::{
    COUNTY, LONG, OTHER_TOWNSHIP, Office, PREFECTURE, TOWNSHIP, Tree, started, terrace, until,
    until_ended,
};
use crate::samples::{SAMPLES, Sample};

const KILLS: usize = 10;

/// Periods in which the samples say something.
const PERIODS: [&str; 6] = ["2024", "2024Q1", "202402", "202403", "2011", "2025"];

/// Puts that each township has acknowledged between two kills, at least.
const BETWEEN: usize = 12;

/// What a clerk has typed at one office.
#[derive(Default)]
struct Typed {
    acknowledged: AtomicUsize,
    stop: AtomicBool,
}

/// Ends the typing, also where the test has failed: it would never end.
struct Stops<'a>(&'a [Typed; 2]);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        for typed in self.0 {
            typed.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// What became of each put: its type, its id, whether it was acknowledged.
type Puts = BTreeMap<(&'static str, String), bool>;

/// A record like a sample with an id of its own, and without what only one of
/// its kind may have.
fn put(sample: &Sample, id: &str, number: usize) -> String {
    let first = format!("id={}", sample.id());
    let line = sample.put().replacen(&first, &format!("id={id}"), 1);
    match sample.of {
        "appointment" => line.replace("person=p1", ""),
        "assignment" => line.replace("联系人甲", &format!("联系人{number}")),
        _ => line,
    }
}

/// Puts records of all types at an office without a pause, whether its daemon
/// is there or not.
fn types(folder: &str, typed: &Typed) -> Puts {
    let mut puts = Puts::new();
    for number in 0.. {
        if typed.stop.load(Ordering::Relaxed) {
            break;
        }
        let sample = &SAMPLES[number % SAMPLES.len()];
        let id = format!("{}-{number}", sample.id());
        let line = put(sample, &id, number);
        let ran = terrace(&format!("{line} --data {folder}"));
        assert!(ran.code == 0 || ran.code == 4, "{ran:?}");
        let done = ran.code == 0;
        if done {
            typed.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
        puts.insert((sample.of, id), done);
    }
    puts
}

/// Kills offices while both townships are typed at, and says what was put at
/// each.
fn killed(tree: &mut Tree, kills: &[&str]) -> [Puts; 2] {
    // What they refer to is there before.
    for code in [TOWNSHIP, OTHER_TOWNSHIP] {
        for sample in &SAMPLES[..3] {
            tree.at(code).does(&sample.put());
        }
    }
    let typed = [Typed::default(), Typed::default()];
    let folders =
        [TOWNSHIP, OTHER_TOWNSHIP].map(|code| tree.at(code).folder().display().to_string());
    thread::scope(|scope| {
        let stops = Stops(&typed);
        let clerks = [0, 1].map(|at| {
            let (folder, typed) = (&folders[at], &typed[at]);
            scope.spawn(move || types(folder, typed))
        });
        let acknowledged =
            || [0, 1].map(|at: usize| typed[at].acknowledged.load(Ordering::Relaxed));
        let mut before = acknowledged();
        for code in kills {
            until("both townships are typed at", LONG, || {
                let now = acknowledged();
                let enough = now
                    .iter()
                    .zip(before)
                    .all(|(now, before)| *now >= before + BETWEEN);
                if enough {
                    Ok(())
                } else {
                    Err(format!("{before:?}, then {now:?}"))
                }
            });
            before = acknowledged();
            tree.at_mut(code).kill();
            tree.at_mut(code).start();
        }
        drop(stops);
        clerks.map(|clerk| clerk.join().unwrap())
    })
}

/// That an office has each acknowledged put once, and nothing else but puts
/// that nobody heard the end of. Says how many it has.
fn has(office: &Office, puts: &Puts) -> usize {
    let mut count = 0;
    for sample in &SAMPLES {
        let rows = office.rows(&format!("record list {}", sample.of));
        let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        let mut once = ids.clone();
        once.dedup();
        assert_eq!(once, ids, "by id, each once");
        for id in &ids {
            let is_first = sample.id() == *id;
            let is_put = puts.contains_key(&(sample.of, (*id).to_owned()));
            assert!(is_first || is_put, "{} {id} was never put", sample.of);
        }
        let acknowledged = puts
            .iter()
            .filter(|((of, _), done)| *of == sample.of && **done);
        for ((of, id), _) in acknowledged {
            assert!(
                ids.contains(&id.as_str()),
                "{of} {id} was acknowledged and is lost"
            );
        }
        count += ids.len();
    }
    count
}

/// Every figure that offices below may have.
fn figures(office: &Office, of: &str, period: &str) -> Vec<Value> {
    let ids: Vec<&str> = FIGURES.iter().map(|(id, _, _)| *id).collect();
    office.rows(&format!(
        "rollup {} --office {of} --period {period}",
        ids.join(" ")
    ))
}

/// Waits until the top has the figures of the townships, then compares every
/// figure of every period at every level.
fn all_agree(tree: &Tree, puts: &[Puts; 2]) {
    let top = tree.at(PREFECTURE);
    let own =
        |period: &str| [TOWNSHIP, OTHER_TOWNSHIP].map(|code| figures(tree.at(code), code, period));
    for period in PERIODS {
        let below = own(period);
        until("the top has what the townships have", LONG, || {
            let rows = [TOWNSHIP, OTHER_TOWNSHIP].map(|code| figures(top, code, period));
            let values = |rows: &[Vec<Value>; 2]| -> Vec<Value> {
                rows.iter()
                    .flatten()
                    .map(|row| row["value"].clone())
                    .collect()
            };
            if values(&rows) == values(&below) {
                Ok(())
            } else {
                Err(format!("{rows:?}"))
            }
        });
        let county = figures(tree.at(COUNTY), COUNTY, period);
        assert_eq!(figures(top, COUNTY, period), county);
        for (at, row) in figures(top, PREFECTURE, period).iter().enumerate() {
            let id = row["indicator"].as_str().unwrap();
            assert_eq!(row["value"], county[at]["value"], "{id} {period}");
            assert_eq!(row["coverage"]["reported"], 2, "{row}");
            let amount = |row: &Value| row["value"].as_str().map_or(0, millionths);
            if row.get("den").is_none() {
                let sum = amount(&below[0][at]) + amount(&below[1][at]);
                assert_eq!(amount(row), sum, "{id} {period}");
            }
        }
    }
    for period in PERIODS {
        counted(tree, period);
    }
    for of in SAMPLES.iter().map(|sample| sample.of) {
        let acknowledged = puts
            .iter()
            .flat_map(Puts::iter)
            .filter(|((put, _), done)| *put == of && **done);
        assert!(acknowledged.count() > 1, "{of}");
    }
}

/// The records that a township lists, as the catalog makes them of what it
/// shows.
fn records(office: &Office, catalog: &Catalog) -> Vec<(RecordKey, Record)> {
    let record = |of: &RecordType, row: &Value| {
        let fields = row["fields"].as_object().unwrap().iter();
        let fields = fields.filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)));
        let given = parse_fields(of, fields).unwrap();
        let today = Date::constant(2100, 1, 1);
        let record = apply_put(of, None, &given, Put::default(), today).unwrap();
        (RecordKey::new(&of.id, row["id"].as_str().unwrap()), record)
    };
    let of_type = |of: &'_ RecordType| -> Vec<_> {
        let rows = office.rows(&format!("record list {}", of.id));
        rows.iter().map(|row| record(of, row)).collect()
    };
    catalog.types.iter().flat_map(of_type).collect()
}

/// That every figure at the top over records is what a count over the records
/// of both townships gives, which shares no arithmetic with it. What is over
/// submissions is zero: there are none.
fn counted(tree: &Tree, period: &str) {
    let catalog = shipped();
    let days = Days::from(period.parse::<Period>().unwrap());
    let held = [TOWNSHIP, OTHER_TOWNSHIP].map(|code| records(tree.at(code), &catalog));
    let ids: Vec<&str> = catalog.indicators.iter().map(|of| of.id.as_str()).collect();
    let rows = tree
        .at(PREFECTURE)
        .rows(&format!("rollup {} --period {period}", ids.join(" ")));
    assert_eq!(rows.len(), ids.len(), "{period}");
    let mut moved = 0;
    for (of, row) in catalog.indicators.iter().zip(&rows) {
        // A person of one township is another one than that of the other, also
        // where both have the same id.
        let sums = |records: &Vec<(RecordKey, Record)>| {
            let both = recount_ratio(&catalog, records, of, &[], days);
            let both = both.into_values().next().unwrap_or_default();
            let sum = recount(&catalog, records, of, &[], days);
            (sum.into_values().next().unwrap_or_default(), both)
        };
        let [(a, (a_num, a_den)), (b, (b_num, b_den))] = [sums(&held[0]), sums(&held[1])];
        let shown = |key: &str| row[key].as_str().unwrap_or("none").to_owned();
        assert_eq!(shown("indicator"), of.id);
        if matches!(of.measure, Measure::Ratio { .. }) {
            let found = (shown("num"), shown("den"));
            let expected = ((a_num + b_num).to_string(), (a_den + b_den).to_string());
            assert_eq!(found, expected, "{} {period}", of.id);
        } else {
            assert_eq!(shown("value"), (a + b).to_string(), "{} {period}", of.id);
        }
        moved += usize::from(!(a + b + a_den + b_den).is_zero());
    }
    assert!(moved > 0, "{period} says nothing");
}

#[test]
fn a_county_killed_ten_times_under_load_loses_and_doubles_nothing() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP]);
    let puts = killed(&mut tree, &[COUNTY; KILLS]);
    let held = [(TOWNSHIP, &puts[0]), (OTHER_TOWNSHIP, &puts[1])].map(|(code, puts)| {
        assert!(
            puts.values().all(|done| *done),
            "nothing at {code} was killed"
        );
        has(tree.at(code), puts)
    });
    println!("{held:?} records at the townships after {KILLS} kills of their county");
    all_agree(&tree, &puts);
    tree.all_live();
}

#[test]
fn townships_and_the_prefecture_killed_as_well_lose_nothing_acknowledged() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP]);
    let kills = [
        TOWNSHIP,
        PREFECTURE,
        OTHER_TOWNSHIP,
        COUNTY,
        TOWNSHIP,
        PREFECTURE,
        COUNTY,
        TOWNSHIP,
    ];
    let puts = killed(&mut tree, &kills);
    let unheard = puts
        .iter()
        .flat_map(Puts::values)
        .filter(|done| !**done)
        .count();
    let held = [(TOWNSHIP, &puts[0]), (OTHER_TOWNSHIP, &puts[1])]
        .map(|(code, puts)| has(tree.at(code), puts));
    println!("{held:?} records at the townships; {unheard} puts were not acknowledged");
    assert!(unheard > 0, "a killed township acknowledges nothing");
    all_agree(&tree, &puts);
    tree.all_live();
}

/// Rows of a sheet that is kept in many commits.
const ROWS: usize = 12_000;

/// How many records an office counts, by its figure.
fn counts(office: &Office) -> usize {
    let figure = office.rows("rollup meetings --period 202402");
    figure[0]["value"].as_str().unwrap().parse().unwrap()
}

#[test]
fn an_import_cut_by_a_kill_leaves_the_first_rows_and_the_same_sheet_completes_it() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY]);
    let county = tree.at_mut(COUNTY);
    let syncs = Syncs::of(county);
    // By id the last row is the first: the two orders are told apart.
    let id = |row: usize| format!("m{:05}", ROWS - row);
    let rows: String = (0..ROWS)
        .map(|row| format!("{},议题,2024-02-01,2\n", id(row)))
        .collect();
    let sheet = format!("id,topic,held_on,attendance\n{rows}");
    let sheet = county.file("long.csv", sheet.as_bytes());
    let import = format!("record import meeting {} --format json", sheet.display());

    fs::write(&syncs.slow, "").unwrap();
    let folder = county.folder().display();
    let mut importing = started(&format!("{import} --data {folder}"));
    importing.stdout(Stdio::null()).stderr(Stdio::null());
    let mut importing = importing.spawn().unwrap();
    until("some rows are kept", LONG, || {
        (counts(county) > 0).then_some(()).ok_or("none".to_owned())
    });
    county.kill();
    assert_eq!(until_ended(&mut importing), 4, "nobody says that all are");

    county.start();
    let listed = county.rows("record list meeting");
    let kept = listed.len();
    assert!(0 < kept && kept < ROWS, "{kept} of {ROWS}: not in between");
    let first: Vec<String> = (0..kept).rev().map(id).collect();
    let ids: Vec<_> = listed
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    assert!(
        ids == first,
        "not the first {kept} rows, each once: {ids:?}"
    );
    assert_eq!(counts(county), kept);

    let report = county.does(&import).json();
    assert_eq!(report["unchanged"], kept, "{report}");
    assert_eq!(county.rows("record list meeting").len(), ROWS);
    for code in [COUNTY, PREFECTURE] {
        let figure = "rollup meetings --period 202402";
        becomes(tree.at(code), figure, &ROWS.to_string());
        let figure = "rollup meeting_attendance --period 202402";
        becomes(tree.at(code), figure, &(2 * ROWS).to_string());
    }
}
