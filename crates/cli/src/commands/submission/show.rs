use std::rc::Rc;

use serde::Serialize;
use terrace_catalog::Lang;
use terrace_model::SubmissionId;
use terrace_wire::proto;

use super::row::{Labels, Row, Step};
use crate::answer::Fields;
use crate::clock;
use crate::failure::Failure;
use crate::office::{Office, ask};
use crate::output::{Column, Format, Pairs, Tail};
use crate::shell::Shell;
use crate::words;

/// Show one submission with all that was done about it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace submission show 00f1a2b3c4d5e6f7
  terrace submission show 00f1a2b3c4d5e6f7 --format json")]
pub(crate) struct Args {
    /// The submission
    id: SubmissionId,
}

#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    row: Row,
    subject: Fields,
    steps: Vec<Step>,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    shell.no_csv()?;
    let request = proto::SubmissionShowRequest { id: args.id.0 };
    let reply = ask!(office, submission_show, request)?;
    let row = reply.row.ok_or_else(|| Failure::answer("no submission"))?;
    let steps: Result<_, _> = reply.steps.into_iter().map(Step::from_proto).collect();
    let shown = Shown {
        row: Row::from_proto(row)?,
        subject: Fields::from_shown(reply.subject),
        steps: steps?,
    };
    if shell.format() == Format::Json {
        shell.json(&shown)
    } else {
        table(shown, shell)
    }
}

fn table(shown: Shown, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let Shown {
        row,
        subject,
        steps,
    } = shown;
    let lang = shell.lang;
    let labels = Labels::new(lang);
    let mut pairs = Pairs::default();
    pairs.add(words::ID.get(lang), &row.id);
    pairs.add(words::TYPE.get(lang), labels.kind(&row.of));
    pairs.add(words::ORIGIN.get(lang), &row.origin);
    pairs.add(words::STATE.get(lang), labels.state(&row.state));
    for (id, value) in subject.0.iter().chain(&row.terms.0) {
        let (heading, value) = labels.pair(&row.of, id, value);
        pairs.add(heading, value);
    }
    let acts: Vec<_> = row.acts.iter().map(|act| labels.action(act)).collect();
    pairs.add(words::ACTS.get(lang), acts.join(" "));
    pairs.write(shell.stdout)?;
    shell.line("")?;
    let mut rows = shell.rows(Tail::None, columns(row.of, labels, lang));
    for step in steps {
        rows.push(step)?;
    }
    rows.finish()?;
    Ok(())
}

fn columns(of: String, labels: Labels, lang: Lang) -> Vec<Column<Step>> {
    let labels = Rc::new(labels);
    let actions = Rc::clone(&labels);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        Column::new("at", words::AT.get(lang), |step: &Step| {
            clock::shown(&step.at)
        }),
        Column::new("office", words::OFFICE.get(lang), |step: &Step| {
            step.office.clone()
        }),
        Column::new("action", words::ACTION.get(lang), move |step: &Step| {
            actions.action(&step.action)
        }),
        Column::new("reason", words::REASON.get(lang), move |step: &Step| {
            let reason = step.reason.as_deref();
            reason
                .map(|reason| labels.reason(&of, reason))
                .unwrap_or_default()
        }),
        Column::new("note", words::NOTE.get(lang), move |step: &Step| {
            text(&step.note)
        }),
    ]
}
