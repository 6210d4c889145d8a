//! Limits that span more than one field. The others stand beside their fields
//! in `proto/`.

/// Entries of one page, a figure's cell counting as one.
pub const BODY_ENTRIES: u32 = 10_000;

/// The largest page, in bytes as [`terrace_model::Page::size`] counts them.
pub const PAGE_BYTES: usize = 4 << 20;

/// The largest message on a link, in bytes: the largest page goes alone.
pub const FRAME_BYTES: usize = PAGE_BYTES + (64 << 10);

/// The largest log record, in bytes.
pub const BATCH_BYTES: usize = 64 << 20;

/// Pages of one log record.
pub const BATCH_PAGES: u32 = 16_384;

/// Changes of one log record.
pub const BATCH_CHANGES: u32 = 1_000_000;

/// The greatest number of a page: some thirty years at a thousand a second.
pub const PAGE_NUMBERS: u64 = 1 << 40;

/// The longest stored key, in bytes.
pub const KEY_BYTES: usize = 8192;

/// The largest stored fact, in bytes.
pub const FACT_BYTES: usize = 8 << 20;

/// The longest content of a part, in bytes.
pub const CONTENT_BYTES: usize = 64 << 10;
