//! A store in a folder: who may open it, and when its view is used again.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreError,
    disk::RealDisk,
    kv::{Kv, KvBatch, KvRead, SledKv, SledOptions},
    lock::LockError,
    log::LogError,
    stamp::{Stamp, StampError},
};

use crate::samples::{changes, fact, keep, key};

/// A key of no space that a store uses: it is there as long as the view is.
const PLANTED: &[u8] = b"\xffplanted";

struct Folder {
    _dir: tempfile::TempDir,
    store: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("store");
        Self { _dir: dir, store }
    }

    fn create(&self) -> Result<EmbeddedStore, StoreError> {
        EmbeddedStore::create(&self.store, Profile::Tiny, 1)
    }

    fn open(&self) -> Result<EmbeddedStore, StoreError> {
        EmbeddedStore::open(&self.store, Profile::Tiny, 1)
    }

    fn view(&self) -> PathBuf {
        self.store.join("view")
    }

    fn trust(&self) -> PathBuf {
        self.view().join("trust")
    }

    fn sled(&self) -> SledKv {
        SledKv::open(&self.view(), SledOptions::TINY).unwrap()
    }

    /// Puts something into the view that no commit ever did.
    fn plant(&self) {
        let mut batch = KvBatch::default();
        batch.put(PLANTED, []).unwrap();
        self.sled().apply(&batch).unwrap();
    }

    /// Whether the view is the one that was planted in.
    fn is_kept(&self) -> bool {
        self.sled().get(PLANTED).unwrap().is_some()
    }

    /// Opens and closes, and says whether the view was used.
    fn reopen_keeps_view(&self) -> bool {
        self.plant();
        let store = self.open().unwrap();
        assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(10)));
        drop(store);
        self.is_kept()
    }
}

/// A store with one fact, closed in order.
fn closed() -> Folder {
    let folder = Folder::new();
    let mut store = folder.create().unwrap();
    store.commit(changes(vec![keep(1, 10)])).unwrap();
    store.close().unwrap();
    folder
}

/// A store with one fact, as a process that was killed leaves it.
fn killed() -> Folder {
    let folder = Folder::new();
    let mut store = folder.create().unwrap();
    store.commit(changes(vec![keep(1, 10)])).unwrap();
    while store.settle().unwrap() {}
    drop(store);
    folder
}

/// Changes what the trust file says, as if someone had meant it.
fn say(folder: &Folder, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(folder.trust()).unwrap();
    let (above, _) = text.trim_end().rsplit_once('\n').unwrap();
    let above = change(above);
    let checksum = crc32c::crc32c(above.as_bytes());
    fs::write(
        folder.trust(),
        format!("{above}\nchecksum {checksum:08x}\n"),
    )
    .unwrap();
}

fn said(folder: &Folder) -> String {
    let text = fs::read_to_string(folder.trust()).unwrap();
    text.lines()
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned()
}

#[test]
fn a_view_that_was_closed_in_order_is_used_again() {
    let folder = closed();
    assert_eq!(said(&folder), "closed");
    assert!(folder.reopen_keeps_view());
    // It is open, and that lasts no longer than this run of the kernel.
    assert_eq!(said(&folder), "open");
}

#[test]
fn the_word_that_a_view_is_closed_goes_before_the_view_is_touched() {
    let folder = closed();
    fs::remove_dir_all(folder.store.join("log")).unwrap();
    let found = folder.open();
    assert!(matches!(found, Err(StoreError::Log(LogError::Absent))));
    assert!(!folder.trust().exists());
}

#[test]
fn a_view_is_used_again_after_a_kill_as_long_as_the_kernel_and_the_mount_last() {
    let folder = killed();
    assert_eq!(said(&folder), "open");
    say(&folder, str::to_owned);
    assert!(folder.reopen_keeps_view());
    let folder = killed();
    say(&folder, |above| {
        above.replace("open ", "open 5c46e9c0-0000-4000-8000-")
    });
    assert!(!folder.reopen_keeps_view());
    let folder = killed();
    say(&folder, |above| format!("{above}7"));
    assert!(!folder.reopen_keeps_view());
}

#[test]
fn a_view_without_a_word_that_it_is_whole_is_built_again() {
    for spoil in [
        |folder: &Folder| fs::remove_file(folder.trust()).unwrap(),
        |folder: &Folder| fs::write(folder.trust(), "").unwrap(),
        |folder: &Folder| fs::write(folder.trust(), [255; 5000]).unwrap(),
        |folder: &Folder| {
            let text = fs::read_to_string(folder.trust()).unwrap();
            fs::write(folder.trust(), text.replace("checksum ", "checksum 0")).unwrap();
        },
        // A word about another view.
        |folder: &Folder| {
            say(folder, |above| {
                let last = if above.ends_with('0') { "1" } else { "0" };
                above[..above.len() - 1].to_owned() + last
            });
        },
        |folder: &Folder| say(folder, |above| above.replace("closed", "clos")),
    ] {
        let folder = closed();
        folder.plant();
        spoil(&folder);
        let store = folder.open().unwrap();
        assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(10)));
        store.close().unwrap();
        assert!(!folder.is_kept());
    }
}

#[test]
fn a_view_that_does_not_open_is_built_again() {
    let folder = closed();
    fs::write(folder.view().join("conf"), "segment_size: some").unwrap();
    let store = folder.open().unwrap();
    assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(10)));
    drop(store);
    assert!(folder.reopen_keeps_view());
}

#[test]
fn a_damaged_value_is_a_fault_once_and_gone_with_the_next_start() {
    let folder = closed();
    let raw = sled::open(folder.view()).unwrap();
    let facts: Vec<_> = raw
        .iter()
        .keys()
        .map(Result::unwrap)
        .filter(|key| key[0] == 2)
        .collect();
    assert_eq!(facts.len(), 1);
    raw.insert(&facts[0], b"damaged".to_vec()).unwrap();
    drop(raw);
    folder.plant();
    let store = folder.open().unwrap();
    let fault = store.reader().get(&key(1)).unwrap_err();
    assert!(matches!(fault, StoreError::View(_)) && !fault.is_refusal());
    assert!(!folder.trust().exists());
    drop(store);
    let store = folder.open().unwrap();
    assert_eq!(store.reader().get(&key(1)).unwrap(), Some(fact(10)));
    store.close().unwrap();
    assert!(!folder.is_kept());
}

#[test]
fn a_view_that_may_not_be_used_is_still_a_witness() {
    let folder = Folder::new();
    let mut store = folder.create().unwrap();
    store.commit(changes(vec![keep(1, 10)])).unwrap();
    store.commit(changes(vec![keep(1, 11)])).unwrap();
    let end = usize::try_from(store.end().next().offset).unwrap();
    store.close().unwrap();
    fs::remove_file(folder.trust()).unwrap();
    let segment = folder.store.join("log/00000000000000000001.log");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[end - 16] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let found = folder.open();
    assert!(
        matches!(found, Err(StoreError::Log(LogError::LostRecord { .. }))),
        "{found:?}"
    );
    assert_eq!(fs::read(&segment).unwrap(), bytes);
    // The view is there, with what the log has lost.
    assert!(folder.sled().get(b"\x01applied").unwrap().is_some());
}

#[test]
fn a_view_is_not_thrown_away_before_the_log_was_read_whole() {
    let folder = Folder::new();
    let mut store = folder.create().unwrap();
    store.commit(changes(vec![keep(1, 10)])).unwrap();
    let first = usize::try_from(store.end().next().offset).unwrap();
    for value in 0..20 {
        store
            .commit(changes((0..800).map(|n| keep(n, value)).collect()))
            .unwrap();
    }
    assert!(store.end().next().segment.get() > 1);
    store.close().unwrap();
    folder.plant();
    fs::remove_file(folder.trust()).unwrap();
    let segment = folder.store.join("log/00000000000000000001.log");
    let mut bytes = fs::read(&segment).unwrap();
    bytes[first - 16] ^= 1;
    fs::write(&segment, &bytes).unwrap();
    let found = folder.open();
    assert!(matches!(
        found,
        Err(StoreError::Log(LogError::Damaged { .. }))
    ));
    assert!(folder.is_kept());
}

#[test]
fn a_store_has_one_owner() {
    let folder = closed();
    let store = folder.open().unwrap();
    let held = |opened| {
        matches!(
            opened,
            Err(StoreError::Lock(LockError::Held { pid: Some(_) }))
        )
    };
    assert!(held(folder.open()) && held(folder.create()));
    drop(store);
    folder.open().unwrap();
}

#[test]
fn a_store_is_made_once_and_opened_only_where_it_is() {
    let folder = Folder::new();
    assert!(matches!(folder.open(), Err(StoreError::Absent)));
    assert!(!folder.store.exists());
    fs::create_dir(&folder.store).unwrap();
    assert!(matches!(folder.open(), Err(StoreError::Absent)));
    assert_eq!(fs::read_dir(&folder.store).unwrap().count(), 0);
    folder.create().unwrap();
    assert!(matches!(folder.create(), Err(StoreError::AlreadyThere)));
    folder.open().unwrap();
}

#[test]
fn a_store_whose_making_was_cut_short_is_made_again_and_a_lost_log_is_not() {
    let folder = Folder::new();
    fs::create_dir(&folder.store).unwrap();
    Stamp::CURRENT.create(&RealDisk, &folder.store).unwrap();
    let found = folder.open();
    assert!(matches!(found, Err(StoreError::Log(LogError::Absent))));
    folder.create().unwrap();
    fs::remove_dir_all(folder.store.join("log")).unwrap();
    assert!(matches!(folder.create(), Err(StoreError::AlreadyThere)));
    let found = folder.open();
    assert!(matches!(found, Err(StoreError::Log(LogError::Absent))));
}

#[test]
fn a_store_of_the_future_is_refused_untouched() {
    let folder = closed();
    let list = || {
        let names = fs::read_dir(&folder.store).unwrap();
        let about = names.map(|entry| {
            let entry = entry.unwrap();
            (
                entry.file_name(),
                entry.metadata().unwrap().modified().unwrap(),
            )
        });
        let mut about: Vec<_> = about.collect();
        about.sort();
        about
    };
    Stamp::new(2, 2)
        .unwrap()
        .write(&RealDisk, &folder.store)
        .unwrap();
    let before = list();
    let found = folder.open();
    assert!(matches!(
        found,
        Err(StoreError::Stamp(StampError::Future { .. }))
    ));
    Stamp::new(1, 2)
        .unwrap()
        .write(&RealDisk, &folder.store)
        .unwrap();
    let found = folder.open();
    assert!(matches!(found, Err(StoreError::ReadOnly)));
    assert_eq!(list().len(), before.len());
    Stamp::CURRENT.write(&RealDisk, &folder.store).unwrap();
    folder.open().unwrap();
}

/// Commits and says so, until it is killed; when it is told a folder.
#[test]
fn commits_until_killed_for_another_test() {
    let Ok(folder) = std::env::var("TERRACE_TEST_COMMIT") else {
        return;
    };
    let mut store = EmbeddedStore::open(Path::new(&folder), Profile::Tiny, 1).unwrap();
    println!("\nopen");
    for value in 0.. {
        store
            .commit(changes((0..12).map(|n| keep(n, value)).collect()))
            .unwrap();
        println!("\ncommitted {value}");
        if value % 3 == 0 {
            store.settle().unwrap();
        }
    }
}

#[test]
fn after_a_kill_at_any_moment_everything_acknowledged_is_there_and_no_half_of_anything() {
    let folder = Folder::new();
    folder.create().unwrap().close().unwrap();
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "folder::commits_until_killed_for_another_test",
                "--nocapture",
            ])
            .env("TERRACE_TEST_COMMIT", &folder.store)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let enough = format!("committed {}", 20 + 37 * round);
        assert!(said.by_ref().any(|line| line.unwrap() == enough));
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = said
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("committed ")?.parse::<u64>().ok())
            .last()
            .unwrap_or(20 + 37 * round);
        let store = folder.open().unwrap();
        let first = store.reader().get(&key(0)).unwrap();
        let found = [acknowledged, acknowledged + 1]
            .into_iter()
            .find(|value| first == Some(fact(*value)));
        let found = found.expect("what was acknowledged, or the one commit after it");
        for number in 0..12 {
            let read = store.reader().get(&key(number)).unwrap();
            assert_eq!(read, Some(fact(found)));
        }
    }
}
