//! A record as results show it.

use serde::Serialize;
use terrace_catalog::{Field, Lang, RecordType, shipped};
use terrace_wire::proto;

use crate::answer::{Fields, Value};
use crate::failure::Failure;
use crate::output::Column;
use crate::words;

/// A record as it stands.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Type id.
    #[serde(rename = "type")]
    pub(crate) of: String,
    pub(crate) id: String,
    pub(crate) fields: Fields,
}

impl Row {
    /// A record as messages hold it.
    pub(crate) fn from_proto(row: proto::RecordRow) -> Self {
        Self {
            of: row.r#type,
            id: row.id,
            fields: Fields::from_shown(row.fields),
        }
    }
}

/// What one type's records are called, for people.
pub(crate) struct Labels {
    known: Option<RecordType>,
    lang: Lang,
}

impl Labels {
    /// Of a type of the shipped catalog; of any other the ids are all there is.
    pub(crate) fn of(id: &str, lang: Lang) -> Self {
        Self {
            known: shipped().record_type(id).cloned(),
            lang,
        }
    }

    fn field(&self, id: &str) -> Option<&Field> {
        self.known.as_ref()?.field(id)
    }

    /// What a field is called.
    pub(crate) fn heading(&self, id: &str) -> String {
        let known = self.field(id);
        known
            .map_or(id, |field| field.label.get(self.lang))
            .to_owned()
    }

    /// A value with its codes by what they are called.
    pub(crate) fn value(&self, id: &str, value: &Value) -> String {
        let list = self.field(id).and_then(Field::list);
        let called = |code: &str| {
            let label = list.and_then(|list| list.label(code));
            label.map_or(code, |label| label.get(self.lang)).to_owned()
        };
        match value {
            Value::Text(text) => called(text),
            Value::Codes(codes) => {
                let called: Vec<_> = codes.iter().map(|code| called(code)).collect();
                called.join(", ")
            }
        }
    }
}

/// The columns of a type's records: those of the shipped catalog in its order,
/// or what the first record has.
pub(crate) struct Columns {
    ids: Vec<String>,
}

impl Columns {
    /// The columns of a type.
    pub(crate) fn of(id: &str, first: Option<&Row>) -> Self {
        let catalog = shipped();
        let known = catalog.record_type(id);
        let ids = match (known, first) {
            (Some(of), _) => of.fields.iter().map(|field| field.id.clone()).collect(),
            (None, Some(row)) => row.fields.0.iter().map(|(key, _)| key.clone()).collect(),
            (None, None) => Vec::new(),
        };
        Self { ids }
    }

    /// That every field of a record has its column: none is ever left out
    /// silently.
    ///
    /// # Errors
    /// A fault that names the field.
    pub(crate) fn hold(&self, row: &Row) -> Result<(), Failure> {
        let has = |id: &String| self.ids.iter().any(|known| known == id);
        match row.fields.0.iter().find(|(id, _)| !has(id)) {
            None => Ok(()),
            Some((id, _)) => Err(Failure::Fault(anyhow::anyhow!(
                "the office's catalog has a field `{id}` that this program does not know; \
                 use --format json"
            ))),
        }
    }

    /// As tables and CSV show them.
    pub(crate) fn columns(&self, of: &str, lang: Lang) -> Vec<Column<Row>> {
        let id = Column::new("id", words::ID.get(lang), |row: &Row| row.id.clone());
        let fields = self.ids.iter().map(|id| field_column(id, of, lang));
        std::iter::once(id.always()).chain(fields).collect()
    }
}

fn field_column(id: &str, of: &str, lang: Lang) -> Column<Row> {
    let labels = Labels::of(of, lang);
    let (raw_id, shown_id) = (id.to_owned(), id.to_owned());
    let value = |row: &Row, id: &str| row.fields.get(id).cloned();
    Column::new(id, labels.heading(id), move |row: &Row| {
        value(row, &raw_id)
            .map(|value| value.text())
            .unwrap_or_default()
    })
    .shown(move |row| {
        let value = value(row, &shown_id);
        value
            .map(|value| labels.value(&shown_id, &value))
            .unwrap_or_default()
    })
}
