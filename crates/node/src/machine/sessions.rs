//! The links of an office: one for each neighbour that has a carrier.

use std::collections::{BTreeMap, BTreeSet};

use terrace_model::{
    Audience, ChildLink, FindingKind, Head, JournalId, OfficeId, PageNo, Stream, Time,
};
use terrace_store::Read;
use terrace_sync::{Backlog, CloseReason, Frame, Held, Link, LinkEvent, Setup, route};

use super::{Came, Fault, Machine, Moment, Work};

/// Names one session of one link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// Changes of links are said together: this long after the first.
const SETTLE_MILLIS: i64 = 200;

pub(super) struct Session {
    pub(super) link: Link,
    pub(super) peer: OfficeId,
    pub(super) ended: bool,
    /// When it was last weighed what waits, where that waits for long.
    pub(super) weighed: Option<Time>,
    /// The newest page not taken of each stream that was asked for again.
    pub(super) held_back: BTreeMap<Stream, PageNo>,
}

impl Session {
    /// Whether a page was sent before the neighbour heard that an earlier one
    /// was not taken. Taken by itself it would look as if base had moved.
    pub(super) fn was_on_its_way(&self, stream: Stream, number: PageNo) -> bool {
        let newest = self.held_back.get(&stream);
        newest.is_some_and(|newest| number > *newest)
    }
}

/// What an office knows of a neighbour's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Whether the link is up, and since when.
    pub link: ChildLink,
    /// When something last came over it, by this office's wall clock.
    pub heard: Option<Time>,
    /// This office's clock less the neighbour's, in milliseconds.
    pub skew_millis: i64,
}

impl<R: Read> Machine<R> {
    /// A carrier to a neighbour is open. An older session with the same
    /// neighbour ends.
    ///
    /// # Errors
    /// The store failed.
    pub fn handle_link_up(
        &mut self,
        at: Moment,
        id: LinkId,
        peer: OfficeId,
        session: u64,
    ) -> Result<(), Fault> {
        for other in self
            .sessions
            .values_mut()
            .filter(|other| other.peer == peer)
        {
            other.link.close(CloseReason::Replaced);
            other.ended = true;
        }
        let heads = self.heads.iter();
        let held = heads.filter_map(|(stream, head)| self.held(peer, *stream, *head));
        let setup = Setup {
            me: self.constants.me,
            peer,
            session,
            wall: at.wall,
            limits: self.constants.limits,
            held: held.collect(),
        };
        let link = Link::new(at.now, setup);
        self.sessions.insert(
            id,
            Session {
                link,
                peer,
                ended: false,
                weighed: None,
                held_back: BTreeMap::new(),
            },
        );
        self.drain(at, id)?;
        Ok(())
    }

    /// A carrier is gone.
    pub fn handle_link_down(&mut self, at: Moment, id: LinkId) {
        if let Some(session) = self.sessions.remove(&id)
            && !session.ended
        {
            self.mark_down(at, session.peer);
        }
    }

    /// A frame came over a carrier. What breaks the conversation ends the
    /// session, and the last frame for the neighbour says so.
    ///
    /// # Errors
    /// The store failed.
    pub fn handle_frame(&mut self, at: Moment, id: LinkId, frame: Frame) -> Result<(), Fault> {
        let Some(session) = self.sessions.get_mut(&id) else {
            return Ok(());
        };
        if let Some(neighbour) = self.neighbours.get_mut(&session.peer) {
            neighbour.heard = Some(at.wall);
        }
        if let Err(error) = session.link.handle_frame(at.now, frame) {
            tracing::warn!(peer = %session.peer, %error, "a neighbour broke the conversation");
        }
        self.drain(at, id)?;
        Ok(())
    }

    /// The next frame to carry over a link. None where the session is unknown.
    ///
    /// # Errors
    /// The store failed.
    pub fn poll_transmit(&mut self, at: Moment, id: LinkId) -> Result<Option<Frame>, Fault> {
        loop {
            let Some(session) = self.sessions.get_mut(&id) else {
                return Ok(None);
            };
            let frame = session.link.poll_transmit(at.now);
            // A frame that leaves makes room for the next pages.
            let asked = self.drain(at, id)?;
            if frame.is_some() || !asked {
                return Ok(frame);
            }
        }
    }

    /// Ends all sessions; each has a last frame for its neighbour.
    ///
    /// # Errors
    /// The store failed.
    pub fn close_links(&mut self, at: Moment) -> Result<(), Fault> {
        let ids: Vec<LinkId> = self.sessions.keys().copied().collect();
        for id in ids {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.link.close(CloseReason::Stopping);
            }
            self.drain(at, id)?;
        }
        Ok(())
    }

    /// Whether a session is over, so that its carrier can be closed.
    #[must_use]
    pub fn is_over(&self, id: LinkId) -> bool {
        self.sessions.get(&id).is_none_or(|session| session.ended)
    }

    /// What is known of each neighbour's link.
    #[must_use]
    pub fn neighbours(&self) -> BTreeMap<OfficeId, Neighbour> {
        self.neighbours.clone()
    }

    /// What waits at either end of the open session with a neighbour.
    #[must_use]
    pub fn backlog(&self, peer: OfficeId) -> Backlog {
        let open = |session: &&Session| session.peer == peer && !session.ended;
        let session = self.sessions.values().find(open);
        session.map_or_else(Backlog::default, |session| session.link.backlog())
    }

    pub(super) fn handle_links_timeout(&mut self, at: Moment) -> Result<(), Fault> {
        let due = |session: &Session| session.link.poll_timeout().is_some_and(|due| due <= at.now);
        let ids: Vec<LinkId> = self
            .sessions
            .iter()
            .filter(|(_, session)| due(session))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.link.handle_timeout(at.now);
            }
            self.drain(at, id)?;
        }
        Ok(())
    }

    /// Tells all links what the office now holds.
    pub(super) fn tell_heads(
        &mut self,
        at: Moment,
        heads: &BTreeMap<Stream, Head>,
    ) -> Result<(), Fault> {
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.tell(at, id, heads)?;
        }
        Ok(())
    }

    /// Tells one link what the office holds. What the link knows it ignores.
    fn tell(
        &mut self,
        at: Moment,
        id: LinkId,
        heads: &BTreeMap<Stream, Head>,
    ) -> Result<(), Fault> {
        let Some(peer) = self.sessions.get(&id).map(|session| session.peer) else {
            return Ok(());
        };
        let all = heads.iter();
        let held: Vec<Held> = all
            .filter_map(|(stream, head)| self.held(peer, *stream, *head))
            .collect();
        if let Some(session) = self.sessions.get_mut(&id) {
            for held in held {
                session.link.handle_head(at.now, held);
            }
        }
        self.drain(at, id)?;
        Ok(())
    }

    /// After a change of the tree, journals may go over a link that did not:
    /// those from or for an office entered, or one below it.
    pub(super) fn tell_reached(
        &mut self,
        at: Moment,
        entered: &BTreeSet<OfficeId>,
    ) -> Result<(), Fault> {
        let tree = &self.tree;
        let is_reached = |office| {
            entered.contains(&office) || tree.above(office).any(|above| entered.contains(&above))
        };
        let reaches = |stream: &Stream| {
            let JournalId {
                origin, audience, ..
            } = stream.journal;
            let is_for = match audience {
                Audience::Home | Audience::Parent | Audience::Ancestors => None,
                Audience::Office(to) | Audience::Subtree { root: to, .. } => Some(to),
            };
            is_reached(origin) || is_for.is_some_and(is_reached)
        };
        let all = self.heads.iter();
        let reached: BTreeMap<Stream, Head> = all
            .filter(|(stream, _)| reaches(stream))
            .map(|(stream, head)| (*stream, *head))
            .collect();
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            let peer = self.sessions.get(&id).map(|session| session.peer);
            if peer.is_some_and(|peer| entered.contains(&peer)) {
                let all = self.heads.clone();
                self.tell(at, id, &all)?;
            } else {
                self.tell(at, id, &reached)?;
            }
        }
        Ok(())
    }

    /// What this office holds of a stream that goes over the link to a
    /// neighbour.
    fn held(&self, peer: OfficeId, stream: Stream, head: Head) -> Option<Held> {
        let (tree, me) = (&self.tree, self.constants.me);
        let journal = stream.journal;
        #[cfg(feature = "planted")]
        let journal = super::planted::reaches(self.planted, journal);
        if !route::carries(tree, me, peer, &journal) {
            return None;
        }
        let lower_end = route::lower_end(tree, me, peer)?;
        Some(Held {
            stream,
            head,
            branch: route::branch(tree, lower_end, stream.journal.origin),
            rank: route::rank(tree, &stream.journal),
        })
    }

    /// Does what a link asks for, until it asks for nothing. Says whether it
    /// asked for anything.
    pub(super) fn drain(&mut self, at: Moment, id: LinkId) -> Result<bool, Fault> {
        let mut asked = false;
        while let Some(session) = self.sessions.get_mut(&id) {
            let peer = session.peer;
            let Some(event) = session.link.poll_event() else {
                break;
            };
            asked = true;
            match event {
                LinkEvent::Up { skew_millis } => self.mark_up(at, peer, skew_millis),
                LinkEvent::Admit { batch, mut pages } => {
                    // Pages of its own tell the office that it may say no more:
                    // nothing is ruled on before them.
                    let me = self.constants.me;
                    pages.sort_by_key(|page| page.header.position.stream.journal.origin != me);
                    self.waiting.push_back(Work::Pages(Came {
                        link: id,
                        batch,
                        pages,
                        waiting: BTreeSet::new(),
                    }));
                }
                LinkEvent::Need {
                    stream,
                    from,
                    limit_bytes,
                } => {
                    #[cfg(feature = "planted")]
                    let from = match self.planted {
                        Some(super::Planted::TrustARememberedPosition) => {
                            self.remembered.from(peer, stream, from)
                        }
                        Some(_) | None => from,
                    };
                    let pages = self.reader.pages(stream, from, limit_bytes as usize)?;
                    #[cfg(feature = "planted")]
                    self.remembered.read(peer, &pages);
                    if let Err(error) = session.link.handle_pages(at.now, stream, pages) {
                        tracing::error!(%peer, %error, "a link asked for pages that do not fit");
                        session.link.close(CloseReason::Protocol);
                    }
                }
                LinkEvent::Finding { stream, .. } => {
                    // A link that was not given one of the office's own streams
                    // cannot know how far it goes. And what it finds rests on a
                    // head, which anybody can claim: who holds another page
                    // sends it, and only that proves a fork.
                    let (tree, me) = (&self.tree, self.constants.me);
                    if stream.journal.origin != me {
                        session.link.prove(at.now, stream);
                        let kind = FindingKind::Unverified;
                        self.waiting.push_back(Work::Finding { stream, kind });
                    } else if route::carries(tree, me, peer, &stream.journal) {
                        session.link.prove(at.now, stream);
                        self.doubt(at, peer, stream);
                    }
                }
                LinkEvent::Down { .. } => {
                    if !session.ended {
                        session.ended = true;
                        self.mark_down(at, peer);
                    }
                }
            }
        }
        self.judge_behind(at, id)?;
        Ok(asked)
    }

    fn mark_up(&mut self, at: Moment, peer: OfficeId, skew_millis: i64) {
        let link = ChildLink {
            up: true,
            since: at.wall,
            behind: None,
        };
        let heard = Some(at.wall);
        let neighbour = Neighbour {
            link,
            heard,
            skew_millis,
        };
        self.neighbours.insert(peer, neighbour);
        self.links_changed(at);
    }

    fn mark_down(&mut self, at: Moment, peer: OfficeId) {
        if let Some(neighbour) = self.neighbours.get_mut(&peer) {
            neighbour.link = ChildLink {
                up: false,
                since: at.wall,
                behind: None,
            };
        }
        self.links_changed(at);
    }

    pub(super) fn links_changed(&mut self, at: Moment) {
        self.health_due
            .get_or_insert(at.now.plus_millis(SETTLE_MILLIS));
    }
}
