use serde::Serialize;
use terrace_model::NoticeId;
use terrace_wire::proto;

use super::row::Row;
use crate::clock;
use crate::failure::Failure;
use crate::office::{Office, ask};
use crate::output::{Format, Pairs, plain};
use crate::shell::Shell;
use crate::words;

/// Show one notice with its text
///
/// That a person has opened it is told to its issuer by `notice read` alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace notice show 00f1a2b3c4d5e6f7")]
pub(crate) struct Args {
    /// The notice
    id: NoticeId,
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    row: Row,
    body: String,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    shell.no_csv()?;
    let request = proto::NoticeShowRequest { id: args.id.0 };
    let reply = ask!(office, notice_show, request)?;
    let row = reply.row.ok_or_else(|| Failure::answer("no notice"))?;
    let shown = Shown {
        row: Row::from_proto(row)?,
        body: reply.body,
    };
    if shell.format() == Format::Json {
        shell.json(&shown)
    } else {
        text(&shown, shell)
    }
}

fn text(shown: &Shown, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let (row, lang) = (&shown.row, shell.lang);
    let mut pairs = Pairs::default();
    pairs.add(words::TITLE.get(lang), &row.title);
    pairs.add(words::ID.get(lang), &row.id);
    pairs.add(words::ISSUER.get(lang), &row.issuer);
    pairs.add(words::ISSUED.get(lang), clock::shown(&row.issued));
    if let Some(by) = &row.acknowledge_by {
        pairs.add(words::ACKNOWLEDGE_BY.get(lang), by);
    }
    let headings = [words::DELIVERED, words::READ, words::ACKNOWLEDGED];
    let cells = row.receipt.as_ref().map(super::receipt::Receipt::as_cells);
    for (heading, at) in headings.into_iter().zip(cells.into_iter().flatten()) {
        pairs.add(heading.get(lang), clock::shown(&at));
    }
    pairs.write(shell.stdout)?;
    shell.line("")?;
    for line in shown.body.lines() {
        shell.line(&plain(line))?;
    }
    Ok(())
}
