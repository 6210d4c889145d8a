//! One office, running.
//!
//! [`machine`] is the office without its surroundings: it admits, rules, seals
//! and links, and reads nothing but its store. [`office`] is the thread that
//! runs it. [`reads`] answers questions about what is committed, and [`door`] is
//! the office as people and programs ask it. [`config`] holds an office's
//! settings, [`bringup`] makes and opens its folder, and [`lifecycle`] is what
//! its process asks of the machine it runs on.

pub mod bringup;
pub mod config;
pub mod door;
pub mod lifecycle;
pub mod machine;
pub mod office;
pub mod reads;
mod running;

#[cfg(test)]
mod bench;
#[cfg(test)]
mod held;
#[cfg(test)]
mod scene;

pub use door::{Door, Randomness};
pub use office::{Office, Port, Stopped};
pub use running::{Jobs, Running, StartError};
pub use terrace_store::{StoreError, StoreReader};
