//! Every name that a catalog introduces, with whom it is about.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use super::{Sphere, Thing};
use crate::{
    Catalog, CodeList, Field, FlowSource, Indicator, Label, Measure, RecordType, StockSource,
    Workflow,
};

/// One name.
pub(super) struct Name {
    pub(super) thing: Thing,
    pub(super) path: String,
    pub(super) text: String,
    pub(super) sphere: Sphere,
}

/// Collects names; one text under one path once.
struct Names<'a> {
    catalog: &'a Catalog,
    linked: BTreeSet<&'a str>,
    /// Lists whose codes are said of persons.
    person_lists: BTreeSet<&'a str>,
    names: Vec<Name>,
}

pub(super) fn of(catalog: &Catalog) -> Vec<Name> {
    let mut names = Names {
        catalog,
        linked: catalog.person_linked(),
        person_lists: BTreeSet::new(),
        names: Vec::new(),
    };
    names.push(Thing::Catalog, &catalog.id, &catalog.id, Sphere::Office);
    for of in &catalog.types {
        names.record_type(of);
    }
    for indicator in &catalog.indicators {
        names.indicator(indicator);
    }
    for set in &catalog.data_sets {
        names.thing(Thing::DataSet, &set.id, &set.id, &set.label, Sphere::Office);
    }
    for workflow in &catalog.workflows {
        names.workflow(workflow);
    }
    for list in &catalog.lists {
        names.list(list);
    }
    names.names
}

/// Whether a submission names a person.
pub(super) fn names_person(workflow: &Workflow, linked: &BTreeSet<&str>) -> bool {
    let mut references = workflow.fields.iter().filter_map(Field::reference);
    references.any(|(of, _)| linked.contains(of))
}

/// Whether an indicator is read from person-linked records.
pub(super) fn is_about_persons(
    catalog: &Catalog,
    indicator: &Indicator,
    linked: &BTreeSet<&str>,
) -> bool {
    match &indicator.measure {
        Measure::Stock(StockSource::Span { of, .. } | StockSource::Stale { of, .. })
        | Measure::Flow(FlowSource::Event { of, .. }) => linked.contains(of.as_str()),
        Measure::Flow(FlowSource::Reached { .. }) => true,
        // Not known here: what the catalog has no workflow for may name persons.
        Measure::Flow(FlowSource::Submission { workflow, .. }) => catalog
            .workflow(workflow)
            .is_none_or(|flow| names_person(flow, linked)),
        Measure::Ratio { num, den } => [num, den].into_iter().any(|part| {
            let counted = catalog.indicator(&part.indicator);
            let counted = counted.filter(|c| !matches!(c.measure, Measure::Ratio { .. }));
            counted.is_none_or(|counted| is_about_persons(catalog, counted, linked))
        }),
    }
}

const fn sphere_of(is_person: bool) -> Sphere {
    if is_person {
        Sphere::Person
    } else {
        Sphere::Office
    }
}

impl<'a> Names<'a> {
    fn push(&mut self, thing: Thing, path: &str, text: &str, sphere: Sphere) {
        self.names.push(Name {
            thing,
            path: path.into(),
            text: text.into(),
            sphere,
        });
    }

    fn thing(&mut self, thing: Thing, path: &str, id: &str, label: &Label, sphere: Sphere) {
        for text in [id, &label.zh, &label.en] {
            self.push(thing, path, text, sphere);
        }
    }

    fn uses(&mut self, list: &'a CodeList, sphere: Sphere) {
        match sphere {
            Sphere::Person => {
                self.person_lists.insert(&list.id);
            }
            Sphere::Office => {}
        }
    }

    fn record_type(&mut self, of: &'a RecordType) {
        let sphere = sphere_of(self.linked.contains(of.id.as_str()));
        self.thing(Thing::RecordType, &of.id, &of.id, &of.label, sphere);
        for field in &of.fields {
            self.field(&of.id, field, sphere);
        }
    }

    fn field(&mut self, of: &str, field: &'a Field, sphere: Sphere) {
        let path = format!("{of}.{}", field.id);
        self.thing(Thing::Field, &path, &field.id, &field.label, sphere);
        if let Some(purpose) = &field.purpose {
            self.push(Thing::Purpose, &path, &purpose.zh, sphere);
            self.push(Thing::Purpose, &path, &purpose.en, sphere);
        }
        if let Some(list) = field.list() {
            self.uses(list, sphere);
        }
    }

    fn indicator(&mut self, indicator: &'a Indicator) {
        let sphere = sphere_of(is_about_persons(self.catalog, indicator, &self.linked));
        let id = &indicator.id;
        self.thing(Thing::Indicator, id, id, &indicator.label, sphere);
        self.push(Thing::Indicator, id, &indicator.unit.zh, sphere);
        self.push(Thing::Indicator, id, &indicator.unit.en, sphere);
        for dim in &indicator.dims {
            let path = format!("{id}.{}", dim.id);
            self.thing(Thing::Dimension, &path, &dim.id, &dim.label, sphere);
            self.uses(&dim.list, sphere);
        }
    }

    fn workflow(&mut self, workflow: &'a Workflow) {
        let sphere = sphere_of(names_person(workflow, &self.linked));
        let id = &workflow.id;
        self.thing(Thing::Workflow, id, id, &workflow.label, sphere);
        for field in &workflow.fields {
            self.field(id, field, sphere);
        }
        self.uses(&workflow.reasons, sphere);
    }

    fn list(&mut self, list: &CodeList) {
        let sphere = sphere_of(self.person_lists.contains(list.id.as_str()));
        self.push(Thing::CodeList, &list.id, &list.id, sphere);
        for entry in &list.codes {
            let path = format!("{}.{}", list.id, entry.code);
            self.thing(Thing::Code, &path, &entry.code, &entry.label, sphere);
        }
    }
}
