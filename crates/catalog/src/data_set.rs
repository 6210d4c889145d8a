use alloc::{string::String, vec::Vec};

use terrace_model::{Code, Date, Level};

use crate::Label;

/// How long the periods of a data set are. Longer periods are never submitted,
/// they follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodType {
    /// `202409`
    Month,
    /// `2024Q3`
    Quarter,
    /// `2024S2`
    Half,
    /// `2024`
    Year,
}

impl PeriodType {
    /// The name used in catalogs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Half => "half",
            Self::Year => "year",
        }
    }
}

/// When an office must be open to owe a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// On the period's last day.
    AtEnd,
    /// On all its days.
    Throughout,
}

/// An office that owes a data set though its level does not, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    /// The office's code.
    pub office: Code,
    /// First day; none: since ever.
    pub from: Option<Date>,
    /// Last day; none: on and on.
    pub until: Option<Date>,
}

/// A data set (报表): indicators that offices owe together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataSet {
    /// Unique within the catalog.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// Indicator ids.
    pub indicators: Vec<String>,
    /// Levels that owe it.
    pub levels: Vec<Level>,
    /// Offices that owe it besides.
    pub also: Vec<Also>,
    /// Length of its periods.
    pub period: PeriodType,
    /// When an office must be open to owe a period.
    pub open: Open,
    /// Days after the period by whose end a statement is on time.
    pub deadline_days: u16,
    /// Days after a return by whose end the next revision is on time.
    pub return_days: u16,
    /// Months for which a stock that is not current is carried.
    pub carry_months: u16,
    /// Whether a statement may be submitted before the period has passed.
    pub early: bool,
}

impl DataSet {
    /// Whether it holds an indicator.
    #[must_use]
    pub fn has(&self, indicator: &str) -> bool {
        self.indicators.iter().any(|id| id == indicator)
    }
}
