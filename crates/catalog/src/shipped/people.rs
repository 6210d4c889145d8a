//! Record types that are about persons, each field with what it is kept for.

use alloc::{vec, vec::Vec};

use terrace_model::Value;

use super::{
    fields::{code, count, day, one_of, refers, term_day, text},
    lists::Lists,
};
use crate::{Ends, Field, FieldKind, Kept, RecordType, TypeRule};

/// 代表人士档案
pub(super) fn person(lists: &Lists) -> RecordType {
    let mut fields = identity(lists);
    fields.extend(on_roster(lists));
    RecordType::new("person", "代表人士", "person", fields)
        .over("on_roster_since", "left_on", Ends::FirstDayOut)
        .dated()
}

/// Who the person is.
fn identity(lists: &Lists) -> Vec<Field> {
    vec![
        text("name", "姓名", "name", 60).purpose("识别本人", "to know the person"),
        one_of("gender", "性别", "gender", &lists.gender)
            .askable()
            .purpose("分类统计", "figures by group"),
        Field::new("birth_year", "出生年份", "year of birth", FieldKind::Year)
            .optional()
            .purpose("任职年龄条件", "age conditions of seats"),
        one_of("category", "人员类别", "category", &lists.category)
            .askable()
            .purpose("分类统计", "figures by group"),
        one_of("industry", "行业", "industry", &lists.industry)
            .askable()
            .purpose("分类统计", "figures by group"),
        refers("organisation", "所在单位", "organisation")
            .optional()
            .purpose("联系与推荐", "contact and nominations"),
        text("phone", "电话", "phone", 20)
            .optional()
            .private()
            .purpose("联系本人", "to reach the person"),
        Field::new(
            "skills",
            "专业特长",
            "skills",
            FieldKind::Codes(lists.skill.clone()),
        )
        .optional()
        .askable()
        .purpose("组织服务活动", "to arrange outreach"),
    ]
}

/// How the file is kept.
fn on_roster(lists: &Lists) -> Vec<Field> {
    vec![
        one_of("file", "建档情况", "file", &lists.file)
            .default(code("listed"))
            .askable()
            .purpose("档案管理", "keeping the roster"),
        one_of("pool", "人才库", "talent pool", &lists.pool)
            .default(code("none"))
            .askable()
            .purpose("人才库管理", "keeping the pools"),
        day("on_roster_since", "入册日期", "on the roster since")
            .purpose("在册统计", "counting the roster"),
        day("confirmed_on", "核实日期", "confirmed on")
            .optional()
            .kept_by(Kept::Confirmation)
            .purpose("动态管理", "keeping the roster fresh"),
        day("left_on", "出册日期", "left on")
            .optional()
            .purpose("在册统计", "counting the roster"),
        one_of(
            "left_reason",
            "出册原因",
            "reason for leaving",
            &lists.left_reason,
        )
        .optional()
        .kept_by(Kept::Record)
        .askable()
        .purpose("在册统计", "counting the roster"),
        one_of(
            "joined_reason",
            "入册原因",
            "reason for joining",
            &lists.joined_reason,
        )
        .default(code("new"))
        .kept_by(Kept::Record)
        .askable()
        .purpose("在册统计", "counting the roster"),
    ]
}

/// 联系帮扶
pub(super) fn assignment() -> RecordType {
    let fields = vec![
        text("staff", "联系人", "staff member", 40).purpose("明确责任", "who is responsible"),
        refers("person", "联系对象", "person").purpose("明确责任", "who is responsible"),
        term_day("since", "起始日期", "since").purpose("在期统计", "counting terms"),
        term_day("until", "截止日期", "until")
            .optional()
            .purpose("在期统计", "counting terms"),
    ];
    RecordType::new("assignment", "联系帮扶", "assignment", fields)
        .over("since", "until", Ends::LastDayIn)
        .dated()
}

/// 走访
pub(super) fn visit(lists: &Lists) -> RecordType {
    let fields = vec![
        text("staff", "走访人", "staff member", 40).purpose("工作记录", "record of the work"),
        refers("person", "走访对象", "person")
            .optional()
            .purpose("工作记录", "record of the work"),
        refers("organisation", "走访单位", "organisation")
            .optional()
            .purpose("工作记录", "record of the work"),
        day("visited_on", "走访日期", "visited on").purpose("工作统计", "counting the work"),
        one_of("subject", "走访事由", "subject", &lists.visit_subject)
            .askable()
            .purpose("工作统计", "counting the work"),
        one_of("need", "提出的需求", "need", &lists.need)
            .optional()
            .askable()
            .purpose("转入帮扶", "to open a case of assistance"),
    ];
    RecordType::new("visit", "走访", "visit", fields).on("visited_on")
}

/// 帮扶
pub(super) fn assistance(lists: &Lists) -> RecordType {
    let fields = vec![
        refers("person", "求助人", "person")
            .optional()
            .purpose("办理需求", "to meet the need"),
        refers("organisation", "求助单位", "organisation")
            .optional()
            .purpose("办理需求", "to meet the need"),
        refers("unit", "责任单位", "responsible unit")
            .optional()
            .purpose("明确责任", "who is responsible"),
        one_of("need", "需求", "need", &lists.need)
            .askable()
            .purpose("办理需求", "to meet the need"),
        day("opened_on", "受理日期", "opened on").purpose("办理统计", "counting cases"),
        one_of("outcome", "办理结果", "outcome", &lists.assistance_outcome)
            .default(code("open"))
            .askable()
            .purpose("办理统计", "counting cases"),
        day("closed_on", "办结日期", "closed on")
            .optional()
            .purpose("办理统计", "counting cases"),
        Field::new(
            "amount_requested",
            "申请金额",
            "amount requested",
            FieldKind::Amount,
        )
        .optional()
        .purpose("办理需求", "to meet the need"),
        Field::new("amount", "落实金额", "amount granted", FieldKind::Amount)
            .optional()
            .purpose("办理统计", "counting cases"),
    ];
    RecordType::new("assistance", "帮扶", "assistance", fields)
        .over("opened_on", "closed_on", Ends::FirstDayOut)
        .rule(TypeRule::Closing {
            field: "outcome".into(),
            open: "open".into(),
            date: "closed_on".into(),
        })
}

/// 捐赠
pub(super) fn contribution(lists: &Lists) -> RecordType {
    let fields = vec![
        refers("person", "捐赠人", "person")
            .optional()
            .purpose("致谢与统计", "thanks and figures"),
        refers("organisation", "捐赠单位", "organisation")
            .optional()
            .purpose("致谢与统计", "thanks and figures"),
        one_of("form", "捐赠形式", "form", &lists.form)
            .default(code("cash"))
            .askable()
            .purpose("捐赠统计", "figures of giving"),
        one_of("cause", "捐赠用途", "cause", &lists.cause)
            .askable()
            .purpose("捐赠统计", "figures of giving"),
        text("programme", "项目", "programme", 80)
            .optional()
            .purpose("项目归集", "to gather gifts of one programme"),
        day("given_on", "捐赠日期", "given on").purpose("捐赠统计", "figures of giving"),
        Field::new("amount", "金额", "amount", FieldKind::Amount)
            .purpose("捐赠统计", "figures of giving"),
    ];
    RecordType::new("contribution", "捐赠", "contribution", fields).on("given_on")
}

/// 宣传
pub(super) fn publicity() -> RecordType {
    let person = FieldKind::Ref {
        of: "person".into(),
        consent: true,
    };
    let fields = vec![
        Field::new("person", "宣传对象", "person", person)
            .optional()
            .purpose("本单位宣传记录", "what the office published"),
        refers("organisation", "宣传单位", "organisation")
            .optional()
            .purpose("本单位宣传记录", "what the office published"),
        text("outlet", "刊播媒体", "outlet", 80)
            .purpose("本单位宣传记录", "what the office published"),
        day("published_on", "刊播日期", "published on").purpose("工作统计", "counting the work"),
    ];
    RecordType::new("publicity", "宣传报道", "publicity", fields).on("published_on")
}

/// 安排
pub(super) fn appointment(lists: &Lists) -> RecordType {
    let fields = vec![
        refers("person", "任职人", "person")
            .optional()
            .purpose("任职记录", "record of seats"),
        one_of("body", "任职机构", "body", &lists.body)
            .askable()
            .purpose("任职统计", "figures of seats"),
        one_of("seat", "职务", "seat", &lists.seat)
            .askable()
            .purpose("任职统计", "figures of seats"),
        one_of("level", "任职级别", "level", &lists.level)
            .askable()
            .purpose("任职统计", "figures of seats"),
        text("term", "届次", "term", 20)
            .optional()
            .purpose("任职记录", "record of seats"),
        term_day("since", "任职日期", "since").purpose("任职统计", "figures of seats"),
        term_day("until", "届满日期", "until")
            .optional()
            .purpose("任职统计", "figures of seats"),
        count("count", "人数", "count")
            .default(Value::Count(1))
            .purpose("补录历史数字", "to enter figures of earlier years"),
    ];
    RecordType::new("appointment", "安排", "appointment", fields)
        .over("since", "until", Ends::LastDayIn)
        .dated()
        .rule(TypeRule::OneWith {
            count: "count".into(),
            reference: "person".into(),
        })
}

/// 表彰
pub(super) fn honour(lists: &Lists) -> RecordType {
    let fields = vec![
        refers("person", "受表彰人", "person")
            .optional()
            .purpose("表彰记录", "record of awards"),
        refers("organisation", "受表彰单位", "organisation")
            .optional()
            .purpose("表彰记录", "record of awards"),
        text("title", "荣誉名称", "title of the award", 100)
            .purpose("表彰记录", "record of awards"),
        one_of("stage", "阶段", "stage", &lists.stage)
            .default(code("awarded"))
            .askable()
            .purpose("表彰统计", "figures of awards"),
        one_of("level", "表彰级别", "awarding level", &lists.level)
            .askable()
            .purpose("表彰统计", "figures of awards"),
        day("awarded_on", "表彰日期", "awarded on").purpose("表彰统计", "figures of awards"),
    ];
    RecordType::new("honour", "表彰", "honour", fields).on("awarded_on")
}
