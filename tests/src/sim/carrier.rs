//! What moves a link's frames: in order and unharmed, as TCP does, until it
//! breaks. What is on its way then is lost, and each end learns of it in its
//! own time.

use std::collections::VecDeque;

use terrace_model::{OfficeId, Time};
use terrace_node::machine::LinkId;

/// Which end of a carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The office that dialled.
    Child,
    /// The office that was dialled.
    Parent,
}

impl Side {
    const fn index(self) -> usize {
        match self {
            Self::Child => 0,
            Self::Parent => 1,
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Child => Self::Parent,
            Self::Parent => Self::Child,
        }
    }
}

/// Names a carrier; its two ends have one [`LinkId`] each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CarrierId(pub(super) u64);

impl CarrierId {
    pub(super) const fn link(self, side: Side) -> LinkId {
        let number = self.0 * 2;
        match side {
            Side::Child => LinkId(number),
            Side::Parent => LinkId(number + 1),
        }
    }

    /// The carrier and end that a link is.
    pub(super) const fn of(link: LinkId) -> (Self, Side) {
        let side = if link.0.is_multiple_of(2) {
            Side::Child
        } else {
            Side::Parent
        };
        (Self(link.0 / 2), side)
    }
}

/// How an end stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The handshake is under way, until then.
    Opens(Time),
    Open,
    Gone,
}

/// One end.
#[derive(Debug)]
pub(super) struct End {
    pub(super) office: OfficeId,
    pub(super) state: State,
    /// Frames on their way to this end, in the order in which they arrive.
    pub(super) inbox: VecDeque<(Time, Vec<u8>)>,
    /// When this end learns that the carrier is broken.
    pub(super) ends: Option<Time>,
    /// Frames to this end vanish: nobody has noticed yet.
    pub(super) is_deaf: bool,
    last_arrival: Time,
}

impl End {
    const fn new(office: OfficeId, opens: Time) -> Self {
        Self {
            office,
            state: State::Opens(opens),
            inbox: VecDeque::new(),
            ends: None,
            is_deaf: false,
            last_arrival: opens,
        }
    }

    /// When this end next has something to do.
    pub(super) fn due(&self) -> Option<Time> {
        let ahead = match self.state {
            State::Opens(at) => Some(at),
            State::Open => self.inbox.front().map(|(arrives, _)| *arrives),
            State::Gone => return None,
        };
        [ahead, self.ends].into_iter().flatten().min()
    }
}

/// A connection between a child and its parent.
#[derive(Debug)]
pub(super) struct Carrier {
    ends: [End; 2],
}

impl Carrier {
    pub(super) const fn new(child: OfficeId, parent: OfficeId, opens: [Time; 2]) -> Self {
        Self {
            ends: [End::new(child, opens[0]), End::new(parent, opens[1])],
        }
    }

    pub(super) const fn end(&self, side: Side) -> &End {
        &self.ends[side.index()]
    }

    pub(super) const fn end_mut(&mut self, side: Side) -> &mut End {
        &mut self.ends[side.index()]
    }

    /// Puts a frame on its way to an end; never before one that was sent
    /// earlier. False if it is lost.
    pub(super) fn send(&mut self, to: Side, arrives: Time, frame: Vec<u8>) -> bool {
        let end = self.end_mut(to);
        if end.is_deaf || end.ends.is_some() || end.state == State::Gone {
            return false;
        }
        end.last_arrival = end.last_arrival.max(arrives);
        let arrives = end.last_arrival;
        end.inbox.push_back((arrives, frame));
        true
    }

    /// The carrier breaks: an end loses what had not arrived but the first so
    /// many frames, and learns of it at a time. Says how many it loses.
    pub(super) fn breaks(&mut self, side: Side, kept: usize, learns: Time) -> usize {
        let end = self.end_mut(side);
        let lost = end.inbox.len().saturating_sub(kept);
        end.inbox.truncate(kept);
        let last = end.inbox.back().map_or(learns, |(arrives, _)| *arrives);
        let learns = learns.max(last);
        end.ends = Some(end.ends.map_or(learns, |earlier| earlier.min(learns)));
        lost
    }

    pub(super) fn is_over(&self) -> bool {
        self.ends.iter().all(|end| end.state == State::Gone)
    }

    /// Whether nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.ends.iter().all(|end| end.inbox.is_empty())
    }

    /// Whether the handshake is under way and nothing is wrong.
    pub(super) fn is_opening(&self) -> bool {
        let well = |end: &End| end.ends.is_none() && !end.is_deaf && end.state != State::Gone;
        self.ends.iter().all(well)
    }

    /// Whether both ends are open and neither is about to learn otherwise.
    pub(super) fn is_sound(&self) -> bool {
        let sound = |end: &End| end.state == State::Open && end.ends.is_none() && !end.is_deaf;
        self.ends.iter().all(sound)
    }
}
