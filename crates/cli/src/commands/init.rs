use terrace_model::{Code, Level};
use terrace_node::bringup::{self, Init};

use super::new_office::{self, Surroundings};
use crate::failure::Failure;
use crate::shell::Shell;

/// Make the top office of a new tree
///
/// Makes its folder, its keys and its settings, and starts nothing: that is
/// `terrace serve`. In a folder that holds an office it touches nothing. The
/// settings are in DIR/terrace.toml and explain themselves.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace init --data ./3608 --code 3608 --name 吉安市 --level prefecture \\\n    \
--link 10.0.0.1:7443
  terrace init --data ./3608 --code 3608 --name 吉安市 --level prefecture \\\n    \
--link 127.0.0.1:0
  terrace init --data ./3608 --code 3608 --name 吉安市 --level prefecture \\\n    \
--link 0.0.0.0:7443 --public jian.example:7443")]
pub(crate) struct Args {
    /// The code of the office
    #[arg(long)]
    code: Code,
    /// Its name
    #[arg(long)]
    name: String,
    /// Its level: province, prefecture, county, township or village
    #[arg(long)]
    level: Level,
    #[command(flatten)]
    surroundings: Surroundings,
}

pub(crate) fn run(args: Args, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let Args {
        code,
        name,
        level,
        surroundings,
    } = args;
    let (listening, profile) = surroundings.read(shell.lang)?;
    let init = Init {
        code,
        name,
        level,
        listening,
        profile,
    };
    let (folder, randomness) = new_office::begin(shell)?;
    let made = bringup::init(folder, init, &mut |bytes| randomness(bytes));
    new_office::tell(&made.map_err(new_office::not_brought_up)?, shell)
}
