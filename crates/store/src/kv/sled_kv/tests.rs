use std::{fs, path::PathBuf};

use super::*;
use crate::{disk::sim::SplitMix64, kv::throw_away};

const ALL: KvLimit = KvLimit {
    pairs: usize::MAX,
    bytes: usize::MAX,
};

struct Folder {
    _dir: tempfile::TempDir,
    view: PathBuf,
}

fn folder() -> Folder {
    let dir = tempfile::tempdir().unwrap();
    let view = dir.path().join("view");
    Folder { _dir: dir, view }
}

fn open(folder: &Folder) -> SledKv {
    SledKv::open(&folder.view, SledOptions::TINY).unwrap()
}

fn put(map: &mut SledKv, key: &str, value: Vec<u8>) {
    let mut batch = KvBatch::default();
    batch.put(key, value).unwrap();
    map.apply(&batch).unwrap();
}

fn files(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(folder.view.join(BIG)).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Puts bytes under a key as a medium that decays would.
fn plant(map: &SledKv, key: &str, stored: &[u8]) {
    map.shared.db.as_ref().unwrap().insert(key, stored).unwrap();
}

#[test]
fn only_values_over_four_kibibytes_have_files_and_no_longer_than_they_hold() {
    let folder = folder();
    let mut map = open(&folder);
    put(&mut map, "small", vec![1; MAX_SMALL_BYTES]);
    assert_eq!(files(&folder).len(), 0);
    put(&mut map, "large", vec![1; MAX_SMALL_BYTES + 1]);
    put(&mut map, "other", vec![2; 9000]);
    assert_eq!(files(&folder).len(), 2);
    put(&mut map, "large", vec![3; 5000]);
    assert_eq!(files(&folder).len(), 2);
    let mut batch = KvBatch::default();
    batch.put("large", vec![4; 5000]).unwrap();
    batch.put("large", vec![5; 10]).unwrap();
    batch.delete("other").unwrap();
    map.apply(&batch).unwrap();
    assert_eq!(files(&folder).len(), 0);
    assert_eq!(map.get(b"large").unwrap(), Some(vec![5; 10]));
}

#[test]
fn files_that_nothing_refers_to_are_removed_by_opening_and_numbers_never_used_twice() {
    let folder = folder();
    let mut map = open(&folder);
    put(&mut map, "k", vec![1; 5000]);
    let kept = files(&folder);
    map.shared.big.write(7, b"k", &[2; 5000]).unwrap();
    map.shared.big.write(8, b"gone", &[2; 5000]).unwrap();
    fs::write(folder.view.join(BIG).join(format!("{:016x}", 9)), [255]).unwrap();
    fs::write(folder.view.join(BIG).join("note.txt"), []).unwrap();
    drop(map);
    let mut map = open(&folder);
    assert_eq!(files(&folder), [kept[0].as_str(), "note.txt"]);
    assert_eq!(map.get(b"k").unwrap(), Some(vec![1; 5000]));
    put(&mut map, "k", vec![3; 5000]);
    assert_eq!(
        files(&folder),
        [format!("{:016x}", 10).as_str(), "note.txt"]
    );
}

#[test]
fn a_damaged_value_is_never_given_and_makes_the_map_bad() {
    let folder = folder();
    let mut map = open(&folder);
    put(&mut map, "a", b"one".to_vec());
    put(&mut map, "b", b"two".to_vec());
    let mut stored = Stored::Here(b"one").encode(b"a");
    stored[7] ^= 4;
    plant(&map, "a", &stored);
    assert_eq!(map.get(b"b").unwrap(), Some(b"two".to_vec()));
    let found = map.range(Bound::Unbounded, Bound::Unbounded, ALL);
    assert!(matches!(found, Err(KvError::Damaged { key }) if key == b"a"));
    assert!(matches!(map.get(b"b"), Err(KvError::Bad)));
    assert!(matches!(map.reader().get(b"b"), Err(KvError::Bad)));
    assert!(matches!(map.apply(&KvBatch::default()), Ok(())));
    let mut batch = KvBatch::default();
    batch.delete("b").unwrap();
    assert!(matches!(map.apply(&batch), Err(KvError::Bad)));
    assert!(matches!(map.flush(), Err(KvError::Bad)));
}

#[test]
fn a_value_under_another_key_than_its_own_is_damaged() {
    let folder = folder();
    let map = open(&folder);
    plant(&map, "a", &Stored::Here(b"one").encode(b"b"));
    assert!(matches!(map.get(b"a"), Err(KvError::Damaged { .. })));
}

#[test]
fn a_large_value_whose_file_is_damaged_cut_or_gone_is_never_given() {
    let spoil: [fn(&std::path::Path); 4] = [
        |file| {
            let mut content = fs::read(file).unwrap();
            content[3000] ^= 1;
            fs::write(file, content).unwrap();
        },
        |file| fs::write(file, &fs::read(file).unwrap()[..4999]).unwrap(),
        |file| fs::write(file, [fs::read(file).unwrap(), vec![0]].concat()).unwrap(),
        |file| fs::remove_file(file).unwrap(),
    ];
    for spoil in spoil {
        let folder = folder();
        let mut map = open(&folder);
        put(&mut map, "k", vec![1; 5000]);
        spoil(&folder.view.join(BIG).join(&files(&folder)[0]));
        assert!(matches!(map.get(b"k"), Err(KvError::Damaged { .. })));
        assert!(matches!(map.get(b"other"), Err(KvError::Bad)));
    }
}

#[test]
fn without_room_for_a_large_value_nothing_of_the_step_is_applied() {
    let folder = folder();
    let mut map = open(&folder);
    put(&mut map, "a", vec![1; 5000]);
    let kept = files(&folder);
    let big = folder.view.join(BIG);
    // A folder where the second file would go is as good as a full disk.
    fs::create_dir(big.join(format!("{:016x}", 2))).unwrap();
    let mut batch = KvBatch::default();
    batch.put("a", vec![2; 5000]).unwrap();
    batch.put("b", vec![2; 5000]).unwrap();
    assert!(matches!(map.apply(&batch), Err(KvError::Disk { .. })));
    fs::remove_dir(big.join(format!("{:016x}", 2))).unwrap();
    assert_eq!(files(&folder), kept);
    assert_eq!(map.get(b"a").unwrap(), Some(vec![1; 5000]));
    map.apply(&batch).unwrap();
    assert_eq!(map.get(b"b").unwrap(), Some(vec![2; 5000]));
}

#[test]
fn a_panic_is_an_error_and_makes_the_map_bad() {
    let folder = folder();
    let map = open(&folder);
    let panicked: Result<(), _> = map.shared.run(|_| panic!("page {} is gone", 7));
    assert!(matches!(panicked, Err(KvError::Panicked { what }) if what == "page 7 is gone"));
    assert!(matches!(map.get(b"a"), Err(KvError::Bad)));
}

#[test]
fn what_will_not_open_is_an_error_and_can_be_thrown_away() {
    let folder = folder();
    let mut map = open(&folder);
    put(&mut map, "k", vec![1; 5000]);
    drop(map);
    fs::write(
        folder.view.join("conf"),
        "segment_size: some\nuse_compression: 0000",
    )
    .unwrap();
    assert!(matches!(
        SledKv::open(&folder.view, SledOptions::TINY),
        Err(KvError::Engine { .. } | KvError::Panicked { .. })
    ));
    throw_away(&folder.view).unwrap();
    throw_away(&folder.view).unwrap();
    assert_eq!(open(&folder).get(b"k").unwrap(), None);
}

#[test]
fn a_map_opens_again_as_soon_as_it_was_closed() {
    let folder = folder();
    for round in 0..30_u8 {
        let mut map = open(&folder);
        assert_eq!(map.get(b"k").unwrap().is_some(), round > 0);
        put(&mut map, "k", vec![round; 3000]);
        put(&mut map, "l", vec![round; 5000]);
    }
}

#[test]
fn opening_waits_for_a_map_that_is_still_closing() {
    let folder = folder();
    drop(open(&folder));
    let closing = File::open(folder.view.join("db")).unwrap();
    closing.lock().unwrap();
    std::thread::scope(|scope| {
        let opening = scope.spawn(|| SledKv::open(&folder.view, SledOptions::TINY).map(|_| ()));
        thread::park_timeout(Duration::from_millis(20));
        assert!(!opening.is_finished());
        drop(closing);
        opening.join().unwrap().unwrap();
    });
}

#[test]
fn a_lock_that_is_held_for_a_moment_is_told_from_other_failures() {
    let folder = folder();
    let _map = open(&folder);
    let config = sled::Config::new().path(&folder.view);
    assert!(is_locked(&caught(|| config.open()).unwrap_err()));
    assert!(!is_locked(&KvError::Bad));
    fs::write(folder.view.join("conf"), "segment_size: some").unwrap();
    assert!(!is_locked(&caught(|| config.open()).unwrap_err()));
}

#[test]
fn caches_are_bounded() {
    assert!(SledOptions::new(SledOptions::MIN_CACHE_BYTES).is_ok());
    assert!(SledOptions::new(SledOptions::MAX_CACHE_BYTES).is_ok());
    assert!(SledOptions::new(SledOptions::MIN_CACHE_BYTES - 1).is_err());
    assert!(SledOptions::new(SledOptions::MAX_CACHE_BYTES + 1).is_err());
}

/// Writes some values over each other; returns all that each key ever had.
fn write_some(folder: &Folder, random: &mut SplitMix64) -> BTreeMap<Vec<u8>, Vec<Vec<u8>>> {
    let mut written: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let mut map = open(folder);
    for _ in 0..300 {
        let key = random.below(100).to_be_bytes().to_vec();
        let value = random.draw().to_le_bytes().repeat(20);
        let mut batch = KvBatch::default();
        batch.put(key.clone(), value.clone()).unwrap();
        map.apply(&batch).unwrap();
        written.entry(key).or_default().push(value);
    }
    written
}

/// Whether a damaged map opens and still gives the last value of every key.
/// Whatever it gives must once have been written under its key.
fn is_whole(folder: &Folder, written: &BTreeMap<Vec<u8>, Vec<Vec<u8>>>) -> bool {
    let opened = SledKv::open(&folder.view, SledOptions::TINY);
    let read = opened.and_then(|map| map.range(Bound::Unbounded, Bound::Unbounded, ALL));
    let Ok(found) = read else { return false };
    for (key, value) in &found.pairs {
        assert!(written[key].contains(value));
    }
    let last = written
        .iter()
        .map(|(key, values)| (key, values.last().unwrap()));
    found.pairs.iter().map(|(key, value)| (key, value)).eq(last)
}

#[test]
fn a_damaged_map_may_forget_but_never_gives_what_was_not_written() {
    let mut harmed = 0;
    for seed in 0..20 {
        let folder = folder();
        let mut random = SplitMix64::new(seed);
        let written = write_some(&folder, &mut random);
        wait_until_closed(&folder.view).unwrap();
        let file = folder.view.join("db");
        let mut bytes = fs::read(&file).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        for _ in 0..64 {
            let at = usize::try_from(random.below(used as u64)).unwrap();
            bytes[at] ^= 1 << random.below(8);
        }
        fs::write(&file, bytes).unwrap();
        harmed += u32::from(!is_whole(&folder, &written));
    }
    assert!(harmed > 10, "{harmed}");
}
