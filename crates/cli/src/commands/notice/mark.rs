use terrace_model::NoticeId;
use terrace_wire::proto;
use terrace_wire::proto::notice_mark_request::Mark;

use crate::failure::Failure;
use crate::office::{Office, ask};

/// Say that a person here has opened a notice
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace notice read 00f1a2b3c4d5e6f7")]
pub(crate) struct Read {
    /// The notice
    pub(super) id: NoticeId,
}

/// Say that a person here has taken note of a notice
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace notice ack 00f1a2b3c4d5e6f7")]
pub(crate) struct Ack {
    /// The notice
    pub(super) id: NoticeId,
}

pub(crate) async fn run(id: NoticeId, mark: Mark, office: &mut Office) -> Result<(), Failure> {
    let request = proto::NoticeMarkRequest {
        id: id.0,
        mark: mark as i32,
    };
    ask!(office, notice_mark, request)?;
    Ok(())
}
