//! Simulator, flows, end to end and tidy.
