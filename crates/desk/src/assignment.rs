//! What several records together may not do: more than ten assignments in force
//! of one staff member, two appointments of one person to one seat.

use alloc::{format, string::ToString, vec::Vec};

use terrace_model::{Date, Key, Range, Reads, Record, RecordKey, Seen, Value};

use crate::{Fault, Refusal};

pub(crate) const KIND: &str = "assignment";
pub(crate) const STAFF: &str = "staff";
const APPOINTMENT: &str = "appointment";
const PERSON: &str = "person";

/// "1+10" 联系帮扶: at most ten in force per staff member.
const IN_FORCE: usize = 10;

/// What makes two appointments of one person the same seat.
const SEAT: [&str; 4] = ["body", "seat", "level", "term"];

/// The field by whose value the other records are found.
fn found_by(kind: &str) -> Option<&'static str> {
    match kind {
        KIND => Some(STAFF),
        APPOINTMENT => Some(PERSON),
        _ => None,
    }
}

fn others(key: &RecordKey, record: &Record) -> Option<Range> {
    let field = found_by(&key.kind)?;
    let value = record.newest(field)?.as_key()?.to_string();
    Some(Range::Lookup {
        kind: key.kind.clone(),
        field: field.to_string(),
        value,
    })
}

/// Asks for the records that the new one must agree with.
pub(crate) fn needs(key: &RecordKey, after: &Record, seen: &Seen, reads: &mut Reads) {
    if let Some(range) = others(key, after) {
        needs_found(&range, seen, reads);
        reads.range(range);
    }
}

/// Asks for the records that an index found.
pub(crate) fn needs_found(range: &Range, seen: &Seen, reads: &mut Reads) {
    for (at, _) in seen.range(range) {
        if let Key::Lookup(lookup) = at {
            reads.key(Key::Record(RecordKey::new(&lookup.kind, &lookup.id)));
        }
    }
}

/// The records that an index found, with their ids.
pub(crate) fn found<'a>(
    range: &'a Range,
    seen: &'a Seen,
) -> impl Iterator<Item = (&'a str, &'a Record)> {
    seen.range(range).filter_map(|(at, _)| {
        let Key::Lookup(lookup) = at else { return None };
        let record = seen.record(&RecordKey::new(&lookup.kind, &lookup.id))?;
        Some((lookup.id.as_str(), record))
    })
}

/// First and last day on which a record counts.
fn term(record: &Record) -> Option<(Date, Date)> {
    let until = record.date("until").unwrap_or(Date::MAX);
    Some((record.date("since")?, until))
}

/// Refuses an eleventh assignment, and a seat held twice at one time.
pub(crate) fn check(key: &RecordKey, after: &Record, seen: &Seen) -> Result<(), Refusal> {
    let Some(range) = others(key, after) else {
        return Ok(());
    };
    let Some((since, until)) = term(after) else {
        return Ok(());
    };
    let value = |record: &Record, field: &str| record.newest(field).cloned();
    let field = found_by(&key.kind).unwrap_or(STAFF);
    let same_seat = |other: &Record| {
        key.kind != APPOINTMENT
            || SEAT
                .iter()
                .all(|part| value(other, part) == value(after, part))
    };
    let rivals: Vec<(Date, Date)> = found(&range, seen)
        .filter(|(id, _)| *id != key.id)
        .map(|(_, other)| other)
        .filter(|other| value(other, field) == value(after, field) && same_seat(other))
        .filter_map(term)
        .filter(|(start, end)| *start <= until && since <= *end)
        .collect();
    if key.kind == APPOINTMENT {
        return if rivals.is_empty() {
            Ok(())
        } else {
            Err(held_twice(after))
        };
    }
    let in_force = |day: Date| {
        rivals
            .iter()
            .filter(|(start, end)| *start <= day && day <= *end)
            .count()
    };
    let starts = rivals
        .iter()
        .map(|(start, _)| *start)
        .filter(|start| *start > since);
    let most = starts.chain([since]).map(in_force).max().unwrap_or(0);
    if most < IN_FORCE {
        return Ok(());
    }
    let reason = format!("has {IN_FORCE} assignments in force already");
    Err(Refusal::Fields(Vec::from([fault(after, STAFF, reason)])))
}

fn held_twice(after: &Record) -> Refusal {
    let reason = "holds this seat already in part of this time".to_string();
    Refusal::Fields(Vec::from([fault(after, PERSON, reason)]))
}

fn fault(record: &Record, field: &str, reason: alloc::string::String) -> Fault {
    let value = record
        .newest(field)
        .and_then(Value::as_key)
        .unwrap_or_default();
    Fault::new(field, value, reason)
}
