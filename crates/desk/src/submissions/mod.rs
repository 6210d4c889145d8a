//! Submissions (呈报): proposed below, passed on by each level, decided above,
//! and the decision comes back. What a submission is, is a fold over the steps
//! that offices took, each naming the hash it answers.

mod act;
mod arrive;
mod stand;
mod submit;

use terrace_model::{Key, Reads, SubmissionId};

pub(crate) use act::act;
pub(crate) use arrive::{receive_forward, receive_step, receive_submit};
pub use stand::{Standing, stand};
pub(crate) use submit::{needs_submit, submit};

pub(crate) fn needs_act(id: SubmissionId) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Submission(id));
    reads
}
