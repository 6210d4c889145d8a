//! Record types that are about organisations and the office's own work.

use alloc::vec;

use terrace_model::Value;

use super::{
    fields::{code, count, day, one_of, refers, term_day, text},
    lists::Lists,
};
use crate::{Ends, Field, FieldKind, RecordType};

/// 协会, 商会, 企业
pub(super) fn organisation(lists: &Lists) -> RecordType {
    let fields = vec![
        text("name", "单位名称", "name", 100),
        one_of("kind", "单位类型", "kind", &lists.organisation_kind),
        one_of("industry", "行业", "industry", &lists.industry),
        count("employees", "从业人数", "employees"),
        Field::new(
            "capital",
            "注册资金",
            "registered capital",
            FieldKind::Amount,
        ),
        day("founded_on", "成立日期", "founded on"),
        day("closed_on", "注销日期", "closed on").optional(),
    ];
    RecordType::new("organisation", "单位", "organisation", fields)
        .over("founded_on", "closed_on", Ends::FirstDayOut)
        .dated()
}

/// 座谈会
pub(super) fn meeting(lists: &Lists) -> RecordType {
    let fields = vec![
        text("topic", "议题", "topic", 100),
        one_of("kind", "会议类型", "kind", &lists.meeting_kind).default(code("consultation")),
        day("held_on", "会议日期", "held on"),
        count("attendance", "到会人数", "attendance"),
        count("suggestions", "收集建议数", "suggestions").default(Value::Count(0)),
    ];
    RecordType::new("meeting", "会议", "meeting", fields).on("held_on")
}

/// 培训
pub(super) fn training(lists: &Lists) -> RecordType {
    let fields = vec![
        text("title", "培训名称", "title", 100),
        one_of("audience", "培训对象", "audience", &lists.audience).default(code("members")),
        day("held_on", "培训日期", "held on"),
        count("participants", "参训人次", "participants"),
    ];
    RecordType::new("training", "培训", "training", fields).on("held_on")
}

/// 活动
pub(super) fn activity(lists: &Lists) -> RecordType {
    let fields = vec![
        text("title", "活动名称", "title", 100),
        one_of("kind", "活动类型", "kind", &lists.activity_kind),
        day("held_on", "活动日期", "held on"),
        count("participants", "参加人次", "participants"),
    ];
    RecordType::new("activity", "活动", "activity", fields).on("held_on")
}

/// 企村结对
pub(super) fn pairing() -> RecordType {
    let fields = vec![
        refers("organisation", "结对单位", "organisation"),
        text("village", "结对村", "village", 60),
        term_day("since", "起始日期", "since"),
        term_day("until", "截止日期", "until").optional(),
    ];
    RecordType::new("pairing", "企村结对", "pairing", fields)
        .over("since", "until", Ends::LastDayIn)
        .dated()
}

/// 调查摸底
pub(super) fn survey(lists: &Lists) -> RecordType {
    let fields = vec![
        text("title", "调查名称", "title", 100),
        one_of("method", "调查方式", "method", &lists.survey_method),
        day("held_on", "调查日期", "held on"),
        count("villages", "覆盖村数", "villages"),
        count("communities", "覆盖社区数", "communities"),
        count("persons_reached", "调查人数", "persons reached"),
    ];
    RecordType::new("survey", "调查摸底", "survey", fields).on("held_on")
}

/// 统战进社区
pub(super) fn post(lists: &Lists) -> RecordType {
    let fields = vec![
        text("community", "社区", "community", 60),
        one_of("pilot", "试点", "pilot", &lists.yes_no).default(code("no")),
        one_of("core_group", "骨干小组", "core group", &lists.yes_no),
        count("volunteers", "志愿者人数", "volunteers"),
        term_day("since", "设立日期", "since"),
        term_day("until", "撤销日期", "until").optional(),
    ];
    RecordType::new("post", "社区工作站", "community post", fields)
        .over("since", "until", Ends::LastDayIn)
        .dated()
}

/// 责任单位
pub(super) fn unit() -> RecordType {
    let fields = vec![
        text("name", "单位名称", "name", 100),
        text("contact", "联系方式", "contact", 60).optional(),
    ];
    RecordType::new("unit", "责任单位", "responsible unit", fields)
}
