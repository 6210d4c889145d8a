//! Two hundred seeds of the simulator.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test binary has no readers of its docs, and a panic is its way to fail"
)]

use std::{fmt::Write, ops::Range};

use terrace_tests::sim::{Counts, Options, Outcome, run};

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

/// What fifty seeds come to shows that they did what they are for.
fn fifty(from: u64) {
    let all = seeds(from..from + 50);
    let sum = |of: fn(&Counts) -> u64| all.iter().map(of).sum::<u64>();
    assert!(sum(|counts| counts.done) > 5_000);
    assert!(sum(|counts| counts.refused) > 1_000);
    assert!(sum(|counts| counts.pages) > 5_000);
    assert!(sum(|counts| counts.bases) > 100);
    assert!(sum(|counts| counts.jumps) > 10);
    assert!(sum(|counts| counts.decided) > 20);
    let kinds = all.iter().flat_map(|counts| counts.faults.keys());
    let kinds: std::collections::BTreeSet<_> = kinds.collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
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

#[test]
fn a_seed_goes_the_same_way_twice() {
    let digest = || run(&Options::of(12)).trace.digest();
    assert_eq!(digest(), digest());
}
