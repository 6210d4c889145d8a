//! The store's modules together, on a disk that fails.
#![cfg(test)]

mod contract;
mod power_cuts;
mod rot;
mod samples;
