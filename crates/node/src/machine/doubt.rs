//! A neighbour says that it holds more of this office's own pages than the
//! office itself, or others. If so this is an older copy, and must seal nothing.
//! But a head is a claim that anybody can make: only the page proves it, and who
//! has the page sends it. Until it comes nothing is ruled on, for a while and
//! once for each neighbour.

use terrace_model::{FindingKind, OfficeId, Stream, Time};
use terrace_store::Read;

use super::{Came, Machine, Moment, Work};

/// How long a neighbour has to bring the page.
const PROOF_MILLIS: i64 = 60_000;

/// A claim that is not proved yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    peer: OfficeId,
    stream: Stream,
    pub(super) until: Time,
}

impl<R: Read> Machine<R> {
    /// A neighbour claims so. Whose claim was never proved is not believed
    /// again.
    pub(super) fn doubt(&mut self, at: Moment, peer: OfficeId, stream: Stream) {
        if self.older_copy || self.doubt.is_some() {
            return;
        }
        if self.unproved.contains(&peer) {
            self.find_unproved(stream);
            return;
        }
        tracing::warn!(%peer, "a neighbour says that it holds other pages of this office");
        let until = at.now.plus_millis(PROOF_MILLIS);
        self.doubt = Some(Doubt {
            peer,
            stream,
            until,
        });
    }

    /// The page has not come.
    pub(super) fn handle_doubt_timeout(&mut self, at: Moment) {
        let Some(doubt) = self.doubt.take_if(|doubt| doubt.until <= at.now) else {
            return;
        };
        self.unproved.insert(doubt.peer);
        self.find_unproved(doubt.stream);
    }

    fn find_unproved(&mut self, stream: Stream) {
        let kind = FindingKind::Unverified;
        self.waiting.push_back(Work::Finding { stream, kind });
    }

    /// Where among what waits pages of this office's own stand.
    fn proof(&self) -> Option<usize> {
        let me = self.constants.me;
        let is_own = |work: &Work| match work {
            Work::Pages(Came { pages, .. }) => {
                let mut origins = pages
                    .iter()
                    .map(|page| page.header.position.stream.journal.origin);
                origins.any(|origin| origin == me)
            }
            Work::Request { .. }
            | Work::Sheet { .. }
            | Work::Rows { .. }
            | Work::Finding { .. } => false,
        };
        self.waiting.iter().position(is_own)
    }

    /// Whether something may be ruled on: in doubt, only what may prove it.
    pub(super) fn may_rule(&self) -> bool {
        !self.waiting.is_empty() && (self.doubt.is_none() || self.proof().is_some())
    }

    /// In doubt, what may prove it goes before all else.
    pub(super) fn bring_proof_forward(&mut self) {
        if self.doubt.is_none() {
            return;
        }
        let proof = self.proof().and_then(|at| self.waiting.remove(at));
        if let Some(proof) = proof {
            self.waiting.push_front(proof);
        }
    }
}
