use alloc::{string::String, vec::Vec};

use crate::{Date, Decimal, Epoch, Hash, Month, OfficeId, PageNo};

/// Codes of a cell's dimensions, by dimension id; `_` (未填) where the record
/// does not say.
pub type Dims = Vec<(String, String)>;

/// Code of a dimension that a record leaves out.
pub const NOT_GIVEN: &str = "_";

/// Names one cell: an office's change of an indicator in one month.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellKey {
    /// Whose records it counts.
    pub office: OfficeId,
    /// Indicator id.
    pub indicator: String,
    /// The month in which the change falls.
    pub month: Month,
    /// Sorted by dimension id.
    pub dims: Dims,
}

/// A value in the Latest lane with the page that last said it: when base moves
/// past that page, the value is gone, at everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said<T> {
    /// The value.
    pub value: T,
    /// Epoch of the page.
    pub epoch: Epoch,
    /// Number of the page.
    pub page: PageNo,
}

/// The content of a cell: the change in the month, for stocks and flows alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The change.
    pub change: Decimal,
    /// Hash of the indicator's definition it was evaluated under, shortened.
    pub definition: u64,
}

/// An office's *through* mark: up to this day its figures were evaluated from
/// its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Through {
    /// The day. It never falls within an epoch.
    pub date: Date,
    /// Hash of the catalog used.
    pub catalog: Hash,
}
