//! Text that people give, read into checked values.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use terrace_model::{Decimal, Fields, Value, parse_date};
use unicode_normalization::UnicodeNormalization;

use crate::{CodeList, Field, FieldFault, FieldKind, Presence, Reason, RecordType};

/// Most faults that are told of one record. A door bounds what it reads; this
/// bounds what it answers.
pub const MAX_FAULTS: usize = 1_000;

/// Most characters of the id of a record.
pub const MAX_ID_CHARS: usize = 64;

/// Most bytes of a record's id: those of 64 characters, but of rare ones, which
/// have four bytes each.
const MAX_ID_BYTES: usize = 200;

/// The value that clears an optional field: the empty text, which no field
/// holds.
pub const NOT_KEPT: Value = Value::Text(String::new());

/// Most digits of a count.
const COUNT_DIGITS: usize = 12;

/// What stands between the codes of a field that holds several.
const CODE_SEPARATORS: [char; 6] = [',', ';', '|', '，', '；', '、'];

/// Whether a value clears its field.
#[must_use]
pub fn clears(value: &Value) -> bool {
    *value == NOT_KEPT
}

/// Reads the fields of a put, as (field id, text). An empty text clears an
/// optional field: its value is then [`NOT_KEPT`].
///
/// # Errors
/// All faults of the texts, in order, at most [`MAX_FAULTS`].
pub fn parse_fields<'a>(
    of: &RecordType,
    raw: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Fields, Vec<FieldFault>> {
    parse(&of.fields, raw, Blank::Clears)
}

/// Reads the cells of a sheet's row, as (field id, text). An empty cell of a
/// field that may be left out is as if not given.
///
/// # Errors
/// All faults of the texts, in order, at most [`MAX_FAULTS`].
pub fn parse_cells<'a>(
    of: &RecordType,
    raw: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<Fields, Vec<FieldFault>> {
    parse(&of.fields, raw, Blank::NotGiven)
}

/// What an empty text means for a field that may be left out.
#[derive(Clone, Copy)]
pub(crate) enum Blank {
    Clears,
    NotGiven,
}

pub(crate) fn parse<'a>(
    of: &[Field],
    raw: impl Iterator<Item = (&'a str, &'a str)>,
    blank: Blank,
) -> Result<Fields, Vec<FieldFault>> {
    let mut fields = Fields::new();
    let mut seen = BTreeSet::new();
    let mut faults = Vec::new();
    for (id, text) in raw {
        let value = match field_of(of, id) {
            None => Err(Reason::Unknown),
            Some(_) if !seen.insert(id) => Err(Reason::Doubled),
            Some(field) => parse_value(field, text, blank),
        };
        match value {
            Ok(None) => {}
            Ok(Some(value)) => {
                fields.insert(id.into(), value);
            }
            Err(reason) => faults.push(FieldFault::new(id, text, reason)),
        }
        if faults.len() == MAX_FAULTS {
            break;
        }
    }
    if faults.is_empty() {
        Ok(fields)
    } else {
        Err(faults)
    }
}

fn field_of<'a>(of: &'a [Field], id: &str) -> Option<&'a Field> {
    of.iter().find(|field| field.id == id)
}

fn parse_value(field: &Field, text: &str, blank: Blank) -> Result<Option<Value>, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return match (&field.presence, blank) {
            (Presence::Required, _) => Err(Reason::Required),
            (Presence::Optional | Presence::Default(_), Blank::Clears) => Ok(Some(NOT_KEPT)),
            (Presence::Optional | Presence::Default(_), Blank::NotGiven) => Ok(None),
        };
    }
    let value = match &field.kind {
        FieldKind::Text { max_chars } => Value::Text(parse_text(text, *max_chars)?),
        FieldKind::Code(list) => Value::Code(parse_code(list, text)?),
        FieldKind::Codes(list) => parse_codes(list, text)?,
        FieldKind::Year => Value::Year(parse_year(text)?),
        FieldKind::Date { .. } => Value::Date(parse_date(text).map_err(|_| Reason::NoDate)?),
        FieldKind::Count => Value::Count(parse_count(text)?),
        FieldKind::Amount => Value::Amount(parse_amount(text)?),
        FieldKind::Ref { .. } => Value::Ref(parse_id(text)?),
    };
    Ok(Some(value))
}

/// Reads the id of a record: trimmed, one line, 1 to [`MAX_ID_CHARS`]
/// characters, 200 bytes at most.
///
/// # Errors
/// [`Reason::NoId`].
pub fn parse_id(text: &str) -> Result<String, Reason> {
    match parse_text(text.trim(), MAX_ID_CHARS) {
        Ok(id) if (1..=MAX_ID_BYTES).contains(&id.len()) => Ok(id),
        Ok(_) | Err(_) => Err(Reason::NoId),
    }
}

/// Text in normal form C, so that the same name typed on two machines is the
/// same name.
fn parse_text(text: &str, max_chars: usize) -> Result<String, Reason> {
    if text.chars().any(does_not_show) {
        return Err(Reason::Control);
    }
    let text: String = text.nfc().collect();
    if text.chars().count() > max_chars {
        return Err(Reason::TooLong { max_chars });
    }
    Ok(text)
}

/// Control characters, line and paragraph separators, and the marks that turn
/// the direction of writing: a name that holds one reads otherwise than it is.
#[must_use]
pub fn does_not_show(symbol: char) -> bool {
    let turns = matches!(symbol, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    symbol.is_control() || turns || matches!(symbol, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

fn parse_code(list: &CodeList, text: &str) -> Result<String, Reason> {
    if list.has(text) {
        Ok(text.into())
    } else {
        Err(no_code(list))
    }
}

fn no_code(list: &CodeList) -> Reason {
    Reason::NoCode {
        allowed: list.codes.iter().map(|entry| entry.code.clone()).collect(),
    }
}

fn parse_codes(list: &CodeList, text: &str) -> Result<Value, Reason> {
    let codes = text.split(CODE_SEPARATORS).map(str::trim);
    let codes = codes.filter(|code| !code.is_empty());
    let codes: BTreeSet<String> = codes
        .map(|code| parse_code(list, code))
        .collect::<Result<_, _>>()?;
    if codes.is_empty() {
        return Err(no_code(list));
    }
    Ok(Value::Codes(codes.into_iter().collect()))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_year(text: &str) -> Result<i16, Reason> {
    let year = text.parse().ok().filter(|year| *year >= 1000);
    if text.len() != 4 || !is_digits(text) {
        return Err(Reason::NoYear);
    }
    year.ok_or(Reason::NoYear)
}

fn parse_count(text: &str) -> Result<u64, Reason> {
    let negative = text
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && is_digits(rest));
    if negative {
        return Err(Reason::Negative);
    }
    if !is_digits(text) {
        return Err(Reason::NoCount);
    }
    let digits = text.trim_start_matches('0');
    if digits.len() > COUNT_DIGITS {
        return Err(Reason::NoCount);
    }
    if digits.is_empty() {
        Ok(0)
    } else {
        digits.parse().map_err(|_| Reason::NoCount)
    }
}

fn parse_amount(text: &str) -> Result<Decimal, Reason> {
    let amount: Decimal = text.parse().map_err(Reason::NoAmount)?;
    if amount.is_negative() {
        Err(Reason::Negative)
    } else {
        Ok(amount)
    }
}

/// A value as it is written in files and on the command line; read back it is
/// the same value.
#[must_use]
pub fn text_of(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Code(text) | Value::Ref(text) => text.clone(),
        Value::Codes(codes) => codes.join(","),
        Value::Date(date) => date.to_string(),
        Value::Year(year) => year.to_string(),
        Value::Count(count) => count.to_string(),
        Value::Amount(amount) => amount.to_string(),
    }
}

/// Whether values that did not come from [`parse_fields`] are such as it gives.
pub(crate) fn misfits(of: &[Field], given: &Fields) -> Vec<FieldFault> {
    let misfit = |(id, value): (&String, &Value)| {
        let reason = match field_of(of, id) {
            None => Reason::Unknown,
            Some(field) => fits(field, value).err()?,
        };
        Some(FieldFault::new(id, &text_of(value), reason))
    };
    given.iter().filter_map(misfit).take(MAX_FAULTS).collect()
}

fn fits(field: &Field, value: &Value) -> Result<(), Reason> {
    if clears(value) {
        return parse_value(field, "", Blank::Clears).map(|_| ());
    }
    let read = parse_value(field, &text_of(value), Blank::Clears)?;
    if read.as_ref() == Some(value) {
        Ok(())
    } else {
        Err(Reason::OtherKind)
    }
}

#[cfg(test)]
mod tests;
