use alloc::{collections::BTreeSet, format, string::String, sync::Arc, vec::Vec};

use terrace_model::Hash;

use crate::{
    CodeList, DataSet, Indicator, RecordType, Workflow, canonical,
    never_recorded::{self, Finding},
    wellformed::{self, CatalogFault},
};

/// Id of the type whose records are files of persons (代表人士档案).
pub(crate) const PERSON: &str = "person";

/// The data set whose terms hold for an indicator that is in none.
const DEFAULT_DATA_SET: &str = "work";

/// Definitions (目录): what offices keep, count and propose. Issued by the top
/// office; it travels down like a notice.
///
/// Everything is in the order in which people see it. [`Catalog::faults`] and
/// [`Catalog::findings`] must both be empty before a catalog takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// Its name, such as `new-strata`.
    pub id: String,
    /// Rises with every release.
    pub version: u32,
    /// Code lists.
    pub lists: Vec<Arc<CodeList>>,
    /// Record types.
    pub types: Vec<RecordType>,
    /// The free-text fields that person-linked types, and submissions that name a
    /// person, may have: `TYPE.FIELD`, `WORKFLOW.FIELD`.
    pub free_text: BTreeSet<String>,
    /// Indicators.
    pub indicators: Vec<Indicator>,
    /// Data sets.
    pub data_sets: Vec<DataSet>,
    /// Workflows.
    pub workflows: Vec<Workflow>,
}

impl Catalog {
    /// Name and version, such as `new-strata@1`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}@{}", self.id, self.version)
    }

    /// A record type by its id.
    #[must_use]
    pub fn record_type(&self, id: &str) -> Option<&RecordType> {
        self.types.iter().find(|of| of.id == id)
    }

    /// A code list by its id.
    #[must_use]
    pub fn list(&self, id: &str) -> Option<&Arc<CodeList>> {
        self.lists.iter().find(|list| list.id == id)
    }

    /// An indicator by its id.
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// A data set by its id.
    #[must_use]
    pub fn data_set(&self, id: &str) -> Option<&DataSet> {
        self.data_sets.iter().find(|set| set.id == id)
    }

    /// A workflow by its id.
    #[must_use]
    pub fn workflow(&self, id: &str) -> Option<&Workflow> {
        self.workflows.iter().find(|workflow| workflow.id == id)
    }

    /// The data set whose terms (who owes, deadline, carry) hold for an
    /// indicator: the one that lists it, else `work`.
    #[must_use]
    pub fn terms_of(&self, indicator: &str) -> Option<&DataSet> {
        let listed = self.data_sets.iter().find(|set| set.has(indicator));
        listed.or_else(|| self.data_set(DEFAULT_DATA_SET))
    }

    /// Whether records of a type are about a person: the type is `person`, or
    /// it refers to a person-linked type.
    #[must_use]
    pub fn is_person_linked(&self, id: &str) -> bool {
        self.person_linked().contains(id)
    }

    /// All person-linked types.
    pub(crate) fn person_linked(&self) -> BTreeSet<&str> {
        let mut linked = BTreeSet::from([PERSON]);
        loop {
            let known = linked.len();
            for of in &self.types {
                if of.references().any(|(_, target)| linked.contains(target)) {
                    linked.insert(&of.id);
                }
            }
            if linked.len() == known {
                return linked;
            }
        }
    }

    /// The catalog as text: equal catalogs have equal text, and every
    /// difference shows in it.
    #[must_use]
    pub fn canonical_text(&self) -> String {
        canonical::catalog(self)
    }

    /// Hash of the canonical text.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[self.canonical_text().as_bytes()])
    }

    /// Hash of what an indicator's figures depend on: its rule, its dimensions,
    /// and the span of its type. Labels, units and code lists are left out, so
    /// that a better word or one more code leaves the figures comparable.
    #[must_use]
    pub fn definition_hash(&self, indicator: &Indicator) -> Hash {
        Hash::of(&[canonical::definition(self, indicator).as_bytes()])
    }

    /// What is wrong with the catalog in itself; empty: everything that it
    /// names exists and fits.
    #[must_use]
    pub fn faults(&self) -> Vec<CatalogFault> {
        wellformed::faults(self)
    }

    /// What of it would record what is never recorded.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        never_recorded::check(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Filter, FlowSource, Label, Measure, Span, shipped};

    fn changed(change: impl FnOnce(&mut Catalog)) -> Catalog {
        let mut catalog = shipped();
        change(&mut catalog);
        catalog
    }

    fn definition(catalog: &Catalog, indicator: &str) -> Hash {
        catalog.definition_hash(catalog.indicator(indicator).unwrap())
    }

    fn at<T>(all: &mut [T], is: impl Fn(&T) -> bool) -> &mut T {
        all.iter_mut().find(|item| is(item)).unwrap()
    }

    #[test]
    fn equal_catalogs_have_equal_hashes_and_every_change_shows() {
        let hash = shipped().hash();
        assert_eq!(hash, shipped().hash());
        let changes = [
            changed(|c| c.version = 2),
            changed(|c| c.types[0].label = Label::new("人", "person")),
            changed(|c| c.types[0].fields[4].private ^= true),
            changed(|c| c.indicators[0].entered = true),
            changed(|c| c.data_sets[0].carry_months = 6),
            changed(|c| c.workflows[0].transitions.truncate(3)),
            changed(|c| c.free_text.clear()),
            changed(|c| Arc::make_mut(&mut c.lists[0]).version = 2),
        ];
        let mut seen = BTreeSet::from([hash]);
        for catalog in changes {
            assert!(seen.insert(catalog.hash()), "{}", catalog.canonical_text());
        }
    }

    #[test]
    fn a_definition_changes_with_its_rule_and_not_with_its_words() {
        let before = shipped();
        let words = changed(|c| {
            let capital = at(&mut c.indicators, |i| i.id == "capital");
            capital.label = Label::new("资本", "registered capital");
        });
        assert_eq!(
            definition(&words, "capital"),
            definition(&before, "capital")
        );
        let filtered = changed(|c| {
            let honours = at(&mut c.indicators, |i| i.id == "honours");
            let Measure::Flow(FlowSource::Event { filters, .. }) = &mut honours.measure else {
                panic!("honours is a flow of events");
            };
            *filters = Vec::<Filter>::new();
        });
        assert_ne!(
            definition(&filtered, "honours"),
            definition(&before, "honours")
        );
        let spanned = changed(|c| {
            let organisation = at(&mut c.types, |t| t.id == "organisation");
            organisation.span = Some(Span {
                start: "founded_on".into(),
                end: "closed_on".into(),
                ends: crate::Ends::LastDayIn,
            });
        });
        assert_ne!(
            definition(&spanned, "capital"),
            definition(&before, "capital")
        );
        assert_eq!(
            definition(&spanned, "visits"),
            definition(&before, "visits")
        );
    }

    #[test]
    fn a_ratio_changes_with_the_definition_of_its_parts() {
        let before = shipped();
        let after = changed(|c| {
            let stale = at(&mut c.indicators, |i| i.id == "stale_persons");
            stale.measure = Measure::Stock(crate::StockSource::Stale {
                of: "person".into(),
                days: 180,
            });
        });
        assert_ne!(
            definition(&after, "stale_share"),
            definition(&before, "stale_share")
        );
    }

    #[test]
    fn no_two_indicators_have_the_same_definition() {
        let catalog = shipped();
        let short: BTreeSet<u64> = catalog
            .indicators
            .iter()
            .map(|indicator| catalog.definition_hash(indicator).short())
            .collect();
        assert_eq!(short.len(), catalog.indicators.len());
    }

    #[test]
    fn an_indicator_in_no_data_set_is_owed_like_work() {
        let catalog = shipped();
        let set = |indicator| catalog.terms_of(indicator).map(|set| set.id.as_str());
        assert_eq!(set("persons"), Some("roster"));
        assert_eq!(set("visits"), Some("work"));
        assert_eq!(set("stale_share"), Some("work"));
    }

    #[test]
    fn person_linked_is_who_refers_to_a_person_however_far() {
        let catalog = shipped();
        for linked in ["person", "visit", "appointment", "honour", "publicity"] {
            assert!(catalog.is_person_linked(linked), "{linked}");
        }
        for office_level in [
            "organisation",
            "unit",
            "meeting",
            "training",
            "pairing",
            "post",
        ] {
            assert!(!catalog.is_person_linked(office_level), "{office_level}");
        }
        let further = changed(|c| {
            let kind = crate::FieldKind::Ref {
                of: "visit".into(),
                consent: false,
            };
            let fields = alloc::vec![crate::Field::new("visit", "走访", "visit", kind)];
            c.types
                .push(RecordType::new("note", "便条", "note", fields));
        });
        assert!(further.is_person_linked("note"));
    }
}
