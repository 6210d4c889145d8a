use terrace_catalog::Measure;
use terrace_model::{Date, Month, Period};

/// How a figure adds up over months. Over offices all add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 存量: the running total at the end.
    Stock,
    /// 流量: the sum of what happened.
    Flow,
}

impl Kind {
    /// None: a ratio, which is two of them.
    #[must_use]
    pub const fn of(measure: &Measure) -> Option<Self> {
        match measure {
            Measure::Stock(_) => Some(Self::Stock),
            Measure::Flow(_) => Some(Self::Flow),
            Measure::Ratio { .. } => None,
        }
    }
}

/// What an office's *through* mark makes of its figure for a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Evaluated for all of the period, or up to yesterday while it runs. No
    /// cell is then 0.
    Current,
    /// A flow of which the first part is known.
    Partial,
    /// An earlier stock that stands in.
    Carried {
        /// Days from the *through* mark to the day for which it stands in.
        age_days: i32,
    },
    /// Nothing is known. Never 0.
    Missing,
}

/// How an office stands for a period, asked on `today`.
///
/// A stock is carried for at most so many months; of a month that was known to
/// its last day, to the last day of the month those later.
#[must_use]
pub fn standing(
    kind: Kind,
    carry_months: u16,
    period: Period,
    today: Date,
    through: Option<Date>,
) -> Standing {
    let Some(through) = through else {
        return Standing::Missing;
    };
    let end = period.end();
    let asked = end.min(today);
    let needed = if end < today {
        end
    } else {
        today.yesterday().unwrap_or(today)
    };
    if through >= needed {
        return Standing::Current;
    }
    match kind {
        Kind::Flow if through >= period.start() => Standing::Partial,
        Kind::Stock if asked <= carried_until(through, carry_months) => Standing::Carried {
            age_days: (asked - through).get_days(),
        },
        Kind::Flow | Kind::Stock => Standing::Missing,
    }
}

fn carried_until(through: Date, months: u16) -> Date {
    let month = Month::of(through).plus(i32::from(months));
    let last = month.last_day();
    if through == through.last_of_month() {
        return last;
    }
    let first = month.first_day();
    Date::new(first.year(), first.month(), through.day()).unwrap_or(last)
}

impl Standing {
    /// How an office stands for a ratio: as the worse of its parts.
    pub(super) const fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Missing, _) | (_, Self::Missing) => Self::Missing,
            (Self::Partial, _) | (_, Self::Partial) => Self::Partial,
            (Self::Carried { age_days }, _) | (_, Self::Carried { age_days }) => {
                Self::Carried { age_days }
            }
            (Self::Current, Self::Current) => Self::Current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrace_model::parse_date;

    fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    fn stands(kind: Kind, period: &str, today: &str, through: &str) -> Standing {
        let through = Some(day(through));
        standing(kind, 12, period.parse().unwrap(), day(today), through)
    }

    #[test]
    fn a_period_that_has_ended_is_current_from_its_last_day_on() {
        let at = |through| stands(Kind::Flow, "2025Q1", "2025-07-01", through);
        assert_eq!(at("2025-04-01"), Standing::Current);
        assert_eq!(at("2025-03-31"), Standing::Current);
        assert_eq!(at("2025-03-30"), Standing::Partial);
        assert_eq!(at("2025-01-01"), Standing::Partial);
        assert_eq!(at("2024-12-31"), Standing::Missing);
    }

    #[test]
    fn a_period_that_runs_is_current_up_to_yesterday() {
        let at = |today, through| stands(Kind::Flow, "2025Q1", today, through);
        assert_eq!(at("2025-03-10", "2025-03-10"), Standing::Current);
        assert_eq!(at("2025-03-10", "2025-03-09"), Standing::Current);
        assert_eq!(at("2025-03-10", "2025-03-08"), Standing::Partial);
        assert_eq!(at("2025-03-31", "2025-03-30"), Standing::Current);
        assert_eq!(at("2025-04-01", "2025-03-30"), Standing::Partial);
        assert_eq!(at("2024-11-05", "2024-11-04"), Standing::Current);
        assert_eq!(at("2024-11-05", "2024-11-03"), Standing::Missing);
    }

    #[test]
    fn a_stock_is_carried_for_its_months_and_no_longer() {
        let at = |period, through| stands(Kind::Stock, period, "2030-01-01", through);
        assert_eq!(
            at("202503", "2025-02-10"),
            Standing::Carried { age_days: 49 }
        );
        assert_eq!(
            at("202601", "2025-02-10"),
            Standing::Carried { age_days: 355 }
        );
        assert_eq!(at("202602", "2025-02-10"), Standing::Missing);
        assert_eq!(
            at("202402", "2023-02-28"),
            Standing::Carried { age_days: 366 }
        );
        assert_eq!(
            at("202502", "2024-02-29"),
            Standing::Carried { age_days: 365 }
        );
        assert_eq!(at("202503", "2024-02-29"), Standing::Missing);
    }

    #[test]
    fn the_age_of_a_stock_that_runs_is_counted_to_today() {
        let at = |through| stands(Kind::Stock, "2025Q2", "2025-05-20", through);
        assert_eq!(at("2025-05-19"), Standing::Current);
        assert_eq!(at("2025-05-18"), Standing::Carried { age_days: 2 });
    }

    #[test]
    fn an_office_that_has_said_nothing_is_missing() {
        for kind in [Kind::Stock, Kind::Flow] {
            let period = "2025Q1".parse().unwrap();
            assert_eq!(
                standing(kind, 12, period, day("2025-07-01"), None),
                Standing::Missing
            );
        }
    }
}
