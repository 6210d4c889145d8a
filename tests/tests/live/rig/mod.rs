//! What the tests share: running the program, offices as processes, whole trees.

mod files;
mod office;
mod ran;
mod tree;
mod turn;

pub(crate) use files::{Kept, finds};
pub(crate) use office::{Office, terminate, until_ended};
pub(crate) use ran::{Ran, is_chinese, started, terrace};
pub(crate) use tree::{
    COUNTY, OTHER_COUNTY, OTHER_TOWNSHIP, PREFECTURE, TOWNSHIP, Tree, made_by, name_of,
};
pub(crate) use turn::Turn;

use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take that has no limit of its own: far more than it
/// takes, so that only what never comes fails.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Pause between two questions that cost nothing.
const PAUSE: Duration = Duration::from_millis(5);

/// Asks until there is an answer. An error says what was seen instead; the last
/// one is told when the time is over.
#[track_caller]
pub(crate) fn until<T>(what: &str, within: Duration, ask: impl Fn() -> Result<T, String>) -> T {
    let end = Instant::now() + within;
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(seen) => assert!(
                Instant::now() < end,
                "{what}: not within {within:?}; last seen: {seen}"
            ),
        }
        thread::park_timeout(PAUSE);
    }
}
