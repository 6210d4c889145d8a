//! The live carrier: moves the frames of a link over one bidirectional gRPC
//! stream. It looks into none of them, keeps none, and logs none; it never holds
//! more than one of each direction.

mod client;
mod pump;
mod server;

use core::future::Future;

use terrace_model::OfficeId;
use terrace_node::{Office, Port, Stopped};

pub use client::{Parent, dial};
pub use server::Carrier;

/// What the carrier asks of the office.
pub trait Links: Clone + Send + Sync + 'static {
    /// Whether this office is a child of ours, as the tree stands.
    fn is_child(&self, office: OfficeId) -> impl Future<Output = bool> + Send;

    /// Begins a session with a neighbour to which a carrier is open.
    ///
    /// # Errors
    /// [`Stopped`].
    fn open_link(&self, peer: OfficeId) -> impl Future<Output = Result<Port, Stopped>> + Send;
}

impl Links for Office {
    fn is_child(&self, office: OfficeId) -> impl Future<Output = bool> + Send {
        core::future::ready(Self::is_child(self, office))
    }

    fn open_link(&self, peer: OfficeId) -> impl Future<Output = Result<Port, Stopped>> + Send {
        Self::open_link(self, peer)
    }
}
