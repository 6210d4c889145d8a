//! In which journals an entry of a kind is said. Elsewhere it has no effect.

use terrace_model::{Audience, Entry, JournalId, Lane};

/// Whether entries of this kind are said in such a journal.
pub(crate) fn carries(journal: &JournalId, entry: &Entry) -> bool {
    let (audience, lane) = (journal.audience, journal.lane);
    match entry {
        Entry::Record(_) | Entry::Consent(_) => (audience, lane) == (Audience::Home, Lane::Every),
        Entry::EpochOpened(_) | Entry::Office(_) => {
            (audience, lane) == (Audience::Ancestors, Lane::Every)
        }
        Entry::Figure { .. } | Entry::Through(_) | Entry::Receipt { .. } | Entry::Health(_) => {
            (audience, lane) == (Audience::Ancestors, Lane::Latest)
        }
        Entry::Submit { .. } | Entry::Forward { .. } => {
            (audience, lane) == (Audience::Parent, Lane::Every)
        }
        Entry::Step(_) => {
            lane == Lane::Every && matches!(audience, Audience::Parent | Audience::Office(_))
        }
        Entry::Notice(_) => {
            let down = matches!(audience, Audience::Office(_) | Audience::Subtree { .. });
            lane == Lane::Every && down
        }
    }
}
