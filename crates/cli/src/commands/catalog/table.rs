//! The catalog as people read it: what offices keep and propose, in which codes,
//! and what is counted of it.

use serde::Serialize;
use terrace_catalog::never_recorded::FREE_TEXT_HINT;
use terrace_catalog::{Catalog, Field, FieldKind, Lang, Presence, text_of};

use crate::failure::Failure;
use crate::output::{Column, Tail};
use crate::shell::Shell;
use crate::words;

/// Where the text beside an act on a submission is given.
const NOTE: &str = "--note";

/// A line of one of the tables: cells by column.
#[derive(Serialize)]
struct Line(Vec<String>);

/// Writes the tables of a catalog, each after a heading of its own.
pub(super) fn write(catalog: &Catalog, shell: &mut Shell<'_>) -> Result<(), Failure> {
    let lang = shell.lang;
    shell.line(&catalog.name())?;
    let (name, unit) = (words::NAME.get(lang), words::UNIT.get(lang));
    let field = words::FIELD.get(lang);
    let holds = [words::HOLDS, words::GIVEN, words::NOTE].map(|word| word.get(lang));
    let fields = [[field, name].as_slice(), &holds].concat();
    for of in &catalog.types {
        let lines = of.fields.iter();
        let lines = lines.map(|field| shown(catalog, &of.id, field, lang));
        let heading = format!("{} {}", of.id, of.label.get(lang));
        section(&heading, &fields, lines.collect(), shell)?;
    }
    for flow in &catalog.workflows {
        let lines = flow.fields.iter();
        let lines = lines.map(|field| shown(catalog, &flow.id, field, lang));
        let note = Line(vec![
            NOTE.to_owned(),
            words::NOTE.get(lang).to_owned(),
            text(flow.note_max_chars, lang),
            String::new(),
            hint(lang).to_owned(),
        ]);
        let heading = format!("{} {}", flow.id, flow.label.get(lang));
        section(&heading, &fields, lines.chain([note]).collect(), shell)?;
    }
    let codes = catalog.lists.iter().flat_map(|list| {
        let of = list.codes.iter();
        of.map(|entry| {
            let label = entry.label.get(lang).to_owned();
            Line(vec![list.id.clone(), entry.code.clone(), label])
        })
    });
    let columns = [words::LIST.get(lang), words::CODE.get(lang), name];
    section(words::LISTS.get(lang), &columns, codes.collect(), shell)?;
    let indicators = catalog.indicators.iter().map(|indicator| {
        let by = indicator.dims.iter().map(|dim| dim.id.as_str());
        Line(vec![
            indicator.id.clone(),
            indicator.label.get(lang).to_owned(),
            indicator.unit.get(lang).to_owned(),
            by.collect::<Vec<_>>().join(" "),
        ])
    });
    let indicator = words::INDICATOR.get(lang);
    let columns = [indicator, name, unit, words::BY.get(lang)];
    section(
        words::INDICATORS.get(lang),
        &columns,
        indicators.collect(),
        shell,
    )
}

/// A table after its heading.
fn section(
    heading: &str,
    columns: &[&str],
    lines: Vec<Line>,
    shell: &mut Shell<'_>,
) -> Result<(), Failure> {
    shell.line("")?;
    shell.line(heading)?;
    let columns = columns.iter().enumerate().map(|(at, heading)| {
        let cell = move |line: &Line| line.0.get(at).cloned().unwrap_or_default();
        Column::new(*heading, *heading, cell)
    });
    let mut rows = shell.rows(Tail::None, columns.collect());
    for line in lines {
        rows.push(line)?;
    }
    rows.finish()?;
    Ok(())
}

fn shown(catalog: &Catalog, of: &str, field: &Field, lang: Lang) -> Line {
    let is_free_text = catalog.free_text.contains(&format!("{of}.{}", field.id));
    let mut notes = Vec::new();
    if is_free_text {
        notes.push(hint(lang));
    }
    if field.private {
        notes.push(words::STAYS_HERE.get(lang));
    }
    let given = match (&field.presence, lang) {
        (Presence::Required, _) => words::REQUIRED.get(lang).to_owned(),
        (Presence::Optional, _) => String::new(),
        (Presence::Default(value), Lang::Zh) => format!("不填为 {}", text_of(value)),
        (Presence::Default(value), Lang::En) => format!("else {}", text_of(value)),
    };
    Line(vec![
        field.id.clone(),
        field.label.get(lang).to_owned(),
        holds(&field.kind, lang),
        given,
        notes.join(match lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        }),
    ])
}

/// What is printed beside every free text about a person.
const fn hint(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => FREE_TEXT_HINT.0,
        Lang::En => FREE_TEXT_HINT.1,
    }
}

fn text(most: usize, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("文字，最多 {most} 字"),
        Lang::En => format!("text, at most {most} characters"),
    }
}

fn holds(kind: &FieldKind, lang: Lang) -> String {
    match (kind, lang) {
        (FieldKind::Text { max_chars }, _) => text(*max_chars, lang),
        (FieldKind::Code(list), Lang::Zh) => format!("{} 的一个代码", list.id),
        (FieldKind::Code(list), Lang::En) => format!("a code of {}", list.id),
        (FieldKind::Codes(list), Lang::Zh) => format!("{} 的代码，可多个", list.id),
        (FieldKind::Codes(list), Lang::En) => format!("any codes of {}", list.id),
        (FieldKind::Year, _) => words::A_YEAR.get(lang).to_owned(),
        (FieldKind::Date { .. }, _) => words::A_DAY.get(lang).to_owned(),
        (FieldKind::Count, _) => words::A_COUNT.get(lang).to_owned(),
        (FieldKind::Amount, _) => words::AN_AMOUNT.get(lang).to_owned(),
        (FieldKind::Ref { of, .. }, Lang::Zh) => format!("{of} 的编号"),
        (FieldKind::Ref { of, .. }, Lang::En) => format!("id of a {of}"),
    }
}
