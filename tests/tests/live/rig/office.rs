use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Kept, LONG, Ran, started, terrace, until};

/// An office's folder, and its daemon while it runs. It is killed when this is
/// dropped.
#[derive(Debug)]
pub(crate) struct Office {
    folder: PathBuf,
    daemon: Option<Child>,
}

impl Office {
    /// An office that has been made, and does not run.
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self {
            folder,
            daemon: None,
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What its daemons have written so far, none kept in its folder.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.with_extension("log")
    }

    /// Starts its daemon and waits until it answers.
    #[track_caller]
    pub(crate) fn start(&mut self) {
        self.launch();
        self.answers();
    }

    /// The same, with more in its surroundings.
    #[track_caller]
    pub(crate) fn start_with(&mut self, surroundings: &[(&str, &OsStr)]) {
        self.spawn(surroundings);
        self.answers();
    }

    /// Starts its daemon and does not wait.
    pub(crate) fn launch(&mut self) {
        self.spawn(&[]);
    }

    fn spawn(&mut self, surroundings: &[(&str, &OsStr)]) {
        assert!(self.daemon.is_none(), "it runs already");
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file());
        let log = log.unwrap();
        let mut command = started(&format!("serve --data {}", self.folder.display()));
        command.stdout(Stdio::null()).stderr(log);
        command.envs(surroundings.iter().copied());
        self.daemon = Some(command.spawn().unwrap());
    }

    /// Waits until `status` exits 0, as a script does.
    #[track_caller]
    pub(crate) fn answers(&mut self) {
        let end = self.daemon.as_mut().unwrap().try_wait().unwrap();
        assert!(end.is_none(), "its daemon ended: {end:?}\n{}", self.log());
        until("the office answers", LONG, || {
            let ran = self.run("status");
            match ran.code {
                0 => Ok(()),
                _ => Err(format!("{ran:?}\n{}", self.log())),
            }
        });
    }

    pub(crate) fn pid(&self) -> u32 {
        self.daemon.as_ref().unwrap().id()
    }

    /// Ends its daemon as a power cut of the process would: kill -9.
    pub(crate) fn kill(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        daemon.kill().unwrap();
        daemon.wait().unwrap();
    }

    /// Halts its daemon where it stands: it lives, and does nothing.
    pub(crate) fn freeze(&self) {
        kill_process(self.process(), Signal::STOP).unwrap();
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        kill_process(self.process(), Signal::CONT).unwrap();
    }

    fn process(&self) -> Pid {
        Pid::from_child(self.daemon.as_ref().unwrap())
    }

    /// Stops its daemon softly.
    #[track_caller]
    pub(crate) fn stop(&mut self) {
        let mut daemon = self.daemon.take().unwrap();
        terminate(&daemon);
        let ended = until_ended(&mut daemon);
        assert_eq!(ended, 0, "{}", self.log());
    }

    /// Its daemon, which is no longer its own to stop.
    pub(crate) fn taken(&mut self) -> Child {
        self.daemon.take().unwrap()
    }

    /// Waits for its daemon, which ends by itself, and gives its exit code.
    #[track_caller]
    pub(crate) fn exit(&mut self) -> i32 {
        until_ended(&mut self.daemon.take().unwrap())
    }

    /// Copies its folder as an operator does, while it does not run.
    #[track_caller]
    pub(crate) fn copied(&self) -> PathBuf {
        assert!(self.daemon.is_none(), "a copy of what runs is torn");
        let copy = self.folder.with_extension("copy");
        let mut cp = Command::new("cp");
        cp.arg("-a").arg(&self.folder).arg(&copy);
        assert!(cp.status().unwrap().success());
        copy
    }

    /// Puts a copy of its folder in its place.
    #[track_caller]
    pub(crate) fn put_back(&self, copy: &Path) {
        assert!(self.daemon.is_none(), "it runs from what is taken away");
        fs::rename(&self.folder, self.folder.with_extension("newer")).unwrap();
        fs::rename(copy, &self.folder).unwrap();
    }

    /// Runs a command against it.
    pub(crate) fn run(&self, line: &str) -> Ran {
        terrace(&format!("{line} --data {}", self.folder.display()))
    }

    /// Runs a command that must be done.
    #[track_caller]
    pub(crate) fn does(&self, line: &str) -> Ran {
        self.run(line).done()
    }

    /// The rows of a command's answer.
    #[track_caller]
    pub(crate) fn rows(&self, line: &str) -> Vec<Value> {
        let answer = self.does(line).json();
        answer["rows"].as_array().unwrap().clone()
    }

    /// Whether any file of its folder holds this text.
    pub(crate) fn holds(&self, text: &str) -> bool {
        !Kept::of(&self.folder)
            .files_with(text.as_bytes())
            .is_empty()
    }

    /// Waits until a command says so, by exiting 0 and by what is in its JSON.
    #[track_caller]
    pub(crate) fn says(&self, line: &str, so: impl Fn(&Value) -> bool) -> Value {
        until(line, LONG, || {
            let ran = self.run(line);
            if ran.code != 0 {
                return Err(format!("{ran:?}"));
            }
            let answer = ran.json();
            if so(&answer) {
                Ok(answer)
            } else {
                Err(answer.to_string())
            }
        })
    }

    /// Writes a file beside its folder, and says where it is.
    pub(crate) fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let code = self.folder.file_name().unwrap().to_str().unwrap();
        let path = self.folder.with_file_name(format!("{code}-{name}"));
        fs::write(&path, content).unwrap();
        path
    }

    /// Changes its settings; they are read at the next start.
    pub(crate) fn set(&self, as_comment: &str, line: &str) {
        let path = self.folder.join("terrace.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(as_comment), "{text}");
        fs::write(&path, text.replace(as_comment, line)).unwrap();
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            // It may have ended by itself.
            daemon.kill().unwrap_or_default();
            daemon.wait().ok();
        }
    }
}

/// Asks a process to stop softly.
pub(crate) fn terminate(process: &Child) {
    kill_process(Pid::from_child(process), Signal::TERM).unwrap();
}

/// Waits for a process; -1 after a signal.
#[track_caller]
pub(crate) fn until_ended(process: &mut Child) -> i32 {
    let process = std::cell::RefCell::new(process);
    until("the process ends", LONG, || {
        let status = process.borrow_mut().try_wait().unwrap();
        let code = status.map(|status| status.code().unwrap_or(-1));
        code.ok_or_else(|| "it runs".to_owned())
    })
}
