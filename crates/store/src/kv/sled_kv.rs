//! A map on sled 0.34.7, within the bounds that it is safe in: one tree, small
//! values, at most a thousand changes at a time, opened and used where a panic
//! is caught, and no value believed before its checksum.

use std::{
    any::Any,
    collections::BTreeMap,
    fs::{File, TryLockError},
    io,
    ops::Bound,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    ATOMIC_CHANGES, Kv, KvBatch, KvChange, KvError, KvLimit, KvPairs, KvRead,
    big::{BigFiles, MAX_SMALL_BYTES},
    is_empty_range,
    stored::{BigValue, Stored},
    take_pairs,
};

/// The folder of large values, in the map's own.
const BIG: &str = "big";

/// How long a map that was closed may take to be let go of.
const CLOSE_DEADLINE: Duration = Duration::from_secs(5);

/// What a map on sled may use.
#[derive(Clone, Copy, Debug)]
pub struct SledOptions {
    cache_bytes: u64,
}

impl SledOptions {
    /// The smallest cache, for the many small offices of one process.
    pub const TINY: Self = Self {
        cache_bytes: Self::MIN_CACHE_BYTES,
    };
    /// Smallest cache, bytes.
    pub const MIN_CACHE_BYTES: u64 = 1 << 20;
    /// Largest cache, bytes.
    pub const MAX_CACHE_BYTES: u64 = 16 << 30;

    /// A cache of so many bytes.
    ///
    /// # Errors
    /// [`KvError::Options`] out of bounds.
    pub fn new(cache_bytes: u64) -> Result<Self, KvError> {
        let (min, max) = (Self::MIN_CACHE_BYTES, Self::MAX_CACHE_BYTES);
        if (min..=max).contains(&cache_bytes) {
            Ok(Self { cache_bytes })
        } else {
            Err(KvError::Options { min, max })
        }
    }
}

/// A map on sled. It closes, and hands to the disk what it held back, when it
/// and all its readers are gone.
#[derive(Debug)]
pub struct SledKv {
    shared: Arc<Shared>,
    next_file: u64,
    files: usize,
}

#[derive(Debug)]
struct Shared {
    /// There until this is dropped.
    db: Option<sled::Db>,
    big: BigFiles,
    bad: AtomicBool,
    /// Held for reading over one read, for writing over one step of a batch.
    step: RwLock<()>,
}

impl SledKv {
    /// Opens the map in a folder, or makes one.
    ///
    /// # Errors
    /// [`KvError::Engine`], [`KvError::Panicked`], [`KvError::Damaged`] or
    /// [`KvError::Disk`]: throw it away, make another, fill it again. A disk
    /// without room must be freed first.
    pub fn open(folder: &Path, options: SledOptions) -> Result<Self, KvError> {
        let config = sled::Config::new()
            .path(folder)
            .cache_capacity(options.cache_bytes)
            .flush_every_ms(None);
        let db = open_db(folder, &config)?;
        let big = BigFiles::open(&folder.join(BIG)).map_err(KvError::disk("make its folder"))?;
        let (bad, step) = (AtomicBool::new(false), RwLock::new(()));
        let shared = Arc::new(Shared {
            db: Some(db),
            big,
            bad,
            step,
        });
        let mut map = Self {
            shared,
            next_file: 0,
            files: 0,
        };
        map.sweep()?;
        Ok(map)
    }

    /// Removes the files of large values that nothing refers to: their batch
    /// was not finished, or not the removal after it.
    fn sweep(&mut self) -> Result<(), KvError> {
        let keys = self
            .shared
            .big
            .keys()
            .map_err(KvError::disk("list its large values"))?;
        for (number, key) in keys {
            let referred = match key {
                Some(key) => self.shared.big_value(&key)?,
                None => None,
            };
            if referred.is_some_and(|big| big.number == number) {
                self.files = self.files.saturating_add(1);
            } else {
                self.shared.big.remove(number);
            }
            self.next_file = self.next_file.max(number.saturating_add(1));
        }
        Ok(())
    }

    /// Applies at most [`ATOMIC_CHANGES`] changes as one.
    fn apply_step(&mut self, changes: &[KvChange]) -> Result<(), KvError> {
        let mut step = BTreeMap::new();
        for change in changes {
            match change {
                KvChange::Put { key, value } => step.insert(key, Some(value)),
                KvChange::Delete { key } => step.insert(key, None),
            };
        }
        let mut written = Vec::new();
        let applied = self.write_step(&step, &mut written);
        let done = match &applied {
            Ok(replaced) => replaced,
            Err(_) => &written,
        };
        for number in done {
            self.shared.big.remove(*number);
        }
        let replaced = applied?.len();
        self.files = self
            .files
            .saturating_add(written.len())
            .saturating_sub(replaced);
        Ok(())
    }

    /// Writes large values, then all keys at once. Names the files written, and
    /// returns those that nothing refers to any more.
    fn write_step(
        &mut self,
        step: &BTreeMap<&Vec<u8>, Option<&Vec<u8>>>,
        written: &mut Vec<u64>,
    ) -> Result<Vec<u64>, KvError> {
        let mut batch = sled::Batch::default();
        let mut replaced = Vec::new();
        for (key, value) in step {
            if self.files > 0 {
                replaced.extend(self.shared.big_value(key)?.map(|big| big.number));
            }
            match value {
                None => batch.remove(key.as_slice()),
                Some(value) if value.len() <= MAX_SMALL_BYTES => {
                    batch.insert(key.as_slice(), Stored::Here(value).encode(key));
                }
                Some(value) => {
                    let number = self.next_file;
                    self.next_file = number.saturating_add(1);
                    let big = self.shared.big.write(number, key, value);
                    let big = big.map_err(KvError::disk("write a large value"))?;
                    written.push(number);
                    batch.insert(key.as_slice(), Stored::InFile(big).encode(key));
                }
            }
        }
        // Readers that found the old files are done with them after this.
        let _step = self
            .shared
            .step
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        self.shared.run(|db| db.apply_batch(batch))?;
        Ok(replaced)
    }
}

impl Shared {
    /// Runs something on sled. Whatever goes wrong makes the map bad.
    fn run<T>(&self, act: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, KvError> {
        let db = match &self.db {
            Some(db) if !self.bad.load(Ordering::Acquire) => db,
            Some(_) | None => return Err(KvError::Bad),
        };
        self.or_bad(caught(|| act(db)))
    }

    fn or_bad<T>(&self, done: Result<T, KvError>) -> Result<T, KvError> {
        done.inspect_err(|_| self.bad.store(true, Ordering::Release))
    }

    fn reading(&self) -> RwLockReadGuard<'_, ()> {
        self.step.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the value of a key is, if it has a file.
    fn big_value(&self, key: &[u8]) -> Result<Option<BigValue>, KvError> {
        let Some(stored) = self.run(|db| db.get(key))? else {
            return Ok(None);
        };
        match self.decode(key, &stored)? {
            Stored::Here(_) => Ok(None),
            Stored::InFile(big) => Ok(Some(big)),
        }
    }

    fn decode<'a>(&self, key: &[u8], stored: &'a [u8]) -> Result<Stored<'a>, KvError> {
        let decoded = Stored::decode(key, stored);
        self.or_bad(decoded.ok_or_else(|| KvError::Damaged { key: key.to_vec() }))
    }

    /// The value that stands for stored bytes, checked.
    fn value(&self, key: &[u8], stored: &[u8]) -> Result<Vec<u8>, KvError> {
        match self.decode(key, stored)? {
            Stored::Here(value) => Ok(value.to_vec()),
            Stored::InFile(big) => {
                let read = self.big.read(key, &big);
                let read = read.map_err(KvError::disk("read a large value"))?;
                self.or_bad(read.ok_or_else(|| KvError::Damaged { key: key.to_vec() }))
            }
        }
    }
}

impl KvRead for Shared {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        let _step = self.reading();
        let stored = self.run(|db| db.get(key))?;
        stored.map(|stored| self.value(key, &stored)).transpose()
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: KvLimit,
    ) -> Result<KvPairs, KvError> {
        if is_empty_range(from, to) {
            return Ok(KvPairs::default());
        }
        let _step = self.reading();
        let mut found = self.run(|db| Ok(db.range::<&[u8], _>((from, to))))?;
        let next = || match self.run(|_| found.next().transpose()) {
            Ok(None) => None,
            Ok(Some((key, stored))) => {
                Some(self.value(&key, &stored).map(|value| (key.to_vec(), value)))
            }
            Err(error) => Some(Err(error)),
        };
        take_pairs(std::iter::from_fn(next), limit)
    }
}

impl KvRead for SledKv {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.shared.get(key)
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        limit: KvLimit,
    ) -> Result<KvPairs, KvError> {
        self.shared.range(from, to, limit)
    }
}

impl Kv for SledKv {
    fn apply(&mut self, batch: &KvBatch) -> Result<(), KvError> {
        batch
            .changes()
            .chunks(ATOMIC_CHANGES)
            .try_for_each(|changes| self.apply_step(changes))
    }

    fn flush(&mut self) -> Result<(), KvError> {
        self.shared.run(|db| db.flush()).map(|_| ())
    }

    fn reader(&self) -> Arc<dyn KvRead> {
        Arc::clone(&self.shared) as Arc<dyn KvRead>
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // sled syncs when it closes and panics where that fails; the map is
        // no truth, so that is not worth more than a word.
        let db = self.db.take();
        if let Err(error) = caught(|| {
            drop(db);
            Ok(())
        }) {
            tracing::warn!(%error, "the view did not close");
        }
    }
}

/// Opens sled, and again where something else holds its file for a moment: a
/// process that this one is just starting has all files of it open until it
/// runs its own program.
fn open_db(folder: &Path, config: &sled::Config) -> Result<sled::Db, KvError> {
    let begun = Instant::now();
    loop {
        wait_until_closed(folder).map_err(KvError::disk("look at its lock"))?;
        match caught(|| config.open()) {
            Err(error) if is_locked(&error) && begun.elapsed() < CLOSE_DEADLINE => {
                thread::park_timeout(Duration::from_millis(1));
            }
            other => return other,
        }
    }
}

/// Whether sled complains about its lock; it says so in words only.
fn is_locked(error: &KvError) -> bool {
    let KvError::Engine { source } = error else {
        return false;
    };
    source.to_string().contains("could not acquire lock")
}

/// Waits until sled has let go of a map that this process closed before: its
/// threads may still hold the file for a moment, and opening would fail. What
/// does not end within [`CLOSE_DEADLINE`] is left to sled to complain about.
pub(crate) fn wait_until_closed(folder: &Path) -> io::Result<()> {
    let file = match File::open(folder.join("db")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let begun = Instant::now();
    while begun.elapsed() < CLOSE_DEADLINE {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => thread::park_timeout(Duration::from_millis(1)),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(())
}

/// Runs something on sled, where a panic is an error. What it panicked over is
/// not used again.
fn caught<T>(act: impl FnOnce() -> sled::Result<T>) -> Result<T, KvError> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(source)) => Err(KvError::Engine {
            source: Box::new(source),
        }),
        Err(panic) => Err(KvError::Panicked {
            what: words_of(panic.as_ref()),
        }),
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    said.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
