use std::path::PathBuf;

use terrace_model::{Code, Date, Level, NoticeId};
use terrace_wire::proto;
use terrace_wire::proto::notice_publish_request::To;

use crate::failure::Failure;
use crate::file;
use crate::given;
use crate::office::{Office, ask};
use crate::shell::Shell;

/// Longest text of a notice, in bytes.
const BODY_BYTES: usize = 1 << 20;

/// Issue a notice to offices below; prints its id
#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("addressed").required(true).args(["to", "subtree"])),
    after_help = "\
Examples:
  terrace notice publish --title 培训安排 --body plan.txt --to 360827,360802
  terrace notice publish --title 培训安排 --body - --subtree 3608 \\\n    \
--level township --acknowledge-by 2024-10-15 < plan.txt"
)]
pub(crate) struct Args {
    /// Its title
    #[arg(long)]
    title: String,
    /// A file with its text; - reads standard input
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// The offices it is for
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    to: Vec<Code>,
    /// The office at the top of the subtree it is for
    #[arg(long, value_name = "CODE")]
    subtree: Option<Code>,
    /// Of that subtree only the offices of this level
    #[arg(long, conflicts_with = "to")]
    level: Option<Level>,
    /// The day by which a person at each office is asked to acknowledge it
    #[arg(long, value_name = "DATE", value_parser = given::date)]
    acknowledge_by: Option<Date>,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let to = match args.subtree {
        Some(top) => To::Subtree(top.to_string()),
        None => To::Offices(proto::OfficeCodes {
            codes: args.to.iter().map(ToString::to_string).collect(),
        }),
    };
    let request = proto::NoticePublishRequest {
        title: args.title,
        body: file::text(&args.body, BODY_BYTES, shell)?,
        level: given::level_number(args.level),
        acknowledge_by: args.acknowledge_by.map(given::days).transpose()?,
        to: Some(to),
    };
    let reply = ask!(office, notice_publish, request)?;
    shell.line(&NoticeId(reply.id).to_string())
}
