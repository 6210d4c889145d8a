//! The door for programs, and the live carrier. Decides nothing.

mod accept;
mod account;
mod carrier;
mod causes;
mod connect;
mod enrolment;
mod gate;
mod language;
mod limits;
mod listener;
mod live;
pub mod program;
mod socket;
mod tls_stream;
mod trust;
mod unix_stream;

#[cfg(test)]
mod tests;

pub use carrier::{Carrier, Links, Parent, dial};
pub use causes::with_causes;
pub use connect::ConnectError;
pub use enrolment::{EnrolError, Enrolment, Enrols, enrol};
pub use language::in_language;
pub use limits::{ListenerLimits, MESSAGE_BYTES};
pub use listener::{Listener, ListenerCounts, ListenerError, ListenerWatch};
pub use socket::{ProgramSocket, SocketError};
pub use tls_stream::Caller;
pub use trust::Trust;
