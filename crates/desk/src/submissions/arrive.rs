use alloc::{string::ToString, vec::Vec};

use terrace_catalog::Action;
use terrace_model::{
    Audience, Change, Content, Entry, Fact, Hash, Key, OfficeId, Proposal, Ruling, Seen, Step,
    Submission,
};

use super::act::{keep, pass_on};
use crate::{Arrived, Enclosed, NoEffect, Place};

/// A submission arrives from the office that proposes it.
pub(crate) fn receive_submit(
    proposal: &Proposal,
    step: &Step,
    arrived: &Arrived<'_>,
    seen: &Seen,
) -> Result<Ruling, NoEffect> {
    let origin = arrived.origin();
    if !opens(proposal, step, origin) {
        return Err(NoEffect::NotTheirs);
    }
    if seen.submission(proposal.id).is_some() {
        return Err(NoEffect::Contradicts);
    }
    let submission = Submission {
        proposal: proposal.clone(),
        subject: subject_of(proposal, arrived),
        steps: Vec::from([step.clone()]),
        pages: Vec::from([arrived.header.position]),
    };
    Ok(keep_whole(submission))
}

fn opens(proposal: &Proposal, step: &Step, origin: OfficeId) -> bool {
    proposal.origin == origin
        && step.by == origin
        && step.submission == proposal.id
        && step.answers == Hash::ZERO
        && step.action == Action::Submit.as_str()
}

fn subject_of(proposal: &Proposal, arrived: &Arrived<'_>) -> Option<terrace_model::Fields> {
    match arrived.contents.get(&proposal.subject)? {
        Content::Fields(fields) => Some(fields.clone()),
        Content::Consent(_) => None,
    }
}

fn keep_whole(submission: Submission) -> Ruling {
    let key = Key::Submission(submission.proposal.id);
    let changes = Vec::from([Change::keep(key, Fact::Submission(submission))]);
    Ruling {
        changes,
        says: Vec::new(),
    }
}

/// An act of another office: from below through the office that passed it on, or
/// from above. What comes from below about a submission that this office has
/// passed on is passed on too.
pub(crate) fn receive_step(
    step: &Step,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    if step.by != arrived.origin() {
        return Err(NoEffect::NotTheirs);
    }
    let submission = seen.submission(step.submission).ok_or(NoEffect::Unknown)?;
    if submission.steps.contains(step) {
        return Ok(Ruling::default());
    }
    let mut submission = submission.clone();
    let mut ruling = Ruling::default();
    if arrived.header.position.stream.journal.audience == Audience::Parent {
        submission.pages.push(arrived.header.position);
        let forward = Action::Forward.as_str().to_string();
        if submission
            .steps
            .iter()
            .any(|held| held.by == place.me && held.action == forward)
        {
            ruling.says.push(pass_on(&submission, step.clone()));
        }
    }
    ruling.changes.push(keep(&submission, step.clone()));
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
fn gather(pages: &[Enclosed], id: terrace_model::SubmissionId, found: &mut Found) {
    for page in pages {
        gather(&page.enclosed, id, found);
        for entry in &page.entries {
            let step = match entry {
                Entry::Submit { proposal, step } => {
                    if proposal.id == id && opens(proposal, step, page.origin) {
                        found.proposal = Some(proposal.clone());
                    }
                    step
                }
                Entry::Forward { step, .. } | Entry::Step(step) => step,
                Entry::Record(_)
                | Entry::Consent(_)
                | Entry::EpochOpened(_)
                | Entry::Office(_)
                | Entry::Figure { .. }
                | Entry::Through(_)
                | Entry::Receipt { .. }
                | Entry::Health(_)
                | Entry::Notice(_) => continue,
            };
            if step.submission == id && step.by == page.origin && !found.steps.contains(step) {
                found.steps.push(step.clone());
            }
        }
    }
}

/// A submission is passed on by the office below.
pub(crate) fn receive_forward(
    step: &Step,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    let mut found = Found::default();
    gather(arrived.enclosed, step.submission, &mut found);
    let sealed = step.by == arrived.origin() || found.steps.contains(step);
    if !sealed {
        return Err(NoEffect::NotTheirs);
    }
    let mut submission = match (seen.submission(step.submission), found.proposal) {
        (Some(held), _) => held.clone(),
        (None, Some(proposal)) => Submission {
            subject: subject_of(&proposal, arrived),
            proposal,
            steps: Vec::new(),
            pages: Vec::new(),
        },
        (None, None) => return Err(NoEffect::Unknown),
    };
    if !place
        .tree
        .is_within(submission.proposal.origin, arrived.origin())
    {
        return Err(NoEffect::NotTheirs);
    }
    if step.by == arrived.origin() && !found.steps.contains(step) {
        found.steps.push(step.clone());
    }
    for step in found.steps {
        if !submission.steps.contains(&step) {
            submission.steps.push(step);
        }
    }
    submission.pages.push(arrived.header.position);
    Ok(keep_whole(submission))
}
