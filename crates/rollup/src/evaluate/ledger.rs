use alloc::{string::String, vec::Vec};

use terrace_catalog::{Dim, DimSource, Indicator};
use terrace_model::{Decimal, Dims, Month};

use super::Contributions;

/// Enters changes of one indicator: each into one cell of every family.
pub(super) struct Ledger<'a> {
    indicator: &'a str,
    families: Vec<Vec<&'a Dim>>,
    found: &'a mut Contributions,
}

impl<'a> Ledger<'a> {
    pub(super) fn open(indicator: &'a Indicator, found: &'a mut Contributions) -> Self {
        let mut families = indicator.families();
        for family in &mut families {
            family.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Self {
            indicator: &indicator.id,
            families,
            found,
        }
    }

    /// The cells, one of each family, in which something with these codes
    /// stands.
    pub(super) fn cells(&self, code: impl Fn(&DimSource) -> String) -> Vec<Dims> {
        let cell = |family: &Vec<&Dim>| {
            let coded = family.iter().map(|dim| (dim.id.clone(), code(&dim.source)));
            coded.collect()
        };
        self.families.iter().map(cell).collect()
    }

    /// Enters a change of the given cells in a month.
    pub(super) fn add(&mut self, month: Month, cells: &[Dims], change: Decimal) {
        if change.is_zero() {
            return;
        }
        for dims in cells {
            let cell = (self.indicator.into(), month, dims.clone());
            *self.found.entry(cell).or_default() += change;
        }
    }
}
