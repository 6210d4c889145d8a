use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use terrace_grpc::with_causes;
use terrace_node::StoreError;
use terrace_node::bringup::{Home, OpenError};
use terrace_node::config::{self, ConfigError, ConfigFault};
use terrace_node::lifecycle::{
    LOG_VARIABLE, LogError, Stop, SystemClock, raise_open_files, start_logs, system_randomness,
    tell_ready, tell_stopping,
};
use terrace_wire::{Refusal, RefusalCode, RowFault};

use crate::assembly::{Broke, NoPort, assemble};
use crate::failure::Failure;
use crate::shell::Shell;

/// Files that a daemon with a few hundred children has open.
const FILES: u64 = 1_024;

/// Run the office: the daemon, in the foreground
///
/// It answers once all its ports are open: ask `terrace status` until it exits
/// 0. SIGTERM and Ctrl-C stop it softly, a second one at once; nothing that was
/// acknowledged is lost either way. Exit 6 means that the store failed: start it
/// again, and it goes on from what is durable.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace serve --data /var/lib/terrace
  TERRACE_LOG=debug terrace serve --data ./360827")]
pub(crate) struct Args {}

pub(crate) fn run(_args: &Args, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let folder = shell.folder()?.to_owned();
    let clock = Arc::new(SystemClock::start());
    let randomness = system_randomness().context("the system gives no randomness")?;
    let mut salt = [0; 8];
    randomness(&mut salt);
    let home = Home::open(&folder, u64::from_le_bytes(salt))
        .map_err(|error| not_opened(&error, &folder))?;
    start_logs(
        &home.config.log,
        std::env::var(LOG_VARIABLE).ok().as_deref(),
    )
    .map_err(|error| not_logged(&error))?;
    match raise_open_files() {
        Ok(files) => files.say_if_too_few(FILES),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
    let serves = format!("{} {}", home.office.code, home.office.name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime can be made")?;
    let stop = Stop::default();
    let ended = runtime.block_on(async {
        stop.on_signals().context("signals cannot be heard")?;
        let office = assemble(home, &clock, &randomness, &stop).await;
        let office = office.map_err(|error| not_assembled(error, &folder))?;
        tell_ready(&format!("serving {serves}"));
        shell.tell(&format!("serving {serves}; Ctrl-C stops it"));
        Ok::<_, Failure>(stop.unless_hard(office.run(&stop)).await)
    });
    tell_stopping();
    // What a hard stop leaves behind is not waited for.
    runtime.shutdown_background();
    match ended? {
        Some(Ok(())) => Ok(()),
        Some(Err(broke)) => Err(broken(broke)),
        None => Err(Failure::Fault(anyhow::anyhow!("stopped at once"))),
    }
}

/// A variable that holds no level is the command line's fault.
fn not_logged(error: &LogError) -> Failure {
    let why = with_causes(error);
    match error {
        LogError::Level(_) => Failure::usage(why),
        LogError::Twice(_) => Failure::Fault(anyhow::anyhow!(why)),
    }
}

/// An office that did not get as far as to answer.
fn not_assembled(error: anyhow::Error, folder: &Path) -> Failure {
    match error.downcast_ref::<NoPort>() {
        Some(no_port) => {
            let todo = no_port.todo(&folder.join(config::FILE_NAME));
            Failure::Refused(Refusal::new(RefusalCode::Fault, with_causes(no_port))).hint(todo)
        }
        None => Failure::Fault(error),
    }
}

/// An office that ended unasked.
pub(crate) fn broken(broke: Broke) -> Failure {
    match broke {
        Broke::Office(ended) => {
            let why = format!("the office stopped: {:#}", anyhow::Error::new(ended));
            Failure::Refused(Refusal::new(RefusalCode::Store, why))
                .hint("look at the disk, and start it again: nothing acknowledged is lost")
        }
        broke @ Broke::Served(_) => Failure::Fault(broke.into()),
    }
}

fn not_opened(error: &OpenError, folder: &Path) -> Failure {
    let code = match error {
        OpenError::NoOffice(_)
        | OpenError::Unfinished { .. }
        | OpenError::Config(_)
        | OpenError::NoParent(_) => RefusalCode::Content,
        OpenError::Store(StoreError::Lock(_))
        | OpenError::Folder(_)
        | OpenError::Keys(_)
        | OpenError::Nobody(_)
        | OpenError::OtherKeys { .. } => RefusalCode::Fault,
        OpenError::Store(_) => RefusalCode::Store,
    };
    let why = match error {
        OpenError::Config(ConfigError::Faults { path, faults }) => Refusal {
            faults: faults.iter().map(setting).collect(),
            ..Refusal::new(code, format!("{} is not right", path.display()))
        },
        OpenError::Config(
            ConfigError::Io { .. } | ConfigError::NotUtf8(_) | ConfigError::TooLong(_),
        )
        | OpenError::NoOffice(_)
        | OpenError::Unfinished { .. }
        | OpenError::NoParent(_)
        | OpenError::Store(_)
        | OpenError::Folder(_)
        | OpenError::Keys(_)
        | OpenError::Nobody(_)
        | OpenError::OtherKeys { .. } => Refusal::new(code, with_causes(error)),
    };
    let failure = Failure::Refused(why);
    match error.todo() {
        Some(todo) => failure.hint(todo.replace("DIR", &folder.display().to_string())),
        None => failure,
    }
}

/// A setting that is wrong, told like a bad row: on a line of its own.
fn setting(fault: &ConfigFault) -> RowFault {
    RowFault {
        line: u32::try_from(fault.line).unwrap_or(u32::MAX),
        field: fault.path.clone(),
        value: String::new(),
        reason: fault.reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrace_catalog::Lang;
    use terrace_node::config::Reason;

    #[test]
    fn each_wrong_setting_is_told_on_a_line_of_its_own() {
        let fault = |line, path: &str, reason| ConfigFault {
            line,
            path: path.into(),
            reason,
        };
        let error = OpenError::Config(ConfigError::Faults {
            path: "d/terrace.toml".into(),
            faults: vec![
                fault(2, "", Reason::Syntax("expected `=`".into())),
                fault(3, "link.listn", Reason::Unknown(None)),
            ],
        });
        let failure = not_opened(&error, Path::new("d"));
        let mut told = Vec::new();
        failure.tell(&mut told, Lang::En);
        let expected = "terrace: d/terrace.toml is not right\n\
            \x20 line 2: expected `=`\n\
            \x20 line 3 link.listn: there is no such setting\n";
        assert!(String::from_utf8(told).unwrap().starts_with(expected));
        assert_eq!(failure.exit().code(), 3);
    }
}
