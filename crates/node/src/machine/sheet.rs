//! A sheet of records: checked whole, then kept in commits of a bounded number
//! of rows, in order. After a crash a prefix is there, and the same sheet again
//! completes it.

use std::collections::BTreeSet;

use terrace_catalog::Reason;
use terrace_desk::{Fault as FieldFault, FaultReason, Refusal, Request};
use terrace_model::{Date, Fields, RecordKey};
use terrace_store::Read;

use super::{Answer, Fault, Machine, Moment, Ticket, Work, draft::Draft, room::Room};

/// Rows in one commit.
const ROWS: usize = 1_000;

/// Faults that are told of one sheet.
pub const MOST_FAULTS: usize = 1_000;

/// One row.
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Where it begins in the file; the first line is 1.
    pub line: u64,
    /// The record.
    pub key: RecordKey,
    /// The fields given.
    pub given: Fields,
}

/// Rows that come together.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// In the order of the file.
    pub rows: Vec<SheetRow>,
    /// Fields that a new record must be given and that the sheet has no column
    /// for.
    pub absent: Vec<String>,
    /// Account that asks.
    pub actor: String,
    /// Keep the good rows of a sheet that has bad ones.
    pub keep_good: bool,
    /// Keep nothing, only check.
    pub dry_run: bool,
}

/// What is wrong in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line.
    pub line: u64,
    /// What is wrong.
    pub fault: FieldFault,
}

/// What became of a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Rows that made or changed a record.
    pub changed: u64,
    /// Rows that were there already.
    pub unchanged: u64,
    /// What is wrong, at most [`MOST_FAULTS`].
    pub faults: Vec<RowFault>,
    /// How many faults there are beyond those.
    pub more: u64,
    /// Those fields without a column that a row would need: told once, and not
    /// of each row.
    pub absent: BTreeSet<String>,
}

impl Kept {
    /// Whether anything is wrong.
    #[must_use]
    pub fn has_faults(&self) -> bool {
        !(self.faults.is_empty() && self.absent.is_empty())
    }

    fn blame(&mut self, faults: Vec<RowFault>, absent: &[String]) {
        for fault in faults {
            let field = &fault.fault.field;
            let required = fault.fault.reason == FaultReason::Value(Reason::Required);
            if required && absent.contains(field) {
                self.absent.insert(field.clone());
            } else if self.faults.len() < MOST_FAULTS {
                self.faults.push(fault);
            } else {
                self.more += 1;
            }
        }
    }
}

impl SheetRow {
    fn request(&self, actor: &str) -> Request {
        Request::Put {
            key: self.key.clone(),
            given: self.given.clone(),
            put: terrace_catalog::Put::default(),
            actor: actor.to_owned(),
        }
    }
}

fn faults_of(row: &SheetRow, refusal: Refusal) -> Vec<RowFault> {
    let at = |fault| RowFault {
        line: row.line,
        fault,
    };
    if let Refusal::Fields(faults) = refusal {
        return faults.into_iter().map(at).collect();
    }
    vec![at(FieldFault {
        field: "id".to_owned(),
        value: row.key.id.clone(),
        reason: FaultReason::Whole(Box::new(refusal)),
    })]
}

impl<R: Read> Machine<R> {
    /// Rules on all rows and keeps nothing, then puts the rows that stand the
    /// check in front of everything else.
    pub(super) fn check_sheet(
        &mut self,
        at: Moment,
        entropy: &mut dyn FnMut(&mut [u8]),
        ticket: Ticket,
        sheet: Sheet,
    ) -> Result<(), Fault> {
        if self.older_copy {
            let refused = Answer::Refused(Refusal::OlderCopy);
            self.answers.push_back((ticket, refused));
            return Ok(());
        }
        let mut draft = Draft::begin(&self.constants, at, &self.reader, &self.tree, entropy)?;
        let mut kept = Kept::default();
        let mut good = Vec::new();
        for row in sheet.rows {
            // Alone, each finds as much room as there is.
            draft.room = Room::new(self.constants.batch);
            match draft.decide(&row.request(&sheet.actor))? {
                Ok(ruling) if !draft.finds_room(&ruling)? => {
                    kept.blame(faults_of(&row, Refusal::TooMuch), &sheet.absent);
                }
                Ok(ruling) => {
                    if draft.take(ruling)? {
                        kept.changed += 1;
                        good.push(row);
                    } else {
                        kept.unchanged += 1;
                    }
                }
                Err(refusal) => kept.blame(faults_of(&row, refusal), &sheet.absent),
            }
        }
        let refused = kept.has_faults() && !sheet.keep_good;
        if refused {
            (kept.changed, kept.unchanged) = (0, 0);
        }
        if refused || sheet.dry_run || good.is_empty() {
            self.answers.push_back((ticket, Answer::Sheet(kept)));
            return Ok(());
        }
        let mut chunks: Vec<Work> = good
            .chunks(ROWS)
            .map(|rows| Work::Rows {
                rows: rows.to_vec(),
                actor: sheet.actor.clone(),
                day: at.today,
                last: None,
            })
            .collect();
        if let Some(Work::Rows { last, .. }) = chunks.last_mut() {
            *last = Some((ticket, kept));
        }
        for chunk in chunks.into_iter().rev() {
            self.waiting.push_front(chunk);
        }
        Ok(())
    }
}

/// Keeps rows that stood the check, as many as the commit takes, and says how
/// many: one at least. They are ruled on as of the day of the check, whatever
/// the clock says meanwhile: what was told of them is so. A row that is refused
/// all the same was refused, and told, in the check.
pub(super) fn keep_rows<R: Read>(
    draft: &mut Draft<'_, R>,
    rows: &[SheetRow],
    actor: &str,
    day: Date,
) -> Result<usize, Fault> {
    let today = std::mem::replace(&mut draft.at.today, day);
    let kept = keep(draft, rows, actor);
    draft.at.today = today;
    kept
}

fn keep<R: Read>(draft: &mut Draft<'_, R>, rows: &[SheetRow], actor: &str) -> Result<usize, Fault> {
    for (number, row) in rows.iter().enumerate() {
        if draft.room.is_full() {
            return Ok(number);
        }
        let Ok(ruling) = draft.decide(&row.request(actor))? else {
            continue;
        };
        if draft.finds_room(&ruling)? {
            draft.take(ruling)?;
        } else if number > 0 {
            return Ok(number);
        }
    }
    Ok(rows.len())
}
