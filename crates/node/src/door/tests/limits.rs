//! What is done at one time, and constants that bound the same thing in more
//! than one crate.

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use terrace_catalog::{MAX_CONFIRMATIONS, MAX_FAULTS, MAX_STATES};
use terrace_model::{Date, Fact, Fields, Key, Page, PageNo, Range, Record, State, Stream};
use terrace_store::{Read, StoreError, StoreReader};
use terrace_wire::stored::encode_fact;
use tokio::time::timeout;

use crate::{
    bench::Bench,
    door::{Asked, AskedSpan, Form, Start},
    machine::MOST_FAULTS,
    scene::TOWN,
};

/// Whether somebody waits where others are served at once.
async fn waits<T>(asked: &mut (impl Future<Output = T> + Unpin)) -> bool {
    timeout(Duration::from_millis(200), asked).await.is_err()
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    let within = timeout(Duration::from_secs(20), what);
    within.await.expect("it takes too long")
}

#[tokio::test]
async fn one_sheet_is_taken_in_at_a_time() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let start = || Start {
        kind: "person".into(),
        form: Form::Csv,
        keep_good: false,
        dry_run: false,
    };
    let first = door.import("he", start()).await.unwrap();
    let mut second = Box::pin(door.import("he", start()));
    assert!(waits(&mut second).await);
    drop(first);
    soon(second).await.unwrap();
}

#[tokio::test]
async fn four_questions_for_figures_are_answered_at_a_time() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    // More rows than wait for who asked.
    let asked = || Asked {
        indicators: vec!["persons".into()],
        span: AskedSpan::Range {
            from: "192701".into(),
            to: "202612".into(),
        },
        ..Asked::default()
    };
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(soon(door.figures(asked())).await.unwrap());
    }
    let mut next = Box::pin(door.figures(asked()));
    assert!(waits(&mut next).await);
    drop(open.pop());
    soon(next).await.unwrap();
}

/// Counts who reads, and keeps them all until it is let go.
#[derive(Clone)]
struct Held {
    reader: StoreReader,
    reading: Arc<AtomicUsize>,
    is_held: Arc<(Mutex<bool>, Condvar)>,
}

impl Held {
    fn hold(&self) {
        self.reading.fetch_add(1, Ordering::SeqCst);
        let (is_held, told) = &*self.is_held;
        let held = is_held.lock().unwrap();
        drop(told.wait_while(held, |held| *held).unwrap());
        self.reading.fetch_sub(1, Ordering::SeqCst);
    }

    fn let_go(&self) {
        let (is_held, told) = &*self.is_held;
        *is_held.lock().unwrap() = false;
        told.notify_all();
    }
}

impl Read for Held {
    fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
        self.hold();
        self.reader.get(key)
    }

    fn range(
        &self,
        range: &Range,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Fact)>, StoreError> {
        self.hold();
        self.reader.range(range, after, limit)
    }

    fn pages(
        &self,
        stream: Stream,
        from: PageNo,
        limit_bytes: usize,
    ) -> Result<Vec<Page>, StoreError> {
        self.hold();
        self.reader.pages(stream, from, limit_bytes)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_reads_are_under_way_at_a_time() {
    let bench = Bench::start(TOWN);
    let held = Held {
        reader: bench.reader.clone(),
        reading: Arc::default(),
        is_held: Arc::new((Mutex::new(true), Condvar::new())),
    };
    let door = bench.door_over(held.clone(), |_| ());
    let asked = (0..17).map(|_| {
        let door = door.clone();
        tokio::spawn(async move { door.records("person", None, 0).await })
    });
    let mut asked: Vec<_> = asked.collect();
    soon(async {
        while held.reading.load(Ordering::SeqCst) < 16 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let mut last = asked.pop().unwrap();
    let waits = waits(&mut last).await;
    let reading = held.reading.load(Ordering::SeqCst);
    // Before anything fails: the test ends when they have.
    held.let_go();
    assert!(waits);
    assert_eq!(reading, 16);
    for one in asked.into_iter().chain([last]) {
        soon(one).await.unwrap().unwrap();
    }
}

/// Days one after the other.
fn days(count: usize) -> Vec<Date> {
    let first = Date::constant(1990, 1, 1);
    let days = std::iter::successors(Some(first), |day| day.tomorrow().ok());
    days.take(count).collect()
}

#[test]
fn what_the_catalog_lets_a_record_hold_is_kept_and_no_more_could_be() {
    let record = |states: usize, confirmations: usize| {
        let state = |from| State {
            from,
            fields: Fields::new(),
        };
        Fact::Record(Record {
            fixed: Fields::new(),
            states: days(states).into_iter().map(state).collect(),
            confirmations: days(confirmations),
        })
    };
    assert!(encode_fact(&record(MAX_STATES, MAX_CONFIRMATIONS)).is_ok());
    assert!(encode_fact(&record(MAX_STATES + 1, 0)).is_err());
    assert!(encode_fact(&record(1, MAX_CONFIRMATIONS + 1)).is_err());
}

#[test]
fn as_many_faults_are_found_as_are_told() {
    assert_eq!(MOST_FAULTS, MAX_FAULTS);
    assert_eq!(MOST_FAULTS, terrace_sheets::MAX_FAULTS);
}
