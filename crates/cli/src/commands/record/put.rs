use terrace_model::Date;
use terrace_wire::proto;

use crate::failure::Failure;
use crate::given::{self, Pair};
use crate::office::{Office, ask};
use crate::shell::Shell;

/// Keep a record, or change one; prints its id
///
/// Fields that are not given stay what they were; FIELD= clears one. With id=ID
/// of a record that exists it is changed; without an id one is made.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record put organisation name=遂川茶业 kind=enterprise industry=A \\\n    employees=12 \
capital=91725.25 founded_on=2011-03-01
  terrace record put organisation id=o1 employees=15 --from 2024-07-01
  terrace record put organisation id=o1 capital=91725.25 --correct")]
pub(crate) struct Args {
    /// The type of the record, such as person
    #[arg(value_name = "TYPE")]
    of: String,
    /// Fields with their values; in free text, facts of service only
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<Pair>,
    /// The first day of the change, or a day of the state to correct [default:
    /// today, or the first day of a new record]
    #[arg(long, value_name = "DATE", value_parser = given::date)]
    from: Option<Date>,
    /// Correct what the record said all along, instead of changing it from a day
    /// on
    #[arg(long)]
    correct: bool,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let request = proto::PutRecordRequest {
        r#type: args.of,
        fields: given::pairs(args.fields, shell.lang)?,
        from: args.from.map(given::days).transpose()?,
        correct: args.correct,
    };
    let reply = ask!(office, put_record, request)?;
    shell.warn(&reply.warnings);
    shell.line(&reply.id)
}
