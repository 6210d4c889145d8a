use serde::Serialize;
use terrace_catalog::{Catalog, Lang, shipped};
use terrace_model::{Code, Level, Period};
use terrace_wire::proto;

use crate::answer::{self, Fields};
use crate::failure::Failure;
use crate::given;
use crate::office::{Office, ask};
use crate::output::{Column, Tail};
use crate::shell::Shell;
use crate::words;

/// Show figures of offices, with what they rest on
///
/// Without a period: the last quarter that has ended. Without --by: one row for
/// each indicator and period. Periods are written 2024, 2024S1 (half), 2024Q3,
/// 202409.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  terrace rollup persons organisations
  terrace rollup capital --office 360827 --period 2024Q3 --by kind,industry
  terrace rollup contributed --from 2020 --to 2024 --format csv
  terrace rollup persons --level township")]
pub(crate) struct Args {
    /// Indicators by their id
    #[arg(required = true, value_name = "INDICATOR")]
    indicators: Vec<String>,
    /// The office at the top of the subtree [default: this one]
    #[arg(long, value_name = "CODE")]
    office: Option<Code>,
    /// One period
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    period: Option<Period>,
    /// The first of several periods
    #[arg(long, value_name = "PERIOD", requires = "to")]
    from: Option<Period>,
    /// The last of several periods, included
    #[arg(long, value_name = "PERIOD", requires = "from")]
    to: Option<Period>,
    /// A row for each combination of these dimensions
    #[arg(long, value_name = "DIM", value_delimiter = ',')]
    by: Vec<String>,
    /// A row for each office of this level
    #[arg(long)]
    level: Option<Level>,
}

#[derive(Debug, Serialize)]
struct Row {
    indicator: String,
    office: String,
    period: String,
    dims: Fields,
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    den: Option<String>,
    unit: String,
    coverage: Coverage,
    oldest_input: Option<String>,
    state: String,
    revision: Option<u32>,
    flags: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Coverage {
    expected: u32,
    reported: u32,
    partial: u32,
    carried: u32,
    missing: u32,
    surplus: u32,
}

pub(crate) async fn run(
    args: Args,
    office: &mut Office,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    let columns = columns(&args.by, shell.lang);
    let request = proto::RollupRequest {
        span: span(&args, shell.lang)?,
        indicators: args.indicators,
        office: args.office.map(|code| code.to_string()),
        by: args.by,
        level: given::level_number(args.level),
    };
    let mut replies = ask!(office, rollup, request)?;
    let mut rows = shell.rows(Tail::None, columns);
    loop {
        let reply = replies.message().await;
        let Some(reply) = reply.map_err(|status| office.failure(&status))? else {
            break;
        };
        for said in reply.rows {
            rows.push(row(said)?)?;
        }
    }
    let count = rows.finish()?;
    shell.say_if_none(count);
    Ok(())
}

fn span(args: &Args, lang: Lang) -> Result<Option<proto::rollup_request::Span>, Failure> {
    use proto::rollup_request::Span;
    match (args.period, args.from, args.to) {
        (Some(period), _, _) => Ok(Some(Span::Period(period.to_string()))),
        (None, Some(from), Some(to)) => {
            if from.months() != to.months() || from.first_month() > to.first_month() {
                let why = Failure::usage(words::NOT_A_SPAN.get(lang));
                return Err(why.hint(words::SPAN_LIKE.get(lang)));
            }
            Ok(Some(Span::Range(proto::PeriodRange {
                from: from.to_string(),
                to: to.to_string(),
            })))
        }
        (None, None | Some(_), None) | (None, None, Some(_)) => Ok(None),
    }
}

fn row(said: proto::RollupRow) -> Result<Row, Failure> {
    let coverage = said
        .coverage
        .ok_or_else(|| Failure::answer("a figure without coverage"))?;
    Ok(Row {
        indicator: said.indicator,
        office: said.office,
        period: said.period,
        dims: Fields::from_given(said.dims),
        value: said.value,
        num: said.num,
        den: said.den,
        unit: said.unit,
        coverage: Coverage {
            expected: coverage.expected,
            reported: coverage.reported,
            partial: coverage.partial,
            carried: coverage.carried,
            missing: coverage.missing,
            surplus: coverage.surplus,
        },
        oldest_input: answer::day(said.oldest_input)?,
        state: said.state,
        revision: said.revision,
        flags: said.flags,
    })
}

fn columns(by: &[String], lang: Lang) -> Vec<Column<Row>> {
    let catalog = std::rc::Rc::new(shipped());
    let labels = std::rc::Rc::clone(&catalog);
    let mut columns = vec![
        Column::new("indicator", words::INDICATOR.get(lang), |row: &Row| {
            row.indicator.clone()
        })
        .shown(move |row| indicator_label(&labels, &row.indicator, lang)),
        Column::new("office", words::OFFICE.get(lang), |row: &Row| {
            row.office.clone()
        }),
        Column::new("period", words::PERIOD.get(lang), |row: &Row| {
            row.period.clone()
        }),
    ];
    for dim in by {
        columns.push(dim_column(dim, &catalog, lang));
    }
    columns.extend([
        Column::new("value", words::VALUE.get(lang), |row: &Row| {
            text(&row.value)
        })
        .number()
        .always()
        .shown(|row| row.value.clone().unwrap_or_else(|| "-".to_owned())),
        Column::new("unit", words::UNIT.get(lang), |row: &Row| row.unit.clone()),
        Column::new("num", words::NUMERATOR.get(lang), |row: &Row| {
            text(&row.num)
        })
        .number(),
        Column::new("den", words::DENOMINATOR.get(lang), |row: &Row| {
            text(&row.den)
        })
        .number(),
        Column::new("reported", words::REPORTED.get(lang), |row: &Row| {
            row.coverage.reported.to_string()
        })
        .shown(|row| format!("{}/{}", row.coverage.reported, row.coverage.expected))
        .number(),
    ]);
    columns.extend(counts(lang));
    columns.extend([
        Column::new(
            "oldest_input",
            words::OLDEST_INPUT.get(lang),
            |row: &Row| text(&row.oldest_input),
        ),
        Column::new("state", words::STATE.get(lang), |row: &Row| {
            row.state.clone()
        })
        .csv_only(),
        Column::new("revision", words::REVISION.get(lang), |row: &Row| {
            row.revision
                .map(|number| number.to_string())
                .unwrap_or_default()
        }),
        Column::new("flags", words::FLAGS.get(lang), |row: &Row| {
            row.flags.join(" ")
        }),
    ]);
    columns
}

/// The rest of the coverage.
fn counts(lang: Lang) -> [Column<Row>; 5] {
    let count = |id: &str, heading: words::Said, of: fn(&Coverage) -> u32| {
        Column::count(id, heading.get(lang), move |row: &Row| {
            u64::from(of(&row.coverage))
        })
    };
    [
        count("expected", words::EXPECTED, |of| of.expected).csv_only(),
        count("partial", words::PARTIAL, |of| of.partial),
        count("carried", words::CARRIED, |of| of.carried),
        count("missing", words::MISSING, |of| of.missing),
        count("surplus", words::SURPLUS, |of| of.surplus),
    ]
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn indicator_label(catalog: &Catalog, id: &str, lang: Lang) -> String {
    let known = catalog.indicator(id);
    known
        .map_or(id, |indicator| indicator.label.get(lang))
        .to_owned()
}

/// The codes of one dimension; in a table by what they are called.
fn dim_column(dim: &str, catalog: &std::rc::Rc<Catalog>, lang: Lang) -> Column<Row> {
    let found = catalog.indicators.iter().find_map(|of| of.dim(dim));
    let heading = found.map_or(dim, |dim| dim.label.get(lang)).to_owned();
    let (id, shown_id) = (dim.to_owned(), dim.to_owned());
    let catalog = std::rc::Rc::clone(catalog);
    let code = |row: &Row, dim: &str| row.dims.get(dim).map(answer::Value::text);
    Column::new(dim, heading, move |row: &Row| {
        code(row, &id).unwrap_or_default()
    })
    .shown(move |row| {
        let code = code(row, &shown_id).unwrap_or_default();
        let dim = catalog
            .indicator(&row.indicator)
            .and_then(|indicator| indicator.dim(&shown_id));
        let label = dim.and_then(|dim| dim.list.label(&code));
        label.map_or_else(|| code.clone(), |label| label.get(lang).to_owned())
    })
}
