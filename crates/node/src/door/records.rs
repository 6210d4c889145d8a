use terrace_catalog::{FieldFault, Lang, Put, Reason, RecordType, parse_fields, parse_id};
use terrace_desk::{Book, Request};
use terrace_model::{Date, Fact, Fields, Key, Range, Record, RecordKey, State};
use terrace_store::Read;
use terrace_wire::Refusal;

use super::{Door, Kept, desk, refused, usage};
use crate::reads::{
    Page, page_rows,
    records::{RecordRow, record, records},
};

/// Name of the record's id among the fields given.
const ID: &str = "id";

/// A record as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRecord {
    /// Type id of the catalog.
    pub kind: String,
    /// Field ids with their text; `id` names the record, which else gets one.
    pub fields: Vec<(String, String)>,
    /// First day of the change, or a day of the state to correct.
    pub from: Option<Date>,
    /// Replaces the state in force over its whole span.
    pub correct: bool,
}

pub(super) fn record_type<'a>(
    book: &'a Book,
    kind: &str,
    lang: Lang,
) -> Result<&'a RecordType, Refusal> {
    let of = book.catalog.record_type(kind);
    of.ok_or_else(|| refused::no_type(kind, lang))
}

impl<R: Read> Door<R> {
    /// Keeps a record, or changes it from a day on. A change that a later state
    /// of the record hides today is told.
    ///
    /// # Errors
    /// Why not.
    pub async fn put_record(&self, actor: &str, new: NewRecord) -> Result<Kept<String>, Refusal> {
        let of = record_type(self.book(), &new.kind, self.lang)?;
        let parsed = parse(of, &new.fields);
        let (id, given) = parsed.map_err(|faults| refused::fields(&faults, self.lang))?;
        let id = id.unwrap_or_else(|| format!("{:016x}", self.random_id()));
        let key = RecordKey::new(&new.kind, &id);
        let request = Request::Put {
            key: key.clone(),
            given: given.clone(),
            put: Put {
                from: new.from,
                correct: new.correct,
            },
            actor: actor.to_owned(),
        };
        self.ask(request).await?;
        let hiding = match new.from {
            Some(from) => self.hiding(key, given, from).await?,
            None => None,
        };
        let warnings = hiding.map(|later| hidden(later, self.lang));
        Ok(Kept {
            id,
            warnings: warnings.into_iter().collect(),
        })
    }

    /// First day of the state that shows today, where it began after a day and
    /// says something else than what was given from that day on.
    async fn hiding(
        &self,
        key: RecordKey,
        given: Fields,
        from: Date,
    ) -> Result<Option<Date>, Refusal> {
        let today = self.inner.office.moment().today;
        let found = self.look(move |reader, here| {
            let (of, fact) = (
                here.book.catalog.record_type(&key.kind),
                reader.get(&Key::Record(key.clone()))?,
            );
            let (Some(of), Some(Fact::Record(record))) = (of, fact) else {
                return Ok(None);
            };
            let shown = record.state_at(today).filter(|state| state.from > from);
            let differs = |shown: &State| {
                of.fields
                    .iter()
                    .filter(|field| field.kept == terrace_catalog::Kept::State)
                    .filter_map(|field| Some((given.get(&field.id)?, shown.fields.get(&field.id))))
                    .any(|(given, shown)| shown != Some(given))
            };
            Ok(shown.filter(|shown| differs(shown)).map(|shown| shown.from))
        });
        found.await
    }

    /// One record as it stands today.
    ///
    /// # Errors
    /// There is no such type or record, or the office failed.
    pub async fn record(&self, kind: &str, id: &str) -> Result<RecordRow, Refusal> {
        let key = self.key(kind, id)?;
        let today = self.inner.office.moment().today;
        let asked = key.clone();
        let found = self.look(move |reader, here| {
            let of = here.book.catalog.record_type(&asked.kind);
            of.map_or(Ok(None), |of| record(reader, of, &asked.id, today))
        });
        let RecordKey { kind, id } = key;
        let none = || desk(&terrace_desk::Refusal::NoSuchRecord { kind, id }, self.lang);
        found.await?.ok_or_else(none)
    }

    /// All that the office keeps, each record with its states: for an
    /// independent count within this process. No protocol offers it.
    ///
    /// # Errors
    /// The office failed.
    pub async fn whole_records(&self) -> Result<Vec<(RecordKey, Record)>, Refusal> {
        let found = self.look(|reader, here| {
            let mut all = Vec::new();
            for of in &here.book.catalog.types {
                let range = Range::Records(of.id.clone());
                for (key, fact) in reader.range(&range, None, usize::MAX)? {
                    if let (Key::Record(key), Fact::Record(record)) = (key, fact) {
                        all.push((key, record));
                    }
                }
            }
            Ok(all)
        });
        found.await
    }

    /// Records of a type as they stand today, in the order of their ids, after
    /// an id.
    ///
    /// # Errors
    /// There is no such type, or the office failed.
    pub async fn records(
        &self,
        kind: &str,
        after: Option<String>,
        limit: u32,
    ) -> Result<Page<RecordRow, String>, Refusal> {
        record_type(self.book(), kind, self.lang)?;
        let today = self.inner.office.moment().today;
        let kind = kind.to_owned();
        let found = self.look(move |reader, here| {
            let Some(of) = here.book.catalog.record_type(&kind) else {
                return Ok(None);
            };
            records(reader, of, after.as_deref(), page_rows(limit), today).map(Some)
        });
        let page = found.await?;
        Ok(page.unwrap_or(Page {
            rows: Vec::new(),
            next: None,
        }))
    }

    /// Takes back a record that should never have been kept.
    ///
    /// # Errors
    /// There is no such type or record, or others refer to it.
    pub async fn delete_record(&self, actor: &str, kind: &str, id: &str) -> Result<(), Refusal> {
        let request = Request::Delete {
            key: self.key(kind, id)?,
            actor: actor.to_owned(),
        };
        self.ask(request).await
    }

    fn key(&self, kind: &str, id: &str) -> Result<RecordKey, Refusal> {
        record_type(self.book(), kind, self.lang)?;
        let id =
            parse_id(id).map_err(|reason| usage(format!("{ID}: {}", reason.text(self.lang))))?;
        Ok(RecordKey::new(kind, &id))
    }
}

fn hidden(later: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("记录另有自 {later} 起的状态，今天仍以它为准；本次所填只在此前有效"),
        Lang::En => format!(
            "a later state, from {later}, stays what the record shows today; what was put holds \
             before that day alone"
        ),
    }
}

/// The record's id, where one is given, and its fields.
fn parse(
    of: &RecordType,
    fields: &[(String, String)],
) -> Result<(Option<String>, Fields), Vec<FieldFault>> {
    let (ids, rest): (Vec<_>, Vec<_>) = fields.iter().partition(|(field, _)| field == ID);
    let mut faults = Vec::new();
    let mut id = None;
    for (_, text) in ids {
        match parse_id(text) {
            Ok(_) if id.is_some() => faults.push(FieldFault::new(ID, text, Reason::Doubled)),
            Ok(given) => id = Some(given),
            Err(reason) => faults.push(FieldFault::new(ID, text, reason)),
        }
    }
    let typed = rest
        .iter()
        .map(|(field, text)| (field.as_str(), text.as_str()));
    match parse_fields(of, typed) {
        Ok(given) if faults.is_empty() => Ok((id, given)),
        Ok(_) => Err(faults),
        Err(of_fields) => {
            faults.extend(of_fields);
            Err(faults)
        }
    }
}
