use terrace_catalog::{DataSet, Open};
use terrace_model::{Date, Office, Period};

/// Months for which a stock is carried where no data set says how many.
pub const DEFAULT_CARRY_MONTHS: u16 = 12;

/// Whether an office owes a data set for a period: by its level, or because the
/// data set names it for a time. Whether it ever joined makes no difference.
pub(super) fn owes(terms: Option<&DataSet>, office: &Office, period: Period) -> bool {
    let Some(terms) = terms else { return false };
    if terms.levels.contains(&office.level) {
        return true;
    }
    let on = |also: &terrace_catalog::Also, day: Date| {
        also.from.is_none_or(|from| from <= day) && also.until.is_none_or(|until| day <= until)
    };
    let named = terms.also.iter().filter(|also| also.office == office.code);
    named.into_iter().any(|also| match terms.open {
        Open::AtEnd => on(also, period.end()),
        Open::Throughout => on(also, period.start()) && on(also, period.end()),
    })
}

pub(super) fn carry_months(terms: Option<&DataSet>) -> u16 {
    terms.map_or(DEFAULT_CARRY_MONTHS, |terms| terms.carry_months)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::String, vec};
    use terrace_catalog::{Also, shipped};
    use terrace_model::{Level, OfficeId, parse_date};

    fn office(code: &str, level: Level) -> Office {
        Office {
            id: OfficeId(1),
            code: code.parse().unwrap(),
            name: String::new(),
            level,
            parent: None,
            key: None,
        }
    }

    #[test]
    fn an_office_named_besides_owes_while_it_is_named() {
        let mut terms = shipped().data_set("work").unwrap().clone();
        let county = office("429021", Level::County);
        let owed =
            |terms: &DataSet, period: &str| owes(Some(terms), &county, period.parse().unwrap());
        assert!(!owed(&terms, "2025Q3"));
        terms.also = vec![Also {
            office: county.code.clone(),
            from: Some(parse_date("2025-07-02").unwrap()),
            until: Some(parse_date("2025-12-31").unwrap()),
        }];
        let at_end: vec::Vec<_> = ["2025Q2", "2025Q3", "2025Q4", "2026Q1"]
            .iter()
            .map(|period| owed(&terms, period))
            .collect();
        assert_eq!(at_end, [false, true, true, false]);
        terms.open = Open::Throughout;
        assert!(!owed(&terms, "2025Q3") && owed(&terms, "2025Q4"));
        assert!(!owes(None, &county, "2025Q4".parse().unwrap()));
    }
}
