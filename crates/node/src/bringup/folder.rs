//! The folder of an office that is being made.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::error::{BringUpError, Failed, Refusal, io_at};
use super::note::{self, Note};
use crate::config;

/// Permission bits that let anybody but the owner in.
const OTHERS: u32 = 0o077;

/// Any of these is an office's.
const OFFICES: [&str; 4] = [
    terrace_store::stamp::FILE_NAME,
    config::FILE_NAME,
    "keys",
    "log",
];

/// What may be in a folder that counts as empty: what a file system puts into
/// its topmost folder, and a note that was never finished.
const NOTHING: [&str; 2] = ["lost+found", note::NEXT];

/// What a folder holds.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing, or there is no such folder.
    Nothing,
    /// An office that was begun.
    Begun(Note),
    /// An office.
    Office,
    /// Something else, such as this.
    Other(String),
}

/// Looks at a folder and touches nothing.
pub(super) fn look(folder: &Path) -> Result<Found, Failed> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(io_at("read", folder)(error)),
    };
    if let Some(note) = Note::read(folder)? {
        return Ok(Found::Begun(note));
    }
    let mut found = Found::Nothing;
    for entry in entries {
        let name = entry.map_err(io_at("read", folder))?.file_name();
        let name = name.to_string_lossy();
        if OFFICES.contains(&&*name) {
            return Ok(Found::Office);
        }
        if !NOTHING.contains(&&*name) {
            found = Found::Other(name.into_owned());
        }
    }
    Ok(found)
}

/// A folder in which this process, and no other, brings up an office.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked as long as it is open. The lock is the folder's own, so that
    /// nothing has to be made to take it.
    itself: File,
}

impl Folder {
    /// Makes the folder where it is not there, for its owner alone. `fits` says
    /// whether what it holds may be made into an office, and what was begun.
    pub(super) fn take<B>(
        path: &Path,
        fits: impl Fn(&Path, Found) -> Result<Option<B>, Refusal>,
    ) -> Result<(Self, Option<B>), BringUpError> {
        make(path)?;
        let itself = File::open(path).map_err(io_at("opened", path))?;
        match itself.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Refusal::Busy(path.to_owned()).into()),
            Err(TryLockError::Error(error)) => return Err(io_at("locked", path)(error).into()),
        }
        let begun = fits(path, look(path)?)?;
        let about = itself.metadata().map_err(io_at("looked at", path))?;
        if about.mode() & OTHERS != 0 {
            let owners = Permissions::from_mode(0o700);
            itself
                .set_permissions(owners)
                .map_err(io_at("closed to others", path))?;
        }
        let path = path.to_owned();
        Ok((Self { path, itself }, begun))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file for the owner alone, in place of what is there: after a
    /// crash there is the one or the other.
    pub(super) fn write(&self, name: &str, next: &str, text: &str) -> Result<(), Failed> {
        let (path, next) = (self.path.join(name), self.path.join(next));
        let write = || {
            remove(&next)?;
            let mut options = OpenOptions::new();
            let mut file = options
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&next)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&next, &path)?;
            self.itself.sync_all()
        };
        write().map_err(io_at("written", &path))
    }

    /// Takes a file away.
    pub(super) fn remove(&self, name: &str) -> Result<(), Failed> {
        let path = self.path.join(name);
        let removed = remove(&path).and_then(|()| self.itself.sync_all());
        removed.map_err(io_at("removed", &path))
    }
}

fn make(path: &Path) -> Result<(), Failed> {
    let made = DirBuilder::new().mode(0o700).recursive(true).create(path);
    made.map_err(io_at("made", path))?;
    // The folder's own name is durable before anything in it is. A path that
    // has no other above it is there already.
    let above = match path.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => return Ok(()),
    };
    let synced = File::open(above).and_then(|above| above.sync_all());
    synced.map_err(io_at("synced", above))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
