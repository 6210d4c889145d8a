use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What a folder holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kept(BTreeMap<PathBuf, (u32, Vec<u8>)>);

impl Kept {
    /// Every file below a folder, with its permissions.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let about = fs::symlink_metadata(&path).unwrap();
                if about.is_dir() {
                    waiting.push(path);
                } else if about.is_file() {
                    let mode = about.permissions().mode();
                    files.insert(path.clone(), (mode, fs::read(path).unwrap()));
                }
            }
        }
        Self(files)
    }

    /// The files that hold these bytes anywhere.
    pub(crate) fn files_with(&self, bytes: &[u8]) -> Vec<&Path> {
        let with = self.0.iter().filter(|(_, (_, held))| finds(held, bytes));
        with.map(|(path, _)| path.as_path()).collect()
    }
}

/// Whether bytes are somewhere in others.
pub(crate) fn finds(held: &[u8], bytes: &[u8]) -> bool {
    assert!(bytes.len() >= 6, "so few bytes are everywhere by chance");
    held.windows(bytes.len()).any(|part| part == bytes)
}
