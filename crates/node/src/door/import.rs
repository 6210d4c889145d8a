use std::sync::Arc;

use terrace_catalog::Lang;
use terrace_sheets::{Faults, SheetLimits, sift_csv};
use terrace_store::Read;
use terrace_wire::{Refusal, RowFault};
use tokio::sync::OwnedSemaphorePermit;

use super::{Door, broken, either, records::record_type, refused, stopped};
use crate::machine::{Kept, MOST_FAULTS, Sheet, SheetRow};
use crate::office::Stopped;

/// Form of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8.
    Csv,
    /// A workbook; not taken yet.
    Xlsx,
}

/// What is imported, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Type id of the records.
    pub kind: String,
    /// Form of the sheet.
    pub form: Form,
    /// Keeps the good rows of a sheet that has bad ones.
    pub keep_good: bool,
    /// Keeps nothing, only checks.
    pub dry_run: bool,
}

/// What became of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows that this office holds by it, whether they changed anything or not;
    /// without keeping, those that it would.
    pub kept: u64,
    /// Of those, rows that changed nothing.
    pub unchanged: u64,
    /// What is wrong, by line; 1,000 at most.
    pub faults: Vec<RowFault>,
    /// How many faults there are beyond those.
    pub more: u64,
}

/// A sheet on its way in. While there is one, others wait.
pub struct Import<R> {
    door: Door<R>,
    actor: String,
    start: Start,
    content: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl<R: Read> Door<R> {
    /// Begins to take a sheet of records.
    ///
    /// # Errors
    /// There is no such type, or the form is not taken.
    pub async fn import(&self, actor: &str, start: Start) -> Result<Import<R>, Refusal> {
        record_type(self.book(), &start.kind, self.lang)?;
        if start.form == Form::Xlsx {
            let text = either(self.lang, "还不能导入工作簿", "workbooks are not taken yet");
            let todo = either(
                self.lang,
                "另存为“CSV UTF-8”后导入",
                "save the sheet as \"CSV UTF-8\" and import that",
            );
            return Err(refused::content(text, todo));
        }
        let permit = Arc::clone(&self.inner.sheets).acquire_owned().await;
        Ok(Import {
            door: self.clone(),
            actor: actor.to_owned(),
            start,
            content: Vec::new(),
            _permit: permit.map_err(|_closed| stopped(Stopped::InOrder, self.lang))?,
        })
    }
}

impl<R: Read> Import<R> {
    /// Takes the next bytes of the file. False: it is larger than any that is
    /// taken, and the rest need not come.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let most = self.door.inner.setup.sheets.max_bytes;
        // One byte more than is taken tells that the file is too large.
        let room = most.saturating_add(1).saturating_sub(self.content.len());
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.content.extend_from_slice(taken);
        self.content.len() <= most
    }

    /// The file is there: checks it whole, and keeps it or says what is wrong.
    ///
    /// # Errors
    /// The office failed. Bad rows are no error but the answer.
    pub async fn finish(self) -> Result<Imported, Refusal> {
        let Self {
            door,
            actor,
            start,
            content,
            _permit: permit,
        } = self;
        let limits = door.inner.setup.sheets;
        let book = Arc::clone(door.book());
        let kind = start.kind.clone();
        let lang = door.lang;
        let read = tokio::task::spawn_blocking(move || {
            let of = record_type(&book, &kind, lang)?;
            Ok(sift(&content, of, &limits))
        });
        let Sifted {
            rows,
            absent,
            faults,
        } = read
            .await
            .map_err(|_panicked| broken("a sheet broke down", lang))??;
        let is_refused = !faults.is_empty() && !start.keep_good;
        let sheet = Sheet {
            rows,
            absent,
            actor,
            keep_good: start.keep_good || is_refused,
            // Of a sheet that is refused, the rows that can be read are checked
            // too: whoever corrects it is told everything at once.
            dry_run: start.dry_run || is_refused,
        };
        let kept = door.take_sheet(sheet).await?;
        drop(permit);
        Ok(imported(&faults, kept, is_refused, lang))
    }
}

/// What is told of a sheet: what the file itself showed, and what the office
/// found.
fn imported(of_file: &Faults, kept: Kept, is_refused: bool, lang: Lang) -> Imported {
    let of_sheet = |fault: &terrace_sheets::RowFault| refused::sheet_fault(fault, lang);
    let mut faults: Vec<RowFault> = of_file.told.iter().map(of_sheet).collect();
    for field in &kept.absent {
        let absent = terrace_sheets::RowFault::of_absent(field);
        if !of_file.told.contains(&absent) {
            faults.push(of_sheet(&absent));
        }
    }
    let of_rows = kept.faults.iter();
    faults.extend(of_rows.map(|fault| refused::desk_fault(fault.line, &fault.fault, lang)));
    faults.sort_by_key(|fault| fault.line);
    let beyond = faults.len().saturating_sub(MOST_FAULTS);
    faults.truncate(MOST_FAULTS);
    let more = of_file.more + kept.more + beyond as u64;
    let (changed, unchanged) = if is_refused {
        (0, 0)
    } else {
        (kept.changed, kept.unchanged)
    };
    Imported {
        kept: changed + unchanged,
        unchanged,
        faults,
        more,
    }
}

/// A sheet as the file shows it.
struct Sifted {
    /// The rows that can be read.
    rows: Vec<SheetRow>,
    /// Required fields without a column.
    absent: Vec<String>,
    /// What is wrong with the other rows, or with all.
    faults: Faults,
}

fn sift(content: &[u8], of: &terrace_catalog::RecordType, limits: &SheetLimits) -> Sifted {
    let sifted = sift_csv(content, of, limits);
    let rows = sifted.sheet.iter().flat_map(|sheet| sheet.rows());
    let rows = rows.map(|row| SheetRow {
        line: row.line,
        key: row.key,
        given: row.fields,
    });
    let absent = sifted.sheet.iter().flat_map(|sheet| sheet.absent());
    Sifted {
        rows: rows.collect(),
        absent: absent.map(str::to_owned).collect(),
        faults: sifted.faults,
    }
}
