use alloc::{string::String, vec::Vec};

use crate::{Fields, Hash, OfficeId, Position, SubmissionId, Time};

/// What is proposed, as all offices on its way may see it: coded terms, never a
/// person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The submission.
    pub id: SubmissionId,
    /// Workflow id of the catalog, such as `nomination`.
    pub kind: String,
    /// The office that proposes.
    pub origin: OfficeId,
    /// Coded terms, such as body, seat, level, term.
    pub terms: Fields,
    /// Commitment of the part that names the subject.
    pub subject: Hash,
}

/// One act on a submission (呈报). Which act follows which is told by the hash
/// it answers, never by the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The submission.
    pub submission: SubmissionId,
    /// The office that acts.
    pub by: OfficeId,
    /// Action id of the workflow, such as `submit`, `forward`, `approve`.
    pub action: String,
    /// Hash of the step it answers; [`Hash::ZERO`] for the first.
    pub answers: Hash,
    /// Code of the reason, where the action asks for one.
    pub reason: Option<String>,
    /// Free text beside the reason, shown to the person on request.
    pub note: Option<String>,
    /// When the office acted, by its own clock.
    pub at: Time,
}

impl Step {
    /// Identity of the step: what the next one answers.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let text = |text: &str| Hash::of(&[text.as_bytes()]);
        let optional = |given: &Option<String>| given.as_deref().map_or(Hash::ZERO, text);
        Hash::of(&[
            b"terrace step 1\0",
            &self.submission.0.to_be_bytes(),
            &self.by.0.to_be_bytes(),
            &text(&self.action).0,
            &self.answers.0,
            &optional(&self.reason).0,
            &optional(&self.note).0,
            &self.at.0.to_be_bytes(),
        ])
    }
}

/// A submission as one office holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// What is proposed.
    pub proposal: Proposal,
    /// Who is proposed, where this office holds the part.
    pub subject: Option<Fields>,
    /// All steps that arrived, in the order of arrival; the state is a fold
    /// over them.
    pub steps: Vec<Step>,
    /// Pages that carried it up to here, for the office that passes it on.
    pub pages: Vec<Position>,
}
