use terrace_wire::proto;

use crate::failure::Failure;
use crate::office::{Office, ask};

/// Take back a record that should never have been made
///
/// What has ended is not deleted: it gets its end date with `record put`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record delete visit v1")]
pub(crate) struct Args {
    /// The type of the record
    #[arg(value_name = "TYPE")]
    of: String,
    /// The record
    id: String,
}

pub(crate) async fn run(args: Args, office: &mut Office) -> Result<(), Failure> {
    let request = proto::DeleteRecordRequest {
        r#type: args.of,
        id: args.id,
    };
    ask!(office, delete_record, request)?;
    Ok(())
}
