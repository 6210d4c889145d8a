//! Instants, as people and files read them.

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::failure::Failure;

/// The civil time in which the daemon counts days.
const OFFICES: Offset = Offset::constant(8);

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

fn timestamp(millis: i64) -> Result<Timestamp, Failure> {
    let at = Timestamp::from_millisecond(millis);
    at.map_err(|_| Failure::answer("an instant that no calendar has"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_utc_in_files_and_civil_for_people() {
        let text = instant(1_795_543_200_123).unwrap();
        assert_eq!(text, "2026-11-24T18:00:00.123Z");
        assert_eq!(shown(&text), "2026-11-25 02:00:00+08:00");
        assert!(instant(i64::MAX).is_err());
    }
}
