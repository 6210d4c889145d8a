//! Figures of persons: files, contact, seats.

use alloc::{vec, vec::Vec};

use super::{
    PAIRS, PERSONS, RATIO, TIMES, dim, flow, flow_where, indicator, is, part, ratio, stock, sum,
};
use crate::{FlowSource, Indicator, Measure, StockSource, Sum, shipped::lists::Lists};

/// Days for which a confirmation is good.
const FRESH_DAYS: u16 = 365;

pub(super) fn files(lists: &Lists) -> Vec<Indicator> {
    let dims = vec![
        dim(
            "category",
            "人员类别",
            "category",
            "category",
            &lists.category,
        ),
        dim("industry", "行业", "industry", "industry", &lists.industry),
        dim("gender", "性别", "gender", "gender", &lists.gender),
        dim("pool", "人才库", "talent pool", "pool", &lists.pool),
        dim("file", "建档情况", "file", "file", &lists.file),
    ];
    let stale = Measure::Stock(StockSource::Stale {
        of: "person".into(),
        days: FRESH_DAYS,
    });
    let share = ratio(part("stale_persons", vec![]), part("persons", vec![]));
    let joined = flow("person", "on_roster_since", Sum::One);
    let left = flow("person", "left_on", Sum::One);
    let reason = |field, list| vec![dim("reason", "原因", "reason", field, list)];
    vec![
        indicator(
            "persons",
            "在册人数",
            "persons on the roster",
            PERSONS,
            stock("person", Sum::One),
        )
        .by(dims.clone())
        .in_pairs(),
        indicator(
            "stale_persons",
            "超过一年未核实人数",
            "files not confirmed for a year",
            PERSONS,
            stale,
        )
        .by(dims.clone())
        .in_pairs(),
        indicator(
            "stale_share",
            "未核实率",
            "share of stale files",
            RATIO,
            share,
        )
        .by(dims)
        .in_pairs(),
        indicator(
            "persons_joined",
            "入册人数",
            "persons who joined",
            PERSONS,
            joined,
        )
        .by(reason("joined_reason", &lists.joined_reason)),
        indicator(
            "persons_left",
            "出册人数",
            "persons who left",
            PERSONS,
            left,
        )
        .by(reason("left_reason", &lists.left_reason)),
    ]
}

pub(super) fn contact() -> Vec<Indicator> {
    let reached = Measure::Flow(FlowSource::Reached {
        assignments: "assignment".into(),
        visits: "visit".into(),
        person: "person".into(),
    });
    let visits = flow("visit", "visited_on", Sum::One);
    let surveys = flow("survey", "held_on", Sum::One);
    let publicities = flow("publicity", "published_on", Sum::One);
    vec![
        indicator(
            "assigned",
            "联系帮扶数",
            "assignments in force",
            PAIRS,
            stock("assignment", Sum::One),
        ),
        indicator(
            "assigned_reached",
            "联系对象走访人数",
            "assigned persons visited",
            PERSONS,
            reached,
        ),
        indicator("visits", "走访次数", "visits", TIMES, visits),
        indicator("surveys", "调查次数", "surveys", TIMES, surveys),
        indicator(
            "publicities",
            "宣传报道数",
            "publications",
            ("篇", "publications"),
            publicities,
        ),
    ]
}

pub(super) fn seats(lists: &Lists) -> Vec<Indicator> {
    let level = |zh, en| dim("level", zh, en, "level", &lists.level);
    let dims = vec![
        dim("body", "任职机构", "body", "body", &lists.body),
        dim("seat", "职务", "seat", "seat", &lists.seat),
        level("任职级别", "level"),
    ];
    let taken_up = flow("appointment", "since", sum("count"));
    let held = stock("appointment", sum("count"));
    let awarded = flow_where("honour", "awarded_on", Sum::One, is("stage", "awarded"));
    vec![
        indicator(
            "appointments",
            "安排人数",
            "seats taken up",
            PERSONS,
            taken_up,
        )
        .by(dims.clone()),
        indicator("seats_held", "在任人数", "seats held", PERSONS, held).by(dims),
        indicator("honours", "表彰数", "awards", ("项", "awards"), awarded)
            .by(vec![level("表彰级别", "awarding level")]),
    ]
}
