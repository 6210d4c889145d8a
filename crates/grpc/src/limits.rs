//! What everybody who connects is held to, and what this office holds itself to
//! when it dials.

use core::time::Duration;

use terrace_wire::limits::FRAME_BYTES;
use tonic::transport::{Endpoint, Server};

/// The largest message taken or sent, in bytes: that of a link.
pub const MESSAGE_BYTES: usize = FRAME_BYTES;

/// The largest answer of the door for programs, in bytes: what is said of
/// 20,000 offices with all that is wrong.
pub(crate) const ANSWER_BYTES: usize = 16 << 20;

/// Calls under way on one connection.
const STREAMS: u32 = 16;

/// Calls of one connection that wait for their answer to begin; more are
/// refused at once.
const CALLS: usize = 8;

/// Headers of one call, in bytes.
const HEADER_BYTES: u32 = 8 << 10;

/// Streams reset by the other end that are not yet forgotten (CVE-2023-44487).
const PENDING_RESETS: usize = 20;

/// Streams reset by this end for errors of the other before the connection ends.
const ERROR_RESETS: usize = 1024;

/// Bytes that a peer may send unread: on one stream, and on one connection.
const WINDOW_BYTES: u32 = 1 << 20;

/// A silent connection is asked for a sign of life after this long.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// It ends if the sign does not come in this time.
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(10);

/// A connection is closed after this long, so that the other end's certificate
/// is looked at again. Its office dials anew and loses nothing.
const AGE: Duration = Duration::from_secs(12 * 60 * 60);

/// What its calls are given to end after that.
const AGE_GRACE: Duration = Duration::from_secs(60);

/// An office that dials waits this long for the connection, and once more as
/// long for the handshake.
pub(crate) const CONNECT: Duration = Duration::from_secs(10);

/// What a listener holds strangers and children to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenerLimits {
    /// From the first byte to the end of the handshake.
    pub handshake: Duration,
    /// Handshakes under way at one time. More connections wait unaccepted.
    pub handshakes: usize,
    /// Handshakes under way from one address; half of all, so that nobody
    /// alone keeps everybody out. More connections are dropped.
    pub handshakes_per_address: u32,
    /// Connections that one address may open at once after a pause.
    pub burst: u32,
    /// After how long it may open one more.
    pub spacing: Duration,
    /// Addresses that are remembered; of more, the one that has been quiet for
    /// longest is forgotten.
    pub addresses: usize,
    /// Live connections. More are dropped.
    pub connections: usize,
    /// Live connections of one office; the oldest makes room for the next.
    pub connections_per_office: usize,
    /// Live connections of strangers; the oldest makes room for the next.
    pub strangers: usize,
    /// How long a stranger's connection lives at most: time to enrol.
    pub stranger_age: Duration,
    /// How often the tree is asked whether those who are connected may stay.
    /// A connection of a closed office ends within this time.
    pub recheck: Duration,
    /// What calls are given to end by themselves when the office stops.
    pub drain: Duration,
}

impl Default for ListenerLimits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            handshakes: 64,
            handshakes_per_address: 32,
            burst: 512,
            spacing: Duration::from_millis(15),
            addresses: 4096,
            connections: 16_384,
            connections_per_office: 4,
            strangers: 64,
            stranger_age: Duration::from_secs(60),
            recheck: Duration::from_secs(15),
            drain: Duration::from_secs(5),
        }
    }
}

/// A server for connections that are accepted already.
pub(crate) fn server() -> Server {
    Server::builder()
        .max_concurrent_streams(STREAMS)
        .concurrency_limit_per_connection(CALLS)
        .load_shed(true)
        .http2_max_header_list_size(HEADER_BYTES)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS))
        .http2_max_local_error_reset_streams(Some(ERROR_RESETS))
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER))
        .max_connection_age(AGE)
        .max_connection_age_grace(AGE_GRACE)
}

/// The dialling side of the same.
pub(crate) fn dialled(endpoint: Endpoint) -> Endpoint {
    endpoint
        .http2_max_header_list_size(HEADER_BYTES)
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE_ANSWER)
        .keep_alive_while_idle(true)
}
