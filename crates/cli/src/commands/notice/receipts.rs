use serde::Serialize;
use terrace_catalog::Lang;
use terrace_model::NoticeId;
use terrace_wire::proto;

use super::receipt::Receipt;
use super::row::receipt_columns;
use crate::failure::Failure;
use crate::office::{Office, ask, onward};
use crate::output::{Column, Tail};
use crate::shell::Shell;
use crate::words;

/// Show what became of a notice at each office, by code
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace notice receipts 00f1a2b3c4d5e6f7
  terrace notice receipts 00f1a2b3c4d5e6f7 --format csv")]
pub(crate) struct Args {
    /// The notice
    id: NoticeId,
}

#[derive(Debug, Serialize)]
struct Row {
    office: String,
    name: String,
    #[serde(flatten)]
    receipt: Receipt,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let page = |after| proto::NoticeReceiptsRequest {
        id: args.id.0,
        after,
        limit: 0,
    };
    let mut reply = ask!(office, notice_receipts, page(None))?;
    let mut rows = shell.rows(Tail::Next, columns(shell.lang));
    let mut after = None;
    loop {
        for said in reply.rows {
            rows.push(Row {
                office: said.office,
                name: said.name,
                receipt: Receipt::from_proto(said.receipt.unwrap_or_default())?,
            })?;
        }
        after = onward(after.as_ref(), reply.next)?;
        if after.is_none() {
            break;
        }
        reply = ask!(office, notice_receipts, page(after.clone()))?;
    }
    let count = rows.finish()?;
    shell.say_if_none(count);
    Ok(())
}

fn columns(lang: Lang) -> Vec<Column<Row>> {
    let mut columns = vec![
        Column::new("office", words::OFFICE.get(lang), |row: &Row| {
            row.office.clone()
        }),
        Column::new("name", words::NAME.get(lang), |row: &Row| row.name.clone()),
    ];
    let always = receipt_columns(lang, |row: &Row| row.receipt.as_cells());
    columns.extend(always.map(Column::always));
    columns
}
