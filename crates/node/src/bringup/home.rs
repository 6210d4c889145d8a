use std::path::{Path, PathBuf};

use terrace_model::{Audience, Epoch, Fact, Key, Lane, Office, OfficeId, Own, Range, Stream, Tree};
use terrace_pki::{
    CertificateError, CertificateTime, Identity, KeyStore, KeyStoreError, Keys, LinkAddress,
    OfficeName, issue,
};
use terrace_store::{EmbeddedStore, Read, Store, StoreError};
use thiserror::Error;

use super::error::{Failed, complete};
use super::folder::{Found, look};
use crate::config::{Config, ConfigError};

/// An office's folder, opened by the one process that owns it: all that `serve`
/// starts from.
#[derive(Debug)]
pub struct Home {
    /// The folder.
    pub folder: PathBuf,
    /// Its settings.
    pub config: Config,
    /// Its keys.
    pub keys: Keys,
    /// The office and its tree.
    pub own: Own,
    /// What the tree says of the office.
    pub office: Office,
    /// The tree as the office knows it.
    pub tree: Tree,
    /// The epoch that it says its pages in.
    pub epoch: Epoch,
    /// Its store. It is closed by whoever takes it.
    pub store: EmbeddedStore,
}

/// Why a folder cannot be opened as an office's. Nothing was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is no office.
    #[error("{} holds no office", .0.display())]
    NoOffice(PathBuf),
    /// An office was begun there, and not finished.
    #[error("{} holds an unfinished {begun}", folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
        /// `init` or `join`.
        begun: &'static str,
    },
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] Failed),
    /// Its settings are not right.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    /// Its store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its store does not say who it is.
    #[error("the store in {} does not say which office it belongs to", .0.display())]
    Nobody(PathBuf),
    /// The keys are not those of the office.
    #[error("the keys in {} are not those of office {office}", folder.display())]
    OtherKeys {
        /// The folder.
        folder: PathBuf,
        /// The office.
        office: OfficeId,
    },
    /// Its settings do not say where its parent is dialled.
    #[error("{} does not say where the parent is dialled", .0.display())]
    NoParent(PathBuf),
}

impl OpenError {
    /// What to do about it.
    #[must_use]
    pub fn todo(&self) -> Option<&'static str> {
        match self {
            Self::NoOffice(_) => Some("make one with `terrace init`, or with `terrace join`"),
            Self::Unfinished { begun, .. } => Some(complete(begun)),
            Self::Nobody(_) | Self::OtherKeys { .. } => {
                Some("put back the whole folder from one backup")
            }
            Self::Config(error) => error.todo(),
            Self::NoParent(_) => Some("write parent = \"HOST:PORT\" under [link]"),
            Self::Store(StoreError::Lock(_)) => Some("stop the daemon that runs there"),
            Self::Folder(_) | Self::Keys(_) | Self::Store(_) => None,
        }
    }
}

impl Home {
    /// Opens an office's folder. `salt` is a random number, for the store.
    ///
    /// # Errors
    /// An [`OpenError`].
    pub fn open(folder: &Path, salt: u64) -> Result<Self, OpenError> {
        match look(folder)? {
            Found::Office => {}
            Found::Nothing | Found::Other(_) => {
                return Err(OpenError::NoOffice(folder.to_owned()));
            }
            Found::Begun(note) => {
                return Err(OpenError::Unfinished {
                    folder: folder.to_owned(),
                    begun: note.command(),
                });
            }
        }
        let config = Config::load(folder)?;
        let keys = KeyStore::of(folder).load()?;
        let store = EmbeddedStore::open(folder, config.store.profile.of_store(), salt)?;
        let reader = store.reader();
        let nobody = || OpenError::Nobody(folder.to_owned());
        let Some(Fact::Own(own)) = reader.get(&Key::Own)? else {
            return Err(nobody());
        };
        let tree = read_tree(&reader)?;
        let office = tree.get(own.id).cloned().ok_or_else(nobody)?;
        if office.key != Some(keys.signing.public()) {
            return Err(OpenError::OtherKeys {
                folder: folder.to_owned(),
                office: own.id,
            });
        }
        if office.parent.is_some() && config.link.parent.is_none() {
            return Err(OpenError::NoParent(folder.join(crate::config::FILE_NAME)));
        }
        Ok(Self {
            folder: folder.to_owned(),
            epoch: read_epoch(&reader, own.id)?,
            config,
            keys,
            own,
            office,
            tree,
            store,
        })
    }

    /// The name in its certificates.
    #[must_use]
    pub const fn name(&self) -> OfficeName {
        OfficeName {
            office: self.own.id,
            tree: self.own.tree,
        }
    }

    /// The office above, and where it is dialled; none for the top.
    #[must_use]
    pub fn parent(&self) -> Option<(OfficeName, &LinkAddress)> {
        let office = self.office.parent?;
        let tree = self.own.tree;
        Some((
            OfficeName { office, tree },
            self.config.link.parent.as_ref()?,
        ))
    }

    /// What it shows on its links.
    ///
    /// # Errors
    /// No certificate could be made.
    pub fn identity(&self, at: CertificateTime) -> Result<Identity, CertificateError> {
        issue(&self.keys.signing, &self.keys.transport, self.name(), at)
    }
}

fn read_tree(reader: &impl Read) -> Result<Tree, StoreError> {
    let mut tree = Tree::default();
    for (_, fact) in reader.range(&Range::Offices, None, usize::MAX)? {
        if let Fact::Office(office) = fact {
            tree.enter(office);
        }
    }
    Ok(tree)
}

/// The newest epoch that the office opened; before it said anything, its first.
fn read_epoch(reader: &impl Read, me: OfficeId) -> Result<Epoch, StoreError> {
    let heads = reader.range(&Range::Heads, None, usize::MAX)?;
    let own = heads.into_iter().filter_map(|(key, _)| {
        let Key::Head(Stream { journal, epoch }) = key else {
            return None;
        };
        let of_all_above = (journal.audience, journal.lane) == (Audience::Ancestors, Lane::Every);
        (journal.origin == me && of_all_above).then_some(epoch)
    });
    Ok(own.max().unwrap_or(Epoch::FIRST))
}
