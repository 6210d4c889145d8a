//! From the command line to the exit code.

use std::ffi::OsString;
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use terrace_catalog::Lang;
use terrace_model::Time;

use crate::commands::{self, Command};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Format;
use crate::shell::Shell;
use crate::words;

/// All that the program takes from outside.
pub(crate) struct World<'a> {
    /// The command line, the program's own name first.
    pub(crate) args: Vec<OsString>,
    /// Variables by name.
    pub(crate) env: &'a dyn Fn(&str) -> Option<OsString>,
    pub(crate) now: Time,
    pub(crate) stdin: Box<dyn Read + Send>,
    pub(crate) stdout: &'a mut dyn Write,
    pub(crate) stdout_is_terminal: bool,
    pub(crate) stderr: &'a mut dyn Write,
}

/// Heading of the options that every command takes.
const EVERYWHERE: &str = "Options of every command";

/// A federated sync daemon between levels of government
#[derive(Debug, Parser)]
#[command(
    name = "terrace",
    version,
    propagate_version = false,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done; 1 fault; 2 the command line; 3 refused content; \
                  4 office unreachable; 5 no such type, indicator, office or id here; \
                  6 the store failed."
)]
pub(crate) struct Cli {
    /// The office's folder (or TERRACE_DATA)
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    data: Option<PathBuf>,
    /// The form of results [default: table on a terminal, else json]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = EVERYWHERE)]
    format: Option<Asked>,
    /// The language of headings and messages [default: the locale's]
    #[arg(long, global = true, value_enum, value_name = "LANG", help_heading = EVERYWHERE)]
    lang: Option<AskedLang>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A format as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Asked {
    Table,
    Json,
    Csv,
    /// In a later version
    Xlsx,
    /// In a later version
    Parquet,
}

/// A language as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AskedLang {
    /// 中文
    Zh,
    /// English
    En,
}

/// Does what the command line says.
pub(crate) fn run(world: World<'_>) -> Exit {
    let World {
        args,
        env,
        now,
        stdin,
        stdout,
        stdout_is_terminal,
        stderr,
    } = world;
    let mut stdout = BufWriter::new(stdout);
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return told_by_clap(&error, &mut stdout, stderr),
    };
    let lang = cli.lang.map_or_else(|| locale(env), AskedLang::lang);
    let given = |name| env(name).filter(|value| !value.is_empty());
    let mut shell = Shell {
        stdin,
        stdout: &mut stdout,
        stderr,
        is_terminal: stdout_is_terminal,
        data: cli
            .data
            .or_else(|| given("TERRACE_DATA").map(PathBuf::from)),
        asked: None,
        lang,
        now,
    };
    let done = cli
        .format
        .map(|asked| asked.format(lang))
        .transpose()
        .and_then(|asked| {
            shell.asked = asked;
            commands::run(cli.command, &mut shell)
        });
    let written = stdout.flush();
    match done.and_then(|()| Ok(written?)) {
        Ok(()) => Exit::Done,
        Err(failure) => {
            failure.tell(stderr, lang);
            failure.exit()
        }
    }
}

/// Help and version are results; what is wrong with the command line is not.
fn told_by_clap(error: &clap::Error, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Exit {
    if error.use_stderr() {
        write!(stderr, "{}", error.render()).unwrap_or_default();
        return Exit::USAGE;
    }
    let written = write!(stdout, "{}", error.render()).and_then(|()| stdout.flush());
    written.map_or_else(|error| Failure::from(error).exit(), |()| Exit::Done)
}

impl Asked {
    fn format(self, lang: Lang) -> Result<Format, Failure> {
        match self {
            Self::Table => Ok(Format::Table),
            Self::Json => Ok(Format::Json),
            Self::Csv => Ok(Format::Csv),
            Self::Xlsx | Self::Parquet => {
                let why = Failure::usage(words::FORMAT_LATER.get(lang));
                Err(why.hint(words::FORMAT_NOW.get(lang)))
            }
        }
    }
}

impl AskedLang {
    const fn lang(self) -> Lang {
        match self {
            Self::Zh => Lang::Zh,
            Self::En => Lang::En,
        }
    }
}

/// The language of the locale, by the first variable that says one. C, POSIX and
/// languages that nobody has translated for are English.
fn locale(env: &dyn Fn(&str) -> Option<OsString>) -> Lang {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(env)
        .find(|value| !value.is_empty());
    match said {
        Some(locale) if locale.to_string_lossy().starts_with("zh") => Lang::Zh,
        Some(_) | None => Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Lang {
        let find = |name: &str| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        };
        locale(&find)
    }

    #[test]
    fn the_language_is_the_locales() {
        assert_eq!(of(&[]), Lang::En);
        assert_eq!(of(&[("LANG", "C.UTF-8")]), Lang::En);
        assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
        assert_eq!(
            of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "POSIX")]),
            Lang::En
        );
        assert_eq!(of(&[("LC_ALL", ""), ("LC_MESSAGES", "zh_CN")]), Lang::Zh);
    }
}
