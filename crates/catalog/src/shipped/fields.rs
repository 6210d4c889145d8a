//! Short ways to write fields.

use alloc::sync::Arc;

use terrace_model::Value;

use crate::{CodeList, Field, FieldKind};

pub(super) fn text(id: &str, zh: &str, en: &str, max_chars: usize) -> Field {
    Field::new(id, zh, en, FieldKind::Text { max_chars })
}

pub(super) fn one_of(id: &str, zh: &str, en: &str, list: &Arc<CodeList>) -> Field {
    Field::new(id, zh, en, FieldKind::Code(Arc::clone(list)))
}

/// A day on which something happened.
pub(super) fn day(id: &str, zh: &str, en: &str) -> Field {
    Field::new(id, zh, en, FieldKind::Date { ahead: false })
}

/// A day on which a term begins or ends.
pub(super) fn term_day(id: &str, zh: &str, en: &str) -> Field {
    Field::new(id, zh, en, FieldKind::Date { ahead: true })
}

pub(super) fn count(id: &str, zh: &str, en: &str) -> Field {
    Field::new(id, zh, en, FieldKind::Count)
}

/// A reference to a record of the type that the field is named after.
pub(super) fn refers(id: &str, zh: &str, en: &str) -> Field {
    let kind = FieldKind::Ref {
        of: id.into(),
        consent: false,
    };
    Field::new(id, zh, en, kind)
}

pub(super) fn code(code: &str) -> Value {
    Value::Code(code.into())
}
