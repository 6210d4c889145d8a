use alloc::{collections::BTreeMap, vec, vec::Vec};

use proptest::{collection::vec as vec_of, prelude::*};
use terrace_model::{Audience, FindingKind, Lane, OfficeId, Page, PageNo, Stream};

use super::*;
use crate::{Limits, heads, route};

/// A stream, how many of its pages each side holds, and how many there will
/// be.
#[derive(Clone, Debug)]
struct Plan {
    chain: Chain,
    above: usize,
    below: usize,
}

impl Plan {
    fn source(&self) -> Side {
        match self.chain.stream.journal.origin.0 {
            1 | 9 => Side::Upper,
            _ => Side::Lower,
        }
    }

    /// What an office holds that has the pages up to a number: those from the
    /// base of the last on.
    fn upto(&self, count: usize) -> Vec<Page> {
        let pages = &self.chain.pages[..count];
        let base = pages.last().map_or(PageNo::FIRST, |page| page.header.base);
        let counting = pages
            .iter()
            .filter(|page| page.header.position.number >= base);
        counting.cloned().collect()
    }
}

fn plans() -> impl Strategy<Value = Plan> {
    let origins = prop_oneof![Just(1_u64), Just(2), Just(3), Just(4), Just(9)];
    let bodies = vec_of(prop_oneof![0..300_usize, 0..1500_usize], 1..12);
    let moving = any::<bool>();
    (origins, moving, bodies, 0..12_usize, 0..12_usize).prop_map(
        |(origin, moving, bodies, above, below)| {
            let lane = if moving { Lane::Latest } else { Lane::Every };
            let mut chain = Chain::new(stream(origin, lane));
            for (number, body) in (1_u64..).zip(bodies) {
                let base = if moving {
                    number.saturating_sub(3).max(1)
                } else {
                    1
                };
                chain.write(PageNo(base), body, 0);
            }
            let (above, below) = (above.min(chain.pages.len()), below.min(chain.pages.len()));
            // Nobody runs from an older copy here.
            let (above, below) = match origin {
                1 => (above.max(below), below),
                2 => (above, above.max(below)),
                _ => (above, below),
            };
            Plan {
                chain,
                above,
                below,
            }
        },
    )
}

/// Plans, with one stream each.
fn plan_sets() -> impl Strategy<Value = Vec<Plan>> {
    vec_of(plans(), 0..7).prop_map(|plans| {
        let by_stream: BTreeMap<Stream, Plan> = plans
            .into_iter()
            .map(|plan| (plan.chain.stream, plan))
            .collect();
        by_stream.into_values().collect()
    })
}

/// Journals that an office holds and the link does not carry.
fn not_carried(origins: [u64; 2]) -> impl Iterator<Item = (Stream, Vec<Page>)> {
    let [me, other] = origins;
    let streams = [
        stream_for(me, Audience::Home, Lane::Every),
        stream_for(other, Audience::Parent, Lane::Every),
        stream_for(me, Audience::Office(OfficeId(7)), Lane::Every),
    ];
    let chains = streams.map(|stream| Chain::of(stream, 2, 10));
    chains.into_iter().map(|chain| (chain.stream, chain.pages))
}

fn small() -> Limits {
    Limits {
        frame_bytes: 1000,
        max_page_bytes: 4000,
        credit_bytes: 2500,
        heads_per_frame: 2,
        branches: 5,
        streams: 16,
        ..Limits::default()
    }
}

fn any_limits() -> impl Strategy<Value = Limits> {
    (1..2000_u32, 0..4000_u32, 1..4_u32).prop_map(|(frame_bytes, credit_bytes, heads_per_frame)| {
        Limits {
            frame_bytes,
            credit_bytes,
            heads_per_frame,
            ..small()
        }
    })
}

fn pair(limits: Limits, plans: &[Plan]) -> Pair {
    let side = |count: fn(&Plan) -> usize| -> BTreeMap<Stream, Vec<Page>> {
        let pages = plans
            .iter()
            .map(|plan| (plan.chain.stream, plan.upto(count(plan))));
        pages.filter(|(_, pages)| !pages.is_empty()).collect()
    };
    let (mut above, mut below) = (side(|plan| plan.above), side(|plan| plan.below));
    above.extend(not_carried([1, 1]));
    below.extend(not_carried([2, 3]));
    Pair::new(limits, above, below)
}

#[derive(Clone, Debug)]
enum Action {
    Pump(Side),
    Deliver(Side),
    Commit(Side),
    Wait,
    Write(usize),
    Refuse(Side, usize, u32),
    Cut,
    CommitAndCut,
}

fn actions() -> impl Strategy<Value = Action> {
    let side = || prop_oneof![Just(Side::Upper), Just(Side::Lower)];
    prop_oneof![
        6 => side().prop_map(Action::Pump),
        8 => side().prop_map(Action::Deliver),
        5 => side().prop_map(Action::Commit),
        2 => Just(Action::Wait),
        4 => (0..6_usize).prop_map(Action::Write),
        1 => (side(), 0..6_usize, 1..3_u32)
            .prop_map(|(side, plan, times)| Action::Refuse(side, plan, times)),
        1 => Just(Action::Cut),
        1 => Just(Action::CommitAndCut),
    ]
}

fn act(pair: &mut Pair, plans: &[Plan], action: &Action) {
    match action {
        Action::Pump(side) => {
            pair.pump(*side);
        }
        Action::Deliver(side) => {
            pair.deliver(*side);
        }
        Action::Commit(side) => {
            pair.commit(*side);
        }
        Action::Wait => pair.wait(100),
        Action::Write(plan) => {
            if let Some(plan) = plans.get(*plan) {
                write_next(pair, plan);
            }
        }
        Action::Refuse(side, plan, times) => {
            if let Some(plan) = plans.get(*plan) {
                let office = pair.office(*side);
                office.refuse.insert(plan.chain.stream, *times);
            }
        }
        Action::Cut => pair.cut(),
        Action::CommitAndCut => {
            for side in [Side::Upper, Side::Lower] {
                while pair.commit(side) {}
            }
            pair.cut();
        }
    }
}

/// The side nearest to the origin gets the origin's next page.
fn write_next(pair: &mut Pair, plan: &Plan) {
    let source = plan.source();
    let head = pair.office(source).head(&plan.chain.stream);
    let at = head.map_or(0, |head| usize::try_from(head.number.0).unwrap());
    if let Some(page) = plan.chain.pages.get(at) {
        pair.write(source, page.clone());
    }
}

/// How many pages each side lacks of what the other holds.
fn missing(pair: &mut Pair) -> [u64; 2] {
    let held = |office: &Replica| -> BTreeMap<Stream, terrace_model::Head> {
        let held = office.held().into_iter();
        held.map(|held| (held.stream, held.head)).collect()
    };
    let above = held(pair.office(Side::Upper));
    let below = held(pair.office(Side::Lower));
    let count = |me, ours: &BTreeMap<_, terrace_model::Head>, theirs| -> u64 {
        let lacks = |(stream, standing)| match standing {
            heads::Standing::Behind { from } => ours[&stream].number.0 + 1 - from.0,
            heads::Standing::Equal | heads::Standing::Ahead => 0,
            heads::Standing::OlderCopy | heads::Standing::Fork => unreachable!(),
        };
        heads::compare(me, ours, theirs).map(lacks).sum()
    };
    [
        count(lower(), &below, &above),
        count(upper(), &above, &below),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn both_sides_converge_whatever_is_cut_lost_or_refused(
        limits in any_limits(),
        plans in plan_sets(),
        actions in vec_of(actions(), 0..120),
    ) {
        let mut pair = pair(limits, &plans);
        for action in &actions {
            act(&mut pair, &plans, action);
        }
        pair.converge();
        pair.check_equal();
    }

    #[test]
    fn what_is_missing_goes_once_and_in_the_order_of_rank(plans in plan_sets()) {
        let mut pair = pair(small(), &plans);
        let [lacks_above, lacks_below] = missing(&mut pair);
        pair.converge();
        pair.check_equal();
        prop_assert_eq!(pair.counts(Side::Lower).pages, lacks_above);
        prop_assert_eq!(pair.counts(Side::Upper).pages, lacks_below);
        let tree = tree();
        for side in [Side::Upper, Side::Lower] {
            let needs = pair.office(side).needs.iter();
            let ranks: Vec<_> = needs.map(|stream| route::rank(&tree, &stream.journal)).collect();
            prop_assert!(ranks.is_sorted());
        }
    }

    #[test]
    fn equal_sides_say_hello_once_and_nothing_else(plans in plan_sets()) {
        let mut pair = pair(small(), &plans);
        pair.converge();
        pair.cut();
        pair.converge();
        for side in [Side::Upper, Side::Lower] {
            let counts = pair.counts(side);
            prop_assert_eq!((counts.hellos, counts.frames), (1, 1));
        }
    }
}

#[test]
fn a_restored_parent_takes_its_own_pages_back_and_sends_none_of_them() {
    let chain = Chain::of(stream(1, Lane::Every), 5, 10);
    let mut pair = pair(
        small(),
        &[Plan {
            chain: chain.clone(),
            above: 2,
            below: 5,
        }],
    );
    pair.converge();
    let office = pair.office(Side::Upper);
    assert_eq!(office.found, [(chain.stream, FindingKind::OlderCopy)]);
    assert_eq!(office.pages[&chain.stream], chain.pages);
    assert_eq!(pair.office(Side::Lower).found, []);
    assert_eq!(pair.counts(Side::Upper).pages, 0);
}

#[test]
fn a_fork_is_found_at_both_ends_and_other_streams_go_on() {
    let stream_forked = stream(2, Lane::Every);
    let (mut one, mut other) = (Chain::new(stream_forked), Chain::new(stream_forked));
    one.write(PageNo::FIRST, 10, 1);
    other.write(PageNo::FIRST, 10, 2);
    let sound = Chain::of(stream(3, Lane::Every), 4, 10);
    let mut pair = Pair::new(
        small(),
        BTreeMap::from([(stream_forked, one.pages)]),
        BTreeMap::from([
            (stream_forked, other.pages),
            (sound.stream, sound.pages.clone()),
        ]),
    );
    pair.converge();
    for side in [Side::Upper, Side::Lower] {
        let found = vec![(stream_forked, FindingKind::Fork)];
        assert_eq!(pair.office(side).found, found);
        assert_eq!(pair.office(side).pages[&sound.stream], sound.pages);
    }
    assert_eq!(pair.counts(Side::Lower).pages, 4);
}

#[test]
fn only_the_branches_that_differ_are_compared_head_by_head() {
    let equal = Plan {
        chain: Chain::of(stream(3, Lane::Every), 3, 10),
        above: 3,
        below: 3,
    };
    let differs = Plan {
        chain: Chain::of(stream(4, Lane::Every), 3, 10),
        above: 1,
        below: 3,
    };
    let mut pair = pair(small(), &[equal, differs]);
    pair.converge();
    pair.check_equal();
    for side in [Side::Upper, Side::Lower] {
        assert_eq!(pair.counts(side).heads, 1);
    }
}
