//! One decision for each submission, the same wherever it is known.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use terrace_desk::{
    Book,
    submissions::{Standing, stand},
};
use terrace_model::{Fact, OfficeId, Submission, SubmissionId, Tree};

use super::{audience::Posts, mirror::Mirror};

/// Holds the standings of all submissions against each other.
pub(super) fn check<'a>(
    book: &Book,
    mirrors: impl Iterator<Item = (OfficeId, &'a Mirror, &'a Tree)>,
    posts: &Posts,
) -> Result<usize> {
    let mut held: BTreeMap<SubmissionId, Vec<(OfficeId, &Submission, Standing)>> = BTreeMap::new();
    for (office, mirror, tree) in mirrors {
        for (_, fact) in mirror.facts() {
            let Fact::Submission(submission) = fact else {
                continue;
            };
            let proposal = &submission.proposal;
            let workflow = book.catalog.workflow(&proposal.kind);
            let workflow = workflow.context("a submission of no workflow")?;
            let standing = stand(workflow, proposal, &submission.steps, tree);
            let all = held.entry(proposal.id).or_default();
            all.push((office, submission, standing));
        }
    }
    let mut decided = 0;
    for (id, all) in held {
        decided += usize::from(one(id, &all, posts)?);
    }
    Ok(decided)
}

/// Whether a submission is decided; never in two ways.
fn one(id: SubmissionId, all: &[(OfficeId, &Submission, Standing)], posts: &Posts) -> Result<bool> {
    let Some((first, _, standing)) = all.first() else {
        return Ok(false);
    };
    for (office, submission, other) in all {
        ensure!(
            other.head == standing.head && other.with == standing.with,
            "submission {id} is {} at {} and {} at {} after {} steps",
            standing.state,
            posts.name(*first),
            other.state,
            posts.name(*office),
            submission.steps.len()
        );
    }
    Ok(standing.state.is_final())
}
