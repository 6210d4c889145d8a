use core::{fmt, str::FromStr};

use jiff::civil::Date;
use thiserror::Error;

/// Text that is no period or date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// Not one of the four forms.
    #[error("a period is written 2024, 2024S1, 2024Q3 or 202409")]
    Period,
    /// Not a date of the calendar.
    #[error("a date is written YYYY-MM-DD and must exist")]
    Date,
}

/// Reads `YYYY-MM-DD`, strictly: years 1000 to 9999, two digits each for month
/// and day, a date that exists.
pub fn parse_date(text: &str) -> Result<Date, PeriodError> {
    let bytes = text.as_bytes();
    let dashes = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    if !dashes {
        return Err(PeriodError::Date);
    }
    let number = |from: usize, to: usize| digits(bytes.get(from..to)?);
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return Err(PeriodError::Date);
    };
    if year < 1000 {
        return Err(PeriodError::Date);
    }
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(PeriodError::Date);
    };
    Date::new(year, month, day).map_err(|_| PeriodError::Date)
}

fn digits(bytes: &[u8]) -> Option<i16> {
    bytes.iter().try_fold(0_i16, |value, b| {
        b.is_ascii_digit()
            .then(|| value.checked_mul(10)?.checked_add(i16::from(b - b'0')))?
    })
}

/// A civil month: the base period of every figure.
///
/// Months are ordered and counted from January of year 0, so that a running
/// total is a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month that holds a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }

    /// From the count of months since January of year 0; none outside years
    /// 1000 to 9999.
    #[must_use]
    pub fn from_ordinal(ordinal: i32) -> Option<Self> {
        (12_000..120_000)
            .contains(&ordinal)
            .then_some(Self(ordinal))
    }

    /// Months since January of year 0.
    #[must_use]
    pub const fn ordinal(self) -> i32 {
        self.0
    }

    /// The civil year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0.rem_euclid(12) + 1
    }

    /// First day.
    #[must_use]
    pub fn first_day(self) -> Date {
        let year = i16::try_from(self.year()).unwrap_or(9999);
        let month = i8::try_from(self.number()).unwrap_or(12);
        jiff::civil::date(year, month, 1)
    }

    /// Last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The month this many months later, or earlier when negative.
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year(), self.number())
    }
}

/// A period that people ask for: a month or what is made of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// `2024`
    Year(i16),
    /// `2024S1`, first or second half (1 or 2)
    Half(i16, u8),
    /// `2024Q3`, quarter 1 to 4
    Quarter(i16, u8),
    /// `202409`
    Month(Month),
}

impl Period {
    /// First month.
    #[must_use]
    pub fn first_month(self) -> Month {
        let at = |year: i16, month: i32| Month(i32::from(year) * 12 + month);
        match self {
            Self::Year(year) => at(year, 0),
            Self::Half(year, half) => at(year, (i32::from(half) - 1) * 6),
            Self::Quarter(year, quarter) => at(year, (i32::from(quarter) - 1) * 3),
            Self::Month(month) => month,
        }
    }

    /// Last month.
    #[must_use]
    pub fn last_month(self) -> Month {
        self.first_month().plus(self.months() - 1)
    }

    /// How many months it is made of.
    #[must_use]
    pub const fn months(self) -> i32 {
        match self {
            Self::Year(_) => 12,
            Self::Half(..) => 6,
            Self::Quarter(..) => 3,
            Self::Month(_) => 1,
        }
    }

    /// S: first day.
    #[must_use]
    pub fn start(self) -> Date {
        self.first_month().first_day()
    }

    /// E: last day.
    #[must_use]
    pub fn end(self) -> Date {
        self.last_month().last_day()
    }

    /// The period of the same length that follows.
    #[must_use]
    pub fn next(self) -> Self {
        let month = self.first_month().plus(self.months());
        let year = i16::try_from(month.year()).unwrap_or(i16::MAX);
        let part = |months: i32| u8::try_from((month.number() - 1) / months + 1).unwrap_or(1);
        match self {
            Self::Year(_) => Self::Year(year),
            Self::Half(..) => Self::Half(year, part(6)),
            Self::Quarter(..) => Self::Quarter(year, part(3)),
            Self::Month(_) => Self::Month(month),
        }
    }

    /// The last quarter that ended before this day.
    #[must_use]
    pub fn last_quarter_before(day: Date) -> Self {
        let month = Month::of(day);
        let earlier = month.plus(-((month.number() - 1) % 3) - 3);
        let year = i16::try_from(earlier.year()).unwrap_or(i16::MAX);
        Self::Quarter(
            year,
            u8::try_from((earlier.number() - 1) / 3 + 1).unwrap_or(1),
        )
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let bytes = text.as_bytes();
        let wrong = PeriodError::Period;
        let year = bytes
            .get(..4)
            .and_then(digits)
            .filter(|year| *year >= 1000)
            .ok_or(wrong)?;
        match bytes.get(4..).unwrap_or_default() {
            [] => Ok(Self::Year(year)),
            [b'S', half @ b'1'..=b'2'] => Ok(Self::Half(year, half - b'0')),
            [b'Q', quarter @ b'1'..=b'4'] => Ok(Self::Quarter(year, quarter - b'0')),
            [a, b] => {
                let number = digits(&[*a, *b])
                    .filter(|n| (1..=12).contains(n))
                    .ok_or(wrong)?;
                Ok(Self::Month(Month(
                    i32::from(year) * 12 + i32::from(number) - 1,
                )))
            }
            _ => Err(wrong),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Half(year, half) => write!(f, "{year:04}S{half}"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}Q{quarter}"),
            Self::Month(month) => month.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn periods_are_read_and_printed() {
        for text in ["2024", "2024S1", "2024S2", "2024Q3", "202409", "202412"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for wrong in [
            "", "24", "2024Q5", "2024Q0", "2024S3", "202413", "202400", "2024q1", "2024-09", "0999",
        ] {
            assert_eq!(wrong.parse::<Period>(), Err(PeriodError::Period), "{wrong}");
        }
        let half: Period = "2024S2".parse().unwrap();
        assert_eq!(
            (half.start(), half.end()),
            (
                parse_date("2024-07-01").unwrap(),
                parse_date("2024-12-31").unwrap()
            )
        );
        assert_eq!(half.next().to_string(), "2025S1");
        assert_eq!(
            "202412".parse::<Period>().unwrap().next().to_string(),
            "202501"
        );
    }

    #[test]
    fn the_last_quarter_is_the_one_that_has_ended() {
        for (day, quarter) in [
            ("2026-11-24", "2026Q3"),
            ("2026-10-01", "2026Q3"),
            ("2026-09-30", "2026Q2"),
            ("2026-01-01", "2025Q4"),
        ] {
            assert_eq!(
                Period::last_quarter_before(parse_date(day).unwrap()).to_string(),
                quarter
            );
        }
    }

    #[test]
    fn dates_exist() {
        assert!(parse_date("2024-02-29").is_ok());
        for wrong in [
            "2023-02-29",
            "2024-2-01",
            "2024/02/01",
            "24-02-01",
            "2024-13-01",
            "２024-01-01",
            "+024-01-01",
        ] {
            assert_eq!(parse_date(wrong), Err(PeriodError::Date), "{wrong}");
        }
    }
}
