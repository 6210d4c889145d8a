//! The whole simulated disk: names, files, and the faults that are due.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};

use super::{super::Entry, inode::Inode, random::SplitMix64};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Dir,
    File(u64),
}

#[derive(Clone, Debug)]
enum NameChange {
    Add {
        path: PathBuf,
        node: Node,
    },
    Remove {
        path: PathBuf,
        node: Node,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
        node: Node,
    },
}

/// Whether the machine is still running after an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Power {
    On,
    GoesOff,
}

#[derive(Debug)]
pub(super) struct State {
    random: SplitMix64,
    inodes: BTreeMap<u64, Inode>,
    next_inode: u64,
    seen: BTreeMap<PathBuf, Node>,
    lasting: BTreeMap<PathBuf, Node>,
    unsynced: Vec<NameChange>,
    off: bool,
    pub(super) life: u64,
    pub(super) syncs: u64,
    pub(super) capacity: Option<u64>,
    pub(super) cut_in: Option<u64>,
    pub(super) fail_sync_in: Option<u64>,
    pub(super) fail_allocation_in: Option<u64>,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        let root = BTreeMap::from([(PathBuf::from("/"), Node::Dir)]);
        Self {
            random: SplitMix64::new(seed),
            inodes: BTreeMap::new(),
            next_inode: 0,
            seen: root.clone(),
            lasting: root,
            unsynced: Vec::new(),
            off: false,
            life: 0,
            syncs: 0,
            capacity: None,
            cut_in: None,
            fail_sync_in: None,
            fail_allocation_in: None,
        }
    }

    pub(super) fn check_power(&self) -> io::Result<()> {
        if self.off {
            Err(io::Error::other("the power is off"))
        } else {
            Ok(())
        }
    }

    /// Counts an operation that changes the disk.
    pub(super) fn step(&mut self) -> io::Result<Power> {
        self.check_power()?;
        if due(&mut self.cut_in) {
            self.off = true;
            return Ok(Power::GoesOff);
        }
        Ok(Power::On)
    }

    pub(super) fn node(&self, path: &Path) -> io::Result<Node> {
        self.seen
            .get(path)
            .copied()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn inode(&mut self, number: u64) -> io::Result<&mut Inode> {
        self.inodes
            .get_mut(&number)
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn check_folder_of(&self, path: &Path) -> io::Result<()> {
        let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        match self.node(parent)? {
            Node::Dir => Ok(()),
            Node::File(_) => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn create_dir(&mut self, dir: &Path) -> io::Result<()> {
        match self.seen.get(dir) {
            Some(Node::Dir) => Ok(()),
            Some(Node::File(_)) => Err(io::ErrorKind::AlreadyExists.into()),
            None => self.add(dir, Node::Dir),
        }
    }

    pub(super) fn create(&mut self, path: &Path) -> io::Result<u64> {
        if self.seen.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let number = self.next_inode;
        self.add(path, Node::File(number))?;
        self.next_inode = number.saturating_add(1);
        self.inodes.insert(number, Inode::default());
        Ok(number)
    }

    fn add(&mut self, path: &Path, node: Node) -> io::Result<()> {
        self.check_folder_of(path)?;
        self.change(NameChange::Add {
            path: path.to_owned(),
            node,
        });
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        let node = self.node(path)?;
        if node == Node::Dir {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        self.change(NameChange::Remove {
            path: path.to_owned(),
            node,
        });
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.node(from)?;
        if from.parent() != to.parent() || node == Node::Dir {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.change(NameChange::Rename {
            from: from.to_owned(),
            to: to.to_owned(),
            node,
        });
        Ok(())
    }

    fn change(&mut self, change: NameChange) {
        change.apply(&mut self.seen);
        self.unsynced.push(change);
    }

    pub(super) fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        if self.node(dir)? != Node::Dir {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let inside = self
            .seen
            .iter()
            .filter(|(path, _)| path.parent() == Some(dir));
        let entries = inside.filter_map(|(path, node)| {
            let (bytes, is_dir) = match node {
                Node::Dir => (0, true),
                Node::File(number) => (self.inodes.get(number)?.bytes() as u64, false),
            };
            Some(Entry {
                name: path.file_name()?.to_owned(),
                bytes,
                is_dir,
            })
        });
        Ok(entries.collect())
    }

    /// Bytes of all files that have a name.
    pub(super) fn used(&self) -> u64 {
        let files = self.seen.values().filter_map(|node| match node {
            Node::Dir => None,
            Node::File(number) => self.inodes.get(number),
        });
        files.map(|inode| inode.bytes() as u64).sum()
    }

    /// Refuses to let a file reach `bytes` where the disk has no room for that.
    pub(super) fn check_room(&mut self, number: u64, bytes: usize) -> io::Result<()> {
        let now = self.inode(number)?.bytes();
        let more = bytes.saturating_sub(now) as u64;
        match self.capacity {
            Some(capacity) if more > 0 && self.used().saturating_add(more) > capacity => {
                Err(io::ErrorKind::StorageFull.into())
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn allocation_fails(&mut self) -> bool {
        due(&mut self.fail_allocation_in)
    }

    fn sync_fails(&mut self) -> bool {
        self.syncs = self.syncs.saturating_add(1);
        due(&mut self.fail_sync_in)
    }

    pub(super) fn sync_file(&mut self, number: u64) -> io::Result<()> {
        let fails = self.sync_fails();
        let inode = self
            .inodes
            .get_mut(&number)
            .ok_or(io::ErrorKind::NotFound)?;
        if fails {
            inode.fail_sync(&mut self.random);
            return Err(io::Error::other("the sync failed"));
        }
        inode.sync();
        Ok(())
    }

    /// Names that a failed sync left unsynced are there for the next one: a
    /// file system keeps them in its journal or stops, unlike file contents.
    pub(super) fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        if self.node(dir)? != Node::Dir {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let fails = self.sync_fails();
        for change in std::mem::take(&mut self.unsynced) {
            let here = change.folder() == Some(dir);
            if here && (!fails || self.random.coin()) {
                change.apply(&mut self.lasting);
            } else {
                self.unsynced.push(change);
            }
        }
        if fails {
            Err(io::Error::other("the sync failed"))
        } else {
            Ok(())
        }
    }

    pub(super) fn power_cut(&mut self, seed: u64) {
        let mut random = SplitMix64::new(seed);
        for change in std::mem::take(&mut self.unsynced) {
            if random.coin() {
                change.apply(&mut self.lasting);
            }
        }
        // What lies in a folder whose own name was lost is lost with it.
        while let Some(lost) = self.first_outside() {
            self.lasting.remove(&lost);
        }
        self.seen.clone_from(&self.lasting);
        let named: BTreeSet<u64> = self.seen.values().filter_map(|n| n.file()).collect();
        self.inodes.retain(|number, _| named.contains(number));
        for inode in self.inodes.values_mut() {
            inode.power_cut(&mut random);
        }
        self.off = false;
        self.life = self.life.saturating_add(1);
        self.cut_in = None;
        self.fail_sync_in = None;
        self.fail_allocation_in = None;
    }

    fn first_outside(&self) -> Option<PathBuf> {
        let outside = self.lasting.keys().find(|path| {
            path.parent()
                .is_some_and(|parent| self.lasting.get(parent) != Some(&Node::Dir))
        });
        outside.cloned()
    }
}

/// Counts down to a fault; true when it is due, once.
fn due(countdown: &mut Option<u64>) -> bool {
    match countdown {
        Some(0 | 1) => {
            *countdown = None;
            true
        }
        Some(left) => {
            *left = left.saturating_sub(1);
            false
        }
        None => false,
    }
}

impl Node {
    fn file(self) -> Option<u64> {
        match self {
            Self::Dir => None,
            Self::File(number) => Some(number),
        }
    }
}

impl NameChange {
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Add { path, .. } | Self::Remove { path, .. } => path.parent(),
            Self::Rename { to, .. } => to.parent(),
        }
    }

    /// A change takes a name away only from the file that had it when the
    /// change was made: another may have it where changes before were lost.
    fn apply(&self, names: &mut BTreeMap<PathBuf, Node>) {
        match self {
            Self::Add { path, node } => {
                names.insert(path.clone(), *node);
            }
            Self::Remove { path, node } => take(names, path, *node),
            Self::Rename { from, to, node } => {
                take(names, from, *node);
                names.insert(to.clone(), *node);
            }
        }
    }
}

fn take(names: &mut BTreeMap<PathBuf, Node>, path: &Path, node: Node) {
    if names.get(path) == Some(&node) {
        names.remove(path);
    }
}
