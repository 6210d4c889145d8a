//! What every new office begins with, and in which order it is written.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use terrace_model::{Batch, Change, Fact, Key, Level, Office, Own};
use terrace_store::{EmbeddedStore, Read, Store, StoreError, log::LogError};

use super::error::Failed;
use super::folder::Folder;
use super::note;
use crate::config::{self, Config, Link, Profile};

/// The file of settings while it is written.
const NEXT: &str = "terrace.toml.new";

/// An office that was brought up. Nothing of it runs.
#[derive(Debug)]
pub struct Made {
    /// Its folder.
    pub folder: PathBuf,
    /// What the tree says of it.
    pub office: Office,
    /// The office and its tree.
    pub own: Own,
    /// Its settings, as they were written.
    pub config: Config,
    /// Keeps the port that was chosen for it. Whoever brings up many offices
    /// keeps it until they listen, so that no other is given the same.
    pub held: Option<TcpListener>,
}

/// An office that has all it needs but its folder's content.
pub(super) struct Founding {
    pub(super) folder: Folder,
    pub(super) own: Own,
    /// The office itself, then the offices above it, nearest first.
    pub(super) offices: Vec<Office>,
    pub(super) link: Link,
    pub(super) held: Option<TcpListener>,
    pub(super) profile: Option<Profile>,
    pub(super) salt: u64,
}

impl Founding {
    /// Writes the store, then the settings, then takes the note away: only then
    /// is it an office. Whatever was written before is written again.
    pub(super) fn finish(self, office: Office) -> Result<Made, Failed> {
        let Self {
            folder,
            own,
            offices,
            link,
            held,
            profile,
            salt,
        } = self;
        let config = Config {
            link,
            store: config::Store {
                profile: profile.unwrap_or(profile_of(office.level)),
            },
            ..Config::default()
        };
        found_store(folder.path(), &config, &own, offices, salt)?;
        folder.write(config::FILE_NAME, NEXT, &config.to_text())?;
        folder.remove(note::NAME)?;
        Ok(Made {
            folder: folder.path().to_owned(),
            office,
            own,
            config,
            held,
        })
    }
}

/// Makes the store, or opens one that was made before, and keeps in one commit
/// who the office is and whom it knows.
///
/// The office's own entry is in no journal. A child learns of its parent, and of
/// all above, from the answer to its enrolment, where the fingerprint in its
/// invitation proves it; what an office would seal about itself proves nothing
/// to somebody who does not know its key.
fn found_store(
    folder: &Path,
    config: &Config,
    own: &Own,
    offices: Vec<Office>,
    salt: u64,
) -> Result<(), Failed> {
    let profile = config.store.profile.of_store();
    let store = match EmbeddedStore::create(folder, profile, salt) {
        Err(StoreError::AlreadyThere) => EmbeddedStore::open(folder, profile, salt),
        other => other,
    };
    let mut store = store?;
    let mut changes = vec![Change::keep(Key::Own, Fact::Own(own.clone()))];
    for office in offices {
        changes.push(Change::keep(Key::Office(office.id), Fact::Office(office)));
    }
    let founding = Batch {
        pages: Vec::new(),
        changes,
    };
    store.commit(founding)?;
    Ok(store.close()?)
}

/// Who the store in a folder says the office is; none if there is no store, or
/// none that was ever written to.
pub(super) fn founded(folder: &Path, salt: u64) -> Result<Option<Own>, Failed> {
    // Only the one fact is read, so that the smallest sizes do.
    let store = match EmbeddedStore::open(folder, Profile::Tiny.of_store(), salt) {
        // It was cut short before there was a log to write to.
        Err(StoreError::Absent | StoreError::Log(LogError::Absent)) => return Ok(None),
        other => other?,
    };
    let own = match store.reader().get(&Key::Own)? {
        Some(Fact::Own(own)) => Some(own),
        Some(_) | None => None,
    };
    store.close()?;
    Ok(own)
}

const fn profile_of(level: Level) -> Profile {
    match level {
        Level::Province | Level::Prefecture => Profile::Prefecture,
        Level::County => Profile::County,
        Level::Township | Level::Village => Profile::Township,
    }
}
