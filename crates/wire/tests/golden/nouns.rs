//! One of each noun that is written, all made up and always the same.

use std::collections::BTreeMap;

use terrace_model::*;
use terrace_sync::{CloseReason, Frame, Hello, Versions};
use terrace_wire::{PageStart, encode_sealed, seal_page};

const TOWNSHIP: OfficeId = OfficeId(0x0123_4567_89ab_cdef);
const COUNTY: OfficeId = OfficeId(0xfedc_ba98_7654_3210);
const DAY: Date = Date::constant(2026, 11, 24);
const NOW: Time = Time(1_795_500_000_123);

fn stream(audience: Audience, lane: Lane) -> Stream {
    let journal = JournalId {
        origin: TOWNSHIP,
        audience,
        lane,
    };
    Stream {
        journal,
        epoch: Epoch(2),
    }
}

fn fields() -> Fields {
    Fields::from([
        ("capital".into(), Value::Amount("91725.25".parse().unwrap())),
        ("category".into(), Value::Code("freelancer".into())),
        ("employees".into(), Value::Count(2800)),
        ("birth_year".into(), Value::Year(1980)),
        ("name".into(), Value::Text("某某".into())),
        ("organisation".into(), Value::Ref("o1".into())),
        ("since".into(), Value::Date(Date::constant(1969, 12, 31))),
        (
            "skills".into(),
            Value::Codes(vec!["law".into(), "tax".into()]),
        ),
    ])
}

fn office() -> Office {
    Office {
        id: TOWNSHIP,
        code: "360827100".parse().unwrap(),
        name: "泉江镇".into(),
        level: Level::Township,
        parent: Some(COUNTY),
        key: Some(PublicKey([0x11; 32])),
    }
}

fn cell(month: i32, category: &str, millionths: Option<i128>) -> Entry {
    let key = CellKey {
        office: TOWNSHIP,
        indicator: "persons".into(),
        month: Month::from_ordinal(month).unwrap(),
        dims: vec![
            ("category".into(), category.into()),
            ("gender".into(), "_".into()),
        ],
    };
    let cell = millionths.map(|millionths| Cell {
        change: Decimal::from_millionths(millionths),
        definition: 0x0a0b_0c0d_0e0f_1011,
    });
    Entry::Figure { key, cell }
}

fn through() -> Through {
    Through {
        date: DAY,
        catalog: Hash([0x22; 32]),
    }
}

fn receipt() -> Receipt {
    Receipt {
        delivered: Some(NOW),
        read: Some(Time(-1)),
        acknowledged: None,
    }
}

fn health() -> Health {
    Health {
        at: NOW,
        version: "0.1.0".into(),
        catalog: "new-strata@1".into(),
        disk_free_bytes: 1 << 40,
        certificate_days: -2,
        clock_skew_ms: -3,
        refused: 4,
        links: BTreeMap::from([(
            OfficeId(9),
            ChildLink {
                up: true,
                since: NOW,
                behind: None,
            },
        )]),
    }
}

fn health_behind() -> Health {
    let mut health = health();
    let behind = Behind {
        since: NOW,
        entries: 5,
        bytes: 6,
    };
    for link in health.links.values_mut() {
        link.behind = Some(behind);
    }
    health
}

const fn notice_key() -> NoticeKey {
    NoticeKey {
        id: NoticeId(7),
        issuer: COUNTY,
    }
}

fn notice() -> Notice {
    Notice {
        id: NoticeId(7),
        issuer: COUNTY,
        title: "通知".into(),
        body: "请于月底前更新。".into(),
        acknowledge_by: Some(DAY),
        issued: NOW,
    }
}

fn proposal() -> Proposal {
    Proposal {
        id: SubmissionId(5),
        kind: "nomination".into(),
        origin: TOWNSHIP,
        terms: Fields::from([("seat".into(), Value::Code("deputy".into()))]),
        subject: Hash([0x33; 32]),
    }
}

fn step(action: &str, answers: Hash) -> Step {
    Step {
        submission: SubmissionId(5),
        by: COUNTY,
        action: action.into(),
        answers,
        reason: Some("quota".into()),
        note: Some("名额已满".into()),
        at: NOW,
    }
}

fn consent() -> Consent {
    Consent {
        person: "1".into(),
        kind: "nomination".into(),
        on: DAY,
        document: "柜三".into(),
    }
}

fn act(deed: RecordDeed, content: Option<Hash>) -> Entry {
    let record = RecordKey::new("person", "1");
    Entry::Record(RecordAct {
        record,
        deed,
        actor: "clerk".into(),
        content,
    })
}

/// Every kind of entry.
pub(crate) fn entries() -> Vec<Entry> {
    let opened = EpochOpened {
        epoch: Epoch(2),
        key: PublicKey([0x11; 32]),
    };
    let enclosed = vec![encode_sealed(&small_page()).unwrap()];
    vec![
        act(RecordDeed::Put { from: Some(DAY) }, Some(Hash([0x44; 32]))),
        act(RecordDeed::Correct { at: None }, Some(Hash([0x44; 32]))),
        act(RecordDeed::Delete, None),
        Entry::Consent(Hash([0x55; 32])),
        Entry::EpochOpened(opened),
        Entry::Office(office()),
        cell(24_320, "freelancer", Some(1_000_000)),
        cell(24_320, "self_employed", Some(-1_000_000)),
        cell(24_321, "freelancer", Some(1 << 100)),
        cell(24_321, "freelancer", None),
        Entry::Through(through()),
        Entry::Receipt {
            notice: notice_key(),
            receipt: receipt(),
        },
        Entry::Health(health()),
        Entry::Submit {
            proposal: proposal(),
            step: step("submit", Hash::ZERO),
        },
        Entry::Forward {
            step: step("forward", Hash([0x66; 32])),
            enclosed,
        },
        Entry::Step(step("approve", Hash([0x66; 32]))),
        Entry::Notice(notice()),
    ]
}

fn small_page() -> Page {
    let position = Position {
        stream: stream(Audience::Parent, Lane::Every),
        number: PageNo(1),
    };
    let start = PageStart {
        position,
        base: PageNo(1),
        previous: Hash::ZERO,
    };
    seal_page(&start, &[Entry::Through(through())], |_| Seal([0x77; 64])).unwrap()
}

/// A page with all of them, and a part beside it.
pub(crate) fn page() -> Page {
    let audience = Audience::Subtree {
        root: COUNTY,
        level: Some(Level::Village),
    };
    let position = Position {
        stream: stream(audience, Lane::Latest),
        number: PageNo(300),
    };
    let start = PageStart {
        position,
        base: PageNo(200),
        previous: Hash([0x88; 32]),
    };
    let page = seal_page(&start, &entries(), |_| Seal([0x77; 64])).unwrap();
    let part = Part {
        salt: [0x99; 16],
        content: vec![1, 2, 3],
    };
    Page {
        parts: vec![part],
        ..page
    }
}

pub(crate) fn contents() -> Vec<(&'static str, Content)> {
    vec![
        ("fields", Content::Fields(fields())),
        ("consent", Content::Consent(consent())),
    ]
}

fn head() -> Head {
    Head {
        base: PageNo(200),
        number: PageNo(300),
        hash: Hash([0xaa; 32]),
    }
}

fn next_page(page: &Page) -> Page {
    let mut position = page.header.position;
    position.number = position.number.next();
    let start = PageStart {
        position,
        base: page.header.base,
        previous: page.hash(),
    };
    seal_page(&start, &[Entry::Through(through())], |_| Seal([0x77; 64])).unwrap()
}

/// Every kind of frame.
pub(crate) fn frames() -> Vec<(&'static str, Frame)> {
    let stream = stream(Audience::Office(COUNTY), Lane::Every);
    let hello = Hello {
        versions: Versions {
            lowest: 1,
            highest: 2,
        },
        session: 3,
        at: NOW,
        digest: Hash([0xbb; 32]),
        credit_bytes: 1 << 20,
    };
    let small = small_page();
    let pages = vec![small.clone(), next_page(&small)];
    let after_millis = 1000;
    vec![
        ("hello", Frame::Hello(hello)),
        (
            "branches",
            Frame::Branches(vec![(TOWNSHIP, Hash([0xcc; 32]))]),
        ),
        (
            "heads",
            Frame::Heads {
                branches: vec![TOWNSHIP],
                heads: vec![(stream, head())],
            },
        ),
        ("pages", Frame::Pages { number: 4, pages }),
        (
            "ack",
            Frame::Ack {
                session: 3,
                upto: 4,
                credit_bytes: 5,
            },
        ),
        (
            "again",
            Frame::Again {
                stream,
                head: Some(head()),
                after_millis,
            },
        ),
        (
            "close",
            Frame::Close {
                reason: CloseReason::Replaced,
            },
        ),
    ]
}

fn said<T>(value: T) -> Said<T> {
    Said {
        value,
        epoch: Epoch(2),
        page: PageNo(300),
    }
}

/// Every kind of key and fact.
pub(crate) fn kept() -> Vec<(&'static str, Key, Fact)> {
    let mut kept = kept_of_the_office();
    kept.extend(kept_of_its_health());
    kept.extend(kept_of_its_work());
    kept
}

fn kept_of_the_office() -> Vec<(&'static str, Key, Fact)> {
    let stream = stream(
        Audience::Subtree {
            root: COUNTY,
            level: None,
        },
        Lane::Latest,
    );
    let code = "360827100".parse().unwrap();
    let invitation = Invitation {
        office: TOWNSHIP,
        token: Hash([0xdd; 32]),
        until: NOW,
    };
    let held = HeldHead {
        head: head(),
        unproved_from: Some(PageNo(250)),
        forked: true,
    };
    let finding = Finding {
        at: NOW,
        stream,
        kind: FindingKind::Fork,
        count: 2,
        evidence: Some(vec![1, 2, 3]),
    };
    vec![
        (
            "own",
            Key::Own,
            Fact::Own(Own {
                id: TOWNSHIP,
                tree: TreeId(8),
            }),
        ),
        ("office", Key::Office(TOWNSHIP), Fact::Office(office())),
        (
            "invitation",
            Key::Invitation(code),
            Fact::Invitation(invitation),
        ),
        ("head", Key::Head(stream), Fact::Head(held)),
        (
            "window",
            Key::Window(stream.journal),
            Fact::Window(Window {
                bytes: 65_536,
                live_bytes: 1000,
            }),
        ),
        (
            "finding",
            Key::Finding(Hash([0xee; 32])),
            Fact::Finding(finding),
        ),
        (
            "through",
            Key::Through(TOWNSHIP),
            Fact::Through(said(through())),
        ),
    ]
}

fn kept_of_its_health() -> Vec<(&'static str, Key, Fact)> {
    let key = Key::Health(TOWNSHIP);
    let fact = |health| Fact::Health(said(health));
    vec![
        ("health", key.clone(), fact(health())),
        ("health-behind", key, fact(health_behind())),
    ]
}

fn kept_of_its_work() -> Vec<(&'static str, Key, Fact)> {
    let record = Record {
        fixed: fields(),
        states: vec![State {
            from: DAY,
            fields: fields(),
        }],
        confirmations: vec![Date::constant(2025, 1, 15), DAY],
    };
    let lookup = Lookup {
        kind: "person".into(),
        field: "organisation".into(),
        value: "o\u{0}1".into(),
        id: "1".into(),
    };
    let Entry::Figure {
        key: cell_key,
        cell: Some(value),
    } = cell(24_320, "_", Some(-5))
    else {
        unreachable!("it is a figure that holds")
    };
    let submission = Submission {
        proposal: proposal(),
        subject: Some(fields()),
        steps: vec![step("submit", Hash::ZERO)],
        pages: vec![small_page().header.position],
    };
    let held = HeldNotice {
        notice: notice(),
        audiences: vec![Audience::Office(TOWNSHIP)],
    };
    vec![
        (
            "record",
            Key::Record(RecordKey::new("person", "1")),
            Fact::Record(record),
        ),
        ("mark", Key::Lookup(lookup), Fact::Mark),
        (
            "consent",
            Key::Consent {
                person: "1".into(),
                kind: "nomination".into(),
            },
            Fact::Consent(consent()),
        ),
        ("cell", Key::Cell(cell_key), Fact::Cell(said(value))),
        (
            "submission",
            Key::Submission(SubmissionId(5)),
            Fact::Submission(submission),
        ),
        ("notice", Key::Notice(notice_key()), Fact::Notice(held)),
        (
            "receipt",
            Key::Receipt {
                notice: notice_key(),
                office: TOWNSHIP,
            },
            Fact::Receipt(said(receipt())),
        ),
    ]
}

/// A batch with two pages, a fact kept and one dropped.
pub(crate) fn batch() -> Batch {
    let small = small_page();
    let own = Fact::Own(Own {
        id: TOWNSHIP,
        tree: TreeId(8),
    });
    Batch {
        pages: vec![small.clone(), next_page(&small)],
        changes: vec![
            Change::keep(Key::Own, own),
            Change::drop(Key::Health(COUNTY)),
        ],
    }
}
