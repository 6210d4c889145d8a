//! One link, with frames of a neighbour made by hand.

mod protocol;
mod receiving;
mod sending;
mod settling;
mod timing;

use alloc::{collections::BTreeMap, vec, vec::Vec};

use terrace_model::{FindingKind, Hash, Head, Lane, OfficeId, Page, PageNo, Stream, Time};

use crate::{
    Backlog, BatchId, CloseReason, DownReason, Frame, Held, HeldBack, Hello, Limits, Link,
    LinkEvent, ProtocolError, Setup, VERSIONS, heads,
    replica::{Chain, lower, stream, upper},
};

const OURS: u64 = 0x55;
const THEIRS: u64 = 0x77;
const START: Time = Time(10_000);

/// The lower office's end of the link.
struct Here {
    link: Link,
    now: Time,
}

impl Here {
    fn new(limits: Limits, held: Vec<Held>) -> Self {
        let setup = Setup {
            me: lower(),
            peer: upper(),
            session: OURS,
            wall: Time(1_000_000),
            limits,
            held,
        };
        let link = Link::new(START, setup);
        Self { link, now: START }
    }

    /// A link whose neighbour holds just these pages of all that we hold.
    fn settled(limits: Limits, held: &[Held], theirs: &[Held]) -> Self {
        let mut here = Self::new(limits, held.to_vec());
        let digest = digest_of(theirs);
        here.take(hello(digest, limits.credit_bytes)).unwrap();
        if digest != digest_of(held) {
            let said = |held: &Held| (held.branch, held.stream, held.head);
            let branches = heads::by_branch(theirs.iter().map(said));
            let differing = heads::differing(&heads::by_branch(held.iter().map(said)), &branches);
            here.take(Frame::Branches(branches.into_iter().collect()))
                .unwrap();
            let of = theirs
                .iter()
                .filter(|held| differing.contains(&held.branch));
            let heads = of.map(|held| (held.stream, held.head)).collect();
            let branches = differing.into_iter().collect();
            here.take(Frame::Heads { branches, heads }).unwrap();
        }
        while here
            .link
            .poll_transmit(here.now)
            .is_some_and(|frame| !matches!(frame, Frame::Pages { .. }))
        {}
        assert!(here.link.is_settled());
        assert_eq!(here.event(), Some(LinkEvent::Up { skew_millis: 0 }));
        here
    }

    fn take(&mut self, frame: Frame) -> Result<(), ProtocolError> {
        self.link.handle_frame(self.now, frame)
    }

    fn event(&mut self) -> Option<LinkEvent> {
        self.link.poll_event()
    }

    fn frame(&mut self) -> Option<Frame> {
        self.link.poll_transmit(self.now)
    }

    fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.link.handle_timeout(self.now);
    }

    /// What the link asks for.
    fn need(&mut self) -> Option<(Stream, u64, u32)> {
        let event = self.event()?;
        let LinkEvent::Need {
            stream,
            from,
            limit_bytes,
        } = event
        else {
            panic!("{event:?}");
        };
        Some((stream, from.0, limit_bytes))
    }

    fn answer(&mut self, pages: Vec<Page>) {
        let stream = pages[0].header.position.stream;
        self.link.handle_pages(self.now, stream, pages).unwrap();
    }

    /// Answers all needs from chains, and gives the frames of pages that go as
    /// (number, page numbers).
    fn send(&mut self, chains: &[&Chain]) -> Vec<(u64, Vec<u64>)> {
        let mut sent = Vec::new();
        loop {
            while let Some((stream, from, limit)) = self.need() {
                let chain = chains.iter().find(|chain| chain.stream == stream).unwrap();
                let from = usize::try_from(from).unwrap();
                let room = usize::try_from(limit).unwrap();
                let fits = (room / chain.pages[from - 1].size()).max(1);
                let upto = (from - 1 + fits).min(chain.pages.len());
                self.answer(chain.range(from, upto));
            }
            match self.frame() {
                Some(Frame::Pages { number, pages }) => {
                    let numbers = pages.iter().map(|page| page.header.position.number.0);
                    sent.push((number, numbers.collect()));
                }
                Some(other) => panic!("{other:?}"),
                None => return sent,
            }
        }
    }

    fn ack(&mut self, upto: u64) -> Result<(), ProtocolError> {
        self.take(ack(upto, Limits::default().credit_bytes))
    }

    fn again(&mut self, chain: &Chain, held: usize, after_millis: u32) {
        let head = held.checked_sub(1).map(|at| chain.pages[at].head());
        self.take(Frame::Again {
            stream: chain.stream,
            head,
            after_millis,
        })
        .unwrap();
    }

    /// A frame of the neighbour's pages arrives.
    fn pages(&mut self, number: u64, pages: Vec<Page>) -> Result<(), ProtocolError> {
        self.take(Frame::Pages { number, pages })
    }

    fn committed(&mut self, batch: u64, held_back: &[HeldBack]) {
        self.link
            .handle_committed(self.now, BatchId(batch), held_back.to_vec());
    }
}

fn digest_of(held: &[Held]) -> Hash {
    heads::digest(held.iter().map(|held| (held.stream, held.head)))
}

/// The neighbour's hello; its clock agrees with ours.
fn hello(digest: Hash, credit_bytes: u32) -> Frame {
    Frame::Hello(Hello {
        versions: VERSIONS,
        session: THEIRS,
        at: Time(1_000_000),
        digest,
        credit_bytes,
    })
}

fn ack(upto: u64, credit_bytes: u32) -> Frame {
    Frame::Ack {
        session: OURS,
        upto,
        credit_bytes,
    }
}

/// Pages of 200 bytes, by an office below the lower one.
fn below(count: usize) -> Chain {
    Chain::of(stream(3, Lane::Every), count, 88)
}

/// Pages of 200 bytes, by the upper office.
fn above(count: usize) -> Chain {
    Chain::of(stream(1, Lane::Every), count, 88)
}

fn up_down(reason: CloseReason) -> LinkEvent {
    LinkEvent::Down {
        reason: DownReason::ByUs(reason),
    }
}
