//! Which journals go over which link. An office asks its own part of the tree:
//! itself, all above it and all below it. Both ends of a link find the same
//! answer, as far as their trees agree.

use terrace_model::{Audience, JournalId, Lane, OfficeId, Tree};
use thiserror::Error;

/// Why a neighbour may not bring pages of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoAuthority {
    /// The tree does not know the origin, and so no key for its seals either.
    /// This may change: the page waits and is no finding yet.
    #[error("office {0} is not in the tree")]
    OriginUnknown(OfficeId),
    /// Neither of the two stands directly above the other.
    #[error("offices {0} and {1} are not neighbours")]
    NotNeighbours(OfficeId, OfficeId),
    /// The audience of the journal does not reach over this link.
    #[error("a journal of office {origin} for {audience:?} does not go over this link")]
    NotThisLink {
        /// The journal's origin.
        origin: OfficeId,
        /// The journal's audience.
        audience: Audience,
    },
}

/// Place of a journal in the order of sending, urgent before bulk: each Every
/// journal before each Latest one, those that hold tree entries before all
/// others, then higher offices first, so that an office's tree entry and key
/// arrive before its own pages, and before any page that encloses one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// Every before Latest.
    pub lane: Lane,
    /// Whether it holds no tree entries.
    pub after_tree: bool,
    /// Offices above the origin.
    pub depth: usize,
    /// Order among equals.
    pub journal: JournalId,
}

/// Whether an office is in the audience of a journal, or between its origin
/// and that audience, and so holds its pages.
///
/// A subtree narrowed to a level is held by all its offices at or above that
/// level: one that has no office of the level below it today may have one
/// tomorrow.
#[must_use]
pub fn holds(tree: &Tree, office: OfficeId, journal: &JournalId) -> bool {
    let origin = journal.origin;
    if office == origin {
        return true;
    }
    match journal.audience {
        Audience::Home => false,
        Audience::Parent => tree.get(origin).and_then(|known| known.parent) == Some(office),
        Audience::Ancestors => tree.is_within(origin, office),
        Audience::Office(target) => between(tree, origin, office, target),
        Audience::Subtree { root, level } => {
            let reached = |level| tree.get(office).is_some_and(|known| known.level <= level);
            between(tree, origin, office, root)
                || (between(tree, origin, root, office) && level.is_none_or(reached))
        }
    }
}

/// Whether `middle` is on the way from `top` down to `bottom`, ends included.
fn between(tree: &Tree, top: OfficeId, middle: OfficeId, bottom: OfficeId) -> bool {
    tree.is_within(bottom, middle) && tree.is_within(middle, top)
}

/// The lower of two neighbours; none if neither stands directly above the
/// other.
#[must_use]
pub fn lower_end(tree: &Tree, one: OfficeId, other: OfficeId) -> Option<OfficeId> {
    let parent = |id| tree.get(id).and_then(|office| office.parent);
    if parent(one) == Some(other) {
        Some(one)
    } else if parent(other) == Some(one) {
        Some(other)
    } else {
        None
    }
}

/// Whether pages of a journal go over the link between two neighbours, up and
/// down alike: what a page's audience lets go up may come back down to an
/// office that was restored.
#[must_use]
pub fn carries(tree: &Tree, me: OfficeId, neighbour: OfficeId, journal: &JournalId) -> bool {
    lower_end(tree, me, neighbour).is_some()
        && holds(tree, me, journal)
        && holds(tree, neighbour, journal)
}

/// Whether a neighbour may bring me pages of a journal.
///
/// A child brings what offices at or below it say to those above, and gives
/// back what offices above it said; a parent the other way round. That is what
/// the link [`carries`].
///
/// # Errors
/// Says why not. Only [`NoAuthority::OriginUnknown`] may pass with time.
pub fn authority(
    tree: &Tree,
    me: OfficeId,
    neighbour: OfficeId,
    journal: &JournalId,
) -> Result<(), NoAuthority> {
    if lower_end(tree, me, neighbour).is_none() {
        return Err(NoAuthority::NotNeighbours(me, neighbour));
    }
    if tree.get(journal.origin).is_none() {
        return Err(NoAuthority::OriginUnknown(journal.origin));
    }
    if carries(tree, me, neighbour, journal) {
        Ok(())
    } else {
        Err(NoAuthority::NotThisLink {
            origin: journal.origin,
            audience: journal.audience,
        })
    }
}

/// The branch of the tree that an origin's journals are compared with on the
/// link above `lower_end`: the lower end's child towards the origin, the lower
/// end itself for its own journals, and the upper end for those of all offices
/// above.
#[must_use]
pub fn branch(tree: &Tree, lower_end: OfficeId, origin: OfficeId) -> OfficeId {
    if origin == lower_end {
        return lower_end;
    }
    let upper = || tree.get(lower_end).and_then(|office| office.parent);
    tree.step_towards(lower_end, origin)
        .or_else(upper)
        .unwrap_or(lower_end)
}

/// The place of a journal in the order of sending.
#[must_use]
pub fn rank(tree: &Tree, journal: &JournalId) -> Rank {
    Rank {
        lane: journal.lane,
        after_tree: journal.audience != Audience::Ancestors,
        depth: tree.depth(journal.origin),
        journal: *journal,
    }
}

#[cfg(test)]
mod tests;
