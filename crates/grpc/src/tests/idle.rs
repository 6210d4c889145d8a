//! What becomes of a link over hours on which nobody says anything.

use std::net::SocketAddr;
use std::pin::pin;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{Duration, Instant, advance, pause, resume};
use tonic::service::Routes;

use super::exchange::{Session, Sessions, ack, exchange};
use super::rig::{CHILD, LOOPBACK, PARENT, Serving, named, serving, soon, trust};
use crate::{Carrier, ListenerLimits, Parent, dial};

/// Times that everything under way gets a turn between two steps of the clock.
const TURNS: usize = 50;

/// Lets time pass step by step until something has come about, with room for
/// what is on its way in between. Says how long it took.
pub(super) async fn passing<T>(step: Duration, what: impl Future<Output = T>) -> (T, Duration) {
    pause();
    // The clock is moved on by nobody else while such a task runs.
    let (release, held) = std::sync::mpsc::channel::<()>();
    let hold = spawn_blocking(move || held.recv());
    let begin = Instant::now();
    let mut what = pin!(what);
    let done = loop {
        let turns = async {
            for _ in 0..TURNS {
                yield_now().await;
            }
        };
        tokio::select! {
            biased;
            done = &mut what => break done,
            () = turns => {}
        }
        assert!(begin.elapsed() < Duration::from_secs(24 * 60 * 60));
        advance(step).await;
    };
    let took = begin.elapsed();
    drop(release);
    let _released = hold.await.unwrap();
    resume();
    (done, took)
}

/// Carries bytes between a child and its parent until it is cut: then both ends
/// stay connected, and nothing passes any more.
struct Relay {
    address: SocketAddr,
    is_cut: watch::Sender<bool>,
    _carrying: JoinSet<()>,
}

async fn relay(to: SocketAddr) -> Relay {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (is_cut, cut) = watch::channel(false);
    let mut carrying = JoinSet::new();
    carrying.spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let (mut below, _) = listener.accept().await.unwrap();
            let mut above = TcpStream::connect(to).await.unwrap();
            let mut cut = cut.clone();
            connections.spawn(async move {
                tokio::select! {
                    _ended = copy_bidirectional(&mut below, &mut above) => {}
                    () = async { drop(cut.wait_for(|cut| *cut).await) } => {
                        std::future::pending().await
                    }
                }
            });
        }
    });
    Relay {
        address,
        is_cut,
        _carrying: carrying,
    }
}

/// A link over a relay, both ends of it, and what keeps it up.
struct Up {
    above: Session,
    below: Session,
    relay: Relay,
    sessions: [Sessions; 2],
    _parent: Serving,
    _dialling: JoinSet<()>,
}

async fn up() -> Up {
    let (links, parents) = exchange();
    let routes = Routes::new(Carrier::service(links));
    let parent = serving(ListenerLimits::default(), routes).await;
    let relay = relay(parent.address).await;
    let (links, children) = exchange();
    let name = named(PARENT);
    let address = relay.address.to_string().parse().unwrap();
    let trust = trust(CHILD, &parent.tree);
    let mut dialling = JoinSet::new();
    let above = Parent { name, address };
    dialling.spawn(dial(above, trust, links, || 0, std::future::pending()));
    let below = children.next().await;
    let mut above = parents.next().await;
    below.say(ack(1)).await;
    assert_eq!(above.hear().await, Some(ack(1)));
    Up {
        above,
        below,
        relay,
        sessions: [parents, children],
        _parent: parent,
        _dialling: dialling,
    }
}

/// How long it takes until a session has ended.
async fn ended(mut session: Session) -> Duration {
    let begin = Instant::now();
    assert_eq!(session.incoming.recv().await, None);
    session.outgoing.closed().await;
    begin.elapsed()
}

#[tokio::test]
async fn a_neighbour_that_is_gone_without_a_word_is_missed_at_both_ends() {
    let up = up().await;
    up.relay.is_cut.send_replace(true);
    let both = async { tokio::join!(ended(up.above), ended(up.below)) };
    let ((above, below), _) = passing(Duration::from_secs(1), both).await;
    for after in [above, below] {
        assert!((30..=42).contains(&after.as_secs()), "{above:?}, {below:?}");
    }
}

/// Meanwhile both ends answer each other's questions whether they are there.
#[tokio::test]
async fn a_link_lasts_for_half_a_day_and_is_dialled_anew() {
    let up = up().await;
    let both = async { tokio::join!(ended(up.above), ended(up.below)) };
    let ((above, below), _) = passing(Duration::from_secs(5), both).await;
    let (age, grace) = (12 * 60 * 60, 60);
    for after in [above, below] {
        let expected = age..=age + grace + 10;
        assert!(expected.contains(&after.as_secs()), "{above:?}, {below:?}");
    }
    let [parents, children] = up.sessions;
    let below = soon(children.next()).await;
    let mut above = soon(parents.next()).await;
    below.say(ack(2)).await;
    assert_eq!(above.hear().await, Some(ack(2)));
}
