mod confirm;
mod delete;
mod export;
mod get;
mod import;
mod list;
mod put;
mod row;

use clap::Subcommand;

use crate::failure::Failure;
use crate::office::Office;
use crate::shell::Shell;

/// Keep this office's records
#[derive(Debug, Subcommand)]
pub(crate) enum Record {
    Put(put::Args),
    Confirm(confirm::Args),
    Get(get::Args),
    List(list::Args),
    Delete(delete::Args),
    Import(import::Args),
    Export(export::Args),
}

pub(crate) async fn run(
    record: Record,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    match record {
        Record::Put(args) => put::run(args, office, shell).await,
        Record::Confirm(args) => confirm::run(args, office, shell).await,
        Record::Get(args) => get::run(args, office, shell).await,
        Record::List(args) => list::run(args, office, shell).await,
        Record::Delete(args) => delete::run(args, office).await,
        Record::Import(args) => import::run(args, office, shell).await,
        Record::Export(args) => export::run(args, office, shell).await,
    }
}
