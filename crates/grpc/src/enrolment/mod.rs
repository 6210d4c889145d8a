//! How a child office joins its parent, once.

mod client;
mod door;
mod server;

use core::future::Future;

use terrace_catalog::Lang;
use terrace_wire::{EnrolReply, EnrolRequest, Refusal};

pub use client::{EnrolError, enrol};
pub use server::Enrolment;

/// What the enrolment asks of the office.
pub trait Enrols: Clone + Send + Sync + 'static {
    /// Spends a token for an office that has shown that it holds the key. The
    /// same child may ask again with the same token and key: an answer can get
    /// lost.
    ///
    /// # Errors
    /// Why the office says no, in words for the people of the child.
    fn enrol(
        &self,
        request: EnrolRequest,
        lang: Lang,
    ) -> impl Future<Output = Result<EnrolReply, Refusal>> + Send;
}
