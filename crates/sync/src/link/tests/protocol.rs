use super::*;
use crate::Versions;

/// A neighbour that sends this is refused with that, and told so.
fn refused(here: &mut Here, frame: Frame, error: ProtocolError) {
    assert_eq!(here.take(frame.clone()), Err(error));
    let reason = if matches!(error, ProtocolError::Version { .. }) {
        CloseReason::Version
    } else {
        CloseReason::Protocol
    };
    let last = core::iter::from_fn(|| here.event()).last();
    assert_eq!(last, Some(up_down(reason)));
    assert_eq!(
        [here.frame(), here.frame()],
        [Some(Frame::Close { reason }), None]
    );
    assert_eq!(here.take(frame), Ok(()), "the session is over already");
    assert_eq!(here.event(), None);
}

fn pages(number: u64, pages: Vec<Page>) -> Frame {
    Frame::Pages { number, pages }
}

fn settled(limits: Limits) -> Here {
    Here::settled(limits, &[], &[])
}

#[test]
fn nothing_comes_before_hello_and_hello_comes_once() {
    let chain = above(1);
    let head = Some(chain.held_upto(1).head);
    let early = [
        Frame::Branches(Vec::new()),
        Frame::Heads {
            branches: Vec::new(),
            heads: Vec::new(),
        },
        pages(1, chain.range(1, 1)),
        ack(0, 1),
        Frame::Again {
            stream: chain.stream,
            head,
            after_millis: 0,
        },
    ];
    for frame in early {
        let mut here = Here::new(Limits::default(), Vec::new());
        here.frame();
        refused(&mut here, frame, ProtocolError::BeforeHello);
    }
    let again = hello(digest_of(&[]), 1);
    refused(
        &mut settled(Limits::default()),
        again,
        ProtocolError::SecondHello,
    );
}

#[test]
fn a_neighbour_of_another_version_is_told_so() {
    let mut here = Here::new(Limits::default(), Vec::new());
    let versions = Versions {
        lowest: 2,
        highest: 3,
    };
    let frame = Frame::Hello(Hello {
        versions,
        session: THEIRS,
        at: Time(0),
        digest: Hash::ZERO,
        credit_bytes: 0,
    });
    let error = ProtocolError::Version {
        lowest: 2,
        highest: 3,
    };
    refused(&mut here, frame, error);
}

#[test]
fn a_neighbour_may_close_the_session() {
    for mut here in [
        Here::new(Limits::default(), Vec::new()),
        settled(Limits::default()),
    ] {
        let reason = CloseReason::Other(99);
        here.take(Frame::Close { reason }).unwrap();
        let down = LinkEvent::Down {
            reason: DownReason::ByPeer(reason),
        };
        assert_eq!([here.event(), here.event()], [Some(down), None]);
        assert_eq!(here.frame(), None);
    }
}

#[test]
fn a_session_closed_here_sends_one_last_frame_and_nothing_more() {
    let chain = below(3);
    let mut here = Here::settled(Limits::default(), &[chain.held_upto(3)], &[]);
    here.need();
    here.link.close(CloseReason::Stopping);
    here.link.close(CloseReason::Replaced);
    here.answer(chain.range(1, 3));
    assert_eq!(here.event(), Some(up_down(CloseReason::Stopping)));
    let reason = CloseReason::Stopping;
    assert_eq!(
        [here.frame(), here.frame()],
        [Some(Frame::Close { reason }), None]
    );
    assert_eq!(here.event(), None);
}

#[test]
fn a_session_that_is_over_holds_no_pages_and_no_heads() {
    let ends: [fn(&mut Here); 3] = [
        |here| here.link.close(CloseReason::Replaced),
        |here| {
            let reason = CloseReason::Stopping;
            here.take(Frame::Close { reason }).unwrap();
        },
        |here| {
            here.pages(9, above(1).range(1, 1)).unwrap_err();
        },
    ];
    for end in ends {
        let chain = below(3);
        let mut here = Here::settled(Limits::default(), &[chain.held_upto(3)], &[]);
        here.need();
        here.answer(chain.range(1, 2));
        here.pages(1, above(1).range(1, 1)).unwrap();
        end(&mut here);
        here.link.handle_head(here.now, chain.held_upto(3));
        assert_eq!(here.link.backlog(), Backlog::default());
        let text = alloc::format!("{:?}", here.link.sending);
        assert!(!text.contains("Page"), "{text}");
        let text = alloc::format!("{:?}", here.link.receiving);
        assert!(text.contains("open_bytes: 0,"), "{text}");
        let heads = alloc::format!("{:?}", here.link.streams);
        assert!(!heads.contains("Head"), "{heads}");
    }
}

#[test]
fn a_gap_or_a_repeat_among_frames_of_pages_ends_the_session() {
    let chain = above(3);
    for got in [0, 1, 3] {
        let mut here = settled(Limits::default());
        here.pages(1, chain.range(1, 1)).unwrap();
        let error = ProtocolError::FrameNumber { expected: 2, got };
        refused(&mut here, pages(got, chain.range(2, 2)), error);
    }
    let empty = pages(1, Vec::new());
    refused(
        &mut settled(Limits::default()),
        empty,
        ProtocolError::EmptyFrame,
    );
}

#[test]
fn an_acknowledgement_of_another_session_or_of_nothing_sent_ends_this_one() {
    let chain = below(5);
    let held = [chain.held_upto(5)];
    let limits = Limits {
        frame_bytes: 400,
        ..Limits::default()
    };
    let sent = || {
        let mut here = Here::settled(limits, &held, &[]);
        assert_eq!(here.send(&[&chain]).len(), 3);
        here.ack(2).unwrap();
        here
    };
    let other = Frame::Ack {
        session: THEIRS,
        upto: 3,
        credit_bytes: 1,
    };
    let error = ProtocolError::AckSession {
        expected: OURS,
        got: THEIRS,
    };
    refused(&mut sent(), other, error);
    for got in [1, 4] {
        let error = ProtocolError::AckRange {
            acked: 2,
            sent: 3,
            got,
        };
        refused(&mut sent(), ack(got, 1), error);
    }
    assert_eq!(sent().ack(3), Ok(()));
}

#[test]
fn pages_never_sent_cannot_be_asked_for_again() {
    let chain = below(2);
    let mut here = Here::settled(Limits::default(), &[chain.held_upto(2)], &[]);
    let again = Frame::Again {
        stream: chain.stream,
        head: None,
        after_millis: 0,
    };
    refused(&mut here, again, ProtocolError::AgainUnsent(chain.stream));
}

#[test]
fn heads_and_branches_come_in_their_turn() {
    let heads = |branches: &[u64]| Frame::Heads {
        branches: branches.iter().copied().map(OfficeId).collect(),
        heads: Vec::new(),
    };
    let branches = Frame::Branches(vec![(OfficeId(3), Hash::ZERO)]);
    for frame in [heads(&[]), branches.clone()] {
        refused(
            &mut settled(Limits::default()),
            frame,
            ProtocolError::OutOfTurn,
        );
    }
    let differing = || {
        let mut here = Here::new(Limits::default(), Vec::new());
        here.frame();
        here.take(hello(Hash::ZERO, 1)).unwrap();
        here
    };
    refused(&mut differing(), heads(&[]), ProtocolError::OutOfTurn);
    refused(
        &mut differing(),
        Frame::Branches(Vec::new()),
        ProtocolError::NothingDiffers,
    );
    let mut here = differing();
    here.take(branches.clone()).unwrap();
    refused(&mut here, branches.clone(), ProtocolError::OutOfTurn);
    let mut here = differing();
    here.take(branches).unwrap();
    refused(&mut here, heads(&[4]), ProtocolError::Branch(OfficeId(4)));
}

/// A link that awaits the heads of branch 3.
fn comparing(limits: Limits) -> Here {
    let mut here = Here::new(limits, Vec::new());
    here.frame();
    here.take(hello(Hash::ZERO, 1)).unwrap();
    here.take(Frame::Branches(vec![(OfficeId(3), Hash::ZERO)]))
        .unwrap();
    while here.frame().is_some() {}
    here
}

fn say(stream: Stream, head: Head) -> Frame {
    Frame::Heads {
        branches: Vec::new(),
        heads: vec![(stream, head)],
    }
}

#[test]
fn a_head_names_a_possible_page() {
    let chain = below(1);
    let head = chain.held_upto(1).head;
    for (base, number) in [(0, 0), (0, 1), (2, 1)] {
        let head = Head {
            base: PageNo(base),
            number: PageNo(number),
            ..head
        };
        let error = ProtocolError::Head(chain.stream);
        refused(
            &mut comparing(Limits::default()),
            say(chain.stream, head),
            error,
        );
    }
}

#[test]
fn a_home_journal_of_the_neighbour_is_refused() {
    let home = crate::replica::stream_for(1, terrace_model::Audience::Home, Lane::Every);
    let chain = Chain::of(home, 1, 0);
    let error = ProtocolError::Home(upper());
    let said = say(home, chain.pages[0].head());
    refused(&mut comparing(Limits::default()), said, error);
    refused(
        &mut settled(Limits::default()),
        pages(1, chain.pages),
        error,
    );
}

#[test]
fn items_in_a_frame_are_counted() {
    let limits = Limits {
        heads_per_frame: 2,
        branches: 2,
        ..Limits::default()
    };
    let lots = |count: u32| {
        let heads = (1..=count).map(|epoch| {
            let chain = below(1);
            let epoch = terrace_model::Epoch(epoch);
            (
                Stream {
                    epoch,
                    ..chain.stream
                },
                chain.pages[0].head(),
            )
        });
        Frame::Heads {
            branches: Vec::new(),
            heads: heads.collect(),
        }
    };
    comparing(limits).take(lots(2)).unwrap();
    let error = ProtocolError::TooMany { count: 3, limit: 2 };
    refused(&mut comparing(limits), lots(3), error);
    let branches = |count: u64| {
        let ids = (1..=count).map(|id| (OfficeId(id), Hash::ZERO));
        Frame::Branches(ids.collect())
    };
    for (count, expected) in [(2, Ok(())), (3, Err(error))] {
        let mut here = Here::new(limits, Vec::new());
        here.take(hello(Hash::ZERO, 1)).unwrap();
        assert_eq!(here.take(branches(count)), expected);
    }
    let limits = Limits {
        streams: 3,
        ..Limits::default()
    };
    let mut here = comparing(limits);
    here.take(lots(3)).unwrap();
    let error = ProtocolError::TooManyStreams { limit: 3 };
    refused(&mut here, lots(4), error);
}

#[test]
fn bytes_in_a_frame_are_counted() {
    let limits = Limits {
        frame_bytes: 400,
        max_page_bytes: 1000,
        ..Limits::default()
    };
    let sized = |bytes: &[usize]| {
        let mut chain = above(0);
        for bytes in bytes {
            chain.write(PageNo::FIRST, bytes - 112, 0);
        }
        pages(1, chain.pages)
    };
    for fits in [&[200, 200][..], &[1000]] {
        settled(limits).take(sized(fits)).unwrap();
    }
    for (large, bytes, limit_bytes) in [(&[200, 201][..], 401, 400), (&[1001], 1001, 1000)] {
        let error = ProtocolError::FrameTooLarge { bytes, limit_bytes };
        refused(&mut settled(limits), sized(large), error);
    }
}

#[test]
fn a_neighbour_that_sends_more_than_its_credit_is_refused() {
    let limits = Limits {
        credit_bytes: 399,
        ..Limits::default()
    };
    let chain = above(3);
    let mut here = settled(limits);
    here.pages(1, chain.range(1, 2)).unwrap();
    let error = ProtocolError::Credit {
        bytes: 600,
        credit_bytes: 399,
    };
    refused(&mut here, pages(2, chain.range(3, 3)), error);
    let mut here = settled(limits);
    here.pages(1, chain.range(1, 2)).unwrap();
    here.committed(1, &[]);
    here.pages(2, chain.range(3, 3)).unwrap();
    let limits = Limits {
        credit_bytes: 600,
        ..limits
    };
    let mut here = settled(limits);
    here.pages(1, chain.range(1, 2)).unwrap();
    assert_eq!(
        here.pages(2, chain.range(3, 3)),
        Ok(()),
        "the credit itself"
    );
}

#[test]
fn every_error_is_one_short_line() {
    let errors: BTreeMap<&str, ProtocolError> = BTreeMap::from([
        (
            "an acknowledgement up to frame 4 came, between 2 and 3 sent",
            ProtocolError::AckRange {
                acked: 2,
                sent: 3,
                got: 4,
            },
        ),
        (
            "a home journal of office 0000000000000001 came over a link",
            ProtocolError::Home(upper()),
        ),
        (
            "a head of office 0000000000000003 names no possible page",
            ProtocolError::Head(below(0).stream),
        ),
    ]);
    for (text, error) in errors {
        assert_eq!(alloc::format!("{error}"), text);
    }
}
