//! What travels of the record that a submission names: the fields that its
//! workflow lists, and nothing else.

use alloc::{format, string::String};

use terrace_catalog::{Carried, Workflow};
use terrace_model::{Fields, Key, Reads, Record, RecordKey, Seen, Value};

use crate::Place;

/// The records that a field of the subject's record refers to.
fn referred(kind: &str, record: &Record, reference: &str, place: &Place<'_>) -> Option<RecordKey> {
    let field = place.catalog().record_type(kind)?.field(reference)?;
    let (of, _) = field.reference()?;
    match record.newest(reference)? {
        Value::Ref(id) => Some(RecordKey::new(of, id)),
        Value::Text(_)
        | Value::Code(_)
        | Value::Codes(_)
        | Value::Date(_)
        | Value::Year(_)
        | Value::Count(_)
        | Value::Amount(_) => None,
    }
}

/// Asks for the records whose fields travel beside the subject's own.
pub(crate) fn needs(
    workflow: &Workflow,
    subject: &RecordKey,
    seen: &Seen,
    place: &Place<'_>,
    reads: &mut Reads,
) {
    let Some(record) = seen.record(subject) else {
        return;
    };
    for carried in &workflow.travels {
        match carried {
            Carried::Own(_) => {}
            Carried::Of { reference, .. } => {
                if let Some(key) = referred(&subject.kind, record, reference, place) {
                    reads.key(Key::Record(key));
                }
            }
        }
    }
}

/// The fields that travel, as they are today. A field of another record is
/// named `reference.field`.
pub(crate) fn travels(
    workflow: &Workflow,
    kind: &str,
    record: &Record,
    seen: &Seen,
    place: &Place<'_>,
) -> Fields {
    let carry = |carried: &Carried| -> Option<(String, Value)> {
        match carried {
            Carried::Own(field) => {
                Some((field.clone(), record.value_at(field, place.today)?.clone()))
            }
            Carried::Of { reference, field } => {
                let other = seen.record(&referred(kind, record, reference, place)?)?;
                let value = other.value_at(field, place.today)?.clone();
                Some((format!("{reference}.{field}"), value))
            }
        }
    };
    workflow.travels.iter().filter_map(carry).collect()
}
