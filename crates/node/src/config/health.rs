use core::time::Duration;

use toml::Spanned;

use super::reading::Section;
use super::units::{read_duration, show_duration};
use super::writing::Writing;

/// Bounds of [`Health::silent_after`].
const SILENT_LEAST: Duration = Duration::from_secs(1);
const SILENT_MOST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// `[health]`: how this office judges those below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// An office whose link is lost counts as live for this long, then as
    /// silent. From one second to thirty days.
    pub silent_after: Duration,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            silent_after: Duration::from_secs(15 * 60),
        }
    }
}

impl Health {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let silent_after = section.text("silent_after", read_silence);
        Self {
            silent_after: silent_after.map_or(default.silent_after, Spanned::into_inner),
        }
    }

    pub(super) fn write(&self, out: &mut Writing) {
        out.section("health", "How this office judges those below it.");
        let silent_after = format!("\"{}\"", show_duration(self.silent_after));
        out.setting(
            "An office whose link is lost counts as live for this long, then as silent.",
            "silent_after",
            silent_after,
            *self == Self::default(),
        );
    }
}

fn read_silence(text: &str) -> Result<Duration, String> {
    let duration = read_duration(text).map_err(|error| error.to_string())?;
    if (SILENT_LEAST..=SILENT_MOST).contains(&duration) {
        Ok(duration)
    } else {
        let (least, most) = (show_duration(SILENT_LEAST), show_duration(SILENT_MOST));
        Err(format!("a duration from {least} to {most} belongs here"))
    }
}
