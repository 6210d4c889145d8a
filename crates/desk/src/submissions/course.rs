//! What an office's own submissions add to its figures: the first act and the
//! last, once each.

use core::time::Duration;

use terrace_model::{Date, Fact, Key, Ruling, Seen, Submission, Time};
use terrace_rollup::{Contributions, Course, Ending, course_contributions, difference};

use super::stand::{Standing, stand};
use crate::{Place, figures};

/// Offices keep Beijing time, without summer time: eight hours ahead of UTC.
const AHEAD: Duration = Duration::from_secs(8 * 60 * 60);

/// The civil day of an act. It is told by the act alone, so that whoever counts
/// it again, whenever, finds the same month.
fn civil_day(at: Time) -> Date {
    let since = Duration::from_millis(u64::try_from(at.0).unwrap_or(0)).saturating_add(AHEAD);
    let whole_days = Duration::from_secs(since.as_secs() / 86_400 * 86_400);
    figures::EARLIEST.saturating_add(whole_days)
}

fn course(workflow: &str, standing: &Standing) -> Course {
    let first_submit = standing.path.first().map(|step| civil_day(step.at));
    let last = standing.path.last().filter(|_| standing.state.is_final());
    let ending = last.and_then(|step| {
        Some(Ending {
            on: civil_day(step.at),
            by: terrace_catalog::Action::from_id(&step.action)?,
            outcome: None,
        })
    });
    Course {
        workflow: workflow.into(),
        first_submit,
        ending,
    }
}

fn counted(submission: &Submission, place: &Place<'_>) -> Contributions {
    let proposal = &submission.proposal;
    let workflow = place.catalog().workflow(&proposal.kind);
    let Some(workflow) = workflow.filter(|_| proposal.origin == place.me) else {
        return Contributions::new();
    };
    let standing = stand(workflow, proposal, &submission.steps, place.tree);
    course_contributions(place.catalog(), &course(&workflow.id, &standing))
}

/// Says the figures that a ruling on a submission moves.
pub(super) fn say(seen: &Seen, place: &Place<'_>, ruling: &mut Ruling) {
    let mut changes = Contributions::new();
    for change in &ruling.changes {
        if let (Key::Submission(id), Some(Fact::Submission(after))) = (&change.key, &change.fact) {
            let before = seen.submission(*id);
            let before = before.map(|before| counted(before, place));
            let moved = difference(&before.unwrap_or_default(), &counted(after, place));
            terrace_rollup::add(&mut changes, &moved);
        }
    }
    if !changes.is_empty() {
        figures::say(changes, seen, place, ruling);
    }
}
