//! A log that has lost what something else has seen: the store does not open,
//! says so and cuts nothing.

use std::{path::Path, sync::Arc};

use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreError, StoreOptions,
    disk::{Disk, SimDisk},
    kv::{Kv, MemoryKv},
    log::{Damage, LogError},
};

use crate::{
    maps::Surviving,
    samples::{changes, fact, keep, key},
};

const SEGMENT: &str = "/store/log/00000000000000000001.log";
const OPTIONS: StoreOptions = Profile::Tiny.options();

fn create(disk: &SimDisk, view: &Surviving) -> EmbeddedStore {
    let disk = Arc::new(disk.clone());
    let view = Box::new(view.clone());
    EmbeddedStore::create_on(disk, Path::new("/store"), view, OPTIONS, 1).unwrap()
}

fn open(disk: &SimDisk, view: impl Kv + 'static) -> Result<EmbeddedStore, StoreError> {
    let disk = Arc::new(disk.clone());
    EmbeddedStore::open_on(disk, Path::new("/store"), Box::new(view), OPTIONS, 1)
}

fn bytes_of(disk: &SimDisk) -> Vec<u8> {
    let file = disk.open(Path::new(SEGMENT)).unwrap();
    let mut all = vec![0; usize::try_from(file.bytes().unwrap()).unwrap()];
    file.read_at(0, &mut all).unwrap();
    all
}

/// Opening fails with a lost record and leaves everything as it is.
fn assert_lost(disk: &SimDisk, view: impl Kv + 'static) {
    let (bytes, syncs) = (bytes_of(disk), disk.syncs());
    let found = open(disk, view);
    assert!(
        matches!(found, Err(StoreError::Log(LogError::LostRecord { .. }))),
        "{found:?}"
    );
    assert_eq!((bytes_of(disk), disk.syncs()), (bytes, syncs));
}

/// Damages the last record, so that nothing in the log vouches for it.
fn lose_last(disk: &SimDisk, store: &EmbeddedStore) {
    let end = store.end().next().offset;
    disk.flip_bit(Path::new(SEGMENT), end - 16, 0).unwrap();
}

#[test]
fn a_view_ahead_of_the_log_stops_the_store() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, &view);
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    store.commit(changes(vec![keep(1, 2)])).unwrap();
    while store.settle().unwrap() {}
    lose_last(&disk, &store);
    drop(store);
    assert_lost(&disk, view);
    // Without the witness the record looks like an append that was not
    // finished.
    let store = open(&disk, MemoryKv::default()).unwrap();
    assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(1)));
}

#[test]
fn a_view_that_was_on_its_way_is_a_witness_from_its_first_step() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, &view);
    store
        .commit(changes((0..5000).map(|n| keep(n, 1)).collect()))
        .unwrap();
    assert!(store.settle().unwrap());
    lose_last(&disk, &store);
    drop(store);
    assert_lost(&disk, view);
}

#[test]
fn a_view_that_was_built_by_opening_is_a_witness_too() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, &view);
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    drop(store);
    let store = open(&disk, view.clone()).unwrap();
    lose_last(&disk, &store);
    drop(store);
    assert_lost(&disk, view);
}

#[test]
fn a_snapshot_ahead_of_the_log_stops_the_store() {
    let disk = SimDisk::new(0);
    let mut store = create(&disk, &Surviving::default());
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    store.commit(changes(vec![keep(1, 2)])).unwrap();
    store.snapshots().take().unwrap();
    lose_last(&disk, &store);
    drop(store);
    assert_lost(&disk, MemoryKv::default());
}

#[test]
fn a_view_of_another_store_stops_the_store() {
    let (disk, other) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&SimDisk::new(1), &other);
    store.commit(changes(vec![keep(1, 7)])).unwrap();
    while store.settle().unwrap() {}
    let mut store = create(&disk, &Surviving::default());
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    drop(store);
    let found = open(&disk, other);
    assert!(matches!(
        found,
        Err(StoreError::Log(LogError::OtherRecord { .. }))
    ));
}

#[test]
fn rot_in_the_log_stops_the_store_where_a_replay_needs_it() {
    let (disk, view) = (SimDisk::new(0), Surviving::default());
    let mut store = create(&disk, &view);
    store.commit(changes(vec![keep(1, 1)])).unwrap();
    let rotten = store.end().next().offset - 16;
    store.commit(changes(vec![keep(2, 2)])).unwrap();
    // Enough for another segment, so that only a replay reads the first.
    for value in 0..10 {
        store
            .commit(changes((0..800).map(|n| keep(n, value)).collect()))
            .unwrap();
    }
    assert!(store.end().next().segment.get() > 1);
    while store.settle().unwrap() {}
    drop(store);
    disk.flip_bit(Path::new(SEGMENT), rotten, 0).unwrap();
    let found = open(&disk, MemoryKv::default());
    assert!(matches!(
        found,
        Err(StoreError::Log(LogError::Damaged {
            damage: Damage::Payload,
            ..
        }))
    ));
    let store = open(&disk, view).unwrap();
    assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(9)));
}
