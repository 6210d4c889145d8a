use std::io::{self, IsTerminal};

use thiserror::Error;
use tracing::Subscriber;
use tracing::subscriber::SetGlobalDefaultError;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat, LogLevel, WordError};

/// The variable that goes before the level in the settings.
pub const LOG_VARIABLE: &str = "TERRACE_LOG";

/// Why nothing is logged.
#[derive(Debug, Error)]
pub enum LogError {
    /// The variable holds no level.
    #[error("{LOG_VARIABLE} is not right")]
    Level(#[source] WordError),
    /// The process logs already.
    #[error("this process logs already")]
    Twice(#[from] SetGlobalDefaultError),
}

/// Logs to standard error from now on: what `settings` say, at the level that
/// [`LOG_VARIABLE`] says where it is set. For the whole process, once.
///
/// # Errors
/// A [`LogError`].
pub fn start_logs(settings: &Log, variable: Option<&str>) -> Result<(), LogError> {
    let level = match variable {
        Some(level) => level.parse().map_err(LogError::Level)?,
        None => settings.level,
    };
    let terminal = io::stderr().is_terminal();
    let subscriber = subscriber(level, settings.format, terminal, io::stderr);
    Ok(tracing::subscriber::set_global_default(subscriber)?)
}

/// The libraries below say no more than warnings, whatever the level: theirs
/// may show what they carry.
fn filter(level: LogLevel) -> EnvFilter {
    let others = match level {
        LogLevel::Error => LogLevel::Error,
        LogLevel::Warn | LogLevel::Info | LogLevel::Debug | LogLevel::Trace => LogLevel::Warn,
    };
    EnvFilter::new(format!("{others},terrace={level}"))
}

fn subscriber<W>(
    level: LogLevel,
    format: LogFormat,
    is_terminal: bool,
    to: W,
) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter(level))
        .with_writer(to)
        .with_ansi(is_terminal);
    match (format, is_terminal) {
        (LogFormat::Text, _) | (LogFormat::Auto, true) => Box::new(logs.finish()),
        (LogFormat::Json, _) | (LogFormat::Auto, false) => Box::new(
            logs.json()
                .flatten_event(true)
                .with_span_list(false)
                .finish(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: LogLevel, format: LogFormat, is_terminal: bool) -> String {
        let page = Page::default();
        let to = page.clone();
        let logs = subscriber(level, format, is_terminal, move || to.clone());
        tracing::subscriber::with_default(logs, || {
            let _office = tracing::info_span!("office", code = "360827").entered();
            tracing::info!(links = 3, "up");
            tracing::debug!("details");
            tracing::info!(target: "h2::frame", "carried");
            tracing::warn!(target: "h2::frame", "odd");
        });
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_terminal_gets_text_and_everything_else_json() {
        let text = logged(LogLevel::Info, LogFormat::Auto, true);
        assert!(text.contains("up") && text.contains("\u{1b}["), "{text}");
        assert!(!text.starts_with('{'), "{text}");
        for (format, is_terminal) in [(LogFormat::Auto, false), (LogFormat::Json, true)] {
            let json = logged(LogLevel::Info, format, is_terminal);
            assert_eq!(json.lines().count(), 2, "{json}");
            for line in json.lines() {
                assert!(line.starts_with('{') && line.ends_with('}'), "{json}");
            }
            let first = json.lines().next().unwrap();
            assert!(first.contains(r#""message":"up""#) && first.contains(r#""links":3"#));
            assert!(first.contains(r#""code":"360827""#) && first.contains(r#""level":"INFO""#));
        }
        let plain = logged(LogLevel::Info, LogFormat::Text, false);
        assert!(plain.contains("up") && !plain.starts_with('{'), "{plain}");
        assert!(!plain.contains('\u{1b}'), "{plain}");
    }

    #[test]
    fn libraries_say_no_more_than_warnings_at_any_level() {
        for level in [LogLevel::Info, LogLevel::Debug, LogLevel::Trace] {
            let json = logged(level, LogFormat::Json, false);
            assert!(!json.contains("carried") && json.contains("odd"), "{json}");
            assert_eq!(json.contains("details"), level != LogLevel::Info, "{json}");
        }
        assert!(logged(LogLevel::Error, LogFormat::Json, false).is_empty());
    }

    #[test]
    fn a_variable_that_is_no_level_is_refused() {
        let wrong = start_logs(&Log::default(), Some("h2=trace")).unwrap_err();
        assert!(matches!(wrong, LogError::Level(_)));
        assert_eq!(wrong.to_string(), "TERRACE_LOG is not right");
    }
}
