//! Why a command did not do what it was asked, and how that is told.

use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use terrace_catalog::Lang;
use terrace_grpc::{program::Unreachable, with_causes};
use terrace_wire::{Refusal, RefusalCode, RowFault};
use tonic::{Code, Status};

use crate::exit::Exit;
use crate::output::plain;
use crate::words;

/// Why a command ends without having done what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Whoever read the results has gone. They wanted no more: no error.
    Closed,
    /// The office, or the program before it asked, says no.
    Refused(Refusal),
    /// The machine, or one of the two programs, failed.
    Fault(anyhow::Error),
    /// It has been told already.
    Told(Exit),
}

impl Failure {
    /// The command line itself is wrong: exit 2.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(RefusalCode::Usage, text))
    }

    /// What was given cannot be kept: exit 3.
    pub(crate) fn content(text: impl Into<String>) -> Self {
        Self::Refused(Refusal::new(RefusalCode::Content, text))
    }

    /// The daemon's answer holds what this program cannot read: exit 1.
    pub(crate) fn answer(what: &str) -> Self {
        Self::Fault(anyhow::anyhow!(
            "the daemon's answer cannot be read, it holds {what}; \
             are terrace and the daemon of one version?"
        ))
    }

    /// The same, with what to do about it.
    pub(crate) fn hint(self, todo: impl Into<String>) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(Refusal {
                todo: Some(todo.into()),
                ..refusal
            }),
            Self::Closed | Self::Fault(_) | Self::Told(_) => self,
        }
    }

    /// No daemon answers: exit 4, with the command that starts it.
    pub(crate) fn unreachable(unreachable: &Unreachable, lang: Lang) -> Self {
        let folder = unreachable.folder.display();
        let why = with_causes(&unreachable.source);
        let text = match lang {
            Lang::Zh => format!("{folder} 的守护进程没有应答：{why}"),
            Lang::En => format!("no daemon answers for the office in {folder}: {why}"),
        };
        let todo = serve(&unreachable.folder);
        Self::Refused(Refusal::new(RefusalCode::Unreachable, text)).hint(todo)
    }

    /// Why a call was not answered. A refusal is in the office's own words; what
    /// carries none comes from the network, or from a program of another age.
    pub(crate) fn call(status: &Status, folder: &Path, lang: Lang) -> Self {
        if let Some(refusal) = Refusal::from_status(status) {
            return Self::Refused(refusal);
        }
        let said = status.message();
        // One that came over the connection has no cause here: what has one says
        // that the connection broke.
        let code = match status.source() {
            Some(_broken) => Code::Unavailable,
            None => status.code(),
        };
        match code {
            Code::InvalidArgument => Self::usage(said),
            Code::NotFound => Self::Refused(Refusal::new(RefusalCode::Unknown, said)),
            Code::FailedPrecondition => Self::content(said),
            Code::DataLoss => Self::Refused(Refusal::new(RefusalCode::Store, said)),
            Code::Unavailable => {
                let text = format!("{} ({said})", words::WENT_AWAY.get(lang));
                Self::Refused(Refusal::new(RefusalCode::Unreachable, text)).hint(serve(folder))
            }
            Code::Unimplemented => Self::Fault(anyhow::anyhow!(
                "this daemon does not know the command: it is older than terrace"
            )),
            code @ (Code::Ok
            | Code::Cancelled
            | Code::Unknown
            | Code::DeadlineExceeded
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::ResourceExhausted
            | Code::Aborted
            | Code::OutOfRange
            | Code::Internal
            | Code::Unauthenticated) => Self::Fault(anyhow::anyhow!(
                "the daemon did not answer as it should: {said} ({code:?})"
            )),
        }
    }

    /// How the program ends.
    pub(crate) const fn exit(&self) -> Exit {
        match self {
            Self::Closed => Exit::Done,
            Self::Refused(refusal) => Exit::Not(refusal.code),
            Self::Fault(_) => Exit::Not(RefusalCode::Fault),
            Self::Told(exit) => *exit,
        }
    }

    /// Tells it to the person who asked. Nobody hears of it if that fails too.
    pub(crate) fn tell(&self, err: &mut dyn Write, lang: Lang) {
        let told = match self {
            Self::Closed | Self::Told(_) => Ok(()),
            Self::Refused(refusal) => tell_refusal(refusal, err, lang),
            Self::Fault(fault) => writeln!(err, "terrace: {}", plain(&format!("{fault:#}"))),
        };
        told.unwrap_or_default();
    }
}

impl From<io::Error> for Failure {
    /// A failure to write results.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Fault(anyhow::Error::new(error).context("the results cannot be written"))
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(fault: anyhow::Error) -> Self {
        Self::Fault(fault)
    }
}

fn tell_refusal(refusal: &Refusal, err: &mut dyn Write, lang: Lang) -> io::Result<()> {
    writeln!(err, "terrace: {}", plain(&refusal.text))?;
    tell_faults(&refusal.faults, err, lang)?;
    match &refusal.todo {
        None => Ok(()),
        Some(todo) => writeln!(err, "{}: {}", words::TODO.get(lang), plain(todo)),
    }
}

/// Writes bad rows and fields, one a line; ids as they are.
pub(crate) fn tell_faults(faults: &[RowFault], err: &mut dyn Write, lang: Lang) -> io::Result<()> {
    for fault in faults {
        let place = match (fault.line, lang) {
            (0, _) => String::new(),
            (line, Lang::Zh) => format!("第 {line} 行 "),
            (line, Lang::En) => format!("line {line} "),
        };
        let (field, reason) = (plain(&fault.field), plain(&fault.reason));
        let value = match fault.value.as_str() {
            "" => String::new(),
            value => format!(" \"{}\"", plain(value)),
        };
        let what = format!("{place}{field}{value}");
        writeln!(err, "  {}: {reason}", what.trim_end())?;
    }
    Ok(())
}

/// The command that starts the daemon of an office, as a shell reads it.
pub(crate) fn serve(folder: &Path) -> String {
    let folder = folder.to_string_lossy();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !folder.is_empty() && folder.chars().all(is_plain) {
        format!("terrace serve --data {folder}")
    } else {
        format!("terrace serve --data '{}'", folder.replace('\'', r"'\''"))
    }
}
