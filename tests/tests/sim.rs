//! Two hundred seeds of the simulator.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test binary has no readers of its docs, and a panic is its way to fail"
)]

use std::{fmt::Write, ops::Range, process::Command};

use terrace_tests::sim::{Counts, Options, Outcome, Planted, run};

/// Runs seeds, and fails with the last lines of the first that fails and the
/// command that shows all of them.
fn seeds(range: Range<u64>) -> Vec<Counts> {
    let one = |seed: u64| {
        let Outcome {
            result,
            trace,
            counts,
        } = run(&Options::of(seed));
        if let Err(error) = result {
            let mut last = String::new();
            for line in trace.lines() {
                writeln!(last, "{line}").unwrap();
            }
            panic!(
                "{last}seed {seed}: {error:#}\n\
                 cargo run --release -p terrace-tests --bin sim -- --seed {seed}"
            );
        }
        counts
    };
    range.map(one).collect()
}

/// What the checkers are told, and how often in fifty seeds at least: one that
/// is told nothing finds nothing.
const LOOKED: [(&str, usize); 6] = [
    ("commits", 10_000),
    ("frames", 20_000),
    ("pages acknowledged", 5_000),
    ("answers", 5_000),
    ("stores opened again", 200),
    ("trees at rest", 100),
];

/// What fifty seeds come to shows that they did what they are for.
fn fifty(from: u64) {
    let all = seeds(from..from + 50);
    let sum = |of: fn(&Counts) -> u64| all.iter().map(of).sum::<u64>();
    assert!(sum(|counts| counts.done) > 4_000);
    assert!(sum(|counts| counts.refused) > 1_000);
    assert!(sum(|counts| counts.pages) > 5_000);
    assert!(sum(|counts| counts.bases) > 100);
    assert!(sum(|counts| counts.jumps) > 10);
    assert!(sum(|counts| counts.decided) > 20);
    let kinds = all.iter().flat_map(|counts| counts.faults.keys());
    let kinds: std::collections::BTreeSet<_> = kinds.collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    for (at, least) in LOOKED {
        let times = |counts: &Counts| counts.looked.get(at).copied().unwrap_or(0);
        let times: usize = all.iter().map(times).sum();
        assert!(times > least, "looked at {times} {at}");
    }
}

#[test]
fn seeds_0_to_49_hold() {
    fifty(0);
}

#[test]
fn seeds_50_to_99_hold() {
    fifty(50);
}

#[test]
fn seeds_100_to_149_hold() {
    fifty(100);
}

#[test]
fn seeds_150_to_199_hold() {
    fifty(150);
}

/// Some seed finds what every office does wrong, and says just that.
fn is_found(planted: Planted, words: &str) {
    let says = |seed: u64| {
        let options = Options {
            planted: Some(planted),
            ..Options::of(seed)
        };
        let error = run(&options).result.err();
        error.is_some_and(|error| format!("{error:#}").contains(words))
    };
    assert!((0..200).any(says), "nothing says that it {words}");
}

#[test]
fn a_position_that_is_remembered_and_trusted_is_found() {
    is_found(Planted::TrustARememberedPosition, "pages wait between");
}

#[test]
fn a_retry_that_counts_twice_is_found() {
    is_found(Planted::CountARetryTwice, "do not say");
}

#[test]
fn a_base_that_moves_before_its_window_is_said_again_is_found() {
    is_found(Planted::MoveBaseBeforeSayingAgain, "has said no mark up to");
}

#[test]
fn a_mark_that_moves_without_its_cells_is_found() {
    is_found(Planted::MoveTheMarkWithoutItsCells, ", its records Some(");
}

#[test]
fn a_page_that_goes_beyond_its_audience_is_found() {
    is_found(Planted::ForwardOutsideTheAudience, "which is not for it");
}

#[test]
fn one_seed_is_replayed_by_the_program() {
    let replay = |more: &[&str]| {
        let mut sim = Command::new(env!("CARGO_BIN_EXE_sim"));
        let ran = sim.args(["--seed", "12"]).args(more).output().unwrap();
        (ran.status.code(), String::from_utf8(ran.stdout).unwrap())
    };
    let (code, said) = replay(&[]);
    assert_eq!(code, Some(0));
    let here = run(&Options {
        whole_trace: true,
        ..Options::of(12)
    });
    assert!(said.contains("seed 12: well"));
    for line in here.trace.lines() {
        assert!(said.contains(&format!("{line}\n")), "{line}");
    }
    let (code, said) = replay(&["--plant", "MoveBaseBeforeSayingAgain"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("seed 12: FAILED"));
}

#[test]
fn a_seed_goes_the_same_way_twice() {
    let digest = || run(&Options::of(12)).trace.digest();
    assert_eq!(digest(), digest());
}
