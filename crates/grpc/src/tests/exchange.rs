//! An office of which only the ports of its links are there.

use std::sync::Arc;

use terrace_model::{
    Audience, Date, Entry, Epoch, Hash, JournalId, Lane, OfficeId, Page, PageNo, Part, Position,
    Seal, Stream, Through,
};
use terrace_node::{Port, Stopped};
use terrace_sync::Frame;
use terrace_wire::limits::{CONTENT_BYTES, PAGE_BYTES};
use terrace_wire::{PageStart, seal_page};
use tokio::sync::{Mutex, mpsc};

use super::rig::{CHILD, soon};
use crate::Links;

/// Hands out ports, and keeps the other ends for the test. Its one child is
/// [`CHILD`].
#[derive(Clone)]
pub(crate) struct Exchange {
    opened: mpsc::Sender<Session>,
}

/// The office's end of a port.
pub(crate) struct Session {
    pub(crate) peer: OfficeId,
    pub(crate) incoming: mpsc::Receiver<Frame>,
    pub(crate) outgoing: mpsc::Sender<Frame>,
}

/// Sessions as they are opened.
#[derive(Clone)]
pub(crate) struct Sessions(Arc<Mutex<mpsc::Receiver<Session>>>);

pub(crate) fn exchange() -> (Exchange, Sessions) {
    let (opened, sessions) = mpsc::channel(8);
    (
        Exchange { opened },
        Sessions(Arc::new(Mutex::new(sessions))),
    )
}

impl Links for Exchange {
    async fn is_child(&self, office: OfficeId) -> bool {
        office == CHILD
    }

    async fn open_link(&self, peer: OfficeId) -> Result<Port, Stopped> {
        let (inbox, incoming) = mpsc::channel(1);
        let (outgoing, outbox) = mpsc::channel(1);
        let session = Session {
            peer,
            incoming,
            outgoing,
        };
        self.opened
            .send(session)
            .await
            .map_err(|_| Stopped::InOrder)?;
        Ok(Port { inbox, outbox })
    }
}

impl Sessions {
    pub(crate) async fn next(&self) -> Session {
        soon(self.0.lock().await.recv()).await.unwrap()
    }

    /// The office stops: no more ports.
    pub(crate) async fn close(&self) {
        self.0.lock().await.close();
    }
}

impl Session {
    pub(crate) async fn say(&self, frame: Frame) {
        soon(self.outgoing.send(frame)).await.unwrap();
    }

    pub(crate) async fn hear(&mut self) -> Option<Frame> {
        soon(self.incoming.recv()).await
    }

    /// The carrier is gone: nothing more comes, and nothing is taken.
    pub(crate) async fn ends(mut self) {
        assert_eq!(self.hear().await, None);
        soon(self.outgoing.closed()).await;
    }
}

/// A small frame.
pub(crate) fn ack(upto: u64) -> Frame {
    Frame::Ack {
        session: 7,
        upto,
        credit_bytes: 1 << 20,
    }
}

/// A frame of some 40 KiB.
pub(crate) fn large(number: u8) -> Frame {
    Frame::Branches(
        (0..1000)
            .map(|branch| (OfficeId(branch), Hash([number; 32])))
            .collect(),
    )
}

/// One page of the greatest size.
pub(crate) fn largest_page() -> Page {
    let journal = JournalId {
        origin: CHILD,
        audience: Audience::Ancestors,
        lane: Lane::Latest,
    };
    let stream = Stream {
        journal,
        epoch: Epoch::FIRST,
    };
    let start = PageStart {
        position: Position {
            stream,
            number: PageNo::FIRST,
        },
        base: PageNo::FIRST,
        previous: Hash::ZERO,
    };
    let through = Entry::Through(Through {
        date: Date::constant(2026, 11, 24),
        catalog: Hash([1; 32]),
    });
    let mut page = seal_page(&start, &[through], |_| Seal([9; 64])).unwrap();
    while page.size() < PAGE_BYTES {
        // A part costs 24 bytes besides its content, of which there is some.
        let left = PAGE_BYTES - page.size() - 24;
        let content = left.min(CONTENT_BYTES - 25);
        page.parts.push(Part {
            salt: [3; 16],
            content: vec![4; content],
        });
    }
    assert_eq!(page.size(), PAGE_BYTES);
    page
}
