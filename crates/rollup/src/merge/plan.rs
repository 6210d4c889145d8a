use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{Catalog, Cross, DataSet, Dim, DimFilter, Indicator, Keep, Measure, Part};
use terrace_model::{Date, Dims, Level, OfficeId, Period, Tree};

use super::{Kind, Query, Refusal, obligation::carry_months};

/// Most periods of one question: a hundred years of months.
pub const MAX_PERIODS: usize = 1_200;

/// A question that has an answer under a catalog and in a tree.
pub struct Plan<'a> {
    pub(super) tree: &'a Tree,
    pub(super) office: OfficeId,
    pub(super) level: Option<Level>,
    pub(super) periods: Vec<Period>,
    pub(super) today: Date,
    pub(super) asked: Vec<Asked<'a>>,
}

/// What is asked of one indicator.
pub(super) struct Asked<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) terms: Option<&'a DataSet>,
    /// In the order asked for.
    pub(super) by: Vec<&'a Dim>,
    /// Itself, or the numerator of a ratio.
    pub(super) main: PartPlan<'a>,
    /// Denominator of a ratio.
    pub(super) den: Option<PartPlan<'a>>,
}

/// Which cells of a stock or flow are added up.
pub(super) struct PartPlan<'a> {
    pub(super) indicator: &'a Indicator,
    pub(super) kind: Kind,
    pub(super) carry_months: u16,
    /// Dimension ids of the family that is read, sorted as in cells.
    family: Vec<&'a str>,
    /// Places in the family of the dimensions asked for, in that order.
    by: Vec<usize>,
    /// Places in the family, with the codes that count.
    keeps: Vec<(usize, &'a Keep)>,
}

impl<'a> Plan<'a> {
    /// Checks a question that is asked at the office `here`, which knows the
    /// figures of itself and all below it. Whatever is asked twice is answered
    /// once.
    ///
    /// # Errors
    /// Why it has no answer.
    pub fn new(
        catalog: &'a Catalog,
        tree: &'a Tree,
        here: OfficeId,
        query: &Query,
    ) -> Result<Self, Refusal> {
        let office = query.office;
        if tree.get(office).is_none() || !tree.is_within(office, here) {
            return Err(Refusal::NoOffice { office });
        }
        let periods = once_each(query.periods.iter().copied());
        if periods.len() > MAX_PERIODS {
            let asked = periods.len();
            return Err(Refusal::TooManyPeriods { asked });
        }
        let by = once_each(query.by.iter().map(String::as_str));
        let indicators = once_each(query.indicators.iter().map(String::as_str));
        let asked = indicators.into_iter().map(|id| asked(catalog, id, &by));
        Ok(Self {
            tree,
            office,
            level: query.level,
            periods,
            today: query.today,
            asked: asked.collect::<Result<_, _>>()?,
        })
    }
}

fn once_each<T: Ord + Clone>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}

fn asked<'a>(catalog: &'a Catalog, id: &str, by: &[&str]) -> Result<Asked<'a>, Refusal> {
    let indicator = indicator(catalog, id)?;
    let (main, den) = match &indicator.measure {
        Measure::Stock(_) => (
            PartPlan::new(catalog, indicator, Kind::Stock, by, &[])?,
            None,
        ),
        Measure::Flow(_) => (
            PartPlan::new(catalog, indicator, Kind::Flow, by, &[])?,
            None,
        ),
        Measure::Ratio { num, den } => {
            allowed(indicator, by)?;
            let den = PartPlan::of_ratio(catalog, den, by)?;
            (PartPlan::of_ratio(catalog, num, by)?, Some(den))
        }
    };
    Ok(Asked {
        indicator,
        terms: catalog.terms_of(id),
        by: by.iter().filter_map(|id| indicator.dim(id)).collect(),
        main,
        den,
    })
}

fn indicator<'a>(catalog: &'a Catalog, id: &str) -> Result<&'a Indicator, Refusal> {
    let none = || Refusal::NoIndicator {
        indicator: id.into(),
    };
    catalog.indicator(id).ok_or_else(none)
}

/// The family that answers by these dimensions.
fn allowed<'a>(indicator: &'a Indicator, by: &[&str]) -> Result<Vec<&'a Dim>, Refusal> {
    if let Some(family) = indicator.family_with(by) {
        return Ok(family);
    }
    let allowed = indicator.dims.iter().map(|dim| dim.id.clone()).collect();
    let id = indicator.id.clone();
    match by.iter().find(|dim| indicator.dim(dim).is_none()) {
        Some(unknown) => Err(Refusal::NoDimension {
            indicator: id,
            dim: unknown.to_string(),
            allowed,
        }),
        None => Err(Refusal::TooManyDimensions {
            indicator: id,
            most: match indicator.cross {
                Cross::All => indicator.dims.len(),
                Cross::Pairs => 2,
            },
            allowed,
        }),
    }
}

impl<'a> PartPlan<'a> {
    fn new(
        catalog: &'a Catalog,
        indicator: &'a Indicator,
        kind: Kind,
        by: &[&str],
        filters: &'a [DimFilter],
    ) -> Result<Self, Refusal> {
        let filtered = filters.iter().map(|filter| filter.dim.as_str());
        let needed = once_each(by.iter().copied().chain(filtered));
        let family = allowed(indicator, &needed)?;
        let mut family: Vec<&str> = family.into_iter().map(|dim| dim.id.as_str()).collect();
        family.sort_unstable();
        let place = |id: &str| family.iter().position(|dim| *dim == id);
        let keep = |filter: &'a DimFilter| Some((place(&filter.dim)?, &filter.keep));
        Ok(Self {
            indicator,
            kind,
            carry_months: carry_months(catalog.terms_of(&indicator.id)),
            by: by.iter().filter_map(|id| place(id)).collect(),
            keeps: filters.iter().filter_map(keep).collect(),
            family,
        })
    }

    fn of_ratio(catalog: &'a Catalog, part: &'a Part, by: &[&str]) -> Result<Self, Refusal> {
        let counted = indicator(catalog, &part.indicator)?;
        let Some(kind) = Kind::of(&counted.measure) else {
            let indicator = part.indicator.clone();
            return Err(Refusal::NoIndicator { indicator });
        };
        Self::new(catalog, counted, kind, by, &part.filters)
    }

    /// The codes under which a cell is shown; none: it stands in another family
    /// or does not count.
    pub(super) fn project(&self, dims: &Dims) -> Option<Dims> {
        let ids = dims.iter().map(|(id, _)| id.as_str());
        if !ids.eq(self.family.iter().copied()) {
            return None;
        }
        let counts = |(place, keep): &(usize, &Keep)| {
            let code = dims.get(*place).map(|(_, code)| code);
            let among = |codes: &[String]| code.is_some_and(|code| codes.contains(code));
            match keep {
                Keep::Only(codes) => among(codes),
                Keep::Except(codes) => !among(codes),
            }
        };
        if !self.keeps.iter().all(counts) {
            return None;
        }
        let shown = self.by.iter().filter_map(|place| dims.get(*place).cloned());
        Some(shown.collect())
    }
}
