use std::time::Duration;

use terrace_sync::{CloseReason, Frame};
use terrace_wire::proto;
use terrace_wire::proto::link_client::LinkClient;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::service::Routes;
use tonic::{Code, Status};

use super::exchange::{Exchange, Session, Sessions, ack, exchange, large, largest_page};
use super::rig::{
    CHILD, PARENT, SIBLING, STRANGER, Serving, named, serving, serving_on, soon, trust,
};
use crate::connect::connect;
use crate::{Carrier, Listener, ListenerLimits, Parent, dial};

fn routes(parent: Exchange) -> Routes {
    Routes::new(Carrier::service(parent))
}

/// A child that dials until it is stopped.
struct Dialling {
    sessions: Sessions,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Dialling {
    async fn stop(self) {
        self.stop.send(()).unwrap();
        soon(self.task).await.unwrap();
    }
}

fn dialling(to: &Serving) -> Dialling {
    let (links, sessions) = exchange();
    let (stop, stopped) = oneshot::channel();
    let parent = Parent {
        name: named(PARENT),
        address: to.link_address(),
    };
    let stop_when = async { stopped.await.unwrap_or_default() };
    let trust = trust(CHILD, &to.tree);
    let task = tokio::spawn(dial(parent, trust, links, || 0, stop_when));
    Dialling {
        sessions,
        stop,
        task,
    }
}

/// A link that is up: the parent with its sessions, the child, and both ends.
struct Up {
    parent: Serving,
    sessions: Sessions,
    child: Dialling,
    above: Session,
    below: Session,
}

async fn up() -> Up {
    let (links, sessions) = exchange();
    let parent = serving(ListenerLimits::default(), routes(links)).await;
    let child = dialling(&parent);
    let below = child.sessions.next().await;
    let above = sessions.next().await;
    Up {
        parent,
        sessions,
        child,
        above,
        below,
    }
}

#[tokio::test]
async fn frames_pass_both_ways_in_order() {
    let Up {
        parent,
        child,
        mut above,
        mut below,
        ..
    } = up().await;
    assert_eq!((above.peer, below.peer), (CHILD, PARENT));
    for number in 0..100_u8 {
        below.say(ack(number.into())).await;
        above.say(large(number)).await;
        assert_eq!(above.hear().await, Some(ack(number.into())));
        assert_eq!(below.hear().await, Some(large(number)));
    }
    drop((above, below));
    child.stop().await;
    parent.stop().await;
}

#[tokio::test]
async fn the_largest_page_passes_both_ways_as_it_is() {
    let Up {
        parent: _parent,
        child: _child,
        mut above,
        mut below,
        ..
    } = up().await;
    let frame = Frame::Pages {
        number: 1,
        pages: vec![largest_page()],
    };
    below.say(frame.clone()).await;
    assert_eq!(above.hear().await, Some(frame.clone()));
    above.say(frame.clone()).await;
    assert_eq!(below.hear().await, Some(frame));
}

#[tokio::test]
async fn whoever_is_slow_slows_the_other_down_and_nothing_is_lost() {
    let Up {
        mut above,
        below,
        parent: _parent,
        child: _child,
        ..
    } = up().await;
    let mut sent = 0_u8;
    while timeout(Duration::from_millis(200), below.outgoing.send(large(sent)))
        .await
        .is_ok()
    {
        sent += 1;
        assert!(
            sent < 200,
            "some 8 MiB are on their way to an office that takes nothing"
        );
    }
    for number in 0..sent {
        assert_eq!(above.hear().await, Some(large(number)));
    }
    below.say(ack(1)).await;
    assert_eq!(above.hear().await, Some(ack(1)));
}

#[tokio::test]
async fn the_last_frame_of_a_session_arrives_and_then_the_carrier_is_gone() {
    let close = Frame::Close {
        reason: CloseReason::Stopping,
    };
    let Up {
        mut above,
        mut below,
        parent: _parent,
        child,
        sessions,
    } = up().await;
    below.say(close.clone()).await;
    let Session {
        incoming, outgoing, ..
    } = below;
    drop((incoming, outgoing));
    assert_eq!(above.hear().await, Some(close.clone()));
    above.ends().await;

    below = child.sessions.next().await;
    above = sessions.next().await;
    above.say(close.clone()).await;
    let Session {
        incoming, outgoing, ..
    } = above;
    drop((incoming, outgoing));
    assert_eq!(below.hear().await, Some(close));
    below.ends().await;
}

#[tokio::test]
async fn an_office_that_takes_no_more_frames_ends_the_carrier() {
    let Up {
        above,
        below,
        parent: _parent,
        child: _child,
        ..
    } = up().await;
    let Session {
        incoming,
        outgoing: _still_open,
        ..
    } = below;
    drop(incoming);
    above.ends().await;
}

#[tokio::test]
async fn an_office_that_says_no_more_ends_the_carrier() {
    let Up {
        above,
        below,
        parent: _parent,
        child: _child,
        ..
    } = up().await;
    let Session {
        mut incoming,
        outgoing,
        ..
    } = below;
    drop(outgoing);
    // The other end knows of its neighbour's end and keeps its own open.
    assert_eq!(soon(incoming.recv()).await, None);
    above.ends().await;
}

#[tokio::test]
async fn the_last_frames_arrive_at_an_office_that_is_slow() {
    let Up {
        mut above,
        below,
        parent: _parent,
        child: _child,
        ..
    } = up().await;
    for number in 0..5 {
        below.say(large(number)).await;
    }
    let Session {
        mut incoming,
        outgoing,
        ..
    } = below;
    drop(outgoing);
    assert_eq!(soon(incoming.recv()).await, None);
    // The session is over, and whatever ends with it has ended.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    for number in 0..5 {
        assert_eq!(above.hear().await, Some(large(number)));
    }
    above.ends().await;
}

#[tokio::test]
async fn a_child_dials_again_when_its_parent_is_back_at_the_same_port() {
    let Up {
        parent,
        child,
        above,
        below,
        ..
    } = up().await;
    let address = parent.address;
    drop(above);
    parent.stop().await;
    below.ends().await;

    let listener = soon(async {
        loop {
            match Listener::bind(address, ListenerLimits::default()).await {
                Ok(listener) => return listener,
                Err(_still_taken) => tokio::task::yield_now().await,
            }
        }
    });
    let (links, sessions) = exchange();
    let _parent = serving_on(listener.await, routes(links)).unwrap();
    let mut above = sessions.next().await;
    // Attempts that found nobody opened no session.
    let below = child.sessions.next().await;
    below.say(ack(1)).await;
    assert_eq!(above.hear().await, Some(ack(1)));
}

#[tokio::test]
async fn dialling_ends_when_it_is_told_to_and_when_the_office_has_ended() {
    let Up {
        parent,
        child,
        above,
        below,
        ..
    } = up().await;
    child.sessions.close().await;
    drop(below);
    above.ends().await;
    soon(child.task).await.unwrap();

    let waiting = dialling(&parent);
    parent.tree.close(PARENT);
    waiting.stop().await;
}

#[tokio::test]
async fn a_stopping_child_lets_its_office_say_the_last_word() {
    let Up {
        mut above,
        below,
        child,
        parent: _parent,
        ..
    } = up().await;
    let Dialling {
        stop,
        task,
        sessions: _sessions,
    } = child;
    stop.send(()).unwrap();
    below.say(ack(9)).await;
    assert_eq!(above.hear().await, Some(ack(9)));
    drop(below);
    above.ends().await;
    soon(task).await.unwrap();
}

async fn refused(to: &Serving, office: terrace_model::OfficeId) -> Status {
    let config = trust(office, &to.tree).as_child().unwrap();
    let dialled = soon(connect(&to.link_address(), named(PARENT), config))
        .await
        .unwrap();
    let mut client = LinkClient::new(dialled.channel);
    soon(client.session(tokio_stream::pending()))
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_link_is_for_children_alone() {
    let (links, sessions) = exchange();
    let parent = serving(ListenerLimits::default(), routes(links)).await;
    for office in [STRANGER, SIBLING, PARENT] {
        assert_eq!(
            refused(&parent, office).await.code(),
            Code::PermissionDenied
        );
    }
    sessions.close().await;
    assert_eq!(refused(&parent, CHILD).await.code(), Code::Unavailable);
}

#[tokio::test]
async fn a_message_over_the_limit_and_one_that_is_no_frame_end_the_session() {
    let (links, sessions) = exchange();
    let parent = serving(ListenerLimits::default(), routes(links)).await;
    let branch = proto::Branch {
        office: 1,
        digest: vec![1; 32],
    };
    let branches = vec![branch; 120_000];
    let large = proto::frame::Kind::Branches(proto::Branches { branches });
    for kind in [Some(large), None] {
        let config = trust(CHILD, &parent.tree).as_child().unwrap();
        let dialled = connect(&parent.link_address(), named(PARENT), config)
            .await
            .unwrap();
        let mut client = LinkClient::new(dialled.channel);
        let (saying, said) = tokio::sync::mpsc::channel(1);
        let said = tokio_stream::wrappers::ReceiverStream::new(said);
        let mut answer = soon(client.session(said)).await.unwrap().into_inner();
        saying.send(proto::Frame { kind }).await.unwrap();
        sessions.next().await.ends().await;
        let end = soon(answer.message()).await;
        assert!(!matches!(end, Ok(Some(_))), "{end:?}");
    }
}
