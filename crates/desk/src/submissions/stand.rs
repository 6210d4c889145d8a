use alloc::vec::Vec;

use terrace_catalog::{Action, Actor, Lies, Transition, Workflow, WorkflowState};
use terrace_model::{Hash, OfficeId, Proposal, Step, Tree};

use crate::NoEffect;

/// How a submission stands, by the steps that an office holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its state in the workflow.
    pub state: WorkflowState,
    /// The office it lies with; none once it has ended.
    pub with: Option<OfficeId>,
    /// Hash of the step that the next one answers.
    pub head: Hash,
    /// The steps that led here, in order.
    pub path: Vec<Step>,
    /// Steps that have no effect: illegal, or answering a step that another one
    /// answered better. They are kept and shown.
    pub flagged: Vec<Step>,
}

/// Folds the steps of a submission.
///
/// The fold follows what each step answers, so the order of arrival never
/// matters. Of two steps that answer the same one, that of the higher level
/// wins, then the one with the smaller hash.
#[must_use]
pub fn stand(workflow: &Workflow, proposal: &Proposal, steps: &[Step], tree: &Tree) -> Standing {
    let mut standing = Standing {
        state: WorkflowState::Draft,
        with: Some(proposal.origin),
        head: Hash::ZERO,
        path: Vec::new(),
        flagged: Vec::new(),
    };
    let mut open: Vec<(Hash, &Step)> = steps.iter().map(|step| (step.hash(), step)).collect();
    open.sort_by_key(|(hash, _)| *hash);
    open.dedup_by_key(|(hash, _)| *hash);
    let depth = |step: &Step| {
        tree.get(step.by)
            .map_or(usize::MAX, |_| tree.depth(step.by))
    };
    while let Some((hash, step, line)) = open
        .iter()
        .filter(|(_, step)| step.answers == standing.head)
        .filter_map(|(hash, step)| {
            Some((*hash, *step, legal(workflow, proposal, &standing, step)?))
        })
        .min_by_key(|(hash, step, _)| (depth(step), *hash))
    {
        standing.state = line.to;
        standing.with = match line.lies {
            Lies::Above => tree.get(step.by).and_then(|office| office.parent),
            Lies::Below => tree.step_towards(step.by, proposal.origin),
            Lies::Ended => None,
        };
        standing.head = hash;
        standing.path.push(step.clone());
        open.retain(|(other, _)| *other != hash);
    }
    standing.flagged = open.into_iter().map(|(_, step)| step.clone()).collect();
    standing
}

/// Whether a step may follow the last of a chain of steps, whatever else was
/// done.
///
/// # Errors
/// Why it may not.
pub(super) fn follows(
    workflow: &Workflow,
    proposal: &Proposal,
    chain: &[Step],
    step: &Step,
    tree: &Tree,
) -> Result<(), NoEffect> {
    let standing = stand(workflow, proposal, chain, tree);
    if standing.head != step.answers {
        return Err(NoEffect::Contradicts);
    }
    if legal(workflow, proposal, &standing, step).is_some() {
        return Ok(());
    }
    let in_hand = Standing {
        with: Some(step.by),
        ..standing
    };
    match legal(workflow, proposal, &in_hand, step) {
        Some(_) => Err(NoEffect::NotTheirs),
        None => Err(NoEffect::Contradicts),
    }
}

/// The line of the workflow that allows a step now.
fn legal<'w>(
    workflow: &'w Workflow,
    proposal: &Proposal,
    standing: &Standing,
    step: &Step,
) -> Option<&'w Transition> {
    let action = Action::from_id(&step.action)?;
    let actor = Actor {
        is_origin: step.by == proposal.origin,
        in_hand: standing.with == Some(step.by),
    };
    workflow.transition(standing.state, action, actor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};
    use proptest::prelude::*;
    use terrace_model::{Code, Fields, Level, Office, SubmissionId, Time};

    const PREFECTURE: OfficeId = OfficeId(1);
    const COUNTY: OfficeId = OfficeId(2);
    const TOWNSHIP: OfficeId = OfficeId(3);

    fn tree() -> Tree {
        let mut tree = Tree::default();
        let levels = [Level::Prefecture, Level::County, Level::Township];
        for (number, level) in (1..).zip(levels) {
            tree.enter(Office {
                id: OfficeId(number),
                code: alloc::format!("{number:02}").parse::<Code>().unwrap(),
                name: "office".to_string(),
                level,
                parent: (number > 1).then_some(OfficeId(number - 1)),
                key: None,
            });
        }
        tree
    }

    fn proposal() -> Proposal {
        Proposal {
            id: SubmissionId(9),
            kind: "nomination".to_string(),
            origin: TOWNSHIP,
            terms: Fields::new(),
            subject: Hash::ZERO,
        }
    }

    fn step(by: OfficeId, action: &str, answers: &Step) -> Step {
        Step {
            by,
            action: action.to_string(),
            answers: answers.hash(),
            ..first()
        }
    }

    fn first() -> Step {
        Step {
            submission: SubmissionId(9),
            by: TOWNSHIP,
            action: "submit".to_string(),
            answers: Hash::ZERO,
            reason: None,
            note: None,
            at: Time(0),
        }
    }

    fn fold(steps: &[Step]) -> Standing {
        let catalog = terrace_catalog::shipped();
        stand(
            catalog.workflow("nomination").unwrap(),
            &proposal(),
            steps,
            &tree(),
        )
    }

    #[test]
    fn a_nomination_lies_with_the_office_that_must_act() {
        let submit = first();
        let forward = step(COUNTY, "forward", &submit);
        let approve = step(PREFECTURE, "approve", &forward);
        let lies = |steps: &[Step]| (fold(steps).state, fold(steps).with);
        assert_eq!(lies(&[]), (WorkflowState::Draft, Some(TOWNSHIP)));
        assert_eq!(
            lies(core::slice::from_ref(&submit)),
            (WorkflowState::Submitted, Some(COUNTY))
        );
        let forwarded = vec![submit, forward];
        assert_eq!(
            lies(&forwarded),
            (WorkflowState::Forwarded, Some(PREFECTURE))
        );
        let decided = [forwarded, vec![approve]].concat();
        assert_eq!(lies(&decided), (WorkflowState::Approved, None));
    }

    #[test]
    fn of_two_steps_that_answer_the_same_the_higher_level_wins_and_the_other_is_flagged() {
        let submit = first();
        let approve = step(COUNTY, "approve", &submit);
        for at in 0..16 {
            let withdraw = Step {
                at: Time(at),
                ..step(TOWNSHIP, "withdraw", &submit)
            };
            let standing = fold(&[submit.clone(), withdraw.clone(), approve.clone()]);
            assert_eq!(standing.state, WorkflowState::Approved);
            assert_eq!(standing.flagged, vec![withdraw]);
        }
    }

    #[test]
    fn an_office_that_does_not_have_it_in_hand_decides_nothing() {
        let submit = first();
        let early = step(PREFECTURE, "approve", &submit);
        let standing = fold(&[submit, early.clone()]);
        assert_eq!(standing.state, WorkflowState::Submitted);
        assert_eq!(standing.flagged, vec![early]);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_never_matters(order in Just(vec![0_usize, 1, 2, 3, 4, 5, 6]).prop_shuffle()) {
            let submit = first();
            let back = step(COUNTY, "return", &submit);
            let again = step(TOWNSHIP, "submit", &back);
            let forward = step(COUNTY, "forward", &again);
            let late = step(TOWNSHIP, "withdraw", &again);
            let reject = step(PREFECTURE, "reject", &forward);
            let approve = step(PREFECTURE, "approve", &forward);
            let steps = [submit, back, again, forward, late, reject, approve];
            let shuffled: Vec<Step> = order.iter().map(|at| steps[*at].clone()).collect();
            let standing = fold(&shuffled);
            prop_assert_eq!(&standing, &fold(&steps));
            prop_assert!(standing.state.is_final());
            prop_assert_eq!(standing.flagged.len(), 2);
        }
    }
}
