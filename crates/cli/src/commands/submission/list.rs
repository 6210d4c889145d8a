use std::rc::Rc;

use terrace_catalog::Lang;
use terrace_wire::proto;

use super::row::{Labels, Row, cell};
use crate::clock;
use crate::failure::Failure;
use crate::office::{Office, ask, onward};
use crate::output::{Column, Tail};
use crate::shell::Shell;
use crate::words;

/// Show the submissions that this office holds, by arrival
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission list
  terrace submission list --state submitted --format json")]
pub(crate) struct Args {
    /// Only those in this state, such as submitted
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let page = |after| proto::SubmissionListRequest {
        state: args.state.clone(),
        after,
        limit: 0,
    };
    let mut reply = ask!(office, submission_list, page(None))?;
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
        reply = ask!(office, submission_list, page(after))?;
    }
    let count = rows.finish()?;
    shell.say_if_none(count);
    Ok(())
}

fn columns(lang: Lang) -> Vec<Column<Row>> {
    let labels = Rc::new(Labels::new(lang));
    let [kinds, states, acts] = [(); 3].map(|()| Rc::clone(&labels));
    vec![
        Column::new("id", words::ID.get(lang), |row: &Row| row.id.clone()),
        Column::new("type", words::TYPE.get(lang), |row: &Row| row.of.clone())
            .shown(move |row| kinds.kind(&row.of)),
        Column::new("origin", words::ORIGIN.get(lang), |row: &Row| {
            row.origin.clone()
        }),
        Column::new("name", words::NAME.get(lang), |row: &Row| {
            row.name.clone().unwrap_or_default()
        }),
        Column::new("state", words::STATE.get(lang), |row: &Row| {
            row.state.clone()
        })
        .shown(move |row| states.state(&row.state)),
        Column::new("terms", words::TERMS.get(lang), |row: &Row| {
            cell(&row.terms)
        })
        .shown(move |row| {
            let terms = row.terms.0.iter();
            let shown = terms.map(|(id, value)| labels.pair(&row.of, id, value).1);
            shown.collect::<Vec<_>>().join(" ")
        }),
        Column::new("acts", words::ACTS.get(lang), |row: &Row| {
            row.acts.join(" ")
        })
        .shown(move |row| {
            let shown = row.acts.iter().map(|act| acts.action(act));
            shown.collect::<Vec<_>>().join(" ")
        }),
        Column::new("at", words::AT.get(lang), |row: &Row| row.at.clone())
            .shown(|row| clock::shown(&row.at)),
    ]
}
