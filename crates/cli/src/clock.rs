//! Instants and days, as people and files read them.

use jiff::Timestamp;
use jiff::tz::Offset;
use terrace_model::Date;

use crate::failure::Failure;

/// The civil time in which the daemon counts days.
const OFFICES: Offset = Offset::constant(8);

/// 1970-01-01, from which days are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// An instant as RFC 3339 in UTC, for files and programs.
///
/// # Errors
/// A fault: no calendar has it.
pub(crate) fn instant(millis: i64) -> Result<String, Failure> {
    Ok(timestamp(millis)?.to_string())
}

/// An instant in the offices' civil time to the second, still RFC 3339; as it is
/// given where it is no instant.
pub(crate) fn shown(instant: &str) -> String {
    let Ok(at) = instant.parse::<Timestamp>() else {
        return instant.to_owned();
    };
    let civil = OFFICES.to_datetime(at);
    let (date, time) = (civil.date(), civil.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{date} {hour:02}:{minute:02}:{second:02}+08:00")
}

/// A date as days since 1970-01-01, as messages hold it.
pub(crate) fn days(date: Date) -> i32 {
    EPOCH
        .duration_until(date)
        .as_hours()
        .try_into()
        .unwrap_or(i32::MAX)
        / 24
}

/// The date so many days after 1970-01-01.
///
/// # Errors
/// A fault: no calendar has it.
pub(crate) fn date(days: i32) -> Result<Date, Failure> {
    let later = jiff::SignedDuration::from_hours(i64::from(days) * 24);
    let date = EPOCH.checked_add(later);
    date.map_err(|_| Failure::answer("a day that no calendar has"))
}

fn timestamp(millis: i64) -> Result<Timestamp, Failure> {
    let at = Timestamp::from_millisecond(millis);
    at.map_err(|_| Failure::answer("an instant that no calendar has"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrace_model::parse_date;

    #[test]
    fn days_are_counted_both_ways() {
        for (text, count) in [
            ("1970-01-01", 0),
            ("2026-11-24", 20_781),
            ("1949-10-01", -7_397),
            ("9999-12-31", 2_932_896),
        ] {
            let day = parse_date(text).unwrap();
            assert_eq!(days(day), count, "{text}");
            assert_eq!(date(count).unwrap(), day, "{text}");
        }
        assert!(date(i32::MAX).is_err());
    }

    #[test]
    fn an_instant_is_utc_in_files_and_civil_for_people() {
        let text = instant(1_795_543_200_123).unwrap();
        assert_eq!(text, "2026-11-24T18:00:00.123Z");
        assert_eq!(shown(&text), "2026-11-25 02:00:00+08:00");
        assert!(instant(i64::MAX).is_err());
    }
}
