//! The bytes of a snapshot: keys and values of the view in their order, in
//! blocks. Integers are little-endian.
//!
//! ```text
//! header  "TERRSNAP", format u32, checksum u32 (of the other 44 bytes),
//!         mark (28 bytes), zeros (4)
//! block   bytes u32, checksum u32, pairs: key bytes u16, value bytes u32,
//!         key, value
//! end     0 u32, checksum u32, pairs in all u64
//! ```
//!
//! A checksum covers the one before it, the bytes of its block and their
//! number, so that no block can be missing, twice or out of order.

use std::{io, path::Path, sync::Arc, vec};

use super::super::merge::Pair;
use crate::{
    StoreError,
    disk::{Disk, DiskFile},
    kv,
    log::LogMark,
};

const MAGIC: [u8; 8] = *b"TERRSNAP";
const FORMAT: u32 = 1;
const HEADER_BYTES: usize = 48;
const HEAD_BYTES: usize = 8;
const COUNT_BYTES: usize = 8;
/// A block ends when it has so many bytes.
const BLOCK_BYTES: usize = 128 << 10;
/// No block has more.
const MAX_BLOCK_BYTES: usize = BLOCK_BYTES + kv::MAX_KEY_BYTES + kv::MAX_VALUE_BYTES + 6;

/// What a whole snapshot is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    pairs: u64,
    checksum: u32,
}

/// Writes a snapshot.
#[derive(Debug)]
pub(super) struct Writer {
    file: Arc<dyn DiskFile>,
    at: u64,
    block: Vec<u8>,
    summary: Summary,
}

impl Writer {
    pub(super) fn create(disk: &dyn Disk, path: &Path, mark: LogMark) -> io::Result<Self> {
        let file = disk.create(path)?;
        let mut header = [0; HEADER_BYTES];
        header[..8].copy_from_slice(&MAGIC);
        header[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        header[16..16 + LogMark::BYTES].copy_from_slice(&mark.to_bytes());
        let checksum = header_checksum(&header);
        header[12..16].copy_from_slice(&checksum.to_le_bytes());
        file.write_at(0, &header)?;
        Ok(Self {
            file,
            at: HEADER_BYTES as u64,
            block: Vec::new(),
            summary: Summary { pairs: 0, checksum },
        })
    }

    /// Adds a pair; its key comes after all before.
    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let too_large = |_| io::Error::from(io::ErrorKind::InvalidInput);
        let key_bytes = u16::try_from(key.len()).map_err(too_large)?;
        let value_bytes = u32::try_from(value.len()).map_err(too_large)?;
        self.block.extend_from_slice(&key_bytes.to_le_bytes());
        self.block.extend_from_slice(&value_bytes.to_le_bytes());
        self.block.extend_from_slice(key);
        self.block.extend_from_slice(value);
        self.summary.pairs = self.summary.pairs.saturating_add(1);
        if self.block.len() >= BLOCK_BYTES {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> io::Result<()> {
        let too_large = |_| io::Error::from(io::ErrorKind::InvalidInput);
        let length = u32::try_from(self.block.len()).map_err(too_large)?;
        let block = std::mem::take(&mut self.block);
        self.write(length, &block)
    }

    fn write(&mut self, length: u32, payload: &[u8]) -> io::Result<()> {
        let checksum = block_checksum(self.summary.checksum, length, payload);
        self.summary.checksum = checksum;
        let head = [length.to_le_bytes(), checksum.to_le_bytes()].concat();
        self.file.write_at(self.at, &[&head, payload].concat())?;
        let written = HEAD_BYTES.saturating_add(payload.len());
        self.at = self.at.saturating_add(written as u64);
        Ok(())
    }

    /// Writes the end and makes all of it last.
    pub(super) fn finish(mut self) -> io::Result<Summary> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        self.write(0, &self.summary.pairs.to_le_bytes())?;
        self.file.sync_data()?;
        Ok(self.summary)
    }
}

/// Reads the pairs of a snapshot, each checked before it is given. Ends after
/// an error.
#[derive(Debug)]
pub(super) struct Reader {
    file: Arc<dyn DiskFile>,
    bytes: u64,
    at: u64,
    mark: LogMark,
    summary: Summary,
    block: vec::IntoIter<Pair>,
    last: Vec<u8>,
    over: bool,
}

impl Reader {
    pub(super) fn open(disk: &dyn Disk, path: &Path) -> Result<Self, StoreError> {
        let file = disk
            .open(path)
            .map_err(StoreError::disk("open a snapshot"))?;
        let bytes = file.bytes().map_err(StoreError::disk("read a snapshot"))?;
        let mut header = [0; HEADER_BYTES];
        read(file.as_ref(), 0, &mut header)?;
        let checksum = u32_at(&header, 12);
        let right = header[..8] == MAGIC
            && u32_at(&header, 8) == FORMAT
            && checksum == header_checksum(&header);
        let mark = LogMark::from_bytes(&header[16..16 + LogMark::BYTES]);
        let mark = mark.filter(|_| right).ok_or(StoreError::Snapshot)?;
        Ok(Self {
            file,
            bytes,
            at: HEADER_BYTES as u64,
            mark,
            summary: Summary { pairs: 0, checksum },
            block: Vec::new().into_iter(),
            last: Vec::new(),
            over: false,
        })
    }

    /// The log up to here is in it.
    pub(super) const fn mark(&self) -> LogMark {
        self.mark
    }

    /// Reads all that is left.
    pub(super) fn check(mut self) -> Result<Summary, StoreError> {
        self.by_ref().try_for_each(|pair| pair.map(|_| ()))?;
        Ok(self.summary)
    }

    /// Reads a block; false at the end.
    fn fill(&mut self) -> Result<bool, StoreError> {
        let mut head = [0; HEAD_BYTES];
        read(self.file.as_ref(), self.at, &mut head)?;
        let (length, checksum) = (u32_at(&head, 0), u32_at(&head, 4));
        let bytes = match usize::try_from(length) {
            Ok(0) => COUNT_BYTES,
            Ok(bytes) if bytes <= MAX_BLOCK_BYTES => bytes,
            Ok(_) | Err(_) => return Err(StoreError::Snapshot),
        };
        let start = self.at.saturating_add(HEAD_BYTES as u64);
        let end = start.saturating_add(bytes as u64);
        if end > self.bytes {
            return Err(StoreError::Snapshot);
        }
        let mut payload = vec![0; bytes];
        read(self.file.as_ref(), start, &mut payload)?;
        if checksum != block_checksum(self.summary.checksum, length, &payload) {
            return Err(StoreError::Snapshot);
        }
        self.summary.checksum = checksum;
        self.at = end;
        if length > 0 {
            let pairs = pairs_of(&payload).ok_or(StoreError::Snapshot)?;
            self.block = pairs.into_iter();
            return Ok(true);
        }
        let count = self.summary.pairs.to_le_bytes();
        if payload == count && end == self.bytes {
            Ok(false)
        } else {
            Err(StoreError::Snapshot)
        }
    }

    fn step(&mut self) -> Result<Option<Pair>, StoreError> {
        while self.block.as_slice().is_empty() {
            if !self.fill()? {
                return Ok(None);
            }
        }
        let pair = self.block.next();
        if let Some((key, _)) = &pair {
            if *key <= self.last {
                return Err(StoreError::Snapshot);
            }
            self.last.clone_from(key);
            self.summary.pairs = self.summary.pairs.saturating_add(1);
        }
        Ok(pair)
    }
}

impl Iterator for Reader {
    type Item = Result<Pair, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let step = self.step();
        self.over = !matches!(step, Ok(Some(_)));
        step.transpose()
    }
}

fn read(file: &dyn DiskFile, at: u64, into: &mut [u8]) -> Result<(), StoreError> {
    file.read_at(at, into).map_err(|source| {
        if source.kind() == io::ErrorKind::UnexpectedEof {
            StoreError::Snapshot
        } else {
            StoreError::disk("read a snapshot")(source)
        }
    })
}

fn pairs_of(mut block: &[u8]) -> Option<Vec<Pair>> {
    let mut pairs = Vec::new();
    while !block.is_empty() {
        let (key_bytes, rest) = block.split_first_chunk()?;
        let (value_bytes, rest) = rest.split_first_chunk()?;
        let value_bytes = usize::try_from(u32::from_le_bytes(*value_bytes)).ok()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*key_bytes)))?;
        let (value, rest) = rest.split_at_checked(value_bytes)?;
        pairs.push((key.to_vec(), value.to_vec()));
        block = rest;
    }
    Some(pairs)
}

fn header_checksum(header: &[u8; HEADER_BYTES]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&header[..12]), &header[16..])
}

fn block_checksum(before: u32, length: u32, payload: &[u8]) -> u32 {
    let start = crc32c::crc32c_append(before, &length.to_le_bytes());
    crc32c::crc32c_append(start, payload)
}

/// Four bytes at a place that the caller knows to be there.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk);
    four.map_or(0, |four| u32::from_le_bytes(*four))
}
