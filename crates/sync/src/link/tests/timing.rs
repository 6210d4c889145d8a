use super::*;
use crate::Backlog;

#[test]
fn a_frame_unacknowledged_for_thirty_seconds_ends_the_session() {
    let chain = below(3);
    let limits = Limits {
        slowest_bytes_per_second: u32::MAX,
        ..Limits::default()
    };
    let mut here = Here::settled(limits, &[chain.held_upto(2)], &[]);
    assert_eq!(here.link.poll_timeout(), None, "an idle link is never late");
    here.send(&[&chain]);
    here.wait(20_000);
    here.link.handle_head(here.now, chain.held_upto(3));
    here.send(&[&chain]);
    assert_eq!(here.link.poll_timeout(), Some(START.plus_millis(30_000)));
    here.ack(1).unwrap();
    here.wait(29_999);
    here.ack(1).unwrap();
    assert_eq!(here.event(), None);
    here.wait(1);
    assert_eq!(here.event(), Some(up_down(CloseReason::Timeout)));
    let reason = CloseReason::Timeout;
    assert_eq!(
        [here.frame(), here.frame()],
        [Some(Frame::Close { reason }), None]
    );
    assert_eq!(here.link.poll_timeout(), None);
}

#[test]
fn bytes_are_given_the_time_they_take_on_the_slowest_link() {
    let chain = below(40);
    let mut here = Here::settled(Limits::default(), &[chain.held_upto(40)], &[]);
    here.send(&[&chain]);
    let transfer = 40 * 200 * 1000 / 4096;
    assert_eq!(
        here.link.poll_timeout(),
        Some(START.plus_millis(30_000 + transfer))
    );
}

#[test]
fn a_neighbour_silent_while_heads_are_compared_ends_the_session() {
    let mut here = Here::new(Limits::default(), Vec::new());
    let wait = 30_000 + 4096 * 200 * 1000 / 4096;
    assert_eq!(here.link.poll_timeout(), Some(START.plus_millis(wait)));
    here.wait(1000);
    here.take(hello(Hash::ZERO, 1)).unwrap();
    here.event();
    here.wait(wait - 1);
    assert_eq!(here.event(), None);
    here.wait(1);
    assert_eq!(here.event(), Some(up_down(CloseReason::Timeout)));
}

#[test]
fn the_backlog_counts_what_is_not_acknowledged_and_since_when() {
    let chain = below(10);
    let mut here = Here::settled(Limits::default(), &[chain.held_upto(3)], &[]);
    let backlog = |going, since: i64| Backlog {
        going,
        coming: 0,
        since: Some(START.plus_millis(since)),
    };
    assert_eq!(here.link.backlog(), backlog(3, 0));
    here.send(&[&chain]);
    assert_eq!(here.link.backlog(), backlog(3, 0), "sent is not held");
    here.wait(100);
    here.link.handle_head(here.now, chain.held_upto(5));
    here.wait(100);
    here.link.handle_head(here.now, chain.held_upto(9));
    assert_eq!(here.link.backlog(), backlog(9, 0));
    here.ack(1).unwrap();
    assert_eq!(here.link.backlog(), backlog(6, 100));
    here.send(&[&chain]);
    here.ack(2).unwrap();
    assert_eq!(here.link.backlog(), Backlog::default());
}

#[test]
fn what_does_not_count_any_more_is_no_backlog() {
    let chain = below(10);
    let mut held = chain.held_upto(10);
    held.head.base = PageNo(8);
    let here = Here::settled(Limits::default(), &[held], &[chain.held_upto(2)]);
    assert_eq!(here.link.backlog().going, 3);
}

#[test]
fn what_the_neighbour_has_and_this_office_lacks_waits_until_it_is_committed() {
    let chain = below(10);
    let mut there = chain.held_upto(10);
    there.head.base = PageNo(4);
    let mut here = Here::settled(Limits::default(), &[chain.held_upto(2)], &[there]);
    let coming = |coming, since: i64| Backlog {
        going: 0,
        coming,
        since: Some(START.plus_millis(since)),
    };
    assert_eq!(here.link.backlog(), coming(7, 0), "from base on");
    assert_eq!(here.link.behind_since(), Some(START));
    here.wait(100);
    here.link.handle_head(here.now, chain.held_upto(9));
    assert_eq!(here.link.backlog(), coming(1, 0));
    here.link.handle_head(here.now, chain.held_upto(10));
    assert_eq!(here.link.backlog(), Backlog::default());
    assert_eq!(here.link.behind_since(), None);
}
