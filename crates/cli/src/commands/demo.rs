use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;
use terrace_model::Code;
use terrace_node::config::{Log, LogLevel};
use terrace_node::lifecycle::{
    LOG_VARIABLE, Stop, raise_open_files, start_logs, system_randomness,
};
use terrace_wire::{Refusal, RefusalCode};

use crate::assembly::Broke;
use crate::commands::serve::broken;
use crate::demo::{Demo, Divisions, DivisionsError, Summary, keep_steady};
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
        let told = Told {
            summary: demo.summary.clone(),
            folder: shown,
            top: demo.codes().next().cloned(),
            last: demo.codes().last().cloned(),
        };
        told.until_ended(args.once, shell, &stop, demo.run(&stop))
            .await
    });
    runtime.shutdown_background();
    drop(temporary);
    ended
}

/// Offices that are up, as people and programs are told of them.
struct Told {
    summary: Summary,
    folder: String,
    top: Option<Code>,
    last: Option<Code>,
}

impl Told {
    /// Tells what came of it, and waits until the offices have ended. Figures that
    /// do not agree have been told then, and are a failure.
    async fn until_ended(
        &self,
        once: bool,
        shell: &mut Shell<'_>,
        stop: &Stop,
        offices: impl Future<Output = Result<(), Broke>>,
    ) -> Result<(), Failure> {
        if once {
            shell.json(&self.summary)?;
            stop.ask();
        } else {
            self.show(shell)?;
        }
        shell.stdout.flush()?;
        match stop.unless_hard(offices).await {
            Some(Err(broke)) => Err(broken(broke)),
            Some(Ok(())) | None if self.summary.agrees => Ok(()),
            Some(Ok(())) | None => Err(Failure::Told(Exit::Not(RefusalCode::Fault))),
        }
    }

    /// Tells a person, or a program, what came of it, and what to try.
    fn show(&self, shell: &mut Shell<'_>) -> Result<(), Failure> {
        let summary = &self.summary;
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
        shell.tell("it stays up until Ctrl-C; try in another terminal:");
        for (what, code) in [
            ("status", &self.top),
            ("rollup persons --by category", &self.top),
            ("record list person", &self.last),
        ] {
            let code = code.as_ref().map(Code::as_str).unwrap_or_default();
            shell.tell(&format!("  terrace {what} --data {}/{code}", self.folder));
        }
        Ok(())
    }
}

fn divisions(args: &Args, shell: &mut Shell<'_>) -> Result<Divisions, Failure> {
    let refused = |error: DivisionsError| match error {
        DivisionsError::Unknown(_) => {
            Failure::Refused(Refusal::new(RefusalCode::Unknown, error.to_string()))
        }
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
    use terrace_catalog::Lang;
    use terrace_model::Time;
    use terrace_node::lifecycle::Stage;

    /// What is written to stdout, and the code of the exit.
    async fn ends(agrees: bool, once: bool, asked: Format) -> (String, u8) {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let mut shell = Shell {
            stdin: Box::new(std::io::empty()),
            stdout: &mut stdout,
            stderr: &mut stderr,
            is_terminal: false,
            data: None,
            asked: Some(asked),
            lang: Lang::En,
            now: Time(0),
        };
        let summary = Summary {
            offices: 2,
            links: 1,
            records: 40,
            seconds_to_live: 0.5,
            seconds_to_agree: 1.5,
            rss_bytes: 1,
            agrees,
        };
        let told = Told {
            summary,
            folder: "d".into(),
            top: "11".parse().ok(),
            last: "1101".parse().ok(),
        };
        let stop = Stop::default();
        let offices = async {
            // Otherwise somebody presses Ctrl-C.
            if !once {
                stop.ask();
            }
            stop.reached(Stage::Soft).await;
            Ok(())
        };
        let ended = told.until_ended(once, &mut shell, &stop, offices).await;
        let code = ended.map_or_else(|failure| failure.exit().code(), |()| 0);
        (String::from_utf8(stdout).unwrap(), code)
    }

    #[tokio::test]
    async fn what_does_not_agree_is_told_so_and_ends_with_1() {
        for (agrees, code) in [(true, 0), (false, 1)] {
            for once in [true, false] {
                let (told, ended) = ends(agrees, once, Format::Json).await;
                let summary: serde_json::Value = serde_json::from_str(&told).unwrap();
                assert_eq!(summary["agrees"], agrees, "once: {once}");
                assert_eq!(ended, code, "once: {once}");
            }
            let (told, ended) = ends(agrees, false, Format::Table).await;
            assert_eq!(told.contains("do NOT equal"), !agrees, "{told}");
            assert_eq!(ended, code, "{told}");
        }
    }

    #[test]
    fn a_table_of_16_mib_is_read_and_a_longer_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("divisions.csv");
        let read = |bytes: usize| {
            let table = "code,name,level,parent\n11,,prefecture,\n";
            let name = "a".repeat(bytes - table.len());
            let table = table.replace("11,", &format!("11,{name}"));
            std::fs::write(&file, table).unwrap();
            let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
            let mut shell = Shell {
                stdin: Box::new(std::io::empty()),
                stdout: &mut stdout,
                stderr: &mut stderr,
                is_terminal: false,
                data: None,
                asked: None,
                lang: Lang::En,
                now: Time(0),
            };
            let args = Args {
                divisions: Some(file.clone()),
                only: None,
                once: true,
            };
            let read = divisions(&args, &mut shell);
            read.map_or_else(|failure| failure.exit().code(), |_| 0)
        };
        assert_eq!([read(16 << 20), read((16 << 20) + 1)], [0, 3]);
    }
}
