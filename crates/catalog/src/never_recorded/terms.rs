//! The lists. A longer list is a new release; there is no flag that overrides
//! one.

/// What a term is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// 政治态度
    Politics,
    /// 思想
    Thought,
    /// 信仰, 宗教
    Belief,
    /// 民族
    Ethnicity,
    /// 健康
    Health,
    /// 私人通信
    Communication,
    /// 监控
    Watching,
    /// 态度, 观点
    Opinion,
    /// 评分, 排名
    Scoring,
    /// 国籍 by its English name, which is read as ethnicity: *citizenship* says
    /// what is meant.
    Nationality,
}

impl Topic {
    /// What would be recorded, in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Politics => "个人政治态度",
            Self::Thought => "个人思想",
            Self::Belief => "个人信仰",
            Self::Ethnicity | Self::Nationality => "个人民族",
            Self::Health => "个人健康",
            Self::Communication => "私人通信",
            Self::Watching => "对个人的监控",
            Self::Opinion => "个人观点",
            Self::Scoring => "对个人的评分排名",
        }
    }

    /// What would be recorded, in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Politics => "a person's political attitude",
            Self::Thought => "a person's thought",
            Self::Belief => "a person's belief",
            Self::Ethnicity | Self::Nationality => "a person's ethnicity",
            Self::Health => "a person's health",
            Self::Communication => "private communication",
            Self::Watching => "the watching of a person",
            Self::Opinion => "a person's opinion",
            Self::Scoring => "a score or rank of a person",
        }
    }
}

/// Terms of one topic.
pub(super) type Terms = (Topic, &'static [&'static str]);

/// Chinese terms refused anywhere.
pub(super) const A_ZH: &[Terms] = &[
    (
        Topic::Politics,
        &[
            "政治态度",
            "政治態度",
            "政治面貌",
            "政治倾向",
            "政治傾向",
            "政治立场",
            "政治立場",
            "政治表现",
            "政治表現",
            "政治观点",
            "政治觀點",
            "政治诉求",
            "政治訴求",
            "政治可靠",
            "政治素质",
            "政治素質",
            "政治审查",
            "政治審查",
            "政审",
            "政審",
            "现实表现",
            "現實表現",
            "忠诚",
            "忠誠",
        ],
    ),
    (Topic::Thought, &["思想", "意识形态", "意識形態"]),
    (
        Topic::Belief,
        &[
            "信仰", "信教", "宗教", "教派", "教徒", "信众", "信眾", "信衆",
        ],
    ),
    (
        Topic::Ethnicity,
        &[
            "民族成份",
            "民族成分",
            "族别",
            "族別",
            "族裔",
            "种族",
            "種族",
            "少数民族",
            "少數民族",
        ],
    ),
    (
        Topic::Health,
        &[
            "健康状况",
            "健康狀況",
            "身体状况",
            "身體狀況",
            "病史",
            "病情",
            "血型",
        ],
    ),
    (
        Topic::Communication,
        &[
            "聊天",
            "私信",
            "通话记录",
            "通話記錄",
            "通話紀錄",
            "短信内容",
            "短信內容",
            "邮件内容",
            "郵件內容",
            "朋友圈",
            "言论",
            "言論",
            "发帖",
            "發帖",
            "网帖",
            "網帖",
        ],
    ),
    (
        Topic::Watching,
        &[
            "舆情",
            "輿情",
            "监听",
            "監聽",
            "行踪",
            "行蹤",
            "轨迹",
            "軌跡",
            "軌迹",
            "重点人员",
            "重點人員",
            "重点人物",
            "重點人物",
            "重点对象",
            "重點對象",
            "黑名单",
            "黑名單",
            "稳控",
            "穩控",
            "维稳",
            "維穩",
        ],
    ),
    (Topic::Scoring, &["风险等级", "風險等級"]),
];

/// Chinese terms refused where a person is meant.
pub(super) const B_ZH: &[Terms] = &[
    (Topic::Ethnicity, &["民族"]),
    (
        Topic::Health,
        &[
            "健康", "疾病", "残疾", "殘疾", "伤残", "傷殘", "体检", "體檢", "心理", "情绪", "情緒",
        ],
    ),
    (
        Topic::Politics,
        &[
            "党派", "黨派", "党员", "黨員", "党籍", "黨籍", "入党", "入黨",
        ],
    ),
    (
        Topic::Opinion,
        &[
            "态度", "態度", "立场", "立場", "观点", "觀點", "看法", "倾向", "傾向", "印象",
        ],
    ),
    (Topic::Watching, &["监控", "監控", "关注度", "關注度"]),
    (
        Topic::Scoring,
        &[
            "评分",
            "評分",
            "打分",
            "得分",
            "积分",
            "積分",
            "排名",
            "名次",
            "等级",
            "等級",
            "评级",
            "評級",
            "评价",
            "評價",
            "鉴定",
            "鑒定",
            "鑑定",
            "评语",
            "評語",
            "考察结论",
            "考察結論",
        ],
    ),
];

/// Chinese phrases that hold a term and mean something else.
pub(super) const PASS_ZH: &[&str] = &[
    "政治协商会议",
    "政治協商會議",
    "民族乡",
    "民族鄉",
    "民族团结进步",
    "民族團結進步",
    "民族宗教事务局",
    "民族宗教事務局",
    "宗教事务局",
    "宗教事務局",
    "少数民族乡",
    "少數民族鄉",
    "残疾人联合会",
    "殘疾人聯合會",
    "疾病预防控制中心",
    "疾病預防控制中心",
    "卫生健康委员会",
    "衛生健康委員會",
    "健康产业",
    "健康產業",
    "健康産業",
    "诚信教育",
    "誠信教育",
    "守信教育",
    "成立场所",
    "成立場所",
    "成立场地",
    "成立場地",
    "教徒弟",
    "服务态度",
    "服務態度",
    "职称等级",
    "職稱等級",
    "技能等级",
    "技能等級",
    "获奖名次",
    "獲獎名次",
    "职称评价",
    "職稱評價",
    "职业技能鉴定",
    "職業技能鑒定",
    "職業技能鑑定",
    "中心理事",
    "构思想定",
    "構思想定",
];

/// English terms refused anywhere.
pub(super) const A_EN: &[Terms] = &[
    (
        Topic::Belief,
        &[
            "belief",
            "beliefs",
            "faith",
            "religion",
            "religions",
            "religious",
            "church",
            "creed",
            "sect",
        ],
    ),
    (
        Topic::Thought,
        &["ideology", "ideological", "thought", "thoughts", "mindset"],
    ),
    (
        Topic::Ethnicity,
        &["ethnicity", "ethnic", "race", "racial", "tribe"],
    ),
    (
        Topic::Health,
        &[
            "illness",
            "diagnosis",
            "medical history",
            "blood type",
            "pregnancy",
        ],
    ),
    (
        Topic::Communication,
        &[
            "chat log",
            "chat history",
            "private message",
            "private messages",
            "call log",
            "browsing history",
            "social media post",
            "social media posts",
        ],
    ),
    (
        Topic::Watching,
        &["wiretap", "surveillance", "blacklist", "person of interest"],
    ),
    (
        Topic::Politics,
        &[
            "loyalty",
            "party membership",
            "political attitude",
            "political attitudes",
            "political view",
            "political views",
            "political opinion",
            "political opinions",
            "political stance",
            "political leaning",
            "political affiliation",
            "political reliability",
            "political performance",
            "political profile",
            "political status",
            "political demand",
            "political demands",
        ],
    ),
];

/// English terms refused where a person is meant.
pub(super) const B_EN: &[Terms] = &[
    (
        Topic::Opinion,
        &[
            "attitude",
            "opinion",
            "opinions",
            "sentiment",
            "mood",
            "stance",
        ],
    ),
    (Topic::Health, &["health", "disability", "disease"]),
    (Topic::Nationality, &["nationality"]),
    (Topic::Ethnicity, &["minority"]),
    (Topic::Politics, &["party"]),
    (
        Topic::Scoring,
        &[
            "score",
            "rating",
            "rank",
            "ranking",
            "grade",
            "evaluation",
            "appraisal",
            "risk level",
            "trust level",
        ],
    ),
    (Topic::Watching, &["monitoring", "tracking"]),
];

/// English phrases that hold a term and mean something else.
pub(super) const PASS_EN: &[&str] = &[
    "good faith",
    "political consultative conference",
    "health commission",
    "third party",
    "professional grade",
    "skill grade",
    "award rank",
    "minority shareholder",
    "request for opinions",
    "health and social work",
];

/// Bodies that no list of bodies or kinds of organisation may hold.
pub(super) const BODIES_ZH: &[Terms] = &[
    (
        Topic::Belief,
        &[
            "教会",
            "教會",
            "教堂",
            "寺院",
            "寺庙",
            "寺廟",
            "道观",
            "道觀",
            "清真",
            "佛教",
            "道教",
            "基督教",
            "天主教",
            "伊斯兰",
            "伊斯蘭",
        ],
    ),
    (
        Topic::Politics,
        &[
            "政党",
            "政黨",
            "党派",
            "黨派",
            "党组织",
            "黨組織",
            "党支部",
            "黨支部",
        ],
    ),
];

/// The same in English.
pub(super) const BODIES_EN: &[Terms] = &[
    (
        Topic::Belief,
        &[
            "church",
            "mosque",
            "temple",
            "monastery",
            "parish",
            "buddhist",
            "taoist",
            "christian",
            "catholic",
            "islamic",
            "muslim",
        ],
    ),
    (Topic::Politics, &["party", "parties"]),
];
