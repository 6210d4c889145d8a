use terrace_wire::proto;

use super::row::{Row, columns};
use crate::failure::Failure;
use crate::office::{Office, ask, onward};
use crate::output::Tail;
use crate::shell::Shell;

/// Show the notices that this office issued or received, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace notice list
  terrace notice list --format json")]
pub(crate) struct Args {}

pub(crate) async fn run(
    _: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let page = |after| proto::NoticeListRequest { after, limit: 0 };
    let mut reply = ask!(office, notice_list, page(None))?;
    let mut rows = shell.rows(Tail::Next, columns(shell.lang));
    let mut after = None;
    loop {
        for row in reply.rows {
            rows.push(Row::from_proto(row)?)?;
        }
        after = onward(after.as_ref(), reply.next)?;
        if after.is_none() {
            break;
        }
        reply = ask!(office, notice_list, page(after))?;
    }
    let count = rows.finish()?;
    shell.say_if_none(count);
    Ok(())
}
