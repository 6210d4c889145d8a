//! One office, running.
//!
//! [`machine`] is the office without its surroundings: it admits, rules, seals
//! and links, and reads nothing but its store.

pub mod machine;
