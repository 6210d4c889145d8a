//! A disk in memory that forgets what was not synced.
//!
//! [`SimDisk::power_cut`] decides for every unsynced write by itself whether
//! it is kept, lost or torn at 512 bytes, in any order, and for every unsynced
//! creation, renaming and removal whether it happened. A failed sync loses
//! some of its writes for good while programs go on seeing them. Everything
//! follows from seeds; nothing here waits or asks a clock.

mod inode;
mod random;
mod state;

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use random::SplitMix64;
use state::{Node, Power, State};

use super::{Disk, DiskFile, Entry};

/// A simulated disk with one root folder, `/`. Clones share it.
#[derive(Clone, Debug)]
pub struct SimDisk(Arc<Mutex<State>>);

impl SimDisk {
    /// An empty disk without limit. The seed decides what a failed sync loses.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State::new(seed))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts the power and starts the machine again: what was not synced is
    /// kept, lost or torn as the seed says, open files are gone, and faults
    /// that were still to come are forgotten.
    pub fn power_cut(&self, seed: u64) {
        self.state().power_cut(seed);
    }

    /// Lets the power fail at the `nth` operation from now that changes the
    /// disk, counted from 1: a write or renaming is made, unsynced; a sync is
    /// not; either says it failed, and so does everything after, until
    /// [`SimDisk::power_cut`].
    pub fn cut_at(&self, nth: u64) {
        self.state().cut_in = Some(nth);
    }

    /// Lets the `nth` sync from now fail, counted from 1, of a file or folder.
    pub fn fail_sync(&self, nth: u64) {
        self.state().fail_sync_in = Some(nth);
    }

    /// Lets the `nth` preallocation from now find no room, counted from 1.
    pub fn fail_allocation(&self, nth: u64) {
        self.state().fail_allocation_in = Some(nth);
    }

    /// Limits the bytes of all files together; `None` for no limit.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().capacity = bytes;
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.state().used()
    }

    /// Syncs asked for so far, of files and folders, failed ones included.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.state().syncs
    }

    /// Changes one bit (0 to 7) of a file, as a medium that decays does.
    ///
    /// # Errors
    /// `NotFound` where there is no such file, `UnexpectedEof` where it is
    /// shorter.
    pub fn flip_bit(&self, path: &Path, offset: u64, bit: u8) -> io::Result<()> {
        let mut state = self.state();
        let number = file_number(&state, path)?;
        if state.inode(number)?.flip(index(offset)?, bit) {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn handle(&self, state: &State, inode: u64) -> Arc<dyn DiskFile> {
        Arc::new(SimFile {
            disk: self.clone(),
            inode,
            life: state.life,
        })
    }

    /// Runs an operation that changes the disk.
    fn changing<T>(&self, act: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.state();
        let power = state.step()?;
        let done = act(&mut state)?;
        match power {
            Power::On => Ok(done),
            Power::GoesOff => Err(power_failed()),
        }
    }

    /// Runs a sync: one that the power fails in makes nothing last.
    fn syncing(&self, act: impl FnOnce(&mut State) -> io::Result<()>) -> io::Result<()> {
        let mut state = self.state();
        match state.step()? {
            Power::On => act(&mut state),
            Power::GoesOff => Err(power_failed()),
        }
    }
}

impl Disk for SimDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.changing(|state| state.create_dir(dir))
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.changing(|state| {
            let number = state.create(path)?;
            Ok(self.handle(state, number))
        })
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let state = self.state();
        state.check_power()?;
        let number = file_number(&state, path)?;
        Ok(self.handle(&state, number))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let state = self.state();
        state.check_power()?;
        state.list(dir)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.changing(|state| state.remove(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.changing(|state| state.rename(from, to))
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.syncing(|state| state.sync_dir(dir))
    }
}

#[derive(Debug)]
struct SimFile {
    disk: SimDisk,
    inode: u64,
    life: u64,
}

impl SimFile {
    fn check(&self, state: &State) -> io::Result<()> {
        state.check_power()?;
        self.check_life(state)
    }

    /// A handle ends with the life of the machine it was opened in.
    fn check_life(&self, state: &State) -> io::Result<()> {
        if state.life == self.life {
            Ok(())
        } else {
            Err(io::Error::other("the file was opened before a power cut"))
        }
    }
}

impl DiskFile for SimFile {
    fn bytes(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        self.check(&state)?;
        Ok(state.inode(self.inode)?.bytes() as u64)
    }

    fn preallocate(&self, bytes: u64) -> io::Result<()> {
        let bytes = index(bytes)?;
        self.disk.changing(|state| {
            self.check_life(state)?;
            if state.allocation_fails() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            state.check_room(self.inode, bytes)?;
            state.inode(self.inode)?.grow(bytes);
            Ok(())
        })
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = index(offset)?;
        self.disk.changing(|state| {
            self.check_life(state)?;
            state.check_room(self.inode, offset.saturating_add(data.len()))?;
            state.inode(self.inode)?.write(offset, data);
            Ok(())
        })
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        self.check(&state)?;
        let inode = state.inode(self.inode)?;
        let bytes = inode
            .read(index(offset)?, into.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(bytes);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.syncing(|state| {
            self.check_life(state)?;
            state.sync_file(self.inode)
        })
    }
}

fn file_number(state: &State, path: &Path) -> io::Result<u64> {
    match state.node(path)? {
        Node::File(number) => Ok(number),
        Node::Dir => Err(io::ErrorKind::IsADirectory.into()),
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn power_failed() -> io::Error {
    io::Error::other("the power failed")
}

#[cfg(test)]
mod tests;
