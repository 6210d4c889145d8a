//! The store's modules together, on a disk that fails.
#![cfg(test)]

mod commits;
mod contract;
mod evidence;
mod folder;
mod maps;
mod power_cuts;
mod rot;
mod samples;
mod snapshots;
mod store_cuts;
