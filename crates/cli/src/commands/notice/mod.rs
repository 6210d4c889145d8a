mod list;
mod mark;
mod publish;
mod receipt;
mod receipts;
mod row;
mod show;

use clap::Subcommand;
use terrace_wire::proto::notice_mark_request::Mark;

use crate::failure::Failure;
use crate::office::Office;
use crate::shell::Shell;

/// Issue notices to the offices below, and answer those from above
#[derive(Debug, Subcommand)]
pub(crate) enum Notice {
    Publish(publish::Args),
    List(list::Args),
    Show(show::Args),
    Read(mark::Read),
    Ack(mark::Ack),
    Receipts(receipts::Args),
}

pub(crate) async fn run(
    notice: Notice,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    match notice {
        Notice::Publish(args) => publish::run(args, office, shell).await,
        Notice::List(args) => list::run(args, office, shell).await,
        Notice::Show(args) => show::run(args, office, shell).await,
        Notice::Read(mark::Read { id }) => mark::run(id, Mark::Read, office).await,
        Notice::Ack(mark::Ack { id }) => mark::run(id, Mark::Acknowledged, office).await,
        Notice::Receipts(args) => receipts::run(args, office, shell).await,
    }
}
