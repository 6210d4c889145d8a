use core::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::FILE_BYTES_MAX;

/// Why the settings of an office cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file is not there, or the system refused.
    #[error("{} could not be {doing}", path.display())]
    Io {
        /// What was being done to it.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is in another encoding.
    #[error("{} is not UTF-8 text", .0.display())]
    NotUtf8(PathBuf),
    /// No settings are that long.
    #[error("{} is longer than {} KiB", .0.display(), FILE_BYTES_MAX >> 10)]
    TooLong(PathBuf),
    /// The file is not right. Everything that is wrong with it is named.
    #[error("{} is not right:{}", path.display(), lines(faults))]
    Faults {
        /// The file.
        path: PathBuf,
        /// What is wrong, by line; at least one.
        faults: Vec<ConfigFault>,
    },
}

impl ConfigError {
    /// What to do about it.
    #[must_use]
    pub fn todo(&self) -> Option<&'static str> {
        match self {
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => Some(
                "put it back from a backup; or copy one that `terrace init` or `terrace join` \
                 makes in another folder, and write under [link] where this office listens and \
                 dials its parent",
            ),
            Self::NotUtf8(_) => Some("save it as UTF-8 in an editor"),
            Self::Io { .. } | Self::TooLong(_) | Self::Faults { .. } => None,
        }
    }
}

fn lines(faults: &[ConfigFault]) -> String {
    faults.iter().map(|fault| format!("\n  {fault}")).collect()
}

/// One thing that is wrong in a file of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// Where, from 1.
    pub line: usize,
    /// The setting, such as `link.listen`; empty where the line is not TOML.
    pub path: String,
    /// What is wrong with it.
    pub reason: Reason,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, path, reason } = self;
        if path.is_empty() {
            write!(f, "line {line}: {reason}")
        } else {
            write!(f, "line {line}: {path}: {reason}")
        }
    }
}

/// What can be wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Reason {
    /// The line is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// There is no such setting, or section.
    #[error("there is no such setting{}", hint(.0.as_deref()))]
    Unknown(Option<String>),
    /// A value of another kind.
    #[error("{found} stands where {expected} belongs")]
    Kind {
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A value of the right kind that cannot be.
    #[error("{0}")]
    Value(String),
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean {nearest}?"))
}
