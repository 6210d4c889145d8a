//! The commands, one file each. A command that talks to the running daemon is an
//! `async fn run(args, office, shell)`; one that does not is a
//! `fn run(args, shell)`.

mod catalog;
mod demo;
mod init;
mod invite;
mod join;
mod new_office;
mod notice;
mod record;
mod rollup;
mod serve;
mod status;
mod submission;

use clap::Subcommand;

use crate::failure::Failure;
use crate::office::with_office;
use crate::shell::Shell;

/// What the program can be asked to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Args),
    Join(join::Args),
    Demo(demo::Args),
    Serve(serve::Args),
    Status(status::Args),
    #[command(subcommand)]
    Record(record::Record),
    Rollup(rollup::Args),
    Invite(invite::Args),
    #[command(subcommand)]
    Submission(submission::Submission),
    #[command(subcommand)]
    Notice(notice::Notice),
    #[command(subcommand)]
    Catalog(catalog::Catalog),
}

/// Does it.
///
/// # Errors
/// Why it was not done.
pub(crate) fn run(command: Command, shell: &mut Shell<'_>) -> Result<(), Failure> {
    match command {
        Command::Init(args) => init::run(args, shell),
        Command::Join(args) => join::run(args, shell),
        Command::Demo(args) => demo::run(&args, shell),
        Command::Serve(args) => serve::run(&args, shell),
        Command::Status(args) => with_office(shell, async |office, shell| {
            status::run(args, office, shell).await
        }),
        Command::Record(record) => with_office(shell, async |office, shell| {
            record::run(record, office, shell).await
        }),
        Command::Rollup(args) => with_office(shell, async |office, shell| {
            rollup::run(args, office, shell).await
        }),
        Command::Invite(args) => with_office(shell, async |office, shell| {
            invite::run(args, office, shell).await
        }),
        Command::Submission(submission) => with_office(shell, async |office, shell| {
            submission::run(submission, office, shell).await
        }),
        Command::Notice(notice) => with_office(shell, async |office, shell| {
            notice::run(notice, office, shell).await
        }),
        Command::Catalog(catalog) => with_office(shell, async |office, shell| {
            catalog::run(catalog, office, shell).await
        }),
    }
}
