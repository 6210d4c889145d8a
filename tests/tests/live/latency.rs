//! 3. A record saved at a township changes the figures at the top within 1 s.

use std::time::{Duration, Instant};

use crate::rig::{LONG, Tree, until};

const PUTS: usize = 20;

/// By the clock of whoever types the commands: from the return of the one that
/// saves the record until one that asks at the top shows it.
#[test]
fn a_record_saved_at_a_township_is_in_the_figures_at_the_top_within_a_second() {
    let tree = Tree::alone(&["3608", "360827", "360827100"]);
    let (top, township) = (tree.at("3608"), tree.at("360827100"));
    let mut latencies = Vec::new();
    for number in 1..=PUTS {
        township.does(&format!(
            "record put meeting topic=征求意见{number} held_on=2024-05-{number:02} attendance=7"
        ));
        let saved = Instant::now();
        until("the figure at the top", LONG, || {
            let rows = top.rows("rollup meetings --period 202405");
            let value = rows[0]["value"].as_str().unwrap_or("none").to_owned();
            (value == number.to_string()).then_some(()).ok_or(value)
        });
        latencies.push(saved.elapsed());
    }
    latencies.sort();
    let (median, most) = (latencies[PUTS / 2], latencies[PUTS - 1]);
    println!("{PUTS} puts: in the figures at the top after {median:?} (median), {most:?} at most");
    assert!(most < Duration::from_secs(1), "{latencies:?}");
}
