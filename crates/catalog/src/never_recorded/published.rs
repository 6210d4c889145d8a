//! The lists as they are published, apart from those the program goes by: a
//! term that is lost or changed on one side alone fails a test.

use alloc::vec::Vec;

/// The terms of a Chinese list.
pub(super) fn zh(list: &'static str) -> Vec<&'static str> {
    list.split_whitespace().collect()
}

/// The terms of an English list.
pub(super) fn en(list: &'static str) -> Vec<&'static str> {
    list.split(", ").collect()
}

/// Refused anywhere.
pub(super) const A_ZH: &str = "\
    政治态度 政治面貌 政治倾向 政治立场 政治表现 政治观点 政治诉求 政治可靠 \
    政治素质 政治审查 政审 思想 意识形态 信仰 信教 宗教 教派 教徒 信众 民族成份 \
    民族成分 族别 族裔 种族 少数民族 健康状况 身体状况 病史 病情 血型 聊天 私信 \
    通话记录 短信内容 邮件内容 朋友圈 言论 发帖 网帖 舆情 监听 行踪 轨迹 重点人员 \
    重点人物 重点对象 黑名单 现实表现 忠诚 风险等级 稳控 维稳";

/// The same in traditional characters, where those differ.
pub(super) const A_ZH_TRADITIONAL: &str = "\
    政治態度 政治傾向 政治立場 政治表現 政治觀點 政治訴求 政治素質 政治審查 政審 \
    現實表現 忠誠 意識形態 信眾 信衆 族別 種族 少數民族 健康狀況 身體狀況 通話記錄 \
    通話紀錄 短信內容 郵件內容 言論 發帖 網帖 輿情 監聽 行蹤 軌跡 軌迹 重點人員 \
    重點人物 重點對象 黑名單 穩控 維穩 風險等級";

/// Refused where a person is meant.
pub(super) const B_ZH: &str = "\
    民族 健康 疾病 残疾 伤残 体检 心理 情绪 党派 党员 党籍 入党 态度 立场 观点 看法 \
    倾向 监控 关注度 评分 打分 得分 积分 排名 名次 等级 评级 评价 鉴定 评语 印象 \
    考察结论";

/// The same in traditional characters, where those differ.
pub(super) const B_ZH_TRADITIONAL: &str = "\
    殘疾 傷殘 體檢 情緒 黨派 黨員 黨籍 入黨 態度 立場 觀點 傾向 監控 關注度 評分 \
    積分 等級 評級 評價 鑒定 鑑定 評語 考察結論";

/// Phrases that pass.
pub(super) const PASS_ZH: &str = "\
    政治协商会议 民族乡 民族团结进步 民族宗教事务局 宗教事务局 少数民族乡 \
    残疾人联合会 疾病预防控制中心 卫生健康委员会 健康产业 诚信教育 守信教育 \
    成立场所 成立场地 教徒弟 服务态度 职称等级 技能等级 获奖名次 职称评价 \
    职业技能鉴定 中心理事 构思想定";

/// The same in traditional characters, where those differ.
pub(super) const PASS_ZH_TRADITIONAL: &str = "\
    政治協商會議 民族鄉 民族團結進步 民族宗教事務局 宗教事務局 少數民族鄉 \
    殘疾人聯合會 疾病預防控制中心 衛生健康委員會 健康產業 健康産業 誠信教育 \
    成立場所 成立場地 服務態度 職稱等級 技能等級 獲獎名次 職稱評價 職業技能鑒定 \
    職業技能鑑定 構思想定";

/// Refused anywhere.
pub(super) const A_EN: &str = "\
    belief, beliefs, faith, religion, religions, religious, church, creed, sect, \
    ideology, ideological, loyalty, ethnicity, ethnic, race, racial, tribe, \
    thought, thoughts, mindset, party membership, illness, diagnosis, \
    medical history, blood type, pregnancy, chat log, chat history, \
    private message, private messages, call log, browsing history, wiretap, \
    surveillance, social media post, social media posts, blacklist, \
    person of interest, political attitude, political attitudes, political view, \
    political views, political opinion, political opinions, political stance, \
    political leaning, political affiliation, political reliability, \
    political performance, political profile, political status, political demand, \
    political demands";

/// Refused where a person is meant.
pub(super) const B_EN: &str = "\
    attitude, opinion, opinions, sentiment, mood, stance, health, disability, \
    disease, nationality, minority, party, score, rating, rank, ranking, grade, \
    evaluation, appraisal, risk level, trust level, monitoring, tracking";

/// Phrases that pass.
pub(super) const PASS_EN: &str = "\
    good faith, political consultative conference, health commission, third party, \
    professional grade, skill grade, award rank, minority shareholder, \
    request for opinions, health and social work";

/// Bodies of a religion and parties.
pub(super) const BODIES_ZH: &str = "\
    教会 教會 教堂 寺院 寺庙 寺廟 道观 道觀 清真 佛教 道教 基督教 天主教 伊斯兰 \
    伊斯蘭 政党 政黨 党派 黨派 党组织 黨組織 党支部 黨支部";

/// Bodies of a religion and parties.
pub(super) const BODIES_EN: &str = "\
    church, mosque, temple, monastery, parish, buddhist, taoist, christian, \
    catholic, islamic, muslim, party, parties";
