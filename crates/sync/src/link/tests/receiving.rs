use super::*;

fn settled(limits: Limits) -> Here {
    Here::settled(limits, &[], &[])
}

fn acked(upto: u64) -> Option<Frame> {
    Some(Frame::Ack {
        session: THEIRS,
        upto,
        credit_bytes: Limits::default().credit_bytes,
    })
}

#[test]
fn nothing_is_acknowledged_before_it_is_durable_with_all_before_it() {
    let chain = above(4);
    let mut here = settled(Limits::default());
    for number in 1..=4 {
        let at = usize::try_from(number).unwrap();
        here.pages(number, chain.range(at, at)).unwrap();
    }
    assert_eq!(here.frame(), None);
    here.committed(2, &[]);
    assert_eq!(here.frame(), None, "the first is not durable");
    here.committed(1, &[]);
    assert_eq!(here.frame(), acked(2));
    here.committed(3, &[]);
    here.committed(4, &[]);
    assert_eq!([here.frame(), here.frame()], [acked(4), None]);
}

#[test]
fn a_batch_that_is_not_waiting_acknowledges_nothing() {
    let chain = above(1);
    let mut here = settled(Limits::default());
    here.committed(1, &[]);
    here.pages(1, chain.pages).unwrap();
    here.committed(2, &[]);
    here.committed(0, &[]);
    assert_eq!(here.frame(), None);
    here.committed(1, &[]);
    here.committed(1, &[]);
    assert_eq!([here.frame(), here.frame()], [acked(1), None]);
}

/// Takes frames of one page each of a stream and holds all back at once; gives
/// the waits asked for.
fn refuse(here: &mut Here, chain: &Chain, frames: core::ops::Range<u64>) -> Vec<u32> {
    let mut waits = Vec::new();
    for number in frames {
        here.pages(number, chain.range(1, 1)).unwrap();
        here.event();
        let held_back = HeldBack {
            stream: chain.stream,
            head: None,
        };
        here.committed(number, &[held_back]);
        match here.frame() {
            Some(Frame::Again {
                stream,
                head: None,
                after_millis,
            }) if stream == chain.stream => waits.push(after_millis),
            other => panic!("{other:?}"),
        }
        assert_eq!(here.frame(), acked(number), "after what is asked for again");
        here.wait(after_wait(&waits));
    }
    waits
}

fn after_wait(waits: &[u32]) -> i64 {
    waits.last().copied().unwrap_or_default().into()
}

#[test]
fn what_was_not_taken_is_asked_for_again_after_a_wait_that_doubles_to_a_minute() {
    let chain = above(1);
    let mut here = settled(Limits::default());
    let waits = refuse(&mut here, &chain, 1..10);
    let doubled = [
        1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ];
    assert_eq!(waits, doubled);
    here.pages(10, chain.range(1, 1)).unwrap();
    here.committed(10, &[]);
    assert_eq!(here.frame(), acked(10));
    assert_eq!(
        refuse(&mut here, &chain, 11..12),
        [1000],
        "taken in between"
    );
}

#[test]
fn pages_that_were_on_their_way_make_no_wait_longer() {
    let chain = above(3);
    let mut here = settled(Limits::default());
    let held_back = HeldBack {
        stream: chain.stream,
        head: Some(chain.held_upto(1).head),
    };
    for number in 1..=2 {
        here.pages(number, chain.range(2, 3)).unwrap();
    }
    here.committed(1, &[held_back]);
    here.now = here.now.plus_millis(300);
    here.committed(2, &[held_back]);
    let again = Frame::Again {
        stream: chain.stream,
        head: held_back.head,
        after_millis: 700,
    };
    assert_eq!([here.frame(), here.frame()], [Some(again), acked(2)]);
}

#[test]
fn what_the_neighbour_sent_is_not_sent_back_even_when_its_head_was_unknown() {
    let chain = above(3);
    let mut here = settled(Limits::default());
    here.pages(1, chain.range(1, 2)).unwrap();
    here.event();
    here.link.handle_head(here.now, chain.held_upto(2));
    assert_eq!(here.event(), None);
    here.link.handle_head(here.now, chain.held_upto(3));
    assert_eq!(here.need().unwrap().1, 3);
}

#[test]
fn a_page_that_nobody_verified_accuses_nobody() {
    let (chain, mut other) = (below(4), Chain::new(below(0).stream));
    other.write(PageNo::FIRST, 88, 9);
    let held = [chain.held_upto(1)];
    let mut here = Here::settled(Limits::default(), &held, &held);
    other.write(PageNo::FIRST, 88, 9);
    here.pages(1, other.range(2, 2)).unwrap();
    here.event();
    here.link.handle_head(here.now, chain.held_upto(2));
    assert_eq!(here.event(), None);
    here.link.handle_head(here.now, chain.held_upto(3));
    assert_eq!(here.need().unwrap().1, 3);
    here.answer(chain.range(3, 3));
    assert_eq!(here.event(), None);
}
