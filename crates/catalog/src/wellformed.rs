//! Whether a catalog is right in itself: ids are ids and unique, and whatever
//! it names exists and fits.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use thiserror::Error;

use crate::{
    By, Carried, Catalog, CodeList, DataSet, Dim, DimSource, Field, FieldKind, Filter, FlowSource,
    Indicator, Keep, Kept, Measure, Part, Presence, RecordType, Span, States, StockSource, Sum,
    TypeRule, Workflow,
    parse::{parse_fields, text_of},
};

/// Most characters of an id or a code.
const MAX_ID_CHARS: usize = 40;

/// Why a catalog cannot take effect.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogFault {
    /// Lower-case letters, digits and `_`, beginning with a letter.
    #[error("{place}: \"{id}\" is no id: a-z, 0-9 and _, at most 40, beginning with a letter")]
    Id {
        /// Where.
        place: String,
        /// The id.
        id: String,
    },
    /// Two things of one name.
    #[error("{place}: \"{id}\" is there twice")]
    Doubled {
        /// Where.
        place: String,
        /// The id.
        id: String,
    },
    /// Something is named that does not exist, or is of another kind than its
    /// place asks for.
    #[error("{place}: \"{id}\" is not {wanted}")]
    NotA {
        /// Where.
        place: String,
        /// The name.
        id: String,
        /// What the place asks for.
        wanted: &'static str,
    },
}

/// Faults found so far.
#[derive(Default)]
struct Faults(Vec<CatalogFault>);

impl Faults {
    fn not_a(&mut self, place: &str, id: &str, wanted: &'static str) {
        self.0.push(CatalogFault::NotA {
            place: place.into(),
            id: id.into(),
            wanted,
        });
    }

    fn must(&mut self, holds: bool, place: &str, id: &str, wanted: &'static str) {
        if !holds {
            self.not_a(place, id, wanted);
        }
    }

    /// Ids that are unique among themselves.
    fn ids<'a>(&mut self, place: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !is_id(id) {
                self.0.push(CatalogFault::Id {
                    place: place.into(),
                    id: id.into(),
                });
            }
            self.once(place, id, &mut seen);
        }
    }

    fn once<'a>(&mut self, place: &str, id: &'a str, seen: &mut BTreeSet<&'a str>) {
        if !seen.insert(id) {
            self.0.push(CatalogFault::Doubled {
                place: place.into(),
                id: id.into(),
            });
        }
    }
}

fn is_id(id: &str) -> bool {
    let symbol = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    id.len() <= MAX_ID_CHARS
        && id.bytes().all(symbol)
        && id.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
}

pub(crate) fn faults(catalog: &Catalog) -> Vec<CatalogFault> {
    let mut faults = Faults::default();
    faults.ids("lists", catalog.lists.iter().map(|list| list.id.as_str()));
    faults.ids("types", catalog.types.iter().map(|of| of.id.as_str()));
    faults.ids(
        "indicators",
        catalog.indicators.iter().map(|i| i.id.as_str()),
    );
    faults.ids(
        "data sets",
        catalog.data_sets.iter().map(|set| set.id.as_str()),
    );
    faults.ids(
        "workflows",
        catalog.workflows.iter().map(|flow| flow.id.as_str()),
    );
    for list in &catalog.lists {
        check_list(list, &mut faults);
    }
    for of in &catalog.types {
        check_type(catalog, of, &mut faults);
    }
    for id in &catalog.free_text {
        let field = id.split_once('.').and_then(|(of, field)| {
            let kept = catalog.record_type(of).and_then(|of| of.field(field));
            kept.or_else(|| catalog.workflow(of)?.field(field))
        });
        let is_text = field.is_some_and(|field| matches!(field.kind, FieldKind::Text { .. }));
        faults.must(is_text, "free text", id, "a text field");
    }
    for indicator in &catalog.indicators {
        check_indicator(catalog, indicator, &mut faults);
    }
    check_data_sets(catalog, &mut faults);
    for flow in &catalog.workflows {
        check_workflow(catalog, flow, &mut faults);
    }
    faults.0
}

fn check_list(list: &CodeList, faults: &mut Faults) {
    let place = format!("list {}", list.id);
    let mut seen = BTreeSet::new();
    for entry in &list.codes {
        let code = &entry.code;
        let symbol = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let right = code.bytes().all(symbol) && code.bytes().any(|b| b != b'_');
        faults.must(
            right && code.len() <= MAX_ID_CHARS,
            &place,
            code,
            "a code: a-z, A-Z, 0-9, _",
        );
        faults.once(&place, code, &mut seen);
    }
    faults.must(
        !list.codes.is_empty(),
        &place,
        &list.id,
        "a list with codes",
    );
}

fn check_type(catalog: &Catalog, of: &RecordType, faults: &mut Faults) {
    let place = format!("type {}", of.id);
    faults.ids(&place, of.fields.iter().map(|field| field.id.as_str()));
    for field in &of.fields {
        check_field(catalog, of, field, faults);
    }
    if let Some(Span { start, end, .. }) = &of.span {
        faults.must(
            is_day(of, start, true),
            &place,
            start,
            "a required day of the record",
        );
        faults.must(
            is_day(of, end, false),
            &place,
            end,
            "an optional day of the record",
        );
    }
    if let Some(date) = &of.date {
        faults.must(
            is_day(of, date, true),
            &place,
            date,
            "a required day of the record",
        );
    }
    let starts = match of.states {
        States::One => true,
        States::Dated => of.span.is_some(),
    };
    faults.must(
        starts,
        &place,
        &of.id,
        "a type with a span, as its states are dated",
    );
    for rule in &of.rules {
        match rule {
            TypeRule::Closing { field, open, date } => {
                let list = of.field(field).and_then(Field::list);
                let known = list.is_some_and(|list| list.has(open));
                faults.must(known, &place, open, "a code of the closing rule's field");
                faults.must(
                    is_day(of, date, false),
                    &place,
                    date,
                    "an optional day of the record",
                );
            }
            TypeRule::OneWith { count, reference } => {
                let counted = of.field(count).map(|field| &field.kind) == Some(&FieldKind::Count);
                faults.must(counted, &place, count, "a count");
                let refers = of
                    .field(reference)
                    .is_some_and(|field| field.reference().is_some());
                faults.must(refers, &place, reference, "a reference");
            }
        }
    }
}

fn is_day(of: &RecordType, id: &str, required: bool) -> bool {
    of.field(id).is_some_and(|field| {
        let day = matches!(field.kind, FieldKind::Date { .. });
        day && field.kept == Kept::Record && (field.presence == Presence::Required) == required
    })
}

fn check_field(catalog: &Catalog, of: &RecordType, field: &Field, faults: &mut Faults) {
    let place = format!("type {}, field {}", of.id, field.id);
    faults.must(
        field.id != "id",
        &place,
        &field.id,
        "free: every record has its id",
    );
    check_field_kind(catalog, &place, field, faults);
    if let Presence::Default(value) = &field.presence {
        let text = text_of(value);
        let read = parse_fields(of, [(field.id.as_str(), text.as_str())].into_iter());
        let same = read.is_ok_and(|fields| fields.get(&field.id) == Some(value));
        faults.must(same, &place, &text, "a value of the field");
    }
    if field.kept == Kept::Confirmation {
        let day = matches!(field.kind, FieldKind::Date { .. });
        let optional = field.presence == Presence::Optional;
        faults.must(day && optional, &place, &field.id, "an optional day");
    }
}

fn check_field_kind(catalog: &Catalog, place: &str, field: &Field, faults: &mut Faults) {
    match &field.kind {
        FieldKind::Code(list) | FieldKind::Codes(list) => {
            faults.must(
                catalog.list(&list.id) == Some(list),
                place,
                &list.id,
                "a list of the catalog",
            );
        }
        FieldKind::Ref { of, .. } => {
            faults.must(catalog.record_type(of).is_some(), place, of, "a type");
        }
        FieldKind::Text { max_chars } => {
            faults.must(*max_chars > 0, place, &max_chars.to_string(), "a length");
        }
        FieldKind::Year | FieldKind::Date { .. } | FieldKind::Count | FieldKind::Amount => {}
    }
}

fn check_indicator(catalog: &Catalog, indicator: &Indicator, faults: &mut Faults) {
    let place = format!("indicator {}", indicator.id);
    faults.ids(&place, indicator.dims.iter().map(|dim| dim.id.as_str()));
    for dim in &indicator.dims {
        let list = &dim.list;
        faults.must(
            catalog.list(&list.id) == Some(list),
            &place,
            &list.id,
            "a list of the catalog",
        );
    }
    match &indicator.measure {
        Measure::Stock(StockSource::Span { of, sum, filters }) => {
            if let Some(of) = source_type(catalog, &place, of, faults) {
                faults.must(of.span.is_some(), &place, &of.id, "a type with a span");
                check_source(of, sum, filters, &indicator.dims, &place, faults);
            }
        }
        Measure::Stock(StockSource::Stale { of, .. }) => {
            if let Some(of) = source_type(catalog, &place, of, faults) {
                let confirmed = of
                    .fields
                    .iter()
                    .any(|field| field.kept == Kept::Confirmation);
                let right = confirmed && of.span.is_some();
                faults.must(
                    right,
                    &place,
                    &of.id,
                    "a type with a span and confirmations",
                );
                check_source(of, &Sum::One, &[], &indicator.dims, &place, faults);
            }
        }
        Measure::Flow(source) => check_flow(catalog, source, indicator, &place, faults),
        Measure::Ratio { num, den } => {
            for part in [num, den] {
                check_part(catalog, part, indicator, &place, faults);
            }
        }
    }
}

fn source_type<'a>(
    catalog: &'a Catalog,
    place: &str,
    of: &str,
    faults: &mut Faults,
) -> Option<&'a RecordType> {
    let found = catalog.record_type(of);
    faults.must(found.is_some(), place, of, "a type");
    found
}

fn check_flow(
    catalog: &Catalog,
    source: &FlowSource,
    indicator: &Indicator,
    place: &str,
    faults: &mut Faults,
) {
    match source {
        FlowSource::Event {
            of,
            date,
            sum,
            filters,
        } => {
            if let Some(of) = source_type(catalog, place, of, faults) {
                let day = is_day(of, date, true) || is_day(of, date, false);
                faults.must(day, place, date, "a day of the record");
                check_source(of, sum, filters, &indicator.dims, place, faults);
            }
        }
        FlowSource::Reached {
            assignments,
            visits,
            person,
        } => {
            for id in [assignments, visits] {
                if let Some(of) = source_type(catalog, place, id, faults) {
                    let right = if id == assignments {
                        of.span.is_some()
                    } else {
                        of.date.is_some()
                    };
                    faults.must(right, place, id, "a type with the days that are compared");
                    let refers = of
                        .field(person)
                        .is_some_and(|field| field.reference().is_some());
                    faults.must(refers, place, person, "a reference of both types");
                }
            }
            faults.must(
                indicator.dims.is_empty(),
                place,
                &indicator.id,
                "without dimensions",
            );
        }
        FlowSource::Submission { .. } => {
            for dim in &indicator.dims {
                faults.must(
                    dim.source == DimSource::Outcome,
                    place,
                    &dim.id,
                    "an outcome",
                );
            }
        }
    }
}

/// What an indicator reads from the records of one type.
fn check_source(
    of: &RecordType,
    sum: &Sum,
    filters: &[Filter],
    dims: &[Dim],
    place: &str,
    faults: &mut Faults,
) {
    match sum {
        Sum::One => {}
        Sum::Field(field) => {
            let kind = of.field(field).map(|field| &field.kind);
            let number = matches!(kind, Some(FieldKind::Count | FieldKind::Amount));
            faults.must(number, place, field, "a count or amount");
        }
    }
    for Filter { field, codes } in filters {
        let list = one_of(of, field);
        for code in codes {
            let known = list.is_some_and(|list| list.has(code));
            faults.must(known, place, code, "a code of the filter's field");
        }
    }
    for dim in dims {
        let right = match &dim.source {
            DimSource::Field(field) => one_of(of, field) == Some(&*dim.list),
            DimSource::FirstGiven(fields) => fields
                .iter()
                .all(|field| of.field(field).is_some() && dim.list.has(field)),
            DimSource::Outcome => false,
        };
        faults.must(right, place, &dim.id, "a dimension of such records");
    }
}

fn one_of<'a>(of: &'a RecordType, field: &str) -> Option<&'a CodeList> {
    match &of.field(field)?.kind {
        FieldKind::Code(list) => Some(list),
        FieldKind::Text { .. }
        | FieldKind::Codes(_)
        | FieldKind::Year
        | FieldKind::Date { .. }
        | FieldKind::Count
        | FieldKind::Amount
        | FieldKind::Ref { .. } => None,
    }
}

fn check_part(catalog: &Catalog, part: &Part, ratio: &Indicator, place: &str, faults: &mut Faults) {
    let counted = catalog.indicator(&part.indicator);
    let counted = counted.filter(|other| !matches!(other.measure, Measure::Ratio { .. }));
    let Some(counted) = counted else {
        return faults.not_a(place, &part.indicator, "a stock or flow");
    };
    for filter in &part.filters {
        let (Keep::Only(codes) | Keep::Except(codes)) = &filter.keep;
        let list = counted.dim(&filter.dim).map(|dim| &dim.list);
        for code in codes {
            let known = list.is_some_and(|list| list.has(code));
            faults.must(known, place, code, "a code of the part's dimension");
        }
    }
    for dim in &ratio.dims {
        let same = counted.dim(&dim.id).map(|dim| &dim.list) == Some(&dim.list);
        faults.must(same, place, &dim.id, "a dimension of both parts");
    }
    // A filtered dimension and the ones asked for stand in one cell only if
    // they may be crossed.
    let needs = part.filters.len() + ratio.dims.len();
    let crossed = match counted.cross {
        crate::Cross::All => true,
        crate::Cross::Pairs => part.filters.is_empty() || needs <= 2,
    };
    faults.must(
        crossed,
        place,
        &part.indicator,
        "crossed as far as the ratio asks",
    );
}

fn check_data_sets(catalog: &Catalog, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for DataSet { id, indicators, .. } in &catalog.data_sets {
        let place = format!("data set {id}");
        for indicator in indicators {
            let known = catalog.indicator(indicator).is_some();
            faults.must(known, &place, indicator, "an indicator");
            faults.once(&place, indicator, &mut seen);
        }
    }
}

fn check_workflow(catalog: &Catalog, flow: &Workflow, faults: &mut Faults) {
    let place = format!("workflow {}", flow.id);
    faults.ids(&place, flow.fields.iter().map(|field| field.id.as_str()));
    for field in &flow.fields {
        check_field_kind(catalog, &place, field, faults);
    }
    let reasons = &flow.reasons;
    let known = catalog.list(&reasons.id) == Some(reasons);
    faults.must(known, &place, &reasons.id, "a list of the catalog");
    let subject = flow.subject().and_then(|(_, of)| catalog.record_type(of));
    for carried in &flow.travels {
        let field = match carried {
            Carried::Own(field) => subject.and_then(|of| of.field(field)),
            Carried::Of { reference, field } => subject
                .and_then(|of| of.field(reference)?.reference())
                .and_then(|(of, _)| catalog.record_type(of)?.field(field)),
        };
        let (Carried::Own(id) | Carried::Of { field: id, .. }) = carried;
        faults.must(
            field.is_some(),
            &place,
            id,
            "a field of the record that is named",
        );
    }
    check_table(flow, &place, faults);
}

/// At most one line fits, and nothing follows an end.
fn check_table(flow: &Workflow, place: &str, faults: &mut Faults) {
    for (at, line) in flow.transitions.iter().enumerate() {
        let action = line.action.as_str();
        faults.must(
            !line.from.is_final(),
            place,
            action,
            "an act before the end",
        );
        let overlaps = flow.transitions.iter().skip(at + 1).any(|other| {
            other.from == line.from && other.action == line.action && meet(other.by, line.by)
        });
        faults.must(!overlaps, place, action, "told by one line of the table");
    }
}

/// Whether one office may be meant by both.
fn meet(one: By, other: By) -> bool {
    let is_origin = |by| match by {
        By::Origin | By::OriginInHand => true,
        By::AboveInHand => false,
    };
    is_origin(one) == is_origin(other)
}

#[cfg(test)]
mod tests;
