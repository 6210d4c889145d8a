//! Records as they stand on a day. One that was deleted is not there.

use core::ops::ControlFlow;

use terrace_catalog::{Field, Kept, RecordType, text_of};
use terrace_model::{Date, Fact, Key, Range, Record, RecordKey, Value};
use terrace_store::{Read, StoreError};

use super::{PAGE_BYTES, Page, walk::walk};

/// A record on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// The record.
    pub key: RecordKey,
    /// The fields that have a value, in the order of the catalog.
    pub fields: Vec<(String, Value)>,
}

impl RecordRow {
    fn text_bytes(&self) -> usize {
        let fields = self.fields.iter();
        let shown: usize = fields
            .map(|(field, value)| field.len() + text_of(value).len())
            .sum();
        self.key.kind.len() + self.key.id.len() + shown
    }
}

/// One record of a type; none: this office has none by that id.
///
/// # Errors
/// The store failed.
pub fn record<R: Read>(
    reader: &R,
    of: &RecordType,
    id: &str,
    day: Date,
) -> Result<Option<RecordRow>, StoreError> {
    let key = RecordKey::new(&of.id, id);
    Ok(match reader.get(&Key::Record(key.clone()))? {
        Some(Fact::Record(record)) => Some(shown(of, key, &record, day)),
        Some(_) | None => None,
    })
}

/// Records of a type in the order of their ids, after an id: so many at most,
/// and fewer where they take more than [`PAGE_BYTES`].
///
/// # Errors
/// The store failed.
pub fn records<R: Read>(
    reader: &R,
    of: &RecordType,
    after: Option<&str>,
    rows: usize,
    day: Date,
) -> Result<Page<RecordRow, String>, StoreError> {
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    let mut bytes = 0;
    let range = Range::Records(of.id.clone());
    let after = after.map(|id| Key::Record(RecordKey::new(&of.id, id)));
    walk(reader, &range, after, |key, fact| {
        let (Key::Record(key), Fact::Record(record)) = (key, fact) else {
            return ControlFlow::Continue(());
        };
        let row = shown(of, key, &record, day);
        bytes += row.text_bytes();
        let last: Option<&RecordRow> = page.rows.last();
        if let Some(last) = last
            && (page.rows.len() == rows || bytes > PAGE_BYTES)
        {
            page.next = Some(last.key.id.clone());
            return ControlFlow::Break(());
        }
        page.rows.push(row);
        ControlFlow::Continue(())
    })?;
    Ok(page)
}

fn shown(of: &RecordType, key: RecordKey, record: &Record, day: Date) -> RecordRow {
    let value = |field: &Field| Some((field.id.clone(), value(field, record, day)?));
    RecordRow {
        key,
        fields: of.fields.iter().filter_map(value).collect(),
    }
}

/// A field's value on a day; of the confirmations, the last one up to it.
fn value(field: &Field, record: &Record, day: Date) -> Option<Value> {
    match field.kept {
        Kept::Record | Kept::State => record.value_at(&field.id, day).cloned(),
        Kept::Confirmation => {
            let days = record.confirmations.iter().filter(|on| **on <= day);
            days.max().copied().map(Value::Date)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held::Held;
    use terrace_catalog::{Catalog, shipped};
    use terrace_model::{Fields, State, parse_date};

    fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    fn person(catalog: &Catalog) -> &RecordType {
        catalog.record_type("person").unwrap()
    }

    fn keep(held: &Held, id: &str, name: &str) {
        let state = |from, name: &str| State {
            from: day(from),
            fields: Fields::from([("name".to_owned(), Value::Text(name.to_owned()))]),
        };
        let since = Value::Date(day("2024-03-01"));
        let record = Record {
            fixed: Fields::from([("on_roster_since".to_owned(), since)]),
            states: vec![state("2024-03-01", "before"), state("2025-05-10", name)],
            confirmations: vec![day("2025-01-02"), day("2025-07-01")],
        };
        let key = Key::Record(RecordKey::new("person", id));
        held.put(key, Fact::Record(record));
    }

    fn ids(page: &Page<RecordRow, String>) -> Vec<&str> {
        page.rows.iter().map(|row| row.key.id.as_str()).collect()
    }

    #[test]
    fn a_record_shows_what_holds_on_the_day() {
        let catalog = shipped();
        let held = Held::default();
        keep(&held, "7", "after");
        let shown = |on: &str| {
            let row = record(&held, person(&catalog), "7", day(on)).unwrap();
            let fields = row.unwrap().fields.into_iter();
            fields
                .map(|(field, value)| format!("{field}={}", text_of(&value)))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shown("2025-05-09"),
            [
                "name=before",
                "on_roster_since=2024-03-01",
                "confirmed_on=2025-01-02"
            ]
        );
        assert_eq!(
            shown("2025-07-01"),
            [
                "name=after",
                "on_roster_since=2024-03-01",
                "confirmed_on=2025-07-01"
            ]
        );
        assert_eq!(shown("2024-12-31").len(), 2);
    }

    #[test]
    fn what_is_of_another_type_or_not_there_is_not_shown() {
        let catalog = shipped();
        let held = Held::default();
        keep(&held, "7", "after");
        let visit = catalog.record_type("visit").unwrap();
        let on = day("2025-07-01");
        assert_eq!(record(&held, visit, "7", on).unwrap(), None);
        assert_eq!(record(&held, person(&catalog), "8", on).unwrap(), None);
        assert!(records(&held, visit, None, 10, on).unwrap().rows.is_empty());
    }

    #[test]
    fn pages_follow_each_other_without_gap_or_double() {
        let catalog = shipped();
        let held = Held::default();
        let on = day("2025-07-01");
        for id in 0..1_003 {
            keep(&held, &format!("{id:04}"), "name");
        }
        let of = person(&catalog);
        let first = records(&held, of, None, 1_000, on).unwrap();
        assert_eq!(
            (first.rows.len(), first.next.as_deref()),
            (1_000, Some("0999"))
        );
        let rest = records(&held, of, first.next.as_deref(), 1_000, on).unwrap();
        assert_eq!(
            (ids(&rest), rest.next.as_deref()),
            (vec!["1000", "1001", "1002"], None)
        );
        let whole = records(&held, of, Some("0002"), 1_000, on).unwrap();
        assert_eq!((whole.rows.len(), whole.next), (1_000, None));
    }

    #[test]
    fn a_page_ends_before_a_mebibyte_of_text_and_has_one_row() {
        let catalog = shipped();
        let held = Held::default();
        let on = day("2025-07-01");
        for id in ["1", "2", "3"] {
            keep(&held, id, &"a".repeat(PAGE_BYTES / 2 - 200));
        }
        keep(&held, "4", &"a".repeat(2 * PAGE_BYTES));
        let of = person(&catalog);
        let page = |after| records(&held, of, after, 1_000, on).unwrap();
        assert_eq!(ids(&page(None)), ["1", "2"]);
        assert_eq!(
            (ids(&page(Some("2"))), page(Some("2")).next),
            (vec!["3"], Some("3".into()))
        );
        assert_eq!(
            (ids(&page(Some("3"))), page(Some("3")).next),
            (vec!["4"], None)
        );
    }
}
