//! The canonical text of a catalog: one line for each construct, every part in
//! quotes, in the catalog's own order. It is hashed, so its form never changes
//! without a new first line.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    Also, By, Carried, Catalog, CodeList, Cross, DataSet, Dim, DimSource, Ends, Field, FieldKind,
    Filter, FlowSource, Indicator, Keep, Kept, Label, Lies, Measure, Open, Part, Presence,
    RecordType, Span, States, StockSource, SubmissionEvent, Sum, TypeRule, Workflow,
    parse::text_of,
};

/// Writes lines of quoted words.
#[derive(Default)]
struct Text {
    lines: String,
}

impl Text {
    fn line(&mut self, first: &str, words: &[&str]) {
        self.lines.push_str(first);
        for word in words {
            self.lines.push_str(" \"");
            for symbol in word.chars() {
                if symbol == '"' || symbol == '\\' {
                    self.lines.push('\\');
                }
                match symbol {
                    '\n' => self.lines.push_str("\\n"),
                    other => self.lines.push(other),
                }
            }
            self.lines.push('"');
        }
        self.lines.push('\n');
    }

    fn listed(&mut self, first: &str, words: &[String]) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.line(first, &words);
    }
}

pub(crate) fn catalog(catalog: &Catalog) -> String {
    let mut text = Text::default();
    text.line(
        "terrace-catalog-1",
        &[&catalog.id, &catalog.version.to_string()],
    );
    for list in &catalog.lists {
        code_list(&mut text, list);
    }
    for of in &catalog.types {
        record_type(&mut text, of);
    }
    for field in &catalog.free_text {
        text.line("free-text", &[field]);
    }
    for indicator in &catalog.indicators {
        let Label { zh, en } = &indicator.label;
        let unit = &indicator.unit;
        text.line("indicator", &[&indicator.id, zh, en, &unit.zh, &unit.en]);
        rule(&mut text, indicator);
        for dim in &indicator.dims {
            text.line(
                "dim-label",
                &[&dim.id, &dim.label.zh, &dim.label.en, &dim.list.id],
            );
        }
    }
    for set in &catalog.data_sets {
        data_set(&mut text, set);
    }
    for flow in &catalog.workflows {
        workflow(&mut text, flow);
    }
    text.lines
}

pub(crate) fn definition(catalog: &Catalog, indicator: &Indicator) -> String {
    let mut text = Text::default();
    text.line("terrace-indicator-1", &[&indicator.id]);
    rule(&mut text, indicator);
    let spanned = |text: &mut Text, of: &str| {
        if let Some(counted) = catalog.record_type(of).and_then(|of| of.span.as_ref()) {
            span(text, counted);
        }
    };
    match &indicator.measure {
        Measure::Stock(StockSource::Span { of, .. } | StockSource::Stale { of, .. }) => {
            spanned(&mut text, of);
        }
        Measure::Flow(FlowSource::Reached { assignments, .. }) => spanned(&mut text, assignments),
        Measure::Flow(FlowSource::Event { .. } | FlowSource::Submission { .. }) => {}
        Measure::Ratio { num, den } => {
            for part in [num, den] {
                match catalog.indicator(&part.indicator) {
                    // A ratio of ratios is refused as a fault; it is not followed here,
                    // so that two which name each other end.
                    Some(other) if !matches!(other.measure, Measure::Ratio { .. }) => {
                        text.lines.push_str(&definition(catalog, other));
                    }
                    Some(_) | None => text.line("unknown", &[&part.indicator]),
                }
            }
        }
    }
    text.lines
}

fn yes(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn code_list(text: &mut Text, list: &CodeList) {
    let version = list.version.to_string();
    text.line("list", &[&list.id, &version, yes(list.ordered)]);
    for entry in &list.codes {
        text.line("code", &[&entry.code, &entry.label.zh, &entry.label.en]);
    }
}

fn record_type(text: &mut Text, of: &RecordType) {
    let states = match of.states {
        States::One => "one",
        States::Dated => "dated",
    };
    text.line("type", &[&of.id, &of.label.zh, &of.label.en, states]);
    for item in &of.fields {
        field(text, item);
    }
    if let Some(counted) = &of.span {
        span(text, counted);
    }
    if let Some(date) = &of.date {
        text.line("date", &[date]);
    }
    for rule in &of.rules {
        match rule {
            TypeRule::Closing { field, open, date } => text.line("closing", &[field, open, date]),
            TypeRule::OneWith { count, reference } => text.line("one-with", &[count, reference]),
        }
    }
}

fn span(text: &mut Text, span: &Span) {
    let ends = match span.ends {
        Ends::FirstDayOut => "first-day-out",
        Ends::LastDayIn => "last-day-in",
    };
    text.line("span", &[&span.start, &span.end, ends]);
}

fn field(text: &mut Text, field: &Field) {
    let kept = match field.kept {
        Kept::Record => "record",
        Kept::State => "state",
        Kept::Confirmation => "confirmation",
    };
    let (private, askable) = (yes(field.private), yes(field.askable));
    let Label { zh, en } = &field.label;
    text.line("field", &[&field.id, zh, en, kept, private, askable]);
    match &field.kind {
        FieldKind::Text { max_chars } => text.line("text", &[&max_chars.to_string()]),
        FieldKind::Code(list) => text.line("one-of", &[&list.id]),
        FieldKind::Codes(list) => text.line("some-of", &[&list.id]),
        FieldKind::Year => text.line("year", &[]),
        FieldKind::Date { ahead } => text.line("day", &[yes(*ahead)]),
        FieldKind::Count => text.line("count", &[]),
        FieldKind::Amount => text.line("amount", &[]),
        FieldKind::Ref { of, consent } => text.line("refers-to", &[of, yes(*consent)]),
    }
    match &field.presence {
        Presence::Required => {}
        Presence::Optional => text.line("optional", &[]),
        Presence::Default(value) => text.line("default", &[&text_of(value)]),
    }
    if let Some(purpose) = &field.purpose {
        text.line("purpose", &[&purpose.zh, &purpose.en]);
    }
}

/// What an indicator's figures depend on, in itself.
fn rule(text: &mut Text, indicator: &Indicator) {
    match &indicator.measure {
        Measure::Stock(StockSource::Span { of, sum, filters }) => {
            text.line("stock-span", &[of]);
            summed(text, sum, filters);
        }
        Measure::Stock(StockSource::Stale { of, days }) => {
            text.line("stock-stale", &[of, &days.to_string()]);
        }
        Measure::Flow(source) => flow(text, source),
        Measure::Ratio { num, den } => {
            part(text, "num", num);
            part(text, "den", den);
        }
    }
    let cross = match indicator.cross {
        Cross::All => "all",
        Cross::Pairs => "pairs",
    };
    text.line("cross", &[cross, yes(indicator.entered)]);
    for item in &indicator.dims {
        dim(text, item);
    }
}

fn flow(text: &mut Text, source: &FlowSource) {
    match source {
        FlowSource::Event {
            of,
            date,
            sum,
            filters,
        } => {
            text.line("flow-event", &[of, date]);
            summed(text, sum, filters);
        }
        FlowSource::Reached {
            assignments,
            visits,
            person,
        } => text.line("flow-reached", &[assignments, visits, person]),
        FlowSource::Submission { workflow, event } => {
            let event = match event {
                SubmissionEvent::FirstSubmit => "first-submit",
                SubmissionEvent::Ended => "ended",
                SubmissionEvent::EndedBy(action) => action.as_str(),
            };
            text.line("flow-submission", &[workflow, event]);
        }
    }
}

fn summed(text: &mut Text, sum: &Sum, filters: &[Filter]) {
    match sum {
        Sum::One => text.line("sum-one", &[]),
        Sum::Field(field) => text.line("sum", &[field]),
    }
    for filter in filters {
        text.line("where", &[&filter.field]);
        text.listed("is", &filter.codes);
    }
}

fn part(text: &mut Text, name: &str, part: &Part) {
    text.line(name, &[&part.indicator]);
    for filter in &part.filters {
        text.line("where", &[&filter.dim]);
        match &filter.keep {
            Keep::Only(codes) => text.listed("is", codes),
            Keep::Except(codes) => text.listed("is-not", codes),
        }
    }
}

fn dim(text: &mut Text, dim: &Dim) {
    text.line("dim", &[&dim.id]);
    match &dim.source {
        DimSource::Field(field) => text.line("from", &[field]),
        DimSource::FirstGiven(fields) => text.listed("from-first-given", fields),
        DimSource::Outcome => text.line("from-outcome", &[]),
    }
}

fn data_set(text: &mut Text, set: &DataSet) {
    text.line("data-set", &[&set.id, &set.label.zh, &set.label.en]);
    text.listed("holds", &set.indicators);
    let levels: Vec<String> = set.levels.iter().map(ToString::to_string).collect();
    text.listed("levels", &levels);
    for Also {
        office,
        from,
        until,
    } in &set.also
    {
        let day = |day: &Option<terrace_model::Date>| day.map_or(String::new(), |d| d.to_string());
        text.line("also", &[office.as_str(), &day(from), &day(until)]);
    }
    let open = match set.open {
        Open::AtEnd => "at-end",
        Open::Throughout => "throughout",
    };
    let numbers = [set.deadline_days, set.return_days, set.carry_months].map(|n| n.to_string());
    let [deadline, back, carry] = &numbers;
    let early = yes(set.early);
    text.line(
        "terms",
        &[set.period.as_str(), open, deadline, back, carry, early],
    );
}

fn workflow(text: &mut Text, flow: &Workflow) {
    let note = flow.note_max_chars.to_string();
    let Label { zh, en } = &flow.label;
    text.line("workflow", &[&flow.id, zh, en, &flow.reasons.id, &note]);
    for item in &flow.fields {
        field(text, item);
    }
    for carried in &flow.travels {
        match carried {
            Carried::Own(field) => text.line("travels", &[field]),
            Carried::Of { reference, field } => text.line("travels", &[reference, field]),
        }
    }
    for line in &flow.transitions {
        let by = match line.by {
            By::Origin => "origin",
            By::OriginInHand => "origin-in-hand",
            By::AboveInHand => "above-in-hand",
        };
        let lies = match line.lies {
            Lies::Above => "above",
            Lies::Below => "below",
            Lies::Ended => "ended",
        };
        let (from, action, to) = (line.from.as_str(), line.action.as_str(), line.to.as_str());
        text.line("may", &[from, action, by, to, lies, yes(line.needs_reason)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped;

    #[test]
    fn quotes_in_a_word_cannot_be_taken_for_its_end() {
        let mut text = Text::default();
        text.line("x", &["a\" \"b", "c\\", "d\ne"]);
        assert_eq!(text.lines, "x \"a\\\" \\\"b\" \"c\\\\\" \"d\\ne\"\n");
    }

    #[test]
    fn the_text_of_an_indicator_reads_as_its_definition() {
        let catalog = shipped();
        let capital = catalog.indicator("capital").unwrap();
        let expected = "terrace-indicator-1 \"capital\"\nstock-span \"organisation\"\n\
            sum \"capital\"\ncross \"all\" \"no\"\ndim \"kind\"\nfrom \"kind\"\n\
            dim \"industry\"\nfrom \"industry\"\n\
            span \"founded_on\" \"closed_on\" \"first-day-out\"\n";
        assert_eq!(definition(&catalog, capital), expected);
    }
}
