use alloc::string::String;
use alloc::vec::Vec;

use terrace_model::OfficeId;
use thiserror::Error;

use super::MAX_PERIODS;

/// Why a question is not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The catalog has no such indicator.
    #[error("there is no indicator \"{indicator}\"")]
    NoIndicator {
        /// As asked.
        indicator: String,
    },
    /// The office is not known, or not in the subtree of the one that is
    /// asked.
    #[error("office {office} is not at or below this one")]
    NoOffice {
        /// As asked.
        office: OfficeId,
    },
    /// The indicator has no such dimension.
    #[error("{indicator} is not counted by \"{dim}\", {}", offered(allowed))]
    NoDimension {
        /// The indicator.
        indicator: String,
        /// As asked.
        dim: String,
        /// Those it has.
        allowed: Vec<String>,
    },
    /// Figures over persons keep no finer cell than that.
    #[error(
        "{indicator} is counted by at most {most} dimensions at once, {}",
        offered(allowed)
    )]
    TooManyDimensions {
        /// The indicator.
        indicator: String,
        /// How many at once.
        most: usize,
        /// Those it has.
        allowed: Vec<String>,
    },
    /// More than [`MAX_PERIODS`].
    #[error("{asked} periods were asked for, at most {MAX_PERIODS} are answered at once")]
    TooManyPeriods {
        /// How many.
        asked: usize,
    },
}

fn offered(allowed: &[String]) -> String {
    if allowed.is_empty() {
        return String::from("it has no dimensions");
    }
    alloc::format!("choose from {}", allowed.join(", "))
}
