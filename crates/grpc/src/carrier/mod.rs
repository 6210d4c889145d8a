//! The live carrier: moves the frames of a link over one bidirectional gRPC
//! stream. It looks into none of them, keeps none, and logs none; it never holds
//! more than one of each direction.

mod client;
mod pump;
mod server;

use core::future::Future;

use crate::shim::{Port, Stopped};
use terrace_model::OfficeId;

pub use client::{Parent, dial};
pub use server::Carrier;

/// What the carrier asks of the office.
pub trait Links: Clone + Send + Sync + 'static {
    /// Whether this office is a child of ours, as the tree stands.
    fn is_child(&self, office: OfficeId) -> impl Future<Output = bool> + Send;

    /// Begins a session with a neighbour to which a carrier is open.
    fn open_link(&self, peer: OfficeId) -> impl Future<Output = Result<Port, Stopped>> + Send;
}
