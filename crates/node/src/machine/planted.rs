//! Wrong behaviour, planted for the simulator to find: it proves that the
//! checkers would see such a fault. Built only with the feature `planted`, which
//! no program that ships has.

use std::collections::BTreeMap;

use terrace_model::{Audience, JournalId, OfficeId, Page, PageNo, Stream};

/// One thing done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// Where a neighbour stands is remembered from what was once read for it.
    TrustARememberedPosition,
    /// A page that is held already takes effect again.
    CountARetryTwice,
    /// Base moves past what still holds, and nothing is said again.
    MoveBaseBeforeSayingAgain,
    /// The *through* mark is sealed in a page of its own, before the cells.
    MoveTheMarkWithoutItsCells,
    /// What a child says to its parent alone goes on to the office above.
    ForwardOutsideTheAudience,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::TrustARememberedPosition,
        Self::CountARetryTwice,
        Self::MoveBaseBeforeSayingAgain,
        Self::MoveTheMarkWithoutItsCells,
        Self::ForwardOutsideTheAudience,
    ];
}

/// What was once read for each neighbour, over the end of every session.
#[derive(Debug, Default)]
pub(super) struct Remembered(BTreeMap<(OfficeId, Stream), PageNo>);

impl Remembered {
    /// The page from which on a neighbour is thought to lack a stream.
    pub(super) fn from(&self, peer: OfficeId, stream: Stream, asked: PageNo) -> PageNo {
        let last = self.0.get(&(peer, stream));
        last.map_or(asked, |last| last.next().max(asked))
    }

    pub(super) fn read(&mut self, peer: OfficeId, pages: &[Page]) {
        for page in pages {
            let position = page.header.position;
            self.0.insert((peer, position.stream), position.number);
        }
    }
}

/// A journal as it is thought to reach.
pub(super) fn reaches(planted: Option<Planted>, journal: JournalId) -> JournalId {
    let is_wrong = planted == Some(Planted::ForwardOutsideTheAudience);
    match journal.audience {
        Audience::Parent if is_wrong => JournalId {
            audience: Audience::Ancestors,
            ..journal
        },
        Audience::Home
        | Audience::Parent
        | Audience::Ancestors
        | Audience::Office(_)
        | Audience::Subtree { .. } => journal,
    }
}
