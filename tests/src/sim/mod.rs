//! The simulator: whole trees of offices, each the machine that the daemon
//! runs, over a simulated network and clock. One seed decides everything; there
//! is no runtime, no thread and no waiting, and an office may crash between any
//! two polls.
//!
//! `shape` says what a seed decides beforehand, `people` what is asked for,
//! `faults` what goes wrong, `world` lets it happen, and `check` says what must
//! hold whatever happens.

mod asked;
mod backing;
mod carrier;
mod check;
mod clock;
mod counts;
mod faults;
mod joining;
mod memory;
mod onlog;
mod people;
mod random;
mod records;
mod run;
#[cfg(test)]
mod scenes;
mod shape;
mod shown;
mod site;
mod trace;
mod world;

pub use backing::Backing;
pub use counts::Counts;
pub use memory::Memory;
pub use onlog::OnLog;
pub use run::{Options, Outcome, run};
pub use terrace_node::machine::Planted;
pub use trace::Trace;
