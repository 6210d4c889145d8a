//! Notices go down, receipts come up.

use alloc::{string::ToString, vec::Vec};

use terrace_model::{
    Audience, Date, Entry, Fact, Key, Level, Notice, NoticeId, NoticeKey, OfficeId, Receipt,
    Ruling, Time,
};

use super::{
    arrivals::hears,
    country::{COUNTY, COUSIN, Country, OTHER_COUNTY, PREFECTURE, PROVINCE, SIBLING, TOWNSHIP},
    rig::{World, day},
};
use crate::{Class, Mark, NoEffect, Refusal, Request};

const ID: NoticeId = NoticeId(5);

const KEY: NoticeKey = NoticeKey {
    id: ID,
    issuer: PREFECTURE,
};

const ALL: [OfficeId; 7] = [
    PREFECTURE,
    COUNTY,
    TOWNSHIP,
    SIBLING,
    OTHER_COUNTY,
    COUSIN,
    PROVINCE,
];

fn publish_of(title: &str, body: &str, to: &[Audience]) -> Request {
    Request::Publish {
        id: ID,
        title: title.to_string(),
        body: body.to_string(),
        to: to.to_vec(),
        acknowledge_by: Some(day("2026-03-01")),
    }
}

fn publish(country: &mut Country, from: OfficeId, to: &[Audience]) -> Result<Ruling, Refusal> {
    let ruling = country.at(from).ask(&publish_of("关于培训", "三月", to));
    country.settle();
    ruling
}

fn mark(country: &mut Country, office: OfficeId, mark: Mark) -> Result<Ruling, Refusal> {
    let world = country.at(office);
    world.now = world.now.plus_millis(1_000);
    let ruling = world.ask(&Request::Mark { notice: KEY, mark });
    country.settle();
    ruling
}

const fn subtree(root: OfficeId) -> Audience {
    Audience::Subtree { root, level: None }
}

const fn level(root: OfficeId, level: Level) -> Audience {
    let level = Some(level);
    Audience::Subtree { root, level }
}

/// Offices that hold the notice.
fn holders(country: &Country) -> Vec<OfficeId> {
    let holds = |office: &OfficeId| country.worlds[office].facts.contains_key(&Key::Notice(KEY));
    ALL.into_iter().filter(holds).collect()
}

fn receipt(world: &World, of: OfficeId) -> Option<Receipt> {
    let key = Key::Receipt {
        notice: KEY,
        office: of,
    };
    match world.facts.get(&key) {
        Some(Fact::Receipt(said)) => Some(said.value),
        _ => None,
    }
}

/// Who has it delivered, by what an office knows.
fn delivered(country: &Country, at: OfficeId) -> Vec<OfficeId> {
    let has = |of: &OfficeId| {
        receipt(&country.worlds[&at], *of).is_some_and(|receipt| receipt.delivered.is_some())
    };
    ALL.into_iter().filter(has).collect()
}

#[test]
fn a_notice_reaches_a_subtree_a_level_or_a_list_and_nobody_else() {
    let below_county = [COUNTY, TOWNSHIP, SIBLING];
    let townships = [TOWNSHIP, SIBLING, COUSIN];
    let all_below = [COUNTY, TOWNSHIP, SIBLING, OTHER_COUNTY, COUSIN];
    let reached: [(&[Audience], &[OfficeId]); 6] = [
        (&[subtree(PREFECTURE)], &all_below),
        (&[subtree(COUNTY)], &below_county),
        (&[level(PREFECTURE, Level::Township)], &townships),
        (&[level(PREFECTURE, Level::County)], &[COUNTY, OTHER_COUNTY]),
        (
            &[Audience::Office(SIBLING), Audience::Office(COUSIN)],
            &[SIBLING, COUSIN],
        ),
        (
            &[subtree(COUNTY), Audience::Office(TOWNSHIP)],
            &below_county,
        ),
    ];
    for (to, offices) in reached {
        let mut country = Country::new();
        publish(&mut country, PREFECTURE, to).unwrap();
        let mut expected = offices.to_vec();
        expected.push(PREFECTURE);
        expected.sort_by_key(|office| ALL.iter().position(|other| other == office));
        assert_eq!(holders(&country), expected, "{to:?}");
        for above in [PREFECTURE, PROVINCE] {
            let told = delivered(&country, above);
            assert_eq!(told, expected[1..], "{to:?} at {above}");
        }
        assert_eq!(country.without, []);
    }
}

#[test]
fn a_notice_goes_to_offices_below_and_to_at_least_one() {
    let refused: [(OfficeId, &[Audience]); 9] = [
        (COUNTY, &[]),
        (COUNTY, &[Audience::Office(COUNTY)]),
        (COUNTY, &[Audience::Office(PREFECTURE)]),
        (
            COUNTY,
            &[Audience::Office(TOWNSHIP), Audience::Office(COUSIN)],
        ),
        (COUNTY, &[Audience::Office(OfficeId(404))]),
        (COUNTY, &[subtree(PREFECTURE)]),
        (COUNTY, &[Audience::Ancestors]),
        (COUNTY, &[level(COUNTY, Level::County)]),
        (TOWNSHIP, &[subtree(TOWNSHIP)]),
    ];
    for (from, to) in refused {
        let mut country = Country::new();
        let refusal = publish(&mut country, from, to).unwrap_err();
        assert_eq!(refusal, Refusal::NotBelow, "{to:?}");
        assert_eq!(refusal.class(), Class::Content);
    }
    for to in [level(COUNTY, Level::Township), subtree(TOWNSHIP)] {
        publish(&mut Country::new(), COUNTY, &[to]).unwrap();
    }
}

#[test]
fn title_text_and_list_have_limits() {
    let world = Country::new().at(PREFECTURE).clone();
    let to = [subtree(COUNTY)];
    let ask = |title: &str, body: &str, to: &[Audience]| world.rule(&publish_of(title, body, to));
    ask(&"题".repeat(200), &"a".repeat(64 << 10), &to).unwrap();
    for title in ["", "  ", &"题".repeat(201)] {
        assert_eq!(ask(title, "", &to), Err(Refusal::Title(200)));
    }
    for body in ["", " \n\u{3000}\r\n"] {
        assert_eq!(ask("t", body, &to), Err(Refusal::NoBody), "{body:?}");
    }
    let long = ask("t", &"a".repeat((64 << 10) + 1), &to);
    assert_eq!(long, Err(Refusal::Body(64 << 10)));
}

#[test]
fn nobody_is_asked_to_acknowledge_by_a_day_that_is_past() {
    let world = Country::new().at(PREFECTURE).clone();
    let today = world.today;
    let ask = |by: Date| {
        let mut request = publish_of("t", "b", &[subtree(COUNTY)]);
        if let Request::Publish { acknowledge_by, .. } = &mut request {
            *acknowledge_by = Some(by);
        }
        world.rule(&request)
    };
    let yesterday = day("2026-01-30");
    let refusal = ask(yesterday).unwrap_err();
    assert_eq!(
        refusal,
        Refusal::Overdue {
            by: yesterday,
            today
        }
    );
    assert_eq!(refusal.class(), Class::Content);
    ask(today).unwrap();
}

#[test]
fn what_a_list_multiplies_stays_within_one_commit() {
    let mut world = Country::new().at(PREFECTURE).clone();
    let mut list = Vec::new();
    for id in 0..4_097_u64 {
        let mut office =
            super::country::office(OfficeId(1_000 + id), Some(COUNTY), Level::Township);
        office.code = alloc::format!("36{id:05}").parse().unwrap();
        list.push(Audience::Office(office.id));
        world.tree.enter(office);
    }
    let most = (32 << 20) / 4_096;
    let ask = |bytes: usize, to: &[Audience]| world.rule(&publish_of("t", &"a".repeat(bytes), to));
    assert_eq!(ask(0, &list), Err(Refusal::NotBelow));
    assert_eq!(ask(most, &list[1..]).unwrap().says.len(), 4_096);
    assert_eq!(ask(most + 1, &list[1..]), Err(Refusal::Body(most)));
    assert_eq!(ask(64 << 10, &list[..512]).unwrap().says.len(), 512);
    let doubled = [&list[..512], &list[..512]].concat();
    assert_eq!(ask(64 << 10, &doubled).unwrap().says.len(), 512);
}

#[test]
fn the_same_notice_again_changes_nothing_and_another_needs_its_own_id() {
    let mut country = Country::new();
    let to = [subtree(COUNTY)];
    publish(&mut country, PREFECTURE, &to).unwrap();
    country.at(PREFECTURE).now = Time(9);
    assert_eq!(
        publish(&mut country, PREFECTURE, &to),
        Ok(Ruling::default())
    );
    let other = country
        .at(PREFECTURE)
        .rule(&publish_of("关于培训", "四月", &to));
    assert_eq!(other, Err(Refusal::IdUsed));
    let elsewhere = publish(&mut country, PREFECTURE, &[subtree(OTHER_COUNTY)]);
    assert_eq!(elsewhere, Err(Refusal::IdUsed));
}

#[test]
fn a_notice_is_delivered_once_then_read_then_acknowledged_and_never_backwards() {
    let mut country = Country::new();
    publish(&mut country, PREFECTURE, &[subtree(COUNTY)]).unwrap();
    let first = receipt(&country.worlds[&TOWNSHIP], TOWNSHIP).unwrap();
    assert!(first.delivered.is_some() && first.read.is_none());
    mark(&mut country, TOWNSHIP, Mark::Read).unwrap();
    let read = receipt(&country.worlds[&PREFECTURE], TOWNSHIP).unwrap();
    assert_eq!(read.delivered, first.delivered);
    assert!(read.read.is_some() && read.acknowledged.is_none());
    assert_eq!(
        mark(&mut country, TOWNSHIP, Mark::Read),
        Ok(Ruling::default())
    );
    mark(&mut country, TOWNSHIP, Mark::Acknowledged).unwrap();
    let both = receipt(&country.worlds[&PREFECTURE], TOWNSHIP).unwrap();
    assert_eq!((both.delivered, both.read), (read.delivered, read.read));
    assert!(both.acknowledged > both.read);
    for again in [Mark::Read, Mark::Acknowledged] {
        assert_eq!(mark(&mut country, TOWNSHIP, again), Ok(Ruling::default()));
    }
    let sibling = receipt(&country.worlds[&PREFECTURE], SIBLING).unwrap();
    assert_eq!((sibling.read, sibling.acknowledged), (None, None));
}

#[test]
fn who_acknowledges_has_read() {
    let mut country = Country::new();
    publish(&mut country, PREFECTURE, &[Audience::Office(TOWNSHIP)]).unwrap();
    mark(&mut country, TOWNSHIP, Mark::Acknowledged).unwrap();
    let seen = receipt(&country.worlds[&COUNTY], TOWNSHIP).unwrap();
    assert!(seen.acknowledged.is_some());
    assert_eq!(seen.read, seen.acknowledged);
}

#[test]
fn only_an_office_that_a_notice_addresses_marks_it() {
    let mut country = Country::new();
    publish(&mut country, PREFECTURE, &[Audience::Office(TOWNSHIP)]).unwrap();
    let refusal = mark(&mut country, PREFECTURE, Mark::Read).unwrap_err();
    assert_eq!(refusal, Refusal::NotAddressed);
    for office in [COUNTY, SIBLING, PROVINCE] {
        let refusal = mark(&mut country, office, Mark::Read).unwrap_err();
        assert_eq!(refusal, Refusal::NoSuchNotice, "{office}");
        assert_eq!(refusal.class(), Class::NoSuch);
    }
}

fn notice(issuer: OfficeId, body: &str) -> Notice {
    Notice {
        id: ID,
        issuer,
        title: "t".to_string(),
        body: body.to_string(),
        acknowledge_by: None,
        issued: Time(3),
    }
}

#[test]
fn a_notice_arriving_again_is_received_once_and_another_under_its_id_has_no_effect() {
    let mut country = Country::new();
    let world = country.at(TOWNSHIP);
    let to = Audience::Office(TOWNSHIP);
    let entry = Entry::Notice(notice(PREFECTURE, "三月"));
    let ruling = hears(world, PREFECTURE, to, &entry).unwrap();
    assert_eq!(ruling.says.len(), 1);
    let before = world.facts.clone();
    world.now = Time(9);
    assert_eq!(hears(world, PREFECTURE, to, &entry).unwrap().says, []);
    assert_eq!(world.facts, before);
    let by_level = level(PREFECTURE, Level::Township);
    assert_eq!(hears(world, PREFECTURE, by_level, &entry).unwrap().says, []);
    let Some(Fact::Notice(held)) = world.facts.get(&Key::Notice(KEY)) else {
        panic!("the notice is held")
    };
    assert_eq!(held.audiences, [to, by_level]);
    let before = world.facts.clone();
    let other = Entry::Notice(notice(PREFECTURE, "四月"));
    let heard = hears(world, PREFECTURE, to, &other);
    assert_eq!(heard, Err(NoEffect::Contradicts));
    assert_eq!(world.facts, before);
}

#[test]
fn an_id_is_its_issuers_and_hides_no_notice_of_another() {
    let mut country = Country::new();
    let world = country.at(TOWNSHIP);
    let to = Audience::Office(TOWNSHIP);
    let receipts = [COUNTY, PREFECTURE].map(|issuer| {
        let entry = Entry::Notice(notice(issuer, "三月"));
        let ruling = hears(world, issuer, to, &entry).unwrap();
        ruling
            .says
            .into_iter()
            .map(|say| say.entry)
            .collect::<Vec<_>>()
    });
    let delivered = Receipt {
        delivered: Some(world.now),
        ..Receipt::default()
    };
    let receipt_of = |issuer| {
        let notice = NoticeKey { id: ID, issuer };
        let receipt = delivered;
        Vec::from([Entry::Receipt { notice, receipt }])
    };
    assert_eq!(receipts, [COUNTY, PREFECTURE].map(receipt_of));
}

#[test]
fn a_notice_of_another_office_or_from_below_or_beside_has_no_effect() {
    let mut country = Country::new();
    let to = Audience::Office(COUNTY);
    let before = country.at(COUNTY).facts.clone();
    for (origin, issuer) in [
        (PREFECTURE, PROVINCE),
        (TOWNSHIP, TOWNSHIP),
        (OTHER_COUNTY, OTHER_COUNTY),
    ] {
        let entry = Entry::Notice(notice(issuer, "三月"));
        let heard = hears(country.at(COUNTY), origin, to, &entry);
        assert_eq!(heard, Err(NoEffect::NotTheirs), "{origin} {issuer}");
    }
    let entry = Entry::Notice(notice(PREFECTURE, "三月"));
    for audience in [
        Audience::Office(TOWNSHIP),
        level(PREFECTURE, Level::Township),
    ] {
        let heard = hears(country.at(COUNTY), PREFECTURE, audience, &entry);
        assert_eq!(heard, Ok(Ruling::default()), "{audience:?}");
    }
    assert_eq!(country.at(COUNTY).facts, before);
}

#[test]
fn an_issuer_that_gets_its_own_notice_back_receives_nothing() {
    let mut country = Country::new();
    let world = country.at(PREFECTURE);
    let entry = Entry::Notice(notice(PREFECTURE, "三月"));
    let ruling = hears(world, PREFECTURE, subtree(COUNTY), &entry).unwrap();
    assert_eq!(ruling.says, []);
    let ruling = hears(world, PREFECTURE, Audience::Office(COUSIN), &entry).unwrap();
    assert_eq!(ruling.says, []);
    let Some(Fact::Notice(held)) = world.facts.get(&Key::Notice(KEY)) else {
        panic!("the notice is held again")
    };
    assert_eq!(held.audiences, [Audience::Office(COUSIN), subtree(COUNTY)]);
    assert_eq!(receipt(world, PREFECTURE), None);
}
