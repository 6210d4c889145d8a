//! Records, consents and what they say.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use terrace_catalog::{FieldKind, MAX_ID_CHARS, Put};
use terrace_model::{
    Audience, Consent, Content, Entry, Fact, Key, Lane, Month, RecordDeed, RecordKey, Ruling, Value,
};

use super::{
    clerk::furnished,
    rig::{World, day},
};
use crate::{Class, Fault, Refusal, Request};

/// What a ruling says at home, and what it says of figures.
fn apart(ruling: &Ruling) -> (Vec<&Entry>, Vec<&Entry>) {
    let (home, above): (Vec<_>, Vec<_>) = ruling
        .says
        .iter()
        .partition(|say| say.audience == Audience::Home);
    assert!(home.iter().all(|say| say.lane == Lane::Every));
    (
        home.into_iter().map(|say| &say.entry).collect(),
        above.into_iter().map(|say| &say.entry).collect(),
    )
}

fn fields(refusal: Refusal) -> Vec<Fault> {
    let Refusal::Fields(faults) = refusal else {
        panic!("{refusal:?}")
    };
    faults
}

fn told(refusal: Refusal) -> Vec<(String, String)> {
    let told = |fault: Fault| (fault.field, fault.reason.to_string());
    fields(refusal).into_iter().map(told).collect()
}

/// A code of what visits are about.
fn subject(world: &World) -> String {
    let visit = world.book.catalog.record_type("visit").unwrap();
    let FieldKind::Code(list) = &visit.field("subject").unwrap().kind else {
        panic!("{visit:?}")
    };
    list.codes[0].code.clone()
}

/// Months and what they say of the persons reached.
fn reached(world: &World) -> Vec<(String, String)> {
    let cell = |(key, fact): (&Key, &Fact)| match (key, fact) {
        (Key::Cell(key), Fact::Cell(said)) if key.indicator == "assigned_reached" => {
            Some((key.month.to_string(), said.value.change.to_string()))
        }
        _ => None,
    };
    world.facts.iter().filter_map(cell).collect()
}

#[test]
fn a_record_stays_home_and_its_figures_go_up_in_the_same_ruling() {
    let mut world = World::alone();
    let ruling = world.person("p", &[("phone", "139 0000 0000")]);
    let (home, above) = apart(&ruling);
    let [Entry::Record(act)] = home[..] else {
        panic!("{home:?}")
    };
    assert_eq!((act.record.id.as_str(), act.actor.as_str()), ("p", "clerk"));
    assert_eq!(act.deed, RecordDeed::Put { from: None });
    let content = ruling.says[0].content.clone().unwrap();
    let Content::Fields(kept) = content else {
        panic!("{content:?}")
    };
    assert_eq!(kept["phone"], Value::Text("139 0000 0000".to_string()));
    assert!(above.iter().any(|entry| matches!(
        entry,
        Entry::Figure { key, cell: Some(_) } if key.indicator == "persons_joined"
    )));
    let figures = above
        .iter()
        .all(|entry| matches!(entry, Entry::Figure { .. } | Entry::Through(_)));
    assert!(figures, "{above:?}");
    let beside = ruling.says.iter().filter(|say| say.content.is_some());
    assert_eq!(beside.count(), 1);
}

#[test]
fn what_moves_no_figure_says_none() {
    let mut world = furnished();
    world.put("unit", "1", &[("name", "税务局")]).unwrap();
    let ruling = world.put("unit", "1", &[("contact", "赵")]).unwrap();
    assert!(apart(&ruling).1.is_empty());
    let ruling = world.put("person", "1", &[("phone", "0796")]).unwrap();
    assert!(apart(&ruling).1.is_empty());
    let again = world.put("person", "1", &[("phone", "0796")]).unwrap();
    assert_eq!(again, Ruling::default());
}

#[test]
fn every_fault_of_a_put_is_told_at_once() {
    let mut world = World::alone();
    let code = subject(&world);
    let given = [
        ("staff", "甲"),
        ("person", "p"),
        ("visited_on", "2026-02-01"),
        ("subject", &code),
    ];
    let refusal = world.put("visit", " v", &given).unwrap_err();
    assert_eq!(refusal.class(), Class::Content);
    let named: Vec<_> = told(refusal).into_iter().map(|(field, _)| field).collect();
    assert_eq!(named, ["id", "visited_on", "person"]);
}

#[test]
fn an_id_has_as_many_characters_as_the_catalog_reads_and_no_more() {
    let mut world = World::alone();
    let longest = "字".repeat(MAX_ID_CHARS);
    world.put("unit", &longest, &[("name", "u")]).unwrap();
    for id in ["", "a\u{7}", " a", &"字".repeat(MAX_ID_CHARS + 1)] {
        let refusal = world.put("unit", id, &[("name", "u")]).unwrap_err();
        assert_eq!(fields(refusal)[0].field, "id", "{id:?}");
    }
}

#[test]
fn there_is_no_type_but_those_of_the_catalog() {
    let mut world = World::alone();
    let request = super::rig::delete_of("opinion", "1");
    let refusal = world.ask(&request).unwrap_err();
    assert_eq!(refusal, Refusal::NoSuchType("opinion".to_string()));
    assert_eq!(refusal.class(), Class::NoSuch);
    let request = super::rig::put_of("opinion", "1", [].into(), Put::default());
    assert_eq!(world.ask(&request).unwrap_err(), refusal);
    let refusal = world.delete("person", "9").unwrap_err();
    assert_eq!(refusal.class(), Class::NoSuch);
}

#[test]
fn a_record_that_others_refer_to_in_any_state_cannot_vanish() {
    let mut world = furnished();
    world.person("2", &[("on_roster_since", "2024-01-01")]);
    let assigned = [("staff", "甲"), ("person", "2"), ("since", "2025-01-01")];
    world.put("assignment", "a", &assigned).unwrap();
    world.put("assignment", "a", &[("person", "1")]).unwrap();
    let refusal = world.delete("person", "2").unwrap_err();
    let expected = Refusal::Referred {
        count: 1,
        kind: "assignment".to_string(),
        id: "a".to_string(),
    };
    assert_eq!(refusal, expected);
    world.delete("assignment", "a").unwrap();
    world.delete("person", "2").unwrap();
    assert!(
        !world
            .facts
            .contains_key(&Key::Record(RecordKey::new("person", "2")))
    );
}

#[test]
fn a_deletion_takes_the_record_from_all_periods() {
    let empty = World::alone();
    let mut world = World::alone();
    world.person("p", &[("left_on", "2025-03-01"), ("left_reason", "ended")]);
    world.put("person", "p", &[("pool", "county")]).unwrap();
    let ruling = world.delete("person", "p").unwrap();
    let (home, above) = apart(&ruling);
    let [Entry::Record(act)] = home[..] else {
        panic!("{home:?}")
    };
    assert_eq!((act.deed, act.content), (RecordDeed::Delete, None));
    assert!(
        above
            .iter()
            .all(|entry| matches!(entry, Entry::Figure { cell: None, .. }))
    );
    world.facts.retain(|key, _| !matches!(key, Key::Through(_)));
    assert_eq!(world.facts, empty.facts);
}

#[test]
fn a_person_is_reached_once_a_month_by_whoever_is_assigned() {
    let mut world = furnished();
    let month = |text: &str, change: &str| (text.to_string(), change.to_string());
    let assigned = [("staff", "甲"), ("person", "1"), ("since", "2025-01-01")];
    world.put("assignment", "a", &assigned).unwrap();
    let code = subject(&world);
    let visit = |on| {
        [
            ("staff", "乙"),
            ("person", "1"),
            ("visited_on", on),
            ("subject", code.as_str()),
        ]
    };
    world.put("visit", "1", &visit("2025-02-03")).unwrap();
    world.put("visit", "2", &visit("2025-02-20")).unwrap();
    world.put("visit", "3", &visit("2025-04-01")).unwrap();
    world.put("visit", "4", &visit("2024-12-31")).unwrap();
    assert_eq!(
        reached(&world),
        [month("202502", "1"), month("202504", "1")]
    );
    world.put("visit", "1", &[("person", "0")]).unwrap();
    assert_eq!(
        reached(&world),
        [month("202502", "1"), month("202504", "1")]
    );
    world.delete("visit", "2").unwrap();
    assert_eq!(reached(&world), [month("202504", "1")]);
    let second = [
        ("staff", "丙"),
        ("person", "0"),
        ("since", "2025-02-03"),
        ("until", "2025-02-03"),
    ];
    world.put("assignment", "b", &second).unwrap();
    assert_eq!(
        reached(&world),
        [month("202502", "1"), month("202504", "1")]
    );
    world
        .put("assignment", "a", &[("until", "2025-03-31")])
        .unwrap();
    assert_eq!(reached(&world), [month("202502", "1")]);
    world.delete("assignment", "b").unwrap();
    assert_eq!(reached(&world), []);
}

#[test]
fn what_the_office_publishes_of_a_person_needs_their_consent() {
    let mut world = furnished();
    let published = [
        ("person", "1"),
        ("outlet", "日报"),
        ("published_on", "2026-01-10"),
    ];
    let refusal = world.put("publicity", "n", &published).unwrap_err();
    let [(field, reason)] = &told(refusal)[..] else {
        panic!()
    };
    assert_eq!(field, "person");
    assert!(
        reason.contains("terrace submission consent 1 --for publicity"),
        "{reason}"
    );
    world.consent("1", "nomination").unwrap();
    assert!(world.put("publicity", "n", &published).is_err());
    world.consent("1", "publicity").unwrap();
    world.put("publicity", "n", &published).unwrap();
    let assigned = [("staff", "甲"), ("person", "1"), ("since", "2025-01-01")];
    world.put("assignment", "a", &assigned).unwrap();
}

#[test]
fn a_consent_is_kept_once_and_never_leaves_the_office() {
    let mut world = furnished();
    let ruling = world.consent("1", "nomination").unwrap();
    let [say] = &ruling.says[..] else {
        panic!("{ruling:?}")
    };
    assert_eq!(say.audience, Audience::Home);
    assert!(matches!(say.entry, Entry::Consent(_)));
    assert!(matches!(&say.content, Some(Content::Consent(consent)) if consent.person == "1"));
    assert_eq!(world.consent("1", "nomination").unwrap(), Ruling::default());
}

#[test]
fn a_consent_names_a_person_something_to_consent_to_a_day_and_a_paper() {
    let mut world = furnished();
    let mut file = |person: &str, kind: &str, on: &str, document: &str| {
        let consent = Consent {
            person: person.to_string(),
            kind: kind.to_string(),
            on: day(on),
            document: document.to_string(),
        };
        let actor = "clerk".to_string();
        world.ask(&Request::Consent { consent, actor })
    };
    let longest = "卷".repeat(200);
    file("1", "nomination", "2026-01-31", &longest).unwrap();
    let refused = file("9", "nomination", "2026-01-31", "x").unwrap_err();
    assert_eq!(refused.class(), Class::NoSuch);
    for kind in ["visit", "opinion"] {
        let refused = file("1", kind, "2026-01-31", "x").unwrap_err();
        assert_eq!(refused, Refusal::NoSuchWorkflow(kind.to_string()));
    }
    let faulty = [
        ("2026-02-01", "x", vec!["on"]),
        ("2026-01-31", " ", vec!["document"]),
        ("2026-02-01", &"卷".repeat(201), vec!["on", "document"]),
    ];
    for (on, document, fields) in faulty {
        let refused = file("1", "publicity", on, document).unwrap_err();
        let named: Vec<_> = told(refused).into_iter().map(|(field, _)| field).collect();
        assert_eq!(named, fields);
    }
}

#[test]
fn consents_go_with_the_person_they_are_of() {
    let mut world = furnished();
    world.person("2", &[]);
    world.consent("2", "nomination").unwrap();
    world.consent("2", "publicity").unwrap();
    world.consent("1", "nomination").unwrap();
    world.delete("person", "2").unwrap();
    world.person("2", &[("name", "another")]);
    let published = [
        ("person", "2"),
        ("outlet", "日报"),
        ("published_on", "2026-01-10"),
    ];
    assert!(world.put("publicity", "n", &published).is_err());
    let consents: Vec<&Key> = world
        .facts
        .keys()
        .filter(|key| matches!(key, Key::Consent { .. }))
        .collect();
    assert_eq!(consents.len(), 2);
}

#[test]
fn what_the_calendar_alone_will_change_is_said_in_advance() {
    let mut world = World::alone();
    world.person("p", &[("confirmed_on", "2025-06-30")]);
    let june = Month::of(day("2025-06-30"));
    let later = |(key, fact): (&Key, &Fact)| match (key, fact) {
        (Key::Cell(key), Fact::Cell(said)) => {
            let later = key.indicator == "stale_persons" && key.month > june;
            later.then(|| (key.month, said.value.change.to_string()))
        }
        _ => None,
    };
    let said: BTreeSet<(Month, String)> = world.facts.iter().filter_map(later).collect();
    let july = (Month::of(day("2026-07-01")), "1".to_string());
    assert_eq!(said, [july].into());
}
