//! What the demo must know of the system's allocator.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// The settings of glibc.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// Blocks from this size on are asked of the kernel and given back to it, bytes.
const STEADY: &str = "glibc.malloc.mmap_threshold=262144";

/// Begins this process again with a fixed threshold between small and large
/// blocks, unless the allocator's settings are somebody's choice already.
///
/// Each view reserves a table of 6 MiB and uses some pages of it. By itself
/// glibc raises its threshold once a large block was freed; from then on it
/// zeroes such tables by hand, so that the pages of 266 of them are all in
/// memory: 1.5 GB where 0.3 GB are used.
///
/// # Errors
/// The program could not be started again.
pub(crate) fn keep_steady() -> io::Result<()> {
    if std::env::var_os(TUNABLES).is_some() {
        return Ok(());
    }
    let mut again = Command::new(std::env::current_exe()?);
    again
        .args(std::env::args_os().skip(1))
        .env(TUNABLES, STEADY);
    Err(again.exec())
}
