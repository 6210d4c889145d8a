use terrace_desk::Mark;
use terrace_model::{Level, NoticeId};
use terrace_wire::RefusalCode::{Content, Unknown, Usage};

use super::code;
use crate::{
    bench::Bench,
    door::{NewNotice, To},
    scene::{COUNTY, TOWN_2},
};

fn notice(to: To) -> NewNotice {
    NewNotice {
        title: "通知".into(),
        body: "text".into(),
        to,
        acknowledge_by: None,
    }
}

fn to(codes: &[&str]) -> To {
    To::Offices(codes.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn a_notice_is_published_listed_and_its_receipts_are_shown() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let first = door.publish(notice(to(&["360827002"]))).await.unwrap();
    bench.wait(1);
    let root = "360827".to_owned();
    let level = Some(Level::Township);
    let second = door
        .publish(notice(To::Subtree { root, level }))
        .await
        .unwrap();
    let page = door.notices(None, 0).await.unwrap();
    let ids: Vec<NoticeId> = page.rows.iter().map(|row| row.id).collect();
    assert_eq!(ids, [second, first]);
    let (row, body) = door.notice(first).await.unwrap();
    assert_eq!(
        (row.issuer, row.receipt, body.as_str()),
        (COUNTY, None, "text")
    );
    let receipts = door.receipts(first, None, 0).await.unwrap();
    let offices: Vec<_> = receipts.rows.iter().map(|row| row.office).collect();
    assert_eq!(offices, [TOWN_2]);
    let one = door.receipts(second, None, 1).await.unwrap();
    let next = one.next.as_ref().map(|code| code.as_str());
    let rest = door.receipts(second, next, 1).await.unwrap();
    assert_eq!(
        (one.rows.len(), rest.rows[0].office, rest.next),
        (1, TOWN_2, None)
    );
}

#[tokio::test]
async fn a_notice_goes_to_offices_below_and_nowhere_else() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    for (codes, expected) in [
        (&["360827003"][..], Unknown),
        (&["x"], Usage),
        (&["3608"], Content),
        (&["360827"], Content),
        (&[], Content),
    ] {
        let refused = door.publish(notice(to(codes))).await;
        assert_eq!(code(refused), expected, "{codes:?}");
    }
    assert!(door.notices(None, 0).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_notice_that_is_not_there_is_unknown() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let none = NoticeId(9);
    assert_eq!(code(door.notice(none).await), Unknown);
    assert_eq!(code(door.notices(Some(none), 0).await), Unknown);
    assert_eq!(code(door.receipts(none, None, 0).await), Unknown);
    assert_eq!(code(door.mark(none, Mark::Read).await), Unknown);
    assert_eq!(code(door.receipts(none, Some("x"), 0).await), Usage);
}
