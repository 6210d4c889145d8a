//! Submissions (呈报): proposed below, passed on by each level, decided above,
//! and the decision comes back. What a submission is, is a fold over the steps
//! that offices took, each naming the hash it answers.

mod act;
mod arrive;
mod course;
mod stand;
mod submit;

use terrace_model::{Key, OfficeId, Reads, Submission, SubmissionId};

pub(crate) use act::act;
pub(crate) use arrive::{receive_forward, receive_step, receive_submit};
pub use stand::{Standing, stand};
pub(crate) use submit::{needs_submit, submit};

use crate::{Place, figures};

/// Most steps of one office that are kept of one submission. What the offices
/// on the way up may say of it then fits into one entry that encloses it all.
const ACTS: usize = 16;

pub(crate) fn needs_act(id: SubmissionId, place: &Place<'_>) -> Reads {
    let mut reads = needs_submission(id);
    reads.merge(figures::needs_of_submissions(place));
    reads
}

pub(crate) fn needs_submission(id: SubmissionId) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Submission(id));
    reads
}

/// How often an office has acted on a submission.
fn acts_of(submission: &Submission, office: OfficeId) -> usize {
    let steps = submission.steps.iter();
    steps.filter(|step| step.by == office).count()
}
