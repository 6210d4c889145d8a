//! Submissions that this office holds, as they stand.

use core::ops::ControlFlow;

use terrace_catalog::{Action, Actor, Carried, WorkflowState, text_of};
use terrace_desk::submissions::{Standing, stand};
use terrace_model::{
    Fact, Fields, Key, OfficeId, Proposal, Range, Step, Submission, SubmissionId, Time, Value,
};
use terrace_store::{Read, StoreError};

use super::{Here, Page, walk::walk};

/// The field that a person or an organisation is called by.
const NAME: &str = "name";

/// A submission and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionRow {
    /// Its id.
    pub id: SubmissionId,
    /// Workflow of the catalog.
    pub kind: String,
    /// The office that proposes.
    pub origin: OfficeId,
    /// Name of who is proposed; none where this office does not hold that.
    pub name: Option<String>,
    /// State of the workflow.
    pub state: WorkflowState,
    /// What is proposed, in the order of the catalog.
    pub terms: Vec<(String, Value)>,
    /// What this office may do.
    pub acts: Vec<Action>,
    /// When it was last acted on, by the clock of the office that acted.
    pub at: Time,
}

/// A submission with all that is held of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeSubmission {
    /// The submission.
    pub row: SubmissionRow,
    /// Who is proposed, in the order of the catalog; empty where this office
    /// does not hold that.
    pub subject: Vec<(String, Value)>,
    /// The steps that led here, in order.
    pub steps: Vec<Step>,
    /// Steps that have no effect.
    pub flagged: Vec<Step>,
}

/// Submissions in the order of their ids, which is that in which they were made,
/// after an id: so many at most, and only
/// those in a state where one is named. One whose workflow the catalog does not
/// have is left out.
///
/// # Errors
/// The store failed.
pub fn submissions<R: Read>(
    reader: &R,
    here: &Here<'_>,
    after: Option<SubmissionId>,
    rows: usize,
    state: Option<WorkflowState>,
) -> Result<Page<SubmissionRow, SubmissionId>, StoreError> {
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    walk(
        reader,
        &Range::Submissions,
        after.map(Key::Submission),
        |_, fact| {
            let Some((submission, standing)) = standing(fact, here) else {
                return ControlFlow::Continue(());
            };
            if state.is_some_and(|state| state != standing.state) {
                return ControlFlow::Continue(());
            }
            let last: Option<&SubmissionRow> = page.rows.last();
            if let Some(last) = last
                && page.rows.len() == rows
            {
                page.next = Some(last.id);
                return ControlFlow::Break(());
            }
            page.rows.push(row(&submission, &standing, here));
            ControlFlow::Continue(())
        },
    )?;
    Ok(page)
}

/// One submission; none: this office holds none by that id.
///
/// # Errors
/// The store failed.
pub fn submission<R: Read>(
    reader: &R,
    here: &Here<'_>,
    id: SubmissionId,
) -> Result<Option<WholeSubmission>, StoreError> {
    let fact = reader.get(&Key::Submission(id))?;
    let Some((submission, standing)) = fact.and_then(|fact| standing(fact, here)) else {
        return Ok(None);
    };
    Ok(Some(WholeSubmission {
        row: row(&submission, &standing, here),
        subject: subject(&submission, here),
        steps: standing.path,
        flagged: standing.flagged,
    }))
}

/// Another submission of this office that proposes the same of the same subject,
/// and that nobody has decided on yet: the earliest.
///
/// # Errors
/// The store failed.
pub fn twin<R: Read>(
    reader: &R,
    here: &Here<'_>,
    id: SubmissionId,
) -> Result<Option<SubmissionId>, StoreError> {
    let Some(Fact::Submission(made)) = reader.get(&Key::Submission(id))? else {
        return Ok(None);
    };
    // What seals the subject is salted, and another in each.
    let said = |of: &Submission| {
        let Proposal {
            kind,
            origin,
            terms,
            ..
        } = of.proposal.clone();
        (kind, origin, terms, of.subject.clone())
    };
    let made = said(&made);
    let mut found = None;
    walk(reader, &Range::Submissions, None, |_, fact| {
        let Fact::Submission(other) = &fact else {
            return ControlFlow::Continue(());
        };
        let other_id = other.proposal.id;
        let is_twin = other_id != id && said(other) == made;
        let is_open = |(_, standing): (Submission, Standing)| !standing.state.is_final();
        if is_twin && standing(fact, here).is_some_and(is_open) {
            found = Some(other_id);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

fn standing(fact: Fact, here: &Here<'_>) -> Option<(Submission, Standing)> {
    let Fact::Submission(submission) = fact else {
        return None;
    };
    let proposal = &submission.proposal;
    let workflow = here.book.catalog.workflow(&proposal.kind)?;
    let standing = stand(workflow, proposal, &submission.steps, here.tree);
    Some((submission, standing))
}

fn row(submission: &Submission, standing: &Standing, here: &Here<'_>) -> SubmissionRow {
    let proposal = &submission.proposal;
    let last = standing.path.last().or(submission.steps.last());
    SubmissionRow {
        id: proposal.id,
        kind: proposal.kind.clone(),
        origin: proposal.origin,
        name: name(submission),
        state: standing.state,
        terms: terms(submission, here),
        acts: acts(submission, standing, here),
        at: last.map_or(Time(0), |step| step.at),
    }
}

/// Whom a submission names is known to those who hold what travels beside it:
/// the office that proposes, and those that it was enclosed to.
fn name(submission: &Submission) -> Option<String> {
    let subject = submission.subject.as_ref()?;
    subject.get(NAME).map(text_of)
}

fn terms(submission: &Submission, here: &Here<'_>) -> Vec<(String, Value)> {
    let workflow = here.book.catalog.workflow(&submission.proposal.kind);
    let fields = workflow.into_iter().flat_map(|workflow| &workflow.fields);
    in_order(
        fields.map(|field| field.id.clone()),
        &submission.proposal.terms,
    )
}

fn subject(submission: &Submission, here: &Here<'_>) -> Vec<(String, Value)> {
    let workflow = here.book.catalog.workflow(&submission.proposal.kind);
    let travels = workflow.into_iter().flat_map(|workflow| &workflow.travels);
    match &submission.subject {
        Some(subject) => in_order(travels.map(Carried::id), subject),
        None => Vec::new(),
    }
}

/// The fields in an order, then those that it leaves out.
fn in_order(order: impl Iterator<Item = String>, fields: &Fields) -> Vec<(String, Value)> {
    let mut rest = fields.clone();
    let mut shown: Vec<(String, Value)> = order
        .filter_map(|field| rest.remove_entry(&field))
        .collect();
    shown.extend(rest);
    shown
}

/// What the workflow lets this office do. Nothing is passed on to an office that
/// is not there.
fn acts(submission: &Submission, standing: &Standing, here: &Here<'_>) -> Vec<Action> {
    let proposal = &submission.proposal;
    let Some(workflow) = here.book.catalog.workflow(&proposal.kind) else {
        return Vec::new();
    };
    let actor = Actor {
        is_origin: here.me == proposal.origin,
        in_hand: standing.with == Some(here.me),
    };
    let has_above = here.tree.above(here.me).next().is_some();
    let may = |action: &Action| {
        (has_above || *action != Action::Forward)
            && workflow
                .transition(standing.state, *action, actor)
                .is_some()
    };
    Action::ALL.iter().copied().filter(may).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        held::Held,
        scene::{COUNTY, PREFECTURE, TOWN, TOWN_2, book, tree},
    };
    use terrace_model::Hash;

    fn step(by: OfficeId, action: Action, answers: &[Step], at: i64) -> Step {
        Step {
            submission: SubmissionId(9),
            by,
            action: action.as_str().to_owned(),
            answers: answers.last().map_or(Hash::ZERO, Step::hash),
            reason: None,
            note: None,
            at: Time(at),
        }
    }

    fn keep(held: &Held, id: u64, acts: &[(OfficeId, Action)]) {
        let id = SubmissionId(id);
        let mut steps = Vec::new();
        for (number, (by, action)) in (1..).zip(acts) {
            let next = Step {
                submission: id,
                ..step(*by, *action, &steps, number)
            };
            steps.push(next);
        }
        let code = |field: &str, code: &str| (field.to_owned(), Value::Code(code.to_owned()));
        let text = |field: &str, text: &str| (field.to_owned(), Value::Text(text.to_owned()));
        let submission = Submission {
            proposal: Proposal {
                id,
                kind: "nomination".into(),
                origin: TOWN,
                terms: Fields::from([code("seat", "member"), code("body", "cppcc")]),
                subject: Hash::ZERO,
            },
            subject: Some(Fields::from([
                text("organisation.name", "茶行"),
                text("name", "何秀英"),
            ])),
            steps,
            pages: Vec::new(),
        };
        held.put(Key::Submission(id), Fact::Submission(submission));
    }

    fn at<T>(me: OfficeId, ask: impl FnOnce(&Here<'_>) -> T) -> T {
        let (tree, book) = (tree(), book());
        ask(&Here {
            me,
            tree: &tree,
            book: &book,
        })
    }

    #[test]
    fn who_has_it_in_hand_may_act_and_the_top_passes_nothing_on() {
        use Action::{Approve, Forward, Reject, Return, Submit, Withdraw};
        let held = Held::default();
        keep(&held, 1, &[(TOWN, Submit)]);
        keep(&held, 2, &[(TOWN, Submit), (COUNTY, Forward)]);
        keep(&held, 3, &[(TOWN, Submit), (COUNTY, Approve)]);
        let acts = |me, id| {
            let whole = at(me, |here| submission(&held, here, SubmissionId(id)));
            whole.unwrap().unwrap().row.acts
        };
        assert_eq!(acts(COUNTY, 1), [Forward, Return, Approve, Reject]);
        assert_eq!(acts(TOWN, 1), [Withdraw]);
        assert_eq!(acts(TOWN_2, 1), []);
        assert_eq!(acts(PREFECTURE, 2), [Return, Approve, Reject]);
        assert_eq!(acts(COUNTY, 2), []);
        assert_eq!((acts(TOWN, 3), acts(COUNTY, 3)), (vec![], vec![]));
    }

    #[test]
    fn a_submission_shows_its_steps_in_order_and_apart_what_has_no_effect() {
        let held = Held::default();
        keep(
            &held,
            9,
            &[(TOWN, Action::Submit), (COUNTY, Action::Forward)],
        );
        let Ok(Some(Fact::Submission(mut kept))) = held.get(&Key::Submission(SubmissionId(9)))
        else {
            panic!("it was kept");
        };
        let late = step(TOWN, Action::Approve, &kept.steps, 7);
        kept.steps.insert(0, late.clone());
        kept.steps.reverse();
        held.put(Key::Submission(SubmissionId(9)), Fact::Submission(kept));
        let whole = at(COUNTY, |here| submission(&held, here, SubmissionId(9)));
        let whole = whole.unwrap().unwrap();
        let taken: Vec<_> = whole
            .steps
            .iter()
            .map(|step| step.action.as_str())
            .collect();
        assert_eq!(
            (taken, whole.flagged),
            (vec!["submit", "forward"], vec![late])
        );
        assert_eq!(
            (whole.row.state, whole.row.at),
            (WorkflowState::Forwarded, Time(2))
        );
        let ids = |fields: Vec<(String, Value)>| {
            fields
                .into_iter()
                .map(|(field, _)| field)
                .collect::<Vec<_>>()
        };
        assert_eq!(ids(whole.row.terms), ["body", "seat"]);
        assert_eq!(ids(whole.subject), ["name", "organisation.name"]);
        let none = at(COUNTY, |here| submission(&held, here, SubmissionId(8)));
        assert_eq!(none.unwrap(), None);
    }

    #[test]
    fn who_is_proposed_is_called_by_name_where_the_office_holds_it() {
        let held = Held::default();
        keep(&held, 1, &[(TOWN, Action::Submit)]);
        keep(&held, 2, &[(TOWN, Action::Submit)]);
        let key = Key::Submission(SubmissionId(2));
        let Ok(Some(Fact::Submission(mut kept))) = held.get(&key) else {
            panic!("it was kept");
        };
        kept.subject = None;
        held.put(key, Fact::Submission(kept));
        let page = at(COUNTY, |here| submissions(&held, here, None, 5, None)).unwrap();
        let names: Vec<_> = page.rows.iter().map(|row| row.name.as_deref()).collect();
        assert_eq!(names, [Some("何秀英"), None]);
    }

    #[test]
    fn what_is_proposed_twice_is_found_while_nobody_has_decided() {
        use Action::{Approve, Submit, Withdraw};
        let held = Held::default();
        keep(&held, 1, &[(TOWN, Submit), (COUNTY, Approve)]);
        keep(&held, 2, &[(TOWN, Submit), (TOWN, Withdraw)]);
        keep(&held, 5, &[(TOWN, Submit)]);
        let twin = |id| at(TOWN, |here| twin(&held, here, SubmissionId(id))).unwrap();
        assert_eq!(twin(5), None);
        keep(&held, 4, &[(TOWN, Submit)]);
        assert_eq!(twin(5), Some(SubmissionId(4)));
        assert_eq!(twin(4), Some(SubmissionId(5)));
        let key = Key::Submission(SubmissionId(4));
        let Ok(Some(Fact::Submission(kept))) = held.get(&key) else {
            panic!("it was kept");
        };
        // Of somebody else, for another seat, or by another office.
        let mut other = kept.clone();
        other.subject = Some(Fields::new());
        held.put(key.clone(), Fact::Submission(other));
        assert_eq!(twin(5), None);
        let mut other = kept.clone();
        other.proposal.terms = Fields::new();
        held.put(key.clone(), Fact::Submission(other));
        assert_eq!(twin(5), None);
        let mut other = kept;
        other.proposal.origin = TOWN_2;
        held.put(key, Fact::Submission(other));
        assert_eq!(twin(5), None);
    }

    #[test]
    fn a_list_is_paged_and_holds_one_state_where_one_is_named() {
        let held = Held::default();
        for id in 1..=5 {
            let ended = (COUNTY, Action::Approve);
            let acts = [(TOWN, Action::Submit), ended];
            keep(&held, id, &acts[..if id % 2 == 0 { 2 } else { 1 }]);
        }
        let list = |after: Option<u64>, rows, state| {
            let after = after.map(SubmissionId);
            let page = at(COUNTY, |here| submissions(&held, here, after, rows, state)).unwrap();
            let ids: Vec<_> = page.rows.iter().map(|row| row.id.0).collect();
            (ids, page.next.map(|next| next.0))
        };
        let open = Some(WorkflowState::Submitted);
        assert_eq!(list(None, 5, None), (vec![1, 2, 3, 4, 5], None));
        assert_eq!(list(None, 2, open), (vec![1, 3], Some(3)));
        assert_eq!(list(Some(3), 2, open), (vec![5], None));
        assert_eq!(list(None, 5, Some(WorkflowState::Rejected)), (vec![], None));
    }
}
