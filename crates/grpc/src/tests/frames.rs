//! HTTP/2 by hand: what somebody can send who keeps to no limit.

use std::sync::{Arc, Mutex};

use terrace_wire::proto;
use terrace_wire::proto::link_server::{Link, LinkServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_stream::Pending;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use super::rig::{CHILD, PARENT, Serving, named, serving, soon, trust};
use crate::ListenerLimits;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

/// Why the other end goes away.
const FLOW_CONTROL_ERROR: u32 = 3;
const ENHANCE_YOUR_CALM: u32 = 11;

/// Bytes of the largest frame that is taken unasked.
const FRAME: usize = 16 << 10;

/// Keeps what is said to it, and reads none of it.
#[derive(Clone, Default)]
struct Deaf(Arc<Mutex<Vec<Streaming<proto::Frame>>>>);

#[tonic::async_trait]
impl Link for Deaf {
    type SessionStream = Pending<Result<proto::Frame, Status>>;

    async fn session(
        &self,
        request: Request<Streaming<proto::Frame>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        self.0.lock().unwrap().push(request.into_inner());
        Ok(Response::new(tokio_stream::pending()))
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Opens a session on a stream.
fn opens(stream: u32) -> Vec<u8> {
    // The method POST and the scheme https are in the table of HPACK, as are
    // the names of the path, the authority and the type of the content.
    let mut fields = vec![0x83, 0x87];
    for (name, value) in [
        (&[0x04][..], "/terrace.v1.Link/Session"),
        (&[0x01], "office"),
        (&[0x0f, 0x10], "application/grpc"),
    ] {
        fields.extend(name);
        fields.push(u8::try_from(value.len()).unwrap());
        fields.extend(value.as_bytes());
    }
    frame(HEADERS, END_HEADERS, stream, &fields)
}

/// Opens a stream with a method named twice, which is no call.
fn opens_badly(stream: u32) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &[0x83, 0x83])
}

fn streams(count: usize) -> impl Iterator<Item = u32> {
    (1..).step_by(2).take(count)
}

struct Raw {
    stream: TlsStream<TcpStream>,
    /// What the other end said of itself before anything else.
    settings: Vec<(u16, u32)>,
}

impl Raw {
    async fn open(to: &Serving) -> Self {
        let config = trust(CHILD, &to.tree).as_child().unwrap();
        let tcp = TcpStream::connect(to.address).await.unwrap();
        let name = named(PARENT).server_name().unwrap();
        let shaken = soon(TlsConnector::from(config).connect(name, tcp)).await;
        let mut raw = Self {
            stream: shaken.unwrap(),
            settings: Vec::new(),
        };
        let begin = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            frame(SETTINGS, 0, 0, &[]),
            frame(SETTINGS, ACK, 0, &[]),
        ];
        assert_eq!(raw.answer(begin.concat()).await, None);
        raw
    }

    async fn number(&mut self) -> u32 {
        soon(self.stream.read_u32()).await.unwrap()
    }

    /// Sends, and asks for a sign of life, which comes after what was sent has
    /// been dealt with; otherwise the code with which the other end goes away.
    async fn answer(&mut self, mut sent: Vec<u8>) -> Option<u32> {
        sent.extend(frame(PING, 0, 0, &[7; 8]));
        // It may be gone before it has all; what it said is still there.
        let _gone = soon(self.stream.write_all(&sent)).await;
        let _gone = soon(self.stream.flush()).await;
        loop {
            let [high, middle, low, kind] = self.number().await.to_be_bytes();
            let flags = soon(self.stream.read_u8()).await.unwrap();
            let _stream = self.number().await;
            let length = u32::from_be_bytes([0, high, middle, low]);
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            soon(self.stream.read_exact(&mut payload)).await.unwrap();
            let number = |at: usize| {
                let bytes = payload[at..at + 4].try_into().unwrap();
                u32::from_be_bytes(bytes)
            };
            match kind {
                PING if flags == ACK => return None,
                GOAWAY => return Some(number(4)),
                SETTINGS => {
                    let settings = payload.chunks_exact(6).map(|setting| {
                        let (id, value) = setting.split_at(2);
                        let id = u16::from_be_bytes(id.try_into().unwrap());
                        (id, u32::from_be_bytes(value.try_into().unwrap()))
                    });
                    self.settings.extend(settings);
                }
                _ => {}
            }
        }
    }
}

async fn deaf() -> Serving {
    let routes = Routes::new(LinkServer::new(Deaf::default()));
    serving(ListenerLimits::default(), routes).await
}

/// So much is taken, and with one more the connection ends for this reason.
async fn holds(most: usize, reason: u32, sent: impl Fn(usize) -> Vec<u8>) {
    let parent = deaf().await;
    for (count, expected) in [(most, None), (most + 1, Some(reason))] {
        let mut raw = Raw::open(&parent).await;
        assert_eq!(raw.answer(sent(count)).await, expected, "{count}");
    }
}

#[tokio::test]
async fn who_connects_is_told_the_limits() {
    let raw = Raw::open(&deaf().await).await;
    for setting in [
        // Streams at one time, bytes of one unread, bytes of headers.
        (3, 16),
        (4, 1 << 20),
        (6, 8 << 10),
    ] {
        assert!(raw.settings.contains(&setting), "{:?}", raw.settings);
    }
}

#[tokio::test]
async fn streams_that_are_reset_at_once_end_the_connection_after_twenty() {
    holds(20, ENHANCE_YOUR_CALM, |count| {
        let both = |stream| [opens(stream), frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])];
        streams(count).flat_map(both).flatten().collect()
    })
    .await;
}

#[tokio::test]
async fn streams_that_are_no_calls_end_the_connection_after_1024() {
    holds(1024, ENHANCE_YOUR_CALM, |count| {
        streams(count).flat_map(opens_badly).collect()
    })
    .await;
}

#[tokio::test]
async fn more_bytes_than_are_read_end_the_connection_after_a_mebibyte() {
    holds(1 << 20, FLOW_CONTROL_ERROR, |bytes| {
        let mut sent = opens(1);
        let bytes = vec![0; bytes];
        for part in bytes.chunks(FRAME) {
            sent.extend(frame(DATA, 0, 1, part));
        }
        sent
    })
    .await;
}
