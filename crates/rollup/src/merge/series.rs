//! One office's cells of one indicator, as far as a question needs them.

use alloc::{collections::BTreeMap, vec::Vec};
use core::ops::RangeInclusive;

use terrace_model::{Decimal, Dims, Month, OfficeId};

use super::{Figures, plan::PartPlan};

/// Running totals by month, apart by the dimensions asked for.
#[derive(Default)]
pub(super) struct Series {
    totals: BTreeMap<Dims, Vec<(Month, Decimal)>>,
    holds_cells: bool,
}

impl Series {
    pub(super) fn read<F: Figures>(
        figures: &F,
        office: OfficeId,
        part: &PartPlan<'_>,
        months: RangeInclusive<Month>,
    ) -> Result<Self, F::Fault> {
        let mut series = Self::default();
        let totals = &mut series.totals;
        let holds_cells = &mut series.holds_cells;
        let mut show = |month: Month, dims: &Dims, change: Decimal| {
            *holds_cells = true;
            let Some(asked) = part.project(dims) else {
                return;
            };
            totals.entry(asked).or_default().push((month, change));
        };
        figures.cells(office, &part.indicator.id, months, &mut show)?;
        for changes in series.totals.values_mut() {
            changes.sort_by_key(|(month, _)| *month);
            let mut total = Decimal::ZERO;
            for (_, change) in changes {
                total += *change;
                *change = total;
            }
        }
        Ok(series)
    }

    /// Whether there is any cell of the indicator, asked for or not.
    pub(super) const fn holds_cells(&self) -> bool {
        self.holds_cells
    }

    /// The sums over months, from the very first where no first one is given,
    /// wherever a cell stands in one of them.
    pub(super) fn sums(
        &self,
        first: Option<Month>,
        last: Month,
    ) -> impl Iterator<Item = (&Dims, Decimal)> {
        self.totals.iter().filter_map(move |(dims, totals)| {
            let before = first.map_or(0, |first| totals.partition_point(|(at, _)| *at < first));
            let until = totals.partition_point(|(at, _)| *at <= last);
            let earlier = total_of(totals, before).unwrap_or_default();
            (before < until).then_some((dims, total_of(totals, until)? - earlier))
        })
    }
}

fn total_of(totals: &[(Month, Decimal)], until: usize) -> Option<Decimal> {
    let last = until.checked_sub(1)?;
    totals.get(last).map(|(_, total)| *total)
}
