mod sheet;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use terrace_catalog::Lang;
use terrace_model::{Code, Level};
use terrace_wire::{Refusal, RefusalCode, level_number, proto};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::file;
use crate::given;
use crate::office::{Office, ask};
use crate::output::{Column, Tail};
use crate::shell::Shell;
use crate::words;
use sheet::Invited;

/// Make a one-time invitation for an office below, to be given to `terrace join`
///
/// The last line of the output is the invitation. A second one for an office
/// that has not joined voids the first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace invite 360827 --name 遂川县 --level county
  terrace invite 360827 --name 遂川县 --level county --valid-for 7d
  terrace invite --from offices.csv --out invitations

The sheet has the columns code, name, level, and maybe parent: then only the
rows below this office are invited. Each invitation is written to a file
CODE.txt.")]
pub(crate) struct Args {
    /// The code of the office
    #[arg(required_unless_present = "from", conflicts_with_all = ["from", "out"])]
    code: Option<Code>,
    /// Its name
    #[arg(long, conflicts_with = "from", required_unless_present = "from")]
    name: Option<String>,
    /// Its level
    #[arg(long, conflicts_with = "from", required_unless_present = "from")]
    level: Option<Level>,
    /// How long the invitation is good for, such as 24h or 7d [default: 24h]
    #[arg(long, value_name = "TIME", value_parser = given::millis)]
    valid_for: Option<u64>,
    /// A sheet of offices to invite; - reads standard input
    #[arg(long, value_name = "FILE", requires = "out")]
    from: Option<PathBuf>,
    /// The folder for their invitations
    #[arg(long, value_name = "DIR", requires = "from")]
    out: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
struct Row {
    code: String,
    file: String,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let valid_for = args.valid_for;
    match (args.code, args.name, args.level, args.from, args.out) {
        (Some(code), Some(name), Some(level), _, _) => {
            let one = Invited {
                code,
                name,
                level,
                parent: None,
            };
            let invitation = invite(one, valid_for, office, shell).await?;
            shell.line(&invitation)
        }
        (_, _, _, Some(from), Some(out)) => {
            let text = file::text(&from, sheet::BYTES, shell)?;
            let all = match sheet::read(&text, shell.lang) {
                Ok(all) => all,
                Err(faults) => {
                    let why =
                        Refusal::new(RefusalCode::Content, words::BAD_OFFICES.get(shell.lang));
                    return Err(Failure::Refused(Refusal { faults, ..why }));
                }
            };
            invite_all(all, &out, valid_for, office, shell).await
        }
        // The command line holds one or the other.
        (_, _, _, _, _) => Ok(()),
    }
}

/// Asks for one invitation, and tells what is unusual about it.
async fn invite(
    invited: Invited,
    valid_for: Option<u64>,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<String, Failure> {
    let request = proto::InviteRequest {
        code: invited.code.to_string(),
        name: invited.name,
        level: level_number(invited.level),
        valid_for_millis: valid_for,
    };
    let reply = ask!(office, invite, request)?;
    shell.warn(&reply.warnings);
    Ok(reply.invitation)
}

/// Invites all offices of a sheet that are below this one. What is refused for
/// one office does not stop the others, unless it is refused for the next one in
/// the same words.
async fn invite_all(
    all: Vec<Invited>,
    out: &Path,
    valid_for: Option<u64>,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let all = below(all, office, shell).await?;
    make_folder(out)?;
    let mut made = Vec::new();
    let mut refused: Option<Refusal> = None;
    for invited in all {
        let code = invited.code.clone();
        match invite(invited, valid_for, office, shell).await {
            Ok(invitation) => made.push(write(out, &code, &invitation)?),
            Err(Failure::Refused(why)) if is_about_one(&why, refused.as_ref()) => {
                shell.tell(&format!("{code}: {}", why.text));
                refused = Some(why);
            }
            Err(failure) => return Err(failure),
        }
    }
    let mut rows = shell.rows(Tail::None, columns(shell.lang));
    for row in made {
        rows.push(row)?;
    }
    rows.finish()?;
    refused.map_or(Ok(()), |why| Err(Failure::Told(Exit::Not(why.code))))
}

/// Whether a refusal may be due to the office that was to be invited.
fn is_about_one(why: &Refusal, last: Option<&Refusal>) -> bool {
    let again = last.is_some_and(|last| last.text == why.text);
    why.code == RefusalCode::Content && !again
}

/// The offices whose parent is this one, where the sheet says parents.
async fn below(
    mut all: Vec<Invited>,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<Vec<Invited>, Failure> {
    if all.iter().all(|invited| invited.parent.is_none()) {
        return Ok(all);
    }
    let status = ask!(office, status, proto::StatusRequest {})?;
    let own = status
        .office
        .ok_or_else(|| Failure::answer("no office of its own"))?;
    let before = all.len();
    all.retain(|invited| {
        let parent = invited.parent.as_ref();
        parent.is_some_and(|parent| parent.as_str() == own.code)
    });
    let (skipped, code) = (before - all.len(), own.code);
    if skipped > 0 {
        shell.tell(&match shell.lang {
            Lang::Zh => format!("跳过 {skipped} 行：上级不是 {code}"),
            Lang::En => format!("{skipped} rows skipped: their parent is not {code}"),
        });
    }
    Ok(all)
}

/// Makes the folder, for its owner alone: an invitation lets in whoever has it.
fn make_folder(out: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(out);
    Ok(made.with_context(|| format!("the folder {} cannot be made", out.display()))?)
}

/// Writes one invitation to a file for its owner alone, in place of an earlier
/// one, which is void.
fn write(out: &Path, code: &Code, invitation: &str) -> Result<Row, Failure> {
    let path = out.join(format!("{code}.txt"));
    let removed = match fs::remove_file(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    };
    removed
        .and_then(|()| {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
        })
        .and_then(|mut file| writeln!(file, "{invitation}"))
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(Row {
        code: code.to_string(),
        file: path.display().to_string(),
    })
}

fn columns(lang: Lang) -> Vec<Column<Row>> {
    vec![
        Column::new("code", words::CODE.get(lang), |row: &Row| row.code.clone()),
        Column::new("file", words::FILE.get(lang), |row: &Row| row.file.clone()),
    ]
}
