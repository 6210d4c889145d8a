//! An independent count over all records, to hold the figures at the top
//! against.

use std::collections::BTreeMap;

use terrace_catalog::{Catalog, Dim, Measure, shipped};
use terrace_model::{Date, Decimal, Dims, Month, Period, Record, RecordKey};
use terrace_node::door::{Asked, AskedSpan};
use terrace_node::{Door, StoreReader};
use terrace_rollup::{Days, Figure, recount, recount_ratio};

use super::bring_up::{Prefecture, refused};

/// A value, or a numerator with its denominator.
type Counted = (Decimal, Option<Decimal>);

/// Indicator and codes of the breakdown.
type Place = (String, Dims);

/// What a count over the records of all offices gives for every indicator:
/// without breakdown in periods of every length, and by each of its dimensions in
/// some of them.
pub(crate) struct Count {
    catalog: Catalog,
    questions: Vec<Question>,
}

/// Indicators that are asked for together.
struct Question {
    indicators: Vec<String>,
    by: Option<String>,
    period: Period,
    /// Without what is zero: of that an answer may say nothing.
    counted: BTreeMap<Place, Counted>,
}

impl Count {
    /// Counts over the records of each office by itself, and adds the offices
    /// up: what an office keeps is a thing of its own.
    pub(crate) async fn of(prefecture: &Prefecture, today: Date) -> anyhow::Result<Self> {
        let catalog = shipped();
        let mut questions = questions(&catalog, today);
        for door in prefecture.doors() {
            let records = door.whole_records().await.map_err(refused)?;
            for question in &mut questions {
                question.count(&catalog, &records);
            }
        }
        for question in &mut questions {
            question.counted.retain(|_, counted| !is_nothing(*counted));
        }
        Ok(Self { catalog, questions })
    }

    /// Whether the figures at the top are exactly what was counted.
    pub(crate) async fn agrees_with(&self, top: &Door<StoreReader>) -> anyhow::Result<bool> {
        for question in &self.questions {
            let Some(found) = question.ask(top).await? else {
                return Ok(false);
            };
            if found != question.counted {
                tracing::debug!(period = %question.period, by = ?question.by, "not agreed yet");
                return Ok(false);
            }
        }
        Ok(!self.catalog.indicators.is_empty())
    }
}

/// Periods, and whether figures are also broken down in them: all of them would
/// keep the demo waiting for a second more.
fn periods(today: Date) -> [(Period, bool); 5] {
    let month = Month::of(today);
    let year = today.year();
    let half = match month.number() {
        ..=6 => Period::Half(year - 1, 2),
        _ => Period::Half(year, 1),
    };
    [
        (Period::Month(month), true),
        (Period::Month(month.plus(-1)), false),
        (Period::last_quarter_before(today), true),
        (half, false),
        (Period::Year(year - 1), true),
    ]
}

fn questions(catalog: &Catalog, today: Date) -> Vec<Question> {
    let mut together: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for indicator in &catalog.indicators {
        let dims = indicator.dims.iter().map(|dim| Some(dim.id.clone()));
        for by in dims.chain([None]) {
            together.entry(by).or_default().push(indicator.id.clone());
        }
    }
    let of_period = |(period, broken_down)| {
        let asked = together.iter();
        let asked = asked.filter(move |(by, _)| broken_down || by.is_none());
        asked.map(move |(by, indicators)| Question {
            indicators: indicators.clone(),
            by: by.clone(),
            period,
            counted: BTreeMap::new(),
        })
    };
    periods(today).into_iter().flat_map(of_period).collect()
}

impl Question {
    fn count(&mut self, catalog: &Catalog, records: &[(RecordKey, Record)]) {
        let days = Days::from(self.period);
        for indicator in &catalog.indicators {
            if !self.indicators.contains(&indicator.id) {
                continue;
            }
            let by: Vec<&Dim> = self
                .by
                .iter()
                .filter_map(|dim| indicator.dim(dim))
                .collect();
            let of = |dims| (indicator.id.clone(), dims);
            if matches!(indicator.measure, Measure::Ratio { .. }) {
                for (dims, (num, den)) in recount_ratio(catalog, records, indicator, &by, days) {
                    let sum = self.counted.entry(of(dims));
                    let (all_num, all_den) = sum.or_insert((Decimal::ZERO, Some(Decimal::ZERO)));
                    *all_num += num;
                    *all_den = all_den.map(|all| all + den);
                }
            } else {
                for (dims, value) in recount(catalog, records, indicator, &by, days) {
                    self.counted.entry(of(dims)).or_default().0 += value;
                }
            }
        }
    }

    /// What the top answers; none: it does not know everything yet.
    async fn ask(
        &self,
        top: &Door<StoreReader>,
    ) -> anyhow::Result<Option<BTreeMap<Place, Counted>>> {
        let asked = Asked {
            indicators: self.indicators.clone(),
            office: None,
            span: AskedSpan::One(self.period.to_string()),
            by: self.by.iter().cloned().collect(),
            level: None,
        };
        let mut rows = top.figures(asked).await.map_err(refused)?;
        let mut found = BTreeMap::new();
        while let Some(some) = rows.next().await.map_err(refused)? {
            for row in some {
                let counted = match row.figure {
                    Figure::Sum(sum) => (sum, None),
                    Figure::Ratio { num, den } => (num, Some(den)),
                    Figure::Missing => return Ok(None),
                };
                if row.coverage.reported != row.coverage.expected {
                    return Ok(None);
                }
                if !is_nothing(counted) {
                    found.insert((row.indicator, row.dims), counted);
                }
            }
        }
        Ok(Some(found))
    }
}

fn is_nothing((value, den): Counted) -> bool {
    value.is_zero() && den.is_none_or(Decimal::is_zero)
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrace_model::parse_date;

    #[test]
    fn every_indicator_is_asked_for_in_every_period_and_by_each_of_its_dimensions() {
        let (catalog, today) = (shipped(), parse_date("2026-07-01").unwrap());
        let questions = questions(&catalog, today);
        let asked = |indicator: &str, by: Option<&String>| -> Vec<String> {
            let here = questions.iter().filter(|question| {
                let holds = |id: &String| id == indicator;
                question.by.as_ref() == by && question.indicators.iter().any(holds)
            });
            here.map(|question| question.period.to_string()).collect()
        };
        for indicator in &catalog.indicators {
            let whole = asked(&indicator.id, None);
            assert_eq!(whole, ["202607", "202606", "2026Q2", "2026S1", "2025"]);
            for dim in &indicator.dims {
                let broken_down = asked(&indicator.id, Some(&dim.id));
                assert_eq!(broken_down, ["202607", "2026Q2", "2025"], "{}", dim.id);
            }
        }
    }

    #[test]
    fn a_half_that_runs_is_not_the_last_one() {
        let half = |day| periods(parse_date(day).unwrap())[3].0.to_string();
        assert_eq!(half("2026-06-30"), "2025S2");
        assert_eq!(half("2026-12-31"), "2026S1");
    }
}
