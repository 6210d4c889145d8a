//! What clerks type: records of every type of the catalog, mostly right.

use core::time::Duration;

use terrace_catalog::{Field, FieldKind, Presence, RecordType};
use terrace_model::Date;

use super::random::Random;

/// Days before today on which things happened.
const PAST_DAYS: usize = 500;

/// Finds the ids of an office's records of a type.
pub(super) type Ids<'a> = &'a dyn Fn(&str) -> Vec<String>;

/// Fields for a put, as text: all that must be given for a new record, some of
/// any for another.
pub(super) fn fields(
    random: &mut Random,
    of: &RecordType,
    ids: Ids<'_>,
    today: Date,
    is_new: bool,
) -> Vec<(String, String)> {
    let mut given = Vec::new();
    for field in &of.fields {
        let needed = is_new && field.presence == Presence::Required;
        let odds = if is_new { 3 } else { 4 };
        if !needed && !random.one_in(odds) {
            continue;
        }
        if let Some(text) = text(random, field, ids, today) {
            given.push((field.id.clone(), text));
        }
    }
    given
}

/// The text of a field; none where it would refer to a record that is not
/// there, most of the time.
fn text(random: &mut Random, field: &Field, ids: Ids<'_>, today: Date) -> Option<String> {
    if random.one_in(80) {
        return Some("?".to_owned());
    }
    let text = match &field.kind {
        FieldKind::Text { .. } => {
            let names = ["甲", "乙", "丙", "丁"];
            random.pick(&names).copied().unwrap_or("甲").to_owned()
        }
        FieldKind::Code(list) | FieldKind::Codes(list) => {
            let codes = &list.codes[..list.codes.len().min(4)];
            random.pick(codes)?.code.clone()
        }
        FieldKind::Year => format!("{}", random.between(1950, 2000)),
        FieldKind::Date { ahead } => {
            let ahead = *ahead && random.one_in(3);
            day(random, today, ahead).to_string()
        }
        FieldKind::Count => random.below(40).to_string(),
        FieldKind::Amount => format!("{}.{:02}", random.below(90), random.below(100)),
        FieldKind::Ref { of, .. } => {
            if random.one_in(60) {
                return Some("nobody".to_owned());
            }
            random.pick(&ids(of))?.clone()
        }
    };
    Some(text)
}

/// A day before today, or ahead of it.
pub(super) fn day(random: &mut Random, today: Date, ahead: bool) -> Date {
    let days = u64::try_from(random.below(PAST_DAYS)).unwrap_or(0);
    let span = Duration::from_secs(days * 86_400);
    let moved = if ahead {
        today.checked_add(span)
    } else {
        today.checked_sub(span)
    };
    moved.unwrap_or(today)
}
