//! The simulated clock: milliseconds that pass only when nothing is left to do.

use core::time::Duration;

use terrace_model::{Date, Time};

/// When every simulation begins: 2 March 2026, 00:00 UTC.
pub(super) const BEGIN: Time = Time(20_514 * DAY_MILLIS);

pub(super) const SECOND_MILLIS: i64 = 1000;
pub(super) const HOUR_MILLIS: i64 = 3600 * SECOND_MILLIS;
pub(super) const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// Offices keep the civil day of Beijing.
const EAST_MILLIS: i64 = 8 * HOUR_MILLIS;

/// The civil day of an office by its wall clock.
pub(super) fn day(wall: Time) -> Date {
    let days = wall.0.saturating_add(EAST_MILLIS).div_euclid(DAY_MILLIS);
    day_of(days)
}

/// The day that lies so many days after the first of January 1970.
fn day_of(days: i64) -> Date {
    let seconds = u64::try_from(days).unwrap_or(0).saturating_mul(86_400);
    let epoch = Date::constant(1970, 1, 1);
    epoch
        .checked_add(Duration::from_secs(seconds))
        .unwrap_or(Date::MAX)
}

/// When an office's day ends by its wall clock.
pub(super) fn midnight_after(wall: Time) -> Time {
    let days = wall.0.saturating_add(EAST_MILLIS).div_euclid(DAY_MILLIS);
    Time((days + 1) * DAY_MILLIS - EAST_MILLIS)
}

/// A span of time, short.
pub(super) fn shown(millis: i64) -> String {
    let (days, rest) = (millis.div_euclid(DAY_MILLIS), millis.rem_euclid(DAY_MILLIS));
    let (hours, rest) = (rest / HOUR_MILLIS, rest % HOUR_MILLIS);
    let (minutes, rest) = (rest / 60_000, rest % 60_000);
    let (seconds, millis) = (rest / 1000, rest % 1000);
    format!("{days}d{hours:02}:{minutes:02}:{seconds:02}.{millis:03}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_beijing() {
        assert_eq!(day(BEGIN).to_string(), "2026-03-02");
        let end = midnight_after(BEGIN);
        assert_eq!(end.millis_since(BEGIN), 16 * HOUR_MILLIS);
        assert_eq!(day(end.plus_millis(-1)).to_string(), "2026-03-02");
        assert_eq!(day(end).to_string(), "2026-03-03");
        assert_eq!(shown(DAY_MILLIS + 61_007), "1d00:01:01.007");
    }
}
