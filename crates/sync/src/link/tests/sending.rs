use super::*;
use crate::AnswerError;

fn limits() -> Limits {
    Limits {
        frame_bytes: 1000,
        max_page_bytes: 4000,
        credit_bytes: 2500,
        ..Limits::default()
    }
}

/// A link on which a neighbour that holds nothing gives this much credit.
fn towards(chains: &[&Chain], credit_bytes: u32) -> Here {
    let limits = Limits {
        credit_bytes,
        ..limits()
    };
    let held: Vec<Held> = chains
        .iter()
        .map(|chain| chain.held_upto(chain.pages.len()))
        .collect();
    Here::settled(limits, &held, &[])
}

#[test]
fn frames_are_filled_up_to_their_limit_and_no_further() {
    let chain = below(6);
    let mut here = towards(&[&chain], 1 << 20);
    assert_eq!(
        here.send(&[&chain]),
        [(1, vec![1, 2, 3, 4, 5]), (2, vec![6])]
    );
}

#[test]
fn several_streams_share_a_frame_urgent_ones_first() {
    let bulk = Chain::of(stream(2, Lane::Latest), 1, 88);
    let (low, high) = (below(2), Chain::of(stream(2, Lane::Every), 2, 88));
    let mut here = towards(&[&bulk, &low, &high], 1 << 20);
    for chain in [&high, &low, &bulk] {
        let (stream, ..) = here.need().unwrap();
        assert_eq!(stream, chain.stream);
        assert_eq!(here.frame(), None, "an answer is awaited");
        here.answer(chain.pages.clone());
    }
    assert_eq!(here.need(), None, "the frame is full");
    let pages = [high.pages, low.pages, bulk.pages].concat();
    assert_eq!(here.frame(), Some(Frame::Pages { number: 1, pages }));
}

#[test]
fn a_page_larger_than_a_frame_goes_alone() {
    let mut chain = Chain::of(stream(3, Lane::Every), 1, 88);
    chain.write(PageNo::FIRST, 4000 - 112, 0);
    chain.write(PageNo::FIRST, 88, 0);
    let mut here = towards(&[&chain], 1 << 20);
    assert_eq!(
        here.send(&[&chain]),
        [(1, vec![1]), (2, vec![2]), (3, vec![3])]
    );
}

#[test]
fn a_page_larger_than_any_link_carries_stops_its_stream_and_is_a_fault() {
    let large = Chain::of(stream(3, Lane::Every), 1, 4001 - 112);
    let other = Chain::of(stream(4, Lane::Every), 1, 88);
    let mut here = towards(&[&large, &other], 1 << 20);
    here.need();
    let taken = here
        .link
        .handle_pages(here.now, large.stream, large.pages.clone());
    let error = AnswerError::PageTooLarge {
        bytes: 4001,
        limit_bytes: 4000,
    };
    assert_eq!(taken, Err(error));
    assert_eq!(here.send(&[&other]), [(1, vec![1])]);
}

#[test]
fn no_more_than_the_credit_is_unacknowledged() {
    let chain = below(20);
    let mut here = towards(&[&chain], 2500);
    let sent = here.send(&[&chain]);
    let numbers: Vec<usize> = sent.iter().map(|(_, pages)| pages.len()).collect();
    assert_eq!(numbers, [5, 5, 2], "12 pages of 200 bytes are within 2500");
    here.take(ack(1, 2500)).unwrap();
    assert_eq!(here.send(&[&chain]), [(4, vec![13, 14, 15, 16, 17])]);
    here.take(ack(3, 400)).unwrap();
    assert_eq!(here.send(&[&chain]), [], "the neighbour gave less credit");
    here.take(ack(4, 400)).unwrap();
    assert_eq!(
        here.send(&[&chain]),
        [(5, vec![18, 19, 20])],
        "one may always go"
    );
}

#[test]
fn one_frame_may_always_be_on_its_way() {
    let chain = below(6);
    let mut here = towards(&[&chain], 0);
    assert_eq!(here.send(&[&chain]), [(1, vec![1, 2, 3, 4, 5])]);
    here.take(ack(1, 0)).unwrap();
    assert_eq!(here.send(&[&chain]), [(2, vec![6])]);
}

#[test]
fn an_empty_answer_waits_for_the_next_head() {
    let chain = below(8);
    let mut here = towards(&[&chain], 1 << 20);
    assert_eq!(here.need().unwrap().1, 1);
    here.link
        .handle_pages(here.now, chain.stream, Vec::new())
        .unwrap();
    assert_eq!((here.event(), here.frame()), (None, None));
    let mut moved = chain.held_upto(8);
    moved.head.base = PageNo(7);
    here.link.handle_head(here.now, moved);
    assert_eq!(here.need().unwrap().1, 7);
}

#[test]
fn an_answer_goes_no_further_than_asked_and_told() {
    let chain = below(20);
    let mut here = Here::settled(limits(), &[chain.held_upto(7)], &[]);
    here.need();
    here.answer(chain.range(1, 20));
    assert_eq!(
        here.frame(),
        Some(Frame::Pages {
            number: 1,
            pages: chain.range(1, 5)
        })
    );
    assert_eq!(here.need().unwrap().1, 6);
    here.answer(chain.range(6, 20));
    assert_eq!(
        here.frame(),
        Some(Frame::Pages {
            number: 2,
            pages: chain.range(6, 7)
        })
    );
    assert_eq!(here.need(), None);
}

#[test]
fn an_answer_that_was_not_asked_for_or_leaves_a_gap_is_a_fault() {
    let (chain, other) = (below(4), Chain::of(stream(4, Lane::Every), 1, 88));
    let mut here = towards(&[&chain], 1 << 20);
    here.need();
    let now = here.now;
    let not_asked = here
        .link
        .handle_pages(now, other.stream, other.pages.clone());
    assert_eq!(not_asked, Err(AnswerError::NotAsked(other.stream)));
    let gap = [chain.range(1, 1), chain.range(3, 4)].concat();
    let order = Err(AnswerError::Order(chain.stream));
    assert_eq!(here.link.handle_pages(now, chain.stream, gap), order);
    assert_eq!(
        (here.event(), here.frame()),
        (None, None),
        "it is left alone"
    );
    let mut here = towards(&[&chain], 1 << 20);
    here.need();
    assert_eq!(
        here.link.handle_pages(now, chain.stream, other.pages),
        order
    );
}

#[test]
fn pages_asked_for_again_go_again_when_the_wait_is_over() {
    let chain = below(3);
    let mut here = towards(&[&chain], 1 << 20);
    assert_eq!(here.send(&[&chain]), [(1, vec![1, 2, 3])]);
    here.again(&chain, 1, 1000);
    here.ack(1).unwrap();
    assert_eq!(here.link.backlog().going, 2, "they are not counted as held");
    here.wait(999);
    assert_eq!(here.send(&[&chain]), []);
    assert_eq!(here.link.poll_timeout(), Some(here.now.plus_millis(1)));
    here.wait(1);
    assert_eq!(here.send(&[&chain]), [(2, vec![2, 3])]);
    here.ack(2).unwrap();
    assert_eq!(here.link.backlog().going, 0);
}

#[test]
fn pages_asked_for_again_wait_for_all_that_was_sent_before() {
    let (chain, other) = (below(10), Chain::of(stream(4, Lane::Every), 1, 88));
    let mut here = Here::settled(limits(), &[chain.held_upto(10)], &[]);
    assert_eq!(
        here.send(&[&chain]),
        [(1, vec![1, 2, 3, 4, 5]), (2, vec![6, 7, 8, 9, 10])]
    );
    here.again(&chain, 0, 1000);
    here.ack(1).unwrap();
    here.wait(1000);
    here.link.handle_head(here.now, other.held_upto(1));
    assert_eq!(here.send(&[&other]), [(3, vec![1])], "other streams go on");
    here.again(&chain, 0, 500);
    here.ack(2).unwrap();
    here.wait(499);
    assert_eq!(here.send(&[&chain]), [], "the later wait counts");
    here.wait(1);
    assert_eq!(
        here.send(&[&chain]),
        [(4, vec![1, 2, 3, 4, 5]), (5, vec![6, 7, 8, 9, 10])]
    );
}

#[test]
fn an_answer_that_comes_after_its_pages_were_asked_for_again_is_dropped() {
    let chain = below(10);
    let mut here = Here::settled(limits(), &[chain.held_upto(5)], &[]);
    assert_eq!(here.send(&[&chain]), [(1, vec![1, 2, 3, 4, 5])]);
    here.link.handle_head(here.now, chain.held_upto(7));
    assert_eq!(here.need().unwrap().1, 6);
    here.answer(chain.range(6, 6));
    assert_eq!(here.need().unwrap().1, 7);
    here.again(&chain, 2, 0);
    here.answer(chain.range(7, 7));
    assert_eq!(here.frame(), None, "what waited for a frame is dropped too");
    here.ack(1).unwrap();
    here.wait(0);
    assert_eq!(here.send(&[&chain]), [(2, vec![3, 4, 5, 6, 7])]);
}

#[test]
fn of_two_waits_the_later_counts() {
    let chain = below(2);
    let mut here = towards(&[&chain], 1 << 20);
    here.send(&[&chain]);
    here.again(&chain, 0, 1000);
    here.ack(1).unwrap();
    here.again(&chain, 0, 3000);
    here.wait(1000);
    assert_eq!(here.send(&[&chain]), []);
    here.wait(2000);
    assert_eq!(here.send(&[&chain]), [(2, vec![1, 2])]);
}

#[test]
fn a_head_older_than_the_one_known_is_ignored() {
    let chain = below(4);
    let mut here = towards(&[&chain], 1 << 20);
    here.link.handle_head(here.now, chain.held_upto(2));
    assert_eq!(here.link.backlog().going, 4);
    assert_eq!(here.send(&[&chain]), [(1, vec![1, 2, 3, 4])]);
}

#[test]
fn a_stream_whose_rank_changes_goes_in_its_new_place_and_holds_up_no_other() {
    let (chain, other) = (below(1), Chain::of(stream(4, Lane::Every), 1, 88));
    let mut here = towards(&[&chain, &other], 1 << 20);
    let mut lower = chain.held_upto(1);
    lower.rank.depth += 1;
    here.link.handle_head(here.now, lower);
    for expected in [&other, &chain] {
        assert_eq!(here.need().map(|need| need.0), Some(expected.stream));
        here.answer(expected.pages.clone());
    }
    assert_eq!(here.need(), None);
}

#[test]
fn a_page_that_the_neighbour_shows_to_hold_while_it_waits_is_left_out() {
    let (chain, other) = (below(4), Chain::of(stream(4, Lane::Every), 1, 88));
    let mut here = Here::settled(limits(), &[chain.held_upto(3), other.held_upto(1)], &[]);
    here.need();
    here.answer(chain.range(1, 3));
    here.pages(1, chain.range(2, 2)).unwrap();
    assert!(matches!(here.event(), Some(LinkEvent::Admit { .. })));
    here.need();
    here.answer(other.pages.clone());
    let pages = [chain.range(3, 3), other.pages].concat();
    assert_eq!(here.frame(), Some(Frame::Pages { number: 1, pages }));
}
