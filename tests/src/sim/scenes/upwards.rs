//! What goes up through several offices, much at a time.

use std::collections::BTreeSet;

use terrace_catalog::{Action, Field, FieldKind, Put, parse_fields, parse_terms};
use terrace_desk::{Refusal, Request};
use terrace_model::{
    Audience, Consent, Entry, Fact, Hash, Invitation, Key, Lane, Office, OfficeId, Page, PageNo,
    PublicKey, RecordKey, SubmissionId, Time,
};
use terrace_node::machine::Answer;
use terrace_store::Read;
use terrace_wire as wire;

use super::{DONE, Scene, planned};
use crate::sim::asked::Asked;

fn first_code(field: &Field) -> String {
    let FieldKind::Code(list) = &field.kind else {
        panic!("{} is no code", field.id);
    };
    list.codes[0].code.clone()
}

impl Scene {
    /// A person whose consent is on file.
    pub(super) fn consented(&mut self, name: &str, id: &str) {
        let catalog = terrace_catalog::shipped();
        let of = catalog.record_type("person").unwrap();
        let first = |field: &str| first_code(of.field(field).unwrap());
        let [gender, category, industry] = ["gender", "category", "industry"].map(first);
        let raw = [
            ("name", "甲"),
            ("gender", gender.as_str()),
            ("birth_year", "1980"),
            ("category", category.as_str()),
            ("industry", industry.as_str()),
            ("on_roster_since", "2026-03-01"),
        ];
        let put = Request::Put {
            key: RecordKey::new("person", id),
            given: parse_fields(of, raw.into_iter()).unwrap(),
            put: Put::default(),
            actor: "clerk".to_owned(),
        };
        assert_eq!(self.ask(name, Asked::Request(put)), DONE);
        let consent = Request::Consent {
            consent: Consent {
                person: id.to_owned(),
                kind: "nomination".to_owned(),
                on: terrace_model::Date::constant(2026, 3, 1),
                document: "柜 3".to_owned(),
            },
            actor: "clerk".to_owned(),
        };
        assert_eq!(self.ask(name, Asked::Request(consent)), DONE);
    }

    /// So many submissions of one person, all in one commit.
    pub(super) fn submit(&mut self, name: &str, person: &str, count: u64) {
        let catalog = terrace_catalog::shipped();
        let workflow = catalog.workflow("nomination").unwrap();
        let raw = [("person", person), ("body", "cppcc"), ("level", "county")];
        let mut fields = workflow.fields.iter();
        let seat = first_code(fields.find(|field| field.id == "seat").unwrap());
        let raw = raw.into_iter().chain([("seat", seat.as_str())]);
        let given = parse_terms(workflow, raw).unwrap();
        let submit = |id| Request::Submit {
            id: SubmissionId(id),
            kind: "nomination".to_owned(),
            given: given.clone(),
        };
        self.all_done(name, (1..=count).map(submit));
    }

    /// Asks for much at once.
    fn all_done(&mut self, name: &str, requests: impl Iterator<Item = Request>) {
        let id = self.id(name);
        let done = self.0.counts.done;
        let mut count = 0;
        for request in requests {
            self.0.ask(id, Asked::Request(request));
            count += 1;
        }
        self.rest();
        assert_eq!(self.0.counts.done - done, count);
    }

    fn act_on_all(&mut self, name: &str, action: Action, count: u64) {
        let act = |id| Request::Act {
            id: SubmissionId(id),
            action,
            reason: None,
            note: Some("说明".repeat(90)),
        };
        self.all_done(name, (1..=count).map(act));
    }

    /// Steps that an office holds of each submission.
    fn steps(&self, name: &str, count: u64) -> Vec<usize> {
        let steps = |id| {
            let key = Key::Submission(SubmissionId(id));
            match self.store(name).get(&key).unwrap() {
                Some(Fact::Submission(submission)) => submission.steps.len(),
                Some(_) | None => 0,
            }
        };
        (1..=count).map(steps).collect()
    }
}

#[test]
fn much_that_is_taken_back_at_once_is_heard_of_at_every_office_it_was_passed_on_to() {
    let mut scene = Scene::new(&["A", "AA", "AAA", "AAAA"]);
    let count = 300;
    scene.consented("AAAA", "p");
    scene.submit("AAAA", "p", count);
    scene.act_on_all("AAA", Action::Forward, count);
    scene.act_on_all("AA", Action::Forward, count);
    scene.act_on_all("AAAA", Action::Withdraw, count);
    for name in ["AAAA", "AAA", "AA", "A"] {
        for below in ["AA", "AAA", "AAAA"] {
            let stream = scene.stream(below, Audience::Parent, Lane::Every);
            assert_eq!(scene.found(name, stream), [], "{name} of {below}");
        }
        let steps = scene.steps(name, count);
        assert!(steps.iter().all(|steps| *steps == 4), "{name} {steps:?}");
    }
}

/// The submissions of which a page tells something, also in pages within it.
fn told_of(page: &Page, found: &mut BTreeSet<SubmissionId>) {
    for entry in wire::entries(page).unwrap().filter_map(wire::Parsed::known) {
        found.extend(entry.step().map(|step| step.submission));
        if let Entry::Forward { enclosed, .. } = entry {
            for bytes in enclosed {
                told_of(&wire::decode_page(&bytes).unwrap(), found);
            }
        }
    }
}

#[test]
fn what_is_passed_on_takes_nothing_of_other_submissions_with_it() {
    let mut scene = Scene::watched(&["A", "AA", "AAA"]);
    scene.consented("AAA", "p");
    scene.submit("AAA", "p", 3);
    assert_eq!(scene.steps("AA", 3), [1, 1, 1]);
    scene.act_on_all("AA", Action::Forward, 2);
    let stream = scene.stream("AA", Audience::Parent, Lane::Every);
    let pages = scene.store("A").pages(stream, PageNo::FIRST, 1 << 20);
    let mut all = Vec::new();
    for page in pages.unwrap() {
        let mut found = BTreeSet::new();
        told_of(&page, &mut found);
        all.push(found.into_iter().map(|id| id.0).collect::<Vec<_>>());
    }
    assert_eq!(all, [[1], [2]]);
}

#[test]
fn an_office_that_two_above_it_invited_counts_once_it_has_joined_one() {
    let mut scene = Scene::new(&["A", "AA"]);
    let of = planned("AAA").office;
    let other = Office {
        id: OfficeId(0xF00),
        parent: Some(scene.id("A")),
        ..of.clone()
    };
    let invitation = Invitation {
        office: other.id,
        token: Hash::ZERO,
        until: Time(i64::MAX),
    };
    let invite = Request::Invite {
        office: other.clone(),
        invitation,
    };
    assert_eq!(scene.ask("A", Asked::Request(invite)), DONE);
    scene.rest();
    let known = |scene: &Scene, id| scene.store("A").get(&Key::Office(id)).unwrap();
    assert!(known(&scene, other.id).is_some());

    scene.join("AAA");
    assert_eq!(scene.put("AAA", "1"), DONE);
    scene.rest();
    assert!(known(&scene, of.id).is_some() && known(&scene, other.id).is_none());
    let figures = scene.figures("AAA");
    assert_eq!(scene.head("A", figures), scene.head("AAA", figures));
    let top = scene.id("A");
    let node = scene.0.sites[&top].node.as_ref().unwrap();
    assert_eq!(node.machine.tree().subtree(top).len(), 3);
    let enrol = Request::Enrol {
        office: other.id,
        token: Hash::ZERO,
        key: PublicKey([7; 32]),
    };
    let refused = Answer::Refused(Refusal::Invitation);
    assert_eq!(scene.ask("A", Asked::Request(enrol)), refused);
}

#[test]
fn the_pages_of_an_office_never_come_before_the_page_that_enters_it() {
    let mut scene = Scene::new(&["A", "AA", "AAA"]);
    scene.part("AAA", true);
    scene.join("AAAA");
    scene.part("AAA", false);
    scene.rest();
    let up = scene.stream("AAAA", Audience::Ancestors, Lane::Every);
    assert!(scene.head("A", up).is_some());
    assert_eq!(scene.0.counts.events.get("frame again"), None);
}
