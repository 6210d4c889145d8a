//! The format stamp, `DIR/FORMAT`: which versions may read a store, and which
//! may write it. Written before everything else and checked before anything
//! else is opened.
//!
//! It is text, for people too:
//!
//! ```text
//! terrace-store
//! min_reader 1
//! min_writer 1
//! checksum 01234567
//! ```
//!
//! A format is a number that grows when the bytes of a store change. Lines
//! that a later version adds stand before the checksum, which covers all
//! lines above it; who does not know them reads over them.

use std::{io, path::Path};

use thiserror::Error;

use crate::disk::Disk;

/// The name of the stamp in the store's folder.
pub const FILE_NAME: &str = "FORMAT";
/// Longest stamp, bytes.
pub const MAX_BYTES: u64 = 4096;
/// The format that this version reads and writes.
pub const FORMAT: u32 = 1;

const NEXT: &str = "FORMAT.tmp";
const TITLE: &str = "terrace-store";

/// Which versions may open a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    min_reader: u32,
    min_writer: u32,
}

/// What this version may do with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read it and write it.
    Full,
    /// Read it and change nothing.
    ReadOnly,
}

/// A stamp that does not let this version in.
#[derive(Debug, Error)]
pub enum StampError {
    /// Refusal: the store is from the future. Nothing was touched.
    #[error(
        "this store has format {min_reader}, and this version reads up to format {FORMAT}: \
         use a newer version"
    )]
    Future {
        /// The format a reader must know.
        min_reader: u32,
    },
    /// Refusal: there is a stamp already where one was to be written.
    #[error("there is a store already")]
    AlreadyThere,
    /// Refusal: a writer reads, so it cannot know less than a reader.
    #[error("a stamp cannot ask less of a writer than of a reader")]
    Order,
    /// Fault: the stamp is not what was written.
    #[error("the format stamp is damaged")]
    Damaged,
    /// Fault: the disk failed.
    #[error("could not {what} the format stamp")]
    Disk {
        /// What was being done.
        what: &'static str,
        /// What the disk said.
        source: io::Error,
    },
}

impl Stamp {
    /// The stamp of stores that this version makes.
    pub const CURRENT: Self = Self {
        min_reader: FORMAT,
        min_writer: FORMAT,
    };

    /// A stamp that lets in readers and writers of these formats and later.
    ///
    /// # Errors
    /// [`StampError::Order`].
    pub fn new(min_reader: u32, min_writer: u32) -> Result<Self, StampError> {
        if min_reader <= min_writer {
            Ok(Self {
                min_reader,
                min_writer,
            })
        } else {
            Err(StampError::Order)
        }
    }

    /// The stamp of the store in a folder; `None` where there is none. A stamp
    /// that was begun and not finished is none.
    ///
    /// # Errors
    /// [`StampError::Damaged`] and [`StampError::Disk`].
    pub fn read(disk: &dyn Disk, dir: &Path) -> Result<Option<Self>, StampError> {
        let fault = |source| StampError::Disk {
            what: "read",
            source,
        };
        let file = match disk.open(&dir.join(FILE_NAME)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(fault)?,
        };
        let bytes = file.bytes().map_err(fault)?;
        if bytes > MAX_BYTES {
            return Err(StampError::Damaged);
        }
        let mut text = vec![0; usize::try_from(bytes).map_err(|_| StampError::Damaged)?];
        file.read_at(0, &mut text).map_err(fault)?;
        let text = std::str::from_utf8(&text).map_err(|_| StampError::Damaged)?;
        Self::parse(text).map(Some).ok_or(StampError::Damaged)
    }

    /// What this version may do with the store.
    ///
    /// # Errors
    /// [`StampError::Future`] where it may not even read it.
    pub fn check(&self) -> Result<Access, StampError> {
        match (self.min_reader <= FORMAT, self.min_writer <= FORMAT) {
            (true, true) => Ok(Access::Full),
            (true, false) => Ok(Access::ReadOnly),
            (false, _) => Err(StampError::Future {
                min_reader: self.min_reader,
            }),
        }
    }

    /// Stamps a folder that has no stamp; on return it lasts.
    ///
    /// # Errors
    /// [`StampError::AlreadyThere`] and [`StampError::Disk`].
    pub fn create(&self, disk: &dyn Disk, dir: &Path) -> Result<(), StampError> {
        match Self::read(disk, dir) {
            Ok(None) => self.write(disk, dir),
            Ok(Some(_)) | Err(StampError::Damaged) => Err(StampError::AlreadyThere),
            Err(other) => Err(other),
        }
    }

    /// Puts this stamp in place of the one there; whenever the power fails the
    /// folder has the one or the other.
    ///
    /// # Errors
    /// [`StampError::Disk`]; then either may be there.
    pub fn write(&self, disk: &dyn Disk, dir: &Path) -> Result<(), StampError> {
        let next = dir.join(NEXT);
        let write = || {
            match disk.remove(&next) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let file = disk.create(&next)?;
            file.append(self.to_string().as_bytes())?;
            file.sync_data()?;
            disk.rename(&next, &dir.join(FILE_NAME))?;
            disk.sync_dir(dir)
        };
        write().map_err(|source| StampError::Disk {
            what: "write",
            source,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (above, last) = text.strip_suffix('\n')?.rsplit_once('\n')?;
        let checksum = last.strip_prefix("checksum ")?;
        if checksum != checksum_of(above) {
            return None;
        }
        let mut lines = above.lines();
        if lines.next()? != TITLE {
            return None;
        }
        let (mut min_reader, mut min_writer) = (None, None);
        for line in lines {
            let (name, value) = line.split_once(' ')?;
            match name {
                "min_reader" => min_reader = Some(value.parse().ok()?),
                "min_writer" => min_writer = Some(value.parse().ok()?),
                _ => {}
            }
        }
        Self::new(min_reader?, min_writer?).ok()
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            min_reader,
            min_writer,
        } = self;
        let above = format!("{TITLE}\nmin_reader {min_reader}\nmin_writer {min_writer}");
        writeln!(f, "{above}\nchecksum {}", checksum_of(&above))
    }
}

/// Of the lines above the checksum, without the end of the last of them.
fn checksum_of(above: &str) -> String {
    format!("{:08x}", crc32c::crc32c(above.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::SimDisk;

    fn dir() -> &'static Path {
        Path::new("/")
    }

    fn with_text(text: &str) -> SimDisk {
        let disk = SimDisk::new(0);
        disk.create(&dir().join(FILE_NAME))
            .unwrap()
            .append(text.as_bytes())
            .unwrap();
        disk
    }

    fn sealed(above: &str) -> String {
        format!("{above}\nchecksum {}\n", checksum_of(above))
    }

    #[test]
    fn a_stamp_lasts_once_it_is_written() {
        for seed in 0..20 {
            let disk = SimDisk::new(0);
            assert_eq!(Stamp::read(&disk, dir()).unwrap(), None);
            Stamp::CURRENT.create(&disk, dir()).unwrap();
            disk.power_cut(seed);
            let stamp = Stamp::read(&disk, dir()).unwrap().unwrap();
            assert_eq!(stamp, Stamp::CURRENT);
            assert_eq!(stamp.check().unwrap(), Access::Full);
        }
    }

    #[test]
    fn a_folder_has_the_old_stamp_or_the_new_one_wherever_the_power_fails() {
        let new = Stamp::new(1, 2).unwrap();
        let mut seen = [0, 0];
        for nth in 1..8 {
            for seed in 0..30 {
                let disk = SimDisk::new(0);
                Stamp::CURRENT.create(&disk, dir()).unwrap();
                disk.cut_at(nth);
                let written = new.write(&disk, dir()).is_ok();
                disk.power_cut(seed);
                let found = Stamp::read(&disk, dir()).unwrap().unwrap();
                assert!(found == new || (found == Stamp::CURRENT && !written));
                seen[usize::from(found == new)] += 1;
                new.write(&disk, dir()).unwrap();
            }
        }
        assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
    }

    #[test]
    fn a_store_from_the_future_is_refused_untouched() {
        let disk = with_text(&sealed("terrace-store\nmin_reader 2\nmin_writer 3"));
        let syncs = disk.syncs();
        let stamp = Stamp::read(&disk, dir()).unwrap().unwrap();
        assert!(matches!(
            stamp.check(),
            Err(StampError::Future { min_reader: 2 })
        ));
        assert!(matches!(
            Stamp::CURRENT.create(&disk, dir()),
            Err(StampError::AlreadyThere)
        ));
        assert_eq!(Stamp::read(&disk, dir()).unwrap(), Some(stamp));
        assert_eq!((disk.syncs(), disk.list(dir()).unwrap().len()), (syncs, 1));
    }

    #[test]
    fn a_store_that_only_newer_versions_may_write_may_be_read() {
        let above = "terrace-store\nmin_writer 2\nadded later\nmin_reader 1";
        let stamp = Stamp::read(&with_text(&sealed(above)), dir())
            .unwrap()
            .unwrap();
        assert_eq!(stamp.check().unwrap(), Access::ReadOnly);
    }

    #[test]
    fn a_damaged_stamp_is_never_taken_for_none_nor_replaced() {
        let whole = Stamp::CURRENT.to_string();
        let mut damaged = vec![
            String::new(),
            whole.trim_end().to_owned(),
            whole.replace("min_writer 1", "min_writer 2"),
            sealed("terrace-store\nmin_reader 1"),
            sealed("terrace-store\nmin_reader 2\nmin_writer 1"),
            sealed("terrace-store\nmin_reader x\nmin_writer 1"),
            sealed("other-store\nmin_reader 1\nmin_writer 1"),
            " ".repeat(4097),
        ];
        damaged.extend((0..whole.len()).map(|end| whole[..end].to_owned()));
        for text in damaged {
            let disk = with_text(&text);
            assert!(
                matches!(Stamp::read(&disk, dir()), Err(StampError::Damaged)),
                "{text:?}"
            );
            let made = Stamp::CURRENT.create(&disk, dir());
            assert!(matches!(made, Err(StampError::AlreadyThere)));
        }
    }

    #[test]
    fn a_stamp_at_the_limit_is_read_and_one_byte_more_is_not() {
        let above = "terrace-store\nmin_reader 1\nmin_writer 1\nnote ";
        let room = usize::try_from(MAX_BYTES).unwrap() - sealed(above).len();
        let at = |length| with_text(&sealed(&format!("{above}{}", "x".repeat(length))));
        assert_eq!(Stamp::read(&at(room), dir()).unwrap(), Some(Stamp::CURRENT));
        assert!(matches!(
            Stamp::read(&at(room + 1), dir()),
            Err(StampError::Damaged)
        ));
    }

    #[test]
    fn the_text_is_what_it_was() {
        assert_eq!(
            Stamp::CURRENT.to_string(),
            "terrace-store\nmin_reader 1\nmin_writer 1\nchecksum 958647ce\n"
        );
    }
}
