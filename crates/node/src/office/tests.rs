use std::{
    path::Path,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use terrace_catalog::{Put, parse_fields};
use terrace_model::{
    Batch, Change, Epoch, Fact, Fields, Key, Level, Office as OfficeNoun, OfficeId, Own, Range,
    RecordKey, TreeId,
};
use terrace_pki::SigningKey;
use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreReader,
    disk::{Disk as _, SimDisk},
    kv::MemoryKv,
};

use super::*;
use crate::{lifecycle::SystemClock, machine::WINDOW_SLACK_BYTES, scene};

const TOP: OfficeId = OfficeId(1);
const CHILD: OfficeId = OfficeId(2);

fn key(of: OfficeId) -> SigningKey {
    let number = u8::try_from(of.0).unwrap();
    SigningKey::from_randomness(&[number; 32])
}

fn noun(id: OfficeId, code: &str, level: Level, parent: Option<OfficeId>) -> OfficeNoun {
    OfficeNoun {
        key: Some(key(id).public()),
        ..scene::office(id, code, level, parent)
    }
}

fn store_on(disk: &SimDisk, me: OfficeId) -> EmbeddedStore {
    let (view, options) = (Box::new(MemoryKv::default()), Profile::Tiny.options());
    let folder = Path::new("/office");
    let mut store =
        EmbeddedStore::create_on(Arc::new(disk.clone()), folder, view, options, me.0).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    let own = Own {
        id: me,
        tree: TreeId(9),
    };
    let mut changes = vec![Change::keep(Key::Own, Fact::Own(own))];
    for office in [
        noun(TOP, "11", Level::Prefecture, None),
        noun(CHILD, "1101", Level::County, Some(TOP)),
    ] {
        changes.push(Change::keep(Key::Office(office.id), Fact::Office(office)));
    }
    let pages = Vec::new();
    store.commit(Batch { pages, changes }).unwrap();
    store
}

fn started(me: OfficeId, store: EmbeddedStore) -> (Office, StoreReader, End) {
    let clock = SystemClock::start();
    started_by(me, store, Arc::new(move || clock.moment()))
}

fn started_by(me: OfficeId, store: EmbeddedStore, clocks: Clocks) -> (Office, StoreReader, End) {
    let mut count = me.0;
    let reader = store.reader();
    let start = Start {
        constants: Constants {
            me,
            epoch: Epoch::FIRST,
            key: Arc::new(key(me)),
            book: Arc::new(scene::book()),
            // Small, so that a few pages are more frames than wait for room.
            limits: terrace_sync::Limits {
                frame_bytes: 1 << 10,
                ..terrace_sync::Limits::default()
            },
            batch: crate::machine::BatchLimits::default(),
            window_slack_bytes: WINDOW_SLACK_BYTES,
            version: "test".to_owned(),
        },
        store,
        close: EmbeddedStore::close,
        clocks,
        entropy: Box::new(move |bytes| {
            for byte in bytes {
                count = count
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                *byte = count.to_be_bytes()[0];
            }
        }),
        sample: Sample {
            disk_free_bytes: 1,
            certificate_days: 30,
        },
    };
    let (office, end) = Office::start(start).unwrap();
    (office, reader, end)
}

fn put_person(id: &str) -> Request {
    let book = scene::book();
    let of = book.catalog.record_type("person").unwrap();
    let raw = [
        ("name", "示例"),
        ("gender", "female"),
        ("category", "freelancer"),
        ("industry", "M"),
        ("on_roster_since", "2024-01-01"),
    ];
    let given: Fields = parse_fields(of, raw.into_iter()).unwrap();
    Request::Put {
        key: RecordKey {
            kind: "person".to_owned(),
            id: id.to_owned(),
        },
        given,
        put: Put::default(),
        actor: "clerk".to_owned(),
    }
}

/// Carries frames both ways until one end is gone.
fn carry(one: Port, other: Port) {
    for (mut from, to) in [(one.outbox, other.inbox), (other.outbox, one.inbox)] {
        tokio::spawn(async move {
            while let Some(frame) = from.recv().await {
                if to.send(frame).await.is_err() {
                    break;
                }
            }
        });
    }
}

async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waited = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), waited).await;
    assert!(waited.is_ok(), "not within 20 seconds: {what}");
}

fn cells_of(reader: &StoreReader, office: OfficeId) -> usize {
    let range = Range::CellsOf(office);
    reader.range(&range, None, usize::MAX).unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_becomes_figures_at_the_parent() {
    let (top, top_reader, top_end) = started(TOP, store_on(&SimDisk::new(1), TOP));
    let (child, child_reader, _end) = started(CHILD, store_on(&SimDisk::new(2), CHILD));
    assert!(top.is_child(CHILD) && !child.is_child(TOP));
    for number in 0..20 {
        let answer = child.ask(put_person(&format!("p{number}"))).await;
        assert_eq!(answer, Ok(Answer::Done { changed: true }));
    }
    carry(
        top.open_link(CHILD).await.unwrap(),
        child.open_link(TOP).await.unwrap(),
    );
    let said = cells_of(&child_reader, CHILD);
    assert!(said > 0);
    until("the parent holds the child's figures", || {
        cells_of(&top_reader, CHILD) == said
    })
    .await;
    until("both see the link up", || {
        let up = |office: &Office, peer| {
            let neighbours = office.neighbours();
            neighbours.get(&peer).is_some_and(|known| known.link.up)
        };
        up(&top, CHILD) && up(&child, TOP)
    })
    .await;
    let records = Range::Records("person".to_owned());
    assert!(top_reader.range(&records, None, 9).unwrap().is_empty());
    child.stop().await;
    until("the parent sees that the link is down", || {
        top.neighbours()
            .get(&CHILD)
            .is_some_and(|known| !known.link.up)
    })
    .await;
    top.stop().await;
    top_end.wait().await.unwrap();
    assert_eq!(top.ask(put_person("p2")).await, Err(Stopped::InOrder));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_that_takes_nothing_holds_nobody_up() {
    let (office, _reader, _end) = started(CHILD, store_on(&SimDisk::new(3), CHILD));
    // Its frames are never taken, and what it would say is never said.
    let _port = office.open_link(TOP).await.unwrap();
    for number in 0..50 {
        let asked = office.ask(put_person(&format!("p{number}")));
        let answer = tokio::time::timeout(Duration::from_secs(20), asked).await;
        assert_eq!(answer, Ok(Ok(Answer::Done { changed: true })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_a_stop_and_after_a_power_cut() {
    let disk = SimDisk::new(4);
    let (office, _reader, end) = started(CHILD, store_on(&disk, CHILD));
    let asked = (0..40).map(|number| {
        let office = office.clone();
        tokio::spawn(async move { office.ask(put_person(&format!("p{number}"))).await })
    });
    let asked: Vec<_> = asked.collect();
    for asked in asked {
        assert_eq!(asked.await.unwrap(), Ok(Answer::Done { changed: true }));
    }
    office.stop().await;
    end.wait().await.unwrap();
    disk.power_cut(5);
    let view = Box::new(MemoryKv::default());
    let folder = Path::new("/office");
    let options = Profile::Tiny.options();
    let store = EmbeddedStore::open_on(Arc::new(disk), folder, view, options, 6).unwrap();
    let records = Range::Records("person".to_owned());
    assert_eq!(store.reader().range(&records, None, 99).unwrap().len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_made_durable_is_answered_to_nobody() {
    let disk = SimDisk::new(7);
    let (office, _reader, end) = started(CHILD, store_on(&disk, CHILD));
    let done = office.ask(put_person("p1")).await;
    assert_eq!(done, Ok(Answer::Done { changed: true }));
    disk.fail_sync(1);
    assert_eq!(office.ask(put_person("p2")).await, Err(Stopped::Failed));
    assert!(end.wait().await.is_err(), "it ends, and says why");
}

/// A clock that can be halted: whoever reads it waits, as on a slow disk.
#[derive(Clone)]
struct Halt(Arc<(Mutex<bool>, Condvar)>);

impl Halt {
    fn new() -> (Self, Arc<dyn Fn() -> Moment + Send + Sync>) {
        let halt = Self(Arc::new((Mutex::new(false), Condvar::new())));
        let (clock, halts) = (SystemClock::start(), halt.clone());
        let clocks = Arc::new(move || {
            let (is_halted, told) = &*halts.0;
            let is_halted = is_halted.lock().unwrap();
            drop(told.wait_while(is_halted, |halted| *halted).unwrap());
            clock.moment()
        });
        (halt, clocks)
    }

    fn set(&self, halted: bool) {
        *self.0.0.lock().unwrap() = halted;
        self.0.1.notify_all();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_together_is_made_durable_by_one_sync() {
    let disk = SimDisk::new(9);
    let (halt, clocks) = Halt::new();
    let (office, reader, _end) = started_by(CHILD, store_on(&disk, CHILD), clocks);
    let first = office.ask(put_person("p0")).await;
    assert_eq!(first, Ok(Answer::Done { changed: true }));
    halt.set(true);
    let before = disk.syncs();
    let asked = (1..=100).map(|number| {
        let (office, put) = (office.clone(), put_person(&format!("p{number}")));
        tokio::spawn(async move { office.ask(put).await })
    });
    let asked: Vec<_> = asked.collect();
    // One may be in the office's hands already.
    until("all wait", || office.commands.capacity() <= 512 - 99).await;
    halt.set(false);
    for asked in asked {
        assert_eq!(asked.await.unwrap(), Ok(Answer::Done { changed: true }));
    }
    let syncs = disk.syncs() - before;
    assert!((1..=2).contains(&syncs), "{syncs} syncs for 100 requests");
    let records = Range::Records("person".to_owned());
    assert_eq!(reader.range(&records, None, 999).unwrap().len(), 101);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_512_commands_wait_outside_and_none_is_lost() {
    let (halt, clocks) = Halt::new();
    let (office, reader, _end) = started_by(CHILD, store_on(&SimDisk::new(8), CHILD), clocks);
    halt.set(true);
    let sample = Sample {
        disk_free_bytes: 1,
        certificate_days: 30,
    };
    // One may be in the office's hands already.
    let asked = (0..514).map(|number| {
        let (office, put) = (office.clone(), put_person(&format!("p{number}")));
        tokio::spawn(async move { office.ask(put).await })
    });
    let asked: Vec<_> = asked.collect();
    until("its queue is full", || office.commands.capacity() == 0).await;
    let late = tokio::time::timeout(Duration::from_millis(100), office.sample(sample)).await;
    // Before anything fails: the office's thread goes on.
    halt.set(false);
    assert!(late.is_err(), "{late:?}");
    for asked in asked {
        assert_eq!(asked.await.unwrap(), Ok(Answer::Done { changed: true }));
    }
    assert_eq!(office.commands.max_capacity(), 512);
    let records = Range::Records("person".to_owned());
    assert_eq!(reader.range(&records, None, 999).unwrap().len(), 514);
}
