//! One neighbour.

mod receiving;
mod sending;
mod settling;
mod streams;
mod waiting;

use alloc::{
    collections::{BTreeSet, VecDeque},
    vec::Vec,
};

use terrace_model::{FindingKind, Hash, Head, OfficeId, Page, PageNo, Stream, Time};

use crate::{AnswerError, CloseReason, Frame, Hello, Limits, ProtocolError, VERSIONS, route::Rank};
use receiving::Receiving;
use sending::{Sending, transfer_millis};
use settling::Settling;
use streams::Streams;

/// Bytes that one head takes on the wire, at most; only for how long to wait.
const HEAD_BYTES: u64 = 100;

/// What this office holds of one stream that goes over the link. A head is
/// said only of pages that are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The stream.
    pub stream: Stream,
    /// The newest page held. Its base is the first page that still counts and
    /// that this office holds.
    pub head: Head,
    /// The branch in which it is compared: [`crate::route::branch`].
    pub branch: OfficeId,
    /// When it is sent: [`crate::route::rank`].
    pub rank: Rank,
}

/// A stream of which a batch held pages that could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// The stream.
    pub stream: Stream,
    /// The newest page that this office holds of it; none if it holds none.
    pub head: Option<Head>,
}

/// Names the pages of one frame until they are durable. The first of a session
/// is 1, and they count up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchId(pub u64);

/// What a link begins with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// This office.
    pub me: OfficeId,
    /// The neighbour.
    pub peer: OfficeId,
    /// Names this session: random, never used again.
    pub session: u64,
    /// This office's wall clock, which need not agree with the time that the
    /// link is told.
    pub wall: Time,
    /// Limits.
    pub limits: Limits,
    /// All that this office holds and that goes over this link:
    /// [`crate::route::carries`].
    pub held: Vec<Held>,
}

/// Pages that one end holds and the other is not known to hold, of the streams
/// on which the two have compared heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// How many the neighbour lacks.
    pub going: u64,
    /// How many this office lacks.
    pub coming: u64,
    /// Since when the oldest waits in this session, as closely as the time
    /// between two acknowledgements; none if nothing does.
    pub since: Option<Time>,
}

/// What a link wants of its office, or has to tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// Both sides have said hello.
    Up {
        /// This office's clock less the neighbour's, in milliseconds.
        skew_millis: i64,
    },
    /// Rule on these pages, make them durable, then say so with
    /// [`Link::handle_committed`]. The link has verified nothing of them.
    Admit {
        /// Names them.
        batch: BatchId,
        /// The pages, in the order in which they came.
        pages: Vec<Page>,
    },
    /// Read pages from the store and give them to [`Link::handle_pages`].
    Need {
        /// Of this stream.
        stream: Stream,
        /// From this page on, or from the base if that is later.
        from: PageNo,
        /// Up to this many bytes, but one page at least.
        limit_bytes: u32,
    },
    /// Something an operator should know of: [`FindingKind::OlderCopy`] or
    /// [`FindingKind::Fork`]. Nothing of the stream is sent any more. The link
    /// knows only what it was told: an office that does not give it one of its
    /// own streams, because its tree is newer than the neighbour's, looks into
    /// its store before it believes that its copy is older.
    Finding {
        /// The stream.
        stream: Stream,
        /// What was found.
        kind: FindingKind,
    },
    /// The session is over. Comes once, as the last event.
    Down {
        /// Why.
        reason: DownReason,
    },
}

/// Who ended a session, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownReason {
    /// This office.
    ByUs(CloseReason),
    /// The neighbour.
    ByPeer(CloseReason),
}

/// One session with one neighbour, from the first hello to the end.
///
/// The link asks for nothing by itself. Its shell calls a `handle_` function
/// with what happened, and after each such call polls events and frames until
/// there are none, and then the timeout. Each [`LinkEvent::Need`] has to be
/// answered once; nothing more is sent before that.
///
/// The carrier keeps frames in order and unharmed. A carrier that breaks ends
/// the session: the shell drops the link and begins a new one, which finds out
/// by itself where the neighbour stands. Nothing of a neighbour is remembered.
///
/// A link knows no tree and no keys. It sends what it is told that the office
/// holds, apart from home journals, and verifies no page.
#[derive(Debug)]
pub struct Link {
    peer: OfficeId,
    session: u64,
    peer_session: Option<u64>,
    began: Time,
    wall: Time,
    limits: Limits,
    hello_due: bool,
    heard: Time,
    streams: Streams,
    settling: Settling,
    sending: Sending,
    receiving: Receiving,
    events: VecDeque<LinkEvent>,
    close_due: Option<CloseReason>,
    down: bool,
}

impl Link {
    /// Begins a session. The carrier is open.
    #[must_use]
    pub fn new(now: Time, setup: Setup) -> Self {
        let Setup {
            me,
            peer,
            session,
            wall,
            limits,
            held,
        } = setup;
        let streams = Streams::new(me, limits.streams, now, held);
        Self {
            peer,
            session,
            peer_session: None,
            began: now,
            wall,
            limits,
            hello_due: true,
            heard: now,
            settling: Settling::new(&limits, &streams),
            streams,
            sending: Sending::new(&limits, now),
            receiving: Receiving::new(limits),
            events: VecDeque::new(),
            close_due: None,
            down: false,
        }
    }

    /// The neighbour.
    #[must_use]
    pub const fn peer(&self) -> OfficeId {
        self.peer
    }

    /// Whether the neighbour has said all that it holds, so that
    /// [`Link::backlog`] counts everything.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.settling.is_settled()
    }

    /// What one end holds and the other does not.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        self.streams.backlog()
    }

    /// Since when one end waits for pages of the other: that of
    /// [`Link::backlog`], without counting them.
    #[must_use]
    pub fn behind_since(&self) -> Option<Time> {
        self.streams.behind_since()
    }

    /// The streams of which the neighbour lacks pages, oldest first, each with
    /// the first page that it lacks and how many there are.
    pub fn going(&self) -> impl Iterator<Item = (Stream, PageNo, u64)> {
        self.streams.going()
    }

    /// Ends the session from this side.
    pub fn close(&mut self, reason: CloseReason) {
        self.go_down(DownReason::ByUs(reason));
    }

    /// Takes a frame from the neighbour. After the end of the session frames
    /// are ignored.
    ///
    /// # Errors
    /// The neighbour did not keep to the conversation. The link is down and
    /// has a last frame for it, if the carrier still takes one.
    pub fn handle_frame(&mut self, now: Time, frame: Frame) -> Result<(), ProtocolError> {
        if self.down {
            return Ok(());
        }
        self.heard = now;
        let taken = self.take(now, frame);
        if let Err(error) = &taken {
            let reason = if matches!(error, ProtocolError::Version { .. }) {
                CloseReason::Version
            } else {
                CloseReason::Protocol
            };
            self.go_down(DownReason::ByUs(reason));
        }
        taken
    }

    /// A batch is durable: its frame may be acknowledged. Streams whose pages
    /// were not taken are asked for again: after one second, then after twice
    /// as long each time, a minute at most. A batch that is not waiting is
    /// ignored.
    ///
    /// The office's own heads do not follow from this: what it now holds it
    /// says with [`Link::handle_head`], to this link and to all others.
    pub fn handle_committed(&mut self, now: Time, batch: BatchId, held_back: Vec<HeldBack>) {
        if self.down {
            return;
        }
        self.receiving.handle_committed(now, batch, held_back);
    }

    /// This office now holds a stream up to a head, whoever wrote it. A head
    /// older than the one known is ignored.
    pub fn handle_head(&mut self, now: Time, held: Held) {
        if self.down {
            return;
        }
        let settled = self.settling.is_branch_settled(held.branch);
        let stream = held.stream;
        let found = self.streams.hold(now, held, settled);
        self.find(stream, found);
    }

    /// Something is wrong with a stream: the two hold other pages at one
    /// position, or the neighbour holds more of this office's own pages than it
    /// does itself. The newest page held goes once as evidence, so that both
    /// ends see it; nothing else of the stream is sent in this session.
    pub fn prove(&mut self, now: Time, stream: Stream) {
        self.streams.prove(now, &stream);
    }

    /// Takes the answer to a [`LinkEvent::Need`]: pages of one stream one
    /// after the other. None means that there is nothing to send, because the
    /// base has moved; the stream is asked for again after the next
    /// [`Link::handle_head`]. Pages beyond what was asked for are dropped, and
    /// asked for later. Answers after the end of the session are ignored.
    ///
    /// # Errors
    /// The pages are not those asked for, or no link carries them.
    pub fn handle_pages(
        &mut self,
        now: Time,
        stream: Stream,
        pages: Vec<Page>,
    ) -> Result<(), AnswerError> {
        if self.down {
            return Ok(());
        }
        let streams = &mut self.streams;
        let found = self.sending.handle_pages(now, streams, &stream, pages)?;
        self.find(stream, found);
        Ok(())
    }

    /// It is time for what [`Link::poll_timeout`] waits for, or later.
    pub fn handle_timeout(&mut self, now: Time) {
        if self.down {
            return;
        }
        self.streams.handle_timeout(now);
        let passed = |deadline: Option<Time>| deadline.is_some_and(|deadline| deadline <= now);
        if passed(self.sending.deadline()) || passed(self.settle_deadline()) {
            self.go_down(DownReason::ByUs(CloseReason::Timeout));
        }
    }

    /// The next frame for the neighbour. After the end of the session there is
    /// at most one, which says why.
    pub fn poll_transmit(&mut self, now: Time) -> Option<Frame> {
        if self.down {
            let reason = self.close_due.take()?;
            return Some(Frame::Close { reason });
        }
        if self.hello_due {
            self.hello_due = false;
            return Some(Frame::Hello(self.hello(now)));
        }
        let session = self.peer_session?;
        let receiving = self.receiving.poll_transmit(session);
        receiving
            .or_else(|| self.settling.poll_transmit(&self.streams))
            .or_else(|| self.sending.poll_transmit(now, &mut self.streams))
    }

    /// The next thing that the office should know or do.
    pub fn poll_event(&mut self) -> Option<LinkEvent> {
        if let Some(event) = self.events.pop_front() {
            return Some(event);
        }
        // Before the neighbour has said all that it holds, what is sent would
        // not go in the order of rank.
        if self.down || !self.is_settled() {
            return None;
        }
        let (stream, from, limit_bytes) = self.sending.poll_need(&self.streams)?;
        Some(LinkEvent::Need {
            stream,
            from,
            limit_bytes,
        })
    }

    /// When [`Link::handle_timeout`] has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        if self.down {
            return None;
        }
        let due = [
            self.streams.poll_timeout(),
            self.sending.deadline(),
            self.settle_deadline(),
        ];
        due.into_iter().flatten().min()
    }

    /// When the neighbour has been silent for too long while heads are
    /// compared. A frame full of heads either way is given the time that it
    /// takes on the slowest link.
    fn settle_deadline(&self) -> Option<Time> {
        if self.is_settled() {
            return None;
        }
        let limits = &self.limits;
        let most = limits.heads_per_frame.max(limits.branches);
        let bytes = u64::from(most).saturating_mul(2 * HEAD_BYTES);
        let wait = transfer_millis(bytes, limits.slowest_bytes_per_second);
        let waited = self.heard.plus_millis(limits.unacked_millis.into());
        Some(waited.plus_millis(wait))
    }

    fn wall_clock(&self, now: Time) -> Time {
        self.wall.plus_millis(now.millis_since(self.began))
    }

    fn hello(&self, now: Time) -> Hello {
        Hello {
            versions: VERSIONS,
            session: self.session,
            at: self.wall_clock(now),
            digest: self.settling.digest(),
            credit_bytes: self.limits.credit_bytes,
        }
    }

    fn take(&mut self, now: Time, frame: Frame) -> Result<(), ProtocolError> {
        match frame {
            Frame::Hello(hello) => return self.take_hello(now, &hello),
            Frame::Close { reason } => {
                self.go_down(DownReason::ByPeer(reason));
                return Ok(());
            }
            Frame::Branches(_)
            | Frame::Heads { .. }
            | Frame::Pages { .. }
            | Frame::Ack { .. }
            | Frame::Again { .. }
                if self.peer_session.is_none() =>
            {
                return Err(ProtocolError::BeforeHello);
            }
            Frame::Branches(branches) => self.take_branches(now, &branches)?,
            Frame::Heads { branches, heads } => self.take_heads(now, branches, heads)?,
            Frame::Pages { number, pages } => self.take_pages(now, number, pages)?,
            Frame::Ack {
                session,
                upto,
                credit_bytes,
            } => self.take_ack(now, session, upto, credit_bytes)?,
            Frame::Again {
                stream,
                head,
                after_millis,
            } => self.take_again(now, stream, head, after_millis)?,
        }
        Ok(())
    }

    fn take_hello(&mut self, now: Time, hello: &Hello) -> Result<(), ProtocolError> {
        if self.peer_session.is_some() {
            return Err(ProtocolError::SecondHello);
        }
        if VERSIONS.in_common(hello.versions).is_none() {
            return Err(ProtocolError::Version {
                lowest: hello.versions.lowest,
                highest: hello.versions.highest,
            });
        }
        self.peer_session = Some(hello.session);
        self.sending.set_credit(hello.credit_bytes);
        if self.settling.handle_digest(hello.digest) {
            self.streams.settle_equal(now, &BTreeSet::new());
        }
        let skew_millis = self.wall_clock(now).0.saturating_sub(hello.at.0);
        self.events.push_back(LinkEvent::Up { skew_millis });
        Ok(())
    }

    fn take_branches(
        &mut self,
        now: Time,
        branches: &[(OfficeId, Hash)],
    ) -> Result<(), ProtocolError> {
        let differing = self.settling.handle_branches(branches, &self.streams)?;
        self.streams.settle_equal(now, &differing);
        Ok(())
    }

    fn take_heads(
        &mut self,
        now: Time,
        branches: Vec<OfficeId>,
        heads: Vec<(Stream, Head)>,
    ) -> Result<(), ProtocolError> {
        let complete = self.settling.handle_heads(branches, heads.len())?;
        for (stream, head) in heads {
            let found = self.streams.said(now, stream, head)?;
            self.find(stream, found);
        }
        self.streams.settle_said(now, &complete);
        Ok(())
    }

    fn take_pages(
        &mut self,
        now: Time,
        number: u64,
        pages: Vec<Page>,
    ) -> Result<(), ProtocolError> {
        let batch = self.receiving.handle_pages(number, &pages)?;
        for page in &pages {
            self.streams.received(now, page)?;
        }
        self.events.push_back(LinkEvent::Admit { batch, pages });
        Ok(())
    }

    fn take_ack(
        &mut self,
        now: Time,
        session: u64,
        upto: u64,
        credit_bytes: u32,
    ) -> Result<(), ProtocolError> {
        if session != self.session {
            return Err(ProtocolError::AckSession {
                expected: self.session,
                got: session,
            });
        }
        self.sending.handle_ack(now, &mut self.streams, upto)?;
        self.sending.set_credit(credit_bytes);
        Ok(())
    }

    fn take_again(
        &mut self,
        now: Time,
        stream: Stream,
        head: Option<Head>,
        after_millis: u32,
    ) -> Result<(), ProtocolError> {
        let due = now.plus_millis(after_millis.into());
        let found = self.streams.again(now, stream, head, due)?;
        self.sending.forget(&stream);
        self.find(stream, found);
        Ok(())
    }

    fn find(&mut self, stream: Stream, found: Option<FindingKind>) {
        if let Some(kind) = found.filter(|_| !self.down) {
            self.events.push_back(LinkEvent::Finding { stream, kind });
        }
    }

    /// The session is over; what came before is still told. Nothing of what the
    /// two hold, or wait for, is kept.
    fn go_down(&mut self, reason: DownReason) {
        if self.down {
            return;
        }
        self.down = true;
        self.close_due = match reason {
            DownReason::ByUs(reason) => Some(reason),
            DownReason::ByPeer(_) => None,
        };
        self.events.push_back(LinkEvent::Down { reason });
        // The carrier may take long to end: nothing is held for it meanwhile.
        self.streams.clear();
        self.sending = Sending::new(&self.limits, self.began);
        self.receiving = Receiving::new(self.limits);
    }
}

#[cfg(test)]
mod tests;
