//! A disk that fails, or hangs, while the office runs.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::rig::{LONG, Office, PREFECTURE, Tree, started, terminate, until, until_ended};

/// Syncs fail once one file is there, take their time while another is, and hang
/// while a third is; that one does is told by a fourth.
const SYNCS: &str = r#"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int there(const char *name) {
    const char *file = getenv(name);
    return file && access(file, F_OK) == 0;
}
int fdatasync(int fd) {
    if (there("SYNCS_FAIL")) { errno = EIO; return -1; }
    if (there("SYNCS_SLOW")) usleep(50000);
    while (there("SYNCS_HANG")) {
        close(open(getenv("SYNCS_HUNG"), O_CREAT | O_WRONLY, 0600));
        usleep(1000);
    }
    return (int)syscall(SYS_fdatasync, fd);
}
"#;

/// What makes the syncs of an office's daemon fail, take their time or hang.
pub(crate) struct Syncs {
    library: PathBuf,
    fail: PathBuf,
    pub(crate) slow: PathBuf,
    hang: PathBuf,
    hung: PathBuf,
}

impl Syncs {
    /// Starts the office anew, with a disk that does as it is told.
    pub(crate) fn of(office: &mut Office) -> Self {
        let source = office.file("syncs.c", SYNCS.as_bytes());
        let [library, fail, slow, hang, hung] =
            ["so", "fail", "slow", "hang", "hung"].map(|end| source.with_extension(end));
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-o"])
            .arg(&library)
            .arg(&source);
        assert!(cc.status().unwrap().success());
        let syncs = Self {
            library,
            fail,
            slow,
            hang,
            hung,
        };
        office.stop();
        let files = [
            ("LD_PRELOAD", &syncs.library),
            ("SYNCS_FAIL", &syncs.fail),
            ("SYNCS_SLOW", &syncs.slow),
            ("SYNCS_HANG", &syncs.hang),
            ("SYNCS_HUNG", &syncs.hung),
        ];
        office.start_with(&files.map(|(name, file)| (name, file.as_os_str())));
        syncs
    }
}

#[test]
fn after_a_failed_sync_who_waits_and_the_daemon_exit_6_and_nothing_acknowledged_is_lost() {
    let mut tree = Tree::of(&[PREFECTURE]);
    let office = tree.at_mut(PREFECTURE);
    let syncs = Syncs::of(office);
    office.does("record put unit id=u1 name=示例单位");
    std::fs::write(&syncs.fail, "").unwrap();
    let ran = office.run("record put unit id=u2 name=示例单位");
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("the store failed"), "{ran:?}");
    assert_eq!(office.exit(), 6, "{}", office.log());

    std::fs::remove_file(&syncs.fail).unwrap();
    office.start();
    let rows = office.rows("record list unit");
    assert!(rows.iter().any(|row| row["id"] == "u1"), "{rows:?}");
}

#[test]
fn a_second_signal_ends_at_once_what_a_hanging_disk_holds_up_and_nothing_acknowledged_is_lost() {
    let mut tree = Tree::of(&[PREFECTURE]);
    let office = tree.at_mut(PREFECTURE);
    let syncs = Syncs::of(office);
    office.does("record put unit id=u1 name=示例单位");
    std::fs::write(&syncs.hang, "").unwrap();
    let folder = office.folder().display().to_string();
    let mut put = started(&format!(
        "record put unit id=u2 name=示例单位 --data {folder}"
    ));
    let mut put = put.stderr(Stdio::null()).spawn().unwrap();
    until("a sync hangs", LONG, || {
        syncs.hung.exists().then_some(()).ok_or("none".to_owned())
    });

    let says = |log: &str| log.matches("a second signal stops at once").count();
    let (before, mut daemon) = (says(&office.log()), office.taken());
    terminate(&daemon);
    until("it says that it stops", LONG, || {
        let log = office.log();
        (says(&log) > before).then_some(()).ok_or(log)
    });
    assert_eq!(daemon.try_wait().unwrap(), None, "it waits for its disk");
    terminate(&daemon);
    assert_eq!(until_ended(&mut daemon), 1, "{}", office.log());
    assert_eq!(until_ended(&mut put), 4, "the office is not there");

    office.start();
    let rows = office.rows("record list unit");
    assert!(rows.iter().any(|row| row["id"] == "u1"), "{rows:?}");
}
