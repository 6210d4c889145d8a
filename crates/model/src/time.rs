/// An instant: milliseconds since the Unix epoch (UTC).
///
/// A machine without input or output ([`crate`] and the crates above it) is
/// told the time; it never asks. The machines compare and add; only doors and
/// statements show it to people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    /// Later by this many milliseconds, at most the end of time.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this instant, 0 if it lies ahead.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        let gone = self.0.saturating_sub(earlier.0);
        if gone < 0 { 0 } else { gone }
    }
}
