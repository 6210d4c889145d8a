use alloc::vec::Vec;

use proptest::prelude::*;
use terrace_model::{Epoch, JournalId};

use super::*;

fn audiences() -> impl Strategy<Value = Audience> {
    let levels = proptest::option::of((0..5_usize).prop_map(|at| Level::ALL[at]));
    prop_oneof![
        Just(Audience::Home),
        Just(Audience::Parent),
        Just(Audience::Ancestors),
        (0..3_u64).prop_map(|id| Audience::Office(OfficeId(id))),
        (0..3_u64, levels).prop_map(|(root, level)| Audience::Subtree {
            root: OfficeId(root),
            level,
        }),
    ]
}

fn streams() -> impl Strategy<Value = Stream> {
    let lanes = prop_oneof![Just(Lane::Every), Just(Lane::Latest)];
    (0..3_u64, audiences(), lanes, 1..3_u32).prop_map(|(origin, audience, lane, epoch)| Stream {
        journal: JournalId {
            origin: OfficeId(origin),
            audience,
            lane,
        },
        epoch: Epoch(epoch),
    })
}

fn head(number: u64, hash: u8, base: u64) -> Head {
    Head {
        base: PageNo(base),
        number: PageNo(number),
        hash: Hash([hash; 32]),
    }
}

fn heads() -> impl Strategy<Value = Head> {
    (1..3_u64, 0..2_u8).prop_map(|(number, hash)| head(number, hash, 1))
}

fn head_sets() -> impl Strategy<Value = BTreeMap<Stream, Head>> {
    proptest::collection::btree_map(streams(), heads(), 0..4)
}

proptest! {
    #[test]
    fn digests_are_equal_exactly_when_the_heads_are(ours in head_sets(), theirs in head_sets()) {
        let equal = digest(ours.clone()) == digest(theirs.clone());
        prop_assert_eq!(equal, ours == theirs);
        let backwards: Vec<_> = ours.clone().into_iter().rev().collect();
        prop_assert_eq!(digest(backwards), digest(ours));
    }

    #[test]
    fn a_branch_differs_exactly_when_its_heads_do(ours in head_sets(), theirs in head_sets()) {
        let in_branches = |all: &BTreeMap<Stream, Head>| {
            by_branch(all.iter().map(|(stream, head)| (stream.journal.origin, *stream, *head)))
        };
        let of = |all: &BTreeMap<Stream, Head>, branch| -> Vec<(Stream, Head)> {
            let all = all.iter().map(|(stream, head)| (*stream, *head));
            all.filter(|(stream, _)| stream.journal.origin == branch).collect()
        };
        let found = differing(&in_branches(&ours), &in_branches(&theirs));
        for branch in (0..3).map(OfficeId) {
            let differs = of(&ours, branch) != of(&theirs, branch);
            prop_assert_eq!(found.contains(&branch), differs);
        }
    }

    #[test]
    fn two_sides_see_one_difference_alike(ours in head_sets(), theirs in head_sets()) {
        let here = compare(OfficeId(0), &ours, &theirs);
        let there: BTreeMap<_, _> = compare(OfficeId(9), &theirs, &ours).collect();
        for (stream, standing) in here {
            match standing {
                Standing::Equal | Standing::Fork => prop_assert_eq!(there[&stream], standing),
                Standing::Behind { .. } => prop_assert_eq!(there[&stream], Standing::Ahead),
                Standing::Ahead | Standing::OlderCopy => {
                    prop_assert_eq!(standing == Standing::OlderCopy, stream.journal.origin.0 == 0);
                    let behind = matches!(there[&stream], Standing::Behind { .. });
                    prop_assert!(behind);
                }
            }
        }
    }
}

#[test]
fn the_base_is_no_part_of_a_digest_because_the_newest_page_proves_it() {
    let stream = Stream {
        journal: JournalId {
            origin: OfficeId(1),
            audience: Audience::Ancestors,
            lane: Lane::Latest,
        },
        epoch: Epoch::FIRST,
    };
    assert_eq!(
        digest([(stream, head(9, 1, 1))]),
        digest([(stream, head(9, 1, 7))])
    );
}

#[test]
fn a_neighbour_gets_what_follows_its_newest_page_but_nothing_before_our_base() {
    let ours = head(9, 1, 5);
    let from = |theirs: Option<Head>| standing(false, Some(&ours), theirs.as_ref());
    let behind = |from| Standing::Behind { from: PageNo(from) };
    assert_eq!(from(None), behind(5));
    assert_eq!(from(Some(head(2, 0, 1))), behind(5));
    assert_eq!(from(Some(head(4, 0, 1))), behind(5));
    assert_eq!(from(Some(head(6, 0, 1))), behind(7));
    assert_eq!(from(Some(head(9, 1, 5))), Standing::Equal);
    assert_eq!(from(Some(head(9, 2, 5))), Standing::Fork);
    assert_eq!(from(Some(head(10, 2, 5))), Standing::Ahead);
}

#[test]
fn a_neighbour_ahead_on_our_own_journal_shows_an_older_copy() {
    let (older, newer) = (head(3, 1, 1), head(4, 1, 1));
    assert_eq!(
        standing(true, Some(&older), Some(&newer)),
        Standing::OlderCopy
    );
    assert_eq!(standing(true, None, Some(&newer)), Standing::OlderCopy);
    assert_eq!(standing(false, None, Some(&newer)), Standing::Ahead);
}
