use std::{io, path::Path};

/// Bytes that this process may still write to the disk that holds a folder.
///
/// # Errors
/// What the system says.
pub fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_has_some_room_and_a_folder_that_is_not_there_has_none() {
        assert!(free_bytes(Path::new("/")).is_ok_and(|bytes| bytes > 0));
        assert!(free_bytes(Path::new("/no/such/folder")).is_err());
    }
}
