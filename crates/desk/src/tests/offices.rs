//! Offices are invited, enrol once, and their keys are pinned.

use alloc::{format, string::ToString};

use terrace_model::{
    Audience, Change, Entry, Epoch, EpochOpened, Fact, Hash, Invitation, Key, Level, Office,
    OfficeId, PublicKey, Ruling, Time,
};

use super::{
    arrivals::hears,
    country::{COUNTY, COUSIN, Country, KEY, OTHER_COUNTY, PREFECTURE, SIBLING, TOWNSHIP, office},
    rig::World,
};
use crate::{
    NoEffect, Refusal, Request,
    offices::{CHILDREN, OFFICES},
};

const CHILD: OfficeId = OfficeId(33);
const ITS_KEY: PublicKey = PublicKey([33; 32]);
const OTHER_KEY: PublicKey = PublicKey([34; 32]);
const UNTIL: Time = Time(1_769_918_400_000);

fn county() -> World {
    Country::new().at(COUNTY).clone()
}

fn child() -> Office {
    Office {
        key: None,
        ..office(CHILD, None, Level::Township)
    }
}

fn token(number: u8) -> Hash {
    Hash([number; 32])
}

fn invite_of(office: Office, number: u8) -> Request {
    Request::Invite {
        invitation: Invitation {
            office: office.id,
            token: token(number),
            until: UNTIL,
        },
        office,
    }
}

fn invite(world: &mut World, office: Office, number: u8) -> Result<Ruling, Refusal> {
    world.ask(&invite_of(office, number))
}

fn enrol(world: &mut World, number: u8, key: PublicKey) -> Result<Ruling, Refusal> {
    world.ask(&Request::Enrol {
        office: CHILD,
        token: token(number),
        key,
    })
}

fn known(world: &World, id: OfficeId) -> Option<Office> {
    match world.facts.get(&Key::Office(id)) {
        Some(Fact::Office(office)) => Some(office.clone()),
        _ => None,
    }
}

#[test]
fn an_invitation_enters_the_office_and_tells_all_above() {
    let mut world = county();
    let ruling = invite(&mut world, child(), 1).unwrap();
    let entered = Office {
        parent: Some(COUNTY),
        ..child()
    };
    let [say] = &ruling.says[..] else {
        panic!("{ruling:?}")
    };
    assert_eq!(say.audience, Audience::Ancestors);
    assert_eq!(say.entry, Entry::Office(entered.clone()));
    assert_eq!(known(&world, CHILD), Some(entered));
}

#[test]
fn a_child_enrols_with_its_token_once_and_may_ask_again_with_the_same_key() {
    let mut world = county();
    invite(&mut world, child(), 1).unwrap();
    for (number, key) in [(2, ITS_KEY), (0, ITS_KEY)] {
        assert_eq!(enrol(&mut world, number, key), Err(Refusal::Invitation));
    }
    world.now = UNTIL;
    let ruling = enrol(&mut world, 1, ITS_KEY).unwrap();
    assert_eq!(known(&world, CHILD).unwrap().key, Some(ITS_KEY));
    assert!(matches!(&ruling.says[0].entry, Entry::Office(office) if office.key == Some(ITS_KEY)));
    let gone = Change::drop(Key::Invitation(child().code));
    assert!(ruling.changes.contains(&gone));
    world.now = UNTIL.plus_millis(86_400_000);
    assert_eq!(enrol(&mut world, 1, ITS_KEY), Ok(Ruling::default()));
    assert_eq!(enrol(&mut world, 1, OTHER_KEY), Err(Refusal::Invitation));
    assert_eq!(known(&world, CHILD).unwrap().key, Some(ITS_KEY));
}

#[test]
fn an_invitation_is_good_to_its_last_moment_and_no_longer() {
    let mut world = county();
    invite(&mut world, child(), 1).unwrap();
    world.now = UNTIL.plus_millis(1);
    assert_eq!(enrol(&mut world, 1, ITS_KEY), Err(Refusal::Invitation));
    world.now = UNTIL;
    enrol(&mut world, 1, ITS_KEY).unwrap();
}

#[test]
fn a_second_invitation_voids_the_first() {
    let mut world = county();
    invite(&mut world, child(), 1).unwrap();
    let again = invite(&mut world, child(), 2).unwrap();
    assert_eq!(again.says, []);
    assert_eq!(enrol(&mut world, 1, ITS_KEY), Err(Refusal::Invitation));
    enrol(&mut world, 2, ITS_KEY).unwrap();
}

#[test]
fn an_office_that_has_joined_is_not_invited_again() {
    let mut world = county();
    invite(&mut world, child(), 1).unwrap();
    enrol(&mut world, 1, ITS_KEY).unwrap();
    let refusal = invite(&mut world, child(), 2).unwrap_err();
    assert_eq!(refusal, Refusal::Joined(child().code));
    assert!(refusal.to_string().contains("terrace restore"));
    assert_eq!(enrol(&mut world, 2, OTHER_KEY), Err(Refusal::Invitation));
}

#[test]
fn a_code_and_an_id_name_one_office() {
    let mut world = county();
    let sibling = known(&world, SIBLING).unwrap();
    let cousin = known(&world, COUSIN).unwrap();
    for taken in [&sibling, &cousin] {
        let other = Office {
            code: taken.code.clone(),
            ..child()
        };
        let refusal = invite(&mut world, other, 1).unwrap_err();
        assert_eq!(refusal, Refusal::CodeTaken(taken.code.clone()));
    }
    let before = world.facts.clone();
    for id in [SIBLING, COUSIN, COUNTY, PREFECTURE] {
        let other = Office { id, ..child() };
        assert_eq!(invite(&mut world, other, 1), Err(Refusal::IdUsed), "{id}");
    }
    assert_eq!(world.facts, before);
    invite(&mut world, child(), 1).unwrap();
    let recoded = Office {
        code: "3699".parse().unwrap(),
        ..child()
    };
    assert_eq!(invite(&mut world, recoded, 2), Err(Refusal::IdUsed));
}

#[test]
fn a_child_stands_below_its_parent_and_has_a_name() {
    let mut world = county();
    for level in [Level::County, Level::Prefecture] {
        let office = Office { level, ..child() };
        let refusal = invite(&mut world, office, 1).unwrap_err();
        let parent = Level::County;
        assert_eq!(
            refusal,
            Refusal::Level {
                child: level,
                parent
            }
        );
    }
    for name in ["", "  ", &"名".repeat(61)] {
        let name = name.to_string();
        let office = Office { name, ..child() };
        assert_eq!(invite(&mut world, office, 1), Err(Refusal::Name(60)));
    }
    let name = alloc::format!(" {} ", "名".repeat(60));
    let level = Level::Village;
    invite(
        &mut world,
        Office {
            name,
            level,
            ..child()
        },
        1,
    )
    .unwrap();
    assert_eq!(known(&world, CHILD).unwrap().name, "名".repeat(60));
}

#[test]
fn nobody_enrols_who_was_not_invited() {
    let mut world = county();
    assert_eq!(enrol(&mut world, 1, ITS_KEY), Err(Refusal::Invitation));
    let cousin = Request::Enrol {
        office: COUSIN,
        token: token(1),
        key: KEY,
    };
    assert_eq!(world.ask(&cousin), Err(Refusal::Invitation));
}

/// The prefecture hears of a child of the county.
fn hears_of(world: &mut World, origin: OfficeId, office: Office) -> Result<Ruling, NoEffect> {
    let before = world.facts.clone();
    let heard = hears(world, origin, Audience::Ancestors, &Entry::Office(office));
    if heard.is_err() {
        assert_eq!(world.facts, before);
    }
    heard
}

fn childs(parent: OfficeId, key: Option<PublicKey>) -> Office {
    Office {
        parent: Some(parent),
        key,
        ..child()
    }
}

#[test]
fn offices_above_hear_of_a_child_from_its_parent_and_pin_its_first_key() {
    let mut world = Country::new().at(PREFECTURE).clone();
    hears_of(&mut world, COUNTY, childs(COUNTY, None)).unwrap();
    hears_of(&mut world, COUNTY, childs(COUNTY, Some(ITS_KEY))).unwrap();
    assert_eq!(known(&world, CHILD).unwrap().key, Some(ITS_KEY));
    hears_of(&mut world, COUNTY, childs(COUNTY, Some(ITS_KEY))).unwrap();
    for key in [Some(OTHER_KEY), None] {
        let heard = hears_of(&mut world, COUNTY, childs(COUNTY, key));
        assert_eq!(heard, Err(NoEffect::SecondKey));
    }
    let renamed = Office {
        name: "renamed".to_string(),
        ..childs(COUNTY, Some(ITS_KEY))
    };
    hears_of(&mut world, COUNTY, renamed.clone()).unwrap();
    assert_eq!(known(&world, CHILD), Some(renamed));
}

#[test]
fn nobody_but_its_parent_speaks_for_an_office() {
    let mut world = Country::new().at(PREFECTURE).clone();
    let heard = hears_of(&mut world, OTHER_COUNTY, childs(COUNTY, None));
    assert_eq!(heard, Err(NoEffect::NotTheirs));
    for stolen in [TOWNSHIP, COUNTY, PREFECTURE, OTHER_COUNTY] {
        let office = Office {
            id: stolen,
            ..childs(OTHER_COUNTY, Some(OTHER_KEY))
        };
        let heard = hears_of(&mut world, OTHER_COUNTY, office);
        assert_eq!(heard, Err(NoEffect::NotTheirs), "{stolen}");
    }
    hears_of(&mut world, COUNTY, childs(COUNTY, None)).unwrap();
    let heard = hears_of(&mut world, OTHER_COUNTY, childs(OTHER_COUNTY, Some(KEY)));
    assert_eq!(heard, Err(NoEffect::NotTheirs));
}

#[test]
fn a_code_that_an_office_has_is_not_given_to_another() {
    let mut world = Country::new().at(PREFECTURE).clone();
    let township = known(&world, TOWNSHIP).unwrap();
    let posing = |key| Office {
        code: township.code.clone(),
        ..childs(OTHER_COUNTY, key)
    };
    let heard = hears_of(&mut world, OTHER_COUNTY, posing(None));
    assert_eq!(heard, Err(NoEffect::Contradicts));
    let heard = hears_of(&mut world, OTHER_COUNTY, posing(Some(OTHER_KEY)));
    assert_eq!(heard, Err(NoEffect::SecondKey));
    let above = Office {
        level: Level::County,
        ..childs(OTHER_COUNTY, None)
    };
    let heard = hears_of(&mut world, OTHER_COUNTY, above);
    assert_eq!(heard, Err(NoEffect::Contradicts));
}

#[test]
fn an_invitation_nobody_used_gives_way_to_who_joined_below_under_its_code() {
    let mut world = Country::new().at(PREFECTURE).clone();
    let invited = Office {
        id: OfficeId(4_711),
        ..child()
    };
    invite(&mut world, invited.clone(), 1).unwrap();
    let stays = |world: &World| known(world, invited.id).is_some();

    // Not yet: neither has joined.
    let heard = hears_of(&mut world, COUNTY, childs(COUNTY, None));
    assert_eq!(heard, Err(NoEffect::Contradicts));
    assert!(stays(&world));
    hears_of(&mut world, COUNTY, childs(COUNTY, Some(ITS_KEY))).unwrap();
    assert!(!stays(&world) && known(&world, CHILD).is_some());
    assert_eq!(world.tree.by_code(&child().code).unwrap().id, CHILD);
    assert_eq!(world.tree.get(invited.id), None);
    let invitation = Key::Invitation(child().code);
    assert!(!world.facts.contains_key(&invitation));
    let refusal = invite(&mut world, invited, 2).unwrap_err();
    assert_eq!(refusal, Refusal::CodeTaken(child().code));

    // What one county invited is not another's to take.
    let mut world = Country::new().at(PREFECTURE).clone();
    hears_of(&mut world, COUNTY, childs(COUNTY, None)).unwrap();
    let posing = Office {
        id: OfficeId(4_711),
        ..childs(OTHER_COUNTY, Some(OTHER_KEY))
    };
    let heard = hears_of(&mut world, OTHER_COUNTY, posing);
    assert_eq!(heard, Err(NoEffect::Contradicts));
    hears_of(&mut world, COUNTY, childs(COUNTY, Some(ITS_KEY))).unwrap();
}

/// Enters made-up offices below one, until it has so many.
fn fill(world: &mut World, parent: OfficeId, level: Level, count: usize) {
    let first = 1_000_000 + world.tree.count() as u64;
    let missing = count - world.tree.count_below(parent);
    for number in first..first + missing as u64 {
        world.tree.enter(Office {
            code: format!("{number:012}").parse().unwrap(),
            ..office(OfficeId(number), Some(parent), level)
        });
    }
}

#[test]
fn ten_thousand_offices_stand_below_one_and_no_more() {
    let mut world = county();
    fill(&mut world, COUNTY, Level::Township, CHILDREN - 1);
    invite(&mut world, child(), 1).unwrap();
    let one_more = Office {
        id: OfficeId(34),
        code: "360827999".parse().unwrap(),
        ..child()
    };
    let refusal = invite(&mut world, one_more.clone(), 1).unwrap_err();
    assert!(matches!(refusal, Refusal::TooManyOffices { .. }));
    invite(&mut world, child(), 2).unwrap();

    let mut world = Country::new().at(PREFECTURE).clone();
    fill(&mut world, COUNTY, Level::Township, CHILDREN - 1);
    hears_of(&mut world, COUNTY, childs(COUNTY, None)).unwrap();
    let one_more = Office {
        parent: Some(COUNTY),
        ..one_more
    };
    let heard = hears_of(&mut world, COUNTY, one_more);
    assert_eq!(heard, Err(NoEffect::TooMany));
    hears_of(&mut world, COUNTY, childs(COUNTY, Some(ITS_KEY))).unwrap();
}

#[test]
fn an_office_knows_twenty_thousand_offices_and_no_more() {
    let mut world = Country::new().at(PREFECTURE).clone();
    fill(&mut world, COUNTY, Level::Township, CHILDREN);
    let rest = OFFICES - world.tree.count() - 1;
    let below = world.tree.count_below(OTHER_COUNTY) + rest;
    fill(&mut world, OTHER_COUNTY, Level::Township, below);
    hears_of(&mut world, OTHER_COUNTY, childs(OTHER_COUNTY, None)).unwrap();
    assert_eq!(world.tree.count(), OFFICES);
    let one_more = Office {
        id: OfficeId(34),
        code: "360827999".parse().unwrap(),
        ..childs(OTHER_COUNTY, None)
    };
    let heard = hears_of(&mut world, OTHER_COUNTY, one_more);
    assert_eq!(heard, Err(NoEffect::TooMany));
}

#[test]
fn an_epoch_opens_under_the_pinned_key_and_in_itself() {
    let mut world = county();
    let opened = |epoch: u32, key| {
        Entry::EpochOpened(EpochOpened {
            epoch: Epoch(epoch),
            key,
        })
    };
    let mut hear = |origin, entry: &Entry| hears(&mut world, origin, Audience::Ancestors, entry);
    assert_eq!(hear(TOWNSHIP, &opened(1, KEY)), Ok(Ruling::default()));
    assert_eq!(
        hear(TOWNSHIP, &opened(1, OTHER_KEY)),
        Err(NoEffect::SecondKey)
    );
    assert_eq!(hear(TOWNSHIP, &opened(2, KEY)), Err(NoEffect::Contradicts));
    assert_eq!(hear(CHILD, &opened(1, KEY)), Err(NoEffect::Unknown));
}

#[test]
fn an_office_says_its_own_epoch_to_all_above() {
    let mut world = county();
    let opened = EpochOpened {
        epoch: Epoch::FIRST,
        key: KEY,
    };
    let ruling = world.ask(&Request::OpenEpoch(opened)).unwrap();
    let [say] = &ruling.says[..] else {
        panic!("{ruling:?}")
    };
    assert_eq!(
        (say.audience, &say.entry),
        (Audience::Ancestors, &Entry::EpochOpened(opened))
    );
    assert_eq!(ruling.changes, []);
}
