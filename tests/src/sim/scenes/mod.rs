//! Scenes played by hand, mostly with offices that do wrong: the ledger looks
//! away.
#![allow(clippy::unwrap_used, reason = "a panic is a test's way to fail")]

mod admission;
mod checkers;
mod copies;
mod limits;
mod unreadable;
mod upwards;

use std::sync::Arc;

use terrace_catalog::{Put, parse_fields};
use terrace_desk::{Book, Refusal, Request};
use terrace_model::{
    Audience, Fact, FindingKind, HeldHead, JournalId, Key, Lane, Level, NoticeId, NoticeKey,
    Office, OfficeId, Range, RecordKey, Stream,
};
use terrace_node::machine::{Answer, BatchLimits, Planted, Sheet, SheetRow};
use terrace_pki::SigningKey;
use terrace_store::Read;
use terrace_sync::Limits;

use super::{
    asked::Asked,
    check::{Ledger, Post, Posts},
    joining::Joining,
    memory::Memory,
    random::Random,
    shape::{Planned, Shape},
    site::Common,
    trace::Trace,
    world::World,
};

/// More steps than any scene takes.
const STEPS: u32 = 100_000;

/// More than an end takes to notice that its carrier broke.
const AWHILE_MILLIS: i64 = 25_000;

struct Scene(World<Memory>);

fn planned(name: &str) -> Planned {
    let id = |name: &str| OfficeId(u64::from_str_radix(name, 16).unwrap());
    let parent = &name[..name.len() - 1];
    let office = Office {
        id: id(name),
        code: format!("10{:04}", id(name).0).parse().unwrap(),
        name: name.to_owned(),
        level: Level::ALL[name.len()],
        parent: (!parent.is_empty()).then(|| id(parent)),
        key: None,
    };
    let key = [u8::try_from(name.len()).unwrap(); 32];
    Planned {
        office,
        name: name.to_owned(),
        key: Arc::new(SigningKey::from_randomness(&key)),
        late: false,
    }
}

impl Scene {
    /// Offices by name: `A` is the top, `AB` stands below it.
    fn new(names: &[&str]) -> Self {
        Self::planted(names, None)
    }

    /// The same, with a fault in every office.
    fn planted(names: &[&str], planted: Option<Planted>) -> Self {
        Self::of(names, planted, false)
    }

    /// Offices that do right, and a ledger that does not look away.
    fn watched(names: &[&str]) -> Self {
        Self::of(names, None, true)
    }

    fn of(names: &[&str], planted: Option<Planted>, checks: bool) -> Self {
        let shape = Shape {
            offices: names.iter().copied().map(planned).collect(),
            limits: Limits::default(),
            slack_bytes: 100_000,
            batch: BatchLimits::default(),
            faults: Vec::new(),
            fault_every: u64::MAX,
            latency_millis: (1, 5),
            commit_millis: 2,
        };
        let posts = shape.offices.iter().map(|planned| {
            let post = Post {
                name: planned.name.clone(),
                level: planned.office.level,
                parent: planned.office.parent,
            };
            (planned.office.id, post)
        });
        let book = Arc::new(Book::new(terrace_catalog::shipped()));
        let mut ledger = Ledger::new(Arc::clone(&book), Posts(posts.collect()));
        ledger.checks = checks;
        ledger.audiences = planted.is_none();
        let common = Common {
            book,
            limits: shape.limits,
            slack_bytes: shape.slack_bytes,
            batch: shape.batch,
            planted,
        };
        let mut world = World::new(Random::new(1), shape, common, ledger, Trace::new(false));
        world.come_up().unwrap();
        let mut scene = Self(world);
        scene.rest();
        scene
    }

    /// One more office joins.
    fn join(&mut self, name: &str) {
        let planned = planned(name);
        let post = Post {
            name: planned.name.clone(),
            level: planned.office.level,
            parent: planned.office.parent,
        };
        self.0.ledger.posts.0.insert(planned.office.id, post);
        let joining = Joining::new(planned, self.0.now, &mut Random::new(2));
        self.0.joining.push(joining);
        self.0.come_up().unwrap();
        self.rest();
    }

    fn id(&self, name: &str) -> OfficeId {
        let mut sites = self.0.sites.values();
        sites.find(|site| site.name == name).unwrap().id
    }

    /// Until nothing moves any more, and nothing will for a while: offices that
    /// are apart never rest.
    fn rest(&mut self) {
        for _ in 0..STEPS {
            if self.0.step().unwrap() {
                continue;
            }
            match self.0.next_due() {
                Some(due) if due.millis_since(self.0.now) < AWHILE_MILLIS => self.0.now = due,
                Some(_) | None => return,
            }
        }
        panic!("{:?}", self.0.restless());
    }

    fn ask(&mut self, name: &str, asked: Asked) -> Answer {
        let id = self.id(name);
        self.0.heard = None;
        self.0.ask(id, asked);
        for _ in 0..STEPS {
            if let Some(answer) = self.0.heard.take() {
                return answer;
            }
            self.0.step_or_wait(None).unwrap();
        }
        panic!("no answer");
    }

    fn put(&mut self, name: &str, id: &str) -> Answer {
        self.ask(name, Asked::Request(put(id)))
    }

    fn copy(&self, name: &str) -> Memory {
        self.0.sites[&self.id(name)].backing.copied()
    }

    /// The office is started from a copy.
    fn restore(&mut self, name: &str, copy: &Memory) {
        let (id, now) = (self.id(name), self.0.now);
        self.0.crash(id, now, 1);
        self.0.sites.get_mut(&id).unwrap().backing = copy.copied();
        self.rest();
    }

    /// An office does not reach its parent, or does again.
    fn part(&mut self, name: &str, apart: bool) {
        let id = self.id(name);
        let until = if apart { i64::MAX / 2 } else { 0 };
        self.0.is_out(id, terrace_model::Time(until));
    }

    fn store(&self, name: &str) -> &Memory {
        &self.0.sites[&self.id(name)].backing
    }

    fn head(&self, name: &str, stream: Stream) -> Option<HeldHead> {
        match self.store(name).get(&Key::Head(stream)).unwrap() {
            Some(Fact::Head(held)) => Some(held),
            Some(_) | None => None,
        }
    }

    /// What was found of a stream, with whether there is evidence.
    fn found(&self, name: &str, stream: Stream) -> Vec<(FindingKind, bool)> {
        let all = self.store(name).range(&Range::Findings, None, usize::MAX);
        let findings = all.unwrap().into_iter().filter_map(|(_, fact)| {
            let Fact::Finding(finding) = fact else {
                return None;
            };
            (finding.stream == stream).then_some((finding.kind, finding.evidence.is_some()))
        });
        findings.collect()
    }

    /// The notice to which the office at the top gave an id.
    fn notice_key(&self, id: u64) -> NoticeKey {
        NoticeKey {
            id: NoticeId(id),
            issuer: self.id("A"),
        }
    }

    fn stream(&self, name: &str, audience: Audience, lane: Lane) -> Stream {
        Stream {
            journal: JournalId {
                origin: self.id(name),
                audience,
                lane,
            },
            epoch: terrace_model::Epoch::FIRST,
        }
    }

    fn figures(&self, name: &str) -> Stream {
        self.stream(name, Audience::Ancestors, Lane::Latest)
    }
}

fn visit() -> terrace_model::Fields {
    let raw = [
        ("staff", "甲"),
        ("visited_on", "2026-02-03"),
        ("subject", "policy"),
    ];
    let catalog = terrace_catalog::shipped();
    let of = catalog.record_type("visit").unwrap();
    let mut given = parse_fields(of, raw[..2].iter().copied()).unwrap();
    let subject = of.field("subject").unwrap();
    let terrace_catalog::FieldKind::Code(list) = &subject.kind else {
        panic!("a subject is a code");
    };
    let code = terrace_model::Value::Code(list.codes[0].code.clone());
    given.insert("subject".to_owned(), code);
    given
}

fn put(id: &str) -> Request {
    Request::Put {
        key: RecordKey::new("visit", id),
        given: visit(),
        put: Put::default(),
        actor: "clerk".to_owned(),
    }
}

fn sheet() -> Sheet {
    Sheet {
        rows: vec![SheetRow {
            line: 2,
            key: RecordKey::new("visit", "4"),
            given: visit(),
        }],
        absent: Vec::new(),
        actor: "clerk".to_owned(),
        keep_good: true,
        dry_run: false,
    }
}

fn publish(root: OfficeId) -> Request {
    Request::Publish {
        id: NoticeId(7),
        title: "通知".to_owned(),
        body: "内容".to_owned(),
        to: vec![Audience::Subtree { root, level: None }],
        acknowledge_by: None,
    }
}

const DONE: Answer = Answer::Done { changed: true };
const REFUSED: Answer = Answer::Refused(Refusal::OlderCopy);
