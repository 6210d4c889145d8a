use alloc::vec::Vec;

use terrace_catalog::{Action, Carried, term_faults};
use terrace_model::{
    Audience, Content, Entry, Fields, Hash, OfficeId, Proposal, Ruling, Seen, Step, Submission,
    SubmissionId,
};

use super::{
    ACTS,
    act::{has_passed_on, keep, pass_on},
    acts_of, course,
    stand::follows,
};
use crate::{Arrived, Enclosed, NoEffect, Place};

/// A submission arrives from the office that proposes it.
pub(crate) fn receive_submit(
    proposal: &Proposal,
    step: &Step,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    let origin = arrived.origin();
    if !opens(proposal, step, origin) {
        return Err(NoEffect::NotTheirs);
    }
    if let Some(held) = seen.submission(proposal.id) {
        return if is_same(&held.proposal, proposal) && held.steps.contains(step) {
            Ok(Ruling::default())
        } else {
            Err(NoEffect::Contradicts)
        };
    }
    let mut submission = begin(proposal.clone(), arrived, place)?;
    submission.steps.push(step.clone());
    submission.pages.push(arrived.header.position);
    Ok(Ruling {
        changes: Vec::from([keep(submission)]),
        says: Vec::new(),
    })
}

/// A submission of which nothing is held yet.
fn begin(
    proposal: Proposal,
    arrived: &Arrived<'_>,
    place: &Place<'_>,
) -> Result<Submission, NoEffect> {
    let workflow = place.catalog().workflow(&proposal.kind);
    if workflow.is_some_and(|workflow| !term_faults(workflow, &proposal.terms).is_empty()) {
        return Err(NoEffect::Contradicts);
    }
    Ok(Submission {
        subject: subject_of(&proposal, arrived, place),
        proposal,
        steps: Vec::new(),
        pages: Vec::new(),
    })
}

/// Whether a proposal is the one held. The office that made it does not keep the
/// commitment of its part, which was made after the ruling.
fn is_same(held: &Proposal, said: &Proposal) -> bool {
    let mut held = held.clone();
    if held.subject == Hash::ZERO {
        held.subject = said.subject;
    }
    held == *said
}

fn opens(proposal: &Proposal, step: &Step, origin: OfficeId) -> bool {
    proposal.origin == origin
        && step.by == origin
        && step.submission == proposal.id
        && step.answers == Hash::ZERO
        && step.action == Action::Submit.as_str()
}

/// Who is proposed, as far as the workflow lets it travel: what else an office
/// below may have said of a person is not kept.
fn subject_of(proposal: &Proposal, arrived: &Arrived<'_>, place: &Place<'_>) -> Option<Fields> {
    let workflow = place.catalog().workflow(&proposal.kind)?;
    let mut fields = match arrived.contents.get(&proposal.subject)? {
        Content::Fields(fields) => fields.clone(),
        Content::Consent(_) => return None,
    };
    let travels: Vec<_> = workflow.travels.iter().map(Carried::id).collect();
    fields.retain(|field, _| travels.contains(field));
    Some(fields)
}

/// Whether a step may be kept: its office proposed or stands above, has not
/// acted too often, and the workflow allows it after the steps that led to it,
/// as far as these are held.
fn admit(submission: &Submission, step: &Step, place: &Place<'_>) -> Result<(), NoEffect> {
    let proposal = &submission.proposal;
    if !place.tree.is_within(proposal.origin, step.by) {
        return Err(NoEffect::NotTheirs);
    }
    if acts_of(submission, step.by) >= ACTS {
        return Err(NoEffect::Contradicts);
    }
    let workflow = place.catalog().workflow(&proposal.kind);
    match (workflow, chain(&submission.steps, step.answers)) {
        (Some(workflow), Some(chain)) => follows(workflow, proposal, &chain, step, place.tree),
        (Some(_) | None, _) => Ok(()),
    }
}

/// The steps that led to one, the first first; none: not all of them are held.
fn chain(steps: &[Step], last: Hash) -> Option<Vec<Step>> {
    let mut chain: Vec<Step> = Vec::new();
    let mut wanted = last;
    while wanted != Hash::ZERO {
        let step = steps.iter().find(|step| step.hash() == wanted)?;
        wanted = step.answers;
        chain.push(step.clone());
    }
    chain.reverse();
    Some(chain)
}

/// Keeps what an office below said, and passes it on where the submission was
/// passed on before.
fn keep_from_below(
    mut submission: Submission,
    step: &Step,
    arrived: &Arrived<'_>,
    place: &Place<'_>,
    ruling: &mut Ruling,
) {
    let position = arrived.header.position;
    if !submission.pages.contains(&position) {
        submission.pages.push(position);
    }
    if has_passed_on(&submission, place.me) {
        ruling.says.push(pass_on(&submission, step.clone()));
        submission.pages.clear();
    }
    ruling.changes.push(keep(submission));
}

/// An act of another office: from below through the office that passed it on, or
/// from above.
pub(crate) fn receive_step(
    step: &Step,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    if step.by != arrived.origin() {
        return Err(NoEffect::NotTheirs);
    }
    let held = seen.submission(step.submission).ok_or(NoEffect::Unknown)?;
    if held.steps.contains(step) {
        return Ok(Ruling::default());
    }
    admit(held, step, place)?;
    let mut submission = held.clone();
    submission.steps.push(step.clone());
    let mut ruling = Ruling::default();
    let up = arrived.header.position.stream.journal.audience == Audience::Parent;
    if up && step.by != place.me {
        keep_from_below(submission, step, arrived, place, &mut ruling);
    } else {
        ruling.changes.push(keep(submission));
    }
    if step.by != place.me {
        course::say(seen, place, &mut ruling);
    }
    Ok(ruling)
}

/// What the enclosed pages say of one submission.
#[derive(Default)]
struct Found {
    proposal: Option<Proposal>,
    steps: Vec<Step>,
}

/// Gathers a submission from sealed pages, each office's acts from its own
/// seal, however deep the page is enclosed.
fn gather(pages: &[Enclosed], id: SubmissionId, found: &mut Found) {
    for page in pages {
        gather(&page.enclosed, id, found);
        for entry in &page.entries {
            let Some(step) = entry.step() else { continue };
            if let Entry::Submit { proposal, .. } = entry
                && proposal.id == id
                && opens(proposal, step, page.origin)
            {
                found.proposal = Some(proposal.clone());
            }
            if step.submission == id && step.by == page.origin && !found.steps.contains(step) {
                found.steps.push(step.clone());
            }
        }
    }
}

/// A submission is passed on by the office below, or something that an office
/// further below said of one that was.
pub(crate) fn receive_forward(
    step: &Step,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    let mut found = Found::default();
    gather(arrived.enclosed, step.submission, &mut found);
    if !found.steps.contains(step) {
        if step.by != arrived.origin() {
            return Err(NoEffect::NotTheirs);
        }
        found.steps.push(step.clone());
    }
    let held = seen.submission(step.submission);
    let mut submission = match (held, found.proposal) {
        (Some(held), _) => held.clone(),
        (None, Some(proposal)) => begin(proposal, arrived, place)?,
        (None, None) => return Err(NoEffect::Unknown),
    };
    let origin = submission.proposal.origin;
    if !place.tree.is_within(origin, arrived.origin()) {
        return Err(NoEffect::NotTheirs);
    }
    if submission.subject.is_none() {
        submission.subject = subject_of(&submission.proposal, arrived, place);
    }
    for other in found.steps {
        if submission.steps.contains(&other) {
            continue;
        }
        match admit(&submission, &other, place) {
            Ok(()) => submission.steps.push(other),
            Err(why) if other == *step => return Err(why),
            Err(_) => {}
        }
    }
    if held == Some(&submission) {
        return Ok(Ruling::default());
    }
    let mut ruling = Ruling::default();
    if arrived.origin() == place.me {
        ruling.changes.push(keep(submission));
    } else {
        keep_from_below(submission, step, arrived, place, &mut ruling);
    }
    Ok(ruling)
}
