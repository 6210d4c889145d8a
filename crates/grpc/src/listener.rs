use core::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustls::pki_types::CertificateDer;
use terrace_pki::{Refused, claim_of, peer_of};
use thiserror::Error;
use tokio::io::{self, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;

use crate::Trust;
use crate::accept::{self, Accept};
use crate::gate::{Gate, Passed};
use crate::limits::{self, ListenerLimits};
use crate::live::{Live, Shown};
use crate::tls_stream::{Caller, TlsStream};

/// Connections that are ready and not yet served.
const READY: usize = 16;

/// Calls of the link door are answered, or a stream opened, within this time.
const ANSWER: core::time::Duration = core::time::Duration::from_secs(30);

/// What is waited for, at most, when somebody is turned away: time, and bytes
/// that are thrown away.
const FAREWELL: core::time::Duration = core::time::Duration::from_secs(1);
const FAREWELL_BYTES: u64 = 64 << 10;

/// What a listener has seen since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListenerCounts {
    /// Connections whose handshake was completed.
    pub accepted: u64,
    /// Connections that the system failed to hand over.
    pub accept_errors: u64,
    /// Connections dropped unread, because their address connects too often or
    /// this office has all the connections it can have.
    pub turned_away: u64,
    /// Handshakes that failed: garbage, or a certificate that is not let in.
    pub failed: u64,
    /// Handshakes cut because they took too long.
    pub slow: u64,
}

#[derive(Debug, Default)]
struct Counters {
    accepted: AtomicU64,
    accept_errors: AtomicU64,
    turned_away: AtomicU64,
    failed: AtomicU64,
    slow: AtomicU64,
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Reads a listener's counts while it serves.
#[derive(Clone, Debug)]
pub struct ListenerWatch {
    counters: Arc<Counters>,
    live: Arc<Live>,
}

impl ListenerWatch {
    /// What it has seen since it began.
    #[must_use]
    pub fn counts(&self) -> ListenerCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ListenerCounts {
            accepted: read(&self.counters.accepted),
            accept_errors: read(&self.counters.accept_errors),
            turned_away: read(&self.counters.turned_away),
            failed: read(&self.counters.failed),
            slow: read(&self.counters.slow),
        }
    }

    /// Live connections, strangers' included.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.count()
    }
}

/// Why a listener ended before it was asked to.
#[derive(Debug, Error)]
pub enum ListenerError {
    /// The TLS library refused the configuration.
    #[error("the TLS library refused the configuration")]
    Tls(#[from] rustls::Error),
    /// The HTTP server failed.
    #[error("the listener failed")]
    Server(#[from] tonic::transport::Error),
}

/// Where an office listens for its children (监听): TLS 1.3 with a certificate
/// from both ends, gRPC inside. Errors of one connection never end it.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    limits: ListenerLimits,
    watch: ListenerWatch,
}

impl Listener {
    /// Begins to listen; connections wait until it serves.
    ///
    /// # Errors
    /// The address is taken, or not this machine's.
    pub async fn bind(address: SocketAddr, limits: ListenerLimits) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let watch = ListenerWatch {
            counters: Arc::default(),
            live: Live::new(limits),
        };
        Ok(Self {
            socket,
            limits,
            watch,
        })
    }

    /// Where it listens, with the port that the system chose for port 0.
    ///
    /// # Errors
    /// The system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Reads its counts while it serves.
    #[must_use]
    pub fn watch(&self) -> ListenerWatch {
        self.watch.clone()
    }

    /// Serves until `stop` completes; then takes nobody in, and gives calls
    /// under way [`ListenerLimits::drain`] to end by themselves.
    ///
    /// # Errors
    /// A [`ListenerError`]; none is expected.
    pub async fn serve(
        self,
        routes: Routes,
        trust: &Trust,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), ListenerError> {
        let Self {
            socket,
            limits,
            watch,
        } = self;
        serve_from(Plain(socket), limits, watch, routes, trust, stop).await
    }
}

/// Serves connections of a socket.
pub(crate) async fn serve_from<A>(
    socket: A,
    limits: ListenerLimits,
    watch: ListenerWatch,
    routes: Routes,
    trust: &Trust,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), ListenerError>
where
    A: Accept<Accepted = (TcpStream, SocketAddr)> + 'static,
{
    let acceptor = TlsAcceptor::from(trust.as_parent()?);
    let (ready, incoming) = mpsc::channel(READY);
    let shaker = Arc::new(Shaker {
        acceptor,
        trust: trust.clone(),
        limits,
        gate: Gate::new(limits),
        watch: watch.clone(),
        ready,
    });
    // Both end when this future does, whatever ends it.
    let mut behind = JoinSet::new();
    behind.spawn(take_in(socket, shaker));
    behind.spawn(recheck(Arc::clone(&watch.live), trust.clone(), limits));

    let (draining, drained) = oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        drop(draining);
    };
    let late = async {
        // Only the end of the sender says so.
        let _dropped = drained.await;
        sleep(limits.drain).await;
    };
    let incoming = ReceiverStream::new(incoming).map(Ok::<_, io::Error>);
    let server = limits::server().timeout(ANSWER).add_routes(routes);
    let serving = server.serve_with_incoming_shutdown(incoming, stop);
    let result = tokio::select! {
        result = serving => result,
        () = late => Ok(()),
    };
    watch.live.cut_all();
    Ok(result?)
}

struct Plain(TcpListener);

impl Accept for Plain {
    type Accepted = (TcpStream, SocketAddr);

    async fn accept(&mut self) -> io::Result<Self::Accepted> {
        self.0.accept().await
    }
}

/// Takes connections from the socket and starts their handshakes.
async fn take_in<A>(mut socket: A, shaker: Arc<Shaker>)
where
    A: Accept<Accepted = (TcpStream, SocketAddr)>,
{
    let slots = Arc::new(Semaphore::new(shaker.limits.handshakes));
    let mut under_way = JoinSet::new();
    // A connection is taken once there is a slot for its handshake.
    while let Ok(slot) = Arc::clone(&slots).acquire_owned().await {
        let counters = &shaker.watch.counters;
        let (stream, from) = accept::next(&mut socket, || add(&counters.accept_errors)).await;
        while under_way.try_join_next().is_some() {}
        match shaker.gate.pass(from.ip(), Instant::now()) {
            Ok(passed) => {
                let shaker = Arc::clone(&shaker);
                under_way.spawn(async move {
                    shaker.shake(stream, from, passed).await;
                    drop(slot);
                });
            }
            Err(why) => {
                add(&counters.turned_away);
                tracing::debug!(%from, %why, "a connection is dropped");
            }
        }
    }
}

/// Ends connections of offices that are no longer let in.
async fn recheck(live: Arc<Live>, trust: Trust, limits: ListenerLimits) {
    let mut ticks = interval(limits.recheck);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let now = ticks.tick().await;
        let judge =
            |shown: &[CertificateDer<'static>]| peer_of(shown, trust.tree, trust.anchors.as_ref());
        live.recheck(judge, now).await;
    }
}

/// Why a handshake came to nothing.
#[derive(Debug, Error)]
enum ShakeError {
    #[error("it took too long")]
    Slow,
    #[error(transparent)]
    Refused(Refused),
    #[error(transparent)]
    Tls(io::Error),
    #[error("this office has all the connections it can have")]
    Full,
}

/// Makes handshakes and hands on those that succeed.
struct Shaker {
    acceptor: TlsAcceptor,
    trust: Trust,
    limits: ListenerLimits,
    gate: Arc<Gate>,
    watch: ListenerWatch,
    ready: mpsc::Sender<TlsStream>,
}

impl Shaker {
    async fn shake(&self, stream: TcpStream, from: SocketAddr, passed: Passed) {
        let shaken = timeout(self.limits.handshake, self.try_shake(stream, from)).await;
        drop(passed);
        let counters = &self.watch.counters;
        match shaken.unwrap_or(Err(ShakeError::Slow)) {
            Ok(stream) => {
                add(&counters.accepted);
                // Nobody takes it any more once the office stops.
                let _stopping = self.ready.send(stream).await;
            }
            Err(why) => {
                match why {
                    ShakeError::Slow => add(&counters.slow),
                    ShakeError::Full => add(&counters.turned_away),
                    ShakeError::Refused(_) | ShakeError::Tls(_) => add(&counters.failed),
                }
                tracing::info!(%from, %why, "a handshake came to nothing");
            }
        }
    }

    async fn try_shake(
        &self,
        stream: TcpStream,
        from: SocketAddr,
    ) -> Result<TlsStream, ShakeError> {
        stream.set_nodelay(true).map_err(ShakeError::Tls)?;
        let accepted = self.acceptor.accept(stream).into_fallible().await;
        let stream = match accepted {
            Ok(stream) => stream,
            Err((error, stream)) => {
                hear_out(stream).await;
                return Err(refused(error));
            }
        };
        let (_, connection) = stream.get_ref();
        let shown: Shown = connection.peer_certificates().unwrap_or_default().into();
        let claim = claim_of(&shown).map_err(ShakeError::Refused)?;
        let peer = peer_of(&shown, self.trust.tree, self.trust.anchors.as_ref())
            .map_err(ShakeError::Refused)?;
        let key = claim.key;
        let caller = Caller { peer, key, from };
        let entered = self.watch.live.enter(peer, shown, Instant::now());
        let (entered, cut) = entered.ok_or(ShakeError::Full)?;
        Ok(TlsStream::new(stream, caller, entered, cut))
    }
}

/// Waits until the other end has read why it is turned away. Closing at once on
/// what it sends meanwhile would reset the connection, and its system would
/// throw the reason away unread.
async fn hear_out(mut stream: TcpStream) {
    let ended = async {
        stream.shutdown().await?;
        io::copy(&mut stream.take(FAREWELL_BYTES), &mut io::sink()).await
    };
    // Whether it has read it does not matter here.
    let _ended = timeout(FAREWELL, ended).await;
}

/// The verifier's reason, where there is one.
fn refused(error: io::Error) -> ShakeError {
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref());
    match inside.and_then(Refused::of) {
        Some(refused) => ShakeError::Refused(refused),
        None => ShakeError::Tls(error),
    }
}
