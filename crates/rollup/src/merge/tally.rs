//! What the offices below one row come to.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec,
    vec::Vec,
};

use terrace_catalog::Dim;
use terrace_model::{Date, Decimal, Dims, NOT_GIVEN, OfficeId, Period};

use super::{Coverage, Figure, Row, Standing, Status, plan::Asked};

/// Sums over offices, one for each row of a group and period.
#[derive(Clone, Default)]
pub(super) struct Tally {
    coverage: Coverage,
    /// Stock or flow, or the numerator of a ratio.
    sums: BTreeMap<Dims, Decimal>,
    /// Denominator of a ratio.
    dens: BTreeMap<Dims, Decimal>,
    /// Smallest *through* mark of the offices added up.
    oldest: Option<Date>,
    /// The same of offices that owe nothing and hold nothing: where no office
    /// owes, their silence is a zero.
    oldest_idle: Option<Date>,
    /// An office that was added up was not current, or one that holds records
    /// could not be added up.
    uneven: bool,
}

/// What one office is to a figure.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// It owes it.
    Owes,
    /// It owes none, and holds records.
    Surplus,
    /// Neither.
    Idle,
}

impl Tally {
    /// Notes how an office stands; whether its cells are to be added.
    pub(super) fn note(&mut self, part: Part, standing: Standing, through: Option<Date>) -> bool {
        match part {
            Part::Owes => self.coverage.owed(standing),
            Part::Surplus => self.coverage.surplus += 1,
            Part::Idle => {
                if standing != Standing::Missing {
                    self.oldest_idle = earlier(self.oldest_idle, through);
                }
                return false;
            }
        }
        self.uneven |= standing != Standing::Current;
        if standing == Standing::Missing {
            return false;
        }
        self.oldest = earlier(self.oldest, through);
        true
    }

    pub(super) fn add<'d>(&mut self, cells: impl Iterator<Item = (&'d Dims, Decimal)>) {
        add(&mut self.sums, cells);
    }

    pub(super) fn add_den<'d>(&mut self, cells: impl Iterator<Item = (&'d Dims, Decimal)>) {
        add(&mut self.dens, cells);
    }

    /// The rows: one without a breakdown, else one for each combination that
    /// has a cell.
    pub(super) fn rows(
        &self,
        asked: &Asked<'_>,
        office: OfficeId,
        period: Period,
        today: Date,
    ) -> Vec<Row> {
        let nobody_owes = self.coverage == Coverage::default();
        let oldest = if nobody_owes {
            self.oldest_idle
        } else {
            self.oldest
        };
        let row = |dims: Dims| {
            let figure = match oldest {
                None => Figure::Missing,
                Some(_) => self.figure(asked, &dims),
            };
            Row {
                indicator: asked.indicator.id.clone(),
                office,
                period,
                dims,
                figure,
                unit: asked.indicator.unit.zh.clone(),
                coverage: self.coverage,
                oldest_input: oldest,
                status: self.status(figure, period, today),
            }
        };
        if asked.by.is_empty() {
            return vec![row(Dims::new())];
        }
        let combinations: BTreeSet<&Dims> = self.sums.keys().chain(self.dens.keys()).collect();
        let mut rows: Vec<Row> = combinations.into_iter().cloned().map(row).collect();
        rows.sort_by_cached_key(|row| shown_at(&asked.by, &row.dims));
        rows
    }

    fn figure(&self, asked: &Asked<'_>, dims: &Dims) -> Figure {
        let of = |sums: &BTreeMap<Dims, Decimal>| sums.get(dims).copied().unwrap_or_default();
        match asked.den {
            None => Figure::Sum(of(&self.sums)),
            Some(_) => Figure::Ratio {
                num: of(&self.sums),
                den: of(&self.dens),
            },
        }
    }

    fn status(&self, figure: Figure, period: Period, today: Date) -> BTreeSet<Status> {
        let runs = period.end() >= today;
        let status = match figure {
            Figure::Missing => Status::Missing,
            Figure::Sum(_) | Figure::Ratio { .. } if runs || self.uneven => Status::Provisional,
            Figure::Sum(_) | Figure::Ratio { .. } => Status::Normal,
        };
        BTreeSet::from([status])
    }
}

fn earlier(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn add<'d>(sums: &mut BTreeMap<Dims, Decimal>, cells: impl Iterator<Item = (&'d Dims, Decimal)>) {
    for (dims, value) in cells {
        match sums.get_mut(dims) {
            Some(sum) => *sum += value,
            None => {
                sums.insert(dims.clone(), value);
            }
        }
    }
}

/// Rows stand in the order of the code lists; codes of an earlier catalog
/// follow, and "not given" comes last.
fn shown_at(by: &[&Dim], dims: &Dims) -> Vec<(usize, String)> {
    let place = |(dim, (_, code)): (&&Dim, &(_, String))| {
        let listed = dim.list.codes.iter().position(|entry| entry.code == *code);
        let last = if code == NOT_GIVEN {
            usize::MAX
        } else {
            usize::MAX - 1
        };
        (listed.unwrap_or(last), code.clone())
    };
    by.iter().zip(dims).map(place).collect()
}
