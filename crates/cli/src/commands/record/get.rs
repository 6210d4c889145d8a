use terrace_wire::proto;

use super::row::{Labels, Row};
use crate::failure::Failure;
use crate::office::{Office, ask};
use crate::output::{Format, Pairs, Tail};
use crate::shell::Shell;
use crate::words;

/// Show one record as it stands today
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record get person p1
  terrace record get organisation o1 --format json")]
pub(crate) struct Args {
    /// The type of the record
    #[arg(value_name = "TYPE")]
    of: String,
    /// The record
    id: String,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let request = proto::GetRecordRequest {
        r#type: args.of,
        id: args.id,
    };
    let reply = ask!(office, get_record, request)?;
    let row = reply.row.ok_or_else(|| Failure::answer("no record"))?;
    let row = Row::from_proto(row);
    match shell.format() {
        Format::Json => shell.json(&row),
        Format::Csv => {
            let columns = super::row::Columns::of(&row.of, Some(&row));
            columns.hold(&row)?;
            let mut rows = shell.rows(Tail::None, columns.columns(&row.of, shell.lang));
            rows.push(row)?;
            rows.finish().map(|_| ())
        }
        Format::Table => {
            let labels = Labels::of(&row.of, shell.lang);
            let mut pairs = Pairs::default();
            pairs.add(words::ID.get(shell.lang), &row.id);
            for (id, value) in &row.fields.0 {
                pairs.add(labels.heading(id), labels.value(id, value));
            }
            Ok(pairs.write(shell.stdout)?)
        }
    }
}
