//! One office, running.
//!
//! [`machine`] is the office without its surroundings: it admits, rules, seals
//! and links, and reads nothing but its store. [`office`] is the thread that
//! runs it.

pub mod machine;
pub mod office;

pub use office::{Office, Port, Stopped};
