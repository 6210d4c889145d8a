//! Figures of organisations and of the office's own work.

use alloc::{vec, vec::Vec};

use super::{
    CASES, HEADS, MONEY, PAIRS, PERSONS, POINTS, RATIO, TIMES, dim, flow, flow_where, indicator,
    is, part, ratio, stock, sum,
};
use crate::{
    Dim, DimFilter, DimSource, Indicator, Keep, Label, Measure, Sum, shipped::lists::Lists,
};

pub(super) fn organisations(lists: &Lists) -> Vec<Indicator> {
    let dims = vec![
        dim("kind", "单位类型", "kind", "kind", &lists.organisation_kind),
        dim("industry", "行业", "industry", "industry", &lists.industry),
    ];
    let of = |sum| stock("organisation", sum);
    vec![
        indicator(
            "organisations",
            "单位数",
            "organisations",
            ("家", "organisations"),
            of(Sum::One),
        )
        .by(dims.clone()),
        indicator(
            "employees",
            "从业人数",
            "employees",
            PERSONS,
            of(sum("employees")),
        )
        .by(dims.clone()),
        indicator(
            "capital",
            "注册资金",
            "registered capital",
            MONEY,
            of(sum("capital")),
        )
        .by(dims),
    ]
}

pub(super) fn activities(lists: &Lists) -> Vec<Indicator> {
    let activity = |sum| flow("activity", "held_on", sum);
    let training = |sum| flow("training", "held_on", sum);
    let of_activity = || {
        vec![dim(
            "kind",
            "活动类型",
            "kind",
            "kind",
            &lists.activity_kind,
        )]
    };
    let of_training = || {
        vec![dim(
            "audience",
            "培训对象",
            "audience",
            "audience",
            &lists.audience,
        )]
    };
    let people = sum("participants");
    vec![
        indicator(
            "activities",
            "活动次数",
            "activities",
            TIMES,
            activity(Sum::One),
        )
        .by(of_activity()),
        indicator(
            "activity_participants",
            "活动参加人次",
            "participants of activities",
            HEADS,
            activity(people.clone()),
        )
        .by(of_activity())
        .entered(),
        indicator(
            "trainings",
            "培训期数",
            "training sessions",
            ("期", "sessions"),
            training(Sum::One),
        )
        .by(of_training()),
        indicator(
            "training_participants",
            "参训人次",
            "participants of training",
            HEADS,
            training(people),
        )
        .by(of_training())
        .entered(),
    ]
}

pub(super) fn meetings(lists: &Lists) -> Vec<Indicator> {
    let meeting = |sum| flow("meeting", "held_on", sum);
    let by_kind = || vec![dim("kind", "会议类型", "kind", "kind", &lists.meeting_kind)];
    vec![
        indicator("meetings", "会议次数", "meetings", TIMES, meeting(Sum::One)).by(by_kind()),
        indicator(
            "meeting_attendance",
            "到会人次",
            "attendance of meetings",
            HEADS,
            meeting(sum("attendance")),
        )
        .by(by_kind())
        .entered(),
        indicator(
            "meeting_suggestions",
            "会议收集建议数",
            "suggestions at meetings",
            POINTS,
            meeting(sum("suggestions")),
        )
        .by(by_kind())
        .entered(),
    ]
}

/// Settled among those closed and not withdrawn.
fn settlement() -> Measure {
    let outcomes = |keep| {
        vec![DimFilter {
            dim: "outcome".into(),
            keep,
        }]
    };
    ratio(
        part(
            "assistance_closed",
            outcomes(Keep::Only(vec!["settled".into()])),
        ),
        part(
            "assistance_closed",
            outcomes(Keep::Except(vec!["withdrawn".into()])),
        ),
    )
}

pub(super) fn assistance(lists: &Lists) -> Vec<Indicator> {
    let need = || dim("need", "需求", "need", "need", &lists.need);
    let outcome = dim(
        "outcome",
        "办理结果",
        "outcome",
        "outcome",
        &lists.assistance_outcome,
    );
    let opened = flow("assistance", "opened_on", Sum::One);
    let closed = flow("assistance", "closed_on", Sum::One);
    let settled = is("outcome", "settled");
    let amount = flow_where("assistance", "closed_on", sum("amount"), settled);
    vec![
        indicator(
            "assistance_opened",
            "受理帮扶数",
            "cases of assistance opened",
            CASES,
            opened,
        )
        .by(vec![need()]),
        indicator(
            "assistance_closed",
            "办结帮扶数",
            "cases of assistance closed",
            CASES,
            closed,
        )
        .by(vec![need(), outcome]),
        indicator(
            "assistance_open",
            "在办帮扶数",
            "cases of assistance open",
            CASES,
            stock("assistance", Sum::One),
        )
        .by(vec![need()]),
        indicator(
            "assistance_amount",
            "帮扶落实金额",
            "assistance granted",
            MONEY,
            amount,
        ),
        indicator(
            "assistance_settlement",
            "帮扶解决率",
            "cases settled",
            RATIO,
            settlement(),
        )
        .by(vec![need()]),
    ]
}

pub(super) fn giving(lists: &Lists) -> Vec<Indicator> {
    let dims = vec![
        dim("cause", "捐赠用途", "cause", "cause", &lists.cause),
        dim("form", "捐赠形式", "form", "form", &lists.form),
        Dim {
            id: "donor".into(),
            label: Label::new("捐赠方", "donor"),
            source: DimSource::FirstGiven(vec!["organisation".into(), "person".into()]),
            list: lists.donor.clone(),
        },
    ];
    let of = |sum| flow("contribution", "given_on", sum);
    vec![
        indicator(
            "contributions",
            "捐赠笔数",
            "contributions",
            ("笔", "contributions"),
            of(Sum::One),
        )
        .by(dims.clone()),
        indicator(
            "contributed",
            "捐赠金额",
            "amount contributed",
            MONEY,
            of(sum("amount")),
        )
        .by(dims),
        indicator(
            "pairings",
            "企村结对数",
            "pairings",
            PAIRS,
            stock("pairing", Sum::One),
        ),
        indicator(
            "posts",
            "社区工作站数",
            "community posts",
            ("个", "posts"),
            stock("post", Sum::One),
        ),
    ]
}
