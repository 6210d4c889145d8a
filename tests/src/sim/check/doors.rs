//! What a door answers is so: done is durable, and a refusal left nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::{Result, bail, ensure};
use terrace_catalog::apply_put;
use terrace_desk::{Book, Mark, Request};
use terrace_model::{Date, Fact, Key, NoticeKey, OfficeId, Record, RecordKey};
use terrace_node::machine::{Answer, Sheet};

use super::mirror::Mirror;
use crate::sim::asked::Asked;

/// Each office's records, as the answers say.
#[derive(Debug)]
pub(super) struct Doors {
    book: Arc<Book>,
    records: BTreeMap<OfficeId, BTreeMap<RecordKey, Record>>,
}

impl Doors {
    pub(super) const fn new(book: Arc<Book>) -> Self {
        Self {
            book,
            records: BTreeMap::new(),
        }
    }

    /// An office is down: what was asked and not answered may have happened.
    pub(super) fn crashes(&mut self, office: OfficeId, mirror: &Mirror) {
        let records = mirror.records();
        let records = records.map(|(key, record)| (key.clone(), record.clone()));
        self.records.insert(office, records.collect());
    }

    /// The answers that follow from one commit, in order, on the day of the
    /// commit.
    pub(super) fn answers(
        &mut self,
        office: OfficeId,
        today: Date,
        answers: &[(Asked, Answer)],
        mirror: &Mirror,
    ) -> Result<()> {
        let mut touched = BTreeSet::new();
        let mut later = Vec::new();
        for (asked, answer) in answers {
            match (asked, answer) {
                (Asked::Request(request), Answer::Done { .. }) => {
                    self.is_done(office, today, request, (&mut touched, &mut later))?;
                }
                (Asked::Request(request), Answer::Refused(_)) => {
                    if let Request::Put { key, .. } | Request::Delete { key, .. } = request {
                        touched.insert(key.clone());
                    }
                }
                (Asked::Sheet(sheet), Answer::Sheet(kept)) => {
                    let nothing = kept.changed == 0 || sheet.dry_run;
                    self.sheet(office, sheet, nothing, mirror, &mut touched)?;
                }
                (_, _) => bail!("{} was answered with {answer:?}", asked.shown()),
            }
        }
        let records = self.records.entry(office).or_default();
        for request in later {
            ensure!(
                has_effect(office, request, mirror, records),
                "it was answered as done and is not durable: {request:?}"
            );
        }
        for key in touched {
            let (found, due) = (mirror.record(&key), records.get(&key));
            ensure!(
                found == due,
                "after its answers {} {} is {found:?}, and should be {due:?}",
                key.kind,
                key.id
            );
        }
        Ok(())
    }

    fn is_done<'a>(
        &mut self,
        office: OfficeId,
        today: Date,
        request: &'a Request,
        (touched, later): (&mut BTreeSet<RecordKey>, &mut Vec<&'a Request>),
    ) -> Result<()> {
        let records = self.records.entry(office).or_default();
        match request {
            Request::Put {
                key, given, put, ..
            } => {
                let Some(of) = self.book.catalog.record_type(&key.kind) else {
                    bail!("a record of no type was put");
                };
                match apply_put(of, records.get(key), given, *put, today) {
                    Ok(record) => records.insert(key.clone(), record),
                    Err(faults) => bail!("a put was done that has faults: {faults:?}"),
                };
                touched.insert(key.clone());
            }
            Request::Delete { key, .. } => {
                records.remove(key);
                touched.insert(key.clone());
            }
            Request::Consent { .. }
            | Request::Submit { .. }
            | Request::Act { .. }
            | Request::Publish { .. }
            | Request::Mark { .. }
            | Request::Invite { .. }
            | Request::Enrol { .. }
            | Request::OpenEpoch(_)
            | Request::NewDay
            | Request::Health(_) => later.push(request),
        }
        Ok(())
    }

    /// A sheet that kept nothing changed nothing; of one that kept something
    /// every record is there.
    fn sheet(
        &mut self,
        office: OfficeId,
        sheet: &Sheet,
        nothing: bool,
        mirror: &Mirror,
        touched: &mut BTreeSet<RecordKey>,
    ) -> Result<()> {
        let records = self.records.entry(office).or_default();
        let keys: BTreeSet<&RecordKey> = sheet.rows.iter().map(|row| &row.key).collect();
        for key in keys {
            if !nothing {
                let Some(record) = mirror.record(key) else {
                    ensure!(
                        sheet.keep_good,
                        "an imported {} {} is not there",
                        key.kind,
                        key.id
                    );
                    continue;
                };
                records.insert(key.clone(), record.clone());
            }
            touched.insert(key.clone());
        }
        Ok(())
    }
}

/// Whether what was done is durable, for all that is no record.
fn has_effect(
    office: OfficeId,
    request: &Request,
    mirror: &Mirror,
    records: &BTreeMap<RecordKey, Record>,
) -> bool {
    match request {
        Request::Consent { consent, .. } => {
            let key = Key::Consent {
                person: consent.person.clone(),
                kind: consent.kind.clone(),
            };
            // In the same commit a later one may have taken its place, or the
            // person may have been deleted.
            let person = RecordKey::new("person", &consent.person);
            mirror.get(&key).is_some() || !records.contains_key(&person)
        }
        Request::Submit { id, .. } => mirror.get(&Key::Submission(*id)).is_some(),
        Request::Act { id, action, .. } => match mirror.get(&Key::Submission(*id)) {
            Some(Fact::Submission(submission)) => submission
                .steps
                .iter()
                .any(|step| step.by == office && step.action == action.as_str()),
            Some(_) | None => false,
        },
        Request::Publish { id, .. } => {
            let (id, issuer) = (*id, office);
            mirror.get(&Key::Notice(NoticeKey { id, issuer })).is_some()
        }
        Request::Mark { notice, mark } => {
            let notice = *notice;
            let key = Key::Receipt { notice, office };
            match (mirror.get(&key), mark) {
                (Some(Fact::Receipt(said)), Mark::Read) => said.value.read.is_some(),
                (Some(Fact::Receipt(said)), Mark::Acknowledged) => {
                    said.value.acknowledged.is_some()
                }
                (Some(_) | None, _) => false,
            }
        }
        Request::Invite { office, .. } => mirror.get(&Key::Office(office.id)).is_some(),
        Request::Enrol { office, key, .. } => match mirror.get(&Key::Office(*office)) {
            Some(Fact::Office(office)) => office.key == Some(*key),
            Some(_) | None => false,
        },
        Request::Put { .. }
        | Request::Delete { .. }
        | Request::OpenEpoch(_)
        | Request::NewDay
        | Request::Health(_) => true,
    }
}
