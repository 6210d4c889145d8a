use terrace_wire::proto;

use super::row::{Columns, Row};
use crate::failure::Failure;
use crate::office::{Office, ask, onward};
use crate::output::{Format, Tail};
use crate::shell::Shell;

/// Show all records of a type, by id
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record list person
  terrace record list organisation --format json")]
pub(crate) struct Args {
    /// The type of the records
    #[arg(value_name = "TYPE")]
    of: String,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let count = all(&args.of, office, shell).await?;
    shell.say_if_none(count);
    Ok(())
}

/// Writes all records of a type, page after page.
///
/// # Errors
/// The office refuses, or standard output fails.
pub(super) async fn all(
    of: &str,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<usize, Failure> {
    let mut reply = page(of, None, office).await?;
    let first = reply.rows.first().cloned().map(Row::from_proto);
    let columns = Columns::of(of, first.as_ref());
    let with_columns = shell.format() != Format::Json;
    let mut rows = shell.rows(Tail::Next, columns.columns(of, shell.lang));
    let mut after = None;
    loop {
        for row in reply.rows {
            let row = Row::from_proto(row);
            if with_columns {
                columns.hold(&row)?;
            }
            rows.push(row)?;
        }
        after = onward(after.as_ref(), reply.next)?;
        if after.is_none() {
            return rows.finish();
        }
        reply = page(of, after.clone(), office).await?;
    }
}

async fn page(
    of: &str,
    after: Option<String>,
    office: &mut Office,
) -> Result<proto::ListRecordsReply, Failure> {
    let request = proto::ListRecordsRequest {
        r#type: of.to_owned(),
        after,
        limit: 0,
    };
    ask!(office, list_records, request)
}
