//! Values too large for the map underneath: one file each, in a folder beside
//! it. Never synced: like the map, they are built again when they are not
//! whole.
//!
//! A file holds the length of its key (u16, little-endian), the key and the
//! value, so that a file that nothing refers to any more can be told.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::stored::BigValue;

/// A value of more bytes than this gets a file.
pub(super) const MAX_SMALL_BYTES: usize = 4096;

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct BigFiles(PathBuf);

impl BigFiles {
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self(folder.to_owned()))
    }

    fn path(&self, number: u64) -> PathBuf {
        self.0.join(format!("{number:016x}"))
    }

    /// The files there are, and the key each was written for; no key where the
    /// file does not say.
    pub(super) fn keys(&self) -> io::Result<BTreeMap<u64, Option<Vec<u8>>>> {
        let mut keys = BTreeMap::new();
        for entry in fs::read_dir(&self.0)? {
            let name = entry?.file_name();
            let number = name.to_str().filter(|name| name.len() == 16);
            if let Some(number) = number.and_then(|name| u64::from_str_radix(name, 16).ok()) {
                keys.insert(number, read_key(&self.path(number))?);
            }
        }
        Ok(keys)
    }

    /// Writes a value; where that fails nothing is left of it.
    pub(super) fn write(&self, number: u64, key: &[u8], value: &[u8]) -> io::Result<BigValue> {
        let too_large = |_| io::Error::from(io::ErrorKind::InvalidInput);
        let length = u16::try_from(key.len()).map_err(too_large)?;
        let content = [&length.to_le_bytes(), key, value].concat();
        let bytes = u32::try_from(content.len()).map_err(too_large)?;
        fs::write(self.path(number), &content).inspect_err(|_| self.remove(number))?;
        Ok(BigValue {
            number,
            bytes,
            checksum: crc32c::crc32c(&content),
        })
    }

    /// The value that was written; `None` where its file does not verify.
    pub(super) fn read(&self, key: &[u8], big: &BigValue) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.path(big.number)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let most = u64::from(big.bytes).saturating_add(1);
        let mut content = Vec::new();
        file.take(most).read_to_end(&mut content)?;
        let whole = u32::try_from(content.len()) == Ok(big.bytes)
            && crc32c::crc32c(&content) == big.checksum;
        let start = key.len().saturating_add(2);
        let own = content.get(2..start) == Some(key);
        Ok((whole && own).then(|| content.split_off(start)))
    }

    /// Removes a file that nothing refers to. One that stays is found when the
    /// map is opened.
    pub(super) fn remove(&self, number: u64) {
        if let Err(error) = fs::remove_file(self.path(number)) {
            tracing::debug!(%error, number, "a file of the view stays for now");
        }
    }
}

fn read_key(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(path)?;
    let mut length = [0; 2];
    let mut key = Vec::new();
    let mut read = || {
        file.read_exact(&mut length)?;
        key.resize(usize::from(u16::from_le_bytes(length)), 0);
        file.read_exact(&mut key)
    };
    match read() {
        Ok(()) => Ok(Some(key)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}
