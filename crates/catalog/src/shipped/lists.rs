use alloc::{sync::Arc, vec::Vec};

use crate::CodeList;

/// Declares the lists by name; each is made by the function of that name.
macro_rules! lists {
    ($($name:ident),* $(,)?) => {
        /// The code lists, each once, shared by the fields that use it.
        pub(super) struct Lists {
            $(pub(super) $name: Arc<CodeList>,)*
        }

        impl Lists {
            pub(super) fn new() -> Self {
                Self { $($name: Arc::new($name()),)* }
            }

            pub(super) fn all(self) -> Vec<Arc<CodeList>> {
                Vec::from([$(self.$name,)*])
            }
        }
    };
}

lists! {
    gender, category, industry, skill, file, pool, left_reason, joined_reason,
    organisation_kind, visit_subject, need, assistance_outcome, meeting_kind,
    form, cause, donor, audience, activity_kind, survey_method, yes_no,
    body, seat, level, stage, suggestion_outcome, decision_reason,
}

fn gender() -> CodeList {
    CodeList::new(
        "gender",
        &[("male", "男", "male"), ("female", "女", "female")],
    )
}

fn category() -> CodeList {
    let codes = [
        (
            "tech_firm_staff",
            "民营科技企业创业人员和技术人员",
            "founders and technical staff of private technology firms",
        ),
        (
            "foreign_firm_staff",
            "外资企业管理技术人员",
            "managers and technical staff of foreign-funded firms",
        ),
        ("self_employed", "个体户", "self-employed"),
        ("business_owner", "私营企业主", "private business owners"),
        (
            "intermediary_staff",
            "中介组织从业人员",
            "staff of intermediary organisations",
        ),
        ("freelancer", "自由职业人员", "freelancers"),
    ];
    CodeList::new("category", &codes)
}

/// Sections of the national classification of industries (国民经济行业分类,
/// GB/T 4754-2017).
fn industry() -> CodeList {
    let codes = [
        (
            "A",
            "农、林、牧、渔业",
            "agriculture, forestry, animal husbandry and fishery",
        ),
        ("B", "采矿业", "mining"),
        ("C", "制造业", "manufacturing"),
        (
            "D",
            "电力、热力、燃气及水生产和供应业",
            "electricity, heat, gas and water supply",
        ),
        ("E", "建筑业", "construction"),
        ("F", "批发和零售业", "wholesale and retail trade"),
        ("G", "交通运输、仓储和邮政业", "transport, storage and post"),
        ("H", "住宿和餐饮业", "accommodation and catering"),
        (
            "I",
            "信息传输、软件和信息技术服务业",
            "information transmission, software and information technology",
        ),
        ("J", "金融业", "finance"),
        ("K", "房地产业", "real estate"),
        ("L", "租赁和商务服务业", "leasing and business services"),
        (
            "M",
            "科学研究和技术服务业",
            "scientific research and technical services",
        ),
        (
            "N",
            "水利、环境和公共设施管理业",
            "water conservancy, environment and public facilities",
        ),
        (
            "O",
            "居民服务、修理和其他服务业",
            "residents' services, repair and other services",
        ),
        ("P", "教育", "education"),
        ("Q", "卫生和社会工作", "health and social work"),
        (
            "R",
            "文化、体育和娱乐业",
            "culture, sports and entertainment",
        ),
        (
            "S",
            "公共管理、社会保障和社会组织",
            "public administration, social security and social organisations",
        ),
        ("T", "国际组织", "international organisations"),
    ];
    CodeList::new("industry", &codes)
}

fn skill() -> CodeList {
    let codes = [
        ("software", "软件", "software"),
        ("electronics", "电子", "electronics"),
        ("engineering", "工程", "engineering"),
        ("finance", "财务金融", "finance"),
        ("law", "法律", "law"),
        ("medicine", "医药", "medicine"),
        ("teaching", "教学", "teaching"),
        ("agronomy", "农技", "agronomy"),
        ("arts", "文化艺术", "arts"),
        ("design", "设计", "design"),
        ("media", "新媒体", "media"),
        ("e_commerce", "电子商务", "e-commerce"),
        ("management", "经营管理", "management"),
        ("translation", "翻译", "translation"),
        ("other", "其他", "other"),
    ];
    CodeList::new("skill", &codes)
}

fn file() -> CodeList {
    CodeList::new(
        "file",
        &[("listed", "在册", "listed"), ("full", "建档", "full file")],
    )
    .in_order()
}

fn pool() -> CodeList {
    let codes = [
        ("none", "未入库", "none"),
        ("county", "县级人才库", "county pool"),
        ("prefecture", "市级人才库", "prefecture pool"),
        ("province", "省级人才库", "provincial pool"),
    ];
    CodeList::new("pool", &codes).in_order()
}

fn left_reason() -> CodeList {
    let codes = [
        ("ended", "不再联系", "contact ended"),
        ("moved_out", "迁出", "moved out"),
    ];
    CodeList::new("left_reason", &codes)
}

fn joined_reason() -> CodeList {
    let codes = [
        ("new", "新增", "new"),
        ("returned", "恢复联系", "returned"),
        ("moved_in", "迁入", "moved in"),
    ];
    CodeList::new("joined_reason", &codes)
}

fn organisation_kind() -> CodeList {
    let codes = [
        ("association", "协会", "association"),
        ("chamber", "商会", "chamber of commerce"),
        ("fellowship", "联谊会", "fellowship"),
        ("enterprise", "企业", "enterprise"),
        ("sole_trader", "个体工商户", "sole trader"),
        ("intermediary", "中介组织", "intermediary organisation"),
        (
            "non_enterprise_unit",
            "民办非企业单位",
            "private non-enterprise unit",
        ),
    ];
    CodeList::new("organisation_kind", &codes)
}

fn visit_subject() -> CodeList {
    let codes = [
        ("production", "生产经营", "production and business"),
        ("policy", "政策宣讲", "explaining policy"),
        ("services", "服务对接", "matching services"),
        ("suggestions", "听取意见建议", "hearing suggestions"),
        ("file_check", "核对档案", "checking the file"),
        ("training", "培训需求", "training needs"),
        ("greeting", "节日走访", "holiday greeting"),
        ("other", "其他", "other"),
    ];
    CodeList::new("visit_subject", &codes)
}

fn need() -> CodeList {
    let codes = [
        ("loan", "融资贷款", "loan"),
        ("hiring", "招工用工", "hiring"),
        ("premises", "场地用房", "premises"),
        ("utilities", "水电气讯", "utilities"),
        ("licensing", "证照办理", "licensing"),
        ("fees", "税费减免", "fees and taxes"),
        ("legal", "法律服务", "legal advice"),
        ("accounting", "财税服务", "accounting"),
        ("technology", "技术支持", "technology"),
        ("market_access", "市场准入", "market access"),
        ("talent", "人才引进", "talent"),
        ("title_assessment", "职称评定", "professional title"),
        ("social_insurance", "社会保险", "social insurance"),
        ("rights", "权益维护", "rights and interests"),
        ("other", "其他", "other"),
    ];
    CodeList::new("need", &codes)
}

fn assistance_outcome() -> CodeList {
    let codes = [
        ("open", "办理中", "open"),
        ("settled", "已解决", "settled"),
        ("explained", "已解释", "explained"),
        ("withdrawn", "已撤回", "withdrawn"),
    ];
    CodeList::new("assistance_outcome", &codes)
}

fn meeting_kind() -> CodeList {
    let codes = [
        ("consultation", "座谈会", "consultation"),
        ("briefing", "情况通报会", "briefing"),
        ("joint", "联席会议", "joint meeting"),
        ("working", "工作会议", "working meeting"),
        ("exchange", "交流会", "exchange"),
        ("fellowship", "联谊活动", "fellowship"),
    ];
    CodeList::new("meeting_kind", &codes)
}

fn form() -> CodeList {
    let codes = [
        ("cash", "现金", "cash"),
        ("goods", "实物折价", "goods, valued"),
        ("labour", "劳务", "labour"),
    ];
    CodeList::new("form", &codes)
}

fn cause() -> CodeList {
    let codes = [
        ("disaster_relief", "抗灾救灾", "disaster relief"),
        ("poverty_relief", "扶贫济困", "poverty relief"),
        ("education", "捐资助学", "education"),
        ("village_building", "新农村建设", "village building"),
        ("vulnerable_groups", "弱势群体", "vulnerable groups"),
        ("other", "其他", "other"),
    ];
    CodeList::new("cause", &codes)
}

/// Who gave: the codes are the ids of the fields that may name the giver.
fn donor() -> CodeList {
    let codes = [
        ("organisation", "单位", "organisation"),
        ("person", "个人", "person"),
    ];
    CodeList::new("donor", &codes)
}

fn audience() -> CodeList {
    CodeList::new(
        "audience",
        &[
            ("members", "代表人士", "members"),
            ("staff", "工作人员", "staff"),
        ],
    )
}

fn activity_kind() -> CodeList {
    let codes = [
        ("field_visit", "考察活动", "field visit"),
        ("village_pairing", "结对帮村", "village pairing"),
        ("free_clinic", "义诊", "free clinic"),
        ("lecture", "讲座", "lecture"),
        ("legal_outreach", "送法下乡", "legal outreach"),
        ("technology_outreach", "科技下乡", "technology outreach"),
        ("culture_outreach", "文化下乡", "culture outreach"),
        ("inspection", "视察调研", "inspection"),
        ("call_for_suggestions", "征集建议", "call for suggestions"),
        ("other", "其他", "other"),
    ];
    CodeList::new("activity_kind", &codes)
}

fn survey_method() -> CodeList {
    let codes = [
        ("visit", "走访", "visit"),
        ("telephone", "电话", "telephone"),
        ("questionnaire", "问卷", "questionnaire"),
        ("meeting", "座谈", "meeting"),
    ];
    CodeList::new("survey_method", &codes)
}

fn yes_no() -> CodeList {
    CodeList::new("yes_no", &[("yes", "是", "yes"), ("no", "否", "no")])
}

fn body() -> CodeList {
    let codes = [
        ("peoples_congress", "人民代表大会", "people's congress"),
        ("cppcc", "政治协商会议", "political consultative conference"),
        (
            "federation",
            "工商业联合会",
            "federation of industry and commerce",
        ),
        (
            "supervisor",
            "特约监督单位",
            "office with invited supervisors",
        ),
        ("other", "其他", "other"),
    ];
    CodeList::new("body", &codes)
}

fn seat() -> CodeList {
    let codes = [
        ("deputy", "人大代表", "deputy"),
        ("member", "政协委员", "member"),
        ("president", "会长", "president"),
        ("vice_chair", "副主席", "vice-chair"),
        ("standing_member", "常委", "standing member"),
        ("committee_member", "执委", "committee member"),
        ("special_procurator", "特约检察员", "special procurator"),
        ("special_auditor", "特约审计员", "special auditor"),
        (
            "education_inspector",
            "特约教育督导员",
            "education inspector",
        ),
        ("conduct_reviewer", "行风评议员", "conduct reviewer"),
        ("supervisor", "特约监督员", "invited supervisor"),
    ];
    CodeList::new("seat", &codes)
}

fn level() -> CodeList {
    let codes = [
        ("township", "乡级", "township"),
        ("county", "县级", "county"),
        ("prefecture", "市级", "prefecture"),
        ("province", "省级", "province"),
    ];
    CodeList::new("level", &codes).in_order()
}

fn stage() -> CodeList {
    CodeList::new(
        "stage",
        &[
            ("candidate", "推荐", "candidate"),
            ("awarded", "获奖", "awarded"),
        ],
    )
}

fn suggestion_outcome() -> CodeList {
    let codes = [
        ("settled", "已解决", "settled"),
        ("adopted", "已采纳", "adopted"),
        ("explained", "已解释", "explained"),
        ("declined", "未采纳", "declined"),
        ("withdrawn", "已撤回", "withdrawn"),
    ];
    CodeList::new("suggestion_outcome", &codes)
}

fn decision_reason() -> CodeList {
    let codes = [
        ("places_taken", "名额已满", "all places are taken"),
        (
            "conditions_not_met",
            "不符合任职条件",
            "conditions of the seat are not met",
        ),
        ("incomplete", "材料不全", "papers are incomplete"),
        (
            "data_differ",
            "信息有误，请核对",
            "data are wrong, please check",
        ),
        ("duplicate", "重复推荐", "proposed twice"),
        ("consent_missing", "本人未同意", "consent is missing"),
        ("consent_withdrawn", "本人撤回同意", "consent was withdrawn"),
        ("moved", "已迁出本地", "moved elsewhere"),
        (
            "other_level",
            "应由其他层级办理",
            "for another level to decide",
        ),
        ("late", "已过期限", "past the deadline"),
        ("other", "其他", "other"),
    ];
    CodeList::new("decision_reason", &codes)
}
