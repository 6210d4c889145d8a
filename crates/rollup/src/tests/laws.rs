//! What must hold for all records: stocks and flows belong together, and a
//! roll-up is a count over all records below.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use proptest::prelude::*;
use terrace_catalog::{
    Catalog, Cross, Dim, FlowSource, Indicator, Label, Measure, StockSource, Sum, shipped,
};
use terrace_model::{Decimal, Dims, Level, OfficeId, Record, RecordKey};

use super::{
    bench::{Said, cells_of, day, period, total},
    random::{Edit, Records, all_periods, edits, records_after},
};
use crate::{Days, Figure, Query, Row, recount, recount_ratio};

fn counted(id: &str, measure: Measure) -> Indicator {
    Indicator {
        id: id.into(),
        label: Label::new("数", "number"),
        unit: Label::new("个", "number"),
        measure,
        dims: Vec::new(),
        cross: Cross::All,
        entered: false,
    }
}

/// The shipped catalog, and for each type with a span its stock, entries and
/// exits.
fn with_entries_and_exits() -> (Catalog, Vec<String>) {
    let mut catalog = shipped();
    let mut spanned = Vec::new();
    for of in catalog.types.clone() {
        let Some(span) = &of.span else { continue };
        let (of, sum, filters) = (of.id.clone(), Sum::One, Vec::new());
        let on = |date: &String| {
            let (of, date, sum) = (of.clone(), date.clone(), Sum::One);
            let filters = Vec::new();
            Measure::Flow(FlowSource::Event {
                of,
                date,
                sum,
                filters,
            })
        };
        let (entries, exits) = (on(&span.start), on(&span.end));
        spanned.push(of.clone());
        let stock = Measure::Stock(StockSource::Span {
            of: of.clone(),
            sum,
            filters,
        });
        catalog
            .indicators
            .push(counted(&format!("{of}_in_force"), stock));
        catalog
            .indicators
            .push(counted(&format!("{of}_entries"), entries));
        catalog
            .indicators
            .push(counted(&format!("{of}_exits"), exits));
    }
    (catalog, spanned)
}

fn listed(records: &Records) -> Vec<(RecordKey, Record)> {
    records.clone().into_iter().collect()
}

/// Eight offices' records.
fn by_office(catalog: &Catalog, edits: &[Edit]) -> BTreeMap<OfficeId, Records> {
    let ids = [1, 10, 11, 12, 13, 14, 20, 21];
    let of_office = |place: usize| {
        let own: Vec<Edit> = edits
            .iter()
            .filter(|edit| edit.office == place)
            .cloned()
            .collect();
        records_after(catalog, &own)
    };
    ids.iter()
        .enumerate()
        .map(|(place, id)| (OfficeId(*id), of_office(place)))
        .collect()
}

/// What a recount over all records below says of a row: a sum, or both parts.
fn recounted(
    catalog: &Catalog,
    records: &[(RecordKey, Record)],
    indicator: &Indicator,
    by: &[&Dim],
    over: Days,
) -> BTreeMap<Dims, Figure> {
    match indicator.measure {
        Measure::Stock(_) | Measure::Flow(_) => recount(catalog, records, indicator, by, over)
            .into_iter()
            .map(|(dims, sum)| (dims, Figure::Sum(sum)))
            .collect(),
        Measure::Ratio { .. } => recount_ratio(catalog, records, indicator, by, over)
            .into_iter()
            .map(|(dims, (num, den))| (dims, Figure::Ratio { num, den }))
            .collect(),
    }
}

const NOTHING: [Figure; 2] = [
    Figure::Sum(Decimal::ZERO),
    Figure::Ratio {
        num: Decimal::ZERO,
        den: Decimal::ZERO,
    },
];

fn check_rows(
    said: &Said,
    records: &BTreeMap<OfficeId, Records>,
    query: &Query,
) -> Result<(), TestCaseError> {
    let rows = said.ask(query);
    let indicator = said.catalog.indicator(&query.indicators[0]).unwrap();
    let by: Vec<&Dim> = query
        .by
        .iter()
        .map(|id| indicator.dim(id).unwrap())
        .collect();
    let tops: Vec<OfficeId> = match query.level {
        None => [query.office].into(),
        Some(level) => {
            let below = said.tree.subtree(query.office).into_iter();
            below
                .filter(|office| office.level == level)
                .map(|office| office.id)
                .collect()
        }
    };
    for top in tops {
        let below = records
            .iter()
            .filter(|(id, _)| said.tree.is_within(**id, top));
        let all: Vec<_> = below.flat_map(|(_, records)| listed(records)).collect();
        for period in &query.periods {
            let of_row = |row: &&Row| row.office == top && row.period == *period;
            let figures = rows.iter().filter(of_row).map(|row| {
                let mut dims = row.dims.clone();
                dims.sort();
                (dims, row.figure)
            });
            let told: BTreeMap<Dims, Figure> = figures
                .filter(|(_, figure)| !NOTHING.contains(figure))
                .collect();
            let counted = recounted(&said.catalog, &all, indicator, &by, Days::from(*period));
            prop_assert_eq!(told, counted, "{} {} {:?}", indicator.id, period, query.by);
        }
    }
    Ok(())
}

/// No breakdown, each dimension alone, and the last two together.
fn breakdowns(indicator: &Indicator) -> Vec<Vec<String>> {
    let ids: Vec<String> = indicator.dims.iter().map(|dim| dim.id.clone()).collect();
    let mut all: Vec<Vec<String>> = ids.iter().map(|id| [id.clone()].into()).collect();
    all.push(Vec::new());
    if let [.., a, b] = ids.as_slice() {
        all.push([b.to_string(), a.to_string()].into());
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_stock_is_the_one_before_with_entries_less_exits(edits in edits(60)) {
        let (catalog, spanned) = with_entries_and_exits();
        let cells = cells_of(&catalog, &listed(&records_after(&catalog, &edits)));
        let mut triples: Vec<[String; 3]> = spanned
            .iter()
            .map(|of| [format!("{of}_in_force"), format!("{of}_entries"), format!("{of}_exits")])
            .collect();
        triples.push(["persons", "persons_joined", "persons_left"].map(String::from));
        for [stock, entries, exits] in &triples {
            for at in all_periods() {
                let value = |indicator, at| total(&catalog, &cells, indicator, at);
                let before = terrace_model::Period::Month(at.first_month().plus(-1));
                let expected = value(stock, before) + value(entries, at) - value(exits, at);
                prop_assert_eq!(value(stock, at), expected, "{} {}", stock, at);
            }
        }
    }

    #[test]
    fn a_roll_up_equals_a_recount_over_all_records_below(edits in edits(120)) {
        let mut said = Said::nothing();
        let records = by_office(&said.catalog, &edits);
        for (office, records) in &records {
            said.cells.insert(*office, cells_of(&said.catalog, &listed(records)));
            said.through.insert(*office, day("2027-07-01"));
        }
        let periods = ["2023", "2024S1", "2024Q4", "202503", "2025", "202606"];
        for indicator in said.catalog.indicators.clone() {
            for by in breakdowns(&indicator) {
                let mut query = Said::query(1, &indicator.id, &periods, "2027-07-01");
                query.by = by;
                check_rows(&said, &records, &query)?;
                query.level = Some(Level::County);
                check_rows(&said, &records, &query)?;
            }
        }
    }
}

#[test]
fn the_law_of_entries_and_exits_holds_for_types_of_both_ends() {
    let (catalog, spanned) = with_entries_and_exits();
    assert_eq!(catalog.faults(), []);
    assert_eq!(
        spanned,
        [
            "person",
            "organisation",
            "assignment",
            "assistance",
            "pairing",
            "post",
            "appointment"
        ]
    );
    assert_eq!(period("2025").months(), 12);
}
