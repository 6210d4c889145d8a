use alloc::{collections::BTreeSet, format, string::String, vec, vec::Vec};

use terrace_model::{Level, Office};

use super::*;

fn office(id: u64, parent: Option<u64>, level: Level) -> Office {
    Office {
        id: OfficeId(id),
        code: format!("{id:04}").parse().unwrap(),
        name: String::new(),
        level,
        parent: parent.map(OfficeId),
        key: None,
    }
}

/// Every tree of five offices 1 to 5 in which each stands below an earlier
/// one; the second form of each leaves out a level.
fn trees() -> Vec<Tree> {
    let mut parents: Vec<Vec<u64>> = vec![vec![]];
    for id in 2..=5_u64 {
        parents = parents
            .iter()
            .flat_map(|chosen| {
                (1..id).map(move |parent| chosen.iter().copied().chain([parent]).collect())
            })
            .collect();
    }
    let build = |parents: &Vec<u64>, skip: usize| {
        let mut tree = Tree::default();
        tree.enter(office(1, None, Level::ALL[0]));
        for (id, parent) in (2..).zip(parents) {
            let depth = tree.depth(OfficeId(*parent)) + 1;
            let level = Level::ALL[(depth + skip).min(4)];
            tree.enter(office(id, Some(*parent), level));
        }
        tree
    };
    let both = parents
        .iter()
        .flat_map(|parents| [build(parents, 0), build(parents, 1)]);
    both.collect()
}

/// What one office knows of the tree: itself, all above and all below.
fn known_to(tree: &Tree, me: OfficeId) -> Tree {
    let mut part = Tree::default();
    for office in tree.offices() {
        if tree.is_within(office.id, me) || tree.is_within(me, office.id) {
            part.enter(office.clone());
        }
    }
    part
}

fn journals(tree: &Tree) -> Vec<JournalId> {
    let ids: Vec<OfficeId> = tree.offices().map(|office| office.id).collect();
    let mut audiences = vec![Audience::Home, Audience::Parent, Audience::Ancestors];
    for id in &ids {
        audiences.push(Audience::Office(*id));
        let levels = Level::ALL.into_iter().map(Some).chain([None]);
        audiences.extend(levels.map(|level| Audience::Subtree { root: *id, level }));
    }
    let of = |origin: &OfficeId| {
        let origin = *origin;
        audiences
            .clone()
            .into_iter()
            .map(move |audience| JournalId {
                origin,
                audience,
                lane: Lane::Every,
            })
    };
    ids.iter().flat_map(of).collect()
}

/// The offices on the way from `top` down to `bottom`; none if it is not below.
fn way(tree: &Tree, top: OfficeId, bottom: OfficeId) -> BTreeSet<OfficeId> {
    let mut way = BTreeSet::from([bottom]);
    let mut at = bottom;
    while at != top {
        let Some(parent) = tree.get(at).and_then(|office| office.parent) else {
            return BTreeSet::new();
        };
        at = parent;
        way.insert(at);
    }
    way
}

/// The table of audiences, read literally. A subtree that does not stand at or
/// below its origin is nobody's to speak to.
fn holders(tree: &Tree, journal: &JournalId) -> BTreeSet<OfficeId> {
    let origin = journal.origin;
    let mut holders = BTreeSet::from([origin]);
    match journal.audience {
        Audience::Home => {}
        Audience::Parent => holders.extend(tree.get(origin).unwrap().parent),
        Audience::Ancestors => holders.extend(tree.above(origin)),
        Audience::Office(target) => holders.extend(way(tree, origin, target)),
        Audience::Subtree { root, level } => {
            let way_to_root = way(tree, origin, root);
            let below = !way_to_root.is_empty();
            holders.extend(way_to_root);
            for office in tree.subtree(root) {
                if below && level.is_none_or(|level| office.level <= level) {
                    holders.extend(way(tree, origin, office.id));
                }
            }
        }
    }
    holders
}

fn pairs(tree: &Tree) -> Vec<(OfficeId, OfficeId)> {
    let ids: Vec<OfficeId> = tree.offices().map(|office| office.id).collect();
    let with = |one: &OfficeId| {
        let one = *one;
        ids.clone().into_iter().map(move |other| (one, other))
    };
    ids.iter().flat_map(with).collect()
}

fn linked(tree: &Tree, one: OfficeId, other: OfficeId) -> bool {
    let parent = |id| tree.get(id).and_then(|office| office.parent);
    parent(one) == Some(other) || parent(other) == Some(one)
}

#[test]
fn a_link_carries_what_both_its_ends_hold_and_each_end_knows_it() {
    for tree in trees() {
        for (me, neighbour) in pairs(&tree) {
            let mine = known_to(&tree, me);
            for journal in journals(&tree) {
                let holders = holders(&tree, &journal);
                let both = holders.contains(&me) && holders.contains(&neighbour);
                let expected = linked(&tree, me, neighbour) && both;
                assert_eq!(
                    carries(&mine, me, neighbour, &journal),
                    expected,
                    "{me:?} {neighbour:?} {journal:?} {tree:?}"
                );
            }
        }
    }
}

#[test]
fn a_neighbour_has_authority_for_what_the_link_carries_and_nothing_else() {
    for tree in trees() {
        for (me, neighbour) in pairs(&tree) {
            let mine = known_to(&tree, me);
            for journal in journals(&tree) {
                let origin = journal.origin;
                let expected = if !linked(&tree, me, neighbour) {
                    Err(NoAuthority::NotNeighbours(me, neighbour))
                } else if mine.get(origin).is_none() {
                    Err(NoAuthority::OriginUnknown(origin))
                } else if carries(&tree, me, neighbour, &journal) {
                    Ok(())
                } else {
                    let audience = journal.audience;
                    Err(NoAuthority::NotThisLink { origin, audience })
                };
                assert_eq!(authority(&mine, me, neighbour, &journal), expected);
            }
        }
    }
}

/// 1 above 2 above 3, and 4 beside 3.
fn small() -> Tree {
    let mut tree = Tree::default();
    tree.enter(office(1, None, Level::Prefecture));
    tree.enter(office(2, Some(1), Level::County));
    tree.enter(office(3, Some(2), Level::Township));
    tree.enter(office(4, Some(2), Level::Township));
    tree
}

fn journal(origin: u64, audience: Audience, lane: Lane) -> JournalId {
    JournalId {
        origin: OfficeId(origin),
        audience,
        lane,
    }
}

#[test]
fn no_neighbour_writes_in_the_name_of_another() {
    let tree = small();
    let from = |me, neighbour, origin, audience| {
        let journal = journal(origin, audience, Lane::Every);
        authority(&tree, OfficeId(me), OfficeId(neighbour), &journal).is_ok()
    };
    let whole = |root| Audience::Subtree {
        root: OfficeId(root),
        level: None,
    };
    assert!(from(2, 3, 3, Audience::Ancestors), "a child's own");
    assert!(!from(2, 3, 4, Audience::Ancestors), "a sibling's");
    assert!(!from(2, 3, 3, Audience::Home), "a child's home");
    assert!(from(2, 3, 3, Audience::Parent), "a child's to me");
    assert!(!from(1, 2, 3, Audience::Parent), "a grandchild's to mine");
    assert!(!from(1, 2, 2, whole(2)), "a child's to its own subtree");
    assert!(from(2, 3, 1, whole(1)), "given back from below");
    assert!(from(2, 1, 3, Audience::Ancestors), "given back from above");
    assert!(from(3, 2, 1, Audience::Office(OfficeId(3))), "to me");
    assert!(
        !from(3, 2, 1, Audience::Office(OfficeId(4))),
        "to a sibling"
    );
    assert!(!from(3, 2, 3, whole(3)), "my own, which nobody above holds");
}

#[test]
fn both_ends_of_a_link_put_an_origin_in_the_same_branch() {
    for tree in trees() {
        for (lower, upper) in pairs(&tree) {
            if tree.get(lower).unwrap().parent != Some(upper) {
                continue;
            }
            let (below, above) = (known_to(&tree, lower), known_to(&tree, upper));
            for journal in journals(&tree) {
                if carries(&tree, lower, upper, &journal) {
                    let origin = journal.origin;
                    let found = branch(&below, lower, origin);
                    assert_eq!(found, branch(&above, lower, origin), "{origin:?} {tree:?}");
                }
            }
        }
    }
    let tree = small();
    let at_top = |origin| branch(&tree, OfficeId(2), OfficeId(origin));
    let branches = [at_top(1), at_top(2), at_top(3), at_top(4)];
    assert_eq!(branches, [1, 2, 3, 4].map(OfficeId));
    assert_eq!(branch(&tree, OfficeId(3), OfficeId(1)), OfficeId(2));
}

#[test]
fn urgent_goes_before_bulk_tree_entries_before_the_rest_and_higher_offices_before_lower_ones() {
    let tree = small();
    let sorted = [
        journal(2, Audience::Ancestors, Lane::Every),
        journal(3, Audience::Ancestors, Lane::Every),
        journal(1, Audience::Office(OfficeId(3)), Lane::Every),
        journal(2, Audience::Parent, Lane::Every),
        journal(4, Audience::Parent, Lane::Every),
        journal(2, Audience::Ancestors, Lane::Latest),
        journal(3, Audience::Ancestors, Lane::Latest),
    ];
    let ranks = sorted.map(|journal| rank(&tree, &journal));
    assert!(ranks.is_sorted() && ranks.windows(2).all(|two| two[0] != two[1]));
}
