//! Several offices' worlds: what one says, the others take in.

use alloc::{collections::BTreeMap, format, vec::Vec};

use terrace_model::{Audience, JournalId, Level, Office, OfficeId, PublicKey, Tree};

use super::rig::{Sheet, World, book};
use crate::NoEffect;

pub(super) const PREFECTURE: OfficeId = OfficeId(1);
pub(super) const PROVINCE: OfficeId = OfficeId(9);
pub(super) const COUNTY: OfficeId = OfficeId(2);
pub(super) const TOWNSHIP: OfficeId = OfficeId(3);
/// Another township of the county.
pub(super) const SIBLING: OfficeId = OfficeId(4);
pub(super) const OTHER_COUNTY: OfficeId = OfficeId(5);
/// A township of the other county.
pub(super) const COUSIN: OfficeId = OfficeId(6);

pub(super) const KEY: PublicKey = PublicKey([7; 32]);

pub(super) fn office(id: OfficeId, parent: Option<OfficeId>, level: Level) -> Office {
    Office {
        id,
        code: format!("36{:02}", id.0).parse().unwrap(),
        name: format!("office {}", id.0),
        level,
        parent,
        key: Some(KEY),
    }
}

/// A province, a prefecture of two counties, one with two townships, one with
/// one.
pub(super) fn tree() -> Tree {
    let mut tree = Tree::default();
    for (id, parent, level) in [
        (PROVINCE, None, Level::Province),
        (PREFECTURE, Some(PROVINCE), Level::Prefecture),
        (COUNTY, Some(PREFECTURE), Level::County),
        (TOWNSHIP, Some(COUNTY), Level::Township),
        (SIBLING, Some(COUNTY), Level::Township),
        (OTHER_COUNTY, Some(PREFECTURE), Level::County),
        (COUSIN, Some(OTHER_COUNTY), Level::Township),
    ] {
        tree.enter(office(id, parent, level));
    }
    tree
}

/// Whether links carry pages of a journal to an office.
pub(super) fn reaches(tree: &Tree, journal: &JournalId, office: OfficeId) -> bool {
    let origin = journal.origin;
    let below = |middle, top| tree.is_within(middle, top);
    match journal.audience {
        Audience::Home => false,
        Audience::Parent => tree.get(origin).unwrap().parent == Some(office),
        Audience::Ancestors => office != origin && below(origin, office),
        Audience::Office(target) => {
            office != origin && below(target, office) && below(office, origin)
        }
        Audience::Subtree { root, .. } => {
            let between = below(root, office) && below(office, origin);
            office != origin && (between || below(office, root))
        }
    }
}

/// All offices of one tree.
#[derive(Clone)]
pub(super) struct Country {
    pub(super) worlds: BTreeMap<OfficeId, World>,
    /// What had no effect, and where.
    pub(super) without: Vec<(OfficeId, NoEffect)>,
}

impl Country {
    pub(super) fn new() -> Self {
        let (tree, book) = (tree(), book());
        let world = |office: &Office| (office.id, World::new(office.id, &tree, &book));
        Self {
            worlds: tree.offices().map(world).collect(),
            without: Vec::new(),
        }
    }

    pub(super) fn at(&mut self, office: OfficeId) -> &mut World {
        self.worlds.get_mut(&office).unwrap()
    }

    /// Takes all pages that nobody has carried yet.
    pub(super) fn said(&mut self) -> Vec<Sheet> {
        let worlds = self.worlds.values_mut();
        worlds
            .flat_map(|world| core::mem::take(&mut world.said))
            .collect()
    }

    /// Carries a page to all offices that it reaches.
    pub(super) fn carry(&mut self, page: &Sheet) {
        for world in self.worlds.values_mut() {
            if reaches(&world.tree, &page.journal(), world.me) {
                let without = world.take(page);
                self.without
                    .extend(without.into_iter().map(|why| (world.me, why)));
            }
        }
    }

    /// Carries all pages until nobody says anything more.
    pub(super) fn settle(&mut self) {
        loop {
            let pages = self.said();
            if pages.is_empty() {
                return;
            }
            for page in pages {
                self.carry(&page);
            }
        }
    }
}
