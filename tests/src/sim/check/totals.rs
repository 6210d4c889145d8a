//! Figures at the top are a count over the records of all offices below.

use std::{collections::BTreeMap, convert::Infallible, ops::RangeInclusive};

use anyhow::{Context, Result, ensure};
use terrace_catalog::{Dim, FlowSource, Indicator, Measure};
use terrace_desk::Book;
use terrace_model::{
    CellKey, Date, Decimal, Dims, Fact, Key, Month, OfficeId, Period, Record, RecordKey, Tree,
};
use terrace_rollup::{Days, Figure, Figures, Plan, Query, Row, recount, recount_ratio};

use super::mirror::Mirror;

/// The figures that one office holds.
struct HeldFigures<'a>(&'a Mirror);

impl Figures for HeldFigures<'_> {
    type Fault = Infallible;

    fn cells(
        &self,
        office: OfficeId,
        indicator: &str,
        months: RangeInclusive<Month>,
        show: &mut dyn FnMut(Month, &Dims, Decimal),
    ) -> Result<(), Infallible> {
        let at = |month| {
            Key::Cell(CellKey {
                office,
                indicator: indicator.to_owned(),
                month,
                dims: Dims::new(),
            })
        };
        let (first, last) = months.into_inner();
        for (key, fact) in self.0.between(&at(first), &at(last.next())) {
            if let (Key::Cell(key), Fact::Cell(said)) = (key, fact) {
                show(key.month, &key.dims, said.value.change);
            }
        }
        Ok(())
    }

    fn through(&self, office: OfficeId) -> Result<Option<Date>, Infallible> {
        Ok(match self.0.get(&Key::Through(office)) {
            Some(Fact::Through(said)) => Some(said.value.date),
            Some(_) | None => None,
        })
    }
}

/// A question: over which periods, and by which dimension of those there are.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Question {
    pub(in crate::sim) periods: Vec<Period>,
    /// Taken modulo the number of dimensions and one.
    pub(in crate::sim) dimension: usize,
    pub(in crate::sim) today: Date,
}

/// Asks the top for every indicator, and counts the records of all below.
pub(super) fn check(
    book: &Book,
    (top, mirror, tree): (OfficeId, &Mirror, &Tree),
    records: &[(RecordKey, Record)],
    question: &Question,
) -> Result<()> {
    for indicator in &book.catalog.indicators {
        let by: Vec<&Dim> = match question.dimension % (indicator.dims.len() + 1) {
            0 => Vec::new(),
            at => indicator.dims.iter().skip(at - 1).take(1).collect(),
        };
        let query = Query {
            indicators: vec![indicator.id.clone()],
            office: top,
            periods: question.periods.clone(),
            by: by.iter().map(|dim| dim.id.clone()).collect(),
            level: None,
            today: question.today,
        };
        let plan = Plan::new(&book.catalog, tree, top, &query)?;
        let Ok(rows) = plan.rows(&HeldFigures(mirror));
        compare(book, indicator, &by, records, &rows, question)?;
    }
    Ok(())
}

fn compare(
    book: &Book,
    indicator: &Indicator,
    by: &[&Dim],
    records: &[(RecordKey, Record)],
    rows: &[Row],
    question: &Question,
) -> Result<()> {
    let catalog = &book.catalog;
    for period in &question.periods {
        let over = Days::from(*period);
        let counted: BTreeMap<Dims, Figure> = match &indicator.measure {
            Measure::Flow(FlowSource::Submission { .. }) => return Ok(()),
            Measure::Stock(_) | Measure::Flow(_) => {
                let cells = recount(catalog, records, indicator, by, over);
                let sums = cells.into_iter();
                sums.map(|(dims, sum)| (dims, Figure::Sum(sum))).collect()
            }
            Measure::Ratio { num, .. } => {
                let of = catalog.indicator(&num.indicator);
                let of = of.context("a ratio of nothing")?;
                if matches!(of.measure, Measure::Flow(FlowSource::Submission { .. })) {
                    return Ok(());
                }
                let cells = recount_ratio(catalog, records, indicator, by, over);
                let both = cells.into_iter();
                both.map(|(dims, (num, den))| (dims, Figure::Ratio { num, den }))
                    .collect()
            }
        };
        let rows = rows.iter().filter(|row| row.period == *period);
        let said: BTreeMap<Dims, Figure> = rows.map(|row| (row.dims.clone(), row.figure)).collect();
        let says_something = |figure: &Figure| match figure {
            Figure::Sum(sum) => !sum.is_zero(),
            Figure::Ratio { num, den } => !num.is_zero() || !den.is_zero(),
            Figure::Missing => false,
        };
        let not_nothing = |all: BTreeMap<Dims, Figure>| -> BTreeMap<Dims, Figure> {
            all.into_iter()
                .filter(|(_, figure)| says_something(figure))
                .collect()
        };
        let (said, counted) = (not_nothing(said), not_nothing(counted));
        ensure!(
            said == counted,
            "{} of {period}: the top says {said:?}, its records {counted:?}",
            indicator.id
        );
    }
    Ok(())
}
