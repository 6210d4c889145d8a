//! Nominations over several offices: proposed, passed on, decided, told back.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{Action, WorkflowState, parse_terms};
use terrace_model::{Content, Entry, Fact, Fields, Key, OfficeId, Ruling, SubmissionId, Time};

use super::{
    country::{COUNTY, COUSIN, Country, OTHER_COUNTY, PREFECTURE, PROVINCE, SIBLING, TOWNSHIP},
    rig::World,
};
use crate::{
    Class, Refusal, Request,
    submissions::{Standing, stand},
};

pub(super) const ID: SubmissionId = SubmissionId(77);
const KIND: &str = "nomination";

pub(super) const TERMS: [(&str, &str); 5] = [
    ("person", "p-1"),
    ("body", "cppcc"),
    ("seat", "member"),
    ("level", "prefecture"),
    ("term", "第五届"),
];

pub(super) fn terms(world: &World, raw: &[(&str, &str)]) -> Fields {
    let workflow = world.book.catalog.workflow(KIND).unwrap();
    parse_terms(workflow, raw.iter().copied()).unwrap()
}

fn submit(world: &mut World, id: SubmissionId, raw: &[(&str, &str)]) -> Result<Ruling, Refusal> {
    let given = terms(world, raw);
    let kind = KIND.to_string();
    world.ask(&Request::Submit { id, kind, given })
}

/// Somebody whom the office may propose.
fn candidate(world: &mut World) {
    let organisation = [
        ("name", "遂川茶业"),
        ("kind", "enterprise"),
        ("industry", "C"),
        ("employees", "31415"),
        ("capital", "2718.28"),
        ("founded_on", "2011-01-01"),
    ];
    world.put("organisation", "o-1", &organisation).unwrap();
    let person = [
        ("name", "刘文"),
        ("birth_year", "1980"),
        ("organisation", "o-1"),
        ("phone", "13907960796"),
        ("pool", "county"),
    ];
    world.person("p-1", &person);
    world.consent("p-1", KIND).unwrap();
}

/// A country in which the township has proposed somebody.
pub(super) fn proposed() -> Country {
    let mut country = Country::new();
    candidate(country.at(TOWNSHIP));
    submit(country.at(TOWNSHIP), ID, &TERMS).unwrap();
    country.settle();
    country
}

pub(super) fn act_of(action: Action, reason: Option<&str>) -> Request {
    Request::Act {
        id: ID,
        action,
        reason: reason.map(ToString::to_string),
        note: None,
    }
}

/// The reason that an act needs, where it needs one.
pub(super) const fn reason_of(action: Action) -> Option<&'static str> {
    match action {
        Action::Return => Some("incomplete"),
        Action::Reject => Some("places_taken"),
        Action::Submit | Action::Forward | Action::Approve | Action::Withdraw => None,
    }
}

type Acts<'a> = &'a [(OfficeId, Action)];

impl Country {
    fn act(&mut self, office: OfficeId, action: Action) -> Result<Ruling, Refusal> {
        let world = self.at(office);
        world.now = world.now.plus_millis(60_000);
        let ruling = world.ask(&act_of(action, reason_of(action)))?;
        self.settle();
        Ok(ruling)
    }

    fn acts(&mut self, acts: Acts<'_>) {
        for (office, action) in acts {
            let answer = self.act(*office, *action);
            assert!(answer.is_ok(), "{office} {action}: {answer:?}");
        }
    }
}

pub(super) fn standing(world: &World) -> Option<Standing> {
    let Fact::Submission(held) = world.facts.get(&Key::Submission(ID))? else {
        return None;
    };
    let workflow = world.book.catalog.workflow(&held.proposal.kind).unwrap();
    Some(stand(workflow, &held.proposal, &held.steps, &world.tree))
}

fn state(world: &World) -> Option<(WorkflowState, Option<OfficeId>)> {
    standing(world).map(|standing| (standing.state, standing.with))
}

/// All offices named see the submission stand so; nothing was without effect.
fn stands(country: &Country, at: &[OfficeId], state: WorkflowState, with: Option<OfficeId>) {
    for office in at {
        let found = super::nominations::state(&country.worlds[office]);
        assert_eq!(found, Some((state, with)), "{office}");
    }
    let holders = country
        .worlds
        .values()
        .filter(|world| standing(world).is_some());
    assert_eq!(holders.count(), at.len());
    assert_eq!(country.without, []);
}

use Action::{Approve, Forward, Reject, Return, Submit, Withdraw};
use WorkflowState::{Approved, Forwarded, Rejected, Returned, Submitted, Withdrawn};

const UP_TO_COUNTY: &[OfficeId] = &[COUNTY, TOWNSHIP];
const UP_TO_PREFECTURE: &[OfficeId] = &[PREFECTURE, COUNTY, TOWNSHIP];
const UP_TO_PROVINCE: &[OfficeId] = &[PROVINCE, PREFECTURE, COUNTY, TOWNSHIP];

#[test]
fn nobody_is_proposed_without_their_consent() {
    let mut world = World::alone();
    world.person("p-1", &[]);
    world.consent("p-1", "publicity").unwrap();
    let refusal = submit(&mut world, ID, &TERMS).unwrap_err();
    let person = "p-1".to_string();
    let kind = KIND.to_string();
    assert_eq!(refusal, Refusal::NoConsent { person, kind });
    assert!(
        refusal
            .to_string()
            .contains("terrace submission consent p-1 --for nomination")
    );
    world.consent("p-1", KIND).unwrap();
    submit(&mut world, ID, &TERMS).unwrap();
}

#[test]
fn a_proposal_names_somebody_here_and_all_its_terms() {
    let mut world = World::alone();
    candidate(&mut world);
    let mut other = TERMS;
    other[0].1 = "p-9";
    let refusal = submit(&mut world, ID, &other).unwrap_err();
    assert_eq!(refusal.class(), Class::NoSuch);
    let whole = terms(&world, &TERMS);
    let ask = |kind: &str, change: &dyn Fn(&mut Fields)| {
        let mut given = whole.clone();
        change(&mut given);
        let kind = kind.to_string();
        world.rule(&Request::Submit {
            id: ID,
            kind,
            given,
        })
    };
    let unknown = ask("petition", &|_| {}).unwrap_err();
    assert_eq!(unknown, Refusal::NoSuchWorkflow("petition".to_string()));
    type Change<'a> = &'a dyn Fn(&mut Fields);
    let faulty: [(&str, Change<'_>); 4] = [
        ("person", &|given| drop(given.remove("person"))),
        ("seat", &|given| drop(given.remove("seat"))),
        ("phone", &|given| {
            let phone = terrace_model::Value::Text("13907960796".to_string());
            given.insert("phone".to_string(), phone);
        }),
        ("level", &|given| {
            let level = terrace_model::Value::Code("moon".to_string());
            given.insert("level".to_string(), level);
        }),
    ];
    for (field, change) in faulty {
        let refusal = ask(KIND, change).unwrap_err();
        let Refusal::Fields(faults) = refusal else {
            panic!("{refusal:?}")
        };
        let named: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(named, [field]);
    }
    ask(KIND, &|_| {}).unwrap();
}

#[test]
fn the_same_proposal_again_changes_nothing_and_another_needs_its_own_id() {
    let mut world = World::alone();
    candidate(&mut world);
    submit(&mut world, ID, &TERMS).unwrap();
    assert_eq!(submit(&mut world, ID, &TERMS).unwrap(), Ruling::default());
    let refusal = submit(&mut world, ID, &TERMS[..4]).unwrap_err();
    assert_eq!(refusal, Refusal::IdUsed);
    submit(&mut world, SubmissionId(78), &TERMS[..4]).unwrap();
}

#[test]
fn the_top_proposes_to_nobody() {
    let mut country = Country::new();
    candidate(country.at(PROVINCE));
    let refusal = submit(country.at(PROVINCE), ID, &TERMS).unwrap_err();
    assert_eq!(refusal, Refusal::NobodyDecides);
    let mut country = proposed();
    country.acts(&[(COUNTY, Forward), (PREFECTURE, Forward)]);
    let refusal = country.act(PROVINCE, Forward).unwrap_err();
    assert_eq!(refusal, Refusal::NothingAbove);
}

/// What travels of a person, by field id.
const TRAVELS: [&str; 6] = [
    "birth_year",
    "category",
    "gender",
    "industry",
    "name",
    "organisation.name",
];

#[test]
fn only_what_is_named_travels_and_never_the_phone() {
    let mut country = Country::new();
    candidate(country.at(TOWNSHIP));
    submit(country.at(TOWNSHIP), ID, &TERMS).unwrap();
    let mut pages = Vec::new();
    let mut carried = country.said();
    while !carried.is_empty() {
        for page in &carried {
            country.carry(page);
        }
        pages.extend(carried);
        for office in [COUNTY, PREFECTURE] {
            if state(&country.worlds[&office]).is_some_and(|(_, with)| with == Some(office)) {
                country.at(office).ask(&act_of(Forward, None)).unwrap();
            }
        }
        carried = country.said();
    }
    stands(&country, UP_TO_PROVINCE, Forwarded, Some(PROVINCE));
    pages.retain(|page| page.journal().audience != terrace_model::Audience::Home);
    assert!(pages.len() > 5);
    for page in &pages {
        let entries = format!("{:?}", page.entries);
        let beside = format!("{:?}", page.contents);
        for private in ["13907960796", "p-1", "o-1", "file 12"] {
            assert!(
                !entries.contains(private) && !beside.contains(private),
                "{private}"
            );
        }
        for personal in ["刘文", "1980", "遂川茶业"] {
            assert!(!entries.contains(personal), "{personal}: {entries}");
        }
        for content in page.contents.values() {
            let Content::Fields(fields) = content else {
                panic!("{content:?}")
            };
            let named: Vec<&str> = fields.keys().map(String::as_str).collect();
            assert_eq!(named, TRAVELS);
        }
    }
    let parts = pages.iter().filter(|page| !page.contents.is_empty());
    assert_eq!(parts.count(), 3);
    for office in UP_TO_PROVINCE {
        let Some(Fact::Submission(held)) = country.worlds[office].facts.get(&Key::Submission(ID))
        else {
            panic!("{office}")
        };
        let name = held
            .subject
            .as_ref()
            .and_then(|subject| subject.get("name"));
        assert_eq!(
            name.and_then(|name| name.as_key()),
            Some("刘文"),
            "{office}"
        );
        let terms: Vec<&str> = held.proposal.terms.keys().map(String::as_str).collect();
        assert_eq!(terms, ["body", "level", "seat", "term"]);
    }
    for office in [SIBLING, OTHER_COUNTY, COUSIN] {
        assert_eq!(standing(&country.worlds[&office]), None, "{office}");
    }
}

#[test]
fn a_nomination_is_passed_on_decided_and_told_back() {
    let mut country = proposed();
    stands(&country, UP_TO_COUNTY, Submitted, Some(COUNTY));
    country.acts(&[(COUNTY, Forward)]);
    stands(&country, UP_TO_PREFECTURE, Forwarded, Some(PREFECTURE));
    country.acts(&[(PREFECTURE, Approve)]);
    stands(&country, UP_TO_PREFECTURE, Approved, None);
    for office in UP_TO_PREFECTURE {
        for action in Action::ALL {
            if (*office, *action) == (PREFECTURE, Approve) {
                continue;
            }
            let refusal = country.act(*office, *action).unwrap_err();
            assert!(
                matches!(refusal, Refusal::NotNow { .. }),
                "{office} {action}"
            );
        }
    }
    let again = country.act(PREFECTURE, Approve).unwrap();
    assert_eq!(again, Ruling::default());
}

#[test]
fn the_county_may_decide_itself() {
    let mut country = proposed();
    country.acts(&[(COUNTY, Reject)]);
    stands(&country, UP_TO_COUNTY, Rejected, None);
}

#[test]
fn a_decision_against_has_a_reason_from_the_list_that_reaches_the_origin() {
    let mut country = proposed();
    country.acts(&[(COUNTY, Forward)]);
    let ask = |country: &mut Country, reason: Option<&str>, note: Option<String>| {
        let reason = reason.map(ToString::to_string);
        country.at(PREFECTURE).ask(&Request::Act {
            id: ID,
            action: Reject,
            reason,
            note,
        })
    };
    for reason in [None, Some("opinion")] {
        let refusal = ask(&mut country, reason, None).unwrap_err();
        let Refusal::ReasonNeeded(listed) = refusal else {
            panic!("{refusal:?}")
        };
        assert!(listed.starts_with("places_taken, "), "{listed}");
    }
    let reason = Some("places_taken");
    let refusal = ask(&mut country, reason, Some("字".repeat(201))).unwrap_err();
    assert_eq!(refusal, Refusal::NoteTooLong(200));
    for broken in ["一\n二", "一\t二", "\u{1b}[2J", "\u{202e}遂川"] {
        let refusal = ask(&mut country, reason, Some(broken.into())).unwrap_err();
        assert_eq!(refusal, Refusal::NoteControl, "{broken:?}");
    }
    ask(&mut country, reason, Some("字".repeat(200))).unwrap();
    country.settle();
    stands(&country, UP_TO_PREFECTURE, Rejected, None);
    let path = standing(&country.worlds[&TOWNSHIP]).unwrap().path;
    let last = path.last().unwrap();
    assert_eq!((last.by, last.reason.as_deref()), (PREFECTURE, reason));
    assert_eq!(
        last.note.as_ref().map(|note| note.chars().count()),
        Some(200)
    );
}

#[test]
fn what_the_county_returned_goes_up_once_it_is_sent_again() {
    let mut country = proposed();
    country.acts(&[(COUNTY, Return)]);
    stands(&country, UP_TO_COUNTY, Returned, Some(TOWNSHIP));
    country.acts(&[(TOWNSHIP, Submit)]);
    stands(&country, UP_TO_COUNTY, Submitted, Some(COUNTY));
    country.acts(&[(COUNTY, Forward)]);
    stands(&country, UP_TO_PREFECTURE, Forwarded, Some(PREFECTURE));
    country.acts(&[(PREFECTURE, Approve)]);
    stands(&country, UP_TO_PREFECTURE, Approved, None);
}

#[test]
fn what_the_prefecture_returned_goes_all_the_way_down_and_up_again() {
    let mut country = proposed();
    country.acts(&[(COUNTY, Forward), (PREFECTURE, Return)]);
    stands(&country, UP_TO_PREFECTURE, Returned, Some(COUNTY));
    country.acts(&[(COUNTY, Return)]);
    stands(&country, UP_TO_PREFECTURE, Returned, Some(TOWNSHIP));
    country.acts(&[(TOWNSHIP, Submit)]);
    stands(&country, UP_TO_PREFECTURE, Submitted, Some(COUNTY));
    country.acts(&[(COUNTY, Forward)]);
    stands(&country, UP_TO_PREFECTURE, Forwarded, Some(PREFECTURE));
    country.acts(&[
        (PREFECTURE, Forward),
        (PROVINCE, Return),
        (PREFECTURE, Return),
    ]);
    stands(&country, UP_TO_PROVINCE, Returned, Some(COUNTY));
    country.acts(&[(COUNTY, Reject)]);
    stands(&country, UP_TO_PROVINCE, Rejected, None);
}

#[test]
fn the_origin_takes_a_nomination_back_wherever_it_lies() {
    let before: [(Acts<'_>, &[OfficeId]); 4] = [
        (&[], UP_TO_COUNTY),
        (&[(COUNTY, Return)], UP_TO_COUNTY),
        (&[(COUNTY, Forward)], UP_TO_PREFECTURE),
        (&[(COUNTY, Forward), (PREFECTURE, Forward)], UP_TO_PROVINCE),
    ];
    for (acts, holders) in before {
        let mut country = proposed();
        country.acts(acts);
        country.acts(&[(TOWNSHIP, Withdraw)]);
        stands(&country, holders, Withdrawn, None);
        for office in holders {
            let refusal = country.act(*office, Approve).unwrap_err();
            assert!(matches!(refusal, Refusal::NotNow { .. }), "{office}");
        }
    }
}

#[test]
fn a_door_refuses_what_the_workflow_does_not_allow() {
    let mut country = proposed();
    let refused = |country: &mut Country, office, action| {
        let refusal = country.act(office, action).unwrap_err();
        assert!(
            matches!(refusal, Refusal::NotNow { .. }),
            "{office} {action}"
        );
        assert_eq!(refusal.class(), Class::Content);
    };
    for action in [Forward, Return, Approve, Reject] {
        refused(&mut country, TOWNSHIP, action);
    }
    for action in [Submit, Withdraw] {
        refused(&mut country, COUNTY, action);
    }
    for office in [PREFECTURE, PROVINCE, SIBLING, COUSIN] {
        let refusal = country.act(office, Approve).unwrap_err();
        assert_eq!(refusal, Refusal::NoSuchSubmission, "{office}");
        assert_eq!(refusal.class(), Class::NoSuch);
    }
    country.acts(&[(COUNTY, Forward)]);
    for action in [Return, Approve, Reject, Submit, Withdraw] {
        refused(&mut country, COUNTY, action);
    }
    country.acts(&[(PREFECTURE, Return)]);
    for action in [Forward, Return, Approve, Reject, Submit] {
        refused(&mut country, TOWNSHIP, action);
        if action != Return {
            refused(&mut country, PREFECTURE, action);
        }
    }
}

/// Months and indicators of an office's cells, with their changes.
fn cells(world: &World) -> Vec<(String, String, String)> {
    let cell = |(key, fact): (&Key, &Fact)| match (key, fact) {
        (Key::Cell(key), Fact::Cell(said)) if key.indicator.starts_with("nominations") => Some((
            key.month.to_string(),
            key.indicator.clone(),
            said.value.change.to_string(),
        )),
        (_, _) => None,
    };
    world.facts.iter().filter_map(cell).collect()
}

#[test]
fn an_act_counts_once_in_the_month_in_which_it_was_done_at_the_offices() {
    const FEBRUARY: Time = Time(1_769_875_200_000);
    let cell = |month: &str, indicator: &str| {
        let indicator = format!("nominations_{indicator}");
        (month.to_string(), indicator, "1".to_string())
    };
    for (submitted, month) in [(-1, "202601"), (0, "202602")] {
        let mut country = Country::new();
        let world = country.at(TOWNSHIP);
        candidate(world);
        world.now = FEBRUARY.plus_millis(submitted);
        submit(world, ID, &TERMS).unwrap();
        assert_eq!(cells(world), [cell(month, "submitted")]);
        country.settle();
        country.at(COUNTY).now = FEBRUARY.plus_millis(28 * 86_400_000 - 60_001);
        country.acts(&[(COUNTY, Return), (TOWNSHIP, Submit)]);
        assert_eq!(cells(country.at(TOWNSHIP)), [cell(month, "submitted")]);
        country.acts(&[(COUNTY, Approve)]);
        let both = [cell("202603", "approved"), cell(month, "submitted")];
        assert_eq!(cells(country.at(TOWNSHIP)), both);
        assert_eq!(cells(country.at(COUNTY)), both, "as the township says");
        assert_eq!(cells(country.at(SIBLING)), []);
    }
}

#[test]
fn an_act_asked_for_again_is_the_same_act() {
    let mut country = proposed();
    let forwarded = country.act(COUNTY, Forward).unwrap();
    assert!(
        forwarded
            .says
            .iter()
            .any(|say| matches!(say.entry, Entry::Forward { .. }))
    );
    assert_eq!(country.act(COUNTY, Forward).unwrap(), Ruling::default());
    stands(&country, UP_TO_PREFECTURE, Forwarded, Some(PREFECTURE));
}
