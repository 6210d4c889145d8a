//! A notice as results show it.

use serde::Serialize;
use terrace_catalog::Lang;
use terrace_model::NoticeId;
use terrace_wire::proto;

use super::receipt::Receipt;
use crate::answer;
use crate::clock;
use crate::failure::Failure;
use crate::output::Column;
use crate::words::{self, Said};

/// A notice that this office issued or received.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) issuer: String,
    pub(super) title: String,
    pub(super) issued: String,
    pub(super) acknowledge_by: Option<String>,
    /// What became of it here; none at its issuer.
    pub(super) receipt: Option<Receipt>,
}

impl Row {
    /// A notice as messages hold it.
    pub(super) fn from_proto(said: proto::NoticeRow) -> Result<Self, Failure> {
        Ok(Self {
            id: NoticeId(said.id).to_string(),
            issuer: said.issuer,
            title: said.title,
            issued: clock::instant(said.issued)?,
            acknowledge_by: answer::day(said.acknowledge_by)?,
            receipt: said.receipt.map(Receipt::from_proto).transpose()?,
        })
    }
}

/// The columns of notices.
pub(super) fn columns(lang: Lang) -> Vec<Column<Row>> {
    let mut columns = vec![
        Column::new("id", words::ID.get(lang), |row: &Row| row.id.clone()),
        Column::new("issuer", words::ISSUER.get(lang), |row: &Row| {
            row.issuer.clone()
        }),
        Column::new("issued", words::ISSUED.get(lang), |row: &Row| {
            row.issued.clone()
        })
        .shown(|row| clock::shown(&row.issued)),
        Column::new(
            "acknowledge_by",
            words::ACKNOWLEDGE_BY.get(lang),
            |row: &Row| row.acknowledge_by.clone().unwrap_or_default(),
        ),
    ];
    columns.extend(receipt_columns(lang, |row: &Row| {
        row.receipt
            .as_ref()
            .map(Receipt::as_cells)
            .unwrap_or_default()
    }));
    columns.push(Column::new("title", words::TITLE.get(lang), |row: &Row| {
        row.title.clone()
    }));
    columns
}

/// The columns of what became of a notice.
pub(super) fn receipt_columns<R>(
    lang: Lang,
    cells: impl Fn(&R) -> [String; 3] + Clone + 'static,
) -> [Column<R>; 3] {
    let column = |id: &str, heading: Said, of: fn([String; 3]) -> String| {
        let (raw, shown) = (cells.clone(), cells.clone());
        Column::new(id, heading.get(lang), move |row: &R| of(raw(row))).shown(move |row| {
            let at = of(shown(row));
            if at.is_empty() { at } else { clock::shown(&at) }
        })
    };
    [
        column("delivered", words::DELIVERED, |[delivered, _, _]| delivered),
        column("read", words::READ, |[_, read, _]| read),
        column(
            "acknowledged",
            words::ACKNOWLEDGED,
            |[_, _, acknowledged]| acknowledged,
        ),
    ]
}
