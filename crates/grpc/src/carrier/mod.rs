//! The live carrier: moves the frames of a link over one bidirectional gRPC
//! stream. It looks into none of them, keeps none, and logs none; it never holds
//! more than one of each direction.

mod client;
mod pump;
mod server;

use core::future::Future;

use terrace_model::OfficeId;
use terrace_sync::Frame;
use thiserror::Error;
use tokio::sync::mpsc;

pub use client::{Parent, dial};
pub use server::Carrier;

/// The office's end of one session with a neighbour.
#[derive(Debug)]
pub struct Port {
    /// Takes what the neighbour says. Dropped when the carrier is gone.
    pub inbox: mpsc::Sender<Frame>,
    /// What to say to the neighbour. It ends when the session is over.
    pub outbox: mpsc::Receiver<Frame>,
}

/// The office has ended: there are no sessions any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the office has stopped")]
pub struct Stopped;

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
