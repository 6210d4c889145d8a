use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{Action, Actor, Workflow};
use terrace_model::{
    Audience, Change, Entry, Fact, Key, Lane, Ruling, Say, Seen, Step, Submission, SubmissionId,
};

use super::stand::stand;
use crate::{Place, Refusal};

/// This office acts on a submission.
pub(crate) fn act(
    id: SubmissionId,
    action: Action,
    reason: Option<&str>,
    note: Option<&str>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let submission = seen.submission(id).ok_or(Refusal::NoSuchSubmission)?;
    let proposal = &submission.proposal;
    let workflow = place
        .catalog()
        .workflow(&proposal.kind)
        .ok_or_else(|| Refusal::NoSuchWorkflow(proposal.kind.clone()))?;
    let standing = stand(workflow, proposal, &submission.steps, place.tree);
    let last_is_this = standing.path.last().is_some_and(|last| {
        last.by == place.me && last.action == action.as_str() && last.reason.as_deref() == reason
    });
    if last_is_this {
        return Ok(Ruling::default());
    }
    let actor = Actor {
        is_origin: place.me == proposal.origin,
        in_hand: standing.with == Some(place.me),
    };
    let line = workflow
        .transition(standing.state, action, actor)
        .ok_or(Refusal::NotNow {
            state: standing.state,
            action: action.as_str(),
        })?;
    check_reason(workflow, line.needs_reason, reason, note)?;
    let step = Step {
        submission: id,
        by: place.me,
        action: action.as_str().to_string(),
        answers: standing.head,
        reason: reason.map(ToString::to_string),
        note: note.map(ToString::to_string),
        at: place.now,
    };
    Ok(Ruling {
        says: says(submission, &step, action, place)?,
        changes: Vec::from([keep(submission, step)]),
    })
}

/// Keeps a submission with one step more.
pub(super) fn keep(submission: &Submission, step: Step) -> Change {
    let mut submission = submission.clone();
    submission.steps.push(step);
    Change::keep(
        Key::Submission(submission.proposal.id),
        Fact::Submission(submission),
    )
}

/// Who must hear of a step: the office above of what goes up, and the origin,
/// with all between, of what an office above it did.
fn says(
    submission: &Submission,
    step: &Step,
    action: Action,
    place: &Place<'_>,
) -> Result<Vec<Say>, Refusal> {
    let back = Say::plain(
        Audience::Office(submission.proposal.origin),
        Lane::Every,
        Entry::Step(step.clone()),
    );
    match action {
        Action::Submit | Action::Withdraw => Ok(Vec::from([Say::plain(
            Audience::Parent,
            Lane::Every,
            Entry::Step(step.clone()),
        )])),
        Action::Forward => {
            if place
                .tree
                .get(place.me)
                .is_none_or(|office| office.parent.is_none())
            {
                return Err(Refusal::NothingAbove);
            }
            Ok(Vec::from([pass_on(submission, step.clone()), back]))
        }
        Action::Return | Action::Approve | Action::Reject => Ok(Vec::from([back])),
    }
}

/// Says a step to the office above, enclosing the pages that carried the
/// submission here.
pub(super) fn pass_on(submission: &Submission, step: Step) -> Say {
    let entry = Entry::Forward {
        step,
        enclosed: Vec::new(),
    };
    let mut say = Say::plain(Audience::Parent, Lane::Every, entry);
    say.enclose.clone_from(&submission.pages);
    say
}

fn check_reason(
    workflow: &Workflow,
    needed: bool,
    reason: Option<&str>,
    note: Option<&str>,
) -> Result<(), Refusal> {
    let listed = reason.is_some_and(|code| workflow.reasons.has(code));
    if (needed || reason.is_some()) && !listed {
        let codes: Vec<String> = workflow
            .reasons
            .codes
            .iter()
            .map(|entry| entry.code.clone())
            .collect();
        return Err(Refusal::ReasonNeeded(codes.join(", ")));
    }
    if note.is_some_and(|note| note.chars().count() > workflow.note_max_chars) {
        return Err(Refusal::NoteTooLong(workflow.note_max_chars));
    }
    Ok(())
}
