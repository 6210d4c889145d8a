//! `terrace.toml`: the settings of one office, a section in each file.
//!
//! Read strictly: what is not known is refused, and all faults are told at
//! once, each with its line and path. A setting that is left out has its
//! default. `init` and `join` write the file, and it explains itself.

mod fault;
mod health;
mod limits;
mod link;
mod log;
mod reading;
mod store;
mod units;
mod words;
mod writing;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use fault::{ConfigError, ConfigFault, Reason};
pub use health::Health;
pub use limits::Limits;
pub use link::Link;
pub(crate) use link::is_everywhere;
pub use log::{Log, LogFormat, LogLevel};
pub use store::{Profile, Store};
pub use units::{UnitError, read_duration};
pub use words::WordError;

use reading::Document;
use writing::Writing;

/// The name of the file in an office's folder.
pub const FILE_NAME: &str = "terrace.toml";

/// Longest file of settings, in bytes.
pub const FILE_BYTES_MAX: u64 = 64 << 10;

/// The settings of an office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// `[link]`
    pub link: Link,
    /// `[health]`
    pub health: Health,
    /// `[store]`
    pub store: Store,
    /// `[limits]`
    pub limits: Limits,
    /// `[log]`
    pub log: Log,
}

impl Config {
    /// The settings in an office's folder.
    ///
    /// # Errors
    /// A [`ConfigError`]: no such file, or one that is not right.
    pub fn load(office: &Path) -> Result<Self, ConfigError> {
        let path = office.join(FILE_NAME);
        let fault = |doing| {
            let path = path.clone();
            move |source| ConfigError::Io {
                doing,
                path,
                source,
            }
        };
        let file = File::open(&path).map_err(fault("opened"))?;
        let mut bytes = Vec::new();
        // One byte more than is read tells that the file is too long.
        let mut bounded = file.take(FILE_BYTES_MAX + 1);
        let length = bounded.read_to_end(&mut bytes).map_err(fault("read"))?;
        if u64::try_from(length).is_ok_and(|length| length <= FILE_BYTES_MAX) {
            let text = String::from_utf8(bytes);
            let text = text.map_err(|_| ConfigError::NotUtf8(path.clone()))?;
            Self::parse(&text).map_err(|faults| ConfigError::Faults { path, faults })
        } else {
            Err(ConfigError::TooLong(path))
        }
    }

    /// Reads the text of a file of settings.
    ///
    /// # Errors
    /// All that is wrong, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigFault>> {
        let mut document = Document::parse(text);
        let config = Self {
            link: document.section("link", Link::read),
            health: document.section("health", Health::read),
            store: document.section("store", Store::read),
            limits: document.section("limits", Limits::read),
            log: document.section("log", Log::read),
        };
        let faults = document.finish();
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }

    /// The text of a file with these settings, which explains each of them.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = Writing::begin(
            "The settings of this office. One that stands as a comment has the value shown\n\
             there. Who it is and whom it knows is not here but in its store.\n\
             Read when `terrace serve` starts.",
        );
        let Self {
            link,
            health,
            store,
            limits,
            log,
        } = self;
        link.write(&mut out);
        health.write(&mut out);
        store.write(&mut out);
        limits.write(&mut out);
        log.write(&mut out);
        out.finish()
    }
}
