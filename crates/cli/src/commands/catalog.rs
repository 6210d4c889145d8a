mod table;

use clap::Subcommand;
use serde::Serialize;
use terrace_catalog::shipped;
use terrace_wire::proto;

use crate::failure::Failure;
use crate::office::{Office, ask};
use crate::output::{Format, plain};
use crate::shell::Shell;

/// Show what offices keep, count and propose
#[derive(Debug, Subcommand)]
pub(crate) enum Catalog {
    Show(Show),
}

/// Show the catalog in use
///
/// A table shows it for reading, json holds its text.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace catalog show
  terrace catalog show --format json")]
pub(crate) struct Show {}

#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    hash: String,
    text: String,
}

pub(crate) async fn run(
    catalog: Catalog,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let Catalog::Show(Show {}) = catalog;
    shell.no_csv()?;
    let reply = ask!(office, catalog, proto::CatalogRequest {})?;
    if shell.format() == Format::Json {
        return shell.json(&Shown {
            name: reply.name,
            hash: reply
                .hash
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            text: reply.text,
        });
    }
    let known = shipped();
    if reply.hash == known.hash().0 {
        return table::write(&known, shell);
    }
    // What this version does not know it shows as it stands.
    for line in reply.text.lines() {
        shell.line(&plain(line))?;
    }
    Ok(())
}
