//! One contract for every store, and what a store is after it was opened
//! again.

use std::{path::Path, sync::Arc};

use proptest::prelude::*;
use terrace_model::{Batch, Change, Fact, OfficeId, Page, PageNo, Range, Reads, Seen};
use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreError, StoreOptions,
    disk::{SimDisk, sim::SplitMix64},
    kv::MemoryKv,
};
use terrace_wire::encode_page;

use crate::samples::{Model, changes, fact, keep, key, lookup, page, ranges, stream};

const SALT: u64 = 0x5a17;

/// Small enough that a few commits fill the overlay and a segment.
const SMALL: StoreOptions = StoreOptions {
    segment_bytes: 16 << 10,
    overlay_changes: 40,
    overlay_bytes: 64 << 10,
    ..Profile::Tiny.options()
};

/// Where a store is.
enum Place {
    Real(tempfile::TempDir),
    Simulated(SimDisk),
}

impl Place {
    fn real() -> Self {
        Self::Real(tempfile::tempdir().unwrap())
    }

    fn simulated() -> Self {
        Self::Simulated(SimDisk::new(1))
    }

    fn create(&self) -> EmbeddedStore {
        match self {
            Self::Real(dir) => {
                EmbeddedStore::create(&dir.path().join("store"), Profile::Tiny, SALT)
            }
            Self::Simulated(disk) => EmbeddedStore::create_on(
                Arc::new(disk.clone()),
                Path::new("/store"),
                Box::new(MemoryKv::default()),
                SMALL,
                SALT,
            ),
        }
        .unwrap()
    }

    /// Opens the store; what is in memory only was lost.
    fn open(&self) -> EmbeddedStore {
        match self {
            Self::Real(dir) => EmbeddedStore::open(&dir.path().join("store"), Profile::Tiny, SALT),
            Self::Simulated(disk) => EmbeddedStore::open_on(
                Arc::new(disk.clone()),
                Path::new("/store"),
                Box::new(MemoryKv::default()),
                SMALL,
                SALT,
            ),
        }
        .unwrap()
    }

    fn delete_view(&self) {
        if let Self::Real(dir) = self {
            std::fs::remove_dir_all(dir.path().join("store/view")).unwrap();
        }
    }
}

/// Runs a test on a store on disk and on one in memory.
fn on_each(test: impl Fn(&Place)) {
    test(&Place::simulated());
    test(&Place::real());
}

/// Looks at a store in all states that it can be in.
fn in_each_state(place: &Place, mut store: EmbeddedStore, look: impl Fn(&EmbeddedStore)) {
    look(&store);
    while store.settle().unwrap() {
        look(&store);
    }
    look(&store);
    drop(store);
    look(&place.open());
    let store = place.open();
    look(&store);
    store.close().unwrap();
    let store = place.open();
    look(&store);
    store.close().unwrap();
    place.delete_view();
    look(&place.open());
}

fn commit(store: &mut EmbeddedStore, list: Vec<Change>) {
    store.commit(changes(list)).unwrap();
}

#[test]
fn what_was_committed_is_read_and_the_later_change_of_a_key_holds() {
    on_each(|place| {
        let mut store = place.create();
        commit(&mut store, vec![keep(1, 10), keep(2, 20), keep(3, 30)]);
        while store.settle().unwrap() {}
        commit(&mut store, vec![keep(2, 21), Change::drop(key(3))]);
        commit(&mut store, vec![keep(2, 22), keep(4, 40), keep(2, 23)]);
        in_each_state(place, store, |store| {
            let reader = store.reader();
            let read = |number| reader.get(&key(number)).unwrap();
            assert_eq!(read(1), Some(fact(10)));
            assert_eq!(read(2), Some(fact(23)));
            assert_eq!(read(3), None);
            assert_eq!(read(4), Some(fact(40)));
            assert_eq!(read(5), None);
        });
    });
}

#[test]
fn a_range_is_read_in_order_after_a_key_and_up_to_a_limit() {
    on_each(|place| {
        let mut store = place.create();
        commit(&mut store, (0..24).map(|n| keep(n, n)).collect());
        while store.settle().unwrap() {}
        let dropped = (3..9).map(|n| Change::drop(key(n)));
        commit(&mut store, dropped.chain([keep(5, 50)]).collect());
        in_each_state(place, store, |store| {
            let read = |after, limit| {
                let range = Range::CellsOf(OfficeId(1));
                let after = Option::map(after, key);
                let found = store.reader().range(&range, after.as_ref(), limit).unwrap();
                let number = |found| (0..36).find(|number| key(*number) == found).unwrap();
                found
                    .into_iter()
                    .map(|(key, _)| number(key))
                    .collect::<Vec<u64>>()
            };
            assert_eq!(read(None, usize::MAX), [0, 1, 2, 5, 9, 10, 11]);
            assert_eq!(read(None, 4), [0, 1, 2, 5]);
            assert_eq!(read(Some(2), 2), [5, 9]);
            assert_eq!(read(Some(3), 1), [5]);
            assert_eq!(read(Some(11), 5), []);
            assert_eq!(read(Some(20), 5), []);
            assert_eq!(read(None, 0), []);
            let next = Range::CellsOf(OfficeId(2));
            let found = store.reader().range(&next, Some(&key(2)), usize::MAX);
            assert_eq!(found.unwrap().len(), 12, "all of the range is after it");
        });
    });
}

#[test]
fn a_range_is_read_whole_however_large_it_is() {
    on_each(|place| {
        let mut store = place.create();
        let kept = |n| Change::keep(lookup(&format!("{n:04}")), Fact::Mark);
        commit(&mut store, (0..1500).map(kept).collect());
        in_each_state(place, store, |store| {
            let range = Range::Lookup {
                kind: "person".into(),
                field: "phone".into(),
                value: "0".into(),
            };
            let found = store.reader().range(&range, None, usize::MAX).unwrap();
            let expected = (0..1500).map(|n| lookup(&format!("{n:04}")));
            assert!(found.into_iter().map(|(key, _)| key).eq(expected));
        });
    });
}

#[test]
fn a_ruling_gets_everything_it_asks_for() {
    on_each(|place| {
        let mut store = place.create();
        commit(&mut store, vec![keep(1, 1), keep(13, 2), keep(14, 3)]);
        commit(&mut store, vec![Change::keep(lookup("a"), Fact::Mark)]);
        let mut reads = Reads::default();
        reads.key(key(1));
        reads.key(key(2));
        reads.key(lookup("a"));
        reads.range(Range::CellsOf(OfficeId(2)));
        in_each_state(place, store, |store| {
            let mut seen = Seen::default();
            store.reader().look(reads.clone(), &mut seen).unwrap();
            assert_eq!(seen.asked, reads);
            let found = [key(1), lookup("a"), key(13), key(14)];
            assert!(found.iter().all(|key| seen.facts.contains_key(key)));
            assert_eq!(seen.facts.len(), found.len());
        });
    });
}

/// Numbers of the pages that are read.
fn numbers(store: &EmbeddedStore, stream_number: u64, from: u64, limit: usize) -> Vec<u64> {
    let reader = store.reader();
    let pages = reader.pages(stream(stream_number), PageNo(from), limit);
    let number = |page: &Page| {
        assert_eq!(page.header.position.stream, stream(stream_number));
        page.header.position.number.0
    };
    pages.unwrap().iter().map(number).collect()
}

#[test]
fn pages_are_read_one_after_the_other_up_to_a_number_of_bytes() {
    on_each(|place| {
        let mut store = place.create();
        let batch = |pages| Batch {
            pages,
            changes: vec![],
        };
        let some = (1..=3).map(|number| page(stream(0), number, 1000));
        store
            .commit(batch(some.chain([page(stream(1), 1, 5)]).collect()))
            .unwrap();
        let later = [page(stream(1), 2, 5), page(stream(0), 4, 1000)];
        store.commit(batch(later.to_vec())).unwrap();
        store.commit(batch(vec![page(stream(0), 6, 9)])).unwrap();
        in_each_state(place, store, |store| {
            assert_eq!(numbers(store, 0, 1, usize::MAX), [1, 2, 3, 4]);
            assert_eq!(numbers(store, 0, 1, 0), [1]);
            assert_eq!(numbers(store, 0, 1, 2500), [1, 2]);
            let two = 2 * encode_page(&page(stream(0), 1, 1000)).unwrap().len();
            assert_eq!(numbers(store, 0, 1, two), [1, 2]);
            assert_eq!(numbers(store, 0, 1, two - 1), [1]);
            assert_eq!(numbers(store, 0, 2, 2500), [2, 3]);
            assert_eq!(numbers(store, 0, 4, 2500), [4]);
            assert_eq!(numbers(store, 0, 5, 2500), []);
            assert_eq!(numbers(store, 0, 6, 2500), [6]);
            assert_eq!(numbers(store, 0, 7, 2500), []);
            assert_eq!(numbers(store, 1, 1, 2500), [1, 2]);
            assert_eq!(numbers(store, 2, 1, 2500), []);
            let whole = store.reader().pages(stream(0), PageNo(2), 2500).unwrap();
            assert_eq!(whole[0], page(stream(0), 2, 1000));
        });
    });
}

#[test]
fn a_page_that_is_kept_again_without_its_parts_is_read_without_them() {
    on_each(|place| {
        let mut store = place.create();
        let batch = |pages| Batch {
            pages,
            changes: vec![],
        };
        let pages: Vec<_> = (1..=3).map(|number| page(stream(0), number, 50)).collect();
        store.commit(batch(pages.clone())).unwrap();
        while store.settle().unwrap() {}
        let erased = Page {
            parts: vec![],
            ..pages[1].clone()
        };
        store.commit(batch(vec![erased.clone()])).unwrap();
        in_each_state(place, store, |store| {
            let found = store.reader().pages(stream(0), PageNo::FIRST, usize::MAX);
            let expected = [&pages[0], &erased, &pages[2]];
            assert!(found.unwrap().iter().eq(expected));
        });
    });
}

#[test]
fn more_pages_are_read_than_are_looked_up_at_once() {
    on_each(|place| {
        let mut store = place.create();
        let pages = (1..=600).map(|number| page(stream(0), number, 10));
        let batch = Batch {
            pages: pages.collect(),
            changes: vec![],
        };
        store.commit(batch).unwrap();
        in_each_state(place, store, |store| {
            let all: Vec<u64> = (2..=600).collect();
            assert_eq!(numbers(store, 0, 2, usize::MAX), all);
        });
    });
}

#[test]
fn a_key_as_long_as_a_batch_may_hold_is_kept() {
    on_each(|place| {
        let mut store = place.create();
        let keys: Vec<_> = [1000, 1100, 8100]
            .map(|length| lookup(&"9".repeat(length)))
            .into_iter()
            .chain((0..40).map(|n| lookup(&format!("{}{n}", "8".repeat(8000)))))
            .collect();
        let kept = keys.iter().map(|key| Change::keep(key.clone(), Fact::Mark));
        commit(&mut store, kept.collect());
        in_each_state(place, store, |store| {
            let read = |key| store.reader().get(key).unwrap();
            assert!(keys.iter().all(|key| read(key) == Some(Fact::Mark)));
        });
    });
}

#[test]
fn an_empty_batch_changes_nothing() {
    on_each(|place| {
        let mut store = place.create();
        store.commit(Batch::default()).unwrap();
        assert_eq!(store.end().records(), 0);
        assert!(!store.settle().unwrap());
    });
}

#[test]
fn a_handle_that_is_kept_beyond_its_store_fails_and_does_not_hold_it() {
    on_each(|place| {
        let mut store = place.create();
        commit(&mut store, vec![keep(1, 1)]);
        let reader = store.reader();
        store.close().unwrap();
        assert!(matches!(reader.get(&key(1)), Err(StoreError::Closed)));
        let found = reader.range(&Range::CellsOf(OfficeId(1)), None, 5);
        assert!(matches!(found, Err(StoreError::Closed)));
        let kept = place.open().reader();
        assert!(matches!(kept.get(&key(1)), Err(StoreError::Closed)));
        assert_eq!(place.open().reader().get(&key(1)).unwrap(), Some(fact(1)));
    });
}

#[derive(Clone, Debug)]
enum Act {
    Commit(u64),
    Settle,
    Reopen,
    Close,
    DeleteView,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => any::<u64>().prop_map(Act::Commit),
        2 => Just(Act::Settle),
        1 => Just(Act::Reopen),
        1 => Just(Act::Close),
        1 => Just(Act::DeleteView),
    ];
    proptest::collection::vec(act, 1..30)
}

/// Reads every range in pieces, and pages in pieces.
fn read_in_pieces(store: &EmbeddedStore, model: &Model, piece: usize) {
    let reader = store.reader();
    for range in ranges() {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let found = reader.range(&range, after.as_ref(), piece).unwrap();
            assert!(found.len() <= piece);
            let Some((last, _)) = found.last() else { break };
            after = Some(last.clone());
            walked.extend(found);
        }
        let expected = model.facts.iter().filter(|(key, _)| range.contains(key));
        assert!(walked.iter().map(|(key, fact)| (key, fact)).eq(expected));
    }
    let mut walked = Vec::new();
    loop {
        let next = PageNo(walked.len() as u64 + 1);
        let found = reader.pages(stream(0), next, 300 * piece).unwrap();
        if found.is_empty() {
            break;
        }
        walked.extend(found);
    }
    let of_stream = |page: &&Page| page.header.position.stream == stream(0);
    assert!(walked.iter().eq(model.pages.values().filter(of_stream)));
}

fn act(place: &Place, acts: &[Act]) {
    let mut model = Model::default();
    let mut store = Some(place.create());
    for (number, act) in acts.iter().enumerate() {
        let mut open = store.take().unwrap();
        let open = match act {
            Act::Commit(seed) => {
                let batch = model.draw_batch(&mut SplitMix64::new(*seed), 400);
                model.apply(&batch);
                open.commit(batch).unwrap();
                open
            }
            Act::Settle => {
                open.settle().unwrap();
                open
            }
            Act::Reopen => {
                drop(open);
                place.open()
            }
            Act::Close => {
                open.close().unwrap();
                place.open()
            }
            Act::DeleteView => {
                drop(open);
                place.delete_view();
                place.open()
            }
        };
        model.difference(&open.reader()).unwrap();
        read_in_pieces(&open, &model, number % 5 + 1);
        store = Some(open);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_store_in_memory_does_what_an_ordered_map_does(acts in acts()) {
        act(&Place::simulated(), &acts);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(15))]

    #[test]
    fn a_store_on_disk_does_what_an_ordered_map_does(acts in acts()) {
        act(&Place::real(), &acts);
    }
}
