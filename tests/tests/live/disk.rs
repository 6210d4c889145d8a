//! A disk that fails while the office runs.

use std::process::Command;

use crate::rig::{PREFECTURE, Tree};

/// Says that syncs fail from the moment on at which a file is there.
const FAILING: &str = r#"
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int fdatasync(int fd) {
    const char *file = getenv("SYNCS_FAIL_ONCE_THERE_IS");
    if (file && access(file, F_OK) == 0) { errno = EIO; return -1; }
    return (int)syscall(SYS_fdatasync, fd);
}
"#;

#[test]
fn after_a_failed_sync_who_waits_and_the_daemon_exit_6_and_nothing_acknowledged_is_lost() {
    let mut tree = Tree::of(&[PREFECTURE]);
    let office = tree.at_mut(PREFECTURE);
    let source = office.file("failing.c", FAILING.as_bytes());
    let library = source.with_extension("so");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source);
    assert!(cc.status().unwrap().success());
    let fails = source.with_extension("now");

    office.stop();
    let fails_once = ("SYNCS_FAIL_ONCE_THERE_IS", fails.as_os_str());
    office.start_with(&[("LD_PRELOAD", library.as_os_str()), fails_once]);
    office.does("record put unit id=u1 name=示例单位");
    std::fs::write(&fails, "").unwrap();
    let ran = office.run("record put unit id=u2 name=示例单位");
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(ran.err.contains("the store failed"), "{ran:?}");
    assert_eq!(office.exit(), 6, "{}", office.log());

    std::fs::remove_file(&fails).unwrap();
    office.start();
    let rows = office.rows("record list unit");
    assert!(rows.iter().any(|row| row["id"] == "u1"), "{rows:?}");
}
