use alloc::collections::{BTreeMap, BTreeSet, VecDeque};

use terrace_model::{Page, PageNo, Stream};

use super::{Replica, tree};
use crate::{Frame, Limits, route};

/// Watches the frames that one side sends in a session, and fails the test at
/// the first that it should not have sent.
#[derive(Default)]
pub(crate) struct Watch {
    limits: Limits,
    hellos: u32,
    pages: u64,
    frames: u64,
    sent: BTreeMap<Stream, BTreeSet<PageNo>>,
    received: BTreeMap<Stream, PageNo>,
    unacked: VecDeque<(u64, u64)>,
    acked: u64,
    heads: u64,
}

fn bytes(pages: &[Page]) -> u64 {
    pages.iter().map(|page| page.size() as u64).sum()
}

impl Watch {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    pub(crate) const fn counts(&self) -> Counts {
        Counts {
            hellos: self.hellos,
            pages: self.pages,
            frames: self.frames,
            heads: self.heads,
        }
    }

    /// A frame leaves.
    pub(crate) fn leaves(&mut self, from: &Replica, frame: &Frame) {
        match frame {
            Frame::Hello(_) => {
                self.hellos += 1;
                assert_eq!(self.hellos, 1, "hello is said once");
                assert_eq!(self.frames, 0, "nothing goes before hello");
            }
            Frame::Heads { branches, heads } => {
                assert!(heads.len() <= self.limits.heads_per_frame as usize);
                assert!(branches.len() <= self.limits.branches as usize);
                self.heads += heads.len() as u64;
                for (stream, _) in heads {
                    self.allowed(from, stream);
                }
            }
            Frame::Pages { number, pages } => self.pages_leave(from, *number, pages),
            Frame::Ack { upto, .. } => {
                assert!(
                    *upto <= from.committed,
                    "acknowledged before it was durable"
                );
                assert!(*upto > self.acked, "acknowledgements count up");
                self.acked = *upto;
            }
            Frame::Branches(_) | Frame::Again { .. } | Frame::Close { .. } => {}
        }
        self.frames += 1;
    }

    fn allowed(&self, from: &Replica, stream: &Stream) {
        let carried = route::carries(&tree(), from.me, from.peer, &stream.journal);
        assert!(carried, "{stream:?} is none of the neighbour's business");
    }

    fn pages_leave(&mut self, from: &Replica, number: u64, pages: &[Page]) {
        let size = bytes(pages);
        let fits = size <= self.limits.frame_bytes.into() || pages.len() == 1;
        assert!(fits && !pages.is_empty(), "{size} bytes in a frame");
        self.unacked.push_back((number, size));
        let unacked: u64 = self.unacked.iter().map(|(_, size)| size).sum();
        let within = unacked <= self.limits.credit_bytes.into() || self.unacked.len() == 1;
        assert!(within, "{unacked} unacknowledged bytes");
        for page in pages {
            let position = page.header.position;
            self.allowed(from, &position.stream);
            self.pages += 1;
            let sent = self.sent.entry(position.stream).or_default();
            assert!(sent.insert(position.number), "{position:?} was sent twice");
            let received = self.received.get(&position.stream);
            let back = received.is_some_and(|received| position.number <= *received);
            assert!(!back, "{position:?} was sent back");
        }
    }

    /// A frame of the other side arrives.
    pub(crate) fn arrives(&mut self, frame: &Frame) {
        match frame {
            Frame::Pages { pages, .. } => {
                for page in pages {
                    let position = page.header.position;
                    let newest = self
                        .received
                        .entry(position.stream)
                        .or_insert(position.number);
                    *newest = position.number.max(*newest);
                }
            }
            Frame::Ack { upto, .. } => self.unacked.retain(|(number, _)| number > upto),
            Frame::Again { stream, .. } => {
                self.sent.remove(stream);
            }
            Frame::Hello(_) | Frame::Branches(_) | Frame::Heads { .. } | Frame::Close { .. } => {}
        }
    }
}

/// What one side has sent in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) hellos: u32,
    pub(crate) pages: u64,
    pub(crate) frames: u64,
    pub(crate) heads: u64,
}
