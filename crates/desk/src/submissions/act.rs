use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{Action, Actor, Workflow, does_not_show};
use terrace_model::{
    Audience, Change, Entry, Fact, Key, Lane, OfficeId, Ruling, Say, Seen, Step, Submission,
    SubmissionId,
};

use super::{ACTS, acts_of, course, stand::stand};
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
        let said = (last.reason.as_deref(), last.note.as_deref());
        last.by == place.me && last.action == action.as_str() && said == (reason, note)
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
    let most = if line.to.is_final() { ACTS } else { ACTS - 1 };
    if acts_of(submission, place.me) >= most {
        return Err(Refusal::ActedTooOften(most));
    }
    let step = Step {
        submission: id,
        by: place.me,
        action: action.as_str().to_string(),
        answers: standing.head,
        reason: reason.map(ToString::to_string),
        note: note.map(ToString::to_string),
        at: place.now,
    };
    let mut ruling = Ruling {
        says: says(submission, &step, action, place)?,
        changes: Vec::new(),
    };
    let mut after = submission.clone();
    after.steps.push(step);
    if action == Action::Forward {
        after.pages.clear();
    }
    ruling.changes.push(keep(after));
    course::say(seen, place, &mut ruling);
    Ok(ruling)
}

/// Keeps a submission as it has become.
pub(super) fn keep(submission: Submission) -> Change {
    Change::keep(
        Key::Submission(submission.proposal.id),
        Fact::Submission(submission),
    )
}

/// Whether an office has passed a submission on: from then on the office above
/// hears all that happens to it.
pub(super) fn has_passed_on(submission: &Submission, office: OfficeId) -> bool {
    let forward = Action::Forward.as_str();
    let mut steps = submission.steps.iter();
    steps.any(|step| step.by == office && step.action == forward)
}

/// Who must hear of a step: the office above of what goes up and of what became
/// of what went up, and the origin, with all between, of what an office above it
/// did.
fn says(
    submission: &Submission,
    step: &Step,
    action: Action,
    place: &Place<'_>,
) -> Result<Vec<Say>, Refusal> {
    let say = |audience: Audience, step: &Step| {
        Say::plain(audience, Lane::Every, Entry::Step(step.clone()))
    };
    let back = say(Audience::Office(submission.proposal.origin), step);
    let passed_on = has_passed_on(submission, place.me);
    match action {
        Action::Submit | Action::Withdraw => Ok(Vec::from([say(Audience::Parent, step)])),
        Action::Forward => {
            if place
                .tree
                .get(place.me)
                .is_none_or(|office| office.parent.is_none())
            {
                return Err(Refusal::NothingAbove);
            }
            let mut says = Vec::from([pass_on(submission, step.clone()), back]);
            if !passed_on {
                let mine = submission.steps.iter().filter(|step| step.by == place.me);
                says.extend(mine.map(|step| say(Audience::Parent, step)));
            }
            Ok(says)
        }
        Action::Return | Action::Approve | Action::Reject => {
            let up = passed_on.then(|| say(Audience::Parent, step));
            Ok([back].into_iter().chain(up).collect())
        }
    }
}

/// Says a step to the office above, enclosing the pages that carried the
/// submission here and were not passed on before.
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
    if note.is_some_and(|note| note.chars().any(does_not_show)) {
        return Err(Refusal::NoteControl);
    }
    Ok(())
}
