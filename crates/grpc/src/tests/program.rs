use std::path::Path;

use tempfile::TempDir;
use terrace_node::lifecycle::raise_open_files;
use terrace_wire::proto::import_records_request::Kind;
use terrace_wire::proto::import_start::Format;
use terrace_wire::{Refusal, RefusalCode, proto};
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;
use tonic::service::Routes;

use super::idle::passing;
use super::office::served;
use super::rig::soon;
use crate::ProgramSocket;
use crate::program::{self, Vain};

async fn ask(folder: &Path) -> Code {
    let mut client = soon(program::connect(folder)).await.unwrap();
    let asked = soon(client.status(proto::StatusRequest {})).await;
    asked.unwrap_err().code()
}

#[tokio::test]
async fn a_program_reaches_the_office_until_it_stops() {
    let office = TempDir::with_prefix_in("t", "/tmp").unwrap();
    let socket = ProgramSocket::bind(office.path()).unwrap();
    let path = socket.path().to_owned();
    let (stop, stopped) = oneshot::channel();
    let stop_when = async { stopped.await.unwrap_or_default() };
    let task = tokio::spawn(async { socket.serve(Routes::default(), stop_when).await });
    assert_eq!(ask(office.path()).await, Code::Unimplemented);
    let mut idle = program::connect(office.path()).await.unwrap();
    stop.send(()).unwrap();
    soon(task).await.unwrap().unwrap();
    assert!(!path.exists());
    assert!(soon(idle.status(proto::StatusRequest {})).await.is_err());
}

#[tokio::test]
async fn without_a_daemon_it_is_unreachable_within_a_second() {
    let office = TempDir::with_prefix_in("t", "/tmp").unwrap();
    let begin = Instant::now();
    let never_served = program::connect(office.path()).await.unwrap_err();
    assert!(
        matches!(never_served.source, Vain::Socket(_)),
        "{never_served:?}"
    );
    assert_eq!(never_served.folder, office.path());

    let path = office.path().join("terrace.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let killed = program::connect(office.path()).await.unwrap_err();
    assert!(matches!(killed.source, Vain::Socket(_)), "{killed:?}");

    let absent = program::connect(&office.path().join("absent"))
        .await
        .unwrap_err();
    assert!(matches!(absent.source, Vain::Folder(_)), "{absent:?}");
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn more_programs_than_256_wait_until_one_has_gone() {
    raise_open_files().unwrap();
    let office = TempDir::with_prefix_in("t", "/tmp").unwrap();
    let socket = ProgramSocket::bind(office.path()).unwrap();
    let path = socket.path().to_owned();
    let (_stop, stopped) = oneshot::channel::<()>();
    let stop_when = async { stopped.await.unwrap_or_default() };
    let _task = tokio::spawn(async { socket.serve(Routes::default(), stop_when).await });
    let mut others = Vec::new();
    for _ in 0..255 {
        others.push(soon(UnixStream::connect(&path)).await.unwrap());
    }
    assert_eq!(ask(office.path()).await, Code::Unimplemented);
    // Until the one that has asked is seen to be gone, this one waits.
    others.push(soon(UnixStream::connect(&path)).await.unwrap());
    let mut client = soon(program::connect(office.path())).await.unwrap();
    let mut waiting = Box::pin(client.status(proto::StatusRequest {}));
    let waits = timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(waits.is_err(), "{waits:?}");
    others.pop();
    let answered = soon(waiting).await.unwrap_err();
    assert_eq!(answered.code(), Code::Unimplemented);
}

fn piece(kind: Kind) -> proto::ImportRecordsRequest {
    proto::ImportRecordsRequest { kind: Some(kind) }
}

fn begins() -> proto::ImportRecordsRequest {
    piece(Kind::Start(proto::ImportStart {
        r#type: "meeting".to_owned(),
        format: Format::Csv.into(),
        ..proto::ImportStart::default()
    }))
}

#[tokio::test]
async fn a_piece_of_a_sheet_may_take_half_a_minute_and_no_longer() {
    let office = served(|_| ()).await;
    for (seconds, is_taken) in [(28, true), (60, false)] {
        let (pieces, sent) = mpsc::channel(2);
        pieces.send(begins()).await.unwrap();
        let mut client = office.client.clone();
        let import = client.import_records(ReceiverStream::new(sent));
        let rest = async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let sheet = b"topic,held_on,attendance\na,2026-01-01,1\n".to_vec();
            // Nobody takes it where the sheet was let go.
            let _let_go = pieces.send(piece(Kind::Content(sheet))).await;
        };
        let both = async {
            let rest = tokio::spawn(rest);
            let imported = import.await;
            rest.abort();
            imported
        };
        let (imported, took) = passing(Duration::from_secs(1), both).await;
        if is_taken {
            assert_eq!(imported.unwrap().into_inner().kept, 1);
        } else {
            let refusal = Refusal::from_status(&imported.unwrap_err()).unwrap();
            assert_eq!(refusal.code, RefusalCode::Usage);
            assert_eq!(refusal.text, "the rest of the sheet did not come");
            assert!((30..=35).contains(&took.as_secs()), "{took:?}");
        }
    }
}

fn given(fields: &[(&str, &str)]) -> Vec<proto::Given> {
    let given = |(key, value): &(&str, &str)| proto::Given {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    fields.iter().map(given).collect()
}

/// What the office holds to, the messages have room for.
#[tokio::test]
async fn the_longest_id_and_the_most_faults_are_said() {
    let office = served(|_| ()).await;
    let mut client = office.client.clone();
    // 53 characters of up to four bytes are 200.
    let longest = format!("{}{}ab", "𠮷".repeat(45), "文".repeat(6));
    for (id, is_kept) in [(longest.clone(), true), (format!("{longest}c"), false)] {
        let put = proto::PutRecordRequest {
            r#type: "meeting".into(),
            fields: given(&[
                ("id", &id),
                ("topic", "一"),
                ("held_on", "2026-01-01"),
                ("attendance", "1"),
            ]),
            from: None,
            correct: false,
        };
        let put = soon(client.put_record(put)).await;
        assert_eq!(put.is_ok(), is_kept, "{put:?}");
    }
    let asked = proto::GetRecordRequest {
        r#type: "meeting".into(),
        id: longest.clone(),
    };
    let shown = soon(client.get_record(asked)).await.unwrap().into_inner();
    assert_eq!(shown.row.unwrap().id, longest);

    let (pieces, sent) = mpsc::channel(2);
    pieces.send(begins()).await.unwrap();
    let rows = "一,never,1\n".repeat(1_001);
    let sheet = format!("topic,held_on,attendance\n{rows}").into_bytes();
    pieces.send(piece(Kind::Content(sheet))).await.unwrap();
    drop(pieces);
    let imported = soon(client.import_records(ReceiverStream::new(sent))).await;
    let imported = imported.unwrap().into_inner();
    assert_eq!((imported.faults.len(), imported.more), (1_000, 1));
}
