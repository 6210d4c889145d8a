//! Durations and sizes as people write them: a whole number and a unit, one
//! spelling for each.

use core::time::Duration;

use thiserror::Error;

/// Text that is no duration or size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnitError {
    /// No whole number with one of the units of time.
    #[error("a duration is a whole number and one of ms, s, m, h, d, such as 15m")]
    Duration,
    /// No whole number with one of the units of size.
    #[error("a size is a whole number and one of B, KiB, MiB, GiB, such as 64 KiB")]
    Size,
}

/// Units of time, in milliseconds.
const TIMES: [(&str, u64); 5] = [
    ("d", 24 * 60 * 60 * 1000),
    ("h", 60 * 60 * 1000),
    ("m", 60 * 1000),
    ("s", 1000),
    ("ms", 1),
];

/// Units of size, in bytes.
const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// Reads `15m`; a space before the unit is fine.
///
/// # Errors
/// [`UnitError::Duration`].
pub fn read_duration(text: &str) -> Result<Duration, UnitError> {
    read(text, &TIMES)
        .map(Duration::from_millis)
        .ok_or(UnitError::Duration)
}

/// Writes a duration of whole milliseconds in the largest unit that fits it.
pub(super) fn show_duration(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let (number, unit) = show(millis, &TIMES);
    format!("{number}{unit}")
}

/// Reads `64 KiB`, in bytes; the space may be left out.
pub(super) fn read_size(text: &str) -> Result<u64, UnitError> {
    read(text, &SIZES).ok_or(UnitError::Size)
}

/// Writes a size in the largest unit that fits it.
pub(super) fn show_size(bytes: u64) -> String {
    let (number, unit) = show(bytes, &SIZES);
    format!("{number} {unit}")
}

fn read(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn show(amount: u64, units: &[(&'static str, u64)]) -> (u64, &'static str) {
    let fits = |(_, factor): &&(&str, u64)| amount > 0 && amount.is_multiple_of(*factor);
    let smallest = units.last().copied().unwrap_or(("", 1));
    let (unit, factor) = units.iter().find(fits).copied().unwrap_or(smallest);
    (amount / factor, unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_and_sizes_are_read_with_their_units() {
        for (text, millis) in [
            ("0s", 0),
            ("500ms", 500),
            ("15m", 900_000),
            ("15 m", 900_000),
            ("24h", 86_400_000),
            ("90d", 7_776_000_000),
        ] {
            assert_eq!(read_duration(text), Ok(Duration::from_millis(millis)));
        }
        for (text, bytes) in [("0 B", 0), ("64 KiB", 65_536), ("1MiB", 1 << 20)] {
            assert_eq!(read_size(text), Ok(bytes));
        }
    }

    #[test]
    fn nothing_is_guessed() {
        for text in [
            "",
            "15",
            "m",
            "1.5h",
            "-1s",
            "+1s",
            " 1s",
            "1s ",
            "1  s",
            "1M",
            "1 min",
            "1h30m",
            "99999999999999999999s",
            "18446744073709551615d",
            "٣s",
        ] {
            assert_eq!(read_duration(text), Err(UnitError::Duration), "{text}");
        }
        for text in ["64", "64 KB", "64 kib", "64K", "0x10 B", "17179869184 GiB"] {
            assert_eq!(read_size(text), Err(UnitError::Size), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(millis: u64, bytes: u64) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(read_duration(&show_duration(duration)), Ok(duration));
            prop_assert_eq!(read_size(&show_size(bytes)), Ok(bytes));
        }

        #[test]
        fn the_largest_unit_that_fits_is_written(number in 1_u64..1000, unit in 0_usize..5) {
            let (name, factor) = TIMES[unit];
            let written = show_duration(Duration::from_millis(number * factor));
            let (_, larger) = TIMES[unit.saturating_sub(1)];
            if unit == 0 || !(number * factor).is_multiple_of(larger) {
                prop_assert_eq!(written, format!("{number}{name}"));
            }
        }
    }
}
