//! Acts on a submission in any order of arrival, doubled, late, and from
//! offices that have no say.

use alloc::{
    collections::{BTreeMap, VecDeque},
    string::ToString,
    vec::Vec,
};

use proptest::{prelude::*, sample::Index};
use terrace_catalog::{Action, WorkflowState};
use terrace_model::{
    Audience, Content, Entry, Epoch, Fact, Hash, Header, JournalId, Key, Lane, OfficeId, PageNo,
    Position, Proposal, Ruling, Step, Stream, Submission, Time, Value,
};

use super::{
    country::{COUNTY, COUSIN, Country, PREFECTURE, PROVINCE, SIBLING, TOWNSHIP, reaches},
    nominations::{ID, TERMS, act_of, proposed, reason_of, standing, terms},
    rig::{Sheet, World},
};
use crate::{Arrived, Enclosed, NoEffect, Refusal};

const LINE: [OfficeId; 4] = [TOWNSHIP, COUNTY, PREFECTURE, PROVINCE];

/// Something that happens, somewhere.
#[derive(Clone, Debug)]
enum Event {
    Act(Index, Index),
    Deliver(Index),
    Again(Index),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let index = any::<Index>;
    let event = prop_oneof![
        3 => (index(), index()).prop_map(|(office, action)| Event::Act(office, action)),
        3 => index().prop_map(Event::Deliver),
        1 => index().prop_map(Event::Again),
    ];
    proptest::collection::vec(event, 20..120)
}

/// Pages on their way: of one journal to one office in order, and between them
/// in any order.
struct Post {
    country: Country,
    ways: BTreeMap<(OfficeId, JournalId), VecDeque<Sheet>>,
    delivered: Vec<(OfficeId, Sheet)>,
}

impl Post {
    fn collect(&mut self) {
        for page in self.country.said() {
            for world in self.country.worlds.values() {
                if reaches(&world.tree, &page.journal(), world.me) {
                    let way = self.ways.entry((world.me, page.journal()));
                    way.or_default().push_back(page.clone());
                }
            }
        }
        self.ways.retain(|_, way| !way.is_empty());
    }

    /// Brings the first page of one way; none is left: false.
    fn deliver(&mut self, which: &Index) -> bool {
        if self.ways.is_empty() {
            return false;
        }
        let at = which.index(self.ways.len());
        let (to, way) = self.ways.iter_mut().nth(at).unwrap();
        let (to, page) = (to.0, way.pop_front().unwrap());
        let without = self.country.at(to).take(&page);
        let without = without.into_iter().map(|why| (to, why));
        self.country.without.extend(without);
        if page.journal().lane == Lane::Every {
            self.delivered.push((to, page));
        }
        self.collect();
        true
    }

    /// Brings a page that was brought before: it changes nothing.
    fn again(&mut self, which: &Index) -> Result<(), TestCaseError> {
        if self.delivered.is_empty() {
            return Ok(());
        }
        let (to, page) = self.delivered[which.index(self.delivered.len())].clone();
        let world = self.country.at(to);
        let before = world.facts.clone();
        prop_assert_eq!(world.take(&page), []);
        prop_assert_eq!(&world.facts, &before);
        prop_assert!(world.said.is_empty());
        Ok(())
    }

    fn act(&mut self, office: &Index, action: &Index, moment: i64) {
        let world = self.country.at(LINE[office.index(LINE.len())]);
        world.now = Time(moment);
        let action = Action::ALL[action.index(Action::ALL.len())];
        let _refused_or_not = world.ask(&act_of(action, reason_of(action)));
        self.collect();
    }
}

/// What the cells of an indicator add up to.
fn counted(world: &World, indicator: &str) -> alloc::string::String {
    let change = |(key, fact): (&Key, &Fact)| match (key, fact) {
        (Key::Cell(key), Fact::Cell(said)) if key.indicator == indicator => Some(said.value.change),
        (_, _) => None,
    };
    let sum: terrace_model::Decimal = world.facts.iter().filter_map(change).sum();
    sum.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn all_offices_see_one_course_whatever_crosses_on_the_way(
        events in events(),
        order in any::<[Index; 32]>(),
    ) {
        let country = proposed();
        let mut post = Post { country, ways: BTreeMap::new(), delivered: Vec::new() };
        for (moment, event) in (1_i64..).zip(&events) {
            match event {
                Event::Act(office, action) => {
                    post.act(office, action, 1_769_832_000_000 + moment * 86_400_000);
                }
                Event::Deliver(which) => { post.deliver(which); }
                Event::Again(which) => post.again(which)?,
            }
        }
        for which in order.iter().cycle() {
            if !post.deliver(which) {
                break;
            }
        }
        prop_assert_eq!(&post.country.without, &[]);
        let at = |office: OfficeId| standing(&post.country.worlds[&office]);
        let township = at(TOWNSHIP).unwrap();
        for office in LINE {
            if let Some(other) = at(office) {
                prop_assert_eq!(&other.path, &township.path, "{}", office);
                let stands = (other.state, other.with);
                prop_assert_eq!(stands, (township.state, township.with), "{}", office);
            }
        }
        let passed = |by| township.path.iter().any(|step| step.by == by && step.action == "forward");
        prop_assert!(!passed(COUNTY) || at(PREFECTURE).is_some());
        prop_assert!(!passed(PREFECTURE) || at(PROVINCE).is_some());
        let world = &post.country.worlds[&TOWNSHIP];
        for (indicator, state) in [
            ("nominations_approved", WorkflowState::Approved),
            ("nominations_rejected", WorkflowState::Rejected),
            ("nominations_withdrawn", WorkflowState::Withdrawn),
        ] {
            let expected = if township.state == state { "1" } else { "0" };
            prop_assert_eq!(counted(world, indicator), expected, "{}", indicator);
        }
        prop_assert_eq!(counted(world, "nominations_submitted"), "1");
        for office in [COUNTY, PREFECTURE, PROVINCE] {
            let cells = post.country.worlds[&office].facts.keys().filter(
                |key| matches!(key, Key::Cell(cell) if cell.office == office),
            );
            prop_assert_eq!(cells.count(), 0);
        }
    }
}

fn held(world: &World) -> &Submission {
    let Some(Fact::Submission(held)) = world.facts.get(&Key::Submission(ID)) else {
        panic!("{} holds no submission", world.me)
    };
    held
}

/// A step as an office might say it, whatever the rules are.
fn step(by: OfficeId, action: &str, answers: Hash, at: i64) -> Step {
    Step {
        submission: ID,
        by,
        action: action.to_string(),
        answers,
        reason: None,
        note: None,
        at: Time(at),
    }
}

fn head(world: &World) -> Hash {
    standing(world).unwrap().head
}

fn header(origin: OfficeId, audience: Audience, number: u64) -> Header {
    let journal = JournalId {
        origin,
        audience,
        lane: Lane::Every,
    };
    Header {
        position: Position {
            stream: Stream {
                journal,
                epoch: Epoch::FIRST,
            },
            number: PageNo(number),
        },
        base: PageNo::FIRST,
        previous: Hash::ZERO,
        body: Hash::ZERO,
        entries: 1,
    }
}

/// Has a world take an entry of another office in.
pub(super) fn hears(
    world: &mut World,
    origin: OfficeId,
    audience: Audience,
    entry: &Entry,
) -> Result<Ruling, NoEffect> {
    world.receive(&Arrived {
        header: &header(origin, audience, 900),
        entry,
        contents: &BTreeMap::new(),
        enclosed: &[],
    })
}

/// A world takes a step in; where it has no effect, nothing is changed or said.
fn hears_step(world: &mut World, audience: Audience, step: &Step) -> Result<(), NoEffect> {
    let before = world.clone();
    let heard = hears(world, step.by, audience, &Entry::Step(step.clone()));
    if heard.is_err() {
        assert_eq!(world.facts, before.facts);
        assert_eq!(world.said.len(), before.said.len());
    }
    heard.map(|_| ())
}

#[test]
fn a_decision_of_an_office_that_does_not_have_it_in_hand_has_no_effect() {
    let mut country = proposed();
    let answers = head(&country.worlds[&TOWNSHIP]);
    let back = Audience::Office(TOWNSHIP);
    for (action, why) in [
        ("approve", NoEffect::NotTheirs),
        ("forward", NoEffect::NotTheirs),
        ("submit", NoEffect::Contradicts),
        ("withdraw", NoEffect::Contradicts),
        ("rank", NoEffect::Contradicts),
    ] {
        let early = step(PREFECTURE, action, answers, 1);
        for office in [TOWNSHIP, COUNTY] {
            assert_eq!(
                hears_step(country.at(office), back, &early),
                Err(why),
                "{action}"
            );
        }
    }
    for office in [SIBLING, COUSIN] {
        let theirs = step(office, "approve", answers, 1);
        let heard = hears_step(country.at(COUNTY), Audience::Parent, &theirs);
        assert_eq!(heard, Err(NoEffect::NotTheirs), "{office}");
        let early = step(office, "approve", Hash([9; 32]), 1);
        let heard = hears_step(country.at(COUNTY), Audience::Parent, &early);
        assert_eq!(heard, Err(NoEffect::NotTheirs), "{office}");
    }
    for action in ["approve", "forward", "return", "reject", "submit"] {
        let own = step(TOWNSHIP, action, answers, 1);
        let heard = hears_step(country.at(COUNTY), Audience::Parent, &own);
        assert!(heard.is_err(), "{action}");
    }
    let theirs = step(COUNTY, "approve", answers, 1);
    hears_step(country.at(TOWNSHIP), back, &theirs).unwrap();
    let state = standing(&country.worlds[&TOWNSHIP]).unwrap().state;
    assert_eq!(state, WorkflowState::Approved);
}

#[test]
fn nobody_acts_in_the_name_of_another_or_on_what_is_not_held() {
    let mut country = proposed();
    let answers = head(&country.worlds[&TOWNSHIP]);
    let approve = step(COUNTY, "approve", answers, 1);
    let entry = Entry::Step(approve.clone());
    let heard = hears(
        country.at(TOWNSHIP),
        PREFECTURE,
        Audience::Office(TOWNSHIP),
        &entry,
    );
    assert_eq!(heard, Err(NoEffect::NotTheirs));
    let heard = hears_step(country.at(PROVINCE), Audience::Parent, &approve);
    assert_eq!(heard, Err(NoEffect::Unknown));
    let forward = Entry::Forward {
        step: step(COUNTY, "forward", answers, 1),
        enclosed: Vec::new(),
    };
    let heard = hears(country.at(PREFECTURE), COUNTY, Audience::Parent, &forward);
    assert_eq!(heard, Err(NoEffect::Unknown));
    let page = forwarded(&mut country);
    assert_eq!(country.at(PREFECTURE).take(&page), []);
    let answers = head(&country.worlds[&PREFECTURE]);
    let unsealed = Entry::Forward {
        step: step(TOWNSHIP, "withdraw", answers, 1),
        enclosed: Vec::new(),
    };
    let heard = hears(country.at(PREFECTURE), COUNTY, Audience::Parent, &unsealed);
    assert_eq!(heard, Err(NoEffect::NotTheirs));
}

#[test]
fn a_page_is_passed_on_once() {
    let mut country = proposed();
    let mut act = |office, action: Action| {
        let world = country.at(office);
        world.now = world.now.plus_millis(1_000);
        let ruling = world.ask(&act_of(action, reason_of(action))).unwrap();
        country.settle();
        ruling.says.into_iter().flat_map(|say| say.enclose).count()
    };
    assert_eq!(act(COUNTY, Action::Return), 0);
    assert_eq!(act(TOWNSHIP, Action::Submit), 0);
    assert_eq!(act(COUNTY, Action::Forward), 2);
    assert_eq!(act(PREFECTURE, Action::Return), 0);
    assert_eq!(act(COUNTY, Action::Forward), 0);
    assert_eq!(act(PREFECTURE, Action::Forward), 2);
    assert_eq!(act(PROVINCE, Action::Approve), 0);
    assert_eq!(country.without, []);
    let state = standing(&country.worlds[&TOWNSHIP]).unwrap().state;
    assert_eq!(state, WorkflowState::Approved);
}

#[test]
fn of_two_decisions_of_one_office_the_same_one_holds_everywhere() {
    for flip in [false, true] {
        let mut country = proposed();
        let answers = head(&country.worlds[&TOWNSHIP]);
        let mut both = [
            step(COUNTY, "approve", answers, 1),
            step(COUNTY, "reject", answers, 2),
        ];
        let smaller = both.iter().map(Step::hash).min().unwrap();
        if flip {
            both.reverse();
        }
        for decision in &both {
            hears_step(country.at(TOWNSHIP), Audience::Office(TOWNSHIP), decision).unwrap();
        }
        let standing = standing(&country.worlds[&TOWNSHIP]).unwrap();
        assert_eq!((standing.head, standing.flagged.len()), (smaller, 1));
        let sums = ["nominations_approved", "nominations_rejected"]
            .map(|indicator| counted(&country.worlds[&TOWNSHIP], indicator));
        let approved = standing.state == WorkflowState::Approved;
        let expected = if approved { ["1", "0"] } else { ["0", "1"] };
        assert_eq!(sums, expected);
    }
}

/// The entry by which the county passes a submission on, with all beside it.
fn forwarded(country: &mut Country) -> Sheet {
    country
        .at(COUNTY)
        .ask(&act_of(Action::Forward, None))
        .unwrap();
    let pages = country.said();
    let to_parent = |page: &Sheet| page.journal().audience == Audience::Parent;
    pages.into_iter().find(to_parent).unwrap()
}

/// Whether a page, changed, is taken by the prefecture.
fn taken(change: impl FnOnce(&mut Sheet)) -> Vec<NoEffect> {
    let mut country = proposed();
    let mut page = forwarded(&mut country);
    change(&mut page);
    let before = country.at(PREFECTURE).facts.clone();
    let without = country.at(PREFECTURE).take(&page);
    let facts = &country.at(PREFECTURE).facts;
    assert_eq!(without.is_empty(), *facts != before, "{without:?}");
    without
}

fn proposal_of(enclosed: &mut [Enclosed]) -> &mut Proposal {
    let Some(Entry::Submit { proposal, .. }) = enclosed[0].entries.first_mut() else {
        panic!("the first page encloses no proposal")
    };
    proposal
}

#[test]
fn what_is_passed_on_is_what_its_origin_sealed() {
    assert_eq!(taken(|_| {}), []);
    let without_seal = taken(|page| page.enclosed[0].clear());
    assert_eq!(without_seal, [NoEffect::Unknown]);
    let other_origin = taken(|page| page.enclosed[0][0].origin = SIBLING);
    assert_eq!(other_origin, [NoEffect::Unknown]);
    let of_another = taken(|page| proposal_of(&mut page.enclosed[0]).origin = SIBLING);
    assert_eq!(of_another, [NoEffect::Unknown]);
    let other_terms = taken(|page| {
        let terms = &mut proposal_of(&mut page.enclosed[0]).terms;
        terms.insert("phone".to_string(), Value::Text("1".to_string()));
    });
    assert_eq!(other_terms, [NoEffect::Contradicts]);
    let by_a_cousins_parent = taken(|page| {
        page.header = header(super::country::OTHER_COUNTY, Audience::Parent, 1);
    });
    assert_eq!(by_a_cousins_parent, [NoEffect::NotTheirs]);
    let approved_below = taken(|page| {
        let Entry::Forward { step, .. } = &mut page.entries[0] else {
            panic!("{page:?}")
        };
        step.action = "submit".to_string();
    });
    assert_eq!(approved_below, [NoEffect::Contradicts]);
}

#[test]
fn what_may_not_travel_is_not_kept_where_it_arrives() {
    let mut country = proposed();
    let mut page = forwarded(&mut country);
    for content in page.contents.values_mut() {
        let Content::Fields(fields) = content else {
            panic!("{content:?}")
        };
        fields.insert("phone".to_string(), Value::Text("139".to_string()));
    }
    assert_eq!(country.at(PREFECTURE).take(&page), []);
    let subject = held(&country.worlds[&PREFECTURE]).subject.clone().unwrap();
    assert!(subject.contains_key("name") && !subject.contains_key("phone"));
}

#[test]
fn a_part_that_comes_later_is_kept_then() {
    let mut country = proposed();
    let page = forwarded(&mut country);
    let mut bare = page.clone();
    bare.contents.clear();
    assert_eq!(country.at(PREFECTURE).take(&bare), []);
    assert_eq!(held(&country.worlds[&PREFECTURE]).subject, None);
    assert_eq!(country.at(PREFECTURE).take(&page), []);
    assert!(held(&country.worlds[&PREFECTURE]).subject.is_some());
    assert_eq!(held(&country.worlds[&PREFECTURE]).steps.len(), 2);
}

#[test]
fn an_id_names_one_proposal() {
    let mut country = proposed();
    let world = country.at(COUNTY);
    let proposal = held(world).proposal.clone();
    let first = held(world).steps[0].clone();
    let submit = |proposal: &Proposal, step: &Step| Entry::Submit {
        proposal: proposal.clone(),
        step: step.clone(),
    };
    let county = country.at(COUNTY);
    let again = hears(
        county,
        TOWNSHIP,
        Audience::Parent,
        &submit(&proposal, &first),
    );
    assert_eq!(again, Ok(Ruling::default()));
    let other = Proposal {
        terms: terms(county, &TERMS[..4]),
        ..proposal.clone()
    };
    let heard = hears(county, TOWNSHIP, Audience::Parent, &submit(&other, &first));
    assert_eq!(heard, Err(NoEffect::Contradicts));
    let heard = hears(
        county,
        SIBLING,
        Audience::Parent,
        &submit(&proposal, &first),
    );
    assert_eq!(heard, Err(NoEffect::NotTheirs));
    let mut unseated = Proposal {
        id: terrace_model::SubmissionId(5),
        ..proposal
    };
    unseated.terms.remove("seat");
    let first = Step {
        submission: unseated.id,
        ..first
    };
    let heard = hears(
        county,
        TOWNSHIP,
        Audience::Parent,
        &submit(&unseated, &first),
    );
    assert_eq!(heard, Err(NoEffect::Contradicts));
}

#[test]
fn an_office_acts_fifteen_times_and_once_more_to_end_it() {
    let mut country = proposed();
    let mut act = |office, action, moment: i64| {
        let world = country.at(office);
        world.now = Time(moment);
        let answer = world.ask(&act_of(action, reason_of(action)));
        country.settle();
        answer.map(|_| ())
    };
    for round in 0..14 {
        act(COUNTY, Action::Return, 2 * round).unwrap();
        act(TOWNSHIP, Action::Submit, 2 * round + 1).unwrap();
    }
    act(COUNTY, Action::Return, 100).unwrap();
    let refused = act(TOWNSHIP, Action::Submit, 101);
    assert_eq!(refused, Err(Refusal::ActedTooOften(15)));
    act(TOWNSHIP, Action::Withdraw, 102).unwrap();
    assert_eq!(country.without, []);
    let steps = held(&country.worlds[&COUNTY]).steps.len();
    assert_eq!(steps, 31);
}

#[test]
fn of_one_office_no_more_than_sixteen_acts_are_kept() {
    let mut country = proposed();
    let answers = head(&country.worlds[&TOWNSHIP]);
    let county = country.at(COUNTY);
    for at in 0..15 {
        let withdraw = step(TOWNSHIP, "withdraw", answers, at);
        hears_step(county, Audience::Parent, &withdraw).unwrap();
    }
    let withdraw = step(TOWNSHIP, "withdraw", answers, 16);
    let heard = hears_step(county, Audience::Parent, &withdraw);
    assert_eq!(heard, Err(NoEffect::Contradicts));
    assert_eq!(held(county).steps.len(), 16);
    assert_eq!(held(county).pages.len(), 2);
}

#[test]
fn a_step_waits_for_the_one_it_answers() {
    let mut country = proposed();
    let answers = head(&country.worlds[&TOWNSHIP]);
    let back = step(COUNTY, "return", answers, 1);
    let again = step(TOWNSHIP, "submit", back.hash(), 2);
    let county = country.at(COUNTY);
    hears_step(county, Audience::Parent, &again).unwrap();
    let state = standing(county).unwrap().state;
    assert_eq!(state, WorkflowState::Submitted);
    hears_step(county, Audience::Office(TOWNSHIP), &back).unwrap();
    let standing = standing(county).unwrap();
    assert_eq!((standing.head, standing.flagged.len()), (again.hash(), 0));
}
