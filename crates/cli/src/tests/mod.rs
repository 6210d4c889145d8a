//! The program from its command line to its exit code, against an office that
//! says what a test tells it to.

mod exits;
mod fake;
mod help;
mod invite;
pub(crate) mod new_office;
mod notices;
mod records;
mod rollup;
mod status;
mod submissions;

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;

use terrace_model::Time;

use crate::exit::Exit;
use crate::run::{World, run};

/// 2026-11-24, 22:00 in UTC and the next day in China.
const NOW: Time = Time(1_795_557_600_000);

/// What came of a command.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    exit: u8,
    out: String,
    err: String,
}

/// A command line and what it is given in.
struct Given<'a> {
    args: Vec<OsString>,
    locale: &'a str,
    /// The variable TERRACE_DATA.
    data: Option<OsString>,
    stdin: Box<dyn Read + Send>,
    is_terminal: bool,
}

impl<'a> Given<'a> {
    /// A line of words, without a terminal.
    fn line(line: &str) -> Self {
        let words = line.split_whitespace().map(OsString::from);
        Self {
            args: std::iter::once("terrace".into()).chain(words).collect(),
            locale: "C",
            data: None,
            stdin: Box::new(io::empty()),
            is_terminal: false,
        }
    }

    fn at(mut self, folder: &Path) -> Self {
        self.args.extend(["--data".into(), folder.into()]);
        self
    }

    fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    fn on_terminal(mut self) -> Self {
        self.is_terminal = true;
        self
    }

    fn locale(mut self, locale: &'a str) -> Self {
        self.locale = locale;
        self
    }

    fn data(mut self, data: impl Into<OsString>) -> Self {
        self.data = Some(data.into());
        self
    }

    fn stdin(mut self, stdin: impl Read + Send + 'static) -> Self {
        self.stdin = Box::new(stdin);
        self
    }

    fn run(self) -> Ran {
        let mut out = Vec::new();
        let (exit, err) = self.run_into(&mut out);
        Ran {
            exit,
            out: String::from_utf8(out).unwrap(),
            err,
        }
    }

    fn run_into(self, stdout: &mut dyn io::Write) -> (u8, String) {
        let mut err = Vec::new();
        let (locale, data) = (self.locale, self.data);
        let exit: Exit = run(World {
            args: self.args,
            env: &|name| match name {
                "LANG" => Some(locale.into()),
                "TERRACE_DATA" => data.clone(),
                _ => None,
            },
            now: NOW,
            stdin: self.stdin,
            stdout,
            stdout_is_terminal: self.is_terminal,
            stderr: &mut err,
        });
        (exit.code(), String::from_utf8(err).unwrap())
    }
}
