//! The passes over the offices: one read for each office and indicator.

use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::ops::RangeInclusive;

use terrace_model::{Date, Month, Office, OfficeId, Period};

use super::{
    Figures, Kind, Plan, Row, Standing,
    obligation::owes,
    plan::{Asked, PartPlan},
    series::Series,
    standing,
    tally::{Part, Tally},
};

/// An office with the row to which it adds.
struct Place<'a> {
    office: &'a Office,
    group: usize,
    through: Option<Date>,
}

/// The offices that rows stand for, and all that add to them.
struct Places<'a> {
    tops: Vec<OfficeId>,
    places: Vec<Place<'a>>,
}

/// One office's cells, as the indicator needs them.
struct Held {
    main: Series,
    den: Option<Series>,
}

impl Held {
    fn holds_cells(&self) -> bool {
        self.main.holds_cells() || self.den.as_ref().is_some_and(Series::holds_cells)
    }
}

impl Plan<'_> {
    /// Answers, by indicator as asked for, then office by the tree, period as
    /// asked for, and codes in the order of their lists.
    ///
    /// Without a breakdown exactly one row for each indicator, office and
    /// period.
    ///
    /// # Errors
    /// Figures could not be read.
    pub fn rows<F: Figures>(&self, figures: &F) -> Result<Vec<Row>, F::Fault> {
        let places = self.places(figures)?;
        let mut rows = Vec::new();
        for asked in &self.asked {
            let tallies = self.tallies(asked, &places, figures)?;
            for (top, tallies) in places.tops.iter().zip(tallies) {
                for (period, tally) in self.periods.iter().zip(tallies) {
                    rows.extend(tally.rows(asked, *top, *period, self.today));
                }
            }
        }
        Ok(rows)
    }

    /// The subtree, each office once and with the nearest office at or above it
    /// that has a row.
    fn places<F: Figures>(&self, figures: &F) -> Result<Places<'_>, F::Fault> {
        let mut tops = Vec::new();
        let mut places = Vec::new();
        let mut groups: BTreeMap<OfficeId, Option<usize>> = BTreeMap::new();
        for office in self.tree.subtree(self.office) {
            if groups.contains_key(&office.id) {
                continue;
            }
            let has_row = self
                .level
                .map_or(office.id == self.office, |level| office.level == level);
            let above = office
                .parent
                .and_then(|parent| groups.get(&parent).copied().flatten());
            let group = if has_row { Some(tops.len()) } else { above };
            if has_row {
                tops.push(office.id);
            }
            groups.insert(office.id, group);
            if let Some(group) = group {
                places.push(Place {
                    office,
                    group,
                    through: figures.through(office.id)?,
                });
            }
        }
        Ok(Places { tops, places })
    }

    /// For each office with rows and each period.
    fn tallies<F: Figures>(
        &self,
        asked: &Asked<'_>,
        places: &Places<'_>,
        figures: &F,
    ) -> Result<Vec<Vec<Tally>>, F::Fault> {
        let mut tallies = vec![vec![Tally::default(); self.periods.len()]; places.tops.len()];
        for place in &places.places {
            let owed: Vec<bool> = self
                .periods
                .iter()
                .map(|period| owes(asked.terms, place.office, *period))
                .collect();
            let held = self.read(asked, place.office.id, owed.contains(&false), figures)?;
            let Some(of_group) = tallies.get_mut(place.group) else {
                continue;
            };
            for ((period, tally), owed) in self.periods.iter().zip(of_group).zip(owed) {
                let part = match (owed, held.holds_cells()) {
                    (true, _) => Part::Owes,
                    (false, true) => Part::Surplus,
                    (false, false) => Part::Idle,
                };
                self.count(asked, &held, place.through, *period, part, tally);
            }
        }
        Ok(tallies)
    }

    fn read<F: Figures>(
        &self,
        asked: &Asked<'_>,
        office: OfficeId,
        all_months: bool,
        figures: &F,
    ) -> Result<Held, F::Fault> {
        let read = |part: &PartPlan<'_>| {
            let months = self.months(part.kind, all_months);
            Series::read(figures, office, part, months)
        };
        Ok(Held {
            main: read(&asked.main)?,
            den: asked.den.as_ref().map(read).transpose()?,
        })
    }

    /// The months that the periods need. Of an office that owes nothing all are
    /// read: whether it holds records does not hang on the period.
    fn months(&self, kind: Kind, all: bool) -> RangeInclusive<Month> {
        let ever = Period::Year(1000).first_month()..=Period::Year(9999).last_month();
        let first = self.periods.iter().map(|period| period.first_month()).min();
        let last = self.periods.iter().map(|period| period.last_month()).max();
        match (all, kind, first, last) {
            (false, Kind::Flow, Some(first), Some(last)) => first..=last,
            (false, Kind::Stock, _, Some(last)) => *ever.start()..=last,
            (true, _, _, _) | (false, _, _, _) => ever,
        }
    }

    /// Adds one office to one row; of a ratio both parts, or none.
    fn count(
        &self,
        asked: &Asked<'_>,
        held: &Held,
        through: Option<Date>,
        period: Period,
        part: Part,
        tally: &mut Tally,
    ) {
        let stands = |part: &PartPlan<'_>| {
            standing(part.kind, part.carry_months, period, self.today, through)
        };
        let main = stands(&asked.main);
        let den = asked.den.as_ref().map(|part| (part, stands(part)));
        let both = den.as_ref().map_or(main, |(_, den)| main.with(*den));
        if !tally.note(part, both, through) {
            return;
        }
        let (first, last) = known(asked.main.kind, main, period, through);
        tally.add(held.main.sums(first, last));
        if let (Some((part, standing)), Some(series)) = (den, &held.den) {
            let (first, last) = known(part.kind, standing, period, through);
            tally.add_den(series.sums(first, last));
        }
    }
}

/// The months whose changes make up a figure of an office that is not missing;
/// no first one: from the very first. Of a carried stock, what was said in
/// advance is left out.
fn known(
    kind: Kind,
    standing: Standing,
    period: Period,
    through: Option<Date>,
) -> (Option<Month>, Month) {
    let last = period.last_month();
    match (kind, standing, through) {
        (Kind::Flow, _, _) => (Some(period.first_month()), last),
        (Kind::Stock, Standing::Carried { .. }, Some(through)) => (None, Month::of(through)),
        (Kind::Stock, _, _) => (None, last),
    }
}
