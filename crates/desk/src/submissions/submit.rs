use alloc::{string::ToString, vec::Vec};

use terrace_catalog::{Action, Reason, Workflow, term_faults};
use terrace_model::{
    Audience, Change, Content, Entry, Fact, Fields, Hash, Key, Lane, Proposal, Reads, RecordKey,
    Ruling, Say, Seen, Step, Submission, SubmissionId, Value,
};

use super::course;
use crate::{Fault, FaultReason, Place, Refusal, subject};

/// The record that the submission names, and what consent it needs.
fn named(workflow: &Workflow, given: &Fields) -> Option<RecordKey> {
    let (field, of) = workflow.subject()?;
    match given.get(&field.id)? {
        Value::Ref(id) | Value::Text(id) => Some(RecordKey::new(of, id)),
        Value::Code(_)
        | Value::Codes(_)
        | Value::Date(_)
        | Value::Year(_)
        | Value::Count(_)
        | Value::Amount(_) => None,
    }
}

pub(crate) fn needs_submit(
    id: SubmissionId,
    kind: &str,
    given: &Fields,
    seen: &Seen,
    place: &Place<'_>,
) -> Reads {
    let mut reads = super::needs_act(id, place);
    let Some(workflow) = place.catalog().workflow(kind) else {
        return reads;
    };
    let Some(record) = named(workflow, given) else {
        return reads;
    };
    reads.key(Key::Consent {
        person: record.id.clone(),
        kind: kind.into(),
    });
    subject::needs(workflow, &record, seen, place, &mut reads);
    reads.key(Key::Record(record));
    reads
}

/// Proposes a person to the office above: only with the person's consent on
/// file, and only what the workflow lists travels.
pub(crate) fn submit(
    id: SubmissionId,
    kind: &str,
    given: &Fields,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let workflow = place
        .catalog()
        .workflow(kind)
        .ok_or_else(|| Refusal::NoSuchWorkflow(kind.to_string()))?;
    let terms = terms(workflow, given);
    let mut faults: Vec<Fault> = term_faults(workflow, &terms)
        .into_iter()
        .map(Fault::from)
        .collect();
    let record = named(workflow, given);
    if record.is_none() {
        let field = workflow.subject().map(|(field, _)| field.id.as_str());
        let reason = FaultReason::Value(Reason::Required);
        faults.push(Fault::new(field.unwrap_or_default(), "", reason));
    }
    let record = record.filter(|_| faults.is_empty());
    let record = record.ok_or(Refusal::Fields(faults))?;
    let person = seen.record(&record).ok_or_else(|| Refusal::NoSuchRecord {
        kind: record.kind.clone(),
        id: record.id.clone(),
    })?;
    if seen.consent(&record.id, kind).is_none() {
        return Err(Refusal::NoConsent {
            person: record.id.clone(),
            kind: kind.to_string(),
        });
    }
    if place
        .tree
        .get(place.me)
        .is_none_or(|office| office.parent.is_none())
    {
        return Err(Refusal::NobodyDecides);
    }
    let travels = subject::travels(workflow, &record.kind, person, seen, place);
    if let Some(held) = seen.submission(id) {
        let same = held.proposal.kind == kind
            && held.proposal.terms == terms
            && held.subject.as_ref() == Some(&travels);
        return if same {
            Ok(Ruling::default())
        } else {
            Err(Refusal::IdUsed)
        };
    }
    let mut ruling = propose(id, kind, terms, travels, place);
    course::say(seen, place, &mut ruling);
    Ok(ruling)
}

/// What travels as it is given: all but the field that names the subject.
fn terms(workflow: &Workflow, given: &Fields) -> Fields {
    let mut terms = given.clone();
    if let Some((subject, _)) = workflow.subject() {
        terms.remove(&subject.id);
    }
    terms
}

fn propose(
    id: SubmissionId,
    kind: &str,
    terms: Fields,
    travels: Fields,
    place: &Place<'_>,
) -> Ruling {
    let proposal = Proposal {
        id,
        kind: kind.to_string(),
        origin: place.me,
        terms,
        subject: Hash::ZERO,
    };
    let step = Step {
        submission: id,
        by: place.me,
        action: Action::Submit.as_str().to_string(),
        answers: Hash::ZERO,
        reason: None,
        note: None,
        at: place.now,
    };
    let entry = Entry::Submit {
        proposal: proposal.clone(),
        step: step.clone(),
    };
    let mut say = Say::plain(Audience::Parent, Lane::Every, entry);
    say.content = Some(Content::Fields(travels.clone()));
    let submission = Submission {
        proposal,
        subject: Some(travels),
        steps: Vec::from([step]),
        pages: Vec::new(),
    };
    let fact = Fact::Submission(submission);
    Ruling {
        changes: Vec::from([Change::keep(Key::Submission(id), fact)]),
        says: Vec::from([say]),
    }
}
