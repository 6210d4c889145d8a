//! Snapshots: what a store is built from when the log is long or its beginning
//! is gone.

use std::{path::Path, sync::Arc};

use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreError, StoreOptions,
    disk::{Disk, SimDisk, sim::SplitMix64},
    kv::MemoryKv,
};

use crate::samples::{Model, ranges};

const DIR: &str = "/store/snapshot";
const OPTIONS: StoreOptions = StoreOptions {
    segment_bytes: 8192,
    overlay_bytes: 2 << 10,
    snapshot_bytes: 40 << 10,
    ..Profile::Tiny.options()
};

fn create(disk: &SimDisk) -> EmbeddedStore {
    let (disk, view) = (Arc::new(disk.clone()), Box::new(MemoryKv::default()));
    EmbeddedStore::create_on(disk, Path::new("/store"), view, OPTIONS, 1).unwrap()
}

fn open(disk: &SimDisk) -> Result<EmbeddedStore, StoreError> {
    let (disk, view) = (Arc::new(disk.clone()), Box::new(MemoryKv::default()));
    EmbeddedStore::open_on(disk, Path::new("/store"), view, OPTIONS, 1)
}

/// Commits some batches, and keeps the model up.
fn work(store: &mut EmbeddedStore, model: &mut Model, seed: u64, batches: u64) {
    let mut random = SplitMix64::new(seed);
    for _ in 0..batches {
        let batch = model.draw_batch(&mut random, 300);
        model.apply(&batch);
        store.commit(batch).unwrap();
    }
}

fn files(disk: &SimDisk) -> Vec<String> {
    let entries = disk.list(Path::new(DIR)).unwrap();
    let names = entries.into_iter().map(|entry| entry.name.into_string());
    names.map(Result::unwrap).collect()
}

fn file_of(records: u64) -> String {
    format!("{records:020}.snap")
}

fn flip(disk: &SimDisk, file: &str, offset: u64) {
    disk.flip_bit(&Path::new(DIR).join(file), offset, 3)
        .unwrap();
}

fn bytes_of(disk: &SimDisk, file: &str) -> Vec<u8> {
    let file = disk.open(&Path::new(DIR).join(file)).unwrap();
    let mut all = vec![0; usize::try_from(file.bytes().unwrap()).unwrap()];
    file.read_at(0, &mut all).unwrap();
    all
}

/// Takes the log's first segment away.
fn lose_beginning(disk: &SimDisk) {
    let first = "/store/log/00000000000000000001.log";
    disk.remove(Path::new(first)).unwrap();
}

#[test]
fn a_store_whose_log_has_lost_its_beginning_is_built_from_its_snapshot() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    work(&mut store, &mut model, 1, 60);
    assert!(store.end().next().segment.get() > 1);
    let missing = store.end().next().segment;
    store.snapshots().take().unwrap();
    drop(store);
    lose_beginning(&disk);
    let store = open(&disk).unwrap();
    assert!(store.end().next().segment == missing);
    let reader = store.reader();
    for range in ranges() {
        let found = reader.range(&range, None, usize::MAX).unwrap();
        let expected = model.facts.iter().filter(|(key, _)| range.contains(key));
        assert!(found.iter().map(|(key, fact)| (key, fact)).eq(expected));
    }
}

#[test]
fn without_a_snapshot_a_log_without_its_beginning_is_refused() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    work(&mut store, &mut model, 1, 60);
    drop(store);
    lose_beginning(&disk);
    assert!(matches!(open(&disk), Err(StoreError::Gap { records }) if records > 0));
}

#[test]
fn a_damaged_snapshot_costs_a_longer_replay_and_nothing_else() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    let mut marks = Vec::new();
    for seed in 0..4 {
        work(&mut store, &mut model, seed, 12);
        store.snapshots().take().unwrap();
        marks.push(store.end().records());
    }
    work(&mut store, &mut model, 9, 12);
    drop(store);
    assert_eq!(files(&disk), [file_of(marks[2]), file_of(marks[3])]);
    model.difference(&open(&disk).unwrap().reader()).unwrap();
    // A block of the newest, then its header, then the older one too.
    for (file, offset) in [(3, 100), (3, 20), (2, 60)] {
        flip(&disk, &file_of(marks[file]), offset);
        let store = open(&disk).unwrap();
        model.difference(&store.reader()).unwrap();
    }
    let store = open(&disk).unwrap();
    store.snapshots().take().unwrap();
    let left = files(&disk);
    assert_eq!(left.last(), Some(&file_of(store.end().records())));
    assert!(!left.contains(&file_of(marks[2])) && !left.contains(&file_of(marks[3])));
    model.difference(&open(&disk).unwrap().reader()).unwrap();
}

#[test]
fn merging_in_many_steps_gives_the_same_as_at_once() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    work(&mut store, &mut model, 5, 200);
    store.snapshots().take().unwrap();
    let name = file_of(store.end().records());
    let in_steps = bytes_of(&disk, &name);
    // More than one step was needed: the one before is there.
    assert_eq!(files(&disk).len(), 2);
    for file in files(&disk) {
        disk.remove(&Path::new(DIR).join(file)).unwrap();
    }
    drop(store);
    let options = StoreOptions {
        overlay_bytes: 1 << 29,
        ..OPTIONS
    };
    let (sim, view) = (Arc::new(disk.clone()), Box::new(MemoryKv::default()));
    let store = EmbeddedStore::open_on(sim, Path::new("/store"), view, options, 1).unwrap();
    store.snapshots().take().unwrap();
    assert_eq!(files(&disk), [name.as_str()]);
    assert_eq!(bytes_of(&disk, &name), in_steps);
}

#[test]
fn one_is_due_when_the_log_has_grown() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    let snapshots = store.snapshots().clone();
    for round in 0..3 {
        assert!(!snapshots.is_due().unwrap());
        let mut batches = 0;
        while !snapshots.is_due().unwrap() {
            work(&mut store, &mut model, round * 1000 + batches, 1);
            batches += 1;
        }
        assert!((10..300).contains(&batches), "{batches}");
        snapshots.take().unwrap();
        assert_eq!(snapshots.newest(), Some(store.end()));
        let names = files(&disk);
        snapshots.take().unwrap();
        assert_eq!(files(&disk), names);
    }
    drop(store);
    assert_eq!(
        open(&disk).unwrap().snapshots().newest(),
        snapshots.newest()
    );
}

#[test]
fn one_is_made_while_the_store_goes_on() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    work(&mut store, &mut model, 1, 50);
    let snapshots = store.snapshots().clone();
    std::thread::scope(|scope| {
        let making = scope.spawn(move || {
            for _ in 0..20 {
                snapshots.take().unwrap();
            }
        });
        for seed in 2..40 {
            work(&mut store, &mut model, seed, 5);
        }
        making.join().unwrap();
    });
    drop(store);
    model.difference(&open(&disk).unwrap().reader()).unwrap();
}

#[test]
fn without_room_nothing_is_left_of_it_and_those_before_are_there() {
    let (disk, mut model) = (SimDisk::new(0), Model::default());
    let mut store = create(&disk);
    work(&mut store, &mut model, 1, 40);
    store.snapshots().take().unwrap();
    let names = files(&disk);
    work(&mut store, &mut model, 2, 40);
    disk.set_capacity(Some(disk.used() + 500));
    let refused = store.snapshots().take().unwrap_err();
    assert!(refused.is_refusal(), "{refused:?}");
    assert_eq!(files(&disk), names);
    disk.set_capacity(None);
    store.snapshots().take().unwrap();
    model.difference(&open(&disk).unwrap().reader()).unwrap();
}

#[test]
fn making_one_can_be_cut_anywhere() {
    let mut made = 0;
    for nth in 1..40 {
        let (disk, mut model) = (SimDisk::new(0), Model::default());
        let mut store = create(&disk);
        work(&mut store, &mut model, 1, 10);
        store.snapshots().take().unwrap();
        work(&mut store, &mut model, 2, 3);
        disk.cut_at(nth);
        let done = store.snapshots().take().is_ok();
        let end = store.end();
        drop(store);
        disk.power_cut(nth);
        let store = open(&disk).unwrap();
        model.difference(&store.reader()).unwrap();
        let newest = store.snapshots().newest().unwrap();
        assert!(newest == end || !done);
        made += u32::from(newest == end);
        store.snapshots().take().unwrap();
        assert_eq!(store.snapshots().newest(), Some(end));
    }
    assert!((1..39).contains(&made), "{made}");
}
