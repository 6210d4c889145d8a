//! The disk of the machine.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::Path,
    sync::Arc,
};

use rustix::{
    fs::{FallocateFlags, fallocate},
    io::Errno,
};

use super::{Disk, DiskFile, Entry};

/// Zeros are written this many bytes at a time.
static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

/// The disk of the machine, through its file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        match fs::create_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
            other => other,
        }
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let about = entry.metadata()?;
            let is_dir = about.is_dir();
            let bytes = if is_dir { 0 } else { about.len() };
            entries.push(Entry {
                name: entry.file_name(),
                bytes,
                is_dir,
            });
        }
        entries.sort();
        Ok(entries)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if from.parent() != to.parent() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        fs::rename(from, to)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // What is above a path of one name, such as `p`, is written as nothing.
        let here = dir.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { dir })?.sync_all()
    }
}

#[derive(Debug)]
struct RealFile(File);

impl DiskFile for RealFile {
    fn bytes(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn preallocate(&self, bytes: u64) -> io::Result<()> {
        match fallocate(&self.0, FallocateFlags::empty(), 0, bytes) {
            // Some file systems cannot reserve room: the zeros below take it.
            Ok(()) | Err(Errno::OPNOTSUPP | Errno::NOSYS) => {}
            Err(error) => return Err(error.into()),
        }
        // Reserved extents count as unwritten until they are written once, and
        // each first write would put its own change of extents into the sync.
        let mut at = 0;
        while at < bytes {
            let left = bytes.saturating_sub(at);
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(ZEROS.len());
            let zeros = ZEROS.get(..count).unwrap_or(&ZEROS);
            self.0.write_all_at(zeros, at)?;
            at = at.saturating_add(zeros.len() as u64);
        }
        Ok(())
    }

    fn write_at(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write_all_at(data, offset)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(into, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preallocated_file_has_its_length_and_reads_as_zeros() {
        let dir = tempfile::tempdir().unwrap();
        let file = RealDisk.create(&dir.path().join("f")).unwrap();
        file.preallocate(200_000).unwrap();
        assert_eq!(file.bytes().unwrap(), 200_000);
        let mut all = vec![1; 200_000];
        file.read_at(0, &mut all).unwrap();
        assert!(all.iter().all(|b| *b == 0));
        let beyond = file.read_at(199_999, &mut [0; 2]).unwrap_err();
        assert_eq!(beyond.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn the_folder_above_a_bare_name_is_the_one_it_is_in() {
        RealDisk.sync_dir(Path::new("p").parent().unwrap()).unwrap();
    }

    #[test]
    fn names_are_listed_sorted_and_renamed_only_within_their_folder() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        RealDisk.create_dir(&at("d")).unwrap();
        RealDisk.create_dir(&at("d")).unwrap();
        RealDisk.create(&at("b")).unwrap().append(b"four").unwrap();
        RealDisk.create(&at("a")).unwrap();
        assert_eq!(
            RealDisk.create(&at("a")).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        RealDisk.rename(&at("b"), &at("c")).unwrap();
        let moved = RealDisk.rename(&at("c"), &at("d/c")).unwrap_err();
        assert_eq!(moved.kind(), io::ErrorKind::InvalidInput);
        RealDisk.sync_dir(dir.path()).unwrap();
        let listed: Vec<_> = RealDisk.list(dir.path()).unwrap();
        let names: Vec<_> = listed
            .iter()
            .map(|e| (e.name.to_str().unwrap(), e.bytes))
            .collect();
        assert_eq!(names, [("a", 0), ("c", 4), ("d", 0)]);
        assert!(listed[2].is_dir);
        RealDisk.remove(&at("a")).unwrap();
        assert_eq!(
            RealDisk.open(&at("a")).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
