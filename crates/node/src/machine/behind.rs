//! Links on which pages have waited for long, and how much waits there.

use terrace_model::{Behind, Time};
use terrace_store::Read;
use terrace_sync::Link;
use terrace_wire as wire;

use super::{Fault, LinkId, Machine, Moment};

/// Pages that wait longer for the other end make a link one that is behind.
const BEHIND_AFTER_MILLIS: i64 = 5_000;

/// How often what waits is weighed again.
const AGAIN_MILLIS: i64 = 5_000;

/// Bytes of pages that are read to weigh what waits. Of what is beyond, each
/// page counts as one entry, and its bytes do not count.
const READ_BYTES: usize = 1 << 20;

impl<R: Read> Machine<R> {
    /// When some link may become one that is behind, or is weighed again.
    pub(super) fn behind_due(&self) -> Option<Time> {
        let open = self.sessions.values().filter(|session| !session.ended);
        let due = open.filter_map(|session| {
            let since = session.link.behind_since()?;
            Some(match session.weighed {
                None => since.plus_millis(BEHIND_AFTER_MILLIS),
                Some(last) => last.plus_millis(AGAIN_MILLIS),
            })
        });
        due.min()
    }

    pub(super) fn handle_behind_timeout(&mut self, at: Moment) -> Result<(), Fault> {
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.judge_behind(at, id)?;
        }
        Ok(())
    }

    /// Notes whether a link is behind. Becoming so, and no longer being so, is
    /// a change of this office's health.
    pub(super) fn judge_behind(&mut self, at: Moment, id: LinkId) -> Result<(), Fault> {
        let Some(session) = self.sessions.get_mut(&id) else {
            return Ok(());
        };
        let Some(neighbour) = self.neighbours.get_mut(&session.peer) else {
            return Ok(());
        };
        let since = session.link.behind_since().filter(|_| !session.ended);
        let waited = since.map(|since| at.now.millis_since(since));
        let Some(waited) = waited.filter(|waited| *waited >= BEHIND_AFTER_MILLIS) else {
            session.weighed = None;
            if neighbour.link.behind.take().is_some() {
                self.links_changed(at);
            }
            return Ok(());
        };
        let last = session.weighed;
        if last.is_some_and(|last| at.now.millis_since(last) < AGAIN_MILLIS) {
            return Ok(());
        }
        session.weighed = Some(at.now);
        let behind = Behind {
            since: at.wall.plus_millis(-waited),
            ..weigh(&self.reader, &session.link)?
        };
        if neighbour.link.behind.replace(behind).is_none() {
            self.links_changed(at);
        }
        Ok(())
    }
}

/// How much waits on a link: what goes is read, what comes is counted in pages.
fn weigh<R: Read>(reader: &R, link: &Link) -> Result<Behind, Fault> {
    let mut behind = Behind {
        since: Time(0),
        entries: link.backlog().coming,
        bytes: 0,
    };
    let mut left = READ_BYTES;
    for (stream, from, pages) in link.going() {
        let (mut next, mut unread) = (from, pages);
        while left > 0 && unread > 0 {
            let read = reader.pages(stream, next, left)?;
            let Some(last) = read.last() else { break };
            next = last.header.position.number.next();
            for page in &read {
                // A body that nobody here can read weighs as what it is: a page.
                behind.entries += wire::entries(page).map_or(1, Iterator::count) as u64;
                behind.bytes += page.size() as u64;
                left = left.saturating_sub(page.size());
                unread = unread.saturating_sub(1);
            }
        }
        behind.entries += unread;
    }
    Ok(behind)
}
