//! What concerns a whole process, tried in one of its own: this test binary,
//! started again for one test.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use terrace_model::Time;
use terrace_pki::{CertificateTime, Clock};

use super::*;

/// Tells a test that it is the other process.
const OTHER: &str = "TERRACE_TEST_OTHER_PROCESS";

fn is_other() -> bool {
    std::env::var_os(OTHER).is_some()
}

/// This binary again, for one test.
fn other(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = format!("lifecycle::tests::{test}");
    command.args(["--exact", &name, "--nocapture"]);
    command
        .env(OTHER, "")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

fn until(said: &mut impl Iterator<Item = std::io::Result<String>>, line: &str) {
    assert!(said.any(|said| said.unwrap() == line), "never said {line}");
}

fn send(child: &Child, signal: Signal) {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), signal).unwrap();
}

#[test]
fn a_signal_stops_softly_and_a_second_one_hard() {
    if is_other() {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async {
            let stop = Stop::default();
            stop.on_signals().unwrap();
            println!("\nserving");
            stop.reached(Stage::Soft).await;
            println!("soft");
            assert_eq!(stop.unless_hard(core::future::pending::<()>()).await, None);
            println!("hard");
        });
        return;
    }
    for (first, second) in [(Signal::TERM, Signal::TERM), (Signal::INT, Signal::TERM)] {
        let mut child = other("a_signal_stops_softly_and_a_second_one_hard")
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        until(&mut said, "serving");
        send(&child, first);
        until(&mut said, "soft");
        send(&child, second);
        until(&mut said, "hard");
        said.for_each(drop);
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn the_service_manager_is_told() {
    if is_other() {
        tell_ready("3 links");
        tell_stopping();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let told = other("the_service_manager_is_told")
        .env("NOTIFY_SOCKET", &path)
        .status();
    assert!(told.unwrap().success());
    for expected in ["READY=1\nSTATUS=3 links\n", "STOPPING=1\n"] {
        let mut buffer = [0; 256];
        let length = manager.recv(&mut buffer).unwrap();
        assert_eq!(core::str::from_utf8(&buffer[..length]).unwrap(), expected);
    }
    // Without a manager, or with one that is gone, nothing is told and nothing
    // fails.
    drop(manager);
    let gone = other("the_service_manager_is_told")
        .env("NOTIFY_SOCKET", &path)
        .status();
    let none = other("the_service_manager_is_told")
        .env_remove("NOTIFY_SOCKET")
        .status();
    assert!(gone.unwrap().success() && none.unwrap().success());
}

#[test]
fn the_soft_limit_of_open_files_is_raised() {
    if is_other() {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        let current = Some(64);
        setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
        let files = raise_open_files().unwrap();
        assert_eq!(files.limit, getrlimit(Resource::Nofile).current);
        assert!(files.limit > current, "{files:?}");
        assert_eq!(raise_open_files().unwrap(), files);
        return;
    }
    let raised = other("the_soft_limit_of_open_files_is_raised").status();
    assert!(raised.unwrap().success());
}

#[test]
fn the_offices_day_is_chinas_wherever_the_machine_stands() {
    for (at, day) in [
        // 15:59:59.999 and 16:00 UTC.
        (1_795_535_999_999, "2026-11-24"),
        (1_795_536_000_000, "2026-11-25"),
        (0, "1970-01-01"),
        (-28_800_001, "1969-12-31"),
        (i64::MAX, "9999-12-31"),
        (i64::MIN, "-009999-01-01"),
    ] {
        assert_eq!(civil_day(Time(at)).to_string(), day);
    }
}

#[test]
fn a_clock_has_a_floor_that_only_rises() {
    let clock = SystemClock::start();
    assert_eq!(clock.floor(), RELEASED);
    clock.raise_floor(Time(RELEASED.0 - 1));
    assert_eq!(clock.floor(), RELEASED);
    let ahead = Time(clock.now().0.max(RELEASED.0) + 1_000_000_000);
    clock.raise_floor(ahead);
    assert_eq!(
        CertificateTime::by(&clock),
        CertificateTime::at(ahead, ahead)
    );
    let (first, second) = (clock.moment(), clock.moment());
    assert!(first.now <= second.now && first.now < Time(3_600_000));
    assert_eq!(first.today, civil_day(first.wall));
}
