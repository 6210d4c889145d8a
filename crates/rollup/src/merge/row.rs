use alloc::{collections::BTreeSet, string::String};

use terrace_model::{Date, Decimal, Dims, OfficeId, Period};

use super::Coverage;

/// A figure as it is shown, exact to six places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A stock or flow.
    Sum(Decimal),
    /// Both parts of a ratio, divided last.
    Ratio {
        /// Numerator.
        num: Decimal,
        /// Denominator; 0: the ratio has no value.
        den: Decimal,
    },
    /// Nothing is known.
    Missing,
}

impl Figure {
    /// The value, rounded once, half away from zero; none: there is none.
    #[must_use]
    pub const fn value(self) -> Option<Decimal> {
        match self {
            Self::Sum(sum) => Some(sum),
            Self::Ratio { num, den } => num.divide(den),
            Self::Missing => None,
        }
    }
}

/// How a value is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// A: the period has ended, and all that owe it are in.
    Normal,
    /// P: it will still change as the period runs or offices catch up.
    Provisional,
    /// M: there is none.
    Missing,
}

impl Status {
    /// The letter in files and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "A",
            Self::Provisional => "P",
            Self::Missing => "M",
        }
    }
}

/// One live figure, with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Indicator id.
    pub indicator: String,
    /// The office at the top of the subtree that was added up.
    pub office: OfficeId,
    /// The period.
    pub period: Period,
    /// The codes, in the order in which their dimensions were asked for.
    pub dims: Dims,
    /// What came out.
    pub figure: Figure,
    /// What it is counted in, in Chinese.
    pub unit: String,
    /// What it rests on.
    pub coverage: Coverage,
    /// The smallest *through* mark among the offices added up; none: nothing
    /// was.
    pub oldest_input: Option<Date>,
    /// How it is to be taken; never empty.
    pub status: BTreeSet<Status>,
}
