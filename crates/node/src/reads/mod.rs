//! Questions about what an office holds. Each is answered from the store and
//! from what the caller hands over: the tree, the catalog, the day, the time.
//! Nothing here changes anything, and nothing is held between two questions.
//!
//! A walk reads a bounded number of facts at a time, and a page of rows has at
//! most [`PAGE_ROWS`] rows.

pub mod figures;
pub mod notices;
pub mod records;
pub mod status;
pub mod submissions;

mod walk;

use terrace_desk::Book;
use terrace_model::{Code, OfficeId, Tree};

/// Most rows of one page.
pub const PAGE_ROWS: usize = 1_000;

/// Bytes of text after which a page of rows ends, though it holds one row at
/// least.
pub const PAGE_BYTES: usize = 1 << 20;

/// Where a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// This office.
    pub me: OfficeId,
    /// The offices it knows.
    pub tree: &'a Tree,
    /// The catalog in force.
    pub book: &'a Book,
}

impl Here<'_> {
    /// The code of an office, by which people know it; none: it is not known
    /// here.
    #[must_use]
    pub fn code(&self, office: OfficeId) -> Option<&Code> {
        Some(&self.tree.get(office)?.code)
    }
}

/// Some rows, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, N> {
    /// The rows.
    pub rows: Vec<T>,
    /// What the next page comes after; none: this is the last.
    pub next: Option<N>,
}

/// How many rows a page has where somebody asks for `limit`; 0: as many as a
/// page may have.
#[must_use]
pub const fn page_rows(limit: u32) -> usize {
    let asked = limit as usize;
    if asked == 0 || asked > PAGE_ROWS {
        PAGE_ROWS
    } else {
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_thousand_rows_at_most() {
        let rows = [0, 1, 999, 1_000, 1_001, u32::MAX].map(page_rows);
        assert_eq!(rows, [1_000, 1, 999, 1_000, 1_000, 1_000]);
    }
}
