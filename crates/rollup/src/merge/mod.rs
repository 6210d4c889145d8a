//! The roll-up: cells of many offices, added up to rows with what they rest on.

mod answer;
mod coverage;
mod obligation;
mod plan;
mod refusal;
mod row;
mod series;
mod standing;
mod tally;

use alloc::{string::String, vec::Vec};
use core::ops::RangeInclusive;

use terrace_model::{Date, Decimal, Dims, Level, Month, OfficeId, Period};

pub use coverage::Coverage;
pub use obligation::DEFAULT_CARRY_MONTHS;
pub use plan::{MAX_PERIODS, Plan};
pub use refusal::Refusal;
pub use row::{Figure, Row, Status};
pub use standing::{Kind, Standing, standing};

/// Where figures are read: what offices have said, as it is held here.
pub trait Figures {
    /// Why they could not be read.
    type Fault;

    /// Shows each cell of an office and indicator in these months, in any
    /// order.
    ///
    /// # Errors
    /// They could not be read.
    fn cells(
        &self,
        office: OfficeId,
        indicator: &str,
        months: RangeInclusive<Month>,
        show: &mut dyn FnMut(Month, &Dims, Decimal),
    ) -> Result<(), Self::Fault>;

    /// An office's *through* mark; none: it has said none.
    ///
    /// # Errors
    /// It could not be read.
    fn through(&self, office: OfficeId) -> Result<Option<Date>, Self::Fault>;
}

/// A question for figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Indicator ids, in the order of the answer.
    pub indicators: Vec<String>,
    /// The office whose subtree is asked for, its own records included.
    pub office: OfficeId,
    /// Periods.
    pub periods: Vec<Period>,
    /// Dimension ids that every indicator has; empty: no breakdown.
    pub by: Vec<String>,
    /// A row for each office of this level; none: for the office asked for.
    pub level: Option<Level>,
    /// The civil day on which it is asked.
    pub today: Date,
}
