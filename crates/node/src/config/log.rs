use toml::Spanned;

use super::reading::Section;
use super::words::{read_word, words};
use super::writing::Writing;

words! {
    /// From which weight on something is logged.
    LogLevel {
        /// What fails.
        Error = "error",
        /// What an operator should look at.
        Warn = "warn",
        /// What an operator wants to follow.
        Info = "info",
        /// What a developer wants to follow.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

words! {
    /// How a log line looks.
    LogFormat {
        /// Text on a terminal, JSON otherwise.
        Auto = "auto",
        /// A line for people.
        Text = "text",
        /// A JSON object a line.
        Json = "json",
    }
}

/// `[log]`: what is written to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// From which weight on.
    pub level: LogLevel,
    /// How it looks.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: LogLevel::Info,
            format: LogFormat::Auto,
        }
    }
}

impl Log {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let level = section.text("level", read_word);
        let format = section.text("format", read_word);
        Self {
            level: level.map_or(default.level, Spanned::into_inner),
            format: format.map_or(default.format, Spanned::into_inner),
        }
    }

    pub(super) fn write(&self, out: &mut Writing) {
        let default = Self::default();
        out.section(
            "log",
            "What is written to standard error. It never names a person.",
        );
        out.setting(
            &format!(
                "One of {}. TERRACE_LOG in the environment goes before it.",
                LogLevel::all_names()
            ),
            "level",
            format!("\"{}\"", self.level),
            self.level == default.level,
        );
        out.setting(
            "text, json, or auto: text on a terminal, json otherwise.",
            "format",
            format!("\"{}\"", self.format),
            self.format == default.format,
        );
    }
}
