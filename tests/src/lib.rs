//! Simulator, flows, end to end and tidy.

pub mod sim;
