//! How large the parts of a store are, by the size of its office.

/// The size of an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// One of many in a process: the demo and tests.
    Tiny,
    /// A township.
    Township,
    /// A county.
    County,
    /// A prefecture, and all above.
    Prefecture,
}

/// Sizes of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOptions {
    /// Bytes of a segment of the log.
    pub segment_bytes: u64,
    /// Bytes that the view on disk may cache.
    pub cache_bytes: u64,
    /// Changes that are kept in memory before they are in the view; one commit
    /// may go beyond.
    pub overlay_changes: usize,
    /// Bytes of those changes, in the same way.
    pub overlay_bytes: usize,
    /// A snapshot is due when the log has grown by so many bytes.
    pub snapshot_bytes: u64,
}

const MIB: u64 = 1 << 20;

impl Profile {
    /// The sizes that suit such an office.
    #[must_use]
    pub const fn options(self) -> StoreOptions {
        match self {
            Self::Tiny => StoreOptions {
                segment_bytes: MIB / 4,
                cache_bytes: MIB,
                overlay_changes: 4_000,
                overlay_bytes: 1 << 20,
                snapshot_bytes: 4 * MIB,
            },
            Self::Township => StoreOptions {
                segment_bytes: 8 * MIB,
                cache_bytes: 64 * MIB,
                overlay_changes: 32_000,
                overlay_bytes: 8 << 20,
                snapshot_bytes: 64 * MIB,
            },
            Self::County => StoreOptions {
                segment_bytes: 32 * MIB,
                cache_bytes: 256 * MIB,
                overlay_changes: 100_000,
                overlay_bytes: 32 << 20,
                snapshot_bytes: 256 * MIB,
            },
            Self::Prefecture => StoreOptions {
                segment_bytes: 64 * MIB,
                cache_bytes: 1024 * MIB,
                overlay_changes: 200_000,
                overlay_bytes: 64 << 20,
                snapshot_bytes: 1024 * MIB,
            },
        }
    }
}
