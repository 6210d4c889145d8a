//! Each checker sees what it is for: a tree that does right, and then one word
//! to the ledger that is not so.

use anyhow::Result;
use terrace_catalog::Action;
use terrace_desk::{Mark, Request};
use terrace_model::{
    Audience, Batch, Cell, CellKey, Change, Date, Decimal, Entry, Epoch, Fact, Finding,
    FindingKind, Hash, HeldHead, Key, Lane, Month, Office, OfficeId, Page, PageNo, Period, Range,
    Receipt, RecordKey, Said, Seal, Step, Stream, Submission, SubmissionId, Through, Time, Tree,
};
use terrace_node::machine::{Answer, Kept, LinkId, Sheet};
use terrace_store::{Read, Store};
use terrace_sync::Frame;
use terrace_wire::PageStart;

use super::{
    DONE, Scene,
    limits::{notice, publish},
    put, sheet,
};
use crate::sim::{
    asked::Asked,
    backing::Backing,
    check::{Ledger, Question},
    clock,
    memory::Memory,
};

/// A link of the ledger alone.
const LINK: LinkId = LinkId(u64::MAX);

/// The checker said so, and in these words.
fn seen<T>(said: Result<T>, words: &str) {
    let Err(error) = said else {
        panic!("nobody saw that it {words}");
    };
    let error = format!("{error:#}");
    assert!(error.contains(words), "{error}");
}

fn changes(changes: Vec<Change>) -> Batch {
    Batch {
        pages: Vec::new(),
        changes,
    }
}

/// A page, and the head of its stream with it.
fn page(page: Page) -> Batch {
    let head = HeldHead {
        head: page.head(),
        unproved_from: None,
        forked: false,
    };
    let stream = page.header.position.stream;
    let head = Change::keep(Key::Head(stream), Fact::Head(head));
    Batch {
        pages: vec![page],
        changes: vec![head],
    }
}

impl Scene {
    fn ledger(&mut self) -> &mut Ledger {
        &mut self.0.ledger
    }

    /// An office says that it committed what it did not.
    fn says(&mut self, name: &str, batch: &Batch) -> Result<()> {
        let id = self.id(name);
        self.ledger().commits(id, batch)
    }

    /// An office says an answer that it did not give.
    fn answers(&mut self, name: &str, asked: Asked, answer: Answer) -> Result<()> {
        let id = self.id(name);
        let today = clock::day(self.0.sites[&id].moment(self.0.now).wall);
        self.ledger().answers(id, today, &[(asked, answer)])
    }

    /// What is said of a tree in which nothing is left to do, by the offices
    /// that are named.
    fn rests(&mut self, names: &[&str]) -> Result<usize> {
        let trees = names.iter().map(|name| (self.id(name), self.tree(name)));
        let trees: Vec<_> = trees.collect();
        self.rests_with(&trees)
    }

    fn tree(&self, name: &str) -> Tree {
        let node = self.0.sites[&self.id(name)].node.as_ref().unwrap();
        Tree::clone(node.machine.tree())
    }

    fn rests_with(&mut self, trees: &[(OfficeId, Tree)]) -> Result<usize> {
        let question = Question {
            periods: vec![Period::Year(2026)],
            dimension: 0,
            today: Date::constant(2026, 12, 31),
        };
        let trees: Vec<(OfficeId, &Tree)> = trees.iter().map(|(id, tree)| (*id, tree)).collect();
        self.ledger().rests(&trees, &question)
    }

    /// The commit that the ledger was not shown: one fact, with the figures that
    /// the office said with it.
    fn own_commit(&self, name: &str, key: &Key) -> Batch {
        let stream = self.figures(name);
        let of = stream.journal.origin;
        let store = self.store(name);
        let head = self.newest(name, stream);
        let page = store.pages(stream, head.number, 1).unwrap();
        let mut keys = vec![Key::Through(of), Key::Head(stream)];
        let cells = store.range(&Range::CellsOf(of), None, usize::MAX);
        keys.extend(cells.unwrap().into_iter().map(|(key, _)| key));
        keys.push(key.clone());
        let keep = |key: Key| {
            let fact = store.get(&key).unwrap().unwrap();
            Change::keep(key, fact)
        };
        Batch {
            pages: page,
            changes: keys.into_iter().map(keep).collect(),
        }
    }

    fn held(&self, name: &str, key: &Key) -> Fact {
        let found = self.store(name).get(key).unwrap();
        found.unwrap()
    }
}

/// A notice for `AA`, held there, on a stream of its own.
fn with_a_notice() -> (Scene, Stream) {
    let mut scene = Scene::watched(&["A", "AA", "AB"]);
    let child = scene.id("AA");
    let to = vec![Audience::Office(child)];
    assert_eq!(scene.ask("A", publish(1, to, 10)), DONE);
    scene.rest();
    let stream = scene.stream("A", Audience::Office(child), Lane::Every);
    assert!(scene.head("AA", stream).is_some());
    scene.rests(&["A", "AA", "AB"]).unwrap();
    (scene, stream)
}

#[test]
fn a_page_that_is_acknowledged_and_not_held() {
    let (mut scene, stream) = with_a_notice();
    let [top, child] = ["A", "AA"].map(|name| scene.id(name));
    let page = scene.next(stream, &[notice(top, 2)], |_| ());
    let ack = |upto| Frame::Ack {
        session: 1,
        upto,
        credit_bytes: 1,
    };
    let newest = scene.newest("AA", stream);
    let ledger = scene.ledger();
    let comes = |ledger: &mut Ledger, number| {
        let pages = vec![page.clone()];
        ledger.arrives(LINK, &Frame::Pages { number, pages });
    };
    comes(ledger, 2);
    ledger.leaves((child, LINK), top, &ack(1)).unwrap();
    let said = ledger.leaves((child, LINK), top, &ack(2));
    seen(said, "AA acknowledged page 2 of");

    let again = Frame::Again {
        stream,
        head: Some(newest),
        after_millis: 1,
    };
    ledger.closes(LINK);
    comes(ledger, 2);
    ledger.leaves((child, LINK), top, &again).unwrap();
    ledger.leaves((child, LINK), top, &ack(2)).unwrap();
}

#[test]
fn an_answer_that_is_not_so() {
    let mut scene = Scene::watched(&["A", "AA"]);
    let asked = |id| Asked::Request(put(id));
    assert_eq!(scene.put("AA", "1"), DONE);
    scene.answers("AA", asked("1"), DONE).unwrap();
    let said = scene.answers("AA", asked("2"), DONE);
    seen(said, "after its answers visit 2 is None");

    let mut scene = Scene::watched(&["A", "AA"]);
    assert_eq!(scene.put("AA", "1"), DONE);
    let delete = Request::Delete {
        key: RecordKey::new("visit", "1"),
        actor: "clerk".to_owned(),
    };
    let said = scene.answers("AA", Asked::Request(delete), DONE);
    seen(said, "and should be None");

    let whole = Sheet {
        keep_good: false,
        ..sheet()
    };
    let kept = Answer::Sheet(Kept {
        changed: 1,
        ..Kept::default()
    });
    let said = scene.answers("AA", Asked::Sheet(whole), kept);
    seen(said, "an imported visit 4 is not there");

    let mark = Request::Mark {
        notice: scene.notice_key(1),
        mark: Mark::Read,
    };
    let said = scene.answers("AA", Asked::Request(mark), DONE);
    seen(said, "answered as done and is not durable");
}

#[test]
fn a_refusal_that_left_something() {
    let mut scene = Scene::watched(&["A", "AA"]);
    assert_eq!(scene.put("AA", "1"), DONE);
    // Durable, and of the records that were ever answered for it is none.
    scene.ledger().checks = false;
    assert_eq!(scene.put("AA", "2"), DONE);
    scene.ledger().checks = true;
    let key = Key::Record(RecordKey::new("visit", "2"));
    let batch = scene.own_commit("AA", &key);
    scene.says("AA", &batch).unwrap();
    let refused = Answer::Refused(terrace_desk::Refusal::TooMuch);
    let said = scene.answers("AA", Asked::Request(put("2")), refused);
    seen(said, "and should be None");
}

#[test]
fn figures_that_are_not_those_of_the_records() {
    let mut scene = Scene::watched(&["A", "AA"]);
    assert_eq!(scene.put("AA", "1"), DONE);
    let record = scene.held("AA", &Key::Record(RecordKey::new("visit", "1")));
    let other = Key::Record(RecordKey::new("visit", "2"));
    let said = scene.says("AA", &changes(vec![Change::keep(other, record)]));
    seen(said, "its records Some");
}

/// A mark, as an office says it and as it keeps it.
fn mark(day: Date, number: PageNo) -> (Through, Fact) {
    let value = Through {
        date: day,
        catalog: Hash::ZERO,
    };
    let said = Said {
        value,
        epoch: Epoch::FIRST,
        page: number,
    };
    (value, Fact::Through(said))
}

#[test]
fn a_mark_that_is_not_what_was_said_or_was_not_said() {
    let mut scene = Scene::watched(&["A", "AA"]);
    let stream = scene.figures("AA");
    let number = scene.newest("AA", stream).number.next();
    let [(said, _), (_, kept)] = [1, 2].map(|day| mark(Date::constant(2026, 5, day), number));
    let mut batch = page(scene.next(stream, &[Entry::Through(said)], |_| ()));
    let at = Key::Through(stream.journal.origin);
    batch.changes.push(Change::keep(at, kept));
    let said = scene.says("AA", &batch);
    seen(said, "holds the mark 2026-05-02 and said 2026-05-01");

    let mut scene = Scene::watched(&["A", "AA"]);
    let receipt = Entry::Receipt {
        notice: scene.notice_key(1),
        receipt: Receipt::default(),
    };
    let next = scene.next(stream, &[receipt], |start| start.base = number);
    seen(scene.says("AA", &page(next)), "AA has said no mark");
}

#[test]
fn a_frame_that_goes_to_who_it_is_not_for() {
    let (mut scene, stream) = with_a_notice();
    let [top, child, other] = ["A", "AA", "AB"].map(|name| scene.id(name));
    let head = scene.newest("A", stream);
    let page = scene.next(stream, &[notice(top, 2)], |_| ());
    let frames = [
        Frame::Pages {
            number: 1,
            pages: vec![page],
        },
        Frame::Heads {
            branches: vec![top],
            heads: vec![(stream, head)],
        },
        Frame::Again {
            stream,
            head: Some(head),
            after_millis: 1,
        },
    ];
    for frame in frames {
        let ledger = scene.ledger();
        ledger.leaves((top, LINK), child, &frame).unwrap();
        let said = ledger.leaves((top, LINK), other, &frame);
        seen(said, "which is not for it");
        let said = ledger.leaves((child, LINK), other, &frame);
        seen(said, "which is no neighbour");
    }
}

#[test]
fn a_page_that_is_not_as_it_was_sealed_or_not_in_its_place() {
    let (mut scene, stream) = with_a_notice();
    let top = scene.id("A");
    let own = |scene: &Scene, bend: &dyn Fn(&mut PageStart)| {
        page(scene.next(stream, &[notice(top, 2)], bend))
    };
    let skips = own(&scene, &|start| {
        start.position.number = start.position.number.next();
    });
    seen(scene.says("A", &skips), "where 2 was due");
    let stranger = own(&scene, &|start| start.previous = Hash::ZERO);
    seen(scene.says("A", &stranger), "where 2 was due");

    let next = own(&scene, &|_| ());
    seen(scene.says("AA", &next), "holds a page nobody sealed");
    scene.says("A", &next).unwrap();
    seen(scene.says("AB", &next), "which is not for it");
    let mut other = next.clone();
    other.pages[0].seal = Seal::NONE;
    seen(scene.says("AA", &other), "holds another page 2");
    let later = scene.next(stream, &[notice(top, 3)], |start| {
        start.position.number = PageNo(3);
        start.base = PageNo(2);
        start.previous = next.pages[0].hash();
    });
    scene.says("A", &page(later.clone())).unwrap();
    let back = scene.next(stream, &[notice(top, 4)], |start| {
        start.position.number = PageNo(4);
        start.previous = later.hash();
    });
    let back = scene.says("A", &page(back));
    seen(back, "A sealed base 1 after 2");
    let gap = scene.says("AA", &page(later));
    seen(gap, "AA took page 3 of");
}

#[test]
fn a_page_for_the_parent_that_tells_of_two_submissions() {
    let mut scene = Scene::watched(&["A", "AA"]);
    let stream = scene.stream("AA", Audience::Parent, Lane::Every);
    let step = |id| {
        Entry::Step(Step {
            submission: SubmissionId(id),
            answers: Hash::ZERO,
            action: "withdraw".to_owned(),
            by: stream.journal.origin,
            at: Time(1),
            reason: None,
            note: None,
        })
    };
    let both = scene.next(stream, &[step(1), step(2)], |_| ());
    seen(scene.says("AA", &page(both)), "says 2 submissions on one");
}

#[test]
fn a_latest_fact_that_moves_without_its_page_or_a_page_without_its_fact() {
    let mut scene = Scene::watched(&["A", "AA"]);
    assert_eq!(scene.put("AA", "1"), DONE);
    scene.rest();
    let office = scene.id("AA");
    let key = CellKey {
        office,
        indicator: "visits".to_owned(),
        month: Month::of(Date::constant(2026, 2, 1)),
        dims: Vec::new(),
    };
    let value = Cell {
        change: Decimal::ONE,
        definition: 1,
    };
    let cell = Fact::Cell(Said {
        value,
        epoch: Epoch::FIRST,
        page: PageNo::FIRST,
    });
    let untold = changes(vec![Change::keep(Key::Cell(key), cell)]);
    seen(scene.says("AA", &untold), "and did not say so");
    seen(scene.says("A", &untold), "do not say");

    let mut scene = Scene::watched(&["A", "AA"]);
    let stream = scene.figures("AA");
    let number = scene.newest("AA", stream).number.next();
    let (said, kept) = mark(Date::constant(2026, 5, 1), number);
    let next = page(scene.next(stream, &[Entry::Through(said)], |_| ()));
    let mut whole = next.clone();
    let at = Key::Through(office);
    whole.changes.push(Change::keep(at, kept));
    scene.says("AA", &whole).unwrap();
    seen(scene.says("A", &next), "which held Some(Through(");
}

#[test]
fn a_store_that_comes_back_as_another() {
    let (mut scene, _) = with_a_notice();
    let child = scene.id("AA");
    let true_copy = scene.copy("AA");
    scene.ledger().opens(child, &true_copy).unwrap();

    let changed = |change: Change| {
        let mut store = true_copy.copied();
        store.commit(changes(vec![change])).unwrap();
        store
    };
    let held = Key::Notice(scene.notice_key(1));
    let lost = changed(Change::drop(held.clone()));
    seen(
        scene.ledger().opens(child, &lost),
        "AA came back with None under",
    );
    let more = changed(Change::keep(
        Key::Notice(scene.notice_key(2)),
        scene.held("AA", &held),
    ));
    seen(scene.ledger().opens(child, &more), "which it had dropped");
    let mut bare = Memory::create(0).unwrap();
    let facts = scene.ledger().mirror(child).unwrap().facts();
    let keep = facts.map(|(key, fact)| Change::keep(key.clone(), fact.clone()));
    bare.commit(changes(keep.collect())).unwrap();
    seen(
        scene.ledger().opens(child, &bare),
        "AA came back without page",
    );
}

#[test]
fn heads_that_do_not_agree_at_rest() {
    let names = ["A", "AA", "AB"];
    let told = |bend: &dyn Fn(HeldHead) -> Option<HeldHead>, words: &str| {
        let (mut scene, stream) = with_a_notice();
        let Fact::Head(held) = scene.held("AA", &Key::Head(stream)) else {
            panic!("a head is a head");
        };
        let change = match bend(held) {
            Some(held) => Change::keep(Key::Head(stream), Fact::Head(held)),
            None => Change::drop(Key::Head(stream)),
        };
        scene.says("AA", &changes(vec![change])).unwrap();
        seen(scene.rests(&names), words);
    };
    let forked = |held| HeldHead {
        forked: true,
        ..held
    };
    told(&|held| Some(forked(held)), "AA waits for ever in");
    let unproved = |held| HeldHead {
        unproved_from: Some(PageNo::FIRST),
        ..held
    };
    told(&|held| Some(unproved(held)), "AA waits for ever in");
    let behind = |mut held: HeldHead| {
        held.head.number = PageNo(0);
        held
    };
    told(&|held| Some(behind(held)), "up to 0, and");
    let wide = |mut held: HeldHead| {
        held.head.base = PageNo(0);
        held
    };
    told(&|held| Some(wide(held)), "AA lacks page 0");
    told(&|_| None, "AA and A hold");
}

#[test]
fn a_notice_that_is_held_twice_or_not_at_all_and_a_finding_of_nothing_at_rest() {
    let names = ["A", "AA", "AB"];
    let (mut scene, _) = with_a_notice();
    let held = Key::Notice(scene.notice_key(1));
    let dropped = Change::drop(held.clone());
    scene.says("AA", &changes(vec![dropped])).unwrap();
    seen(scene.rests(&names), "AA holds 0 submissions and 0 notices");

    let (mut scene, _) = with_a_notice();
    let Fact::Notice(mut twice) = scene.held("AA", &held) else {
        panic!("a notice is a notice");
    };
    twice.audiences.push(twice.audiences[0]);
    let twice = Change::keep(held, Fact::Notice(twice));
    scene.says("AA", &changes(vec![twice])).unwrap();
    seen(scene.rests(&names), "and its pages say");

    let (mut scene, stream) = with_a_notice();
    let finding = Finding {
        at: Time(1),
        stream,
        kind: FindingKind::NoEffect,
        count: 1,
        evidence: None,
    };
    let found = Change::keep(Key::Finding(Hash::ZERO), Fact::Finding(finding));
    scene.says("AA", &changes(vec![found])).unwrap();
    seen(scene.rests(&names), "and nobody did wrong");
}

#[test]
fn a_step_that_is_held_twice_or_not_at_all_at_rest() {
    let id = SubmissionId(1);
    let told = |bend: &dyn Fn(&mut Submission), words: &str| {
        let mut scene = Scene::watched(&["A", "AA"]);
        scene.consented("AA", "p");
        scene.submit("AA", "p", 1);
        assert_eq!(scene.rests(&["A", "AA"]).unwrap(), 0);
        let Fact::Submission(mut submission) = scene.held("A", &Key::Submission(id)) else {
            panic!("a submission is a submission");
        };
        bend(&mut submission);
        let change = Change::keep(Key::Submission(id), Fact::Submission(submission));
        scene.says("A", &changes(vec![change])).unwrap();
        seen(scene.rests(&["A", "AA"]), words);
    };
    told(
        &|of| of.steps.push(of.steps[0].clone()),
        "A holds 2 times a step of submission",
    );
    told(&|of| of.steps.clear(), "A holds 0 times a step of");
    told(&|of| of.pages.push(of.pages[0]), "twice");
    told(
        &|of| {
            let mut more = of.steps[0].clone();
            more.by = OfficeId(9);
            of.steps.push(more);
        },
        "A holds 2 steps of submission",
    );
}

#[test]
fn figures_at_the_top_that_are_not_a_count_over_the_records() {
    let mut scene = Scene::watched(&["A", "AA"]);
    assert_eq!(scene.put("AA", "1"), DONE);
    scene.rest();
    scene.rests(&["A", "AA"]).unwrap();
    seen(scene.rests(&["A"]), "the top says");
}

#[test]
fn a_submission_that_is_decided_in_two_ways() {
    let mut scene = Scene::watched(&["A", "AA"]);
    let [top, child] = ["A", "AA"].map(|name| scene.id(name));
    scene.consented("AA", "p");
    scene.submit("AA", "p", 1);
    scene.part("AA", true);
    let act = |action| {
        Asked::Request(Request::Act {
            id: SubmissionId(1),
            action,
            reason: None,
            note: None,
        })
    };
    assert_eq!(scene.ask("A", act(Action::Approve)), DONE);
    assert_eq!(scene.ask("AA", act(Action::Withdraw)), DONE);
    scene.part("AA", false);
    scene.rest();
    assert_eq!(scene.rests(&["A", "AA"]).unwrap(), 1);

    // To who believes that the top stands below, its word is worth less.
    let of_top = scene.tree("A");
    let put = |office, parent| Office {
        parent,
        ..of_top.get(office).unwrap().clone()
    };
    let mut of_child = Tree::default();
    of_child.enter(put(child, None));
    of_child.enter(put(top, Some(child)));
    let said = scene.rests_with(&[(top, of_top), (child, of_child)]);
    seen(said, "at A and");
}
