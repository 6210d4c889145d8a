use std::path::Path;

use tempfile::TempDir;
use terrace_wire::proto;
use tokio::sync::oneshot;
use tokio::time::{Duration, Instant};
use tonic::Code;
use tonic::service::Routes;

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
