use alloc::string::String;
use core::fmt;

use super::{Hit, List, Topic};

/// What kind of thing a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// 目录
    Catalog,
    /// 类型
    RecordType,
    /// 字段
    Field,
    /// 用途
    Purpose,
    /// 代码表
    CodeList,
    /// 代码
    Code,
    /// 指标
    Indicator,
    /// 分组
    Dimension,
    /// 报表
    DataSet,
    /// 流程
    Workflow,
}

impl Thing {
    const fn zh(self) -> &'static str {
        match self {
            Self::Catalog => "目录",
            Self::RecordType => "类型",
            Self::Field => "字段",
            Self::Purpose => "用途",
            Self::CodeList => "代码表",
            Self::Code => "代码",
            Self::Indicator => "指标",
            Self::Dimension => "分组",
            Self::DataSet => "报表",
            Self::Workflow => "流程",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::RecordType => "type",
            Self::Field => "field",
            Self::Purpose => "purpose",
            Self::CodeList => "code list",
            Self::Code => "code",
            Self::Indicator => "indicator",
            Self::Dimension => "dimension",
            Self::DataSet => "data set",
            Self::Workflow => "workflow",
        }
    }
}

/// The rule that a catalog breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// A name holds a listed term.
    Term(Hit),
    /// A number on a person-linked type that is neither a year, a day, an
    /// amount, nor a count with default 1.
    Number,
    /// An ordered code list on a person-linked type, other than level, pool,
    /// file and professional title.
    Order,
    /// A dimension that is a person, a name, a means of contact or any other
    /// thing that is not a code.
    UncodedDimension,
    /// More than two dimensions of persons crossed.
    Crossed,
    /// A person-linked field that does not say what it is kept for.
    NoPurpose,
    /// A free text on a person-linked type that the catalog does not list.
    UnlistedText,
    /// A free text on a person-linked type of more than 200 characters.
    LongText,
    /// A field that is no code, open to questions over persons.
    Askable,
    /// A religious body or a political party in a list of bodies or of kinds of
    /// organisation.
    Body(Topic),
    /// A means of contact that would leave the office with a submission.
    PrivateTravels,
    /// A submission that names a person without asking for consent.
    NoConsent,
}

impl Breach {
    /// Name of the rule, such as `A` or `structure-1`.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Term(Hit { list: List::A, .. }) => "A",
            Self::Term(Hit { list: List::B, .. }) => "B",
            Self::Number => "structure-1",
            Self::Order => "structure-2",
            Self::UncodedDimension => "structure-3",
            Self::NoPurpose => "structure-5",
            Self::UnlistedText | Self::LongText => "rule-2",
            Self::Crossed | Self::Askable => "rule-3",
            Self::Body(_) => "rule-5",
            Self::PrivateTravels | Self::NoConsent => "rule-7",
        }
    }

    const fn zh(self) -> &'static str {
        match self {
            Self::Term(_) => "",
            Self::Number => "是涉及个人的数字，可用来评分",
            Self::Order => "的代码表有高低次序，可用来给个人排序",
            Self::UncodedDimension => "不是代码，会逐个列出对象",
            Self::Crossed => "会同时按两个以上分组统计个人",
            Self::NoPurpose => "涉及个人而未写明用途",
            Self::UnlistedText => "是涉及个人的自由文本，未列入目录的文本清单",
            Self::LongText => "是涉及个人的自由文本，超过 200 字",
            Self::Askable => "不是代码，不能用于查询个人",
            Self::Body(Topic::Politics) => "是政党",
            Self::Body(_) => "是宗教团体",
            Self::PrivateTravels => "是联系方式，不随呈报离开本单位",
            Self::NoConsent => "指明个人而不要求本人同意",
        }
    }

    const fn en(self) -> &'static str {
        match self {
            Self::Term(_) => "",
            Self::Number => "is a number about a person, which could be a score",
            Self::Order => "has a code list with an order, by which persons could be ranked",
            Self::UncodedDimension => "is no code: figures would be listed one by one",
            Self::Crossed => "would cross more than two dimensions of persons",
            Self::NoPurpose => "is about a person and does not say what it is kept for",
            Self::UnlistedText => "is free text about a person that the catalog does not list",
            Self::LongText => "is free text about a person of more than 200 characters",
            Self::Askable => "is no code: no question over persons may use it",
            Self::Body(Topic::Politics) => "is a political party",
            Self::Body(_) => "is a religious body",
            Self::PrivateTravels => "is a means of contact: it does not leave the office",
            Self::NoConsent => "names a person without asking for consent",
        }
    }
}

/// One thing that a catalog must not have. Shown, it is one message in both
/// languages; where it stands in a file is for whoever read the file to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub thing: Thing,
    /// Where in the catalog, such as `person.mood`.
    pub path: String,
    /// The name that is refused.
    pub name: String,
    /// The rule that it breaks.
    pub breach: Breach,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thing_zh, thing_en) = (self.thing.zh(), self.thing.en());
        let (name, rule) = (&self.name, self.breach.rule());
        let Breach::Term(Hit { topic, .. }) = self.breach else {
            let (zh, en) = (self.breach.zh(), self.breach.en());
            return write!(
                f,
                "{thing_zh}\"{name}\"{zh}，本系统不采用（规则 never-recorded/{rule}）。\
                 / {thing_en} \"{name}\" {en}; Terrace does not allow this \
                 (rule never-recorded/{rule})."
            );
        };
        let (zh, en) = (topic.zh(), topic.en());
        write!(
            f,
            "{thing_zh}\"{name}\"涉及{zh}，本系统不记录（规则 never-recorded/{rule}）。\
             / {thing_en} \"{name}\" would record {en}; Terrace does not keep this \
             (rule never-recorded/{rule})."
        )?;
        if topic == Topic::Nationality {
            f.write_str(
                " 国籍请用 citizenship。/ For the state a person belongs to, use citizenship.",
            )?;
        }
        Ok(())
    }
}
