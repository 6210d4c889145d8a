use terrace_model::SubmissionId;
use terrace_wire::proto;

use crate::failure::Failure;
use crate::given::{self, Pair};
use crate::office::{Office, ask};
use crate::shell::Shell;

/// Make a submission and send it to the office above; prints its id
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission new nomination person=p1 body=cppcc \\\n    \
seat=member level=county term=第九届")]
pub(crate) struct Args {
    /// The kind of submission, such as nomination
    #[arg(value_name = "TYPE")]
    of: String,
    /// What it says; in free text, facts of service only
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<Pair>,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let request = proto::SubmissionNewRequest {
        r#type: args.of,
        fields: given::pairs(args.fields, shell.lang)?,
    };
    let reply = ask!(office, submission_new, request)?;
    shell.warn(&reply.warnings);
    shell.line(&SubmissionId(reply.id).to_string())
}
