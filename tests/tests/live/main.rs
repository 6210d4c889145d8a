//! Real `terrace` processes on this machine, asked as an operator asks them.
//! Each module holds one numbered line of what the program promises.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test binary has no readers of its docs, and a panic is its way to fail"
)]

mod bring_up;
mod copies;
mod crash;
mod demo;
mod disk;
mod figures;
mod health;
mod known;
mod languages;
mod latency;
mod logs;
mod nomination;
mod notice;
mod periods;
mod records;
mod rig;
mod samples;
mod settings;
mod sheets;
mod starting;
