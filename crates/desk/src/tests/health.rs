//! An office says its health when a value changes class, and daily.

use alloc::string::ToString;

use terrace_model::{Behind, ChildLink, Entry, Epoch, Fact, Health, Key, OfficeId, Time};

use super::{
    country::{COUNTY, Country, TOWNSHIP},
    rig::World,
};
use crate::Request;

const DAY: i64 = 86_400_000;

fn sample(at: i64) -> Health {
    let link = ChildLink {
        up: true,
        since: Time(7),
        behind: None,
    };
    Health {
        at: Time(at),
        version: "0.1.0".to_string(),
        catalog: "new-strata@1".to_string(),
        disk_free_bytes: 5 << 30,
        certificate_days: 80,
        clock_skew_ms: 3,
        refused: 0,
        links: [(OfficeId(3), link)].into(),
    }
}

/// A world that said its health at 0.
fn healthy() -> World {
    let mut world = Country::new().at(COUNTY).clone();
    assert!(says(&mut world, &sample(0)));
    world
}

fn says(world: &mut World, health: &Health) -> bool {
    let ruling = world.ask(&Request::Health(health.clone())).unwrap();
    if ruling.says.is_empty() {
        assert_eq!(ruling.changes, []);
        return false;
    }
    assert_eq!(ruling.says.len(), 1);
    assert_eq!(ruling.says[0].entry, Entry::Health(health.clone()));
    true
}

/// Whether a change of the sample is said a minute later.
fn worth_saying(change: impl FnOnce(&mut Health)) -> bool {
    let mut health = sample(60_000);
    change(&mut health);
    says(&mut healthy(), &health)
}

#[test]
fn readings_that_stay_in_their_class_are_not_said() {
    assert!(!worth_saying(|_| {}));
    assert!(!worth_saying(|health| health.disk_free_bytes = 2 << 30));
    assert!(!worth_saying(|health| health.certificate_days = 30));
    assert!(!worth_saying(|health| health.clock_skew_ms = -299_999));
    assert!(!worth_saying(|health| {
        health.links.get_mut(&OfficeId(3)).unwrap().since = Time(8);
    }));
    // How much waits on a link changes all the time.
    let mut world = healthy();
    let mut behind = sample(60_000);
    let link = behind.links.get_mut(&OfficeId(3)).unwrap();
    link.behind = Some(Behind {
        since: Time(1),
        entries: 5,
        bytes: 6,
    });
    assert!(says(&mut world, &behind));
    let link = behind.links.get_mut(&OfficeId(3)).unwrap();
    link.behind = Some(Behind {
        since: Time(2),
        entries: 7,
        bytes: 8,
    });
    assert!(!says(&mut world, &behind));
    assert!(says(&mut world, &sample(90_000)));
}

#[test]
fn a_value_that_changes_class_is_said() {
    assert!(worth_saying(|health| health.disk_free_bytes = (2 << 30) - 1));
    assert!(worth_saying(|health| health.disk_free_bytes = 1 << 20));
    for days in [29, 6, 0, -1] {
        assert!(worth_saying(|health| health.certificate_days = days));
    }
    assert!(worth_saying(|health| health.clock_skew_ms = 300_000));
    assert!(worth_saying(|health| health.clock_skew_ms = -300_000));
    assert!(worth_saying(|health| health.version = "0.2.0".to_string()));
    assert!(worth_saying(
        |health| health.catalog = "new-strata@2".to_string()
    ));
    assert!(worth_saying(|health| health.refused = 1));
    assert!(worth_saying(|health| {
        health.links.get_mut(&OfficeId(3)).unwrap().up = false;
    }));
    assert!(worth_saying(|health| health.links.clear()));
}

#[test]
fn health_is_said_daily() {
    let mut world = healthy();
    assert!(!says(&mut world, &sample(DAY - 1)));
    assert!(says(&mut world, &sample(DAY)));
    assert!(!says(&mut world, &sample(2 * DAY - 1)));
    assert!(says(&mut world, &sample(2 * DAY)));
}

#[test]
fn a_clock_that_went_back_does_not_silence_an_office() {
    let mut world = healthy();
    assert!(says(&mut world, &sample(3_650 * DAY)));
    assert!(!says(&mut world, &sample(3_650 * DAY - 1)));
    assert!(says(&mut world, &sample(DAY)));
    assert!(!says(&mut world, &sample(DAY + 1)));
}

#[test]
fn an_epoch_says_its_own_health() {
    let mut world = healthy();
    world.epoch = Epoch(2);
    assert!(says(&mut world, &sample(60_000)));
    assert!(!says(&mut world, &sample(60_001)));
}

#[test]
fn offices_above_keep_what_was_said_last_with_its_page() {
    let mut country = Country::new();
    for at in [0, DAY] {
        says(country.at(TOWNSHIP), &sample(at));
        country.settle();
    }
    let key = Key::Health(TOWNSHIP);
    let said = country.worlds[&TOWNSHIP].facts[&key].clone();
    let Fact::Health(kept) = &said else {
        panic!("{said:?}")
    };
    assert_eq!((kept.value.at, kept.page.0), (Time(DAY), 2));
    for office in [COUNTY, super::country::PREFECTURE, super::country::PROVINCE] {
        assert_eq!(
            country.worlds[&office].facts.get(&key),
            Some(&said),
            "{office}"
        );
    }
    let sibling = &country.worlds[&super::country::SIBLING];
    assert_eq!(sibling.facts.get(&key), None);
}
