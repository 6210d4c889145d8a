use terrace_wire::proto::{self, shown};

use super::fake::{Running, Says};
use super::{Given, Ran};

fn text(key: &str, value: &str) -> proto::Shown {
    proto::Shown {
        key: key.into(),
        value: Some(shown::Value::Text(value.into())),
    }
}

fn row(id: u64) -> proto::SubmissionRow {
    proto::SubmissionRow {
        id,
        r#type: "nomination".into(),
        origin: "360827100".into(),
        state: "submitted".into(),
        terms: vec![text("body", "cppcc"), text("term", "第九届")],
        acts: vec!["return".into(), "approve".into()],
        at: 1_795_557_600_000,
        name: Some("甲".into()),
    }
}

fn office() -> Running {
    let step = |action: &str, reason: Option<&str>| proto::SubmissionStep {
        office: "360827".into(),
        action: action.into(),
        reason: reason.map(str::to_owned),
        note: None,
        at: 1_795_557_600_000,
    };
    Running::start(Says {
        submissions: vec![row(1), row(2), row(0xff)],
        subject: vec![text("name", "甲"), text("organisation.name", "某社")],
        steps: vec![step("submit", None), step("return", Some("places_taken"))],
        ..Says::default()
    })
}

const ROW: &str = "\"type\":\"nomination\",\"origin\":\"360827100\",\"name\":\"甲\",\"state\":\"submitted\",\
                   \"terms\":{\"body\":\"cppcc\",\"term\":\"第九届\"},\
                   \"acts\":[\"return\",\"approve\"],\"at\":\"2026-11-24T22:00:00Z\"";

#[test]
fn submissions_are_listed_to_the_end() {
    let office = office();
    let ran = Given::line("submission list --state submitted")
        .at(office.folder())
        .run();
    let rows = ["0000000000000001", "0000000000000002", "00000000000000ff"]
        .map(|id| format!("{{\"id\":\"{id}\",{ROW}}}"));
    let out = format!("{{\"rows\":[{}],\"next\":null}}\n", rows.join(","));
    assert_eq!((ran.exit, ran.out), (0, out));
    assert_eq!(office.calls().len(), 2);
    let table = Given::line("submission list --lang zh")
        .at(office.folder())
        .on_terminal()
        .run()
        .out;
    let line = table.lines().nth(1).unwrap();
    let shown = "0000000000000001  推荐  360827100  甲    已提交  政治协商会议 第九届  退回 同意  \
                 2026-11-25 06:00:00+08:00";
    assert_eq!(line, shown);
}

#[test]
fn a_submission_is_shown_with_its_steps() {
    let office = office();
    let ran = Given::line("submission show 00000000000000ff")
        .at(office.folder())
        .run();
    let step = |action: &str, reason: &str| {
        format!(
            "{{\"office\":\"360827\",\"action\":\"{action}\",\"reason\":{reason},\"note\":null,\
             \"at\":\"2026-11-24T22:00:00Z\"}}"
        )
    };
    let out = format!(
        "{{\"id\":\"00000000000000ff\",{ROW},\
         \"subject\":{{\"name\":\"甲\",\"organisation.name\":\"某社\"}},\"steps\":[{},{}]}}\n",
        step("submit", "null"),
        step("return", "\"places_taken\"")
    );
    assert_eq!((ran.exit, ran.out), (0, out));
    let line = "submission show 00000000000000ff --format table --lang zh";
    let table = Given::line(line).at(office.folder()).run().out;
    let expected = "\
编号      00000000000000ff\n\
类型      推荐\n\
提出单位  360827100\n\
状态      已提交\n\
姓名      甲\n\
所在单位  某社\n\
任职机构  政治协商会议\n\
届次      第九届\n\
可办      退回 同意\n\
\n\
时间                       单位    办理  理由\n\
2026-11-25 06:00:00+08:00  360827  提交\n\
2026-11-25 06:00:00+08:00  360827  退回  名额已满\n";
    assert_eq!(table, expected);
}

#[test]
fn an_unknown_submission_is_5_and_no_id_is_2() {
    let office = office();
    let exit = |line| Given::line(line).at(office.folder()).run().exit;
    assert_eq!(exit("submission show 0000000000000003"), 5);
    assert_eq!(exit("submission show 3"), 2);
    assert_eq!(exit("submission approve 00F1a2b3c4d5e6f7"), 2);
    assert_eq!(exit("submission show 00000000000000ff --format csv"), 2);
}

#[test]
fn a_new_submission_prints_its_id() {
    let office = office();
    let line = "submission new nomination person=p1 body=cppcc";
    let Ran { exit, out, err } = Given::line(line).at(office.folder()).run();
    let told = "warning: another proposes the same\n";
    assert_eq!(
        (exit, out.as_str(), err.as_str()),
        (0, "00000000000000ab\n", told)
    );
}

#[test]
fn a_consent_is_sent_with_its_day() {
    let office = office();
    let line = "submission consent p1 --for nomination --on 2026-11-24 --document 12";
    let ran = Given::line(line).at(office.folder()).run();
    assert_eq!((ran.exit, ran.out.as_str()), (0, ""));
    let asked = proto::ConsentRequest {
        person: "p1".into(),
        r#type: "nomination".into(),
        on: 20_781,
        document: "12".into(),
    };
    assert_eq!(office.calls(), [format!("{asked:?}")]);
}

#[test]
fn each_act_is_sent_by_its_name_and_prints_the_state() {
    let office = office();
    let actions = [
        "submit", "forward", "return", "approve", "reject", "withdraw",
    ];
    for action in actions {
        let line = format!("submission {action} 00000000000000ff --reason r --note n");
        let ran = Given::line(&line).at(office.folder()).run();
        assert_eq!((ran.exit, ran.out.as_str()), (0, "returned\n"));
    }
    let asked = actions.map(|action| {
        let asked = proto::SubmissionActRequest {
            id: 0xff,
            action: action.into(),
            reason: Some("r".into()),
            note: Some("n".into()),
        };
        format!("{asked:?}")
    });
    assert_eq!(office.calls(), asked);
}
