use core::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
    str::FromStr,
};

use thiserror::Error;

const SCALE: i128 = 1_000_000;
const SCALE_DIGITS: usize = 6;
const WHOLE_DIGITS: usize = 12;

/// An exact decimal with at most six places: amounts in 万元, counts and their
/// sums. Never binary floating point.
///
/// Text that people give has at most 12 digits before and 6 after the point;
/// sums may grow to 32 digits. Addition of sums cannot overflow: it would take
/// 10^14 of the largest amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

/// Text that is no decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// Only digits, one point and a leading minus; no exponent, no grouping.
    #[error("write digits with at most one point, such as 91725.25")]
    Form,
    /// More than 12 digits before the point.
    #[error("at most 12 digits before the point")]
    TooLarge,
    /// More than 6 digits after the point: an amount is refused, never rounded.
    #[error("at most 6 digits after the point")]
    TooFine,
}

impl Decimal {
    /// 0
    pub const ZERO: Self = Self(0);
    /// 1
    pub const ONE: Self = Self(SCALE);

    /// A whole number.
    #[must_use]
    pub const fn whole(number: i64) -> Self {
        Self(number as i128 * SCALE)
    }

    /// From millionths, as they rest and travel.
    #[must_use]
    pub const fn from_millionths(millionths: i128) -> Self {
        Self(millionths)
    }

    /// In millionths.
    #[must_use]
    pub const fn millionths(self) -> i128 {
        self.0
    }

    /// Whether this is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether this is less than 0.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Quotient rounded half away from zero to six places; none when divided by
    /// zero.
    #[must_use]
    pub const fn divide(self, by: Self) -> Option<Self> {
        let Some(scaled) = self.0.checked_mul(SCALE) else {
            return None;
        };
        if by.0 == 0 {
            return None;
        }
        let (quotient, rest) = (scaled / by.0, scaled % by.0);
        let away = if rest.unsigned_abs() * 2 >= by.0.unsigned_abs() {
            if (scaled < 0) == (by.0 < 0) { 1 } else { -1 }
        } else {
            0
        };
        Some(Self(quotient + away))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, places) = match digits.split_once('.') {
            Some((whole, places)) if !places.is_empty() => (whole, places),
            Some(_) => return Err(DecimalError::Form),
            None => (digits, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(places) {
            return Err(DecimalError::Form);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() > WHOLE_DIGITS {
            return Err(DecimalError::TooLarge);
        }
        if places.len() > SCALE_DIGITS {
            return Err(DecimalError::TooFine);
        }
        let digit = |b: u8| i128::from(b - b'0');
        let mut value = whole.bytes().fold(0, |value, b| value * 10 + digit(b));
        let padded = places
            .bytes()
            .chain(core::iter::repeat(b'0'))
            .take(SCALE_DIGITS);
        value = padded.fold(value, |value, b| value * 10 + digit(b));
        Ok(Self(if negative { -value } else { value }))
    }
}

/// Canonical text: no exponent, no trailing zeros, no "-0".
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let scale = SCALE.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", size / scale)?;
        let mut places = size % scale;
        if places == 0 {
            return Ok(());
        }
        let mut width = SCALE_DIGITS;
        while places.is_multiple_of(10) {
            places /= 10;
            width -= 1;
        }
        write!(f, ".{places:0width$}")
    }
}

impl Add for Decimal {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Decimal {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Decimal {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Decimal {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use proptest::prelude::*;

    fn canonical(text: &str) -> Result<String, DecimalError> {
        text.parse::<Decimal>().map(|d| d.to_string())
    }

    #[test]
    fn text_is_read_strictly_and_printed_canonically() {
        for (given, printed) in [
            ("91725.250", "91725.25"),
            ("0", "0"),
            ("-0.0", "0"),
            ("007", "7"),
            ("0.000001", "0.000001"),
        ] {
            assert_eq!(canonical(given).as_deref(), Ok(printed));
        }
        for form in [
            "", ".", "1.", ".5", "1e3", "1,000", "+1", " 1", "１", "--1", "NaN",
        ] {
            assert_eq!(canonical(form), Err(DecimalError::Form), "{form}");
        }
        assert_eq!(canonical("1234567890123"), Err(DecimalError::TooLarge));
        assert_eq!(canonical("0.0000001"), Err(DecimalError::TooFine));
    }

    #[test]
    fn quotients_round_half_away_from_zero() {
        let ratio = |a: i64, b: i64| {
            Decimal::whole(a)
                .divide(Decimal::whole(b))
                .map(|d| d.to_string())
        };
        assert_eq!(ratio(10, 14).as_deref(), Some("0.714286"));
        assert_eq!(ratio(-10, 14).as_deref(), Some("-0.714286"));
        assert_eq!(ratio(1, 2_000_000).as_deref(), Some("0.000001"));
        assert_eq!(ratio(1, 0), None);
    }

    proptest! {
        #[test]
        fn printed_text_reads_back(millionths in -999_999_999_999_999_999_i128..=999_999_999_999_999_999) {
            let value = Decimal::from_millionths(millionths);
            prop_assert_eq!(value.to_string().parse::<Decimal>(), Ok(value));
        }
    }
}
