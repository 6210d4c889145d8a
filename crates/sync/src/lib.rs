//! The conversation with one neighbour, as a state machine without input or
//! output: no clock, no random numbers, no sockets. Time and randomness are
//! arguments.
#![no_std]

extern crate alloc;

pub mod backoff;
mod frame;
pub mod heads;
pub mod route;

pub use frame::{CloseReason, Frame, Hello, Limits, VERSIONS, Versions};
