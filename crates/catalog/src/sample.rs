//! Short ways to write records in tests.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use terrace_model::{Date, Fields, Record, parse_date};

use crate::{FieldFault, Put, RecordType, apply_put, parse_fields, shipped};

pub(crate) fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

pub(crate) fn of(id: &str) -> RecordType {
    shipped().record_type(id).unwrap().clone()
}

/// `k=v` separated by blanks, read as a put's fields.
pub(crate) fn given(of: &RecordType, text: &str) -> Fields {
    let pairs = text.split(' ').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap());
    parse_fields(of, pairs).unwrap()
}

/// A put on a day, as the command line writes it.
pub(crate) fn put_on(
    today: &str,
    of: &RecordType,
    existing: Option<&Record>,
    text: &str,
    how: Put,
) -> Result<Record, Vec<FieldFault>> {
    apply_put(of, existing, &given(of, text), how, day(today))
}

/// Field and reason of each fault.
pub(crate) fn told(faults: Result<impl Sized, Vec<FieldFault>>) -> Vec<String> {
    let faults = faults.err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}
