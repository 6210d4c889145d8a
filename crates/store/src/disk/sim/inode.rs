//! The bytes of one simulated file: as programs see them, and as they would
//! be after a power cut.

use super::random::SplitMix64;

/// A disk writes this many bytes at once or not at all.
const SECTOR: usize = 512;

#[derive(Clone, Debug)]
enum Write {
    Data { offset: usize, bytes: Vec<u8> },
    Grow { bytes: usize },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Inode {
    seen: Vec<u8>,
    lasting: Vec<u8>,
    unsynced: Vec<Write>,
}

impl Inode {
    pub(super) fn bytes(&self) -> usize {
        self.seen.len()
    }

    pub(super) fn read(&self, offset: usize, count: usize) -> Option<&[u8]> {
        self.seen.get(offset..offset.checked_add(count)?)
    }

    pub(super) fn write(&mut self, offset: usize, data: &[u8]) {
        self.make(Write::Data {
            offset,
            bytes: data.to_vec(),
        });
    }

    pub(super) fn grow(&mut self, bytes: usize) {
        self.make(Write::Grow { bytes });
    }

    fn make(&mut self, write: Write) {
        write.apply(&mut self.seen);
        self.unsynced.push(write);
    }

    pub(super) fn sync(&mut self) {
        for write in self.unsynced.drain(..) {
            write.apply(&mut self.lasting);
        }
    }

    /// A sync that fails: each write may have got to the disk or not, and none
    /// will be tried again. Programs go on seeing them all, as on Linux, where
    /// pages that failed to be written are marked clean.
    pub(super) fn fail_sync(&mut self, random: &mut SplitMix64) {
        for write in std::mem::take(&mut self.unsynced) {
            if random.coin() {
                write.apply_torn(&mut self.lasting, random);
            }
        }
    }

    /// Each unsynced write is kept, lost or torn, in any order.
    pub(super) fn power_cut(&mut self, random: &mut SplitMix64) {
        let mut writes = std::mem::take(&mut self.unsynced);
        random.shuffle(&mut writes);
        for write in writes {
            match random.below(3) {
                0 => {}
                1 => write.apply(&mut self.lasting),
                _ => write.apply_torn(&mut self.lasting, random),
            }
        }
        self.seen.clone_from(&self.lasting);
    }

    /// Changes one bit, on the disk and in what programs see. Whether there is
    /// such a byte.
    pub(super) fn flip(&mut self, offset: usize, bit: u8) -> bool {
        let mask = 1_u8.checked_shl(u32::from(bit)).unwrap_or(0);
        let mut found = false;
        for side in [&mut self.seen, &mut self.lasting] {
            if let Some(byte) = side.get_mut(offset) {
                *byte ^= mask;
                found = true;
            }
        }
        found
    }
}

impl Write {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Data { offset, bytes } => put(file, *offset, bytes),
            Self::Grow { bytes } => reach(file, *bytes),
        }
    }

    /// Applies each sector of the write or not.
    fn apply_torn(&self, file: &mut Vec<u8>, random: &mut SplitMix64) {
        match self {
            Self::Data { offset, bytes } => {
                let mut at = *offset;
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    let to_boundary = SECTOR - at % SECTOR;
                    let (sector, after) = rest.split_at(to_boundary.min(rest.len()));
                    if random.coin() {
                        put(file, at, sector);
                    }
                    at += sector.len();
                    rest = after;
                }
            }
            Self::Grow { bytes } => {
                if random.coin() {
                    reach(file, *bytes);
                }
            }
        }
    }
}

fn reach(file: &mut Vec<u8>, bytes: usize) {
    if file.len() < bytes {
        file.resize(bytes, 0);
    }
}

fn put(file: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset.saturating_add(data.len());
    reach(file, end);
    if let Some(room) = file.get_mut(offset..end) {
        room.copy_from_slice(data);
    }
}
