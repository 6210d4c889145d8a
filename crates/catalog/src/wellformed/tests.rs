use alloc::{
    string::{String, ToString},
    sync::Arc,
    vec,
    vec::Vec,
};

use super::*;
use crate::{Action, DimFilter, Ends, Lies, States, Transition, WorkflowState, shipped};

/// What is wrong with the shipped catalog after a change.
fn wrong(change: impl FnOnce(&mut Catalog)) -> Vec<String> {
    let mut catalog = shipped();
    change(&mut catalog);
    catalog.faults().iter().map(ToString::to_string).collect()
}

fn of<'a>(catalog: &'a mut Catalog, id: &str) -> &'a mut RecordType {
    catalog.types.iter_mut().find(|of| of.id == id).unwrap()
}

fn indicator<'a>(catalog: &'a mut Catalog, id: &str) -> &'a mut Indicator {
    catalog.indicators.iter_mut().find(|i| i.id == id).unwrap()
}

/// Refused, and the message names what is wrong.
fn refused(name: &str, change: impl FnOnce(&mut Catalog)) {
    let faults = wrong(change);
    let quoted = format!("\"{name}\"");
    assert!(
        faults.iter().any(|fault| fault.contains(&quoted)),
        "{name}: {faults:?}"
    );
}

#[test]
fn ids_are_ids_and_unique() {
    let longest = "a".repeat(40);
    assert_eq!(
        wrong(|c| c.data_sets[1].id = longest.clone()),
        Vec::<String>::new()
    );
    for id in ["", "Person", "1st", "a-b", "人", &format!("{longest}a")] {
        refused(id, |c| c.data_sets[1].id = id.into());
    }
    refused("unit", |c| {
        c.types
            .push(RecordType::new("unit", "单位", "unit", vec![]))
    });
    refused("name", |c| {
        let field = of(c, "unit").fields[0].clone();
        of(c, "unit").fields.push(field);
    });
    refused("id", |c| {
        let field = Field::new("id", "编号", "id", FieldKind::Year);
        of(c, "unit").fields.push(field);
    });
    refused("male", |c| {
        let list = Arc::make_mut(&mut c.lists[0]);
        let code = list.codes[0].clone();
        list.codes.push(code);
    });
    refused("_", |c| {
        let code = CodeList::new("x", &[("_", "无", "none")]);
        c.lists.push(Arc::new(code));
    });
    refused("persons", |c| {
        c.data_sets[1].indicators.push("persons".into())
    });
}

#[test]
fn what_a_type_names_exists_and_fits() {
    refused("no_type", |c| {
        let kind = FieldKind::Ref {
            of: "no_type".into(),
            consent: false,
        };
        of(c, "unit").fields.push(Field::new("x", "甲", "x", kind));
    });
    refused("own", |c| {
        let list = Arc::new(CodeList::new("own", &[("a", "甲", "a")]));
        of(c, "unit")
            .fields
            .push(Field::new("x", "甲", "x", FieldKind::Code(list)));
    });
    refused("poet", |c| {
        let field = of(c, "person").fields[8].clone();
        of(c, "person").fields[8] = field.default(terrace_model::Value::Code("poet".into()));
    });
    refused("closed_on", |c| {
        of(c, "organisation").span = Some(Span {
            start: "closed_on".into(),
            end: "founded_on".into(),
            ends: Ends::FirstDayOut,
        });
    });
    refused("given_on", |c| {
        of(c, "meeting").date = Some("given_on".into())
    });
    refused("shut", |c| {
        of(c, "assistance").rules = vec![TypeRule::Closing {
            field: "outcome".into(),
            open: "shut".into(),
            date: "closed_on".into(),
        }];
    });
    refused("body", |c| {
        of(c, "appointment").rules = vec![TypeRule::OneWith {
            count: "body".into(),
            reference: "person".into(),
        }];
    });
    refused("person.poem", |c| {
        c.free_text.insert("person.poem".into());
    });
}

#[test]
fn what_an_indicator_reads_exists_and_fits() {
    let stock = |of: &str, sum| {
        Measure::Stock(StockSource::Span {
            of: of.into(),
            sum,
            filters: vec![],
        })
    };
    refused("no_type", |c| {
        indicator(c, "posts").measure = stock("no_type", Sum::One)
    });
    refused("unit", |c| {
        indicator(c, "posts").measure = stock("unit", Sum::One)
    });
    let by_name = Sum::Field("name".into());
    refused("name", |c| {
        indicator(c, "capital").measure = stock("organisation", by_name)
    });
    refused("organisation", |c| {
        indicator(c, "stale_persons").measure = Measure::Stock(StockSource::Stale {
            of: "organisation".into(),
            days: 365,
        });
    });
    refused("attendance", |c| {
        indicator(c, "surveys").measure = Measure::Flow(FlowSource::Event {
            of: "meeting".into(),
            date: "attendance".into(),
            sum: Sum::One,
            filters: vec![],
        });
    });
    refused("lost", |c| {
        indicator(c, "honours").measure = Measure::Flow(FlowSource::Event {
            of: "honour".into(),
            date: "awarded_on".into(),
            sum: Sum::One,
            filters: vec![Filter {
                field: "stage".into(),
                codes: vec!["lost".into()],
            }],
        });
    });
    refused("kind", |c| {
        indicator(c, "capital").dims[0].source = DimSource::Field("name".into());
    });
    refused("need", |c| {
        indicator(c, "assistance_open").dims[0].source = DimSource::Outcome;
    });
    refused("training", |c| {
        indicator(c, "assigned_reached").measure = Measure::Flow(FlowSource::Reached {
            assignments: "training".into(),
            visits: "visit".into(),
            person: "person".into(),
        });
    });
}

#[test]
fn a_ratio_is_made_of_two_figures_that_can_be_asked() {
    let ratio = |c: &mut Catalog, den: Part| {
        let measure = &mut indicator(c, "stale_share").measure;
        let num = Part {
            indicator: "stale_persons".into(),
            filters: vec![],
        };
        *measure = Measure::Ratio { num, den };
    };
    let part = |id: &str, filters| Part {
        indicator: id.into(),
        filters,
    };
    let only = |dim: &str, code: &str| DimFilter {
        dim: dim.into(),
        keep: Keep::Only(vec![code.into()]),
    };
    refused("stale_share", |c| ratio(c, part("stale_share", vec![])));
    refused("visits", |c| {
        ratio(c, part("visits", vec![]));
        indicator(c, "stale_share").dims.clear();
        c.indicators.retain(|i| i.id != "visits");
    });
    refused("gender", |c| ratio(c, part("organisations", vec![])));
    refused("poet", |c| {
        ratio(c, part("persons", vec![only("category", "poet")]))
    });
    let full = || vec![only("file", "full")];
    refused("persons", |c| ratio(c, part("persons", full())));
    let few = wrong(|c| {
        ratio(c, part("persons", full()));
        indicator(c, "stale_share").dims.truncate(1);
    });
    assert_eq!(few, Vec::<String>::new());
}

#[test]
fn a_data_set_lists_indicators_that_exist() {
    refused("poems", |c| c.data_sets[0].indicators.push("poems".into()));
}

#[test]
fn a_workflow_carries_what_exists_and_its_table_decides() {
    refused("poem", |c| {
        c.workflows[0].travels.push(Carried::Own("poem".into()))
    });
    let line = |from, by| Transition {
        from,
        action: Action::Approve,
        by,
        to: WorkflowState::Approved,
        lies: Lies::Ended,
        needs_reason: false,
    };
    refused("approve", |c| {
        c.workflows[0]
            .transitions
            .push(line(WorkflowState::Approved, By::AboveInHand));
    });
    refused("approve", |c| {
        c.workflows[0]
            .transitions
            .push(line(WorkflowState::Submitted, By::AboveInHand));
    });
    let other_office = wrong(|c| {
        c.workflows[0]
            .transitions
            .push(line(WorkflowState::Submitted, By::Origin));
    });
    assert_eq!(other_office, Vec::<String>::new());
    refused("own", |c| {
        let list = Arc::new(CodeList::new("own", &[("a", "甲", "a")]));
        c.workflows[0].reasons = list;
    });
}

#[test]
fn a_type_with_dated_states_has_a_first_day() {
    refused("unit", |c| of(c, "unit").states = States::Dated);
}
