//! The names that must be refused and those that must pass.

use alloc::{collections::BTreeSet, vec::Vec};

use super::{
    List, Sphere, published,
    scan::{scan, scan_body},
    terms::{A_EN, A_ZH, B_EN, B_ZH, BODIES_EN, BODIES_ZH, PASS_EN, PASS_ZH, Terms, Topic},
};
use Sphere::{Office, Person};

const REFUSED: [(&str, Sphere); 23] = [
    ("政治面貌", Person),
    ("思 想 动 态", Person),
    ("宗教信仰", Person),
    ("民族", Person),
    ("民族成份", Office),
    ("健康状况", Person),
    ("身体健康", Person),
    ("党派", Person),
    ("聊天记录", Office),
    ("重点人物", Office),
    ("综合评价得分", Person),
    ("对党的态度", Person),
    ("网络舆情", Office),
    ("politicalAttitude", Person),
    ("religious_belief", Office),
    ("ETHNICITY", Person),
    ("race", Person),
    ("health", Person),
    ("opinion_score", Person),
    ("chat_history", Office),
    ("trust_level", Person),
    ("思想状况分布", Office),
    ("Ｒｅｌｉｇｉｏｎ", Office),
];

const PASSES: [(&str, Sphere); 53] = [
    ("政治协商会议", Person),
    ("政协委员", Person),
    ("政治安排", Person),
    ("政治待遇", Person),
    ("参政议政建议数", Office),
    ("意见建议", Person),
    ("征求意见", Office),
    ("动态管理", Office),
    ("发展动态", Office),
    ("民族乡", Office),
    ("民族团结进步奖", Person),
    ("民族宗教事务局", Office),
    ("卫生和社会工作", Office),
    ("卫生健康委员会", Person),
    ("医疗保险", Person),
    ("义诊", Office),
    ("诚信教育", Person),
    ("成立场所", Person),
    ("统一社会信用代码", Office),
    ("服务态度", Office),
    ("行风评议员", Person),
    ("特约监督员", Person),
    ("职称等级", Person),
    ("表彰级别", Person),
    ("目标考核得分", Office),
    ("单位排名", Office),
    ("同步监控", Office),
    ("党组织数", Office),
    ("帮扶诉求", Person),
    ("微信号", Person),
    ("考察活动", Office),
    ("宣传报道", Office),
    ("terrace", Person),
    ("trace_id", Person),
    ("grace_days", Office),
    ("sync_health", Office),
    ("health_commission", Person),
    ("third_party", Person),
    ("good_faith", Office),
    ("Political Consultative Conference", Person),
    ("participants", Person),
    ("operating_income", Person),
    ("region", Person),
    ("office_score", Office),
    ("suggestion", Person),
    ("comment", Office),
    ("altitude", Office),
    ("professional_grade", Person),
    ("counterparty", Person),
    ("embrace", Person),
    ("citizenship", Person),
    ("supervisor", Person),
    ("self_employed", Person),
];

#[test]
fn what_must_be_refused_is_refused() {
    for (name, sphere) in REFUSED {
        assert!(scan(name, sphere).is_some(), "{name}");
    }
}

#[test]
fn what_must_pass_passes() {
    for (name, sphere) in PASSES {
        assert_eq!(scan(name, sphere), None, "{name}");
        assert_eq!(scan(name, Office), None, "{name}");
    }
}

fn terms(list: &[Terms]) -> Vec<&'static str> {
    let terms = |(_, terms): &Terms| terms.iter().copied();
    list.iter().flat_map(terms).collect()
}

/// Published lists of terms beside the program's.
fn lists_of_terms() -> [(Vec<&'static str>, Vec<&'static str>); 6] {
    use published::{A_ZH_TRADITIONAL, B_ZH_TRADITIONAL, en, zh};
    let both = |simplified, traditional| [zh(simplified), zh(traditional)].concat();
    [
        (both(published::A_ZH, A_ZH_TRADITIONAL), terms(A_ZH)),
        (both(published::B_ZH, B_ZH_TRADITIONAL), terms(B_ZH)),
        (en(published::A_EN), terms(A_EN)),
        (en(published::B_EN), terms(B_EN)),
        (zh(published::BODIES_ZH), terms(BODIES_ZH)),
        (en(published::BODIES_EN), terms(BODIES_EN)),
    ]
}

/// Published phrases beside the program's.
fn lists_of_phrases() -> [(Vec<&'static str>, Vec<&'static str>); 2] {
    use published::{PASS_ZH_TRADITIONAL, en, zh};
    let published_zh = [zh(published::PASS_ZH), zh(PASS_ZH_TRADITIONAL)].concat();
    [
        (published_zh, PASS_ZH.to_vec()),
        (en(published::PASS_EN), PASS_EN.to_vec()),
    ]
}

#[test]
fn the_lists_are_the_published_ones() {
    for (mut published, mut listed) in lists_of_terms().into_iter().chain(lists_of_phrases()) {
        published.sort_unstable();
        listed.sort_unstable();
        assert_eq!(listed, published);
    }
}

#[test]
fn every_term_is_refused_where_its_list_says_and_b_only_of_persons() {
    let hit = |term, sphere| scan(term, sphere).map(|hit| (hit.list, hit.term));
    let [(a_zh, _), (b_zh, _), (a_en, _), (b_en, _), ..] = lists_of_terms();
    for term in a_zh.into_iter().chain(a_en) {
        assert_eq!(hit(term, Office), Some((List::A, term)));
        assert_eq!(hit(term, Person), Some((List::A, term)));
    }
    for term in b_zh.into_iter().chain(b_en) {
        assert_eq!(hit(term, Office), None, "{term}");
        assert_eq!(hit(term, Person), Some((List::B, term)));
    }
}

#[test]
fn every_religious_body_and_party_is_known() {
    let [.., (zh, _), (en, _)] = lists_of_terms();
    for term in zh.into_iter().chain(en) {
        assert_eq!(scan_body(term).map(|(found, _)| found), Some(term));
    }
}

#[test]
fn every_pass_phrase_passes_even_where_a_person_is_meant() {
    for (published, _) in lists_of_phrases() {
        for phrase in published {
            assert_eq!(scan(phrase, Person), None, "{phrase}");
        }
    }
}

#[test]
fn a_pass_phrase_hides_only_itself() {
    for (name, term) in [
        ("卫生健康委员会健康", "健康"),
        ("少数民族乡少数民族", "少数民族"),
        ("third party, party", "party"),
        ("good faith faith", "faith"),
        ("服务态度和态度", "态度"),
    ] {
        assert_eq!(scan(name, Person).map(|hit| hit.term), Some(term), "{name}");
    }
    // Masked out, what was on both sides of a phrase does not join to a term.
    assert_eq!(scan("思民族乡想", Person), None);
}

#[test]
fn spelling_tricks_do_not_hide_a_term() {
    for name in [
        "思\u{200b}想",
        "思-想",
        "re\u{200d}ligion",
        "reli\u{ad}gion",
        "ReligionCode",
        "reLigion",
        "ＲＥＬＩＧＩＯＮ_code",
        "religion2",
        "the religion: which",
        "blood-type",
        "bloodType",
        "BLOOD  TYPE",
        "HTTPRace",
        "r\u{336}e\u{336}ligion",
        "信\u{fe00}仰",
    ] {
        assert!(scan(name, Office).is_some(), "{name}");
    }
}

#[test]
fn the_longest_term_of_the_stricter_list_is_told() {
    let hit = scan("少数民族健康", Person).unwrap();
    assert_eq!(
        (hit.list, hit.term, hit.topic),
        (List::A, "少数民族", Topic::Ethnicity)
    );
    let hit = scan("party membership", Person).unwrap();
    assert_eq!((hit.list, hit.term), (List::A, "party membership"));
}

#[test]
fn no_term_and_no_phrase_is_listed_twice() {
    let [a_zh, b_zh, a_en, b_en, ..] = lists_of_terms();
    let mut seen = BTreeSet::new();
    for (_, listed) in [a_zh, b_zh, a_en, b_en] {
        for term in listed {
            assert!(seen.insert(term), "{term}");
        }
    }
    let mut seen = BTreeSet::new();
    for (_, listed) in lists_of_phrases() {
        for phrase in listed {
            assert!(seen.insert(phrase), "{phrase}");
        }
    }
}
