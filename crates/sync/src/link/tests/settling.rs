use super::*;

#[test]
fn nothing_but_hello_goes_before_the_neighbour_says_hello() {
    let chain = below(3);
    let mut here = Here::new(Limits::default(), vec![chain.held_upto(3)]);
    assert_eq!(here.event(), None);
    let digest = digest_of(&[chain.held_upto(3)]);
    let said = Hello {
        versions: VERSIONS,
        session: OURS,
        at: Time(1_000_000),
        digest,
        credit_bytes: 1 << 20,
    };
    assert_eq!(here.frame(), Some(Frame::Hello(said)));
    assert_eq!(here.frame(), None);
    assert_eq!((here.event(), here.link.is_settled()), (None, false));
}

#[test]
fn skew_is_this_offices_clock_less_the_neighbours() {
    let mut here = Here::new(Limits::default(), Vec::new());
    here.wait(2500);
    here.take(hello(digest_of(&[]), 1)).unwrap();
    assert_eq!(here.event(), Some(LinkEvent::Up { skew_millis: 2500 }));
    assert_eq!(here.link.peer(), upper());
}

#[test]
fn heads_go_in_frames_of_their_limit_and_the_last_of_a_branch_names_it() {
    let limits = Limits {
        heads_per_frame: 2,
        ..Limits::default()
    };
    let three: Vec<Chain> = [Lane::Every, Lane::Latest]
        .into_iter()
        .flat_map(|lane| [stream(3, lane), stream(4, lane)])
        .map(|stream| Chain::of(stream, 1, 0))
        .take(3)
        .collect();
    let held: Vec<Held> = three.iter().map(|chain| chain.held_upto(1)).collect();
    let mut here = Here::new(limits, held.clone());
    here.frame();
    here.take(hello(Hash::ZERO, 1)).unwrap();
    let of = |origin: u64| {
        let of = held
            .iter()
            .filter(|held| held.stream.journal.origin.0 == origin);
        of.map(|held| (held.stream, held.head)).collect::<Vec<_>>()
    };
    let branch = |origin: u64| (OfficeId(origin), heads::digest(of(origin)));
    assert_eq!(
        here.frame(),
        Some(Frame::Branches(vec![branch(3), branch(4)]))
    );
    assert_eq!(here.frame(), None);
    here.take(Frame::Branches(vec![(OfficeId(9), Hash::ZERO)]))
        .unwrap();
    let first = Frame::Heads {
        branches: vec![OfficeId(3)],
        heads: of(3),
    };
    let second = Frame::Heads {
        branches: vec![OfficeId(4), OfficeId(9)],
        heads: of(4),
    };
    assert_eq!([here.frame(), here.frame()], [Some(first), Some(second)]);
    assert_eq!(here.frame(), None);
}

#[test]
fn nothing_goes_before_all_heads_are_complete_and_then_in_the_order_of_rank() {
    let (one, other) = (below(3), Chain::of(stream(4, Lane::Every), 3, 88));
    let mut here = Here::new(
        Limits::default(),
        vec![one.held_upto(3), other.held_upto(3)],
    );
    here.take(hello(Hash::ZERO, 1 << 20)).unwrap();
    here.event();
    assert_eq!(here.need(), None, "branches are awaited");
    here.take(Frame::Branches(Vec::new())).unwrap();
    assert_eq!(here.need(), None, "heads are awaited");
    let head = one.held_upto(1).head;
    here.take(Frame::Heads {
        branches: Vec::new(),
        heads: vec![(one.stream, head)],
    })
    .unwrap();
    assert_eq!(here.need(), None, "more heads of the branch are awaited");
    here.take(Frame::Heads {
        branches: vec![OfficeId(4)],
        heads: Vec::new(),
    })
    .unwrap();
    assert_eq!(here.need(), None, "the first branch is still awaited");
    assert!(!here.link.is_settled());
    here.take(Frame::Heads {
        branches: vec![OfficeId(3)],
        heads: Vec::new(),
    })
    .unwrap();
    assert!(here.link.is_settled());
    assert_eq!(
        here.need().map(|(stream, from, _)| (stream, from)),
        Some((one.stream, 2))
    );
    here.answer(one.range(2, 3));
    assert_eq!(
        here.need().map(|(stream, from, _)| (stream, from)),
        Some((other.stream, 1))
    );
}

#[test]
fn what_an_equal_neighbour_held_at_the_start_is_not_sent_again() {
    let chain = below(5);
    let mut here = Here::new(Limits::default(), vec![chain.held_upto(3)]);
    here.link.handle_head(START, chain.held_upto(5));
    here.take(hello(digest_of(&[chain.held_upto(3)]), 1 << 20))
        .unwrap();
    here.event();
    assert_eq!(here.need().map(|need| need.1), Some(4));
}

#[test]
fn a_neighbour_behind_base_begins_at_base() {
    let chain = below(9);
    let mut ours = chain.held_upto(9);
    ours.head.base = PageNo(6);
    for (held, from) in [(2, Some(6)), (5, Some(6)), (7, Some(8)), (9, None)] {
        let mut here = Here::settled(Limits::default(), &[ours], &[chain.held_upto(held)]);
        assert_eq!(here.need().map(|need| need.1), from, "holds {held}");
    }
    let mut here = Here::settled(Limits::default(), &[ours], &[]);
    assert_eq!(here.need().map(|need| need.1), Some(6), "holds nothing");
}

#[test]
fn a_neighbour_ahead_on_anothers_journal_is_waited_for() {
    let chain = below(5);
    let held = [chain.held_upto(2)];
    let mut here = Here::settled(Limits::default(), &held, &[chain.held_upto(5)]);
    assert_eq!(here.event(), None);
    here.pages(1, chain.range(3, 5)).unwrap();
    let admitted = LinkEvent::Admit {
        batch: BatchId(1),
        pages: chain.range(3, 5),
    };
    assert_eq!(here.event(), Some(admitted));
    here.link.handle_head(here.now, chain.held_upto(5));
    assert_eq!(
        here.event(),
        None,
        "what the neighbour sent is not sent back"
    );
}

#[test]
fn a_neighbour_ahead_on_our_own_journal_shows_an_older_copy() {
    let chain = Chain::of(stream(2, Lane::Every), 5, 88);
    let finding = LinkEvent::Finding {
        stream: chain.stream,
        kind: FindingKind::OlderCopy,
    };
    for held in [vec![], vec![chain.held_upto(2)]] {
        let mut here = Here::new(Limits::default(), held);
        here.take(hello(Hash::ZERO, 1 << 20)).unwrap();
        here.take(Frame::Branches(vec![(lower(), Hash::ZERO)]))
            .unwrap();
        let theirs = chain.held_upto(4);
        here.take(Frame::Heads {
            branches: vec![lower()],
            heads: vec![(theirs.stream, theirs.head)],
        })
        .unwrap();
        here.event();
        assert_eq!(here.event(), Some(finding.clone()));
        here.link.handle_head(here.now, chain.held_upto(5));
        assert_eq!(here.event(), None, "said once, and nothing is sent");
    }
}

#[test]
fn another_hash_at_one_number_is_a_fork_and_is_not_sent() {
    let mut other = Chain::new(below(0).stream);
    other.write(PageNo::FIRST, 88, 9);
    let chain = below(3);
    let mut here = Here::settled(
        Limits::default(),
        &[chain.held_upto(1)],
        &[other.held_upto(1)],
    );
    let finding = LinkEvent::Finding {
        stream: chain.stream,
        kind: FindingKind::Fork,
    };
    assert_eq!(here.event(), Some(finding));
    here.link.handle_head(here.now, chain.held_upto(3));
    assert_eq!(here.event(), None);
    assert_eq!(here.link.backlog().going, 0, "it is wrong, not late");
}

#[test]
fn the_newest_page_of_a_stream_that_is_wrong_goes_once_as_evidence() {
    let mut other = Chain::new(below(0).stream);
    other.write(PageNo::FIRST, 88, 9);
    let (chain, sound) = (below(2), Chain::of(stream(4, Lane::Every), 1, 88));
    let mut here = Here::settled(
        Limits::default(),
        &[chain.held_upto(1), sound.held_upto(1)],
        &[other.held_upto(1), sound.held_upto(1)],
    );
    assert!(matches!(here.event(), Some(LinkEvent::Finding { .. })));
    here.link.prove(here.now, chain.stream);
    here.link.prove(here.now, chain.stream);
    assert_eq!(here.need().map(|need| need.1), Some(1));
    here.answer(chain.range(1, 1));
    here.link.prove(here.now, chain.stream);
    here.link.handle_head(here.now, chain.held_upto(2));
    assert_eq!(here.event(), None);
    let evidence = Frame::Pages {
        number: 1,
        pages: chain.range(1, 1),
    };
    assert_eq!(here.frame(), Some(evidence));
    here.ack(1).unwrap();
    assert_eq!((here.event(), here.frame()), (None, None));
    here.link.prove(here.now, stream(3, Lane::Latest));
    assert_eq!(here.event(), None, "nothing is held of it");
}

#[test]
fn of_a_chain_that_forked_earlier_only_the_page_that_proves_it_goes() {
    let mut other = Chain::new(below(0).stream);
    other.write(PageNo::FIRST, 88, 9);
    let chain = below(3);
    let mut here = Here::settled(
        Limits::default(),
        &[chain.held_upto(3)],
        &[other.held_upto(1)],
    );
    assert_eq!(here.need().map(|need| need.1), Some(2));
    here.answer(chain.range(2, 3));
    let finding = LinkEvent::Finding {
        stream: chain.stream,
        kind: FindingKind::Fork,
    };
    assert_eq!(here.event(), Some(finding));
    let proof = Frame::Pages {
        number: 1,
        pages: chain.range(2, 2),
    };
    assert_eq!(here.frame(), Some(proof));
    here.again(&other, 1, 0);
    here.wait(1);
    assert_eq!((here.event(), here.frame()), (None, None));
    here.ack(1).unwrap();
    assert_eq!(here.event(), None, "it stays stopped");
    assert_eq!(here.link.backlog().going, 0, "it is wrong, not late");
}

#[test]
fn a_home_journal_is_neither_said_nor_sent() {
    let mut home = below(1).held_upto(1);
    home.stream.journal.audience = terrace_model::Audience::Home;
    let mut here = Here::settled(Limits::default(), &[], &[]);
    here.link.handle_head(here.now, home);
    assert_eq!((here.event(), here.link.backlog().going), (None, 0));
    let mut here = Here::new(Limits::default(), vec![home]);
    let Some(Frame::Hello(said)) = here.frame() else {
        panic!("hello is first");
    };
    assert_eq!(said.digest, digest_of(&[]));
}

#[test]
fn branches_named_in_one_frame_are_within_their_limit() {
    let limits = Limits {
        branches: 2,
        ..Limits::default()
    };
    let held = [below(1).held_upto(1), above(1).held_upto(1)];
    let mut here = Here::new(limits, held.to_vec());
    here.take(hello(Hash::ZERO, 1)).unwrap();
    let theirs = [8, 9].map(|id| (OfficeId(id), Hash::ZERO));
    here.take(Frame::Branches(theirs.to_vec())).unwrap();
    let mut named: Vec<usize> = Vec::new();
    while let Some(frame) = here.frame() {
        if let Frame::Heads { branches, .. } = frame {
            named.push(branches.len());
        }
    }
    assert_eq!(named, [2, 2]);
}

#[test]
fn heads_go_before_pages() {
    let (one, other) = (below(1), Chain::of(stream(4, Lane::Every), 1, 88));
    let mut here = Here::new(
        Limits::default(),
        vec![one.held_upto(1), other.held_upto(1)],
    );
    here.frame();
    here.take(hello(Hash::ZERO, 1 << 20)).unwrap();
    here.take(Frame::Branches(Vec::new())).unwrap();
    here.take(Frame::Heads {
        branches: vec![OfficeId(3), OfficeId(4)],
        heads: Vec::new(),
    })
    .unwrap();
    here.event();
    assert!(here.need().is_some());
    here.answer(one.pages);
    assert!(here.need().is_some());
    here.answer(other.pages);
    assert!(matches!(here.frame(), Some(Frame::Branches(_))));
    assert!(matches!(here.frame(), Some(Frame::Heads { .. })));
    assert!(matches!(here.frame(), Some(Frame::Pages { .. })));
}

#[test]
fn a_stream_first_heard_of_while_its_branch_is_compared_waits_for_that() {
    let (one, new) = (below(1), Chain::of(stream(3, Lane::Latest), 1, 88));
    let mut here = Here::new(Limits::default(), vec![one.held_upto(1)]);
    here.take(hello(Hash::ZERO, 1 << 20)).unwrap();
    here.take(Frame::Branches(Vec::new())).unwrap();
    here.event();
    here.link.handle_head(here.now, new.held_upto(1));
    assert_eq!(here.event(), None);
    here.take(Frame::Heads {
        branches: vec![OfficeId(3)],
        heads: vec![(one.stream, one.held_upto(1).head)],
    })
    .unwrap();
    assert_eq!(here.need().map(|need| need.0), Some(new.stream));
}

#[test]
fn a_head_said_proves_what_a_page_sent_did_not() {
    let mut other = Chain::new(below(0).stream);
    other.write(PageNo::FIRST, 88, 9);
    let chain = below(1);
    let mut here = Here::new(Limits::default(), vec![chain.held_upto(1)]);
    here.take(hello(Hash::ZERO, 1 << 20)).unwrap();
    here.take(Frame::Branches(Vec::new())).unwrap();
    here.pages(1, other.range(1, 1)).unwrap();
    here.take(Frame::Heads {
        branches: vec![OfficeId(3)],
        heads: vec![(other.stream, other.held_upto(1).head)],
    })
    .unwrap();
    let finding = LinkEvent::Finding {
        stream: chain.stream,
        kind: FindingKind::Fork,
    };
    assert_eq!(core::iter::from_fn(|| here.event()).last(), Some(finding));
}

#[test]
fn limits_of_nothing_let_one_thing_pass_at_a_time() {
    let limits = Limits {
        heads_per_frame: 0,
        frame_bytes: 0,
        ..Limits::default()
    };
    let chain = below(2);
    let mut here = Here::settled(limits, &[chain.held_upto(2)], &[]);
    assert_eq!(here.send(&[&chain]), [(1, vec![1]), (2, vec![2])]);
}
