use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

use terrace_catalog::{Put, Reason, RecordType, apply_put, parse_id, refs_of};
use terrace_model::{
    Audience, Change, Content, Entry, Fact, Fields, Hash, Key, Lane, Lookup, Range, Reads, Record,
    RecordAct, RecordDeed, RecordKey, Ruling, Say, Seen, State, Value,
};

use crate::{
    Fault, FaultReason, Place, Refusal, assignment, consents,
    figures::{self, Changes},
    reached,
};

/// Fields other than references that records are found by.
const INDEXED: &[(&str, &str)] = &[(assignment::KIND, assignment::STAFF)];

pub(crate) fn needs_put(
    key: &RecordKey,
    given: &Fields,
    put: Put,
    seen: &Seen,
    place: &Place<'_>,
) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Record(key.clone()));
    let Some(of) = place.catalog().record_type(&key.kind) else {
        return reads;
    };
    for (field, target) in references(of, given) {
        if of
            .field(&field)
            .and_then(|field| field.reference())
            .is_some_and(|(_, consent)| consent)
        {
            reads.key(Key::Consent {
                person: target.id.clone(),
                kind: key.kind.clone(),
            });
        }
        reads.key(Key::Record(target));
    }
    if !seen.asked.keys.contains(&Key::Record(key.clone())) {
        return reads;
    }
    let before = seen.record(key);
    let Ok(after) = apply_put(of, before, given, put, place.today) else {
        return reads;
    };
    assignment::needs(key, &after, seen, &mut reads);
    reached::needs(key, [before, Some(&after)], seen, place, &mut reads);
    if reads.clone().beyond(&seen.asked).is_empty() {
        reads.merge(figures::needs_cells(
            &moved(key, before, Some(&after), seen, place),
            place,
        ));
    }
    reads
}

/// Every reference of the given fields, with the field that makes it.
fn references(of: &RecordType, given: &Fields) -> Vec<(String, RecordKey)> {
    let single = |(field, value): (&String, &Value)| {
        let one = Fields::from([(field.clone(), value.clone())]);
        refs_of(of, &one)
            .pop()
            .map(|target| (field.clone(), target))
    };
    given
        .iter()
        .filter_map(single)
        .filter(|(_, target)| !target.id.is_empty())
        .collect()
}

/// Makes or changes a record, and says the figures it moves in the same commit.
pub(crate) fn put(
    key: &RecordKey,
    given: &Fields,
    put: Put,
    actor: &str,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let of = record_type(key, place)?;
    let before = seen.record(key);
    let mut faults: Vec<Fault> = id_fault(key).into_iter().collect();
    let after = match apply_put(of, before, given, put, place.today) {
        Ok(after) => Some(after),
        Err(found) => {
            faults.extend(found.into_iter().map(Fault::from));
            None
        }
    };
    faults.extend(reference_faults(of, key, given, seen));
    let after = after.filter(|_| faults.is_empty());
    let after = after.ok_or(Refusal::Fields(faults))?;
    assignment::check(key, &after, seen)?;
    if before == Some(&after) {
        return Ok(Ruling::default());
    }
    let deed = if put.correct {
        RecordDeed::Correct { at: put.from }
    } else {
        RecordDeed::Put { from: put.from }
    };
    let mut ruling = Ruling::default();
    change(key, of, before, Some(&after), &mut ruling);
    say_home(key, deed, actor, Some(given), &mut ruling);
    figures::say(
        moved(key, before, Some(&after), seen, place),
        seen,
        place,
        &mut ruling,
    );
    Ok(ruling)
}

fn record_type<'a>(key: &RecordKey, place: &Place<'a>) -> Result<&'a RecordType, Refusal> {
    let of = place.catalog().record_type(&key.kind);
    of.ok_or_else(|| Refusal::NoSuchType(key.kind.clone()))
}

/// An id is written as the catalog reads it, so that nothing is found under two
/// names that look alike.
fn id_fault(key: &RecordKey) -> Option<Fault> {
    let reason = match parse_id(&key.id) {
        Ok(id) if id == key.id => return None,
        Ok(_) => Reason::NoId,
        Err(reason) => reason,
    };
    Some(Fault::new("id", &key.id, FaultReason::Value(reason)))
}

/// What is referred to is there, with the consent it needs.
fn reference_faults(of: &RecordType, key: &RecordKey, given: &Fields, seen: &Seen) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (field, target) in references(of, given) {
        if seen.record(&target).is_none() {
            let reason = FaultReason::NoRecord(target.kind);
            faults.push(Fault::new(&field, &target.id, reason));
            continue;
        }
        let reference = of.field(&field).and_then(|field| field.reference());
        let asks_consent = reference.is_some_and(|(_, consent)| consent);
        if asks_consent && seen.consent(&target.id, &key.kind).is_none() {
            let reason = FaultReason::NoConsent {
                person: target.id.clone(),
                kind: key.kind.clone(),
            };
            faults.push(Fault::new(&field, &target.id, reason));
        }
    }
    faults
}

/// The record itself, and the index by which others find it.
fn change(
    key: &RecordKey,
    of: &RecordType,
    before: Option<&Record>,
    after: Option<&Record>,
    ruling: &mut Ruling,
) {
    let old = before
        .map(|record| lookups(key, of, record))
        .unwrap_or_default();
    let new = after
        .map(|record| lookups(key, of, record))
        .unwrap_or_default();
    for gone in old.difference(&new) {
        ruling.changes.push(Change::drop(Key::Lookup(gone.clone())));
    }
    for come in new.difference(&old) {
        ruling
            .changes
            .push(Change::keep(Key::Lookup(come.clone()), Fact::Mark));
    }
    let fact = after.map(|record| Fact::Record(record.clone()));
    ruling.changes.push(Change {
        key: Key::Record(key.clone()),
        fact,
    });
}

/// Every value of an indexed field that the record has or had.
fn lookups(key: &RecordKey, of: &RecordType, record: &Record) -> BTreeSet<Lookup> {
    let indexed = |field: &&terrace_catalog::Field| {
        field.reference().is_some() || INDEXED.contains(&(of.id.as_str(), field.id.as_str()))
    };
    let states = record.states.iter().map(|state: &State| &state.fields);
    let all: Vec<&Fields> = states.chain([&record.fixed]).collect();
    let values = |field: &terrace_catalog::Field| {
        let found = all
            .iter()
            .filter_map(|fields| fields.get(&field.id)?.as_key());
        let lookup = |value: &str| Lookup {
            kind: key.kind.clone(),
            field: field.id.clone(),
            value: value.to_string(),
            id: key.id.clone(),
        };
        found.map(lookup).collect::<Vec<_>>()
    };
    of.fields.iter().filter(indexed).flat_map(values).collect()
}

/// What a change of one record moves: its own cells, and those that several
/// records make together.
fn moved(
    key: &RecordKey,
    before: Option<&Record>,
    after: Option<&Record>,
    seen: &Seen,
    place: &Place<'_>,
) -> Changes {
    let cells = |record: Option<&Record>| -> Changes {
        record
            .map(|record| terrace_rollup::contributions(place.catalog(), key, record))
            .unwrap_or_default()
    };
    let mut changes = terrace_rollup::difference(&cells(before), &cells(after));
    reached::add(key, before, after, seen, place, &mut changes);
    changes
}

fn say_home(
    key: &RecordKey,
    deed: RecordDeed,
    actor: &str,
    given: Option<&Fields>,
    ruling: &mut Ruling,
) {
    let act = RecordAct {
        record: key.clone(),
        deed,
        actor: actor.to_string(),
        content: given.map(|_| Hash::ZERO),
    };
    let mut say = Say::plain(Audience::Home, Lane::Every, Entry::Record(act));
    say.content = given.cloned().map(Content::Fields);
    ruling.says.push(say);
}

/// Types and fields that may refer to a type.
fn referring<'a>(kind: &'a str, place: &Place<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    place.catalog().types.iter().flat_map(move |of| {
        let to_it = of.references().filter(move |(_, target)| *target == kind);
        to_it.map(move |(field, _)| (of.id.as_str(), field.id.as_str()))
    })
}

pub(crate) fn needs_delete(key: &RecordKey, seen: &Seen, place: &Place<'_>) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Record(key.clone()));
    for (kind, field) in referring(&key.kind, place) {
        reads.range(Range::Lookup {
            kind: kind.to_string(),
            field: field.to_string(),
            value: key.id.clone(),
        });
    }
    consents::needs_of(key, place, &mut reads);
    let Some(before) = seen.record(key) else {
        return reads;
    };
    reached::needs(key, [Some(before), None], seen, place, &mut reads);
    if reads.clone().beyond(&seen.asked).is_empty() {
        reads.merge(figures::needs_cells(
            &moved(key, Some(before), None, seen, place),
            place,
        ));
    }
    reads
}

/// Takes a record back from all periods: it should never have been made.
pub(crate) fn delete(
    key: &RecordKey,
    actor: &str,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let of = record_type(key, place)?;
    let before = seen.record(key).ok_or_else(|| Refusal::NoSuchRecord {
        kind: key.kind.clone(),
        id: key.id.clone(),
    })?;
    let mut referring_to_it = BTreeMap::new();
    for (kind, field) in referring(&key.kind, place) {
        let range = Range::Lookup {
            kind: kind.to_string(),
            field: field.to_string(),
            value: key.id.clone(),
        };
        for (at, _) in seen.range(&range) {
            if let Key::Lookup(lookup) = at {
                referring_to_it.insert((lookup.kind.clone(), lookup.id.clone()), ());
            }
        }
    }
    let count = referring_to_it.len();
    if let Some(((kind, id), ())) = referring_to_it.pop_first() {
        return Err(Refusal::Referred { count, kind, id });
    }
    let mut ruling = Ruling::default();
    change(key, of, Some(before), None, &mut ruling);
    consents::drop_of(key, seen, place, &mut ruling);
    say_home(key, RecordDeed::Delete, actor, None, &mut ruling);
    figures::say(
        moved(key, Some(before), None, seen, place),
        seen,
        place,
        &mut ruling,
    );
    Ok(ruling)
}
