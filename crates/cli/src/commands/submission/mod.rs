mod act;
mod consent;
mod list;
mod new;
mod row;
mod show;

use clap::Subcommand;

use crate::failure::Failure;
use crate::office::Office;
use crate::shell::Shell;

/// Propose persons to the offices above, and decide on proposals
#[derive(Debug, Subcommand)]
pub(crate) enum Submission {
    Consent(consent::Args),
    New(new::Args),
    List(list::Args),
    Show(show::Args),
    Submit(act::Submit),
    Forward(act::Forward),
    Return(act::Return),
    Approve(act::Approve),
    Reject(act::Reject),
    Withdraw(act::Withdraw),
}

pub(crate) async fn run(
    submission: Submission,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let (action, args) = match submission {
        Submission::Consent(args) => return consent::run(args, office).await,
        Submission::New(args) => return new::run(args, office, shell).await,
        Submission::List(args) => return list::run(args, office, shell).await,
        Submission::Show(args) => return show::run(args, office, shell).await,
        Submission::Submit(act::Submit { args }) => ("submit", args),
        Submission::Forward(act::Forward { args }) => ("forward", args),
        Submission::Return(act::Return { args }) => ("return", args),
        Submission::Approve(act::Approve { args }) => ("approve", args),
        Submission::Reject(act::Reject { args }) => ("reject", args),
        Submission::Withdraw(act::Withdraw { args }) => ("withdraw", args),
    };
    act::run(action, args, office, shell).await
}
