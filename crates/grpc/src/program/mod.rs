//! The door for programs and the command line: a Unix socket in the office's
//! folder. Each call is parsed into nouns, asked of the office, and its answer
//! put into words; the actor is the account that calls.

mod client;
mod importing;
mod read;
mod said;
mod serve;
mod service;

pub use client::{Unreachable, Vain, connect};
pub use service::{Programs, service};
