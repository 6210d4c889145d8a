use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; -1 after a signal.
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    line: String,
}

/// The program, as it will be shipped.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // The test is in target/release/deps.
    let program = test.ancestors().nth(2).unwrap().join("terrace");
    assert!(
        program.exists(),
        "{} is not built: cargo build --release",
        program.display()
    );
    program
}

/// A command with its words, and nothing of the caller's surroundings that
/// changes what it says.
pub(crate) fn started(line: &str) -> Command {
    let mut command = Command::new(program());
    command
        .args(line.split_whitespace())
        .env("LC_ALL", "C")
        .env_remove("TERRACE_DATA")
        .env_remove("TERRACE_LOG")
        .env_remove("NOTIFY_SOCKET")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn terrace(line: &str) -> Ran {
    Ran::of(line, started(line).output().unwrap())
}

/// Whether a text says anything in Chinese.
pub(crate) fn is_chinese(text: &str) -> bool {
    text.chars()
        .any(|symbol| ('\u{4e00}'..='\u{9fff}').contains(&symbol))
}

impl Ran {
    pub(crate) fn of(line: &str, output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            line: line.to_owned(),
        }
    }

    /// That it did what it was asked.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.ended(0)
    }

    /// That it ended with this code.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// That it told the person this.
    #[track_caller]
    pub(crate) fn said(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in {self:#?}");
        self
    }

    /// The one JSON value on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let read = serde_json::from_str(&self.out);
        read.unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The one line on stdout, such as an id.
    #[track_caller]
    pub(crate) fn word(&self) -> String {
        let mut lines = self.out.lines();
        match (lines.next(), lines.next()) {
            (Some(line), None) => line.to_owned(),
            _ => panic!("not one line: {self:#?}"),
        }
    }

    /// All that was written, for what must not be in it.
    pub(crate) fn all(&self) -> String {
        format!("{}\n{}\n{}", self.line, self.out, self.err)
    }
}
