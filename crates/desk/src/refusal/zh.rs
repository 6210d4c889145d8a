//! Refusals as a Chinese office reads them.

use alloc::{format, string::String};

use terrace_catalog::{Action, Lang};
use terrace_model::Level;

use super::Refusal;
use crate::fault::consent;

impl Refusal {
    pub(super) fn zh(&self) -> String {
        match self {
            Self::Fields(faults) => format!("有 {} 个字段不能保存", faults.len()),
            Self::NoSuchType(kind) => format!("目录中没有记录类型 `{kind}`"),
            Self::NoSuchWorkflow(kind) => format!("目录中没有报送类型 `{kind}`"),
            Self::NoSuchRecord { kind, id } => format!("本单位没有编号为 `{id}` 的 {kind}"),
            Self::NoSuchSubmission => "本单位没有这件报送".into(),
            Self::NoSuchNotice => "本单位没有这份通知".into(),
            Self::NoSuchOffice => "这里没有这个单位".into(),
            Self::Referred { count, kind, id } => {
                format!("另有 {count} 条记录引用它，如 {kind} `{id}`：请先修改或删除")
            }
            Self::NoConsent { person, kind } => {
                let consent = consent(person, kind);
                format!("没有 `{person}` 对 `{kind}` 的同意记录，请先登记：{consent}")
            }
            Self::NotNow { state, action } => {
                let state = state.label();
                let action = Action::from_id(action).map(Action::label);
                let action = action.as_ref().map_or("", |label| label.get(Lang::Zh));
                format!("此件{}，本单位不能{action}", state.get(Lang::Zh))
            }
            Self::ActedTooOften(count) => format!("本单位已办理 {count} 次：请作出决定或撤回"),
            Self::ReasonNeeded(codes) => format!("请注明理由，可用：{codes}"),
            Self::NoteTooLong(most) => format!("说明最多 {most} 个字"),
            Self::NoteControl => "说明中含有换行或不可见字符".into(),
            Self::NothingAbove => "本单位没有上级：请同意、不同意或退回".into(),
            Self::NobodyDecides => "报送由上级决定，本单位没有上级".into(),
            Self::IdUsed => "此编号已用于别的内容".into(),
            Self::TooMuch => "一次内容过多，请分几次办理".into(),
            Self::Title(most) => format!("标题为 1 至 {most} 个字"),
            Self::Body(most) => format!("通知正文最多 {most} 字节"),
            Self::NoBody => "通知正文是空的".into(),
            Self::Overdue { by, today } => format!("确认期限 {by} 已过，今天是 {today}"),
            Self::NotBelow => "通知只能发给下级单位，至少一个".into(),
            Self::NotAddressed => "这份通知不是发给本单位的".into(),
            Self::Level { child, parent } => {
                format!("{}单位之下不能设{}单位", level(*parent), level(*child))
            }
            Self::Joined(code) => {
                format!("单位 {code} 已加入；单位丢失用 terrace restore 恢复，不能重新邀请")
            }
            Self::CodeTaken(code) => format!("代码 {code} 属于另一单位"),
            Self::TooManyOffices { below, all } => {
                format!("一个单位之下最多 {below} 个单位，全树最多 {all} 个")
            }
            Self::Name(most) => format!("名称为 1 至 {most} 个字"),
            Self::OlderCopy => "本单位运行的是旧副本，另一副本说过的更多；\
                查明之前不再受理（terrace status）"
                .into(),
            Self::Invitation => "邀请已用过、已被替换或已过期：请上级重新邀请".into(),
        }
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Province => "省级",
        Level::Prefecture => "地级",
        Level::County => "县级",
        Level::Township => "乡级",
        Level::Village => "村级",
    }
}
