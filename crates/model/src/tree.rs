use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use crate::{Code, Level, OfficeId, PublicKey};

/// More levels than any tree has; bounds every walk towards the top, so that a
/// wrong tree cannot make one endless.
const DEEPEST: usize = 16;

/// An office as the signed tree knows it today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its identity.
    pub id: OfficeId,
    /// Its code today.
    pub code: Code,
    /// Its name today.
    pub name: String,
    /// Its level today.
    pub level: Level,
    /// The office above; none for the top.
    pub parent: Option<OfficeId>,
    /// Its signing key; none until it has joined.
    pub key: Option<PublicKey>,
}

/// The part of the tree of offices that one office knows: itself, all above it
/// and all below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    offices: BTreeMap<OfficeId, Office>,
    children: BTreeMap<OfficeId, BTreeSet<OfficeId>>,
    codes: BTreeMap<Code, OfficeId>,
}

impl Tree {
    /// Enters an office, or changes what is known of it.
    pub fn enter(&mut self, office: Office) {
        self.leave(office.id);
        if let Some(parent) = office.parent {
            self.children.entry(parent).or_default().insert(office.id);
        }
        self.codes.insert(office.code.clone(), office.id);
        self.offices.insert(office.id, office);
    }

    /// Takes an office out: one that never joined, and stands above none.
    pub fn leave(&mut self, id: OfficeId) {
        let Some(old) = self.offices.remove(&id) else {
            return;
        };
        if let Some(siblings) = old.parent.and_then(|parent| self.children.get_mut(&parent)) {
            siblings.remove(&id);
        }
        if self.codes.get(&old.code) == Some(&id) {
            self.codes.remove(&old.code);
        }
    }

    /// How many offices are known.
    #[must_use]
    pub fn count(&self) -> usize {
        self.offices.len()
    }

    /// How many offices stand directly below one.
    #[must_use]
    pub fn count_below(&self, id: OfficeId) -> usize {
        self.children.get(&id).map_or(0, BTreeSet::len)
    }

    /// What is known of an office.
    #[must_use]
    pub fn get(&self, id: OfficeId) -> Option<&Office> {
        self.offices.get(&id)
    }

    /// The office that has this code today.
    #[must_use]
    pub fn by_code(&self, code: &Code) -> Option<&Office> {
        self.offices.get(self.codes.get(code)?)
    }

    /// All offices, by id.
    pub fn offices(&self) -> impl Iterator<Item = &Office> {
        self.offices.values()
    }

    /// The offices directly below, by id.
    pub fn children(&self, id: OfficeId) -> impl Iterator<Item = &Office> {
        let ids = self.children.get(&id).into_iter().flatten();
        ids.filter_map(|child| self.offices.get(child))
    }

    /// The offices above, nearest first.
    pub fn above(&self, id: OfficeId) -> impl Iterator<Item = OfficeId> {
        let parent = |id: &OfficeId| self.offices.get(id).and_then(|office| office.parent);
        core::iter::successors(parent(&id), move |id| parent(id)).take(DEEPEST)
    }

    /// How many offices are known above; 0 for the top.
    #[must_use]
    pub fn depth(&self, id: OfficeId) -> usize {
        self.above(id).count()
    }

    /// Whether `id` is `top` or below it.
    #[must_use]
    pub fn is_within(&self, id: OfficeId, top: OfficeId) -> bool {
        id == top || self.above(id).any(|above| above == top)
    }

    /// The office directly below `top` on the way to `id`, which is strictly
    /// below `top`.
    #[must_use]
    pub fn step_towards(&self, top: OfficeId, id: OfficeId) -> Option<OfficeId> {
        let mut step = id;
        for above in self.above(id) {
            if above == top {
                return Some(step);
            }
            step = above;
        }
        None
    }

    /// `top` and all below it, each parent before its children and siblings by
    /// code.
    #[must_use]
    pub fn subtree(&self, top: OfficeId) -> Vec<&Office> {
        let mut found = Vec::new();
        let mut waiting: Vec<(&Office, usize)> = self
            .get(top)
            .map(|office| (office, 0))
            .into_iter()
            .collect();
        while let Some((office, depth)) = waiting.pop() {
            found.push(office);
            if depth < DEEPEST {
                let mut children: Vec<_> = self
                    .children(office.id)
                    .map(|child| (child, depth + 1))
                    .collect();
                children.sort_by(|(a, _), (b, _)| b.code.cmp(&a.code));
                waiting.append(&mut children);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn office(id: u64, parent: Option<u64>) -> Office {
        Office {
            id: OfficeId(id),
            code: alloc::format!("{:04}", id).parse().unwrap(),
            name: String::new(),
            level: Level::County,
            parent: parent.map(OfficeId),
            key: None,
        }
    }

    fn tree() -> Tree {
        let mut tree = Tree::default();
        for (id, parent) in [
            (1, None),
            (2, Some(1)),
            (3, Some(1)),
            (4, Some(2)),
            (5, Some(2)),
        ] {
            tree.enter(office(id, parent));
        }
        tree
    }

    #[test]
    fn within_and_between_follow_the_parents() {
        let tree = tree();
        assert!(
            tree.is_within(OfficeId(4), OfficeId(1)) && tree.is_within(OfficeId(4), OfficeId(4))
        );
        assert!(
            !tree.is_within(OfficeId(4), OfficeId(3)) && !tree.is_within(OfficeId(1), OfficeId(4))
        );
        assert_eq!(
            tree.step_towards(OfficeId(1), OfficeId(4)),
            Some(OfficeId(2))
        );
        assert_eq!(tree.step_towards(OfficeId(4), OfficeId(1)), None);
        let ids: Vec<u64> = tree
            .subtree(OfficeId(1))
            .iter()
            .map(|office| office.id.0)
            .collect();
        assert_eq!(ids, vec![1, 2, 4, 5, 3]);
    }

    #[test]
    fn an_office_that_moves_leaves_its_old_parent() {
        let mut tree = tree();
        tree.enter(office(4, Some(3)));
        assert!(
            tree.is_within(OfficeId(4), OfficeId(3)) && !tree.is_within(OfficeId(4), OfficeId(2))
        );
        assert_eq!(tree.children(OfficeId(2)).count(), 1);
    }

    #[test]
    fn a_ring_of_parents_ends_every_walk() {
        let mut tree = tree();
        tree.enter(office(1, Some(4)));
        assert_eq!(tree.depth(OfficeId(1)), DEEPEST);
        assert!(!tree.is_within(OfficeId(1), OfficeId(3)));
        assert!(tree.subtree(OfficeId(1)).len() > 3);
    }
}
