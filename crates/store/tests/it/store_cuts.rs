//! The whole store under power cuts, failed syncs, full disks and kills: what
//! was acknowledged is there, and nothing else but at most the one batch that
//! was under way, whole.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use terrace_model::Batch;
use terrace_store::{
    EmbeddedStore, Profile, Store, StoreError, StoreOptions,
    disk::{Disk, DiskFile, Entry, SimDisk, sim::SplitMix64},
    log::LogError,
    stamp::StampError,
};

use crate::{maps::Surviving, samples::Model};

/// Power cuts in the large run.
const CUTS: u64 = 20_000;
/// Power cuts on one disk, before a fresh one.
const CUTS_A_DISK: u64 = 25;

const OPTIONS: StoreOptions = StoreOptions {
    segment_bytes: 8192,
    overlay_changes: 30,
    overlay_bytes: 8192,
    snapshot_bytes: 16 << 10,
    ..Profile::Tiny.options()
};

/// When a commit returns.
#[derive(Clone, Copy, PartialEq)]
enum Acknowledge {
    AfterSync,
    /// The planted bug.
    BeforeSync,
}

/// A disk on which only the first sync of a file does anything: that of a
/// segment's header, and not those of its records.
#[derive(Clone, Debug)]
struct Hasty(SimDisk);

#[derive(Debug)]
struct HastyFile {
    file: Arc<dyn DiskFile>,
    synced: AtomicBool,
}

impl Hasty {
    fn file(file: Arc<dyn DiskFile>, synced: bool) -> Arc<dyn DiskFile> {
        let synced = AtomicBool::new(synced);
        Arc::new(HastyFile { file, synced })
    }
}

impl Disk for Hasty {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.0.create_dir(dir)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Self::file(self.0.create(path)?, false))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Self::file(self.0.open(path)?, true))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        self.0.list(dir)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.remove(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.0.sync_dir(dir)
    }
}

impl DiskFile for HastyFile {
    fn bytes(&self) -> io::Result<u64> {
        self.file.bytes()
    }

    fn preallocate(&self, bytes: u64) -> io::Result<()> {
        self.file.preallocate(bytes)
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write_at(offset, data)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.read_at(offset, into)
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.synced.swap(true, Ordering::Relaxed) {
            Ok(())
        } else {
            self.file.sync_data()
        }
    }
}

/// What a run went through, to see that it went through everything.
#[derive(Debug, Default)]
struct Tally {
    cuts: u64,
    kills: u64,
    faults: u64,
    refused: u64,
    extra: u64,
    snapshots: u64,
    acknowledged: u64,
}

/// One disk with a store, and what it must hold.
struct Rig {
    acknowledge: Acknowledge,
    disk: SimDisk,
    view: Surviving,
    random: SplitMix64,
    acknowledged: Model,
    /// Committed, and never answered.
    under_way: Option<Batch>,
    made: bool,
    tally: Tally,
}

impl Rig {
    fn new(seed: u64, acknowledge: Acknowledge) -> Self {
        Self {
            acknowledge,
            disk: SimDisk::new(seed),
            view: Surviving::default(),
            random: SplitMix64::new(seed),
            acknowledged: Model::default(),
            under_way: None,
            made: false,
            tally: Tally::default(),
        }
    }

    fn open(&mut self) -> Result<EmbeddedStore, StoreError> {
        let disk: Arc<dyn Disk> = match self.acknowledge {
            Acknowledge::AfterSync => Arc::new(self.disk.clone()),
            Acknowledge::BeforeSync => Arc::new(Hasty(self.disk.clone())),
        };
        let (folder, salt) = (Path::new("/store"), self.random.draw());
        let view = Box::new(self.view.clone());
        if self.made {
            return EmbeddedStore::open_on(disk, folder, view, OPTIONS, salt);
        }
        let again = view.clone();
        match EmbeddedStore::create_on(disk.clone(), folder, view, OPTIONS, salt) {
            Err(StoreError::AlreadyThere) => {
                EmbeddedStore::open_on(disk, folder, again, OPTIONS, salt)
            }
            other => other,
        }
    }

    /// Everything that was acknowledged is there, and nothing that was never
    /// committed. What was found counts as acknowledged.
    fn check(&mut self, store: &EmbeddedStore) -> Result<(), String> {
        let reader = store.reader();
        let under_way = self.under_way.take();
        let without = match self.acknowledged.difference(&reader) {
            Ok(()) => return Ok(()),
            Err(without) => without,
        };
        let Some(batch) = under_way else {
            return Err(without);
        };
        self.acknowledged.apply(&batch);
        self.tally.extra += 1;
        let with = self.acknowledged.difference(&reader);
        with.map_err(|with| format!("{with}; or {without}"))
    }

    fn arm(&mut self) {
        self.disk.set_capacity(None);
        match self.random.below(8) {
            0 => self.disk.fail_sync(1 + self.random.below(12)),
            1 => self.disk.fail_allocation(1 + self.random.below(2)),
            2 => self
                .disk
                .set_capacity(Some(self.disk.used() + self.random.below(12_000))),
            _ => self.disk.cut_at(1 + self.random.below(40)),
        }
    }

    /// Commits until something fails or enough is committed.
    fn work(&mut self, store: &mut EmbeddedStore) -> Result<(), StoreError> {
        for _ in 0..self.random.below(11) {
            let batch = self.acknowledged.draw_batch(&mut self.random, 300);
            self.under_way = Some(batch.clone());
            match store.commit(batch) {
                Ok(()) => {}
                Err(error) if error.is_refusal() => {
                    self.tally.refused += 1;
                    self.under_way = None;
                    continue;
                }
                Err(other) => return Err(other),
            }
            let batch = self.under_way.take().unwrap();
            self.acknowledged.apply(&batch);
            self.tally.acknowledged += 1;
            match self.random.below(8) {
                0 | 1 => {
                    store.settle()?;
                }
                2 => match store.snapshots().take() {
                    Err(error) if error.is_refusal() => {}
                    other => {
                        other?;
                        self.tally.snapshots += 1;
                    }
                },
                _ => {}
            }
        }
        Ok(())
    }

    /// One life of the process, and how it ends.
    fn round(&mut self) -> Result<(), String> {
        self.arm();
        let mut store = match self.open() {
            Ok(store) => store,
            Err(error) => {
                let due = !self.power_is_on() || was_armed(&error);
                self.end_life();
                return if due {
                    Ok(())
                } else {
                    Err(format!("{error:?}"))
                };
            }
        };
        self.made = true;
        let under_way = self.under_way.clone();
        let before = self.acknowledged.clone();
        let checked = self.check(&store);
        if !self.power_is_on() {
            self.acknowledged = before;
            self.under_way = under_way;
            drop(store);
            self.end_life();
            return Ok(());
        }
        checked?;
        match self.work(&mut store) {
            Ok(()) => {}
            Err(error) if !self.power_is_on() || was_armed(&error) => {
                self.tally.faults += 1;
                self.refuses_ever_after(&mut store, &error)?;
            }
            Err(other) => return Err(format!("{other:?}")),
        }
        drop(store);
        self.end_life();
        Ok(())
    }

    /// After a commit that failed. A snapshot that fails says nothing of it.
    fn refuses_ever_after(
        &mut self,
        store: &mut EmbeddedStore,
        error: &StoreError,
    ) -> Result<(), String> {
        let of_log = matches!(error, StoreError::Log(_));
        if !of_log || self.under_way.is_none() || !self.power_is_on() {
            return Ok(());
        }
        let batch = self.under_way.clone().unwrap();
        match store.commit(batch) {
            Err(StoreError::Failed) => Ok(()),
            other => Err(format!("after a failure: {other:?}")),
        }
    }

    fn power_is_on(&self) -> bool {
        self.disk.list(Path::new("/")).is_ok()
    }

    /// A cut, or sometimes only the end of the process: then the view may be
    /// as it was left, with a part of what was on its way into it.
    fn end_life(&mut self) {
        if self.power_is_on() && self.random.below(3) == 0 {
            self.tally.kills += 1;
            if self.random.below(3) == 0 {
                self.view = Surviving::default();
            }
        } else {
            self.disk.power_cut(self.random.draw());
            self.view = Surviving::default();
            self.tally.cuts += 1;
        }
    }
}

/// Whether an error is one that [`Rig::arm`] ordered.
fn was_armed(error: &StoreError) -> bool {
    if let StoreError::Log(LogError::Full { .. }) = error {
        return true;
    }
    let (StoreError::Log(LogError::Disk { source, .. })
    | StoreError::Disk { source, .. }
    | StoreError::Stamp(StampError::Disk { source, .. })) = error
    else {
        return false;
    };
    source.to_string() == "the sync failed" || source.kind() == io::ErrorKind::StorageFull
}

/// Runs one disk through some power cuts; fails with what was wrong and the
/// number of cuts it took.
fn run(seed: u64, cuts: u64, acknowledge: Acknowledge) -> Result<Tally, (u64, String)> {
    let mut rig = Rig::new(seed, acknowledge);
    while rig.tally.cuts < cuts {
        rig.round().map_err(|what| (rig.tally.cuts, what))?;
    }
    Ok(rig.tally)
}

/// Runs every second disk.
fn run_half(first: u64) -> Tally {
    let mut all = Tally::default();
    for seed in (first..CUTS / CUTS_A_DISK).step_by(2) {
        let tally = run(seed, CUTS_A_DISK, Acknowledge::AfterSync)
            .unwrap_or_else(|(cut, what)| panic!("seed {seed}, cut {cut}: {what}"));
        all.cuts += tally.cuts;
        all.kills += tally.kills;
        all.faults += tally.faults;
        all.refused += tally.refused;
        all.extra += tally.extra;
        all.snapshots += tally.snapshots;
        all.acknowledged += tally.acknowledged;
    }
    all
}

#[test]
fn no_acknowledged_batch_is_lost_in_thousands_of_power_cuts() {
    let halves = std::thread::scope(|scope| {
        let halves = [0, 1].map(|first| scope.spawn(move || run_half(first)));
        halves.map(|half| half.join().unwrap())
    });
    assert_eq!(halves[0].cuts + halves[1].cuts, CUTS);
    for all in halves {
        let seldom = [all.kills, all.faults, all.refused, all.extra, all.snapshots];
        assert!(seldom.iter().all(|count| *count > CUTS / 200), "{all:?}");
        assert!(all.acknowledged > CUTS / 2, "{all:?}");
    }
}

#[test]
fn the_rig_catches_an_acknowledgement_before_its_sync_within_ten_cuts() {
    for seed in 0..100 {
        let caught = run(seed, 10, Acknowledge::BeforeSync);
        assert!(caught.is_err(), "seed {seed}: not caught in ten cuts");
    }
}
