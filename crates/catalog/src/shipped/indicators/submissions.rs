//! Figures of submissions.

use alloc::{vec, vec::Vec};

use super::{CASES, POINTS, RATIO, indicator, part, ratio};
use crate::{
    Action, Dim, DimFilter, DimSource, FlowSource, Indicator, Keep, Label, Measure,
    SubmissionEvent, shipped::lists::Lists,
};

fn acts(workflow: &str, event: SubmissionEvent) -> Measure {
    Measure::Flow(FlowSource::Submission {
        workflow: workflow.into(),
        event,
    })
}

pub(super) fn suggestions(lists: &Lists) -> Vec<Indicator> {
    let outcome = Dim {
        id: "outcome".into(),
        label: Label::new("办理结果", "outcome"),
        source: DimSource::Outcome,
        list: lists.suggestion_outcome.clone(),
    };
    let answered = ["settled", "adopted", "explained"].map(Into::into).into();
    let answered = DimFilter {
        dim: "outcome".into(),
        keep: Keep::Only(answered),
    };
    let settlement = ratio(
        part("suggestions_closed", vec![answered]),
        part("suggestions_closed", vec![]),
    );
    let raised = acts("suggestion", SubmissionEvent::FirstSubmit);
    let closed = acts("suggestion", SubmissionEvent::Ended);
    vec![
        indicator(
            "suggestions_raised",
            "提出建议数",
            "suggestions raised",
            POINTS,
            raised,
        ),
        indicator(
            "suggestions_closed",
            "办结建议数",
            "suggestions closed",
            POINTS,
            closed,
        )
        .by(vec![outcome]),
        indicator(
            "suggestion_settlement",
            "建议办复率",
            "suggestions answered",
            RATIO,
            settlement,
        ),
    ]
}

pub(super) fn nominations() -> Vec<Indicator> {
    let submitted = acts("nomination", SubmissionEvent::FirstSubmit);
    let ended = |action| acts("nomination", SubmissionEvent::EndedBy(action));
    vec![
        indicator(
            "nominations_submitted",
            "提交推荐数",
            "nominations submitted",
            CASES,
            submitted,
        ),
        indicator(
            "nominations_approved",
            "同意推荐数",
            "nominations approved",
            CASES,
            ended(Action::Approve),
        ),
        indicator(
            "nominations_rejected",
            "未同意推荐数",
            "nominations rejected",
            CASES,
            ended(Action::Reject),
        ),
        indicator(
            "nominations_withdrawn",
            "撤回推荐数",
            "nominations withdrawn",
            CASES,
            ended(Action::Withdraw),
        ),
    ]
}
