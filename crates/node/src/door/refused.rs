//! Every no in words.

use core::fmt;

use terrace_catalog::{FieldFault, Lang, Reason};
use terrace_desk::Class;
use terrace_model::{Code, DecimalError};
use terrace_store::StoreError;
use terrace_wire::{Refusal, RefusalCode, RowFault};

use crate::office::Stopped;
use crate::reads::figures::{Unanswerable, Unanswered};

/// The request itself cannot be read.
pub(super) fn usage(error: &impl fmt::Display) -> Refusal {
    Refusal::new(RefusalCode::Usage, error.to_string())
}

/// Nothing here has this name.
pub(super) fn unknown(text: impl Into<String>, todo: impl Into<String>) -> Refusal {
    with_todo(Refusal::new(RefusalCode::Unknown, text), todo)
}

/// The content is refused.
pub(super) fn content(text: impl Into<String>, todo: impl Into<String>) -> Refusal {
    with_todo(Refusal::new(RefusalCode::Content, text), todo)
}

fn with_todo(refusal: Refusal, todo: impl Into<String>) -> Refusal {
    Refusal {
        todo: Some(todo.into()),
        ..refusal
    }
}

pub(super) fn no_office(code: &Code) -> Refusal {
    unknown(
        format!("no office with code {code} is known here"),
        "`terrace status` lists the offices",
    )
}

pub(super) fn no_type(kind: &str) -> Refusal {
    desk(&terrace_desk::Refusal::NoSuchType(kind.to_owned()))
}

pub(super) fn no_workflow(kind: &str) -> Refusal {
    desk(&terrace_desk::Refusal::NoSuchWorkflow(kind.to_owned()))
}

/// The office is stopping, or has stopped.
pub(super) fn stopped(why: Stopped) -> Refusal {
    match why {
        Stopped::InOrder => with_todo(
            Refusal::new(RefusalCode::Unreachable, "the office has stopped"),
            "start it again: terrace serve --data DIR",
        ),
        Stopped::Failed => with_todo(
            Refusal::new(
                RefusalCode::Store,
                "the store failed and the office stopped; it is not known whether this was done",
            ),
            "see its log, look at the disk, and start it again: terrace serve --data DIR",
        ),
    }
}

/// The store could not be read. What it holds stays out of the words.
pub(super) fn failed(error: &StoreError) -> Refusal {
    tracing::error!(%error, "the store cannot be read");
    with_todo(
        Refusal::new(RefusalCode::Store, "the office's store cannot be read"),
        "see its log, and look at the disk that holds its folder",
    )
}

/// The program failed.
pub(super) fn broken(what: &'static str) -> Refusal {
    tracing::error!(what, "a door failed");
    with_todo(
        Refusal::new(RefusalCode::Fault, "the office failed to answer"),
        "ask again; if it happens again, tell who looks after terrace",
    )
}

/// What a desk says.
pub(super) fn desk(refusal: &terrace_desk::Refusal) -> Refusal {
    let code = match refusal.class() {
        Class::Content => RefusalCode::Content,
        Class::NoSuch => RefusalCode::Unknown,
    };
    let faults = if let terrace_desk::Refusal::Fields(faults) = refusal {
        faults.iter().map(|fault| desk_fault(0, fault)).collect()
    } else {
        Vec::new()
    };
    Refusal {
        code,
        text: refusal.to_string(),
        todo: todo(refusal),
        faults,
    }
}

/// What to do, where the text does not say it.
fn todo(refusal: &terrace_desk::Refusal) -> Option<String> {
    use terrace_desk::Refusal as Desk;
    let todo = if let Desk::NoSuchType(_) | Desk::NoSuchWorkflow(_) = refusal {
        "`terrace catalog show` lists what there is".to_owned()
    } else if let Desk::NoSuchRecord { kind, .. } = refusal {
        format!("`terrace record list {kind}` lists them")
    } else if let Desk::NoSuchSubmission = refusal {
        "`terrace submission list` lists them".to_owned()
    } else if let Desk::NotNow { .. } = refusal {
        "`terrace submission show ID` says what this office may do".to_owned()
    } else if let Desk::NoSuchNotice = refusal {
        "`terrace notice list` lists them".to_owned()
    } else if let Desk::NoSuchOffice | Desk::NotBelow = refusal {
        "`terrace status` lists the offices".to_owned()
    } else {
        return None;
    };
    Some(todo)
}

/// A fault in the words of a door.
pub(super) fn desk_fault(line: u64, fault: &terrace_desk::Fault) -> RowFault {
    RowFault {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        field: fault.field.clone(),
        value: fault.value.clone(),
        reason: fault.reason.text(Lang::En),
    }
}

/// A fault of a sheet in the words of a door.
pub(super) fn sheet_fault(fault: &terrace_sheets::RowFault) -> RowFault {
    RowFault {
        line: u32::try_from(fault.line).unwrap_or(u32::MAX),
        field: fault.field.clone(),
        value: fault.value.clone(),
        reason: fault.reason.text(Lang::En),
    }
}

/// Fields that were typed one by one: a date, number or id that is none is a
/// fault of the request, anything else one of its content.
pub(super) fn fields(faults: &[FieldFault]) -> Refusal {
    let malformed = faults.iter().any(|fault| is_malformed(&fault.reason));
    let told = faults.iter().map(|fault| RowFault {
        line: 0,
        field: fault.field.clone(),
        value: fault.value.clone(),
        reason: fault.reason.text(Lang::En),
    });
    Refusal {
        code: if malformed {
            RefusalCode::Usage
        } else {
            RefusalCode::Content
        },
        text: format!("{} of the fields given cannot be kept", faults.len()),
        todo: None,
        faults: told.collect(),
    }
}

fn is_malformed(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NoDate
            | Reason::NoYear
            | Reason::NoCount
            | Reason::NoAmount(DecimalError::Form)
            | Reason::NoId
    )
}

/// A question for figures.
pub(super) fn unanswered(error: &Unanswered) -> Refusal {
    match error {
        Unanswered::Store(error) => failed(error),
        Unanswered::Unanswerable(why) => unanswerable(why),
    }
}

fn unanswerable(why: &Unanswerable) -> Refusal {
    use terrace_rollup::Refusal as Rollup;
    let todo = match why {
        Unanswerable::NoOffice(_) | Unanswerable::Refused(Rollup::NoOffice { .. }) => {
            return unknown(why.to_string(), "`terrace status` lists the offices");
        }
        Unanswerable::Refused(Rollup::NoIndicator { .. }) => {
            return unknown(
                why.to_string(),
                "`terrace catalog show` lists the indicators",
            );
        }
        Unanswerable::Refused(Rollup::NoDimension { .. }) => {
            return Refusal::new(RefusalCode::Unknown, why.to_string());
        }
        Unanswerable::NoIndicator => "`terrace catalog show` lists the indicators",
        Unanswerable::NoRange { .. } => "such as --from 2024Q1 --to 2024Q4",
        Unanswerable::TooMany { .. } | Unanswerable::Refused(Rollup::TooManyPeriods { .. }) => {
            "ask for fewer periods, offices or indicators at once"
        }
        Unanswerable::Refused(Rollup::TooManyDimensions { .. }) => "ask for fewer dimensions",
    };
    with_todo(usage(why), todo)
}
