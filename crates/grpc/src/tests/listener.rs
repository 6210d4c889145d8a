use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use terrace_catalog::Lang;
use terrace_model::OfficeId;
use terrace_pki::Peer;
use terrace_wire::proto;
use terrace_wire::proto::enrolment_client::EnrolmentClient;
use terrace_wire::proto::link_client::LinkClient;
use terrace_wire::proto::link_server::{Link, LinkServer};
use terrace_wire::{EnrolReply, EnrolRequest, Refusal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_stream::Pending;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::{Code, Request, Response, Status, Streaming};

use super::rig::{
    CHILD, LOOPBACK, PARENT, SIBLING, STRANGER, Serving, identity, named, serving, signing, soon,
    trust, until,
};
use crate::accept::Accept;
use crate::connect::{Dialled, connect};
use crate::listener::serve_from;
use crate::{Caller, ConnectError, Enrolment, Enrols, Listener, ListenerLimits};

/// Says in its headers who called, and answers with a stream that never ends.
#[derive(Clone, Copy)]
struct Mirror;

#[tonic::async_trait]
impl Link for Mirror {
    type SessionStream = Pending<Result<proto::Frame, Status>>;

    async fn session(
        &self,
        request: Request<Streaming<proto::Frame>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        let caller = request.extensions().get::<Caller>().unwrap();
        let mut response = Response::new(tokio_stream::pending());
        let said = format!("{:?}", caller.peer).parse().unwrap();
        response.metadata_mut().insert("peer", said);
        Ok(response)
    }
}

fn mirror() -> Routes {
    Routes::new(LinkServer::new(Mirror))
}

/// A session with the mirror, and who it saw.
struct Seen {
    _dialled: Dialled,
    _saying: mpsc::Sender<proto::Frame>,
    peer: String,
    frames: Streaming<proto::Frame>,
}

/// A stream on which nothing is said until its sender is dropped.
fn silence() -> (mpsc::Sender<proto::Frame>, ReceiverStream<proto::Frame>) {
    let (saying, said) = mpsc::channel(1);
    (saying, ReceiverStream::new(said))
}

async fn dial(to: &Serving, office: OfficeId) -> Result<Dialled, ConnectError> {
    let config = trust(office, &to.tree).as_child().unwrap();
    soon(connect(&to.link_address(), named(PARENT), config)).await
}

async fn look(to: &Serving, office: OfficeId) -> Result<Seen, Status> {
    let dialled = dial(to, office).await.unwrap();
    let mut client = LinkClient::new(dialled.channel.clone());
    let (saying, said) = silence();
    let answer = soon(client.session(said)).await?;
    let peer = answer.metadata().get("peer").unwrap();
    Ok(Seen {
        peer: peer.to_str().unwrap().to_owned(),
        frames: answer.into_inner(),
        _dialled: dialled,
        _saying: saying,
    })
}

impl Seen {
    /// The connection ends.
    async fn ends(mut self) {
        let end = soon(self.frames.message()).await;
        assert!(end.is_err(), "{end:?}");
    }
}

/// The other end closes the connection.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end as well.
    let _end = soon(stream.read_to_end(&mut rest)).await;
}

#[tokio::test]
async fn offices_of_the_tree_and_strangers_are_told_apart() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    let child = look(&parent, CHILD).await.unwrap();
    assert_eq!(child.peer, format!("{:?}", Peer::Known(CHILD)));
    let key = signing(STRANGER).public();
    let stranger = Peer::Stranger {
        office: STRANGER,
        key,
    };
    let seen = look(&parent, STRANGER).await.unwrap();
    assert_eq!(seen.peer, format!("{stranger:?}"));
    assert_eq!(parent.watch.live(), 2);
    drop((child, seen));
    until(|| parent.watch.live() == 0).await;
}

#[tokio::test]
async fn a_closed_office_is_turned_away_and_told_so() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    parent.tree.close(CHILD);
    let dialled = dial(&parent, CHILD).await.unwrap();
    let mut client = LinkClient::new(dialled.channel.clone());
    let refused = soon(client.session(tokio_stream::pending())).await;
    assert!(refused.is_err());
    let why = dialled.turned_away();
    assert!(matches!(why, Some(ConnectError::TurnedAway(_))), "{why:?}");
    until(|| parent.watch.counts().failed == 1).await;
}

#[tokio::test]
async fn who_is_turned_away_hears_why_whatever_it_sends_meanwhile() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    parent.tree.close(CHILD);
    let config = trust(CHILD, &parent.tree).as_child().unwrap();
    let tcp = TcpStream::connect(parent.address).await.unwrap();
    let name = named(PARENT).server_name().unwrap();
    let mut stream = TlsConnector::from(config).connect(name, tcp).await.unwrap();
    // As HTTP does, which gives up where it can no longer write.
    for _ in 0..1000 {
        stream.write_all(&[0; 16]).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    let told = soon(stream.read(&mut [0])).await.unwrap_err();
    assert!(told.to_string().contains("received fatal alert"), "{told}");
}

#[tokio::test]
async fn garbage_and_broken_handshakes_end_nothing_but_themselves() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    let mut garbage = TcpStream::connect(parent.address).await.unwrap();
    garbage.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    closed(garbage).await;
    drop(TcpStream::connect(parent.address).await.unwrap());
    until(|| parent.watch.counts().failed == 2).await;
    look(&parent, CHILD).await.unwrap();
}

#[tokio::test]
async fn a_slow_handshake_is_cut_at_its_limit() {
    let limits = ListenerLimits {
        handshake: Duration::from_millis(100),
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    closed(TcpStream::connect(parent.address).await.unwrap()).await;
    assert_eq!(parent.watch.counts().slow, 1);
}

#[tokio::test]
async fn more_handshakes_than_the_limit_wait_for_a_slot() {
    let limits = ListenerLimits {
        handshake: Duration::from_millis(300),
        handshakes: 2,
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    let mut silent = Vec::new();
    for _ in 0..2 {
        silent.push(TcpStream::connect(parent.address).await.unwrap());
    }
    look(&parent, CHILD).await.unwrap();
    assert_eq!(parent.watch.counts().slow, 2);
}

#[tokio::test]
async fn an_address_that_connects_too_fast_is_dropped_unread() {
    let limits = ListenerLimits {
        burst: 2,
        spacing: Duration::from_secs(3600),
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    for _ in 0..2 {
        look(&parent, CHILD).await.unwrap();
    }
    let dropped = dial(&parent, CHILD).await.unwrap_err();
    assert!(
        matches!(dropped, ConnectError::NoOffice { .. }),
        "{dropped:?}"
    );
    assert!(dropped.is_unreachable());
    assert_eq!(parent.watch.counts().turned_away, 1);
}

#[tokio::test]
async fn connections_of_an_office_that_is_closed_end() {
    let limits = ListenerLimits {
        recheck: Duration::from_millis(50),
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    let child = look(&parent, CHILD).await.unwrap();
    let sibling = look(&parent, SIBLING).await.unwrap();
    parent.tree.close(CHILD);
    child.ends().await;
    let other_key = signing(STRANGER).public();
    assert_eq!(parent.watch.live(), 1);
    parent.tree.open(SIBLING, other_key);
    sibling.ends().await;
}

#[tokio::test]
async fn a_stranger_does_not_stay() {
    let limits = ListenerLimits {
        recheck: Duration::from_millis(50),
        stranger_age: Duration::from_millis(100),
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    let child = look(&parent, CHILD).await.unwrap();
    look(&parent, STRANGER).await.unwrap().ends().await;
    assert_eq!(parent.watch.live(), 1);
    drop(child);
}

#[tokio::test]
async fn the_oldest_connection_of_an_office_makes_room_and_more_than_all_are_dropped() {
    let limits = ListenerLimits {
        connections: 3,
        connections_per_office: 2,
        strangers: 1,
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    let first = look(&parent, CHILD).await.unwrap();
    let _second = look(&parent, CHILD).await.unwrap();
    let _third = look(&parent, CHILD).await.unwrap();
    first.ends().await;
    let stranger = look(&parent, STRANGER).await.unwrap();
    let _next = look(&parent, STRANGER).await.unwrap();
    stranger.ends().await;
    assert_eq!(parent.watch.live(), 3);
    assert!(look(&parent, SIBLING).await.is_err());
    assert_eq!(parent.watch.counts().turned_away, 1);
}

#[tokio::test]
async fn a_renewed_identity_is_shown_to_the_next_and_costs_nobody_a_connection() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    let shown = async || {
        let config = trust(CHILD, &parent.tree).as_child().unwrap();
        let tcp = TcpStream::connect(parent.address).await.unwrap();
        let name = named(PARENT).server_name().unwrap();
        let stream = soon(TlsConnector::from(config).connect(name, tcp))
            .await
            .unwrap();
        let (_, connection) = stream.get_ref();
        connection.peer_certificates().unwrap().to_vec()
    };
    let mut child = look(&parent, CHILD).await.unwrap();
    assert_eq!(shown().await, identity(PARENT, 1).chain());
    parent.trust.identity.set(identity(PARENT, 2));
    assert_eq!(shown().await, identity(PARENT, 2).chain());
    let quiet = timeout(Duration::from_millis(50), child.frames.message()).await;
    assert!(quiet.is_err());
}

#[tokio::test]
async fn a_stopped_listener_gives_calls_their_time_and_then_ends_them() {
    let limits = ListenerLimits {
        drain: Duration::from_millis(200),
        ..ListenerLimits::default()
    };
    let parent = serving(limits, mirror()).await;
    let (address, watch) = (parent.address, parent.watch.clone());
    let child = look(&parent, CHILD).await.unwrap();
    parent.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
    child.ends().await;
    until(|| watch.live() == 0).await;
}

/// Fails so many times before each connection.
struct Flaky(TcpListener, VecDeque<io::ErrorKind>);

impl Accept for Flaky {
    type Accepted = (TcpStream, SocketAddr);

    async fn accept(&mut self) -> io::Result<Self::Accepted> {
        match self.1.pop_front() {
            Some(kind) => Err(kind.into()),
            None => self.0.accept().await,
        }
    }
}

#[tokio::test]
async fn errors_of_the_socket_are_counted_and_children_come_in_after_them() {
    let limits = ListenerLimits::default();
    let watch = Listener::bind(LOOPBACK, limits).await.unwrap().watch();
    let socket = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = socket.local_addr().unwrap();
    let errors = [
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::OutOfMemory,
        io::ErrorKind::Other,
    ];
    let tree = super::rig::TestTree::with_offices();
    let (stop, stopped) = oneshot::channel();
    let (served, counted) = (trust(PARENT, &tree), watch.clone());
    let task = tokio::spawn(async move {
        let stop = async { stopped.await.unwrap_or_default() };
        let socket = Flaky(socket, errors.into());
        serve_from(socket, limits, counted, mirror(), &served, stop).await
    });
    let trust = trust(PARENT, &tree);
    let parent = Serving {
        address,
        watch,
        tree,
        trust,
        stop,
        task,
    };
    look(&parent, CHILD).await.unwrap();
    assert_eq!(parent.watch.counts().accept_errors, 3);
    assert_eq!(parent.watch.counts().accepted, 1);
    parent.stop().await;
}

#[tokio::test]
async fn more_streams_than_the_limit_wait_on_one_connection() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    let dialled = dial(&parent, CHILD).await.unwrap();
    let mut open = Vec::new();
    for _ in 0..16 {
        let mut client = LinkClient::new(dialled.channel.clone());
        let (saying, said) = silence();
        let answer = soon(client.session(said)).await.unwrap();
        open.push((saying, answer.into_inner()));
    }
    let mut client = LinkClient::new(dialled.channel.clone());
    let mut next = Box::pin(client.session(tokio_stream::pending()));
    let waits = timeout(Duration::from_millis(100), &mut next).await;
    assert!(waits.is_err());
    drop(open.pop());
    soon(next).await.unwrap();
}

/// Never answers.
#[derive(Clone, Copy)]
struct Mute;

impl Enrols for Mute {
    async fn enrol(&self, _request: EnrolRequest, _lang: Lang) -> Result<EnrolReply, Refusal> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn calls_over_the_limit_are_refused_at_once_and_the_others_after_their_time() {
    let routes = Routes::new(Enrolment::service(Mute));
    let parent = serving(ListenerLimits::default(), routes).await;
    let dialled = dial(&parent, CHILD).await.unwrap();
    let request = EnrolRequest {
        office: CHILD,
        token: [0; 16],
        key: signing(CHILD).public(),
    };
    let mut calls = JoinSet::new();
    for _ in 0..9 {
        let mut client = EnrolmentClient::new(dialled.channel.clone());
        let request = request.to_proto();
        calls.spawn(async move { client.enrol(request).await.unwrap_err() });
    }
    let shed = soon(calls.join_next()).await.unwrap().unwrap();
    assert_eq!(shed.code(), Code::ResourceExhausted, "{shed:?}");
    let next = timeout(Duration::from_millis(100), calls.join_next()).await;
    assert!(next.is_err(), "{next:?}");
    tokio::time::pause();
    while let Some(call) = calls.join_next().await {
        assert_eq!(call.unwrap().code(), Code::Cancelled);
    }
}

#[tokio::test]
async fn headers_over_the_limit_are_refused() {
    let parent = serving(ListenerLimits::default(), mirror()).await;
    let dialled = dial(&parent, CHILD).await.unwrap();
    for (bytes, passes) in [(7_000, true), (9_000, false)] {
        let mut request = Request::new(tokio_stream::pending());
        let long = "x".repeat(bytes).parse().unwrap();
        request.metadata_mut().insert("long", long);
        let mut client = LinkClient::new(dialled.channel.clone());
        let answer = soon(client.session(request)).await.unwrap();
        let reached = answer.metadata().contains_key("peer");
        assert_eq!(reached, passes, "{bytes}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_said_to_be_missing() {
    let parent = serving(ListenerLimits::default(), Routes::default()).await;
    let missing = look(&parent, CHILD).await.err().unwrap();
    assert_eq!(missing.code(), Code::Unimplemented);
}
