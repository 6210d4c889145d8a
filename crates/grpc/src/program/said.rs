//! What the door answers, as messages. Offices are called by their codes; one
//! that is not known here has none.

use terrace_catalog::text_of;
use terrace_model::{Date, Dims, OfficeId, Receipt, Step, Tree, Value};
use terrace_node::door::{Figure, FigureRow};
use terrace_node::reads::notices::{NoticeRow, ReceiptRow};
use terrace_node::reads::records::RecordRow;
use terrace_node::reads::status::{OfficeStatus, State};
use terrace_node::reads::submissions::SubmissionRow;
use terrace_wire::proto::shown::Value as SaidValue;
use terrace_wire::{Refusal, RefusalCode, days, level_number, proto};

/// What every figure is until statements are approved.
const LIVE: &str = "live";

fn code(office: OfficeId, tree: &Tree) -> String {
    let known = tree.get(office);
    known
        .map(|office| office.code.to_string())
        .unwrap_or_default()
}

fn day(day: Date) -> Option<i32> {
    // A day that cannot be written is none that people gave.
    days(day).ok()
}

pub(super) fn fields(fields: Vec<(String, Value)>) -> Vec<proto::Shown> {
    let shown = |(key, value)| proto::Shown {
        key,
        value: Some(said_value(value)),
    };
    fields.into_iter().map(shown).collect()
}

fn said_value(value: Value) -> SaidValue {
    match value {
        Value::Codes(codes) => SaidValue::Codes(proto::Codes { codes }),
        single @ (Value::Text(_)
        | Value::Code(_)
        | Value::Date(_)
        | Value::Year(_)
        | Value::Count(_)
        | Value::Amount(_)
        | Value::Ref(_)) => SaidValue::Text(text_of(&single)),
    }
}

pub(super) fn record_row(row: RecordRow) -> proto::RecordRow {
    proto::RecordRow {
        r#type: row.key.kind,
        id: row.key.id,
        fields: fields(row.fields),
    }
}

const fn state(state: State) -> proto::office_status::State {
    use proto::office_status::State as Said;
    match state {
        State::Live => Said::Live,
        State::Behind => Said::Behind,
        State::Silent => Said::Silent,
        State::Diverged => Said::Diverged,
        State::NeverJoined => Said::NeverJoined,
    }
}

pub(super) fn office_status(row: OfficeStatus) -> proto::OfficeStatus {
    proto::OfficeStatus {
        code: row.code.to_string(),
        parent: row.parent.map(|parent| parent.to_string()),
        level: level_number(row.level),
        state: state(row.state).into(),
        last_heard: row.last_heard.map(|at| at.0),
        behind_entries: row.behind_entries,
        behind_bytes: row.behind_bytes,
        since: row.since.map(|at| at.0),
        as_of: row.as_of.map(|at| at.0),
        why: row.why,
        todo: row.todo,
        clock_skew_ms: row.clock_skew_ms,
        certificate_days: row.certificate_days,
        disk_free_bytes: row.disk_free_bytes,
        version: row.version,
        refused: row.refused,
        name: row.name,
    }
}

/// # Errors
/// The office has no code any more: it left the tree while it was asked about.
pub(super) fn figure(row: FigureRow, tree: &Tree) -> Result<proto::RollupRow, Refusal> {
    let office = tree.get(row.office);
    let office = office.ok_or_else(|| {
        let text = "an office left the tree while its figures were read: ask again";
        Refusal::new(RefusalCode::Fault, text)
    })?;
    let (num, den) = match row.figure {
        Figure::Ratio { num, den } => (Some(num.to_string()), Some(den.to_string())),
        Figure::Sum(_) | Figure::Missing => (None, None),
    };
    let covered = row.coverage;
    Ok(proto::RollupRow {
        indicator: row.indicator,
        office: office.code.to_string(),
        period: row.period.to_string(),
        dims: dims(row.dims),
        value: row.figure.value().map(|value| value.to_string()),
        num,
        den,
        unit: row.unit,
        coverage: Some(proto::Coverage {
            expected: covered.expected,
            reported: covered.reported,
            partial: covered.partial,
            carried: covered.carried,
            missing: covered.missing,
            surplus: covered.surplus,
        }),
        oldest_input: row.oldest_input.and_then(day),
        state: LIVE.to_owned(),
        revision: None,
        flags: row
            .status
            .iter()
            .map(|flag| flag.as_str().to_owned())
            .collect(),
    })
}

fn dims(dims: Dims) -> Vec<proto::Given> {
    let given = |(key, value)| proto::Given { key, value };
    dims.into_iter().map(given).collect()
}

pub(super) fn submission_row(row: SubmissionRow, tree: &Tree) -> proto::SubmissionRow {
    proto::SubmissionRow {
        id: row.id.0,
        r#type: row.kind,
        origin: code(row.origin, tree),
        state: row.state.as_str().to_owned(),
        terms: fields(row.terms),
        acts: row.acts.iter().map(|act| act.as_str().to_owned()).collect(),
        at: row.at.0,
        name: row.name,
    }
}

pub(super) fn submission_step(step: Step, tree: &Tree) -> proto::SubmissionStep {
    proto::SubmissionStep {
        office: code(step.by, tree),
        action: step.action,
        reason: step.reason,
        note: step.note,
        at: step.at.0,
    }
}

fn receipt(receipt: Receipt) -> proto::Receipt {
    proto::Receipt {
        delivered: receipt.delivered.map(|at| at.0),
        read: receipt.read.map(|at| at.0),
        acknowledged: receipt.acknowledged.map(|at| at.0),
    }
}

pub(super) fn notice_row(row: NoticeRow, tree: &Tree) -> proto::NoticeRow {
    proto::NoticeRow {
        id: row.id.0,
        issuer: code(row.issuer, tree),
        title: row.title,
        issued: row.issued.0,
        acknowledge_by: row.acknowledge_by.and_then(day),
        receipt: row.receipt.map(receipt),
    }
}

pub(super) fn receipt_row(row: ReceiptRow) -> proto::ReceiptRow {
    proto::ReceiptRow {
        office: row.code.to_string(),
        name: row.name,
        receipt: Some(receipt(row.receipt)),
    }
}
