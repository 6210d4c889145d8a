//! One office, running.
//!
//! [`machine`] is the office without its surroundings: it admits, rules, seals
//! and links, and reads nothing but its store. [`office`] is the thread that
//! runs it. [`config`] holds its settings. [`reads`] answers questions about what is committed.

pub mod config;
pub mod machine;
pub mod office;
pub mod reads;

#[cfg(test)]
mod held;
#[cfg(test)]
mod scene;

pub use office::{Office, Port, Stopped};
