//! Why a question for figures has no answer, in words.

use terrace_catalog::Lang;
use terrace_rollup::{MAX_PERIODS, Refusal as Rollup};
use terrace_wire::{Refusal, RefusalCode};

use super::{either, failed, list_offices, unknown, usage, with_todo};
use crate::reads::figures::{MAX_FIGURES, Unanswerable, Unanswered};

pub(in crate::door) fn unanswered(error: &Unanswered, lang: Lang) -> Refusal {
    match error {
        Unanswered::Store(error) => failed(error, lang),
        Unanswered::Unanswerable(why) => unanswerable(why, lang),
    }
}

fn unanswerable(why: &Unanswerable, lang: Lang) -> Refusal {
    let text = match lang {
        Lang::Zh => zh(why),
        Lang::En => why.to_string(),
    };
    let indicators = either(
        lang,
        "`terrace catalog show` 列出所有指标",
        "`terrace catalog show` lists the indicators",
    );
    let todo = match why {
        Unanswerable::NoOffice(_) | Unanswerable::Refused(Rollup::NoOffice { .. }) => {
            return unknown(text, list_offices(lang));
        }
        Unanswerable::Refused(Rollup::NoIndicator { .. }) => return unknown(text, indicators),
        Unanswerable::Refused(Rollup::NoDimension { .. }) => {
            return Refusal::new(RefusalCode::Unknown, text);
        }
        Unanswerable::NoIndicator => indicators,
        Unanswerable::NoRange { .. } => either(
            lang,
            "例如 --from 2024Q1 --to 2024Q4",
            "such as --from 2024Q1 --to 2024Q4",
        ),
        Unanswerable::TooMany { .. } | Unanswerable::Refused(Rollup::TooManyPeriods { .. }) => {
            either(
                lang,
                "请减少一次查询的期间、单位或指标",
                "ask for fewer periods, offices or indicators at once",
            )
        }
        Unanswerable::Refused(Rollup::TooManyDimensions { .. }) => {
            either(lang, "请减少维度", "ask for fewer dimensions")
        }
    };
    with_todo(usage(text), todo)
}

fn zh(why: &Unanswerable) -> String {
    match why {
        Unanswerable::NoIndicator => "请至少指明一个指标".to_owned(),
        Unanswerable::NoOffice(code) => format!("单位 {code} 不是本单位或其下级"),
        Unanswerable::NoRange { from, to } => {
            format!("{from} 与 {to} 不是同样长短、先后有序的两个期间")
        }
        Unanswerable::TooMany { asked } => {
            format!("查询了 {asked} 个数，一次最多 {MAX_FIGURES} 个")
        }
        Unanswerable::Refused(refused) => zh_of_rollup(refused),
    }
}

fn zh_of_rollup(refused: &Rollup) -> String {
    match refused {
        Rollup::NoIndicator { indicator } => format!("没有指标“{indicator}”"),
        Rollup::NoOffice { office } => format!("单位 {office} 不是本单位或其下级"),
        Rollup::NoDimension {
            indicator,
            dim,
            allowed,
        } => format!("{indicator} 不按“{dim}”统计，{}", offered(allowed)),
        Rollup::TooManyDimensions {
            indicator,
            most,
            allowed,
        } => format!(
            "{indicator} 一次最多按 {most} 个维度统计，{}",
            offered(allowed)
        ),
        Rollup::TooManyPeriods { asked } => {
            format!("查询了 {asked} 个期间，一次最多 {MAX_PERIODS} 个")
        }
    }
}

fn offered(allowed: &[String]) -> String {
    if allowed.is_empty() {
        "它没有维度".to_owned()
    } else {
        format!("可用：{}", allowed.join("、"))
    }
}
