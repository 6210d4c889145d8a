//! What a commit costs, what stays in memory, what readers see meanwhile, and
//! what happens when something fails.

use std::{path::Path, sync::Arc};

use terrace_model::{Batch, Change, Fact, OfficeId, Range};
use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreError, StoreOptions, StoreReader,
    disk::SimDisk,
    kv::{ATOMIC_CHANGES, Kv, MemoryKv},
    log::LogError,
};

use crate::{
    maps::Surviving,
    samples::{WIDE, changes, fact, keep, key, lookup, wide_key},
};

const OPTIONS: StoreOptions = StoreOptions {
    overlay_changes: 100,
    overlay_bytes: 1 << 20,
    ..Profile::Tiny.options()
};

fn create(disk: &SimDisk, view: impl Kv + 'static, options: StoreOptions) -> EmbeddedStore {
    let disk = Arc::new(disk.clone());
    EmbeddedStore::create_on(disk, Path::new("/store"), Box::new(view), options, 1).unwrap()
}

fn open(disk: &SimDisk, view: impl Kv + 'static) -> Result<EmbeddedStore, StoreError> {
    let disk = Arc::new(disk.clone());
    EmbeddedStore::open_on(disk, Path::new("/store"), Box::new(view), OPTIONS, 1)
}

fn values(reader: &StoreReader, office: OfficeId) -> Vec<Fact> {
    let range = Range::CellsOf(office);
    let found = reader.range(&range, None, usize::MAX).unwrap();
    found.into_iter().map(|(_, fact)| fact).collect()
}

#[test]
fn a_commit_costs_one_sync_and_nothing_else_costs_any() {
    let disk = SimDisk::new(0);
    let mut store = create(&disk, MemoryKv::default(), OPTIONS);
    for value in 0..200 {
        let before = disk.syncs();
        store
            .commit(changes((0..5).map(|n| keep(n, value)).collect()))
            .unwrap();
        assert_eq!(disk.syncs(), before + 1);
        store.commit(changes(vec![])).unwrap();
        store.settle().unwrap();
        assert_eq!(values(&store.reader(), OfficeId(1)).len(), 5);
        assert_eq!(disk.syncs(), before + 1);
    }
}

#[test]
fn what_is_in_memory_is_bounded_and_each_commit_moves_its_share() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, view.clone(), OPTIONS);
    let (mut most, mut most_moved) = (0, 0);
    for start in 0..500 {
        let before = view.applied();
        let list = (0..7).map(|n| keep(start * 7 + n, start)).collect();
        store.commit(changes(list)).unwrap();
        most = most.max(store.unsettled().0);
        most_moved = most_moved.max(view.applied() - before);
    }
    assert!((50..100).contains(&most), "{most}");
    assert!(most_moved < 100, "{most_moved}");
    let mut found = 0;
    for office in 1..300 {
        found += values(&store.reader(), OfficeId(office)).len();
    }
    assert_eq!(found, 3500);
}

#[test]
fn a_large_commit_is_in_memory_alone_and_no_longer_than_to_the_next() {
    let disk = SimDisk::new(0);
    let mut store = create(&disk, MemoryKv::default(), OPTIONS);
    for value in 0..4 {
        store.commit(changes(vec![keep(1, value)])).unwrap();
        assert!(store.unsettled().0 <= 100 + 1);
        let large = (0..5000).map(|n| keep(n, value));
        store.commit(changes(large.collect())).unwrap();
        assert!(store.unsettled().0 <= 100 + 5000);
    }
}

#[test]
fn bytes_in_memory_are_bounded_too() {
    const LIMIT: usize = 64 << 10;
    let disk = SimDisk::new(0);
    let options = StoreOptions {
        overlay_changes: 1_000_000,
        overlay_bytes: LIMIT,
        ..OPTIONS
    };
    let mut store = create(&disk, MemoryKv::default(), options);
    let keep_long = |number: u32| {
        let key = lookup(&format!("{}{number}", "9".repeat(1000)));
        Change::keep(key, Fact::Mark)
    };
    let mut most = 0;
    for number in 0..200 {
        store.commit(changes(vec![keep_long(number)])).unwrap();
        most = most.max(store.unsettled().1);
    }
    assert!((LIMIT / 2..LIMIT + 2000).contains(&most), "{most}");
    let large = (0..2000).map(keep_long);
    store.commit(changes(large.collect())).unwrap();
    store.commit(changes(vec![keep_long(0)])).unwrap();
    assert!(store.unsettled().1 < LIMIT + 2000);
}

#[test]
fn a_commit_larger_than_a_step_is_read_whole_while_it_settles_and_after_a_kill() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, view.clone(), OPTIONS);
    let all = |value| changes((0..5000).map(|n| keep(n, value)).collect());
    let check = |store: &EmbeddedStore, value| {
        let reader = store.reader();
        for office in [1, 200, 416] {
            let found = values(&reader, OfficeId(office));
            assert!(!found.is_empty() && found.iter().all(|found| *found == fact(value)));
        }
        assert_eq!(reader.get(&key(4999)).unwrap(), Some(fact(value)));
    };
    store.commit(all(1)).unwrap();
    while store.settle().unwrap() {}
    store.commit(all(2)).unwrap();
    let mut steps = 0;
    while store.settle().unwrap() {
        check(&store, 2);
        steps += 1;
        if steps == 3 {
            drop(store);
            store = open(&disk, view.clone()).unwrap();
            check(&store, 2);
            store.commit(all(3)).unwrap();
            assert!(store.settle().unwrap());
            check(&store, 3);
            break;
        }
    }
    assert!(steps == 3 && 5000 > 3 * ATOMIC_CHANGES);
    while store.settle().unwrap() {
        check(&store, 3);
    }
    check(&store, 3);
}

/// Keys that readers watch.
const WATCHED: u32 = 1500;

/// Every even commit changes all keys, every odd one the first half.
fn watched(value: u64) -> Batch {
    let keys = if value.is_multiple_of(2) {
        WATCHED
    } else {
        WATCHED / 2
    };
    let keep = |number| Change::keep(wide_key(number), fact(value));
    changes((0..keys).map(keep).collect())
}

/// Reads until the last commit, each time one state as a whole, and never an
/// older one than before.
fn watch(reader: &StoreReader, commits: u64) {
    let half = usize::try_from(WATCHED / 2).unwrap();
    let mut last = 0;
    while last < commits {
        let found = values(reader, WIDE);
        let now = (last..=commits).find(|value| fact(*value) == found[0]);
        let now = now.expect("no commit before the last one read");
        assert!(found[..half].iter().all(|found| *found == fact(now)));
        let even = now - now % 2;
        assert!(found[half..].iter().all(|found| *found == fact(even)));
        let first = reader.get(&wide_key(0)).unwrap();
        assert!((now..=commits).any(|value| first == Some(fact(value))));
        last = now;
    }
}

/// Readers watch a store while it commits and settles.
fn watch_commits(mut store: EmbeddedStore, commits: u64) {
    store.commit(watched(0)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            let reader = store.reader();
            scope.spawn(move || watch(&reader, commits));
        }
        for value in 1..=commits {
            store.commit(watched(value)).unwrap();
            let read = store.reader().get(&wide_key(0)).unwrap();
            assert_eq!(read, Some(fact(value)));
            while value % 3 > 0 && store.settle().unwrap() {}
        }
    });
}

#[test]
fn readers_see_commits_whole_in_order_and_at_once() {
    let disk = SimDisk::new(0);
    watch_commits(create(&disk, MemoryKv::default(), OPTIONS), 300);
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    watch_commits(
        EmbeddedStore::create(&folder, Profile::Tiny, 1).unwrap(),
        60,
    );
}

#[test]
fn without_room_on_the_disk_a_commit_is_refused_and_taken_when_there_is_room() {
    let disk = SimDisk::new(0);
    let mut store = create(&disk, MemoryKv::default(), OPTIONS);
    disk.set_capacity(Some(disk.used()));
    let mut refused = 0;
    for number in 0..20 {
        let list = (0..10).map(|n| {
            let key = lookup(&format!("{}{number}-{n}", "9".repeat(8000)));
            Change::keep(key, Fact::Mark)
        });
        if let Err(error) = store.commit(changes(list.collect())) {
            assert!(error.is_refusal());
            assert!(matches!(error, StoreError::Log(LogError::Full { .. })));
            refused += 1;
        }
    }
    assert!((1..20).contains(&refused), "{refused}");
    let found = |store: &EmbeddedStore| {
        let range = Range::Lookup {
            kind: "person".into(),
            field: "phone".into(),
            value: "0".into(),
        };
        let found = store.reader().range(&range, None, usize::MAX);
        found.unwrap().len()
    };
    assert_eq!(found(&store), 10 * (20 - refused));
    disk.set_capacity(None);
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    drop(store);
    let store = open(&disk, MemoryKv::default()).unwrap();
    assert_eq!(found(&store), 10 * (20 - refused));
    assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(1)));
}

#[test]
fn after_a_failed_sync_nothing_more_is_taken_and_it_was_not_shown() {
    let disk = SimDisk::new(0);
    let mut store = create(&disk, MemoryKv::default(), OPTIONS);
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    disk.fail_sync(1);
    let failed = store.commit(changes(vec![keep(1, 2)])).unwrap_err();
    assert!(matches!(failed, StoreError::Log(LogError::Disk { .. })) && !failed.is_refusal());
    assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(1)));
    let again = store.commit(changes(vec![keep(1, 3)]));
    assert!(matches!(again, Err(StoreError::Failed)));
    assert!(matches!(store.settle(), Err(StoreError::Failed)));
    assert!(matches!(store.close(), Err(StoreError::Failed)));
}

#[test]
fn a_view_that_fails_ends_the_store_before_anything_is_written() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, view.clone(), OPTIONS);
    view.fail();
    let mut taken = 0;
    let failed = loop {
        let before = store.end();
        match store.commit(changes(vec![keep(taken, 1)])) {
            Ok(()) => taken += 1,
            Err(error) => {
                assert_eq!(store.end(), before);
                break error;
            }
        }
    };
    assert!(matches!(failed, StoreError::View(_)) && !failed.is_refusal());
    assert!(taken >= 50);
    assert!(matches!(store.settle(), Err(StoreError::Failed)));
    drop(store);
    let store = open(&disk, MemoryKv::default()).unwrap();
    assert_eq!(store.reader().get(&key(taken - 1)).unwrap(), Some(fact(1)));
    assert_eq!(store.reader().get(&key(taken)).unwrap(), None);
}
