//! What does not fit, and what is not well said, stops nobody.

use core::time::Duration;

use terrace_catalog::{MAX_CONFIRMATIONS, MAX_STATES};
use terrace_desk::{Refusal, Request};
use terrace_model::{
    Audience, Batch, Cell, CellKey, Change, Date, Decimal, Entry, EpochOpened, Fact, Fields,
    FindingKind, Hash, Head, HeldHead, Key, Lane, Month, Notice, NoticeId, Office, OfficeId, Page,
    PageNo, Position, PublicKey, Range, Record, RecordKey, Said, State, Stream, Time, Value,
    Window,
};
use terrace_node::machine::{Answer, Sheet, SheetRow};
use terrace_store::{Read, Store};
use terrace_wire::{self as wire, PageStart};

use super::{DONE, Scene};
use crate::sim::{asked::Asked, clock};

impl Scene {
    /// The page that its origin might seal next.
    pub(super) fn next(
        &self,
        stream: Stream,
        entries: &[Entry],
        bend: impl Fn(&mut PageStart),
    ) -> Page {
        let site = &self.0.sites[&stream.journal.origin];
        let head = self.head(&site.name, stream).map(|held| held.head);
        let mut start = PageStart {
            position: Position {
                stream,
                number: head.map_or(PageNo::FIRST, |head| head.number.next()),
            },
            base: head.map_or(PageNo::FIRST, |head| head.base),
            previous: head.map_or(Hash::ZERO, |head| head.hash),
        };
        bend(&mut start);
        wire::seal_page(&start, entries, |hash| site.key.seal(hash)).unwrap()
    }

    /// An office seals a page of its own that no desk ruled on, and is started
    /// again over it.
    pub(super) fn forge(
        &mut self,
        stream: Stream,
        entries: &[Entry],
        changes: Vec<Change>,
    ) -> Page {
        let page = self.next(stream, entries, |_| ());
        self.keep(page.clone(), changes);
        page
    }

    /// The same with a page that is made already.
    pub(super) fn forge_page(&mut self, page: Page) {
        self.keep(page, Vec::new());
    }

    fn keep(&mut self, page: Page, mut changes: Vec<Change>) {
        let stream = page.header.position.stream;
        let name = self.0.sites[&stream.journal.origin].name.clone();
        let head = HeldHead {
            head: page.head(),
            unproved_from: None,
            forked: false,
        };
        changes.push(Change::keep(Key::Head(stream), Fact::Head(head)));
        self.edit(&name, vec![page], changes);
    }

    /// An office is started again over a store that was changed by hand.
    fn edit(&mut self, name: &str, pages: Vec<Page>, changes: Vec<Change>) {
        let (id, now) = (self.id(name), self.0.now);
        self.0.crash(id, now, 1);
        let backing = &self.0.sites[&id].backing;
        backing.clone().commit(Batch { pages, changes }).unwrap();
        self.rest();
    }

    pub(super) fn newest(&self, name: &str, stream: Stream) -> Head {
        self.head(name, stream).unwrap().head
    }

    pub(super) fn cell(&self, name: &str, key: &CellKey) -> Option<Fact> {
        self.store(name).get(&Key::Cell(key.clone())).unwrap()
    }
}

#[test]
fn a_page_full_of_figures_is_said_again_in_parts_before_base_moves() {
    let mut scene = Scene::new(&["A", "AA"]);
    let stream = scene.figures("AA");
    let number = scene.newest("AA", stream).number.next();
    let key = |at: i32| CellKey {
        office: stream.journal.origin,
        indicator: "visits".to_owned(),
        month: Month::from_ordinal(30_000 + at).unwrap(),
        dims: Vec::new(),
    };
    let cell = Cell {
        change: Decimal::ONE,
        definition: 1,
    };
    let most = i32::try_from(wire::limits::BODY_ENTRIES).unwrap();
    let entry = |at| Entry::Figure {
        key: key(at),
        cell: Some(cell),
    };
    let entries: Vec<Entry> = (0..most).map(entry).collect();
    let said = |at| {
        let said = Said {
            value: cell,
            epoch: stream.epoch,
            page: number,
        };
        Change::keep(Key::Cell(key(at)), Fact::Cell(said))
    };
    let mut changes: Vec<Change> = (0..most).map(said).collect();
    // So loose that all that can be said again is.
    let window = Window {
        bytes: u64::MAX / 2,
        live_bytes: 0,
    };
    let at = Key::Window(stream.journal);
    changes.push(Change::keep(at, Fact::Window(window)));
    scene.forge(stream, &entries, changes);

    let base = |scene: &Scene, name: &str| scene.newest(name, stream).base;
    assert_eq!(scene.put("AA", "1"), DONE);
    scene.rest();
    assert_eq!(
        base(&scene, "AA"),
        number,
        "a part of the page still counts"
    );
    assert_eq!(scene.put("AA", "2"), DONE);
    scene.rest();
    assert!(base(&scene, "AA") > number);
    assert_eq!(scene.newest("A", stream), scene.newest("AA", stream));
    for at in [0, most / 2, most - 1] {
        let held = scene.cell("A", &key(at));
        assert!(held.is_some() && held == scene.cell("AA", &key(at)));
    }
}

pub(super) fn publish(id: u64, to: Vec<Audience>, bytes: usize) -> Asked {
    Asked::Request(Request::Publish {
        id: NoticeId(id),
        title: "通知".to_owned(),
        body: "x".repeat(bytes),
        to,
        acknowledge_by: None,
    })
}

#[test]
fn more_than_one_commit_can_say_waits_for_the_next_or_is_refused() {
    let mut scene = Scene::new(&["A", "AA"]);
    let top = scene.id("A");
    let child = |at: u64| Office {
        id: OfficeId(1_000 + at),
        code: format!("90{at:04}").parse().unwrap(),
        name: "县".to_owned(),
        level: terrace_model::Level::County,
        parent: Some(top),
        key: None,
    };
    let enter = |office: Office| Change::keep(Key::Office(office.id), Fact::Office(office));
    let changes = (0..400).map(|at| enter(child(at))).collect();
    scene.edit("A", Vec::new(), changes);
    let all = |count: u64| {
        (0..count)
            .map(|at| Audience::Office(child(at).id))
            .collect()
    };

    let refused = Answer::Refused(Refusal::TooMuch);
    let most = 64 << 10;
    assert_eq!(scene.ask("A", publish(1, all(400), most)), refused);
    // Below the limit by itself, above it with what was asked before.
    let few = vec![Audience::Office(scene.id("AA"))];
    let first = scene.0.counts.commits;
    for id in 10..41 {
        scene.0.ask(top, publish(id, few.clone(), most));
    }
    let done = scene.0.counts.done;
    assert_eq!(scene.ask("A", publish(2, all(375), most)), DONE);
    scene.rest();
    assert_eq!(scene.0.counts.done - done, 32);
    assert!(scene.0.counts.commits > first + 1);
    assert_eq!(scene.ask("A", publish(3, all(400), 100)), DONE);
    let stream = scene.stream("A", few[0], Lane::Every);
    assert_eq!(scene.head("AA", stream), scene.head("A", stream));
}

pub(super) fn notice(issuer: OfficeId, id: u64) -> Entry {
    Entry::Notice(Notice {
        id: NoticeId(id),
        issuer,
        title: "t".to_owned(),
        body: String::new(),
        acknowledge_by: None,
        issued: Time(1),
    })
}

#[test]
fn a_page_of_more_notices_than_can_be_answered_is_taken_and_found() {
    let mut scene = Scene::new(&["A", "AA"]);
    let (top, child) = (scene.id("A"), scene.id("AA"));
    let stream = scene.stream("A", Audience::Office(child), Lane::Every);
    let most = u64::from(wire::limits::BODY_ENTRIES);
    let entries: Vec<Entry> = (0..most).map(|id| notice(top, id)).collect();
    scene.forge(stream, &entries, Vec::new());
    assert_eq!(scene.head("AA", stream), scene.head("A", stream));
    assert_eq!(scene.found("AA", stream), [(FindingKind::NoEffect, false)]);
    let to = vec![Audience::Office(child)];
    assert_eq!(scene.ask("A", publish(most, to, 1)), DONE);
    scene.rest();
    for id in [0, most] {
        let held = scene
            .store("AA")
            .get(&Key::Notice(scene.notice_key(id)))
            .unwrap();
        assert!(held.is_some(), "notice {id} is held");
    }
}

#[test]
fn a_batch_of_more_notices_than_one_commit_can_answer_takes_effect_whole() {
    let mut scene = Scene::new(&["A", "AA"]);
    let (top, child) = (scene.id("A"), scene.id("AA"));
    let stream = scene.stream("A", Audience::Office(child), Lane::Every);
    scene.part("AA", true);
    let each = 4_000;
    for first in [0, each, 2 * each] {
        let entries: Vec<Entry> = (first..first + each).map(|id| notice(top, id)).collect();
        scene.forge(stream, &entries, Vec::new());
    }
    scene.part("AA", false);
    scene.rest();
    assert_eq!(scene.head("AA", stream), scene.head("A", stream));
    assert_eq!(scene.found("AA", stream), []);
    let store = scene.store("A");
    for notice in (0..3 * each).map(|id| scene.notice_key(id)) {
        let office = child;
        let receipt = store.get(&Key::Receipt { notice, office }).unwrap();
        assert!(receipt.is_some(), "{notice:?} is answered");
    }
}

#[test]
fn what_an_office_may_not_say_has_no_effect_and_its_journal_moves_on() {
    let mut scene = Scene::new(&["A", "AA"]);
    let (top, child) = (scene.id("A"), scene.id("AA"));
    let up = scene.stream("AA", Audience::Ancestors, Lane::Every);
    let stranger = Office {
        id: OfficeId(77),
        code: "990001".parse().unwrap(),
        name: "乡".to_owned(),
        level: terrace_model::Level::Township,
        parent: Some(top),
        key: None,
    };
    let other_key = EpochOpened {
        epoch: up.epoch,
        key: PublicKey([7; 32]),
    };
    let entries = [
        Entry::Office(stranger.clone()),
        Entry::EpochOpened(other_key),
        notice(top, 5),
    ];
    scene.forge(up, &entries, Vec::new());
    assert_eq!(scene.head("A", up), scene.head("AA", up));
    let found = scene.found("A", up);
    assert!(found.contains(&(FindingKind::NoEffect, false)), "{found:?}");
    assert!(
        found.contains(&(FindingKind::SecondKey, false)),
        "{found:?}"
    );
    let store = scene.store("A");
    assert_eq!(store.get(&Key::Office(stranger.id)).unwrap(), None);
    assert_eq!(store.get(&Key::Notice(scene.notice_key(5))).unwrap(), None);

    // A child of its own is entered after all that.
    let mine = Office {
        parent: Some(child),
        ..stranger
    };
    let entry = Entry::Office(mine.clone());
    let change = Change::keep(Key::Office(mine.id), Fact::Office(mine.clone()));
    scene.forge(up, &[entry], vec![change]);
    let held = scene.store("A").get(&Key::Office(mine.id)).unwrap();
    assert_eq!(held, Some(Fact::Office(mine)));
}

#[test]
fn an_id_that_is_too_long_in_bytes_is_refused_and_the_office_goes_on() {
    let mut scene = Scene::new(&["A", "AA"]);
    let wide = "\u{20bb7}";
    for (count, refused) in [(50, false), (51, true), (64, true)] {
        let answer = scene.put("AA", &wide.repeat(count));
        assert_eq!(matches!(answer, Answer::Refused(_)), refused, "{count}");
    }
    assert_eq!(scene.put("AA", "1"), DONE);
}

#[test]
fn a_record_that_is_as_long_as_one_may_be_can_be_kept() {
    let day = |number: usize| {
        let span = Duration::from_secs(86_400 * number as u64);
        Date::constant(1990, 1, 1).checked_add(span).unwrap()
    };
    let state = |number| State {
        from: day(number),
        fields: Fields::new(),
    };
    let keeps = |states: usize, confirmations: usize| {
        let record = Record {
            fixed: Fields::new(),
            states: (0..states).map(state).collect(),
            confirmations: (0..confirmations).map(day).collect(),
        };
        let key = Key::Record(RecordKey::new("person", "p"));
        let batch = Batch {
            pages: Vec::new(),
            changes: vec![Change::keep(key, Fact::Record(record))],
        };
        wire::stored::encode_batch(&batch).is_ok()
    };
    assert!(keeps(MAX_STATES, MAX_CONFIRMATIONS));
    assert!(!keeps(MAX_STATES + 1, 0));
    assert!(!keeps(1, MAX_CONFIRMATIONS + 1));
}

#[test]
fn a_sheet_is_kept_as_it_was_checked_though_the_clock_is_set_back_between_its_commits() {
    let mut scene = Scene::new(&["A", "AA"]);
    let id = scene.id("AA");
    let today = clock::day(scene.0.sites[&id].moment(scene.0.now).wall);
    let mut given = super::visit();
    given.insert("visited_on".to_owned(), Value::Date(today));
    let row = |number: u64| SheetRow {
        line: number + 2,
        key: RecordKey::new("visit", &number.to_string()),
        given: given.clone(),
    };
    let sheet = Sheet {
        rows: (0..1_500).map(row).collect(),
        ..super::sheet()
    };
    let commits = scene.0.counts.commits;
    scene.0.ask(id, Asked::Sheet(sheet));
    while scene.0.counts.commits == commits {
        scene.0.step_or_wait(None).unwrap();
    }
    let site = scene.0.sites.get_mut(&id).unwrap();
    site.skew_millis -= clock::DAY_MILLIS;
    scene.rest();
    let Some(Answer::Sheet(kept)) = scene.0.heard.clone() else {
        panic!("no answer to the sheet");
    };
    let range = Range::Records("visit".to_owned());
    let held = scene.store("AA").range(&range, None, usize::MAX).unwrap();
    assert_eq!((kept.changed, held.len()), (1_500, 1_500));
}
