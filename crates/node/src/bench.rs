//! A running office to test with: the township, the county or the prefecture of
//! [`crate::scene`], over a store in memory.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use terrace_model::{Batch, Change, Epoch, Fact, Key, OfficeId, Own, Time, TreeId};
use terrace_pki::SigningKey;
use terrace_sheets::SheetLimits;
use terrace_store::{
    EmbeddedStore, Profile, Read, Store, StoreReader, disk::SimDisk, kv::MemoryKv,
};

use crate::{
    Office,
    config::Health,
    door::{Door, Randomness, Setup},
    lifecycle::civil_day,
    machine::{BatchLimits, Constants, Moment, Sample, WINDOW_SLACK_BYTES},
    office::{End, Start},
    scene,
};

/// 2026-11-24T04:00Z, a day in the fourth quarter.
pub(crate) const NOW: Time = Time(1_795_492_800_000);

pub(crate) const TREE: TreeId = TreeId(0x7ee);

pub(crate) struct Bench {
    pub(crate) office: Office,
    pub(crate) end: End,
    pub(crate) reader: StoreReader,
    /// The wall clock, in milliseconds.
    pub(crate) wall: Arc<AtomicI64>,
    random: Randomness,
}

pub(crate) fn key(office: OfficeId) -> SigningKey {
    let [number, ..] = office.0.to_le_bytes();
    SigningKey::from_randomness(&[number; 32])
}

/// Counts up, from above the ids of the scene: no two ids are the same, and a
/// test that fails fails again.
fn counting() -> Randomness {
    let next = AtomicU64::new(1_000);
    Arc::new(move |bytes: &mut [u8]| {
        let number = next.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (byte, from) in bytes.iter_mut().zip(number.iter().cycle()) {
            *byte = *from;
        }
    })
}

impl Bench {
    /// Starts an office that knows all offices of the scene.
    pub(crate) fn start(me: OfficeId) -> Self {
        let disk = Arc::new(SimDisk::new(7));
        let view = Box::new(MemoryKv::default());
        let options = Profile::Tiny.options();
        let folder = Path::new("/office");
        let mut store = EmbeddedStore::create_on(disk, folder, view, options, 7).unwrap();
        let own = Fact::Own(Own { id: me, tree: TREE });
        let mut batch = Batch::default();
        batch.changes.push(Change::keep(Key::Own, own));
        for mut office in scene::tree().offices().cloned() {
            office.key = Some(key(office.id).public());
            let id = office.id;
            batch
                .changes
                .push(Change::keep(Key::Office(id), Fact::Office(office)));
        }
        store.commit(batch).unwrap();
        let wall = Arc::new(AtomicI64::new(NOW.0));
        let (random, now) = (counting(), Arc::clone(&wall));
        let reader = store.reader();
        let entropy = Mutex::new(counting());
        let start = Start {
            constants: Constants {
                me,
                epoch: Epoch::FIRST,
                key: Arc::new(key(me)),
                book: Arc::new(scene::book()),
                limits: terrace_sync::Limits::default(),
                batch: BatchLimits::default(),
                window_slack_bytes: WINDOW_SLACK_BYTES,
                version: "0.1.0".into(),
            },
            store,
            close: EmbeddedStore::close,
            clocks: Arc::new(move || {
                let wall = Time(now.load(Ordering::Relaxed));
                Moment {
                    now: wall,
                    wall,
                    today: civil_day(wall),
                }
            }),
            entropy: Box::new(move |bytes| (entropy.lock().unwrap())(bytes)),
            sample: Sample {
                disk_free_bytes: 1 << 40,
                certificate_days: 60,
            },
        };
        let (office, end) = Office::start(start).unwrap();
        Self {
            office,
            end,
            reader,
            wall,
            random,
        }
    }

    /// A door as it is where nothing is set otherwise.
    pub(crate) fn door(&self) -> Door<StoreReader> {
        self.door_with(|_| ())
    }

    pub(crate) fn door_with(&self, change: impl FnOnce(&mut Setup)) -> Door<StoreReader> {
        self.door_over(self.reader.clone(), change)
    }

    /// A door that reads by another reader.
    pub(crate) fn door_over<R: Read>(&self, reader: R, change: impl FnOnce(&mut Setup)) -> Door<R> {
        let mut setup = Setup {
            tree: TREE,
            key: key(self.office.id()).fingerprint(),
            link: Some("parent.example:7443".parse().unwrap()),
            version: "0.1.0".into(),
            silent_after: Health::default().silent_after,
            sheets: SheetLimits::default(),
            randomness: Arc::clone(&self.random),
        };
        change(&mut setup);
        Door::new(self.office.clone(), reader, setup)
    }

    pub(crate) fn wait(&self, millis: i64) {
        self.wall.fetch_add(millis, Ordering::Relaxed);
    }
}
