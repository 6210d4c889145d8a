//! One process owns a store: a lock on `DIR/lock` that the system takes away
//! when the process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::Path,
};

use thiserror::Error;

/// The name of the lock in the store's folder.
pub const FILE_NAME: &str = "lock";

/// A pid is at most this long, bytes.
const MAX_PID_BYTES: u64 = 20;

/// A store that is not to be had.
#[derive(Debug, Error)]
pub enum LockError {
    /// Refusal: another process owns it, or another part of this one.
    #[error("this store is in use{}", by(*.pid))]
    Held {
        /// The process that owns it, as it said itself.
        pid: Option<u32>,
    },
    /// Fault: the disk failed.
    #[error("could not lock the store")]
    Disk(#[from] io::Error),
}

fn by(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" by process {pid}"))
}

/// Owns a store until it is dropped or the process ends.
#[derive(Debug)]
pub struct StoreLock(#[expect(dead_code, reason = "held open: closing it gives the lock up")] File);

impl StoreLock {
    /// Takes the lock of a store's folder, at once or not at all. The file
    /// stays when the lock is given up; what is written in it is for people.
    ///
    /// # Errors
    /// [`LockError::Held`] and faults of the disk.
    pub fn take(dir: &Path) -> Result<Self, LockError> {
        let path = dir.join(FILE_NAME);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held { pid: holder(&file) }),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self(file))
    }
}

/// The pid in the file. It may be just being written, or anything.
fn holder(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(MAX_PID_BYTES).read_to_string(&mut text).ok()?;
    text.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };

    use super::*;

    #[test]
    fn a_store_has_one_owner_and_the_next_when_that_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let lock = StoreLock::take(dir.path()).unwrap();
        let refused = StoreLock::take(dir.path()).unwrap_err();
        let pid = std::process::id();
        assert!(matches!(refused, LockError::Held { pid: Some(holder) } if holder == pid));
        assert_eq!(
            refused.to_string(),
            format!("this store is in use by process {pid}")
        );
        drop(lock);
        StoreLock::take(dir.path()).unwrap();
    }

    #[test]
    fn what_the_file_says_decides_nothing() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join(FILE_NAME),
            "a long text that is no pid at all",
        )
        .unwrap();
        let lock = StoreLock::take(dir.path()).unwrap();
        std::fs::write(dir.path().join(FILE_NAME), "no pid").unwrap();
        let refused = StoreLock::take(dir.path()).unwrap_err();
        assert_eq!(refused.to_string(), "this store is in use");
        drop(lock);
    }

    /// Holds the lock of the folder it is told, when it is told one, until it
    /// is killed.
    #[test]
    fn holds_the_lock_for_another_test() {
        let Ok(dir) = std::env::var("TERRACE_TEST_HOLD_LOCK") else {
            return;
        };
        let _lock = StoreLock::take(Path::new(&dir)).unwrap();
        println!("\nholding");
        std::io::stdin().read_line(&mut String::new()).unwrap();
    }

    #[test]
    fn the_lock_ends_with_a_process_that_is_killed() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "lock::tests::holds_the_lock_for_another_test",
                "--nocapture",
            ])
            .env("TERRACE_TEST_HOLD_LOCK", dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap() == "holding"));
        let refused = StoreLock::take(dir.path()).unwrap_err();
        assert!(matches!(refused, LockError::Held { pid } if pid == Some(child.id())));
        child.kill().unwrap();
        child.wait().unwrap();
        StoreLock::take(dir.path()).unwrap();
    }
}
