use terrace_model::Date;
use terrace_wire::proto;

use crate::failure::Failure;
use crate::given;
use crate::office::{Office, ask};

/// Put a person's consent to one kind of submission on file
///
/// It stays in this office; without it nothing about the person is submitted.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission consent p1 --for nomination --on 2024-09-01 \\\n    \
--document \"cabinet 3, file 12\"")]
pub(crate) struct Args {
    /// The person's record
    person: String,
    /// The kind of submission
    #[arg(long = "for", value_name = "TYPE")]
    of: String,
    /// The day on which it was given
    #[arg(long, value_name = "DATE", value_parser = given::date)]
    on: Date,
    /// Where the paper is kept: facts of service only
    #[arg(long, value_name = "TEXT")]
    document: String,
}

pub(crate) async fn run(args: Args, office: &mut Office) -> Result<(), Failure> {
    let request = proto::ConsentRequest {
        person: args.person,
        r#type: args.of,
        on: given::days(args.on)?,
        document: args.document,
    };
    ask!(office, consent, request)?;
    Ok(())
}
