use std::fs;

use terrace_wire::proto;
use terrace_wire::proto::notice_publish_request::To;

use super::Given;
use super::fake::{Running, Says};

fn notice(id: u64, receipt: Option<proto::Receipt>) -> proto::NoticeRow {
    proto::NoticeRow {
        id,
        issuer: "36".into(),
        title: "培训安排".into(),
        issued: 1_795_557_600_000,
        acknowledge_by: Some(20_781),
        receipt,
    }
}

fn office() -> Running {
    let delivered = proto::Receipt {
        delivered: Some(1_795_557_600_000),
        ..proto::Receipt::default()
    };
    let receipt = |office: &str, receipt| proto::ReceiptRow {
        office: office.into(),
        name: "甲".into(),
        receipt,
    };
    Running::start(Says {
        notices: vec![notice(3, Some(delivered)), notice(2, None), notice(1, None)],
        receipts: vec![
            receipt("360801", Some(delivered)),
            receipt("360802", None),
            receipt("360803", None),
        ],
        ..Says::default()
    })
}

const ROW: &str = "\"issuer\":\"36\",\"title\":\"培训安排\",\"issued\":\"2026-11-24T22:00:00Z\",\
                   \"acknowledge_by\":\"2026-11-24\"";
const RECEIPT: &str = "\"delivered\":\"2026-11-24T22:00:00Z\",\"read\":null,\"acknowledged\":null";

#[test]
fn notices_are_listed_to_the_end() {
    let office = office();
    let ran = Given::line("notice list").at(office.folder()).run();
    let out = format!(
        "{{\"rows\":[{{\"id\":\"0000000000000003\",{ROW},\"receipt\":{{{RECEIPT}}}}},\
         {{\"id\":\"0000000000000002\",{ROW},\"receipt\":null}},\
         {{\"id\":\"0000000000000001\",{ROW},\"receipt\":null}}],\"next\":null}}\n"
    );
    assert_eq!((ran.exit, ran.out), (0, out));
}

#[test]
fn a_notice_is_shown_with_its_text() {
    let office = office();
    let shown = |line| Given::line(line).at(office.folder()).run();
    assert_eq!(
        shown("notice show 0000000000000002").out,
        format!(
            "{{\"id\":\"0000000000000002\",{ROW},\"receipt\":null,\
             \"body\":\"第一条\\n\\u001b[2J第二条\\n\"}}\n"
        )
    );
    let text = "\
标题      培训安排\n\
编号      0000000000000003\n\
发文单位  36\n\
发出      2026-11-25 06:00:00+08:00\n\
确认期限  2026-11-24\n\
送达      2026-11-25 06:00:00+08:00\n\
\n\
第一条\n\
\u{fffd}[2J第二条\n";
    assert_eq!(
        shown("notice show 0000000000000003 --format table --lang zh").out,
        text
    );
    assert_eq!(shown("notice show 0000000000000009").exit, 5);
}

#[test]
fn receipts_show_who_has_not() {
    let office = office();
    let shown = |line| Given::line(line).at(office.folder()).run().out;
    let nothing = "\"delivered\":null,\"read\":null,\"acknowledged\":null";
    assert_eq!(
        shown("notice receipts 0000000000000003"),
        format!(
            "{{\"rows\":[{{\"office\":\"360801\",\"name\":\"甲\",{RECEIPT}}},\
             {{\"office\":\"360802\",\"name\":\"甲\",{nothing}}},\
             {{\"office\":\"360803\",\"name\":\"甲\",{nothing}}}],\"next\":null}}\n"
        )
    );
    assert_eq!(
        shown("notice receipts 0000000000000003 --format csv"),
        "office,name,delivered,read,acknowledged\n\
         360801,甲,2026-11-24T22:00:00Z,,\n360802,甲,,,\n360803,甲,,,\n"
    );
}

#[test]
fn a_notice_is_published_from_a_file_or_standard_input() {
    let office = office();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.txt");
    fs::write(&file, "内容").unwrap();
    let line = "notice publish --title 培训 --to 360827,360802 --body";
    let ran = Given::line(line).arg(&file).at(office.folder()).run();
    assert_eq!((ran.exit, ran.out.as_str()), (0, "00000000000000cd\n"));
    let line = "notice publish --title 培训 --subtree 3608 --level township \
                --acknowledge-by 2026-11-24 --body -";
    Given::line(line)
        .stdin("内容".as_bytes())
        .at(office.folder())
        .run();
    let codes = vec!["360827".to_owned(), "360802".to_owned()];
    let listed = proto::NoticePublishRequest {
        title: "培训".into(),
        body: "内容".into(),
        level: 0,
        acknowledge_by: None,
        to: Some(To::Offices(proto::OfficeCodes { codes })),
    };
    let subtree = proto::NoticePublishRequest {
        level: proto::Level::Township as i32,
        acknowledge_by: Some(20_781),
        to: Some(To::Subtree("3608".into())),
        ..listed.clone()
    };
    assert_eq!(
        office.calls(),
        [format!("{listed:?}"), format!("{subtree:?}")]
    );
}

#[test]
fn a_text_is_utf8_and_at_most_a_mebibyte() {
    let office = office();
    let line = "notice publish --title t --to 360827 --body -";
    let exit = |text: Vec<u8>| {
        let given = Given::line(line).stdin(std::io::Cursor::new(text));
        given.at(office.folder()).run().exit
    };
    assert_eq!(exit(vec![b'a'; 1 << 20]), 0);
    assert_eq!(exit(vec![b'a'; (1 << 20) + 1]), 3);
    assert_eq!(exit(vec![0xff]), 3);
    assert_eq!(office.calls().len(), 1);
}

#[test]
fn a_notice_is_for_a_list_or_a_subtree() {
    for line in [
        "notice publish --title t --body f",
        "notice publish --title t --body f --to 360827 --subtree 3608",
        "notice publish --title t --body f --to 36-08",
        "notice publish --title t --body f --to 360827 --level county",
        "notice publish --body f --to 3608",
        "notice ack 7",
    ] {
        assert_eq!(
            Given::line(line).arg("--data").arg("/tmp").run().exit,
            2,
            "{line}"
        );
    }
}

#[test]
fn marks_are_told_apart() {
    let office = office();
    for line in [
        "notice read 0000000000000003",
        "notice ack 0000000000000003",
    ] {
        let ran = Given::line(line).at(office.folder()).run();
        assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    }
    let asked = [1, 2].map(|mark| {
        let asked = proto::NoticeMarkRequest { id: 3, mark };
        format!("{asked:?}")
    });
    assert_eq!(office.calls(), asked);
}
