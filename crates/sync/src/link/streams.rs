use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use terrace_model::{Audience, FindingKind, Hash, Head, OfficeId, Page, PageNo, Stream, Time};

use super::{
    Backlog, Held,
    waiting::{Lacks, Waiting},
};
use crate::{
    ProtocolError,
    heads::{Standing, standing},
    route::Rank,
};

/// What this office holds of each stream, and what it has learned in this
/// session of what the neighbour holds.
#[derive(Debug)]
pub(super) struct Streams {
    me: OfficeId,
    known: BTreeMap<Stream, Known>,
    /// Streams of which the neighbour lacks a page that may be sent now.
    ready: BTreeSet<(Rank, Stream)>,
    /// When pages that were asked for again may be sent. An entry that its
    /// stream no longer waits for has no effect.
    waits: BTreeSet<(Time, Stream)>,
    /// Streams of which one end lacks pages, by since when.
    behind: BTreeSet<(Time, Stream)>,
    /// Streams that only the neighbour spoke of.
    foreign: u32,
    foreign_limit: u32,
}

/// One stream.
#[derive(Debug)]
struct Known {
    /// The branch it is compared in; a move of its origin does not change that
    /// within a session.
    branch: OfficeId,
    ours: Option<Ours>,
    /// What we held when the session began.
    at_start: Option<Head>,
    /// Whether the neighbour has said all it holds of the branch.
    settled: bool,
    peer: Option<PeerHead>,
    /// The newest page taken for sending since the neighbour last said where
    /// it stands.
    taken: Option<PageNo>,
    /// Whether any page was taken in this session.
    spoken: bool,
    proof: Proof,
    /// Frames that hold pages of it and are not acknowledged.
    in_flight: u32,
    pause: Pause,
    /// Pages that the neighbour lacks.
    going: Option<Waiting>,
    /// Pages that the neighbour is known to hold and this office lacks.
    coming: Option<Waiting>,
}

#[derive(Clone, Copy, Debug)]
struct Ours {
    head: Head,
    rank: Rank,
}

/// The newest page that the neighbour is known to hold.
#[derive(Clone, Copy, Debug)]
struct PeerHead {
    base: PageNo,
    number: PageNo,
    /// None where it sent us the page itself: nobody has verified that yet,
    /// so it accuses nobody.
    hash: Option<Hash>,
}

/// Why nothing of a stream is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pause {
    /// It is sent.
    No,
    /// Its base moved beyond what was asked for, until we hear where it stands.
    Moved,
    /// The neighbour could not take its pages: until then, and until all that
    /// was sent before is acknowledged.
    Again { due: Option<Time> },
    /// For this session: something is wrong with it.
    Stopped,
}

/// The newest page held, sent once as evidence that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    No,
    Due,
    Taken(PageNo),
}

impl Known {
    const fn new(branch: OfficeId) -> Self {
        Self {
            branch,
            ours: None,
            at_start: None,
            settled: false,
            peer: None,
            taken: None,
            spoken: false,
            proof: Proof::No,
            in_flight: 0,
            pause: Pause::No,
            going: None,
            coming: None,
        }
    }

    /// The first page from `after` on that we hold and that still counts.
    fn from(&self, after: Option<PageNo>) -> Option<PageNo> {
        let head = self.ours?.head;
        let from = after.map_or(head.base, |after| after.next().max(head.base));
        (from <= head.number).then_some(from)
    }

    /// The next page to send.
    fn next(&self) -> Option<PageNo> {
        if self.proof == Proof::Due {
            return self.ours.map(|ours| ours.head.number);
        }
        let held = self.peer.map(|peer| peer.number);
        let sendable = self.settled && self.pause == Pause::No;
        sendable.then(|| self.from(held.max(self.taken))).flatten()
    }

    /// The first page that the neighbour is not known to hold.
    fn missing(&self) -> Option<PageNo> {
        let held = self.peer.map(|peer| peer.number);
        self.settled.then(|| self.from(held)).flatten()
    }

    /// The neighbour holds this page, or a later one.
    fn raise(&mut self, base: PageNo, number: PageNo, hash: Option<Hash>) {
        let newer = match self.peer {
            None => true,
            Some(peer) => peer.number < number || (peer.number == number && peer.hash.is_none()),
        };
        if newer {
            self.peer = Some(PeerHead { base, number, hash });
        }
    }

    /// Stops the stream if what the two hold cannot both be right.
    fn judge(&mut self, own: bool) -> Option<FindingKind> {
        let peer = self.peer?;
        let theirs = Head {
            base: PageNo::FIRST,
            number: peer.number,
            hash: peer.hash?,
        };
        if self.pause == Pause::Stopped {
            return None;
        }
        let ours = self.ours.map(|ours| ours.head);
        let kind = match standing(own, ours.as_ref(), Some(&theirs)) {
            Standing::Equal | Standing::Behind { .. } | Standing::Ahead => return None,
            Standing::OlderCopy => FindingKind::OlderCopy,
            Standing::Fork => FindingKind::Fork,
        };
        self.pause = Pause::Stopped;
        Some(kind)
    }

    /// Pages that the neighbour is known to hold and this office does not.
    fn wanted(&self) -> Option<Lacks> {
        let peer = self.peer.filter(|_| self.settled)?;
        let from = self
            .ours
            .map_or(peer.base, |ours| ours.head.number.next().max(peer.base));
        Lacks::between(from, peer.number)
    }

    /// Keeps count of how long pages wait, either way. Those of a stream that is
    /// stopped, as after a fork, do not: they will not be taken.
    fn note_waiting(&mut self, now: Time) {
        if self.pause == Pause::Stopped {
            (self.going, self.coming) = (None, None);
            return;
        }
        let missing = self.missing().zip(self.ours);
        let going = missing.and_then(|(from, ours)| Lacks::between(from, ours.head.number));
        self.going = Waiting::after(self.going, now, going);
        self.coming = Waiting::after(self.coming, now, self.wanted());
    }

    /// Since when pages wait, either way.
    fn behind_since(&self) -> Option<Time> {
        let waits = [self.going, self.coming].into_iter().flatten();
        waits.map(|waiting| waiting.since()).min()
    }
}

impl Streams {
    pub(super) fn new(me: OfficeId, foreign_limit: u32, now: Time, held: Vec<Held>) -> Self {
        let mut streams = Self {
            me,
            known: BTreeMap::new(),
            ready: BTreeSet::new(),
            waits: BTreeSet::new(),
            behind: BTreeSet::new(),
            foreign: 0,
            foreign_limit,
        };
        for held in held {
            streams.hold(now, held, false);
        }
        for known in streams.known.values_mut() {
            known.at_start = known.ours.map(|ours| ours.head);
        }
        streams
    }

    /// Forgets all streams.
    pub(super) fn clear(&mut self) {
        *self = Self::new(self.me, self.foreign_limit, Time(0), Vec::new());
    }

    /// What this office holds, with the branch it is compared in.
    pub(super) fn heads(&self) -> impl Iterator<Item = (OfficeId, Stream, Head)> {
        self.known.iter().filter_map(|(stream, known)| {
            let ours = known.ours?;
            Some((known.branch, *stream, ours.head))
        })
    }

    /// The newest page that this office holds of a stream.
    pub(super) fn head(&self, stream: &Stream) -> Option<Head> {
        self.known.get(stream)?.ours.map(|ours| ours.head)
    }

    /// Takes note that this office holds pages up to a head. A home journal is
    /// none of the link's business. `settled` says whether a branch not heard
    /// of before holds nothing at the neighbour.
    pub(super) fn hold(&mut self, now: Time, held: Held, settled: bool) -> Option<FindingKind> {
        let Held {
            stream,
            head,
            branch,
            rank,
        } = held;
        if stream.journal.audience == Audience::Home {
            return None;
        }
        let new = || Known {
            settled,
            ..Known::new(branch)
        };
        let known = self.known.entry(stream).or_insert_with(new);
        if let Some(before) = known.ours {
            if before.head.number > head.number {
                return None;
            }
            self.ready.remove(&(before.rank, stream));
        }
        known.ours = Some(Ours { head, rank });
        if known.pause == Pause::Moved {
            known.pause = Pause::No;
        }
        self.judge(now, &stream)
    }

    /// The neighbour holds the same as this office did at the start, in all
    /// branches but these.
    pub(super) fn settle_equal(&mut self, now: Time, differing: &BTreeSet<OfficeId>) {
        self.settle(now, |branch| !differing.contains(&branch), true);
    }

    /// The neighbour has said all it holds of these branches.
    pub(super) fn settle_said(&mut self, now: Time, branches: &BTreeSet<OfficeId>) {
        self.settle(now, |branch| branches.contains(&branch), false);
    }

    fn settle(&mut self, now: Time, of: impl Fn(OfficeId) -> bool, equal: bool) {
        let mut settled = Vec::new();
        for (stream, known) in &mut self.known {
            if known.settled || !of(known.branch) {
                continue;
            }
            known.settled = true;
            if let Some(head) = known.at_start.filter(|_| equal) {
                known.raise(head.base, head.number, Some(head.hash));
            }
            settled.push(*stream);
        }
        for stream in settled {
            self.refresh(now, &stream);
        }
    }

    /// The neighbour has said what it holds of a stream. Nothing is sent before
    /// it has said all.
    pub(super) fn said(
        &mut self,
        now: Time,
        stream: Stream,
        head: Head,
    ) -> Result<Option<FindingKind>, ProtocolError> {
        check_head(stream, head)?;
        let known = self.entry(stream)?;
        known.raise(head.base, head.number, Some(head.hash));
        Ok(self.judge(now, &stream))
    }

    /// The neighbour has sent a page: it holds it.
    pub(super) fn received(&mut self, now: Time, page: &Page) -> Result<(), ProtocolError> {
        let position = page.header.position;
        let known = self.entry(position.stream)?;
        known.raise(page.header.base, position.number, None);
        self.refresh(now, &position.stream);
        Ok(())
    }

    /// A stream that the neighbour speaks of.
    fn entry(&mut self, stream: Stream) -> Result<&mut Known, ProtocolError> {
        if stream.journal.audience == Audience::Home {
            return Err(ProtocolError::Home(stream.journal.origin));
        }
        let limit = self.foreign_limit;
        if !self.known.contains_key(&stream) {
            if self.foreign >= limit {
                return Err(ProtocolError::TooManyStreams { limit });
            }
            self.foreign += 1;
        }
        let new = || Known {
            settled: true,
            ..Known::new(stream.journal.origin)
        };
        Ok(self.known.entry(stream).or_insert_with(new))
    }

    /// The most urgent stream of which a page may be sent, and that page.
    pub(super) fn next(&self) -> Option<(Stream, PageNo)> {
        let (_, stream) = self.ready.first()?;
        Some((*stream, self.known.get(stream)?.next()?))
    }

    /// The hash that the first page taken from now on has to follow, where the
    /// neighbour has proved which page it holds before it.
    pub(super) fn follows(&self, stream: &Stream, first: PageNo) -> Option<Hash> {
        let known = self.known.get(stream)?;
        let peer = known.peer.filter(|peer| peer.number.next() == first)?;
        peer.hash
    }

    /// Whether the neighbour is known to hold a page, or a later one, so that
    /// it need not be sent.
    pub(super) fn peer_holds(&self, page: &Page) -> bool {
        let position = page.header.position;
        let Some(known) = self.known.get(&position.stream) else {
            return false;
        };
        let holds = known
            .peer
            .is_some_and(|peer| peer.number >= position.number);
        holds && known.proof != Proof::Taken(position.number)
    }

    /// The newest page of a stream that may be sent.
    pub(super) fn last(&self, stream: &Stream) -> Option<PageNo> {
        self.head(stream).map(|head| head.number)
    }

    /// Pages up to here are taken for sending.
    pub(super) fn taken(&mut self, now: Time, stream: &Stream, last: PageNo) {
        if let Some(known) = self.known.get_mut(stream) {
            known.taken = known.taken.max(Some(last));
            known.spoken = true;
            if known.proof == Proof::Due {
                known.proof = Proof::Taken(last);
            }
            self.refresh(now, stream);
        }
    }

    /// Sends the newest page held, once, and nothing of the stream beside it.
    pub(super) fn prove(&mut self, now: Time, stream: &Stream) {
        if let Some(known) = self.known.get_mut(stream) {
            known.pause = Pause::Stopped;
            if known.proof == Proof::No {
                known.proof = Proof::Due;
            }
            self.refresh(now, stream);
        }
    }

    /// Nothing is there to send until this office is told where the stream
    /// stands.
    pub(super) fn moved(&mut self, now: Time, stream: &Stream) {
        self.pause(now, stream, Pause::Moved);
    }

    /// Nothing of the stream is sent in this session any more.
    pub(super) fn stop(&mut self, now: Time, stream: &Stream) {
        self.pause(now, stream, Pause::Stopped);
    }

    fn pause(&mut self, now: Time, stream: &Stream, pause: Pause) {
        if let Some(known) = self.known.get_mut(stream) {
            known.pause = pause;
            self.refresh(now, stream);
        }
    }

    /// A frame with pages of this stream is on its way.
    pub(super) fn sent(&mut self, stream: &Stream) {
        if let Some(known) = self.known.get_mut(stream) {
            known.in_flight = known.in_flight.saturating_add(1);
        }
    }

    /// A frame with pages of this stream, the last of which is named, is
    /// acknowledged. What was asked for again before that does not count.
    pub(super) fn acked(&mut self, now: Time, stream: &Stream, last: PageNo, hash: Hash) {
        let Some(known) = self.known.get_mut(stream) else {
            return;
        };
        known.in_flight = known.in_flight.saturating_sub(1);
        match known.pause {
            Pause::No | Pause::Moved => known.raise(PageNo::FIRST, last, Some(hash)),
            Pause::Again { due: None } if known.in_flight == 0 => known.pause = Pause::No,
            Pause::Again { .. } | Pause::Stopped => {}
        }
        self.refresh(now, stream);
    }

    /// The neighbour could not take pages: it holds those up to `head`, and
    /// wants the rest at `due`.
    pub(super) fn again(
        &mut self,
        now: Time,
        stream: Stream,
        head: Option<Head>,
        due: Time,
    ) -> Result<Option<FindingKind>, ProtocolError> {
        if let Some(head) = head {
            check_head(stream, head)?;
        }
        let spoken = self.known.get_mut(&stream).filter(|known| known.spoken);
        let known = spoken.ok_or(ProtocolError::AgainUnsent(stream))?;
        if known.pause == Pause::Stopped {
            return Ok(None);
        }
        known.peer = head.map(|head| PeerHead {
            base: head.base,
            number: head.number,
            hash: Some(head.hash),
        });
        known.taken = None;
        known.pause = Pause::Again { due: Some(due) };
        self.waits.insert((due, stream));
        Ok(self.judge(now, &stream))
    }

    /// When [`Streams::handle_timeout`] has something to do.
    pub(super) fn poll_timeout(&self) -> Option<Time> {
        self.waits.first().map(|(due, _)| *due)
    }

    pub(super) fn handle_timeout(&mut self, now: Time) {
        while let Some((due, stream)) = self.waits.first().copied().filter(|(due, _)| *due <= now) {
            self.waits.remove(&(due, stream));
            let Some(known) = self.known.get_mut(&stream) else {
                continue;
            };
            if known.pause == (Pause::Again { due: Some(due) }) {
                known.pause = if known.in_flight == 0 {
                    Pause::No
                } else {
                    Pause::Again { due: None }
                };
                self.refresh(now, &stream);
            }
        }
    }

    pub(super) fn backlog(&self) -> Backlog {
        let mut backlog = Backlog {
            since: self.behind_since(),
            ..Backlog::default()
        };
        let known = |(_, stream): &(Time, Stream)| self.known.get(stream);
        for known in self.behind.iter().filter_map(known) {
            let pages = |waiting: Option<Waiting>| waiting.map_or(0, |waiting| waiting.pages());
            backlog.going = backlog.going.saturating_add(pages(known.going));
            backlog.coming = backlog.coming.saturating_add(pages(known.coming));
        }
        backlog
    }

    /// Since when the oldest page waits, either way.
    pub(super) fn behind_since(&self) -> Option<Time> {
        self.behind.first().map(|(since, _)| *since)
    }

    /// Streams of which the neighbour lacks pages, with the first it lacks and
    /// how many there are.
    pub(super) fn going(&self) -> impl Iterator<Item = (Stream, PageNo, u64)> {
        self.behind.iter().filter_map(|(_, stream)| {
            let going = self.known.get(stream)?.going?;
            Some((*stream, going.from(), going.pages()))
        })
    }

    fn judge(&mut self, now: Time, stream: &Stream) -> Option<FindingKind> {
        let own = stream.journal.origin == self.me;
        let found = self.known.get_mut(stream)?.judge(own);
        self.refresh(now, stream);
        found
    }

    /// Puts a stream where it belongs after a change.
    fn refresh(&mut self, now: Time, stream: &Stream) {
        let Some(known) = self.known.get_mut(stream) else {
            return;
        };
        if let Some(since) = known.behind_since() {
            self.behind.remove(&(since, *stream));
        }
        known.note_waiting(now);
        if let Some(since) = known.behind_since() {
            self.behind.insert((since, *stream));
        }
        if let Some(ours) = known.ours {
            let place = (ours.rank, *stream);
            if known.next().is_some() {
                self.ready.insert(place);
            } else {
                self.ready.remove(&place);
            }
        }
    }
}

/// Pages are numbered from 1, and a base is never after the newest page.
fn check_head(stream: Stream, head: Head) -> Result<(), ProtocolError> {
    if head.base < PageNo::FIRST || head.number < head.base {
        return Err(ProtocolError::Head(stream));
    }
    Ok(())
}
