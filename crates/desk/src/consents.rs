//! Consents of persons: on paper in the office, on file here. They stay home.

use alloc::{collections::BTreeSet, string::ToString, vec::Vec};

use terrace_catalog::{Reason, RecordType};
use terrace_model::{
    Audience, Change, Consent, Content, Entry, Fact, Hash, Key, Lane, Reads, RecordKey, Ruling,
    Say, Seen,
};

use crate::{Fault, FaultReason, Place, Refusal};

const PERSON: &str = "person";

const DOCUMENT_CHARS: usize = 200;

/// What a person can be asked to consent to: kinds of submission, and types of
/// record that name a person only with consent.
fn kinds<'a>(place: &Place<'a>) -> BTreeSet<&'a str> {
    let asks = |of: &&RecordType| {
        let mut fields = of.fields.iter();
        fields.any(|field| field.reference().is_some_and(|(_, consent)| consent))
    };
    let catalog = place.catalog();
    let types = catalog.types.iter().filter(asks).map(|of| of.id.as_str());
    let workflows = catalog.workflows.iter().map(|of| of.id.as_str());
    types.chain(workflows).collect()
}

fn key(person: &str, kind: &str) -> Key {
    Key::Consent {
        person: person.to_string(),
        kind: kind.to_string(),
    }
}

fn keys_of(record: &RecordKey, place: &Place<'_>) -> Vec<Key> {
    if record.kind != PERSON {
        return Vec::new();
    }
    let of_person = |kind| key(&record.id, kind);
    kinds(place).into_iter().map(of_person).collect()
}

/// Asks for all consents of a person.
pub(crate) fn needs_of(record: &RecordKey, place: &Place<'_>, reads: &mut Reads) {
    reads.keys.extend(keys_of(record, place));
}

/// Takes a person's consents from the file with the person: another person may
/// get the same id one day.
pub(crate) fn drop_of(record: &RecordKey, seen: &Seen, place: &Place<'_>, ruling: &mut Ruling) {
    let held = keys_of(record, place).into_iter();
    let held = held.filter(|key| seen.get(key).is_some());
    ruling.changes.extend(held.map(Change::drop));
}

pub(crate) fn needs(consent: &Consent) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Record(RecordKey::new(PERSON, &consent.person)));
    reads.key(key(&consent.person, &consent.kind));
    reads
}

/// Puts a person's consent on file.
pub(crate) fn consent(
    consent: &Consent,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let record = RecordKey::new(PERSON, &consent.person);
    if seen.record(&record).is_none() {
        return Err(Refusal::NoSuchRecord {
            kind: record.kind,
            id: record.id,
        });
    }
    if !kinds(place).contains(consent.kind.as_str()) {
        return Err(Refusal::NoSuchWorkflow(consent.kind.clone()));
    }
    let faults = faults(consent, place);
    if !faults.is_empty() {
        return Err(Refusal::Fields(faults));
    }
    if seen.consent(&consent.person, &consent.kind) == Some(consent) {
        return Ok(Ruling::default());
    }
    let mut say = Say::plain(Audience::Home, Lane::Every, Entry::Consent(Hash::ZERO));
    say.content = Some(Content::Consent(consent.clone()));
    let key = key(&consent.person, &consent.kind);
    Ok(Ruling {
        changes: Vec::from([Change::keep(key, Fact::Consent(consent.clone()))]),
        says: Vec::from([say]),
    })
}

fn faults(consent: &Consent, place: &Place<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    if consent.on > place.today {
        let reason = FaultReason::Value(Reason::Ahead { today: place.today });
        faults.push(Fault::new("on", &consent.on.to_string(), reason));
    }
    let chars = consent.document.chars().count();
    if consent.document.trim().is_empty() || chars > DOCUMENT_CHARS {
        let max_chars = DOCUMENT_CHARS;
        let reason = FaultReason::Document { max_chars };
        faults.push(Fault::new("document", &consent.document, reason));
    }
    faults
}
