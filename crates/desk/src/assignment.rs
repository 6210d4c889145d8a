//! What several records together may not do: more than ten assignments in force
//! of one staff member, two appointments of one person to one seat.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::ToString,
    vec::Vec,
};

use terrace_model::{Date, Key, Range, Reads, Record, RecordKey, Seen, State, Value};

use crate::{Fault, FaultReason, Refusal};

pub(crate) const KIND: &str = "assignment";
pub(crate) const STAFF: &str = "staff";
const APPOINTMENT: &str = "appointment";
const PERSON: &str = "person";

/// "1+10" 联系帮扶: at most ten in force per staff member.
const IN_FORCE: usize = 10;

/// What makes two appointments of one person the same seat.
const SEAT: [&str; 5] = [PERSON, "body", "seat", "level", "term"];

/// What records of a type may share only so often on one day.
struct Bound {
    /// The fields shared. By the first the other records are found; a record
    /// without it is free.
    fields: &'static [&'static str],
    most: usize,
}

fn bound(kind: &str) -> Option<Bound> {
    match kind {
        KIND => Some(Bound {
            fields: &[STAFF],
            most: IN_FORCE,
        }),
        APPOINTMENT => Some(Bound {
            fields: &SEAT,
            most: 1,
        }),
        _ => None,
    }
}

impl Bound {
    fn found_by(&self) -> &'static str {
        self.fields.first().copied().unwrap_or_default()
    }

    /// Where the records are that share something with this one in any state.
    fn ranges(&self, kind: &str, record: &Record) -> BTreeSet<Range> {
        let states = record.states.iter().map(|state| &state.fields);
        let values = states
            .chain([&record.fixed])
            .filter_map(|fields| fields.get(self.found_by())?.as_key());
        values
            .map(|value| Range::Lookup {
                kind: kind.to_string(),
                field: self.found_by().to_string(),
                value: value.to_string(),
            })
            .collect()
    }

    /// The days on which the record is in force, apart by what it shares then.
    fn held<'a>(&self, record: &'a Record) -> Vec<Held<'a>> {
        let until = record.date("until").unwrap_or(Date::MAX);
        let Some(since) = record.date("since") else {
            return Vec::new();
        };
        let ends = record.states.iter().skip(1).map(|next| next.from);
        let ends = ends.map(|from| from.yesterday().unwrap_or(Date::MIN));
        let ends = ends.chain([Date::MAX]);
        let stretch = |(place, (state, end)): (usize, (&'a State, Date))| {
            let value = |field: &&str| {
                record
                    .fixed
                    .get(*field)
                    .or_else(|| state.fields.get(*field))
            };
            let from = if place == 0 { since } else { state.from };
            Held {
                first: since.max(from),
                last: until.min(end),
                shared: self.fields.iter().map(value).collect(),
            }
        };
        let all = record.states.iter().zip(ends).enumerate().map(stretch);
        all.filter(|held| held.first <= held.last && held.holder().is_some())
            .collect()
    }
}

/// Days, both ends included, on which a record shares something.
struct Held<'a> {
    first: Date,
    last: Date,
    shared: Vec<Option<&'a Value>>,
}

impl Held<'_> {
    fn holder(&self) -> Option<&str> {
        self.shared.first().copied().flatten()?.as_key()
    }

    fn has(&self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }

    fn meets(&self, other: &Held<'_>) -> bool {
        self.shared == other.shared && self.first <= other.last && other.first <= self.last
    }

    /// Most of the others that are in force on one of these days.
    fn most_beside(&self, others: &[Held<'_>]) -> usize {
        let met: Vec<&Held<'_>> = others.iter().filter(|other| self.meets(other)).collect();
        let on = |day: Date| met.iter().filter(|other| other.has(day)).count();
        let starts = met.iter().map(|other| other.first.max(self.first));
        starts.map(on).max().unwrap_or(0)
    }
}

/// Asks for the records that the new one must agree with.
pub(crate) fn needs(key: &RecordKey, after: &Record, seen: &Seen, reads: &mut Reads) {
    let Some(bound) = bound(&key.kind) else {
        return;
    };
    for range in bound.ranges(&key.kind, after) {
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

/// Refuses an eleventh assignment, and a seat held twice, on any day.
pub(crate) fn check(key: &RecordKey, after: &Record, seen: &Seen) -> Result<(), Refusal> {
    let Some(bound) = bound(&key.kind) else {
        return Ok(());
    };
    let ranges = bound.ranges(&key.kind, after);
    let found: BTreeMap<&str, &Record> = ranges
        .iter()
        .flat_map(|range| found(range, seen))
        .filter(|(id, _)| *id != key.id)
        .collect();
    let others: Vec<Held<'_>> = found
        .into_values()
        .flat_map(|other| bound.held(other))
        .collect();
    let held = bound.held(after);
    let too_much = held
        .iter()
        .find(|held| held.most_beside(&others) >= bound.most);
    let Some(holder) = too_much.and_then(Held::holder) else {
        return Ok(());
    };
    let reason = if key.kind == APPOINTMENT {
        FaultReason::SeatHeld
    } else {
        FaultReason::Assigned { most: bound.most }
    };
    let fault = Fault::new(bound.found_by(), holder, reason);
    Err(Refusal::Fields(Vec::from([fault])))
}
