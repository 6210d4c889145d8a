//! The store that offices run, over a disk that forgets what was not synced
//! and a view that is built anew with each start.

use std::{path::Path, sync::Arc};

use terrace_store::{
    EmbeddedStore, Profile,
    disk::{Disk, SimDisk},
    kv::MemoryKv,
};

use super::backing::Backing;

/// A simulated disk with one office's store.
#[derive(Debug)]
pub struct OnLog {
    disk: SimDisk,
    salt: u64,
}

const FOLDER: &str = "/office";

impl Backing for OnLog {
    type Store = EmbeddedStore;

    fn create(seed: u64) -> anyhow::Result<Self> {
        let made = Self {
            disk: SimDisk::new(seed),
            salt: seed,
        };
        let disk: Arc<dyn Disk> = Arc::new(made.disk.clone());
        disk.create_dir(Path::new(FOLDER))?;
        disk.sync_dir(Path::new("/"))?;
        let view = Box::<MemoryKv>::default();
        let options = Profile::Tiny.options();
        EmbeddedStore::create_on(disk, Path::new(FOLDER), view, options, seed)?.close()?;
        Ok(made)
    }

    fn open(&self) -> anyhow::Result<EmbeddedStore> {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let view = Box::<MemoryKv>::default();
        let options = Profile::Tiny.options();
        let store = EmbeddedStore::open_on(disk, Path::new(FOLDER), view, options, self.salt)?;
        Ok(store)
    }

    fn can_fail(&self) -> bool {
        true
    }

    fn fail_at(&self, nth: u64) {
        self.disk.cut_at(nth);
    }

    fn cut_power(&self, seed: u64) {
        self.disk.power_cut(seed);
    }
}
