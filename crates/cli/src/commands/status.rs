use std::time::Duration;

use serde::Serialize;
use terrace_catalog::Lang;
use terrace_wire::proto;
use tokio::time::interval;

use crate::answer;
use crate::clock;
use crate::failure::Failure;
use crate::office::{Office, ask};
use crate::output::{Column, Format, Tail};
use crate::shell::Shell;
use crate::words;

/// How often `--watch` asks.
const WATCH: Duration = Duration::from_secs(1);

/// Empties a terminal and begins at its top.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Show this office and all below: who is behind, since when, why, what to do
///
/// Exit 0 means that this office's daemon answers, whatever state the offices
/// are in.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace status --data /var/lib/terrace
  terrace status --watch
  terrace status --format json")]
pub(crate) struct Args {
    /// Show it again whenever more than a time in it changes, until interrupted
    #[arg(long)]
    watch: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Status {
    office: Own,
    offices: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Own {
    code: String,
    name: String,
    level: &'static str,
    version: String,
    catalog: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Row {
    code: String,
    name: String,
    parent: Option<String>,
    level: &'static str,
    state: &'static str,
    last_heard: Option<String>,
    behind: Behind,
    since: Option<String>,
    as_of: Option<String>,
    why: Option<String>,
    todo: Option<String>,
    clock_skew_ms: Option<i64>,
    certificate_days: Option<i32>,
    disk_free_bytes: Option<u64>,
    version: Option<String>,
    refused: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Behind {
    entries: u64,
    bytes: u64,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let mut shown = asked(office).await?;
    show(&shown, args.watch, shell)?;
    if !args.watch {
        return Ok(());
    }
    let mut ticks = interval(WATCH);
    loop {
        ticks.tick().await;
        let status = asked(office).await?;
        if is_news(&shown, &status) {
            shown = status;
            show(&shown, true, shell)?;
        }
    }
}

/// Whether something changed beside the times that move on by themselves: when
/// an office was last heard, and when that was true.
fn is_news(shown: &Status, status: &Status) -> bool {
    let still = |row: &Row| Row {
        last_heard: None,
        as_of: None,
        ..row.clone()
    };
    let (before, after) = (shown.offices.iter(), status.offices.iter());
    shown.office != status.office || !before.map(still).eq(after.map(still))
}

async fn asked(office: &mut Office) -> Result<Status, Failure> {
    let reply = ask!(office, status, proto::StatusRequest {})?;
    let own = reply
        .office
        .ok_or_else(|| Failure::answer("no office of its own"))?;
    let rows: Result<_, _> = reply.offices.into_iter().map(row).collect();
    Ok(Status {
        office: Own {
            level: answer::level(own.level)?,
            code: own.code,
            name: own.name,
            version: own.version,
            catalog: own.catalog,
        },
        offices: rows?,
    })
}

fn row(said: proto::OfficeStatus) -> Result<Row, Failure> {
    Ok(Row {
        level: answer::level(said.level)?,
        state: answer::office_state(said.state)?,
        last_heard: answer::instant(said.last_heard)?,
        since: answer::instant(said.since)?,
        as_of: answer::instant(said.as_of)?,
        behind: Behind {
            entries: said.behind_entries,
            bytes: said.behind_bytes,
        },
        code: said.code,
        name: said.name,
        parent: said.parent,
        why: said.why,
        todo: said.todo,
        clock_skew_ms: said.clock_skew_ms,
        certificate_days: said.certificate_days,
        disk_free_bytes: said.disk_free_bytes,
        version: said.version,
        refused: said.refused,
    })
}

fn show(status: &Status, watched: bool, shell: &mut Shell<'_>) -> Result<(), Failure> {
    match shell.format() {
        Format::Json => shell.json(status)?,
        Format::Csv => table(status, shell)?,
        Format::Table => {
            if watched && shell.is_terminal {
                shell.stdout.write_all(CLEAR.as_bytes())?;
            }
            let own = &status.office;
            let level = answer::level_label(own.level, shell.lang);
            let (code, name, version) = (&own.code, &own.name, &own.version);
            let catalog = &own.catalog;
            shell.line(&format!(
                "{code} {name} ({level}), terrace {version}, {catalog}"
            ))?;
            table(status, shell)?;
        }
    }
    // Whoever watches sees each state as it comes.
    Ok(shell.stdout.flush()?)
}

fn table(status: &Status, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let columns = columns(shell.lang);
    let mut rows = shell.rows(Tail::None, columns);
    for row in &status.offices {
        rows.push(row.clone())?;
    }
    rows.finish()?;
    Ok(())
}

fn columns(lang: Lang) -> Vec<Column<Row>> {
    let time = |id: &str, heading: words::Said, of: fn(&Row) -> &Option<String>| {
        Column::new(id, heading.get(lang), move |row: &Row| text(of(row)))
            .shown(move |row| of(row).as_deref().map(clock::shown).unwrap_or_default())
    };
    let mut columns = vec![
        Column::new("code", words::CODE.get(lang), |row: &Row| row.code.clone()).always(),
        Column::new("name", words::NAME.get(lang), |row: &Row| row.name.clone()),
        Column::new("parent", words::PARENT.get(lang), |row: &Row| {
            text(&row.parent)
        })
        .csv_only(),
        Column::new("level", words::LEVEL.get(lang), |row: &Row| {
            row.level.to_owned()
        })
        .shown(move |row| answer::level_label(row.level, lang).to_owned()),
        Column::new("state", words::STATE.get(lang), |row: &Row| {
            row.state.to_owned()
        })
        .shown(move |row| answer::office_state_label(row.state, lang).to_owned())
        .always(),
        time("since", words::SINCE, |row| &row.since),
        Column::count("behind_entries", words::BEHIND.get(lang), |row: &Row| {
            row.behind.entries
        }),
        Column::count(
            "behind_bytes",
            words::BEHIND_BYTES.get(lang),
            |row: &Row| row.behind.bytes,
        ),
        time("last_heard", words::LAST_HEARD, |row| &row.last_heard),
        time("as_of", words::AS_OF, |row| &row.as_of).csv_only(),
    ];
    columns.extend(readings(lang));
    columns.extend([
        Column::count("refused", words::REFUSED.get(lang), |row: &Row| row.refused),
        Column::new("why", words::WHY.get(lang), |row: &Row| text(&row.why)),
        Column::new("todo", words::WHAT_TO_DO.get(lang), |row: &Row| {
            text(&row.todo)
        }),
    ]);
    columns
}

/// What an office measured of itself; too much for a line on a terminal.
fn readings(lang: Lang) -> [Column<Row>; 4] {
    let reading = |id: &str, heading: words::Said, of: fn(&Row) -> String| {
        Column::new(id, heading.get(lang), of).csv_only()
    };
    [
        reading("clock_skew_ms", words::CLOCK_SKEW, |row| {
            number(row.clock_skew_ms)
        }),
        reading("certificate_days", words::CERTIFICATE_DAYS, |row| {
            number(row.certificate_days)
        }),
        reading("disk_free_bytes", words::DISK_FREE, |row| {
            number(row.disk_free_bytes)
        }),
        reading("version", words::VERSION, |row| text(&row.version)),
    ]
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn number(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
