use terrace_model::SubmissionId;
use terrace_wire::proto;

use crate::failure::Failure;
use crate::office::{Office, ask};
use crate::shell::Shell;

/// What is said with an act.
#[derive(Debug, clap::Args)]
pub(crate) struct Act {
    /// The submission
    id: SubmissionId,
    /// The code of the reason, where the act needs one
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// A text beside it, which the person concerned may see: facts of service only
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Send a submission up again that was given back
///
/// Prints the state that the submission is in after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission submit 00f1a2b3c4d5e6f7")]
pub(crate) struct Submit {
    #[command(flatten)]
    pub(super) args: Act,
}

/// Pass a submission on to the office above
///
/// Prints the state that the submission is in after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission forward 00f1a2b3c4d5e6f7")]
pub(crate) struct Forward {
    #[command(flatten)]
    pub(super) args: Act,
}

/// Give a submission back to the office it came from
///
/// Prints the state that the submission is in after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission return 00f1a2b3c4d5e6f7 --reason incomplete \\\n    \
--note \"the term is missing\"")]
pub(crate) struct Return {
    #[command(flatten)]
    pub(super) args: Act,
}

/// Decide for a submission
///
/// Prints the state that the submission is in after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission approve 00f1a2b3c4d5e6f7")]
pub(crate) struct Approve {
    #[command(flatten)]
    pub(super) args: Act,
}

/// Decide against a submission
///
/// Prints the state that the submission is in after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission reject 00f1a2b3c4d5e6f7 --reason places_taken")]
pub(crate) struct Reject {
    #[command(flatten)]
    pub(super) args: Act,
}

/// Take a submission of this office back
///
/// Prints the state that the submission is in after it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission withdraw 00f1a2b3c4d5e6f7 --note \"at the person's wish\"")]
pub(crate) struct Withdraw {
    #[command(flatten)]
    pub(super) args: Act,
}

pub(crate) async fn run(
    action: &str,
    args: Act,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let request = proto::SubmissionActRequest {
        id: args.id.0,
        action: action.to_owned(),
        reason: args.reason,
        note: args.note,
    };
    let reply = ask!(office, submission_act, request)?;
    shell.line(&reply.state)
}
