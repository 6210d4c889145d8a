//! An office's records and a tree of offices, for tests.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{cell::Cell, convert::Infallible, ops::RangeInclusive};

use terrace_catalog::{Catalog, Measure, Put, apply_put, parse_fields, shipped};
use terrace_model::{
    Date, Decimal, Dims, Level, Month, Office, OfficeId, Period, Record, RecordKey, Tree,
    parse_date,
};

use crate::{
    Contributions, Days, Figures, Plan, Query, Row, add, contributions, reached, reached_persons,
    recount,
};

pub(super) fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

pub(super) fn period(text: &str) -> Period {
    text.parse().unwrap()
}

pub(super) fn month(text: &str) -> Month {
    period(text).first_month()
}

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The records of one office.
pub(super) struct Bench {
    pub(super) catalog: Catalog,
    pub(super) records: BTreeMap<RecordKey, Record>,
}

impl Bench {
    pub(super) fn new() -> Self {
        Self::under(shipped())
    }

    pub(super) fn under(catalog: Catalog) -> Self {
        Self {
            catalog,
            records: BTreeMap::new(),
        }
    }

    /// A put on a day, as a clerk gives it.
    pub(super) fn put(&mut self, today: &str, kind: &str, id: &str, fields: &[(&str, &str)]) {
        self.put_as(today, kind, id, fields, Put::default());
    }

    pub(super) fn put_as(
        &mut self,
        today: &str,
        kind: &str,
        id: &str,
        fields: &[(&str, &str)],
        how: Put,
    ) {
        let of = self.catalog.record_type(kind).unwrap();
        let key = RecordKey::new(kind, id);
        let given = parse_fields(of, fields.iter().copied()).unwrap();
        let record = apply_put(of, self.records.get(&key), &given, how, day(today)).unwrap();
        self.records.insert(key, record);
    }

    /// A person of the roster who works for themselves.
    pub(super) fn person(&mut self, id: &str, since: &str, more: &[(&str, &str)]) {
        let mut fields = Vec::from([
            ("name", "甲"),
            ("gender", "female"),
            ("category", "self_employed"),
            ("industry", "F"),
            ("on_roster_since", since),
        ]);
        fields.extend(more);
        self.put("2026-12-31", "person", id, &fields);
    }

    pub(super) fn all(&self) -> Vec<(RecordKey, Record)> {
        self.records.clone().into_iter().collect()
    }

    /// All cells, from zero.
    pub(super) fn cells(&self) -> Contributions {
        cells_of(&self.catalog, &self.all())
    }

    /// A stock or flow without breakdown, counted over cells and straight from
    /// records, which must agree.
    pub(super) fn value(&self, indicator: &str, period: &str) -> Decimal {
        let period = super::bench::period(period);
        let found = self.catalog.indicator(indicator).unwrap();
        let from_cells = total(&self.catalog, &self.cells(), indicator, period);
        let counted = recount(&self.catalog, &self.all(), found, &[], Days::from(period));
        let counted = counted.into_values().sum();
        assert_eq!(from_cells, counted, "{indicator} {period}");
        from_cells
    }

    pub(super) fn values(&self, indicator: &str, periods: &[&str]) -> Vec<String> {
        let value = |period: &&str| self.value(indicator, period).to_string();
        periods.iter().map(value).collect()
    }

    /// A stock on a day, straight from records.
    pub(super) fn stock_on(&self, indicator: &str, on: &str) -> Decimal {
        let found = self.catalog.indicator(indicator).unwrap();
        let counted = recount(&self.catalog, &self.all(), found, &[], Days::only(day(on)));
        counted.into_values().sum()
    }
}

/// All cells of records, from zero: each by itself, and each person's reach.
pub(super) fn cells_of(catalog: &Catalog, records: &[(RecordKey, Record)]) -> Contributions {
    let mut all = Contributions::new();
    let mut persons = alloc::collections::BTreeSet::new();
    for (key, record) in records {
        add(&mut all, &contributions(catalog, key, record));
        persons.extend(reached_persons(catalog, key, record));
    }
    for person in persons {
        add(&mut all, &reached(catalog, &person, records));
    }
    all
}

/// A stock or flow without breakdown, as the cells of its first family say.
pub(super) fn total(
    catalog: &Catalog,
    cells: &Contributions,
    indicator: &str,
    period: Period,
) -> Decimal {
    let indicator = catalog.indicator(indicator).unwrap();
    let mut family: Vec<_> = indicator.family_with(&[]).unwrap();
    family.sort_by(|a, b| a.id.cmp(&b.id));
    let first = match indicator.measure {
        Measure::Stock(_) => month("1000"),
        Measure::Flow(_) => period.first_month(),
        Measure::Ratio { .. } => panic!("a ratio keeps no cells"),
    };
    let counts = |(id, at, dims): &&(String, Month, Dims)| {
        *id == indicator.id
            && (first..=period.last_month()).contains(at)
            && dims
                .iter()
                .map(|(id, _)| id)
                .eq(family.iter().map(|dim| &dim.id))
    };
    cells
        .iter()
        .filter(|(cell, _)| counts(cell))
        .map(|(_, change)| *change)
        .sum()
}

/// What a tree of offices has said.
pub(super) struct Said {
    pub(super) catalog: Catalog,
    pub(super) tree: Tree,
    pub(super) cells: BTreeMap<OfficeId, Contributions>,
    pub(super) through: BTreeMap<OfficeId, Date>,
    /// How often cells were read.
    pub(super) reads: Cell<usize>,
}

impl Figures for Said {
    type Fault = Infallible;

    fn cells(
        &self,
        office: OfficeId,
        indicator: &str,
        months: RangeInclusive<Month>,
        show: &mut dyn FnMut(Month, &Dims, Decimal),
    ) -> Result<(), Infallible> {
        self.reads.set(self.reads.get() + 1);
        let (first, last) = months.into_inner();
        let at = |month| (indicator.to_string(), month, Dims::new());
        let range = at(first)..at(last.next());
        let cells = self.cells.get(&office);
        for ((_, month, dims), change) in cells
            .into_iter()
            .flat_map(|cells| cells.range(range.clone()))
        {
            show(*month, dims, *change);
        }
        Ok(())
    }

    fn through(&self, office: OfficeId) -> Result<Option<Date>, Infallible> {
        Ok(self.through.get(&office).copied())
    }
}

impl Said {
    /// A prefecture 1 with counties 10 and 20; townships 11, 12, 13, 14 below
    /// the first and 21 below the second. Nobody has said anything.
    pub(super) fn nothing() -> Self {
        let mut tree = Tree::default();
        for (id, parent, level) in [
            (1, None, Level::Prefecture),
            (10, Some(1), Level::County),
            (11, Some(10), Level::Township),
            (12, Some(10), Level::Township),
            (13, Some(10), Level::Township),
            (14, Some(10), Level::Township),
            (20, Some(1), Level::County),
            (21, Some(20), Level::Township),
        ] {
            tree.enter(Office {
                id: OfficeId(id),
                code: format!("{id:04}").parse().unwrap(),
                name: id.to_string(),
                level,
                parent: parent.map(OfficeId),
                key: None,
            });
        }
        Self {
            catalog: shipped(),
            tree,
            cells: BTreeMap::new(),
            through: BTreeMap::new(),
            reads: Cell::new(0),
        }
    }

    /// An office says all its cells up to a day.
    pub(super) fn say(&mut self, office: u64, records: &Bench, through: &str) {
        self.cells.insert(OfficeId(office), records.cells());
        self.through.insert(OfficeId(office), day(through));
    }

    pub(super) fn query(office: u64, indicator: &str, periods: &[&str], today: &str) -> Query {
        Query {
            indicators: Vec::from([indicator.to_string()]),
            office: OfficeId(office),
            periods: periods.iter().map(|text| period(text)).collect(),
            by: Vec::new(),
            level: None,
            today: day(today),
        }
    }

    pub(super) fn ask(&self, query: &Query) -> Vec<Row> {
        let plan = Plan::new(&self.catalog, &self.tree, OfficeId(1), query).unwrap();
        plan.rows(self).unwrap()
    }

    /// The one row of a question without breakdown.
    pub(super) fn row(&self, office: u64, indicator: &str, period: &str, today: &str) -> Row {
        let rows = self.ask(&Self::query(office, indicator, &[period], today));
        let [row] = <[Row; 1]>::try_from(rows).unwrap();
        row
    }
}

/// The figure of a row as text; `-` where there is none.
pub(super) fn shown(row: &Row) -> String {
    row.figure
        .value()
        .map_or_else(|| "-".to_string(), |value| value.to_string())
}

/// Expected, reported, partial, carried, missing, surplus.
pub(super) fn covered(row: &Row) -> [u32; 6] {
    let coverage = row.coverage;
    [
        coverage.expected,
        coverage.reported,
        coverage.partial,
        coverage.carried,
        coverage.missing,
        coverage.surplus,
    ]
}

/// The letters of a row's status.
pub(super) fn flags(row: &Row) -> Vec<&'static str> {
    row.status.iter().map(|status| status.as_str()).collect()
}
