//! What two offices say of the pages they hold, and how that compares.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use terrace_model::{Audience, Hash, Head, Lane, Level, OfficeId, PageNo, Stream};

/// How a neighbour stands with one stream, seen from this office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Both hold the same pages, or none.
    Equal,
    /// The neighbour lacks the pages from this one on: the one after its
    /// newest, or our base if that is later.
    Behind {
        /// The first page to send.
        from: PageNo,
    },
    /// The neighbour holds pages of another office that we lack. Normal: a
    /// relay lost power, or a backup was restored.
    Ahead,
    /// The neighbour holds pages of our own that we lack: this office runs
    /// from an older copy of itself.
    OlderCopy,
    /// Two different pages at one position.
    Fork,
}

/// Compares what two offices hold of one stream; `own` says that it is ours to
/// write. A neighbour behind on a chain that has forked further down stands
/// [`Standing::Behind`]: only the pages themselves show it.
#[must_use]
pub fn standing(own: bool, ours: Option<&Head>, theirs: Option<&Head>) -> Standing {
    let ahead = if own {
        Standing::OlderCopy
    } else {
        Standing::Ahead
    };
    match (ours, theirs) {
        (None, None) => Standing::Equal,
        (None, Some(_)) => ahead,
        (Some(ours), None) => Standing::Behind { from: ours.base },
        (Some(ours), Some(theirs)) => match ours.number.cmp(&theirs.number) {
            core::cmp::Ordering::Less => ahead,
            core::cmp::Ordering::Equal if ours.hash == theirs.hash => Standing::Equal,
            core::cmp::Ordering::Equal => Standing::Fork,
            core::cmp::Ordering::Greater => Standing::Behind {
                from: theirs.number.next().max(ours.base),
            },
        },
    }
}

/// Compares all that two offices hold: each stream that either holds, with how
/// the other stands. `me` is the office that holds `ours`.
pub fn compare<'a>(
    me: OfficeId,
    ours: &'a BTreeMap<Stream, Head>,
    theirs: &'a BTreeMap<Stream, Head>,
) -> impl Iterator<Item = (Stream, Standing)> + use<'a> {
    let all: BTreeSet<Stream> = ours.keys().chain(theirs.keys()).copied().collect();
    all.into_iter().map(move |stream| {
        let own = stream.journal.origin == me;
        let found = standing(own, ours.get(&stream), theirs.get(&stream));
        (stream, found)
    })
}

/// Collects heads, in the order of their streams, for a digest.
#[derive(Clone, Debug, Default)]
struct Digest(Vec<u8>);

impl Digest {
    /// Every field has a fixed width, and an audience says its own: no two
    /// lists of heads have one encoding. The base is not part of it, because
    /// the hash of the newest page proves it.
    fn add(&mut self, stream: &Stream, head: &Head) {
        let Self(bytes) = self;
        let Stream { journal, epoch } = stream;
        bytes.extend(journal.origin.0.to_be_bytes());
        match journal.audience {
            Audience::Home => bytes.push(0),
            Audience::Parent => bytes.push(1),
            Audience::Ancestors => bytes.push(2),
            Audience::Office(target) => {
                bytes.push(3);
                bytes.extend(target.0.to_be_bytes());
            }
            Audience::Subtree { root, level } => {
                bytes.push(4);
                bytes.extend(root.0.to_be_bytes());
                bytes.push(level.map_or(0, level_number));
            }
        }
        bytes.push(match journal.lane {
            Lane::Every => 0,
            Lane::Latest => 1,
        });
        bytes.extend(epoch.0.to_be_bytes());
        bytes.extend(head.number.0.to_be_bytes());
        bytes.extend(head.hash.0);
    }

    fn hash(&self) -> Hash {
        Hash::of(&[b"terrace heads 1\0", &self.0])
    }
}

const fn level_number(level: Level) -> u8 {
    match level {
        Level::Province => 1,
        Level::Prefecture => 2,
        Level::County => 3,
        Level::Township => 4,
        Level::Village => 5,
    }
}

/// One digest over heads. The order in which they are given does not matter;
/// each stream stands once.
#[must_use]
pub fn digest(heads: impl IntoIterator<Item = (Stream, Head)>) -> Hash {
    let sorted: BTreeMap<Stream, Head> = heads.into_iter().collect();
    let mut digest = Digest::default();
    for (stream, head) in &sorted {
        digest.add(stream, head);
    }
    digest.hash()
}

/// One digest for each branch that holds heads, each as [`digest`] makes it.
#[must_use]
pub fn by_branch(
    heads: impl IntoIterator<Item = (OfficeId, Stream, Head)>,
) -> BTreeMap<OfficeId, Hash> {
    let sorted: BTreeMap<(OfficeId, Stream), Head> = heads
        .into_iter()
        .map(|(branch, stream, head)| ((branch, stream), head))
        .collect();
    let mut branches: BTreeMap<OfficeId, Digest> = BTreeMap::new();
    for ((branch, stream), head) in &sorted {
        branches.entry(*branch).or_default().add(stream, head);
    }
    let hashed = branches.into_iter();
    hashed.map(|(branch, all)| (branch, all.hash())).collect()
}

/// The branches whose digests differ, or that only one side has.
#[must_use]
pub fn differing(
    ours: &BTreeMap<OfficeId, Hash>,
    theirs: &BTreeMap<OfficeId, Hash>,
) -> BTreeSet<OfficeId> {
    let both = ours.keys().chain(theirs.keys()).copied();
    both.filter(|branch| ours.get(branch) != theirs.get(branch))
        .collect()
}

#[cfg(test)]
mod tests;
