//! What `init` and `join` share: how an office that is being made is reached,
//! and what is told of it.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use terrace_catalog::Lang;
use terrace_node::Randomness;
use terrace_node::bringup::{BringUpError, LinkAddress, ListenAt, Listening, Made};
use terrace_node::config::Profile;
use terrace_node::lifecycle::system_randomness;
use terrace_wire::{Refusal, RefusalCode};

use crate::answer::level_label;
use crate::failure::{Failure, serve};
use crate::output::Format;
use crate::shell::Shell;
use crate::words;

/// How the office is reached, and its size.
#[derive(Debug, clap::Args)]
pub(super) struct Surroundings {
    /// Where it listens for its children; port 0: one is chosen once, and kept
    /// [default: it takes no children]
    #[arg(long, value_name = "HOST:PORT")]
    link: Option<ListenAt>,
    /// What its invitations name, where that differs from --link
    #[arg(long, value_name = "HOST:PORT")]
    public: Option<LinkAddress>,
    /// In a later version
    #[arg(long, value_name = "HOST:PORT")]
    console: Option<ListenAt>,
    /// The size of its store: tiny, township, county or prefecture [default: by
    /// its level]
    #[arg(long, value_name = "SIZE")]
    profile: Option<Profile>,
}

impl Surroundings {
    /// What of it is there in this version.
    pub(super) fn read(self, lang: Lang) -> Result<(Listening, Option<Profile>), Failure> {
        let Self {
            link: listen,
            public,
            console,
            profile,
        } = self;
        if console.is_some() {
            return Err(Failure::usage(words::CONSOLE_LATER.get(lang)));
        }
        Ok((Listening { listen, public }, profile))
    }
}

/// An office that was made, as programs read it.
#[derive(Debug, Serialize)]
struct Told {
    id: String,
    tree: String,
    code: String,
    name: String,
    level: &'static str,
    parent: Option<String>,
    link: Option<String>,
    public: Option<String>,
}

/// Tells of an office that was made, and how it is started.
pub(super) fn tell(made: &Made, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let (office, link) = (&made.office, &made.config.link);
    let level = office.level.as_str();
    match shell.format() {
        Format::Json => shell.json(&Told {
            id: office.id.to_string(),
            tree: made.own.tree.to_string(),
            code: office.code.to_string(),
            name: office.name.clone(),
            level,
            parent: office.parent.map(|parent| parent.to_string()),
            link: link.listen.as_ref().map(ToString::to_string),
            public: link.public.as_ref().map(ToString::to_string),
        })?,
        Format::Table | Format::Csv => {
            let (code, name, folder) = (&office.code, &office.name, made.folder.display());
            let level = level_label(level, shell.lang);
            shell.line(&match shell.lang {
                Lang::Zh => format!("{code} {name}（{level}）在 {folder}"),
                Lang::En => format!("{code} {name} ({level}) is in {folder}"),
            })?;
            if let Some(address) = link.invited_to() {
                shell.line(&match shell.lang {
                    Lang::Zh => format!("下级连接 {address}"),
                    Lang::En => format!("its children dial {address}"),
                })?;
            }
        }
    }
    let start = serve(&made.folder);
    let next = words::NEXT.get(shell.lang);
    shell.tell(&format!("{next}: {start}"));
    Ok(())
}

/// Why an office was not brought up.
pub(super) fn not_brought_up(error: BringUpError) -> Failure {
    match error {
        BringUpError::Refused(refused) => {
            let code = if refused.is_usage() {
                RefusalCode::Usage
            } else {
                RefusalCode::Content
            };
            let failure = Failure::Refused(Refusal::new(code, refused.to_string()));
            match refused.todo() {
                Some(todo) => failure.hint(todo),
                None => failure,
            }
        }
        BringUpError::Failed(failed) => Failure::Fault(failed.into()),
    }
}

/// The folder of the office to be made, and randomness for it.
pub(super) fn begin<'s>(shell: &'s Shell<'_>) -> Result<(&'s Path, Randomness), Failure> {
    shell.no_csv()?;
    let folder = shell.folder()?;
    let randomness = system_randomness().context("the system gives no randomness")?;
    Ok((folder, randomness))
}
