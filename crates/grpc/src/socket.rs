use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use terrace_model::Hash;
use thiserror::Error;
use tokio::net::UnixListener;

/// The socket in an office's folder.
const SOCKET: &str = "terrace.sock";

/// The same while it is not ready; as long as the other, so that both fit or
/// neither.
const UNREADY: &str = "terrace.wait";

/// Holds the socket's path where the folder's own is too long.
const POINTER: &str = "socket.path";

/// Longest path of a Unix socket, in bytes.
const PATH_BYTES_MAX: usize = 107;

/// Longest path in a pointer file that is read, in bytes.
const POINTER_BYTES_MAX: u64 = 4096;

/// Permission bits that let anybody but the owner in.
const OTHERS: u32 = 0o077;

/// Why there is no Unix socket for an office's folder.
#[derive(Debug, Error)]
pub enum SocketError {
    /// Something that is no socket stands in its place.
    #[error("{} is not a socket; move it away", .0.display())]
    NotASocket(PathBuf),
    /// The runtime folder is not this account's alone.
    #[error("{} is not a folder of this account alone (mode 0700)", .0.display())]
    NotOurs(PathBuf),
    /// The runtime folder's path is too long as well.
    #[error(
        "the path {} is longer than the {PATH_BYTES_MAX} bytes of a Unix socket; \
         set XDG_RUNTIME_DIR to a shorter one", .0.display()
    )]
    TooLong(PathBuf),
    /// The system refused.
    #[error("{} could not be {doing}", path.display())]
    Io {
        /// What was being done to it.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

/// The Unix socket of a running office, for its owner's account alone. It and its
/// pointer are removed when this is dropped; what a killed process left behind
/// is replaced.
#[derive(Debug)]
pub struct ProgramSocket {
    listener: UnixListener,
    /// Last, so that they go after the listener.
    files: Files,
}

/// What is removed when the office stops.
#[derive(Debug)]
pub(crate) struct Files {
    socket: PathBuf,
    pointer: Option<PathBuf>,
}

impl ProgramSocket {
    /// Makes the socket of the office in this folder. The caller holds the lock
    /// on the folder, so that no other process answers there. Needs a Tokio
    /// runtime.
    ///
    /// # Errors
    /// A [`SocketError`].
    pub fn bind(folder: &Path) -> Result<Self, SocketError> {
        Self::bind_with(folder, runtime_folder)
    }

    fn bind_with(
        folder: &Path,
        runtime: impl FnOnce() -> Result<PathBuf, SocketError>,
    ) -> Result<Self, SocketError> {
        let folder = canonical(folder)?;
        let pointer = folder.join(POINTER);
        let (socket, pointer) = if fits(&folder.join(SOCKET)) {
            remove(&pointer)?;
            (folder.join(SOCKET), None)
        } else {
            (elsewhere(&runtime()?, &folder), Some(pointer))
        };
        if !fits(&socket) {
            return Err(SocketError::TooLong(socket));
        }
        let listener = listen(&socket)?;
        // Whatever fails from here on takes the socket away again.
        let files = Files { socket, pointer };
        if let Some(pointer) = &files.pointer {
            write_pointer(&folder, pointer, &files.socket)?;
        }
        Ok(Self { listener, files })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.files.socket
    }

    /// The files go with the second part, which outlives the first.
    pub(crate) fn into_parts(self) -> (UnixListener, Files) {
        (self.listener, self.files)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for file in self.pointer.iter().chain([&self.socket]) {
            if let Err(error) = remove(file) {
                tracing::warn!(%error, "a file of the socket stays behind");
            }
        }
    }
}

/// Where the socket of the office in this folder is, if that office runs.
///
/// # Errors
/// A [`SocketError::Io`] if there is no such folder, or its pointer cannot be
/// read.
pub(crate) fn find(folder: &Path) -> Result<PathBuf, SocketError> {
    let folder = canonical(folder)?;
    let pointer = folder.join(POINTER);
    let mut path = Vec::new();
    match File::open(&pointer) {
        Ok(file) => {
            let read = file.take(POINTER_BYTES_MAX).read_to_end(&mut path);
            read.map_err(|error| fault("read", &pointer, error))?;
            Ok(PathBuf::from(std::ffi::OsString::from_vec(path)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(folder.join(SOCKET)),
        Err(error) => Err(fault("opened", &pointer, error)),
    }
}

/// Binds under another name and renames: whoever connects finds a socket that
/// listens and that its owner alone can open, and one left behind is replaced.
fn listen(socket: &Path) -> Result<UnixListener, SocketError> {
    match fs::symlink_metadata(socket) {
        Ok(found) if found.file_type().is_socket() => {}
        Ok(_) => return Err(SocketError::NotASocket(socket.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(fault("looked at", socket, error)),
    }
    let unready = match socket.file_name() {
        Some(name) if name == SOCKET => socket.with_file_name(UNREADY),
        Some(_) | None => socket.with_extension("wait"),
    };
    remove(&unready)?;
    let listener = UnixListener::bind(&unready).map_err(|error| fault("bound", &unready, error))?;
    fs::set_permissions(&unready, Permissions::from_mode(0o600))
        .and_then(|()| fs::rename(&unready, socket))
        .map_err(|error| fault("made ready", &unready, error))?;
    Ok(listener)
}

/// A name of its own for each folder, in the runtime folder.
fn elsewhere(runtime: &Path, folder: &Path) -> PathBuf {
    let hash = Hash::of(&[folder.as_os_str().as_bytes()]).to_string();
    let short = hash.get(..16).unwrap_or(&hash);
    runtime.join(format!("terrace-{short}.sock"))
}

/// `XDG_RUNTIME_DIR` where there is one, else a folder of this account in /tmp.
fn runtime_folder() -> Result<PathBuf, SocketError> {
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(given) = given.filter(|given| given.is_absolute() && given.is_dir()) {
        return our_folder(given);
    }
    let uid = rustix::process::geteuid().as_raw();
    let folder = PathBuf::from(format!("/tmp/terrace-{uid}"));
    match DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fault("made", &folder, error)),
    }
    our_folder(folder)
}

/// In /tmp anybody could have made the folder first.
fn our_folder(folder: PathBuf) -> Result<PathBuf, SocketError> {
    let found =
        fs::symlink_metadata(&folder).map_err(|error| fault("looked at", &folder, error))?;
    let ours = found.uid() == rustix::process::geteuid().as_raw();
    if found.is_dir() && ours && found.mode() & OTHERS == 0 {
        Ok(folder)
    } else {
        Err(SocketError::NotOurs(folder))
    }
}

fn write_pointer(folder: &Path, pointer: &Path, socket: &Path) -> Result<(), SocketError> {
    let unready = folder.join("socket.wait");
    remove(&unready)?;
    let options = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unready);
    options
        .and_then(|mut file| file.write_all(socket.as_os_str().as_bytes()))
        .and_then(|()| fs::rename(&unready, pointer))
        .map_err(|error| fault("written", pointer, error))
}

fn canonical(folder: &Path) -> Result<PathBuf, SocketError> {
    fs::canonicalize(folder).map_err(|error| fault("found", folder, error))
}

fn fits(path: &Path) -> bool {
    path.as_os_str().len() <= PATH_BYTES_MAX
}

fn remove(path: &Path) -> Result<(), SocketError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(fault("removed", path, error)),
    }
}

fn fault(doing: &'static str, path: &Path, source: io::Error) -> SocketError {
    SocketError::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixStream;
    use tempfile::TempDir;

    fn no_runtime() -> Result<PathBuf, SocketError> {
        panic!("the folder's path is short");
    }

    fn bind(folder: &Path) -> Result<ProgramSocket, SocketError> {
        ProgramSocket::bind_with(folder, no_runtime)
    }

    /// A folder of which the socket's path has this many bytes.
    fn deep(top: &Path, bytes: usize) -> PathBuf {
        let rest = bytes - top.as_os_str().len() - "/".len() - "/".len() - SOCKET.len();
        let folder = top.join("d".repeat(rest));
        fs::create_dir(&folder).unwrap();
        folder
    }

    /// With a short path, wherever temporary folders are, and for its owner
    /// alone.
    fn short() -> TempDir {
        let folder = TempDir::with_prefix_in("t", "/tmp").unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[tokio::test]
    async fn a_socket_is_for_its_owner_alone_and_goes_with_its_office() {
        let office = short();
        let socket = bind(office.path()).unwrap();
        let mode = fs::metadata(socket.path()).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(find(office.path()).unwrap(), socket.path());
        UnixStream::connect(socket.path()).unwrap();
        drop(socket);
        assert_eq!(names(office.path()), [""; 0]);
    }

    #[tokio::test]
    async fn a_socket_that_a_killed_process_left_is_replaced() {
        let office = short();
        let path = office.path().join(SOCKET);
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let left = UnixStream::connect(&path).unwrap_err();
        assert_eq!(left.kind(), io::ErrorKind::ConnectionRefused);
        fs::write(office.path().join(UNREADY), b"").unwrap();
        let _socket = bind(office.path()).unwrap();
        UnixStream::connect(&path).unwrap();
    }

    #[tokio::test]
    async fn what_is_no_socket_is_left_alone() {
        let office = short();
        let path = office.path().join(SOCKET);
        fs::write(&path, b"somebody's").unwrap();
        let refused = bind(office.path());
        assert!(matches!(refused, Err(SocketError::NotASocket(at)) if at == path));
        assert_eq!(fs::read(&path).unwrap(), b"somebody's");
    }

    #[tokio::test]
    async fn a_path_of_107_bytes_is_used_and_a_longer_one_points_elsewhere() {
        let (top, runtime) = (short(), short());
        let fits = deep(top.path(), PATH_BYTES_MAX);
        let socket = bind(&fits).unwrap();
        assert_eq!(socket.path(), fits.join(SOCKET));
        assert_eq!(names(&fits), [SOCKET]);

        let long = deep(top.path(), PATH_BYTES_MAX + 1);
        let socket =
            ProgramSocket::bind_with(&long, || our_folder(runtime.path().to_owned())).unwrap();
        assert_eq!(socket.path().parent(), Some(runtime.path()));
        assert_eq!(names(&long), [POINTER]);
        let found = find(&long).unwrap();
        assert_eq!(found, socket.path());
        UnixStream::connect(found).unwrap();
        drop(socket);
        assert_eq!(names(&long), [""; 0]);
        assert_eq!(names(runtime.path()), [""; 0]);
    }

    #[tokio::test]
    async fn a_pointer_from_before_is_replaced_or_removed() {
        let (top, runtime) = (short(), short());
        let long = deep(top.path(), PATH_BYTES_MAX + 1);
        for folder in [top.path(), long.as_path()] {
            fs::write(folder.join(POINTER), b"/nowhere").unwrap();
            let socket =
                ProgramSocket::bind_with(folder, || Ok(runtime.path().to_owned())).unwrap();
            assert_eq!(find(folder).unwrap(), socket.path());
        }
    }

    #[tokio::test]
    async fn a_runtime_folder_of_others_or_too_long_is_refused() {
        let (top, runtime) = (short(), short());
        let link = top.path().join("link");
        symlink(runtime.path(), &link).unwrap();
        assert!(matches!(our_folder(link), Err(SocketError::NotOurs(_))));
        fs::set_permissions(runtime.path(), Permissions::from_mode(0o750)).unwrap();
        let open = our_folder(runtime.path().to_owned());
        assert!(matches!(open, Err(SocketError::NotOurs(_))));
        let long = deep(top.path(), PATH_BYTES_MAX + 1);
        let refused = ProgramSocket::bind_with(&long, || Ok(long.clone()));
        assert!(matches!(refused, Err(SocketError::TooLong(_))));
    }

    #[test]
    fn where_no_office_is_there_is_no_socket() {
        let top = short();
        let absent = find(&top.path().join("absent"));
        assert!(matches!(
            absent,
            Err(SocketError::Io { doing: "found", .. })
        ));
        assert_eq!(find(top.path()).unwrap(), top.path().join(SOCKET));
    }
}
