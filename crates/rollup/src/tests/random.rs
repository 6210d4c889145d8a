//! Random records, as random puts make them: the check of the catalog refuses
//! what no clerk could have entered.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::time::Duration;

use proptest::prelude::*;
use terrace_catalog::{
    Catalog, Field, FieldKind, Presence, Put, RecordType, States, apply_put, parse_fields,
};
use terrace_model::{Date, Period, Record, RecordKey};

use super::bench::{day, month};

/// One edit of one record.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    /// Which office, of those a test has.
    pub(super) office: usize,
    kind: usize,
    id: usize,
    picks: [u16; 16],
    from: Option<u16>,
    correct: bool,
    delete: bool,
}

prop_compose! {
    pub(super) fn edit()(
        office in 0_usize..8,
        kind in 0_usize..64,
        id in 0_usize..2,
        picks in any::<[u16; 16]>(),
        from in proptest::option::of(0_u16..900),
        correct in proptest::bool::weighted(0.3),
        delete in proptest::bool::weighted(0.05),
    ) -> Edit {
        Edit { office, kind, id, picks, from, correct, delete }
    }
}

pub(super) fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec(edit(), 1..most)
}

pub(super) type Records = BTreeMap<RecordKey, Record>;

impl Edit {
    /// The record that this edits. Its id names the office, so that the records
    /// of all offices may be put together.
    pub(super) fn key(&self, catalog: &Catalog) -> RecordKey {
        RecordKey::new(
            &self.of(catalog).id,
            &format!("{}-{}", self.office, self.id),
        )
    }

    fn of<'a>(&self, catalog: &'a Catalog) -> &'a RecordType {
        &catalog.types[self.kind % catalog.types.len()]
    }

    /// Edits the record, where the check allows it.
    pub(super) fn apply(&self, catalog: &Catalog, records: &mut Records) {
        let of = self.of(catalog);
        let key = self.key(catalog);
        if self.delete {
            records.remove(&key);
            return;
        }
        let existing = records.get(&key);
        let correct = self.correct && existing.is_some();
        let from = self.from.filter(|_| of.states == States::Dated).map(after);
        let raw = self.raw(of, existing.is_none());
        let raw = raw.iter().map(|(id, text)| (id.as_str(), text.as_str()));
        let given = parse_fields(of, raw).unwrap();
        let how = Put { from, correct };
        if let Ok(record) = apply_put(of, existing, &given, how, day("2026-01-31")) {
            records.insert(key, record);
        }
    }

    fn raw(&self, of: &RecordType, new: bool) -> Vec<(String, String)> {
        let pick = |place: usize| self.picks[(place * 5 + self.kind) % self.picks.len()];
        let given = |(place, field): &(usize, &Field)| match (&field.presence, new) {
            (Presence::Required, true) => true,
            (Presence::Optional | Presence::Default(_), true) => pick(*place) % 3 != 0,
            (_, false) => pick(*place) % 2 == 0,
        };
        let text = |(place, field): (usize, &Field)| {
            (
                field.id.clone(),
                self.text(field, usize::from(pick(place) / 6)),
            )
        };
        of.fields
            .iter()
            .enumerate()
            .filter(given)
            .map(text)
            .collect()
    }

    fn text(&self, field: &Field, pick: usize) -> String {
        match &field.kind {
            FieldKind::Text { .. } => "甲".into(),
            FieldKind::Code(list) | FieldKind::Codes(list) => {
                list.codes[pick % list.codes.len().min(3)].code.clone()
            }
            FieldKind::Year => "1980".into(),
            FieldKind::Date { .. } => after(u16::try_from(pick % 900).unwrap()).to_string(),
            FieldKind::Count => format!("{}", pick % 4),
            FieldKind::Amount => format!("{}.{:06}", pick % 7, pick),
            FieldKind::Ref { .. } => format!("{}-{}", self.office, pick % 2),
        }
    }
}

fn after(days: u16) -> Date {
    let since = Duration::from_secs(u64::from(days) * 86_400);
    day("2023-06-15").checked_add(since).unwrap()
}

/// Records of one office after all edits.
pub(super) fn records_after(catalog: &Catalog, edits: &[Edit]) -> Records {
    let mut records = Records::new();
    for edit in edits {
        edit.apply(catalog, &mut records);
    }
    records
}

/// Every month, quarter, half and year that such records can touch, and some
/// more.
pub(super) fn all_periods() -> Vec<Period> {
    let mut periods = Vec::new();
    for first in ["202305", "2023Q2", "2023S1", "2023"] {
        let mut period: Period = first.parse().unwrap();
        while period.last_month() <= month("202706") {
            periods.push(period);
            period = period.next();
        }
    }
    periods
}
