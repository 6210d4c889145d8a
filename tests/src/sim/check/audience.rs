//! No page outside its audience: the rule of the design, written a second time
//! over the true tree, and held against every frame and every store.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use terrace_model::{Audience, JournalId, Level, OfficeId};
use terrace_sync::Frame;

/// Where an office truly stands.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Post {
    pub(in crate::sim) name: String,
    pub(in crate::sim) level: Level,
    pub(in crate::sim) parent: Option<OfficeId>,
}

/// The true tree: everybody who is or will be in it.
#[derive(Debug, Default)]
pub(in crate::sim) struct Posts(pub(in crate::sim) BTreeMap<OfficeId, Post>);

impl Posts {
    pub(in crate::sim) fn name(&self, office: OfficeId) -> String {
        let post = self.0.get(&office);
        post.map_or_else(|| office.to_string(), |post| post.name.clone())
    }

    /// The office and all above it, lowest first.
    pub(in crate::sim) fn upwards(&self, office: OfficeId) -> Vec<OfficeId> {
        let mut line = vec![office];
        while let Some(above) = line.last().and_then(|last| self.0.get(last)?.parent) {
            line.push(above);
        }
        line
    }

    pub(in crate::sim) fn is_below(&self, office: OfficeId, top: OfficeId) -> bool {
        self.upwards(office).contains(&top)
    }

    /// All offices on the way from one office down to another, both included;
    /// none where the second does not stand below the first.
    fn way_down(&self, from: OfficeId, to: OfficeId) -> Vec<OfficeId> {
        let line = self.upwards(to);
        match line.iter().position(|office| *office == from) {
            Some(end) => line[..=end].to_vec(),
            None => Vec::new(),
        }
    }

    /// Whether a journal's pages may rest at an office.
    pub(in crate::sim) fn may_hold(&self, office: OfficeId, journal: &JournalId) -> bool {
        let origin = journal.origin;
        if office == origin {
            return true;
        }
        match journal.audience {
            Audience::Home => false,
            Audience::Parent => self.0.get(&origin).and_then(|post| post.parent) == Some(office),
            Audience::Ancestors => self.is_below(origin, office),
            Audience::Office(target) => self.way_down(origin, target).contains(&office),
            Audience::Subtree { root, level } => {
                let way = self.way_down(origin, root);
                let on_the_way = way.contains(&office);
                let in_subtree = !way.is_empty() && self.is_below(office, root);
                let high_enough =
                    |level| self.0.get(&office).is_some_and(|post| post.level <= level);
                on_the_way || (in_subtree && level.is_none_or(high_enough))
            }
        }
    }

    /// Holds a frame that goes from one office to another against the rule.
    pub(super) fn check_frame(&self, from: OfficeId, to: OfficeId, frame: &Frame) -> Result<()> {
        let parent = |office: OfficeId| self.0.get(&office).and_then(|post| post.parent);
        ensure!(
            parent(from) == Some(to) || parent(to) == Some(from),
            "{} spoke to {}, which is no neighbour",
            self.name(from),
            self.name(to)
        );
        match frame {
            Frame::Pages { pages, .. } => {
                for page in pages {
                    self.check(to, &page.header.position.stream.journal, from, "a page")?;
                }
            }
            Frame::Heads { heads, .. } => {
                for (stream, _) in heads {
                    self.check(to, &stream.journal, from, "a head")?;
                }
            }
            Frame::Again { stream, .. } => {
                self.check(to, &stream.journal, from, "a request")?;
            }
            Frame::Hello(_) | Frame::Branches(_) | Frame::Ack { .. } | Frame::Close { .. } => {}
        }
        Ok(())
    }

    fn check(&self, to: OfficeId, journal: &JournalId, from: OfficeId, what: &str) -> Result<()> {
        ensure!(
            self.may_hold(to, journal),
            "{} gave {} {what} of {} for {:?}, which is not for it",
            self.name(from),
            self.name(to),
            self.name(journal.origin),
            journal.audience
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrace_model::Lane;

    fn posts() -> Posts {
        let all = [
            (1, None, Level::Prefecture),
            (2, Some(1), Level::County),
            (3, Some(2), Level::Township),
            (4, Some(3), Level::Village),
            (5, Some(1), Level::County),
        ];
        let post = |(id, parent, level): (u64, Option<u64>, Level)| {
            let parent = parent.map(OfficeId);
            let name = id.to_string();
            (
                OfficeId(id),
                Post {
                    name,
                    level,
                    parent,
                },
            )
        };
        Posts(all.map(post).into())
    }

    fn holders(origin: u64, audience: Audience) -> Vec<u64> {
        let journal = JournalId {
            origin: OfficeId(origin),
            audience,
            lane: Lane::Every,
        };
        let posts = posts();
        let all = posts.0.keys();
        all.filter(|office| posts.may_hold(**office, &journal))
            .map(|office| office.0)
            .collect()
    }

    #[test]
    fn each_audience_has_its_holders_and_no_others() {
        let subtree = |root, level| Audience::Subtree {
            root: OfficeId(root),
            level,
        };
        assert_eq!(holders(3, Audience::Home), [3]);
        assert_eq!(holders(3, Audience::Parent), [2, 3]);
        assert_eq!(holders(3, Audience::Ancestors), [1, 2, 3]);
        assert_eq!(holders(1, Audience::Office(OfficeId(3))), [1, 2, 3]);
        assert_eq!(holders(5, Audience::Office(OfficeId(3))), [5]);
        assert_eq!(holders(1, subtree(2, None)), [1, 2, 3, 4]);
        assert_eq!(holders(1, subtree(2, Some(Level::Township))), [1, 2, 3]);
        assert_eq!(holders(2, subtree(2, None)), [2, 3, 4]);
    }
}
