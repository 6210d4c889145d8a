//! Acts on the office's own submissions (呈报).

use alloc::string::String;

use terrace_catalog::{Action, Catalog, DimSource, FlowSource, Measure, SubmissionEvent};
use terrace_model::{Date, Decimal, Month, NOT_GIVEN};

use super::{Contributions, ledger::Ledger};

/// What counts of a submission's course: each act at most once, dated by the
/// civil day of the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// Workflow id.
    pub workflow: String,
    /// When it was submitted for the first time.
    pub first_submit: Option<Date>,
    /// How it ended; none: it has not.
    pub ending: Option<Ending>,
}

/// The final act on a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub on: Date,
    /// By which act.
    pub by: Action,
    /// Code of the outcome, where the workflow has outcomes.
    pub outcome: Option<String>,
}

/// What a submission adds to the cells of the office that proposed it.
#[must_use]
pub fn course_contributions(catalog: &Catalog, course: &Course) -> Contributions {
    let mut found = Contributions::new();
    for indicator in &catalog.indicators {
        let Measure::Flow(FlowSource::Submission { workflow, event }) = &indicator.measure else {
            continue;
        };
        let ending = course.ending.as_ref();
        let day = match event {
            SubmissionEvent::FirstSubmit => course.first_submit,
            SubmissionEvent::Ended => ending.map(|ending| ending.on),
            SubmissionEvent::EndedBy(action) => ending
                .filter(|ending| ending.by == *action)
                .map(|ending| ending.on),
        };
        let (true, Some(day)) = (*workflow == course.workflow, day) else {
            continue;
        };
        let outcome = ending.and_then(|ending| ending.outcome.as_deref());
        let code = |source: &DimSource| match source {
            DimSource::Outcome => outcome.unwrap_or(NOT_GIVEN).into(),
            DimSource::Field(_) | DimSource::FirstGiven(_) => NOT_GIVEN.into(),
        };
        let mut ledger = Ledger::open(indicator, &mut found);
        let cells = ledger.cells(code);
        ledger.add(Month::of(day), &cells, Decimal::ONE);
    }
    found
}
