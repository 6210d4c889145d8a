use std::io::{self, Write};

use terrace_wire::proto;
use terrace_wire::proto::office_status::State;

use super::Given;
use super::fake::{Running, Says};

fn reply(behind: u64) -> proto::StatusReply {
    let own = proto::OwnStatus {
        code: "3608".into(),
        name: "吉安市".into(),
        level: proto::Level::Prefecture as i32,
        version: "0.1.0".into(),
        catalog: "new-strata@1".into(),
    };
    let office = proto::OfficeStatus {
        code: "360827".into(),
        parent: Some("3608".into()),
        level: proto::Level::County as i32,
        state: State::Live as i32,
        last_heard: Some(1_795_557_600_000),
        behind_entries: behind,
        behind_bytes: behind * 100,
        since: None,
        as_of: Some(1_795_557_600_000),
        why: None,
        todo: None,
        clock_skew_ms: Some(3),
        certificate_days: Some(29),
        disk_free_bytes: Some(1),
        version: Some("0.1.0".into()),
        refused: 0,
        name: "遂川县".into(),
    };
    let silent = proto::OfficeStatus {
        code: "360802".into(),
        state: State::Silent as i32,
        since: Some(1_795_557_600_500),
        why: Some("电源中断".into()),
        todo: Some("请联系该单位".into()),
        name: "吉州区".into(),
        ..office.clone()
    };
    proto::StatusReply {
        office: Some(own),
        offices: vec![office, silent],
    }
}

fn office() -> Running {
    Running::start(Says {
        status: [reply(0)].into(),
        ..Says::default()
    })
}

#[test]
fn status_is_json_as_the_surface_says() {
    let office = office();
    let ran = Given::line("status").at(office.folder()).run();
    let expected = "{\"office\":{\"code\":\"3608\",\"name\":\"吉安市\",\"level\":\"prefecture\",\
        \"version\":\"0.1.0\",\"catalog\":\"new-strata@1\"},\
        \"offices\":[{\"code\":\"360827\",\"name\":\"遂川县\",\"parent\":\"3608\",\
        \"level\":\"county\",\"state\":\"live\",\"last_heard\":\"2026-11-24T22:00:00Z\",\
        \"behind\":{\"entries\":0,\"bytes\":0},\"since\":null,\"as_of\":\"2026-11-24T22:00:00Z\",\
        \"why\":null,\"todo\":null,\"clock_skew_ms\":3,\"certificate_days\":29,\
        \"disk_free_bytes\":1,\"version\":\"0.1.0\",\"refused\":0},";
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with(expected), "{}", ran.out);
    assert!(ran.out.contains("\"state\":\"silent\"") && ran.out.ends_with("}]}\n"));
}

#[test]
fn a_terminal_shows_the_state_and_what_to_do() {
    let office = office();
    let ran = Given::line("status --lang zh")
        .at(office.folder())
        .on_terminal()
        .run();
    let expected = "\
3608 吉安市 (地级), terrace 0.1.0, new-strata@1\n\
代码    名称    层级  状态  自                         最近联系                   原因      处理办法\n\
360827  遂川县  县级  在线                             2026-11-25 06:00:00+08:00\n\
360802  吉州区  县级  失联  2026-11-25 06:00:00+08:00  2026-11-25 06:00:00+08:00  电源中断  请联系该单位\n";
    assert_eq!(ran.out, expected);
}

#[test]
fn csv_has_every_reading() {
    let office = office();
    let ran = Given::line("status --format csv").at(office.folder()).run();
    let expected = "code,name,parent,level,state,since,behind_entries,behind_bytes,last_heard,as_of,\
        clock_skew_ms,certificate_days,disk_free_bytes,version,refused,why,todo\n\
        360827,遂川县,3608,county,live,,0,0,2026-11-24T22:00:00Z,2026-11-24T22:00:00Z,\
        3,29,1,0.1.0,0,,\n";
    assert!(ran.out.starts_with(expected), "{}", ran.out);
}

/// Goes away after so many lines.
struct Reader(Vec<u8>, usize);

impl Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines = self.0.iter().filter(|byte| **byte == b'\n').count();
        if lines >= self.1 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.0.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The same a second later.
fn later(mut reply: proto::StatusReply) -> proto::StatusReply {
    for office in &mut reply.offices {
        office.last_heard = office.last_heard.map(|heard| heard + 1_000);
        office.as_of = office.as_of.map(|as_of| as_of + 1_000);
    }
    reply
}

#[test]
fn watching_shows_what_changes_until_nobody_looks() {
    let office = Running::start(Says {
        status: [
            reply(0),
            later(reply(0)),
            reply(7),
            later(reply(7)),
            reply(8),
        ]
        .into(),
        ..Says::default()
    });
    let mut reader = Reader(Vec::new(), 2);
    let (exit, err) = Given::line("status --watch")
        .at(office.folder())
        .run_into(&mut reader);
    assert_eq!((exit, err.as_str()), (0, ""));
    let shown = String::from_utf8(reader.0).unwrap();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 2, "{shown}");
    for (line, behind) in lines.iter().zip([0, 7]) {
        assert!(line.contains(&format!("\"entries\":{behind}")), "{shown}");
    }
}
