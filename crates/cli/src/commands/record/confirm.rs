use terrace_model::Date;
use terrace_wire::proto;

use crate::failure::Failure;
use crate::given::{self, Pair};
use crate::office::{Office, ask};
use crate::shell::Shell;

/// Say that a file still holds, as of a day
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record confirm person p1
  terrace record confirm person p1 --on 2024-09-30")]
pub(crate) struct Args {
    /// The type of the record
    #[arg(value_name = "TYPE")]
    of: String,
    /// The record
    id: String,
    /// The day on which it was found right [default: today]
    #[arg(long, value_name = "DATE", value_parser = given::date)]
    on: Option<Date>,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let on = args.on.unwrap_or_else(|| shell.today());
    // A put of an id that does not exist would be a new record, and its faults
    // about fields that nobody meant to give.
    let known = proto::GetRecordRequest {
        r#type: args.of.clone(),
        id: args.id.clone(),
    };
    ask!(office, get_record, known)?;
    let fields = vec![
        Pair::new("id", args.id),
        Pair::new("confirmed_on", on.to_string()),
    ];
    let request = proto::PutRecordRequest {
        r#type: args.of,
        fields: given::pairs(fields, shell.lang)?,
        from: None,
        correct: false,
    };
    let reply = ask!(office, put_record, request)?;
    shell.line(&reply.id)
}
