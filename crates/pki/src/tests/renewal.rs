//! Certificates over time: made, renewed, and judged by a wrong clock.

use terrace_model::Time;

use super::rig::{CHILD, DAY_MILLIS, Link, NOW, at, identity, named, signing, transport};
use crate::{CertificateError, CertificateTime, LIFETIME_DAYS, RENEWAL_DAYS, Refused, issue};

fn days(number: i64) -> Time {
    NOW.plus_millis(number * DAY_MILLIS)
}

#[test]
fn a_certificate_lasts_ninety_days_and_is_renewed_with_thirty_left() {
    let identity = identity(CHILD);
    assert_eq!(identity.expires(), days(90));
    assert_eq!(identity.days_left(at(NOW)), LIFETIME_DAYS);
    assert_eq!(identity.days_left(at(days(60))), RENEWAL_DAYS);
    assert_eq!(identity.days_left(at(days(91))), 0);
    let before = days(60).plus_millis(-1000);
    for (now, needed) in [
        (NOW, false),
        (before, false),
        (days(60), true),
        (days(400), true),
        (days(-2), true),
    ] {
        assert_eq!(identity.needs_renewal(at(now)), needed, "{now:?}");
    }
}

#[test]
fn the_root_is_always_the_same_and_the_leaf_never() {
    let (first, same, later) = (identity(CHILD), identity(CHILD), {
        issue(&signing(CHILD), &transport(1), named(CHILD), at(days(60))).unwrap()
    });
    assert_eq!(first.chain(), same.chain());
    assert_eq!(first.chain()[1], later.chain()[1]);
    assert_ne!(first.chain()[0], later.chain()[0]);
    assert_eq!(later.name(), named(CHILD));
}

#[test]
fn a_clock_at_the_end_of_time_makes_no_certificate() {
    let last = |seconds: u64| {
        let at = CertificateTime::from_seconds(seconds - LIFETIME_DAYS * 24 * 60 * 60);
        issue(&signing(CHILD), &transport(1), named(CHILD), at)
    };
    assert!(last(253_402_300_799).is_ok());
    assert!(matches!(
        last(253_402_300_800),
        Err(CertificateError::Clock)
    ));
    let far = CertificateTime::at(Time(i64::MAX), NOW);
    let far = issue(&signing(CHILD), &transport(1), named(CHILD), far);
    assert!(matches!(far, Err(CertificateError::Clock)));
}

#[test]
fn a_certificate_also_works_before_2050_and_after() {
    for year in [2049, 2050, 2100] {
        let link = Link::new();
        let now = Time((year - 1970) * 365 * DAY_MILLIS + 200 * DAY_MILLIS);
        link.clock.set(now);
        for current in [&link.child, &link.parent] {
            let name = current.get().name();
            let signing = signing(name.office);
            current.set(issue(&signing, &transport(1), name, at(now)).unwrap());
        }
        assert!(link.shake().is_open(), "{year}");
    }
}

/// Both ends are renewed while the configurations stay as they are.
#[test]
fn a_renewal_needs_no_restart() {
    let link = Link::new();
    link.clock.set(days(89));
    assert!(link.shake().is_open());
    link.clock.set(days(91));
    assert!(!link.shake().is_open());
    for (number, current) in [(5, &link.child), (6, &link.parent)] {
        let name = current.get().name();
        let next = issue(
            &signing(name.office),
            &transport(number),
            name,
            at(days(91)),
        );
        current.set(next.unwrap());
    }
    let shaken = link.shake();
    assert!(shaken.is_open());
    let shown = shaken.server.peer_certificates().unwrap();
    assert_eq!(shown, link.child.get().chain());
}

#[test]
fn a_clock_set_back_revives_no_expired_certificate() {
    let link = Link::new();
    link.clock.set_floor(days(91));
    assert!(matches!(
        link.shake().at_client.map_err(|error| Refused::of(&error)),
        Err(Some(Refused::Expired { .. }))
    ));
}

#[test]
fn clocks_a_day_apart_keep_the_link() {
    for (skew, open) in [(0, true), (-1, true), (-2, false)] {
        let link = Link::new();
        link.clock.set(days(skew));
        assert_eq!(link.shake().is_open(), open, "{skew}");
    }
}
