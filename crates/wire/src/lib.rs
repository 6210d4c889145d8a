//! Protobuf and bytes, both ways: the only home of compatibility rules.
//!
//! Bytes are parsed into nouns of [`terrace_model`] or refused with a
//! [`WireError`]; nothing half-checked gets past this crate. Every format
//! carries its version. What an origin sealed is kept and passed on in the
//! origin's bytes: nothing here decodes a page and encodes it again.
//!
//! No decoder panics, and none allocates more than sixteen times the bytes it
//! is given and 1 MiB.

mod codec;
#[allow(
    dead_code,
    reason = "the conversions that use all of it are being written"
)]
mod error;
#[allow(
    dead_code,
    reason = "the conversions that use all of it are being written"
)]
mod guard;
pub mod limits;
#[allow(
    dead_code,
    reason = "the conversions that use all of it are being written"
)]
mod raw;

/// Messages and services as generated from `proto/`.
#[allow(
    missing_docs,
    clippy::all,
    clippy::pedantic,
    clippy::too_many_lines,
    clippy::wildcard_enum_match_arm,
    unreachable_pub,
    reason = "generated"
)]
pub mod proto {
    include!("gen/terrace.v1.rs");
}

pub use codec::{GuardedCodec, GuardedDecoder};
pub use error::WireError;
pub use guard::{FREE_BYTES, Guarded, MEMORY_FACTOR, Shape};
