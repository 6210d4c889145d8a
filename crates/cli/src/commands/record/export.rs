use super::list;
use crate::failure::Failure;
use crate::office::Office;
use crate::shell::Shell;

/// Write all records of a type; as csv it can be imported again
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace record export person --format csv > person.csv
  terrace record export organisation --format json > organisation.json")]
pub(crate) struct Args {
    /// The type of the records
    #[arg(value_name = "TYPE")]
    of: String,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let count = list::all(&args.of, office, shell).await?;
    shell.say_if_none(count);
    Ok(())
}
