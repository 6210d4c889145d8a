use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use terrace_model::Code;
use terrace_node::config::{Log, LogLevel};
use terrace_node::lifecycle::{
    LOG_VARIABLE, Stop, raise_open_files, start_logs, system_randomness,
};

use crate::commands::serve::broken;
use crate::demo::{Demo, Divisions, DivisionsError, keep_steady};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::file;
use crate::output::Format;
use crate::shell::Shell;

/// Files that one office of the demo has open, its links included.
const FILES: u64 = 16;

/// Longest table of divisions, in bytes: more than all townships of a country.
const DIVISIONS_BYTES: usize = 16 << 20;

/// Run a whole prefecture on this machine
///
/// Each office gets a folder of its own in DIR, its own store and keys, and its
/// own link over mutual TLS on a loopback port. While it stays up, every command
/// works against any of its offices, as `terrace status --data DIR/3608` does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace demo
  terrace demo --only 360827 --data /tmp/demo
  terrace demo --once")]
pub(crate) struct Args {
    /// A csv table of code, name, level and parent [default: 266 offices, built in]
    #[arg(long, value_name = "FILE")]
    divisions: Option<PathBuf>,
    /// This office alone, with all below and all above it
    #[arg(long, value_name = "CODE")]
    only: Option<Code>,
    /// Stop when the figures at the top equal a count over all records
    #[arg(long)]
    once: bool,
}

pub(crate) fn run(args: &Args, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let began = Instant::now();
    // First, as it starts the program again: what comes in is read once.
    keep_steady().context("the demo could not be started again")?;
    let divisions = divisions(args, shell)?;
    let log = Log {
        level: LogLevel::Warn,
        ..Log::default()
    };
    start_logs(&log, std::env::var(LOG_VARIABLE).ok().as_deref())
        .map_err(|error| Failure::usage(error.to_string()))?;
    let files = raise_open_files().context("the limit of open files could not be raised")?;
    files.say_if_too_few(FILES * u64::try_from(divisions.len()).unwrap_or(u64::MAX));
    let (folder, temporary) = match &shell.data {
        Some(folder) => (folder.clone(), None),
        None => {
            let made = tempfile::Builder::new().prefix("terrace-demo-").tempdir();
            let made = made.context("no temporary folder can be made")?;
            (made.path().to_owned(), Some(made))
        }
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let shown = folder.display().to_string();
    if args.once {
        shell.tell(&shown);
    } else {
        shell.line(&shown)?;
        shell.stdout.flush()?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime can be made")?;
    let randomness = system_randomness().context("the system gives no randomness")?;
    let stop = Stop::default();
    let ended = runtime.block_on(async {
        stop.on_signals().context("signals cannot be heard")?;
        let mut progress = |said: &str| shell.tell(said);
        let demo = Demo::start(
            &divisions,
            &folder,
            began,
            &randomness,
            &stop,
            &mut progress,
        );
        let demo = demo.await?;
        let agrees = demo.summary.agrees;
        if args.once {
            shell.json(&demo.summary)?;
            stop.ask();
        } else {
            show(&demo, &shown, shell)?;
        }
        shell.stdout.flush()?;
        match stop.unless_hard(demo.run(&stop)).await {
            Some(Err(broke)) => Err(broken(broke)),
            Some(Ok(())) | None => ended(agrees),
        }
    });
    runtime.shutdown_background();
    drop(temporary);
    ended
}

/// A demo whose figures do not agree has told so, and fails.
fn ended(agrees: bool) -> Result<(), Failure> {
    if agrees {
        Ok(())
    } else {
        Err(Failure::Told(Exit::Not(terrace_wire::RefusalCode::Fault)))
    }
}

/// Tells a person, or a program, what came of it, and what to try.
fn show(demo: &Demo, folder: &str, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let summary = &demo.summary;
    if shell.format() != Format::Table {
        shell.json(summary)?;
    } else {
        let agrees = if summary.agrees {
            "equal a count over all records"
        } else {
            "do NOT equal a count over all records"
        };
        shell.line(&format!(
            "{} offices, {} links, {} records, {} MB at most",
            summary.offices,
            summary.links,
            summary.records,
            summary.rss_bytes / 1_000_000
        ))?;
        shell.line(&format!(
            "after {:.1} s the figures at the top {agrees}",
            summary.seconds_to_agree
        ))?;
    }
    let mut codes = demo.codes();
    let top = codes.next().map(Code::as_str).unwrap_or_default();
    let last = demo.codes().last().map(Code::as_str).unwrap_or_default();
    shell.tell("it stays up until Ctrl-C; try in another terminal:");
    for (what, code) in [
        ("status", top),
        ("rollup persons --by category", top),
        ("record list person", last),
    ] {
        shell.tell(&format!("  terrace {what} --data {folder}/{code}"));
    }
    Ok(())
}

fn divisions(args: &Args, shell: &mut Shell<'_>) -> Result<Divisions, Failure> {
    let refused = |error: DivisionsError| match error {
        DivisionsError::Unknown(_) => Failure::Refused(terrace_wire::Refusal::new(
            terrace_wire::RefusalCode::Unknown,
            error.to_string(),
        )),
        DivisionsError::Table(_)
        | DivisionsError::Code { .. }
        | DivisionsError::Level { .. }
        | DivisionsError::Twice { .. }
        | DivisionsError::Parent { .. }
        | DivisionsError::Tops(_)
        | DivisionsError::TooMany => Failure::content(error.to_string()),
    };
    let all = match &args.divisions {
        None => Divisions::built_in().map_err(refused)?,
        Some(file) => {
            let text = file::text(file, DIVISIONS_BYTES, shell)?;
            Divisions::read(text.as_bytes()).map_err(refused)?
        }
    };
    match &args.only {
        None => Ok(all),
        Some(code) => all.only(code).map_err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_agrees_ends_with_0() {
        assert!(ended(true).is_ok());
        let failed = ended(false).unwrap_err();
        assert!(matches!(
            failed,
            Failure::Told(Exit::Not(terrace_wire::RefusalCode::Fault))
        ));
    }
}
