use terrace_model::{Date, Decimal, Epoch, Hash, Level, Month, PageNo, PublicKey, Time};

use crate::{WireError, error::given, limits::PAGE_NUMBERS, proto};

/// The first millisecond of the year 1000 and the last of 9999 (UTC): instants
/// that every calendar has.
const FIRST_MILLIS: i64 = -30_610_224_000_000;
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// A noun that has a message of its own.
///
/// Encoding can fail as well: what a receiver would refuse is never written.
pub(crate) trait Noun: Sized {
    /// The message.
    type Message;

    /// The message that says this.
    fn to_message(&self) -> Result<Self::Message, WireError>;

    /// What a message says.
    fn from_message(message: Self::Message) -> Result<Self, WireError>;
}

/// A message's field that must be there.
pub(crate) fn required<T: Noun>(
    message: Option<T::Message>,
    what: &'static str,
) -> Result<T, WireError> {
    T::from_message(given(message, what)?)
}

/// A message's field that may be absent.
pub(crate) fn optional<T: Noun>(message: Option<T::Message>) -> Result<Option<T>, WireError> {
    message.map(T::from_message).transpose()
}

/// Messages of several nouns.
pub(crate) fn to_messages<T: Noun>(nouns: &[T]) -> Result<Vec<T::Message>, WireError> {
    nouns.iter().map(T::to_message).collect()
}

/// Nouns of several messages.
pub(crate) fn from_messages<T: Noun>(messages: Vec<T::Message>) -> Result<Vec<T>, WireError> {
    messages.into_iter().map(T::from_message).collect()
}

/// A hash that must be there.
pub(crate) fn hash(bytes: &[u8], what: &'static str) -> Result<Hash, WireError> {
    array(bytes, what).map(Hash)
}

/// A hash; none where it is absent.
pub(crate) fn hash_if_given(bytes: &[u8], what: &'static str) -> Result<Option<Hash>, WireError> {
    if bytes.is_empty() {
        Ok(None)
    } else {
        hash(bytes, what).map(Some)
    }
}

/// A hash; [`Hash::ZERO`] is said by leaving it out, and in no other way.
pub(crate) fn hash_or_zero(bytes: &[u8], what: &'static str) -> Result<Hash, WireError> {
    match hash_if_given(bytes, what)? {
        None => Ok(Hash::ZERO),
        Some(Hash::ZERO) => Err(WireError::Invalid { what }),
        Some(hash) => Ok(hash),
    }
}

/// What [`hash_or_zero`] reads.
pub(crate) fn bytes_or_none(hash: Hash) -> Vec<u8> {
    if hash == Hash::ZERO {
        Vec::new()
    } else {
        hash.0.to_vec()
    }
}

/// Bytes of one length; without any, they are missing.
pub(crate) fn array<const N: usize>(
    bytes: &[u8],
    what: &'static str,
) -> Result<[u8; N], WireError> {
    if bytes.is_empty() {
        return Err(WireError::Missing { what });
    }
    bytes.try_into().map_err(|_| WireError::Invalid { what })
}

pub(crate) fn key_if_given(
    bytes: &[u8],
    what: &'static str,
) -> Result<Option<PublicKey>, WireError> {
    if bytes.is_empty() {
        Ok(None)
    } else {
        array(bytes, what).map(PublicKey).map(Some)
    }
}

/// 1970-01-01
const EPOCH_DAY: Date = Date::constant(1970, 1, 1);

const SECONDS_A_DAY: u64 = 86_400;

/// Years of the dates that travel, both ends included.
const YEARS: core::ops::RangeInclusive<i16> = 1000..=9999;

/// Days from 1970-01-01 to a date, as messages say it.
///
/// # Errors
/// A date outside the years 1000 to 9999.
pub fn days(date: Date) -> Result<i32, WireError> {
    let what = "date";
    if !YEARS.contains(&date.year()) {
        return Err(WireError::Invalid { what });
    }
    let hours = date.duration_since(EPOCH_DAY).as_hours();
    i32::try_from(hours / 24).map_err(|_| WireError::Invalid { what })
}

/// The date that [`days`] counted to.
///
/// # Errors
/// A date outside the years 1000 to 9999.
pub fn date(days: i32) -> Result<Date, WireError> {
    let away = core::time::Duration::from_secs(u64::from(days.unsigned_abs()) * SECONDS_A_DAY);
    let date = if days < 0 {
        EPOCH_DAY.checked_sub(away)
    } else {
        EPOCH_DAY.checked_add(away)
    };
    date.ok()
        .filter(|date| YEARS.contains(&date.year()))
        .ok_or(WireError::Invalid { what: "date" })
}

/// A month's ordinal.
pub(crate) fn month_number(month: Month) -> Result<u32, WireError> {
    let within = Month::from_ordinal(month.ordinal());
    within
        .and_then(|month| u32::try_from(month.ordinal()).ok())
        .ok_or(WireError::Invalid { what: "month" })
}

/// What [`month_number`] counted.
pub(crate) fn month(number: u32) -> Result<Month, WireError> {
    i32::try_from(number)
        .ok()
        .and_then(Month::from_ordinal)
        .ok_or(WireError::Invalid { what: "month" })
}

/// An epoch's number, counted from 1.
pub(crate) const fn epoch_number(epoch: Epoch) -> Result<u32, WireError> {
    match epoch.0 {
        0 => Err(WireError::Missing { what: "epoch" }),
        number => Ok(number),
    }
}

/// What [`epoch_number`] gave.
pub(crate) fn epoch(number: u32) -> Result<Epoch, WireError> {
    epoch_number(Epoch(number)).map(Epoch)
}

/// A page's number, counted from 1. So far no journal gets in an office's life,
/// and whoever counts on from there does not run out of numbers.
pub(crate) const fn page_number(page: PageNo) -> Result<u64, WireError> {
    let what = "page number";
    match page.0 {
        0 => Err(WireError::Missing { what }),
        number if number > PAGE_NUMBERS => Err(WireError::Invalid { what }),
        number => Ok(number),
    }
}

/// What [`page_number`] gave.
pub(crate) fn page(number: u64) -> Result<PageNo, WireError> {
    page_number(PageNo(number)).map(PageNo)
}

/// An instant's number: of the years that people can write.
pub(crate) const fn millis(time: Time) -> Result<i64, WireError> {
    match time.0 {
        FIRST_MILLIS..=LAST_MILLIS => Ok(time.0),
        _ => Err(WireError::Invalid { what: "instant" }),
    }
}

/// What [`millis`] gave.
pub(crate) fn time(number: i64) -> Result<Time, WireError> {
    millis(Time(number)).map(Time)
}

/// A level's number, as messages say it.
#[must_use]
pub const fn level_number(level: Level) -> i32 {
    let level = match level {
        Level::Province => proto::Level::Province,
        Level::Prefecture => proto::Level::Prefecture,
        Level::County => proto::Level::County,
        Level::Township => proto::Level::Township,
        Level::Village => proto::Level::Village,
    };
    level as i32
}

/// A level; none where it is absent.
///
/// # Errors
/// A level that this version does not know.
pub fn level_if_given(number: i32) -> Result<Option<Level>, WireError> {
    match proto::Level::try_from(number) {
        Ok(proto::Level::Unspecified) => Ok(None),
        Ok(proto::Level::Province) => Ok(Some(Level::Province)),
        Ok(proto::Level::Prefecture) => Ok(Some(Level::Prefecture)),
        Ok(proto::Level::County) => Ok(Some(Level::County)),
        Ok(proto::Level::Township) => Ok(Some(Level::Township)),
        Ok(proto::Level::Village) => Ok(Some(Level::Village)),
        Err(_) => Err(WireError::UnknownKind { what: "level" }),
    }
}

impl Noun for Decimal {
    type Message = proto::Decimal;

    fn to_message(&self) -> Result<proto::Decimal, WireError> {
        Ok(match small(*self) {
            Some(millionths) => proto::Decimal {
                millionths,
                large: Vec::new(),
            },
            None => proto::Decimal {
                millionths: 0,
                large: large(*self),
            },
        })
    }

    fn from_message(message: proto::Decimal) -> Result<Self, WireError> {
        let proto::Decimal { millionths, large } = message;
        if large.is_empty() {
            return Ok(from_small(millionths));
        }
        if millionths != 0 {
            return Err(WireError::Invalid { what: "decimal" });
        }
        from_large(&large)
    }
}

/// Millionths, where they fit.
pub(crate) fn small(decimal: Decimal) -> Option<i64> {
    i64::try_from(decimal.millionths()).ok()
}

/// What [`small`] gave.
pub(crate) fn from_small(millionths: i64) -> Decimal {
    Decimal::from_millionths(i128::from(millionths))
}

/// Millionths that do not fit.
pub(crate) fn large(decimal: Decimal) -> Vec<u8> {
    decimal.millionths().to_be_bytes().to_vec()
}

/// What [`large`] wrote, and nothing that would have fitted.
pub(crate) fn from_large(bytes: &[u8]) -> Result<Decimal, WireError> {
    let decimal = Decimal::from_millionths(i128::from_be_bytes(array(bytes, "decimal")?));
    match small(decimal) {
        Some(_) => Err(WireError::Invalid { what: "decimal" }),
        None => Ok(decimal),
    }
}

/// Refuses a list in which an element is not greater than the one before.
pub(crate) fn ascending<T: Ord>(
    mut elements: impl Iterator<Item = T>,
    what: &'static str,
) -> Result<(), WireError> {
    let Some(mut before) = elements.next() else {
        return Ok(());
    };
    for element in elements {
        if element <= before {
            return Err(WireError::Invalid { what });
        }
        before = element;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use terrace_model::parse_date;

    #[test]
    fn instants_are_of_years_that_people_can_write() {
        for right in [FIRST_MILLIS, -1, 0, LAST_MILLIS] {
            assert_eq!(time(right), Ok(Time(right)));
            assert_eq!(millis(Time(right)), Ok(right));
        }
        let what = "instant";
        for wrong in [i64::MIN, FIRST_MILLIS - 1, LAST_MILLIS + 1, i64::MAX] {
            assert_eq!(time(wrong), Err(WireError::Invalid { what }));
            assert_eq!(millis(Time(wrong)), Err(WireError::Invalid { what }));
        }
    }

    #[test]
    fn dates_are_days_since_1970_and_only_those_people_can_write() {
        for (text, count) in [
            ("1970-01-01", 0),
            ("1969-12-31", -1),
            ("2024-02-29", 19_782),
            ("1000-01-01", -354_285),
            ("9999-12-31", 2_932_896),
        ] {
            let day = parse_date(text).unwrap();
            assert_eq!(days(day), Ok(count), "{text}");
            assert_eq!(date(count), Ok(day), "{text}");
        }
        let wrong = Err(WireError::Invalid { what: "date" });
        for count in [-354_286, 2_932_897, i32::MIN, i32::MAX] {
            assert_eq!(date(count), wrong, "{count}");
        }
        assert!(days(Date::constant(999, 12, 31)).is_err());
    }

    #[test]
    fn months_are_those_people_can_write() {
        assert_eq!(month(24_000).map(|month| month.ordinal()), Ok(24_000));
        for number in [0, 11_999, 120_000, u32::MAX] {
            assert_eq!(month(number), Err(WireError::Invalid { what: "month" }));
        }
        let late = Month::from_ordinal(119_999).unwrap().next();
        assert!(month_number(late).is_err());
    }

    #[test]
    fn a_zero_hash_is_said_by_leaving_it_out() {
        assert_eq!(hash_or_zero(&[], "hash"), Ok(Hash::ZERO));
        assert!(hash_or_zero(&[0; 32], "hash").is_err());
        assert!(hash_or_zero(&[1; 31], "hash").is_err());
        assert_eq!(hash(&[], "hash"), Err(WireError::Missing { what: "hash" }));
    }

    #[test]
    fn a_decimal_has_one_form() {
        let fits = i128::from(i64::MAX);
        for millionths in [0, -1, fits, fits + 1, i128::MIN, i128::MAX] {
            let decimal = Decimal::from_millionths(millionths);
            let message = decimal.to_message().unwrap();
            assert_eq!(
                message.large.is_empty(),
                (-fits - 1..=fits).contains(&millionths)
            );
            assert_eq!(Decimal::from_message(message), Ok(decimal));
        }
        let wide = proto::Decimal {
            millionths: 0,
            large: 5_i128.to_be_bytes().to_vec(),
        };
        assert!(Decimal::from_message(wide).is_err());
        let both = proto::Decimal {
            millionths: 1,
            large: i128::MAX.to_be_bytes().to_vec(),
        };
        assert!(Decimal::from_message(both).is_err());
    }

    proptest! {
        #[test]
        fn every_day_comes_back(count in -354_285_i32..=2_932_896) {
            prop_assert_eq!(days(date(count).unwrap()), Ok(count));
        }
    }
}
