//! Writes a file of settings that explains itself: every setting stands in it,
//! and those left alone stand as comments with their defaults.

use core::fmt::Display;

/// A file of settings while it is written.
pub(super) struct Writing(String);

impl Writing {
    pub(super) fn begin(title: &str) -> Self {
        let mut writing = Self(String::new());
        writing.comment(title);
        writing
    }

    fn comment(&mut self, text: &str) {
        for line in text.lines() {
            self.0.extend(["# ", line, "\n"]);
        }
    }

    pub(super) fn section(&mut self, name: &str, comment: &str) {
        self.0.push('\n');
        self.comment(comment);
        self.0.extend(["[", name, "]\n"]);
    }

    /// A setting in quotes that has no default: without a value an example
    /// stands as a comment. Neither may hold a quote or a backslash.
    pub(super) fn text(&mut self, comment: &str, key: &str, value: Option<&str>, example: &str) {
        let shown = format!("\"{}\"", value.unwrap_or(example));
        self.setting(comment, key, shown, value.is_none());
    }

    /// A setting as TOML writes it: a comment as long as it is the default.
    pub(super) fn setting(
        &mut self,
        comment: &str,
        key: &str,
        value: impl Display,
        is_default: bool,
    ) {
        self.comment(comment);
        let mark = if is_default { "#" } else { "" };
        self.0.push_str(&format!("{mark}{key} = {value}\n"));
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}
