//! The structure rules: words can be evaded, forms less so.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use terrace_model::Value;

use super::{Breach, Finding, Thing, names::names_person, scan::scan_body};
use crate::{
    Carried, Catalog, CodeList, Cross, Dim, DimSource, Field, FieldKind, FlowSource, Indicator,
    Measure, Presence, RecordType, StockSource, Workflow, catalog::PERSON,
};

/// Fields of persons whose codes may have an order.
const ORDERED: [&str; 4] = ["level", "pool", "file", "professional_title"];

/// Most characters of a free text about a person.
const MAX_TEXT_CHARS: usize = 200;

/// Most dimensions of persons that are crossed.
const MAX_CROSSED: usize = 2;

/// Fields whose codes are bodies or kinds of organisation.
const BODY: &str = "body";
const ORGANISATION: &str = "organisation";
const KIND: &str = "kind";

pub(super) fn check(catalog: &Catalog, findings: &mut Vec<Finding>) {
    let linked = catalog.person_linked();
    for of in &catalog.types {
        let is_linked = linked.contains(of.id.as_str());
        for field in &of.fields {
            let path = format!("{}.{}", of.id, field.id);
            if is_linked {
                let listed = catalog.free_text.contains(&path);
                check_field(field, &path, listed, findings);
            }
            if field.id == BODY || (of.id == ORGANISATION && field.id == KIND) {
                check_bodies(field, findings);
            }
        }
    }
    for indicator in &catalog.indicators {
        check_indicator(catalog, indicator, findings);
    }
    for workflow in &catalog.workflows {
        check_workflow(catalog, workflow, &linked, findings);
    }
}

fn find(findings: &mut Vec<Finding>, thing: Thing, path: &str, name: &str, breach: Breach) {
    findings.push(Finding {
        thing,
        path: path.into(),
        name: name.into(),
        breach,
    });
}

/// Rules for one field of a person-linked type, or of a submission that names a
/// person.
fn check_field(field: &Field, path: &str, listed: bool, findings: &mut Vec<Finding>) {
    let mut breached = |breach| find(findings, Thing::Field, path, &field.id, breach);
    match &field.kind {
        FieldKind::Count => {
            if field.presence != Presence::Default(Value::Count(1)) {
                breached(Breach::Number);
            }
        }
        FieldKind::Code(list) | FieldKind::Codes(list) => {
            if list.ordered && !ORDERED.contains(&field.id.as_str()) {
                breached(Breach::Order);
            }
        }
        FieldKind::Text { max_chars } => {
            if !listed {
                breached(Breach::UnlistedText);
            }
            if *max_chars > MAX_TEXT_CHARS {
                breached(Breach::LongText);
            }
        }
        FieldKind::Year | FieldKind::Date { .. } | FieldKind::Amount | FieldKind::Ref { .. } => {}
    }
    if field.askable && field.list().is_none() {
        breached(Breach::Askable);
    }
    if field.purpose.is_none() {
        breached(Breach::NoPurpose);
    }
}

fn check_bodies(field: &Field, findings: &mut Vec<Finding>) {
    let Some(list) = field.list() else { return };
    check_body_list(list, findings);
}

fn check_body_list(list: &CodeList, findings: &mut Vec<Finding>) {
    for entry in &list.codes {
        let names = [&entry.code, &entry.label.zh, &entry.label.en];
        let hit = names
            .into_iter()
            .find_map(|name| Some((name, scan_body(name)?.1)));
        let path = format!("{}.{}", list.id, entry.code);
        if let Some((name, topic)) = hit {
            let known = |finding: &Finding| finding.path == path;
            if !findings.iter().any(known) {
                find(findings, Thing::Code, &path, name, Breach::Body(topic));
            }
        }
    }
}

fn check_indicator(catalog: &Catalog, indicator: &Indicator, findings: &mut Vec<Finding>) {
    for dim in &indicator.dims {
        if !is_coded(catalog, indicator, dim) {
            let path = format!("{}.{}", indicator.id, dim.id);
            find(
                findings,
                Thing::Dimension,
                &path,
                &dim.id,
                Breach::UncodedDimension,
            );
        }
    }
    let crossed = match indicator.cross {
        Cross::All => indicator.dims.len(),
        Cross::Pairs => MAX_CROSSED,
    };
    if counts_persons(catalog, indicator) && crossed > MAX_CROSSED {
        find(
            findings,
            Thing::Indicator,
            &indicator.id,
            &indicator.id,
            Breach::Crossed,
        );
    }
}

/// Whether a dimension tells a code, and never whom or what a record names.
/// The dimensions of a ratio are those of its parts.
fn is_coded(catalog: &Catalog, indicator: &Indicator, dim: &Dim) -> bool {
    let of = match &indicator.measure {
        Measure::Stock(StockSource::Span { of, .. } | StockSource::Stale { of, .. })
        | Measure::Flow(FlowSource::Event { of, .. }) => Some(of),
        Measure::Flow(FlowSource::Reached { .. } | FlowSource::Submission { .. }) => None,
        Measure::Ratio { .. } => return true,
    };
    match (&dim.source, of) {
        (DimSource::Field(field), Some(of)) => {
            let field = catalog.record_type(of).and_then(|of| of.field(field));
            field.is_none_or(|field| !field.private && field.list().is_some())
        }
        (DimSource::FirstGiven(_), Some(_)) | (DimSource::Outcome, _) => true,
        (DimSource::Field(_) | DimSource::FirstGiven(_), None) => false,
    }
}

/// Whether what is counted are files of persons.
fn counts_persons(catalog: &Catalog, indicator: &Indicator) -> bool {
    match &indicator.measure {
        Measure::Stock(StockSource::Span { of, .. } | StockSource::Stale { of, .. })
        | Measure::Flow(FlowSource::Event { of, .. }) => of == PERSON,
        Measure::Flow(FlowSource::Reached { .. }) => true,
        Measure::Flow(FlowSource::Submission { .. }) => false,
        Measure::Ratio { num, den } => [num, den].into_iter().any(|part| {
            let counted = catalog.indicator(&part.indicator);
            let counted = counted.filter(|c| !matches!(c.measure, Measure::Ratio { .. }));
            counted.is_some_and(|counted| counts_persons(catalog, counted))
        }),
    }
}

fn check_workflow(
    catalog: &Catalog,
    workflow: &Workflow,
    linked: &BTreeSet<&str>,
    findings: &mut Vec<Finding>,
) {
    for field in &workflow.fields {
        if field.id == BODY {
            check_bodies(field, findings);
        }
    }
    if !names_person(workflow, linked) {
        return;
    }
    for field in &workflow.fields {
        let path = format!("{}.{}", workflow.id, field.id);
        let listed = catalog.free_text.contains(&path);
        check_field(field, &path, listed, findings);
        let names = field.reference().filter(|(of, _)| linked.contains(of));
        if names.is_some_and(|(_, consent)| !consent) {
            find(findings, Thing::Field, &path, &field.id, Breach::NoConsent);
        }
    }
    let subject = workflow
        .subject()
        .and_then(|(_, of)| catalog.record_type(of));
    for carried in &workflow.travels {
        let Some((path, field)) = carried_field(catalog, subject, carried) else {
            continue;
        };
        if field.private {
            find(
                findings,
                Thing::Field,
                &path,
                &field.id,
                Breach::PrivateTravels,
            );
        }
    }
}

fn carried_field<'a>(
    catalog: &'a Catalog,
    subject: Option<&'a RecordType>,
    carried: &Carried,
) -> Option<(String, &'a Field)> {
    let (of, id) = match carried {
        Carried::Own(field) => (subject?, field),
        Carried::Of { reference, field } => {
            let (target, _) = subject?.field(reference)?.reference()?;
            (catalog.record_type(target)?, field)
        }
    };
    Some((format!("{}.{id}", of.id), of.field(id)?))
}
