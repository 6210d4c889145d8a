//! Offices as real processes.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

/// How long a named state is waited for.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The binary beside this test.
pub fn terrace() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().unwrap().parent().unwrap().join("terrace");
    assert!(built.exists(), "build it first: cargo build --release");
    built
}

/// What a command came to.
#[derive(Debug)]
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub fn line(&self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout.lines().last().unwrap_or_default().to_owned()
    }
}

pub fn run(folder: &Path, args: &[&str]) -> Output {
    let done = Command::new(terrace())
        .args(args)
        .arg("--data")
        .arg(folder)
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    Output {
        code: done.status.code().unwrap_or(-1),
        stdout: String::from_utf8(done.stdout).unwrap(),
        stderr: String::from_utf8(done.stderr).unwrap(),
    }
}

/// Waits until something holds, and says what did not.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !holds() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// An office's folder, and its daemon while it runs.
pub struct Office {
    pub folder: PathBuf,
    daemon: Option<Child>,
}

impl Office {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            daemon: None,
        }
    }

    pub fn run(&self, args: &[&str]) -> Output {
        run(&self.folder, args)
    }

    /// Starts the daemon and waits until it answers.
    pub fn start(&mut self) {
        let daemon = Command::new(terrace())
            .arg("serve")
            .arg("--data")
            .arg(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.daemon = Some(daemon.unwrap());
        until("the daemon answers", || self.run(&["status"]).code == 0);
    }

    /// Ends the daemon at once, as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().unwrap();
            daemon.wait().unwrap();
        }
    }

    /// Ends the daemon in good order; its exit code.
    pub fn stop(&mut self) -> i32 {
        let mut daemon = self.daemon.take().unwrap();
        let id = daemon.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.unwrap().success());
        daemon.wait().unwrap().code().unwrap_or(-1)
    }

    pub fn put(&self, kind: &str, fields: &[&str]) -> Output {
        let mut args = vec!["record", "put", kind];
        args.extend(fields);
        self.run(&args)
    }

    pub fn put_person(&self, id: &str) -> Output {
        let id = format!("id={id}");
        let rest = [
            "name=示例",
            "gender=female",
            "category=freelancer",
            "industry=M",
            "on_roster_since=2024-01-01",
        ];
        let mut fields = vec![id.as_str()];
        fields.extend(rest);
        self.put("person", &fields)
    }

    /// The one row of a figure without breakdown.
    pub fn figure(&self, indicator: &str, more: &[&str]) -> Value {
        let mut args = vec!["rollup", indicator, "--format", "json"];
        args.extend(more);
        let rows = self.run(&args).json();
        assert_eq!(rows["rows"].as_array().unwrap().len(), 1, "{rows}");
        rows["rows"][0].clone()
    }

    /// The state of an office below, as this one sees it.
    pub fn state_of(&self, code: &str) -> Value {
        let status = self.run(&["status", "--format", "json"]).json();
        let offices = status["offices"].as_array().unwrap();
        let found = offices.iter().find(|office| office["code"] == code);
        found.cloned().unwrap_or(Value::Null)
    }

    /// Whether some bytes stand in any file of the folder.
    pub fn holds_bytes(&self, bytes: &[u8]) -> bool {
        let mut waiting = vec![self.folder.clone()];
        while let Some(folder) = waiting.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else if let Ok(content) = std::fs::read(&path)
                    && content.windows(bytes.len()).any(|window| window == bytes)
                {
                    return true;
                }
            }
        }
        false
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A prefecture, a county and two townships, each a process of its own.
pub struct Tree {
    pub top: Office,
    pub county: Office,
    pub town: Office,
    pub other: Office,
    pub folder: TempDir,
}

pub const TOP: &str = "3608";
pub const COUNTY: &str = "360827";
pub const TOWN: &str = "360827101";
pub const OTHER: &str = "360827102";

pub fn invite(parent: &Office, code: &str, name: &str, level: &str) -> String {
    let invited = parent.run(&["invite", code, "--name", name, "--level", level]);
    invited.line()
}

/// A top office that runs in a folder.
pub fn top_in(folder: &Path) -> Office {
    let mut top = Office::new(folder.join(TOP));
    let made = top.run(&[
        "init",
        "--code",
        TOP,
        "--name",
        "示例市",
        "--level",
        "prefecture",
        "--link",
        "127.0.0.1:0",
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    // Silence is told soon, so that tests need not wait for it.
    let settings = top.folder.join("terrace.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, soon_silent(&text)).unwrap();
    top.start();
    top
}

fn soon_silent(text: &str) -> String {
    let lines = text.lines().map(|line| {
        if line
            .trim_start_matches(['#', ' '])
            .starts_with("silent_after")
        {
            "silent_after = \"1s\""
        } else {
            line
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn joined(folder: &Path, parent: &Office, code: &str, level: &str) -> Office {
    let word = invite(parent, code, "示例", level);
    let mut office = Office::new(folder.join(code));
    let mut args = vec!["join", word.as_str()];
    if level == "county" {
        args.extend(["--link", "127.0.0.1:0"]);
    }
    let done = office.run(&args);
    assert_eq!(done.code, 0, "{done:?}");
    office.start();
    office
}

pub fn tree() -> Tree {
    let folder = tempfile::tempdir().unwrap();
    let top = top_in(folder.path());
    let county = joined(folder.path(), &top, COUNTY, "county");
    let town = joined(folder.path(), &county, TOWN, "township");
    let other = joined(folder.path(), &county, OTHER, "township");
    until("all are live at the top", || {
        [COUNTY, TOWN, OTHER]
            .iter()
            .all(|code| top.state_of(code)["state"] == "live")
    });
    Tree {
        top,
        county,
        town,
        other,
        folder,
    }
}
