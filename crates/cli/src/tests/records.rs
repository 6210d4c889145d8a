use std::io::{self, Read};

use terrace_wire::proto::{self, shown};
use terrace_wire::{Refusal, RefusalCode, RowFault};

use super::fake::{Running, Says};
use super::{Given, Ran};

fn text(key: &str, value: &str) -> proto::Shown {
    proto::Shown {
        key: key.into(),
        value: Some(shown::Value::Text(value.into())),
    }
}

fn person(id: &str, name: &str, category: &str) -> proto::RecordRow {
    let skills = shown::Value::Codes(proto::Codes {
        codes: vec!["law".into(), "finance".into()],
    });
    proto::RecordRow {
        r#type: "person".into(),
        id: id.into(),
        fields: vec![
            text("name", name),
            text("category", category),
            proto::Shown {
                key: "skills".into(),
                value: Some(skills),
            },
        ],
    }
}

/// More than two pages.
pub(super) fn people() -> Vec<proto::RecordRow> {
    vec![
        person("p1", "欧阳遂川", "freelancer"),
        person("p2", "Li", "business_owner"),
        person("p3", "=cmd", "freelancer"),
        person("p4", "王", "freelancer"),
        person("p5", "张", "freelancer"),
    ]
}

fn office() -> Running {
    Running::start(Says {
        records: people(),
        ..Says::default()
    })
}

#[test]
fn pages_are_followed_to_the_end() {
    let office = office();
    let ran = Given::line("record list person").at(office.folder()).run();
    let one = |id: &str, name: &str, category: &str| {
        format!(
            "{{\"type\":\"person\",\"id\":\"{id}\",\"fields\":{{\"name\":\"{name}\",\
             \"category\":\"{category}\",\"skills\":[\"law\",\"finance\"]}}}}"
        )
    };
    let rows = [
        one("p1", "欧阳遂川", "freelancer"),
        one("p2", "Li", "business_owner"),
        one("p3", "=cmd", "freelancer"),
        one("p4", "王", "freelancer"),
        one("p5", "张", "freelancer"),
    ];
    let out = format!("{{\"rows\":[{}],\"next\":null}}\n", rows.join(","));
    assert_eq!((ran.exit, ran.out, ran.err), (0, out, String::new()));
    assert_eq!(office.calls().len(), 3);
}

#[test]
fn nothing_found_is_no_failure() {
    let office = Running::start(Says::default());
    let shown = |line| Given::line(line).at(office.folder()).run();
    let Ran { exit, out, .. } = shown("record list person");
    assert_eq!((exit, out.as_str()), (0, "{\"rows\":[],\"next\":null}\n"));
    let Ran { exit, out, err } = shown("record list unit --format table");
    assert_eq!(
        (exit, out.as_str(), err.as_str()),
        (0, "", "there is none\n")
    );
    let Ran { exit, out, .. } = shown("record export unit --format csv");
    assert_eq!((exit, out.as_str()), (0, "id,name,contact\n"));
}

#[test]
fn a_terminal_shows_labels_in_the_language_and_aligned() {
    let office = office();
    let ran = Given::line("record list person --lang zh")
        .at(office.folder())
        .on_terminal()
        .run();
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 6, "{}", ran.out);
    assert!(lines[0].starts_with("编号  姓名      "), "{}", ran.out);
    assert!(lines[1].starts_with("p1    欧阳遂川  "), "{}", ran.out);
    assert!(lines[2].starts_with("p2    Li        "), "{}", ran.out);
    assert!(
        !ran.out.contains("freelancer") && !ran.out.contains("phone"),
        "{}",
        ran.out
    );
}

#[test]
fn csv_has_all_fields_by_id_and_no_cell_runs() {
    let office = office();
    let ran = Given::line("record export person --format csv --lang zh")
        .at(office.folder())
        .run();
    let mut lines = ran.out.lines();
    let header = lines.next().unwrap();
    assert!(
        header.starts_with("id,name,gender,birth_year,category,industry,"),
        "{header}"
    );
    let columns = header.split(',').count();
    assert_eq!(
        lines.next().unwrap(),
        "p1,欧阳遂川,,,freelancer,,,,\"law,finance\",,,,,,,"
    );
    assert_eq!(columns, 16);
    assert!(lines.nth(1).unwrap().starts_with("p3,'=cmd,"));
}

#[test]
fn a_field_without_a_column_is_never_left_out_silently() {
    let mut records = people();
    records[3].fields.push(text("rank", "1"));
    let office = Running::start(Says {
        records,
        ..Says::default()
    });
    let ran = Given::line("record export person --format csv")
        .at(office.folder())
        .run();
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("`rank`"), "{}", ran.err);
    let ran = Given::line("record export person")
        .at(office.folder())
        .run();
    assert!(
        ran.exit == 0 && ran.out.contains("\"rank\":\"1\""),
        "{ran:?}"
    );
}

#[test]
fn one_record_is_shown_and_an_unknown_one_is_5() {
    let office = office();
    let shown = |line| Given::line(line).at(office.folder()).run();
    assert_eq!(
        shown("record get person p2").out,
        "{\"type\":\"person\",\"id\":\"p2\",\"fields\":{\"name\":\"Li\",\
         \"category\":\"business_owner\",\"skills\":[\"law\",\"finance\"]}}\n"
    );
    let table = shown("record get person p2 --format table --lang zh").out;
    assert!(table.starts_with("编号"), "{table}");
    let ran = shown("record get person p9");
    assert_eq!((ran.exit, ran.out.as_str()), (5, ""));
    let ran = shown("record confirm person p9");
    assert_eq!((ran.exit, ran.out.as_str()), (5, ""));
}

#[test]
fn a_put_prints_the_id_and_sends_what_was_typed() {
    let office = office();
    let line = "record put person id=p7 name=甲=乙 phone= --from 2024-07-01 --correct";
    let ran = Given::line(line).at(office.folder()).on_terminal().run();
    assert_eq!((ran.exit, ran.out.as_str()), (0, "p7\n"));
    let given = |key: &str, value: &str| proto::Given {
        key: key.into(),
        value: value.into(),
    };
    let asked = proto::PutRecordRequest {
        r#type: "person".into(),
        fields: vec![
            given("id", "p7"),
            given("name", "甲=乙"),
            given("phone", ""),
        ],
        from: Some(19_905),
        correct: true,
    };
    assert_eq!(office.calls(), [format!("{asked:?}")]);
}

#[test]
fn a_confirmation_is_a_put_of_the_offices_day() {
    let office = office();
    let ran = Given::line("record confirm person p1")
        .at(office.folder())
        .run();
    assert_eq!((ran.exit, ran.out.as_str()), (0, "p1\n"));
    let calls = office.calls();
    assert!(
        calls[1].contains("confirmed_on") && calls[1].contains("2026-11-25"),
        "{calls:?}"
    );
}

#[test]
fn a_deletion_says_nothing() {
    let office = office();
    let ran = Given::line("record delete person p1")
        .at(office.folder())
        .run();
    assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert!(office.calls()[0].starts_with("DeleteRecordRequest"));
}

fn bad() -> proto::Fault {
    proto::Fault {
        line: 3,
        field: "category".into(),
        value: "poet".into(),
        reason: "不在代码表中".into(),
    }
}

#[test]
fn bad_rows_are_3_and_told_to_the_person_or_the_program() {
    let office = Running::start(Says {
        import: proto::ImportRecordsReply {
            faults: vec![bad()],
            ..Default::default()
        },
        ..Says::default()
    });
    let import = |line| {
        Given::line(line)
            .at(office.folder())
            .stdin(&b"id\n1\n"[..])
            .run()
    };
    let Ran { exit, out, err } = import("record import person - --format json");
    let report = "{\"kept\":0,\"faults\":[{\"line\":3,\"field\":\"category\",\
                  \"value\":\"poet\",\"reason\":\"不在代码表中\"}]}\n";
    assert_eq!((exit, out.as_str(), err.as_str()), (3, report, ""));
    let Ran { exit, out, err } = import("record import person - --lang zh");
    let told = "  第 3 行 category \"poet\": 不在代码表中\n1 处错误，保存了 0 行\n";
    assert_eq!((exit, out.as_str(), err.as_str()), (3, "", told));
}

#[test]
fn a_program_is_told_of_rows_that_were_there_and_of_faults_that_are_not_told() {
    let office = Running::start(Says {
        import: proto::ImportRecordsReply {
            kept: 2,
            unchanged: 2,
            faults: Vec::new(),
            more: 1,
        },
        ..Says::default()
    });
    let ran = Given::line("record import person - --format json")
        .at(office.folder())
        .stdin(&b"id\n1\n"[..])
        .run();
    let report = "{\"kept\":2,\"unchanged\":2,\"faults\":[],\"more\":1}\n";
    assert_eq!((ran.exit, ran.out.as_str()), (0, report));
}

#[test]
fn a_refusal_with_rows_is_the_same_report() {
    let office = Running::refusing(Refusal {
        faults: vec![RowFault::from_proto(bad())],
        ..Refusal::new(RefusalCode::Content, "no")
    });
    // The office answers before it has heard the whole file.
    let ran = Given::line("record import person - --format json")
        .stdin(io::repeat(b'a').take(8 << 20))
        .at(office.folder())
        .run();
    let report = "{\"kept\":0,\"faults\":[{\"line\":3,\"field\":\"category\",\
                  \"value\":\"poet\",\"reason\":\"不在代码表中\"}]}\n";
    assert_eq!((ran.exit, ran.out.as_str()), (3, report));
}

#[test]
fn a_file_goes_in_pieces_that_the_office_takes() {
    let office = Running::start(Says {
        import: proto::ImportRecordsReply {
            kept: 7,
            ..Default::default()
        },
        ..Says::default()
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("名册.csv");
    let content: Vec<u8> = (0..600_000_u32).map(|at| at.to_le_bytes()[0]).collect();
    std::fs::write(&file, &content).unwrap();
    let given = Given::line("record import person --dry-run --keep-good").arg(&file);
    let ran = given.at(office.folder()).run();
    assert_eq!((ran.exit, ran.out.as_str()), (0, ""));
    assert_eq!(ran.err, "0 faults; 7 rows would be kept\n");
    assert_eq!(office.chunks(), [262_144, 262_144, 75_712]);
    assert!(office.file() == content);
    let start = proto::ImportStart {
        r#type: "person".into(),
        file: "名册.csv".into(),
        format: proto::import_start::Format::Csv as i32,
        keep_good: true,
        dry_run: true,
    };
    assert_eq!(office.calls(), [format!("{start:?}")]);
}

/// A disk that fails after the first bytes.
struct Broken(bool);

impl Read for Broken {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.0 {
            return Err(io::Error::other("bad sector"));
        }
        self.0 = true;
        into[..3].copy_from_slice(b"id\n");
        Ok(3)
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_is_never_taken_for_a_whole_one() {
    let office = Running::start(Says::default());
    let given = Given::line("record import person -").stdin(Broken(false));
    let ran = given.at(office.folder()).run();
    assert_eq!((ran.exit, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("to its end") && ran.err.contains("bad sector"),
        "{}",
        ran.err
    );
    assert!(office.file().is_empty());
}
