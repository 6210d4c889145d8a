use alloc::vec::Vec;

use terrace_model::{Hash, Head, OfficeId, Page, Stream, Time};

/// The versions of the conversation that this program speaks.
pub const VERSIONS: Versions = Versions {
    lowest: 1,
    highest: 1,
};

/// A range of versions of the conversation, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The oldest.
    pub lowest: u32,
    /// The newest.
    pub highest: u32,
}

impl Versions {
    /// The newest version in both ranges; none if they do not meet.
    #[must_use]
    pub fn in_common(self, other: Self) -> Option<u32> {
        let highest = self.highest.min(other.highest);
        (highest >= self.lowest.max(other.lowest)).then_some(highest)
    }
}

/// How much one link may send, hold or wait for.
///
/// Both ends of a link count alike, so an office that raises `frame_bytes`,
/// `max_page_bytes`, `heads_per_frame` or `branches` above what its neighbour
/// allows is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of pages in one [`Frame::Pages`], as [`Page::size`] counts them.
    /// One larger page goes alone.
    pub frame_bytes: u32,
    /// Bytes of the largest page that travels.
    pub max_page_bytes: u32,
    /// Bytes of pages that the neighbour may have sent and this office has not
    /// acknowledged. One frame may always be on its way.
    pub credit_bytes: u32,
    /// Heads in one [`Frame::Heads`]; more frames follow.
    pub heads_per_frame: u32,
    /// Entries in [`Frame::Branches`], and branches named in one
    /// [`Frame::Heads`].
    pub branches: u32,
    /// Streams that the neighbour may speak of in one session.
    pub streams: u32,
    /// Milliseconds that a frame may stay unacknowledged, and that the
    /// neighbour may be silent while heads are compared, on a link that needs
    /// no time for the bytes.
    pub unacked_millis: u32,
    /// The slowest link that still counts as up, in bytes a second: how much
    /// longer the bytes themselves may take.
    pub slowest_bytes_per_second: u32,
    /// Milliseconds before pages that were not taken are asked for again the
    /// first time; doubles each time.
    pub again_millis: u32,
    /// The longest such wait, in milliseconds.
    pub again_max_millis: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes: 256 << 10,
            max_page_bytes: 4 << 20,
            credit_bytes: 1 << 20,
            heads_per_frame: 4096,
            branches: 4096,
            streams: 1 << 18,
            unacked_millis: 30_000,
            slowest_bytes_per_second: 4096,
            again_millis: 1000,
            again_max_millis: 60_000,
        }
    }
}

/// The first frame of each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The versions that the sender speaks.
    pub versions: Versions,
    /// Names the sender's session: random, never used again. It comes back in
    /// every [`Frame::Ack`].
    pub session: u64,
    /// The sender's wall clock. Shown as skew, and used for nothing else.
    pub at: Time,
    /// Digest over all heads that the sender holds of the journals which the
    /// two share.
    pub digest: Hash,
    /// Bytes of pages that the other side may send unacknowledged.
    pub credit_bytes: u32,
}

/// What two neighbours say to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Opens the session; each side says it once, at once.
    Hello(Hello),
    /// One digest for each branch of the tree: said once by each side, if the
    /// digests in their [`Hello`] differ. A branch that is left out is empty.
    Branches(Vec<(OfficeId, Hash)>),
    /// Heads of the branches that differ.
    Heads {
        /// The branches whose last head is in this frame, or which hold none.
        branches: Vec<OfficeId>,
        /// Heads of these branches, and of one that a later frame goes on
        /// with.
        heads: Vec<(Stream, Head)>,
    },
    /// Pages, of any number of streams; in order within each.
    Pages {
        /// Number within the session; the first is 1 and none is left out.
        number: u64,
        /// The pages; at least one.
        pages: Vec<Page>,
    },
    /// All frames up to a number are durable at the sender, or were asked for
    /// again in an [`Frame::Again`] before this.
    Ack {
        /// The session in whose [`Frame::Pages`] the numbers count: that of
        /// the office which receives this.
        session: u64,
        /// The newest frame acknowledged.
        upto: u64,
        /// Bytes of pages that may be unacknowledged from now on, in all.
        credit_bytes: u32,
    },
    /// The sender could not take pages of a stream: seal or chain do not
    /// verify, or it does not know the origin's key yet. Only this stream
    /// waits.
    Again {
        /// The stream.
        stream: Stream,
        /// The newest page that the sender holds of it: send what follows.
        head: Option<Head>,
        /// Milliseconds to wait before that.
        after_millis: u32,
    },
    /// The session ends.
    Close {
        /// Why.
        reason: CloseReason,
    },
}

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The office stops, or its operator closed the link.
    Stopping,
    /// The two speak no version in common.
    Version,
    /// The other side did not keep to the conversation.
    Protocol,
    /// The other side was silent for too long.
    Timeout,
    /// A newer session with the same office took its place.
    Replaced,
    /// A reason that this version does not know, by its number on the wire.
    Other(u32),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_both_is_spoken() {
        let range = |lowest, highest| Versions { lowest, highest };
        assert_eq!(range(1, 3).in_common(range(2, 5)), Some(3));
        assert_eq!(range(2, 5).in_common(range(1, 3)), Some(3));
        assert_eq!(range(1, 1).in_common(range(1, 1)), Some(1));
        assert_eq!(range(1, 2).in_common(range(3, 4)), None);
        assert_eq!(range(3, 4).in_common(range(1, 2)), None);
    }
}
