//! The conversation with one neighbour, as a state machine without input or
//! output: no clock, no random numbers, no sockets. Time and randomness are
//! arguments.
//!
//! [`Link`] is one session. [`route`] says what goes over it and in what
//! order, [`heads`] how two offices compare what they hold, and [`backoff`]
//! how long to wait before the next session.
#![no_std]

extern crate alloc;

pub mod backoff;
mod error;
mod frame;
pub mod heads;
mod link;
pub mod route;

#[cfg(test)]
mod replica;

pub use error::{AnswerError, ProtocolError};
pub use frame::{CloseReason, Frame, Hello, Limits, VERSIONS, Versions};
pub use link::{Backlog, BatchId, DownReason, Held, HeldBack, Link, LinkEvent, Setup};
