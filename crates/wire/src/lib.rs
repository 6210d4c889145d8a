//! Protobuf and bytes, both ways: the only home of compatibility rules.
//!
//! Bytes are parsed into nouns of [`terrace_model`] or refused with a
//! [`WireError`]; nothing half-checked gets past this crate, and nothing is
//! written that could not be read back. Every format carries its version. What
//! an origin sealed is kept and passed on in the origin's bytes: nothing here
//! decodes a page and encodes it again.
//!
//! No decoder panics, and none allocates more than [`MEMORY_FACTOR`] times the
//! bytes it is given and [`FREE_BYTES`].
//!
//! - Pages: [`seal_page`], [`encode_page`], [`decode_page`]; their
//!   [`entries`], and the [`Content`](terrace_model::Content) of parts.
//! - Links: [`frame_to_proto`] and [`frame_from_proto`] for a gRPC stream,
//!   [`encode_frame`] and [`decode_frame`] for a file.
//! - The store: [`stored`].
//! - Doors: the services in [`proto`], [`Refusal`] and the enrolment.

mod batch;
mod codec;
mod enrol;
mod entry;
mod error;
mod fact;
mod figures;
mod frame;
mod guard;
mod key;
pub mod limits;
mod noun;
mod page;
mod position;
mod raw;
mod record;
mod refusal;
mod said;

#[cfg(test)]
mod samples;

#[cfg(test)]
extern crate self as terrace_wire;

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

/// What an office keeps, as it rests: keys whose bytes sort as the keys do,
/// facts, and batches as records of the log.
pub mod stored {
    pub use crate::{
        batch::{
            BatchItem, BatchItems, EncodedBatch, EncodedChange, EncodedPage, RawChange,
            batch_items, change_len, encode_batch,
        },
        fact::{decode_fact, encode_fact},
        key::{bounds, decode_key, encode_key},
        page::page_position,
    };
}

pub use codec::{GuardedCodec, GuardedDecoder};
pub use enrol::{EnrolReply, EnrolRequest};
pub use entry::{Entries, Parsed, decode_body, encode_body, entries};
pub use error::WireError;
pub use frame::{decode_frame, encode_frame, frame_from_proto, frame_to_proto};
pub use guard::{FREE_BYTES, Guarded, MEMORY_FACTOR, Shape};
pub use noun::{date, days, level_if_given, level_number};
pub use page::{PageStart, decode_page, encode_page, encode_sealed, seal_page};
pub use record::{decode_content, encode_content};
pub use refusal::{Refusal, RefusalCode, RowFault};
