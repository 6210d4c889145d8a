use alloc::{string::String, vec::Vec};

use crate::Label;

/// One code of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeEntry {
    /// What is kept and travels.
    pub code: String,
    /// What people read.
    pub label: Label,
}

/// A code list (代码表).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Unique within the catalog.
    pub id: String,
    /// Rises when a code is added, split or closed.
    pub version: u16,
    /// Whether an earlier code stands below a later one. Of a person hardly
    /// anything may be kept that has an order: see
    /// [`never_recorded`](crate::never_recorded).
    pub ordered: bool,
    /// In the order in which they are shown.
    pub codes: Vec<CodeEntry>,
}

impl CodeList {
    /// An unordered list in its first version, from (code, 中文, English).
    #[must_use]
    pub fn new(id: &str, codes: &[(&str, &str, &str)]) -> Self {
        let entry = |(code, zh, en): &(&str, &str, &str)| CodeEntry {
            code: (*code).into(),
            label: Label::new(zh, en),
        };
        Self {
            id: id.into(),
            version: 1,
            ordered: false,
            codes: codes.iter().map(entry).collect(),
        }
    }

    /// The same list, in order from the lowest to the highest.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// What a code is called; none: it is not on the list.
    #[must_use]
    pub fn label(&self, code: &str) -> Option<&Label> {
        let entry = self.codes.iter().find(|entry| entry.code == code)?;
        Some(&entry.label)
    }

    /// Whether a code is on the list.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.label(code).is_some()
    }
}
