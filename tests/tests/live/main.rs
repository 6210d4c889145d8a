//! Whole offices: real processes, real sockets, real disks. Each test is named
//! after what it holds.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test binary has no readers of its docs, and a panic is its way to fail"
)]

mod bring_up;
mod crash;
mod demo;
mod flows;
mod records;
mod rig;
