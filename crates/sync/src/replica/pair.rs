use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use terrace_model::{Page, Stream, Time};

use super::{
    Replica, lower,
    office::Bases,
    upper,
    watch::{Counts, Watch},
};
use crate::{Frame, Limits};

/// More rounds than any test needs to come to rest.
const MOST_ROUNDS: u32 = 20_000;

/// One of the two offices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// 1, the parent.
    Upper,
    /// 2, the child.
    Lower,
}

/// An office, what it has sent and has not arrived, and who watches that.
struct End {
    office: Replica,
    wire: VecDeque<Frame>,
    watch: Watch,
}

/// Two offices and the link between them.
pub(crate) struct Pair {
    now: Time,
    sessions: u64,
    limits: Limits,
    bases: Bases,
    upper: End,
    lower: End,
}

impl Pair {
    pub(crate) fn new(
        limits: Limits,
        above: BTreeMap<Stream, Vec<Page>>,
        below: BTreeMap<Stream, Vec<Page>>,
    ) -> Self {
        let first = |pages: &BTreeMap<Stream, Vec<Page>>| -> Bases {
            let firsts = pages.values().filter_map(|pages| pages.first());
            let positions = firsts.map(|page| page.header.position);
            positions.map(|at| (at.stream, at.number)).collect()
        };
        let end = |me, peer, pages| End {
            office: Replica::new(me, peer, pages),
            wire: VecDeque::new(),
            watch: Watch::new(limits),
        };
        let mut pair = Self {
            now: Time(1000),
            sessions: 0,
            limits,
            bases: first(&above).union(&first(&below)).copied().collect(),
            upper: end(upper(), lower(), above),
            lower: end(lower(), upper(), below),
        };
        pair.cut();
        pair
    }

    pub(crate) const fn office(&mut self, side: Side) -> &mut Replica {
        &mut self.end(side).office
    }

    const fn end(&mut self, side: Side) -> &mut End {
        match side {
            Side::Upper => &mut self.upper,
            Side::Lower => &mut self.lower,
        }
    }

    pub(crate) const fn counts(&self, side: Side) -> Counts {
        match side {
            Side::Upper => self.upper.watch.counts(),
            Side::Lower => self.lower.watch.counts(),
        }
    }

    /// The carrier breaks: all that is on its way is lost, and all that is not
    /// durable. A new session begins.
    pub(crate) fn cut(&mut self) {
        for side in [Side::Upper, Side::Lower] {
            self.sessions += 1;
            let (now, session, limits) = (self.now, self.sessions, self.limits);
            let end = self.end(side);
            end.wire.clear();
            end.watch = Watch::new(limits);
            end.office.connect(now, session, limits);
        }
    }

    /// Both do what they can by themselves. True if a frame left.
    pub(crate) fn pump(&mut self, side: Side) -> bool {
        let now = self.now;
        let end = self.end(side);
        let mut left = false;
        end.office.pump(now);
        while let Some(frame) = end.office.link.poll_transmit(now) {
            end.watch.leaves(&end.office, &frame);
            end.wire.push_back(frame);
            end.office.pump(now);
            left = true;
        }
        left
    }

    /// The oldest frame that this side has sent arrives. False if there is
    /// none.
    pub(crate) fn deliver(&mut self, from: Side) -> bool {
        let now = self.now;
        let Some(frame) = self.end(from).wire.pop_front() else {
            return false;
        };
        let to = self.end(match from {
            Side::Upper => Side::Lower,
            Side::Lower => Side::Upper,
        });
        to.watch.arrives(&frame);
        to.office.link.handle_frame(now, frame).unwrap();
        to.office.pump(now);
        true
    }

    /// The oldest batch becomes durable. False if there is none.
    pub(crate) fn commit(&mut self, side: Side) -> bool {
        let (now, mut bases) = (self.now, core::mem::take(&mut self.bases));
        let done = self.end(side).office.commit(now, &mut bases);
        self.bases = bases;
        done
    }

    /// An office writes a page of its own, or hears of one from elsewhere.
    pub(crate) fn write(&mut self, side: Side, page: Page) {
        let (now, mut bases) = (self.now, core::mem::take(&mut self.bases));
        let office = self.office(side);
        let stream = page.header.position.stream;
        office.keep(page, &mut bases);
        office.tell(now, &stream);
        self.bases = bases;
    }

    pub(crate) fn wait(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        let now = self.now;
        for side in [Side::Upper, Side::Lower] {
            self.end(side).office.link.handle_timeout(now);
        }
    }

    /// Runs until both are idle: nothing to send, to take or to wait for. Each
    /// gets all that may be on its way before it commits.
    pub(crate) fn converge(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let sides = [Side::Upper, Side::Lower];
            let sent = sides.map(|side| self.pump(side));
            let arrived = sides.map(|side| self.deliver(side));
            if sent.contains(&true) || arrived.contains(&true) {
                continue;
            }
            if sides.map(|side| self.commit(side)).contains(&true) {
                continue;
            }
            let due = [&self.upper, &self.lower].map(|end| end.office.link.poll_timeout());
            let Some(due) = due.into_iter().flatten().min() else {
                return self.check_idle();
            };
            self.wait(due.millis_since(self.now));
        }
        panic!("the two do not come to rest");
    }

    fn check_idle(&mut self) {
        for side in [Side::Upper, Side::Lower] {
            let office = self.office(side);
            assert_eq!(office.downs, [], "the link is up");
            assert!(office.link.is_settled());
        }
    }

    /// Both hold the same newest page of each stream that goes over the link,
    /// and every page from its base on.
    pub(crate) fn check_equal(&mut self) {
        let heads = |office: &Replica| -> BTreeSet<_> {
            let held = office.held().into_iter();
            held.map(|held| (held.stream, held.head.number, held.head.hash))
                .collect()
        };
        assert_eq!(heads(&self.upper.office), heads(&self.lower.office));
        for side in [Side::Upper, Side::Lower] {
            let office = self.office(side);
            assert_eq!(office.found, []);
            assert_eq!(office.link.backlog(), crate::Backlog::default());
            for pages in office.pages.values() {
                let numbers: Vec<u64> = pages
                    .iter()
                    .map(|page| page.header.position.number.0)
                    .collect();
                let (first, last) = (pages.first().unwrap(), pages.last().unwrap());
                assert!(first.header.position.number <= last.header.base);
                assert!(numbers.windows(2).all(|two| two[1] == two[0] + 1));
            }
        }
    }
}
