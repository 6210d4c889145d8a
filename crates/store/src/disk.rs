//! What the log, the snapshots and the format stamp ask of a disk: named
//! files in folders, and the two syncs that make bytes and names last.
//!
//! Nothing written lasts before [`DiskFile::sync_data`] returned, and no
//! creation, renaming or removal before [`Disk::sync_dir`] did. A sync that
//! failed says nothing about what lasts: the only right answer is to stop and
//! start again from what the disk holds.

mod real;
pub mod sim;

use std::{ffi::OsString, fmt::Debug, io, path::Path, sync::Arc};

pub use real::RealDisk;
pub use sim::SimDisk;

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The last part of the path.
    pub name: OsString,
    /// Length of the file in bytes; 0 for a folder.
    pub bytes: u64,
    /// Whether it is a folder.
    pub is_dir: bool,
}

/// A disk. All paths are taken as they are; nothing is resolved.
pub trait Disk: Debug + Send + Sync {
    /// Makes a folder whose parent exists. One that is there already is fine.
    ///
    /// # Errors
    /// What the file system says.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// Makes an empty file that did not exist, for reading and writing.
    ///
    /// # Errors
    /// `AlreadyExists` where there is one, otherwise what the file system says.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists, for reading and writing.
    ///
    /// # Errors
    /// `NotFound` where there is none, otherwise what the file system says.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    /// `NotFound` where there is no such folder, otherwise what the file system says.
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>>;

    /// Takes a file's name away.
    ///
    /// # Errors
    /// `NotFound` where there is none, otherwise what the file system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Gives a file another name in the same folder, in place of a file that
    /// may have it.
    ///
    /// # Errors
    /// `InvalidInput` between two folders, otherwise what the file system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes every creation, renaming and removal in a folder last.
    ///
    /// # Errors
    /// What the file system says; then nothing is known about those names.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// An open file. Clones of the handle share it; it closes with the last one.
pub trait DiskFile: Debug + Send + Sync {
    /// Length in bytes.
    ///
    /// # Errors
    /// What the file system says.
    fn bytes(&self) -> io::Result<u64>;

    /// Makes an empty file `bytes` long: room reserved on the disk and filled
    /// with zeros, so that later writes inside it need no more room and their
    /// sync has no lengths or extents to write.
    ///
    /// # Errors
    /// `StorageFull` where there is no room, otherwise what the file system
    /// says. The file may be left at any length.
    fn preallocate(&self, bytes: u64) -> io::Result<()>;

    /// Writes all of `data` at a byte offset, extending the file where needed.
    ///
    /// # Errors
    /// What the file system says; then any part may have been written.
    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()>;

    /// Writes all of `data` at the end, and says where that was. For one
    /// writer: two at a time may be given the same place.
    ///
    /// # Errors
    /// As [`DiskFile::write_at`].
    fn append(&self, data: &[u8]) -> io::Result<u64> {
        let end = self.bytes()?;
        self.write_at(end, data)?;
        Ok(end)
    }

    /// Fills all of `into` from a byte offset.
    ///
    /// # Errors
    /// `UnexpectedEof` where the file ends before, otherwise what the file
    /// system says.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()>;

    /// Makes everything written to this file so far last (`fdatasync`).
    ///
    /// # Errors
    /// What the file system says; then nothing is known about those bytes.
    fn sync_data(&self) -> io::Result<()>;
}
