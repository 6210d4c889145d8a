//! What requests say, in the words of the door.

use terrace_model::{Date, Level};
use terrace_node::door::{AskedSpan, Mark, To};
use terrace_wire::proto::notice_mark_request::Mark as SaidMark;
use terrace_wire::proto::notice_publish_request::To as SaidTo;
use terrace_wire::proto::rollup_request::Span;
use terrace_wire::{Refusal, RefusalCode, date, level_if_given, proto};

fn usage(text: &str) -> Refusal {
    Refusal::new(RefusalCode::Usage, text)
}

/// Field ids with their text.
pub(super) fn given(fields: Vec<proto::Given>) -> Vec<(String, String)> {
    let pair = |given: proto::Given| (given.key, given.value);
    fields.into_iter().map(pair).collect()
}

pub(super) fn day(days: i32) -> Result<Date, Refusal> {
    date(days).map_err(|_| usage("a day of the years 1000 to 9999 belongs here"))
}

pub(super) fn day_if_given(days: Option<i32>) -> Result<Option<Date>, Refusal> {
    days.map(day).transpose()
}

pub(super) fn level(number: i32) -> Result<Option<Level>, Refusal> {
    level_if_given(number).map_err(|_| usage("this version knows no such level"))
}

pub(super) fn span(span: Option<Span>) -> AskedSpan {
    match span {
        None => AskedSpan::LastQuarter,
        Some(Span::Period(period)) => AskedSpan::One(period),
        Some(Span::Range(range)) => AskedSpan::Range {
            from: range.from,
            to: range.to,
        },
    }
}

/// Whom a notice goes to. Offices that are named one by one are not chosen by
/// their level besides: one of another level would be left out unsaid.
pub(super) fn to(to: Option<SaidTo>, level: Option<Level>) -> Result<To, Refusal> {
    match to {
        None => Err(usage("say whom the notice goes to")),
        Some(SaidTo::Offices(_)) if level.is_some() => {
            Err(usage("a level goes with a subtree, not with codes"))
        }
        Some(SaidTo::Offices(offices)) => Ok(To::Offices(offices.codes)),
        Some(SaidTo::Subtree(root)) => Ok(To::Subtree { root, level }),
    }
}

pub(super) fn mark(number: i32) -> Result<Mark, Refusal> {
    match SaidMark::try_from(number) {
        Ok(SaidMark::Read) => Ok(Mark::Read),
        Ok(SaidMark::Acknowledged) => Ok(Mark::Acknowledged),
        Ok(SaidMark::Unspecified) | Err(_) => Err(usage("say whether it was read or acknowledged")),
    }
}
