use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::Resting;
use crate::{SigningKey, TransportKey};

const FOLDER: &str = "keys";
const SIGNING: &str = "signing.pk8";
const TRANSPORT: &str = "transport.pk8";

/// Ending of a file that is still being written; without meaning after a crash.
const UNFINISHED: &str = "new";

/// Longest key file, in bytes. Ours have 83.
const FILE_BYTES_MAX: usize = 256;

/// Permission bits that let anybody but the owner in.
const OTHERS: u32 = 0o077;

/// The keys of one office.
#[derive(Debug)]
pub struct Keys {
    /// Seals pages and issues the office's certificates.
    pub signing: SigningKey,
    /// Speaks for the current certificate.
    pub transport: TransportKey,
}

/// Why keys could not be made or read. Paths are said, contents never.
#[derive(Debug, Error)]
pub enum KeyStoreError {
    /// A key is not there.
    #[error("there is no key at {}", .0.display())]
    Missing(PathBuf),
    /// Others than the owner may read or change it.
    #[error("{} is open to others (mode {mode:03o}); only its owner may have access", path.display())]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a plain file, or not a folder; a link is neither.
    #[error("{} is not what should be there", .0.display())]
    Kind(PathBuf),
    /// No key of this program, or a damaged one.
    #[error("{} is damaged or not a key of this office", .0.display())]
    Damaged(PathBuf),
    /// The system refused.
    #[error("{} could not be {doing}", path.display())]
    Io {
        /// What was being done to it.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// The folder `keys` in an office's folder: mode 0700, one file of mode 0600 for
/// each key, written durably. Never shared by two processes: the lock on the
/// office's folder sees to that.
#[derive(Debug)]
pub struct KeyStore {
    folder: PathBuf,
}

impl KeyStore {
    /// The key store of the office in this folder. Touches nothing.
    #[must_use]
    pub fn of(office: &Path) -> Self {
        Self {
            folder: office.join(FOLDER),
        }
    }

    /// Makes the keys of a new office, on its own machine. Keys that are there
    /// already are kept: an interrupted `join` goes on with those it had made.
    ///
    /// `randomness` is 64 bytes from the machine's random source, the half of a
    /// key that is there already being left unused; the caller wipes them.
    ///
    /// # Errors
    /// A [`KeyStoreError`]. [`KeyStoreError::Missing`] if there is a transport
    /// key but no signing key: the signing key is made first, so it was lost, and
    /// with it the office's identity; a new one is never made in its place.
    pub fn make(&self, randomness: &[[u8; 32]; 2]) -> Result<Keys, KeyStoreError> {
        self.make_folder()?;
        let [for_signing, for_transport] = randomness;
        let (signing, transport) = (self.read(SIGNING)?, self.read(TRANSPORT)?);
        let signing = match signing {
            Some(key) => key,
            None if transport.is_some() => return Err(self.missing(SIGNING)),
            None => self.write(SIGNING, SigningKey::from_randomness(for_signing))?,
        };
        let transport = match transport {
            Some(key) => key,
            None => self.write(TRANSPORT, TransportKey::from_randomness(for_transport))?,
        };
        Ok(Keys { signing, transport })
    }

    /// The keys of an office that has them.
    ///
    /// # Errors
    /// A [`KeyStoreError`]: a key is missing, damaged, or open to others.
    pub fn load(&self) -> Result<Keys, KeyStoreError> {
        self.check_folder()?;
        let signing = self.read(SIGNING)?.ok_or_else(|| self.missing(SIGNING))?;
        let transport = self
            .read(TRANSPORT)?
            .ok_or_else(|| self.missing(TRANSPORT))?;
        Ok(Keys { signing, transport })
    }

    /// Puts another transport key in place of the one that is there: after a
    /// crash there is the one or the other.
    ///
    /// # Errors
    /// A [`KeyStoreError`]; the old key is still there, or the new one is but may
    /// not be durable yet.
    pub fn replace_transport(&self, key: TransportKey) -> Result<TransportKey, KeyStoreError> {
        self.check_folder()?;
        self.write(TRANSPORT, key)
    }

    fn missing(&self, name: &str) -> KeyStoreError {
        KeyStoreError::Missing(self.folder.join(name))
    }

    fn make_folder(&self) -> Result<(), KeyStoreError> {
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(fault("made", &self.folder, error)),
        }
        self.check_folder()?;
        // The folder's own name is durable before anything in it is.
        sync_folder(self.folder.parent().unwrap_or(Path::new("/")))
    }

    fn check_folder(&self) -> Result<(), KeyStoreError> {
        let found = fs::symlink_metadata(&self.folder)
            .map_err(|error| fault("looked at", &self.folder, error))?;
        if found.is_dir() {
            for_its_owner_alone(&self.folder, found.mode())
        } else {
            Err(KeyStoreError::Kind(self.folder.clone()))
        }
    }

    /// Reads a key; none if there is no such file.
    fn read<K: Resting>(&self, name: &str) -> Result<Option<K>, KeyStoreError> {
        let path = self.folder.join(name);
        let found = match fs::symlink_metadata(&path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fault("looked at", &path, error)),
        };
        if !found.is_file() {
            return Err(KeyStoreError::Kind(path));
        }
        for_its_owner_alone(&path, found.mode())?;
        // One byte more than any key: a longer file fails to decode. The buffer
        // never grows, so that no copy of a secret is left behind.
        let mut bytes = Zeroizing::new([0; FILE_BYTES_MAX + 1]);
        let length =
            read_up_to(&path, bytes.as_mut_slice()).map_err(|error| fault("read", &path, error))?;
        let key = bytes.get(..length).and_then(K::decode);
        key.map(Some).ok_or(KeyStoreError::Damaged(path))
    }

    /// Writes a key in place of what is there, and gives it back: only a key that
    /// is durable may be used.
    fn write<K: Resting>(&self, name: &str, key: K) -> Result<K, KeyStoreError> {
        let path = self.folder.join(name);
        let unfinished = path.with_extension(UNFINISHED);
        let bytes = key
            .encode()
            .ok_or_else(|| KeyStoreError::Damaged(path.clone()))?;
        match fs::remove_file(&unfinished) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault("removed", &unfinished, error)),
        }
        write_new(&unfinished, bytes.as_bytes())
            .map_err(|error| fault("written", &unfinished, error))?;
        fs::rename(&unfinished, &path).map_err(|error| fault("renamed", &unfinished, error))?;
        sync_folder(&self.folder)?;
        Ok(key)
    }
}

fn for_its_owner_alone(path: &Path, mode: u32) -> Result<(), KeyStoreError> {
    if mode & OTHERS == 0 {
        Ok(())
    } else {
        Err(KeyStoreError::Open {
            path: path.to_owned(),
            mode: mode & 0o777,
        })
    }
}

fn read_up_to(path: &Path, buffer: &mut [u8]) -> io::Result<usize> {
    let mut file = File::open(path)?;
    let mut length = 0;
    while let Some(rest) = buffer.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> Result<(), KeyStoreError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| fault("synced", folder, error))
}

fn fault(doing: &'static str, path: &Path, source: io::Error) -> KeyStoreError {
    KeyStoreError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use tempfile::TempDir;

    const RANDOMNESS: [[u8; 32]; 2] = [[1; 32], [2; 32]];
    const OTHER: [[u8; 32]; 2] = [[3; 32], [4; 32]];

    fn made() -> (TempDir, KeyStore, Keys) {
        let office = TempDir::new().unwrap();
        let store = KeyStore::of(office.path());
        let keys = store.make(&RANDOMNESS).unwrap();
        (office, store, keys)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn same(a: &Keys, b: &Keys) -> bool {
        a.signing.public() == b.signing.public() && a.transport.public() == b.transport.public()
    }

    #[test]
    fn keys_are_made_once_and_for_their_owner_alone() {
        let (_office, store, keys) = made();
        assert!(same(&store.load().unwrap(), &keys));
        assert!(same(&store.make(&OTHER).unwrap(), &keys));
        assert_ne!(keys.signing.public().0, *keys.transport.public());
        assert_eq!(mode(&store.folder), 0o700);
        let files = fs::read_dir(&store.folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let mut files: Vec<PathBuf> = files.collect();
        files.sort();
        assert_eq!(
            files,
            [store.folder.join(SIGNING), store.folder.join(TRANSPORT)]
        );
        assert!(files.iter().all(|file| mode(file) == 0o600));
    }

    #[test]
    fn an_interrupted_join_goes_on_with_the_keys_it_had_made() {
        let (_office, store, keys) = made();
        fs::remove_file(store.folder.join(TRANSPORT)).unwrap();
        fs::write(store.folder.join("transport.new"), b"half a ke").unwrap();
        let again = store.make(&OTHER).unwrap();
        assert_eq!(again.signing.public(), keys.signing.public());
        assert_eq!(
            *again.transport.public(),
            *TransportKey::from_randomness(&[4; 32]).public()
        );
        assert!(same(&store.load().unwrap(), &again));
    }

    #[test]
    fn a_lost_signing_key_is_never_replaced_by_a_new_one() {
        let (_office, store, _) = made();
        fs::remove_file(store.folder.join(SIGNING)).unwrap();
        for result in [store.make(&OTHER), store.load()] {
            assert!(matches!(result, Err(KeyStoreError::Missing(path)) if path.ends_with(SIGNING)));
        }
    }

    #[test]
    fn what_others_can_open_is_refused() {
        let (_office, store, keys) = made();
        for (path, right) in [
            (store.folder.join(SIGNING), 0o600),
            (store.folder.join(TRANSPORT), 0o600),
            (store.folder.clone(), 0o700),
        ] {
            for bit in [0o040, 0o020, 0o010, 0o004, 0o002, 0o001] {
                set_mode(&path, right | bit);
                for result in [store.load(), store.make(&OTHER)] {
                    assert!(
                        matches!(&result, Err(KeyStoreError::Open { mode, .. }) if *mode == right | bit),
                        "{result:?}"
                    );
                }
            }
            set_mode(&path, right);
        }
        assert!(same(&store.load().unwrap(), &keys));
    }

    #[test]
    fn a_link_or_a_folder_in_place_of_a_key_is_refused() {
        let (office, store, _) = made();
        let path = store.folder.join(SIGNING);
        let elsewhere = office.path().join("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        assert!(matches!(store.load(), Err(KeyStoreError::Kind(_))));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(matches!(store.load(), Err(KeyStoreError::Kind(_))));
    }

    #[test]
    fn a_damaged_key_is_refused_and_its_content_never_said() {
        let (_office, store, _) = made();
        let path = store.folder.join(SIGNING);
        let right = fs::read(&path).unwrap();
        let mut flipped = right.clone();
        flipped[20] ^= 1;
        let longest = vec![0; FILE_BYTES_MAX];
        let longer = vec![0; FILE_BYTES_MAX + 1];
        for wrong in [&b""[..], &flipped, &right[..40], &longest, &longer] {
            fs::write(&path, wrong).unwrap();
            let error = store.load().unwrap_err();
            assert!(matches!(error, KeyStoreError::Damaged(_)), "{error:?}");
            assert!(!format!("{error} {error:?}").contains("1, 1"));
        }
    }

    #[test]
    fn a_transport_key_is_replaced_whole() {
        let (_office, store, keys) = made();
        let next = store
            .replace_transport(TransportKey::from_randomness(&[5; 32]))
            .unwrap();
        let now = store.load().unwrap();
        assert_eq!(now.transport.public(), next.public());
        assert_eq!(now.signing.public(), keys.signing.public());
        assert!(!store.folder.join("transport.new").exists());
    }

    #[test]
    fn nothing_is_made_outside_an_office_that_is_there() {
        let office = TempDir::new().unwrap();
        let store = KeyStore::of(&office.path().join("absent"));
        assert!(matches!(
            store.make(&RANDOMNESS),
            Err(KeyStoreError::Io { doing: "made", .. })
        ));
        let store = KeyStore::of(office.path());
        assert!(matches!(
            store.load(),
            Err(KeyStoreError::Io {
                doing: "looked at",
                ..
            })
        ));
        assert!(!store.folder.exists());
    }
}
