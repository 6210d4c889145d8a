use alloc::{sync::Arc, vec::Vec};

use crate::{Hash, Level, OfficeId};

/// An Ed25519 verifying key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// An Ed25519 signature over a page's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal(pub [u8; 64]);

impl Seal {
    /// No seal: what a page under [`Audience::Home`] carries, since it never
    /// leaves its office.
    pub const NONE: Self = Self([0; 64]);
}

/// Who holds a journal's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// The origin alone.
    Home,
    /// The origin and the office above it.
    Parent,
    /// The origin and all offices above it.
    Ancestors,
    /// The origin, that office below it, and those between.
    Office(OfficeId),
    /// The origin, the offices of a subtree, and those between.
    Subtree {
        /// Top of the subtree.
        root: OfficeId,
        /// Only offices of this level, and those between.
        level: Option<Level>,
    },
}

/// How long an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Each entry counts, in order.
    Every,
    /// An entry says the whole value of one key; the later page holds.
    Latest,
}

/// The pages of one origin for one audience in one lane: dense, one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JournalId {
    /// The only office that may write it.
    pub origin: OfficeId,
    /// Who holds it.
    pub audience: Audience,
    /// How long its entries count.
    pub lane: Lane,
}

/// Number of an epoch: one signing key, and no page number used twice. The
/// first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u32);

impl Epoch {
    /// Opened at enrolment.
    pub const FIRST: Self = Self(1);
}

/// Number of a page within its journal and epoch. The first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageNo(pub u64);

impl PageNo {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// The page after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The page before this one; none before the first.
    #[must_use]
    pub const fn before(self) -> Option<Self> {
        if self.0 > 1 {
            Some(Self(self.0 - 1))
        } else {
            None
        }
    }
}

/// A journal within one epoch: what page numbers count in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stream {
    /// The journal.
    pub journal: JournalId,
    /// The epoch.
    pub epoch: Epoch,
}

/// Names one page; proved by the page's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Journal and epoch.
    pub stream: Stream,
    /// Number within them.
    pub number: PageNo,
}

/// The newest page that an office holds of a stream, and from where on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    /// First page that still counts, as the newest page held says.
    pub base: PageNo,
    /// The newest page held.
    pub number: PageNo,
    /// Its hash.
    pub hash: Hash,
}

/// What a page says of itself; sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Where it stands.
    pub position: Position,
    /// First page of its journal that still counts, by this page.
    pub base: PageNo,
    /// Hash of the page before; [`Hash::ZERO`] for the first.
    pub previous: Hash,
    /// SHA-256 of the body's bytes.
    pub body: Hash,
    /// How many entries the body holds.
    pub entries: u32,
}

/// Personal content that travels beside a page, to its audience only, and can
/// be erased anywhere at any time: the page holds only its [`Part::commitment`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Random bytes, so that content cannot be guessed from its commitment.
    pub salt: [u8; 16],
    /// Encoded content.
    pub content: Vec<u8>,
}

impl Part {
    /// SHA-256 of salt and content: what the entry holds.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        Hash::of(&[&self.salt, &self.content])
    }
}

/// What one commit adds to one journal: it travels whole or not at all, in the
/// bytes its origin sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The parsed header.
    pub header: Header,
    /// The header as the origin encoded it.
    pub header_bytes: Arc<[u8]>,
    /// Signature over [`Page::hash`]; [`Seal::NONE`] under Home.
    pub seal: Seal,
    /// The entries as the origin encoded them.
    pub body: Arc<[u8]>,
    /// Parts held beside it: all, some or none of those its entries name.
    pub parts: Vec<Part>,
}

impl Page {
    /// The hash that proves the page's position and that the next page follows.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Self::hash_of(&self.header_bytes)
    }

    /// The hash of a page with this encoded header.
    #[must_use]
    pub fn hash_of(header_bytes: &[u8]) -> Hash {
        Hash::of(&[b"terrace page 1\0", header_bytes])
    }

    /// Whether the body is the one that the header names.
    #[must_use]
    pub fn body_matches(&self) -> bool {
        self.header.body == Hash::of(&[&self.body])
    }

    /// Bytes it takes on a link or in a batch, rounded up a little.
    #[must_use]
    pub fn size(&self) -> usize {
        let parts: usize = self.parts.iter().map(|part| part.content.len() + 24).sum();
        self.header_bytes.len() + self.body.len() + parts + 80
    }

    /// The head of a stream that ends with this page.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            base: self.header.base,
            number: self.header.position.number,
            hash: self.hash(),
        }
    }
}
