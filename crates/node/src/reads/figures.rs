//! Figures of this office and those below, as they are held here.

use core::ops::{ControlFlow, RangeInclusive};
use std::collections::BTreeSet;

use terrace_model::{Code, Date, Decimal, Dims, Fact, Key, Level, Month, OfficeId, Period, Range};
use terrace_rollup::{Figures, MAX_PERIODS, Plan, Query, Row};
use terrace_store::{Read, StoreError};
use thiserror::Error;

use super::Here;

/// Figures that one question may ask for, before any breakdown: indicators times
/// offices times periods.
pub const MAX_FIGURES: usize = 1_000_000;

/// Cells and marks in a store.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a, R>(pub &'a R);

impl<R: Read> Figures for Cells<'_, R> {
    type Fault = StoreError;

    fn cells(
        &self,
        office: OfficeId,
        indicator: &str,
        months: RangeInclusive<Month>,
        show: &mut dyn FnMut(Month, &Dims, Decimal),
    ) -> Result<(), StoreError> {
        // In one read: a correction takes from one month what it gives another,
        // and whoever read them apart would count it twice, or not at all.
        let range = Range::cells(office, indicator, months);
        for (key, fact) in self.0.range(&range, None, usize::MAX)? {
            if let (Key::Cell(key), Fact::Cell(said)) = (key, fact) {
                show(key.month, &key.dims, said.value.change);
            }
        }
        Ok(())
    }

    fn through(&self, office: OfficeId) -> Result<Option<Date>, StoreError> {
        Ok(match self.0.get(&Key::Through(office))? {
            Some(Fact::Through(said)) => Some(said.value.date),
            Some(_) | None => None,
        })
    }
}

/// The periods that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The last quarter that has ended.
    LastQuarter,
    /// One period.
    One(Period),
    /// Periods of one length, both ends included.
    Range {
        /// The first.
        from: Period,
        /// The last.
        to: Period,
    },
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Indicator ids, in the order of the answer.
    pub indicators: Vec<String>,
    /// The office whose subtree is meant; none: this one.
    pub office: Option<Code>,
    /// The periods.
    pub span: Span,
    /// Dimension ids: a row for each combination that has a cell.
    pub by: Vec<String>,
    /// A row for each office of this level; none: one for the subtree.
    pub level: Option<Level>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unanswerable {
    /// No indicator is named.
    #[error("name one indicator at least")]
    NoIndicator,
    /// The office is not known here, or not at or below this one.
    #[error("office {0} is not at or below this one")]
    NoOffice(Code),
    /// Two periods that do not make a range.
    #[error("{from} and {to} are not two periods of one length, the earlier one first")]
    NoRange {
        /// As asked.
        from: Period,
        /// As asked.
        to: Period,
    },
    /// More than [`MAX_FIGURES`].
    #[error("{asked} figures were asked for, at most {MAX_FIGURES} are answered at once")]
    TooMany {
        /// How many.
        asked: usize,
    },
    /// The catalog has no such figure.
    #[error(transparent)]
    Refused(#[from] terrace_rollup::Refusal),
}

/// Why a question is not answered.
#[derive(Debug, Error)]
pub enum Unanswered {
    /// It has no answer.
    #[error(transparent)]
    Unanswerable(#[from] Unanswerable),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<terrace_rollup::Refusal> for Unanswered {
    fn from(refusal: terrace_rollup::Refusal) -> Self {
        Self::Unanswerable(refusal.into())
    }
}

impl Question {
    /// The whole question, checked as it is asked here on a day.
    fn query(&self, here: &Here<'_>, today: Date) -> Result<Query, Unanswerable> {
        if self.indicators.is_empty() {
            return Err(Unanswerable::NoIndicator);
        }
        let office = match &self.office {
            None => here.me,
            Some(code) => {
                let known = here.tree.by_code(code).map(|office| office.id);
                let below = known.filter(|office| here.tree.is_within(*office, here.me));
                below.ok_or_else(|| Unanswerable::NoOffice(code.clone()))?
            }
        };
        let query = Query {
            indicators: once_each(&self.indicators),
            office,
            periods: periods(self.span, today)?,
            by: self.by.clone(),
            level: self.level,
            today,
        };
        Plan::new(&here.book.catalog, here.tree, here.me, &query)?;
        let figures = query.indicators.len() * query.periods.len();
        let asked = figures.saturating_mul(tops(here, &query).len());
        if asked > MAX_FIGURES {
            return Err(Unanswerable::TooMany { asked });
        }
        Ok(query)
    }
}

fn once_each(ids: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let first = ids.iter().filter(|id| seen.insert(id.as_str()));
    first.cloned().collect()
}

fn periods(span: Span, today: Date) -> Result<Vec<Period>, Unanswerable> {
    let (from, to) = match span {
        Span::LastQuarter => return Ok(vec![Period::last_quarter_before(today)]),
        Span::One(period) => return Ok(vec![period]),
        Span::Range { from, to } => (from, to),
    };
    if from.months() != to.months() || from.first_month() > to.first_month() {
        return Err(Unanswerable::NoRange { from, to });
    }
    let mut periods = vec![from];
    let mut last = from;
    while last != to {
        if periods.len() > MAX_PERIODS {
            let months = to.first_month().ordinal() - from.first_month().ordinal();
            let asked = usize::try_from(months / from.months() + 1).unwrap_or(usize::MAX);
            return Err(terrace_rollup::Refusal::TooManyPeriods { asked }.into());
        }
        last = last.next();
        periods.push(last);
    }
    Ok(periods)
}

/// The offices that have rows, in the order of the tree.
fn tops(here: &Here<'_>, query: &Query) -> Vec<OfficeId> {
    let Some(level) = query.level else {
        return vec![query.office];
    };
    let below = here.tree.subtree(query.office).into_iter();
    below
        .filter(|office| office.level == level)
        .map(|office| office.id)
        .collect()
}

/// Answers a question that is asked here on a day, the rows of one indicator and
/// office at a time, until there are no more or `give` breaks off. By indicator
/// as asked for, then office by the tree, period as asked for, and codes in the
/// order of their lists.
///
/// # Errors
/// It has no answer, which is told before any row; or the store failed.
pub fn answer<R: Read>(
    reader: &R,
    here: &Here<'_>,
    question: &Question,
    today: Date,
    mut give: impl FnMut(Vec<Row>) -> ControlFlow<()>,
) -> Result<(), Unanswered> {
    let query = question.query(here, today)?;
    let tops = tops(here, &query);
    for indicator in &query.indicators {
        for top in &tops {
            let one = Query {
                indicators: vec![indicator.clone()],
                office: *top,
                level: None,
                ..query.clone()
            };
            let plan = Plan::new(&here.book.catalog, here.tree, here.me, &one)?;
            if give(plan.rows(&Cells(reader))?).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        held::Held,
        scene::{COUNTY, PREFECTURE, TOWN, TOWN_2, book, tree},
    };
    use terrace_model::{
        Cell, CellKey, Epoch, Hash, Page, PageNo, Said, Stream, Through, parse_date,
    };
    use terrace_rollup::Figure;

    fn day(text: &str) -> Date {
        parse_date(text).unwrap()
    }

    fn said<T>(value: T) -> Said<T> {
        Said {
            value,
            epoch: Epoch::FIRST,
            page: PageNo::FIRST,
        }
    }

    /// Says a mark, and cells without dimensions.
    fn say(held: &Held, office: OfficeId, through: &str, cells: &[(&str, &str, i64)]) {
        let mark = Through {
            date: day(through),
            catalog: Hash::ZERO,
        };
        held.put(Key::Through(office), Fact::Through(said(mark)));
        for (indicator, month, change) in cells {
            let Ok(Period::Month(month)) = month.parse() else {
                panic!("{month} is no month");
            };
            let key = CellKey {
                office,
                indicator: (*indicator).to_owned(),
                month,
                dims: Dims::new(),
            };
            let change = Decimal::whole(*change);
            let cell = Cell {
                change,
                definition: 0,
            };
            held.put(Key::Cell(key), Fact::Cell(said(cell)));
        }
    }

    fn question(indicators: &[&str]) -> Question {
        Question {
            indicators: indicators.iter().map(ToString::to_string).collect(),
            office: None,
            span: Span::LastQuarter,
            by: Vec::new(),
            level: None,
        }
    }

    fn ask(held: &Held, me: OfficeId, question: &Question) -> Result<Vec<Row>, Unanswerable> {
        ask_of(held, me, question)
    }

    fn ask_of<R: Read>(
        held: &R,
        me: OfficeId,
        question: &Question,
    ) -> Result<Vec<Row>, Unanswerable> {
        let (tree, book) = (tree(), book());
        let here = Here {
            me,
            tree: &tree,
            book: &book,
        };
        let mut rows = Vec::new();
        let answered = answer(held, &here, question, day("2025-07-02"), |found| {
            rows.extend(found);
            ControlFlow::Continue(())
        });
        match answered {
            Ok(()) => Ok(rows),
            Err(Unanswered::Unanswerable(why)) => Err(why),
            Err(Unanswered::Store(error)) => panic!("{error}"),
        }
    }

    fn shown(rows: &[Row]) -> Vec<(&str, OfficeId, String, Option<String>)> {
        let value = |row: &Row| row.figure.value().map(|value| value.to_string());
        rows.iter()
            .map(|row| {
                let indicator = row.indicator.as_str();
                (indicator, row.office, row.period.to_string(), value(row))
            })
            .collect()
    }

    fn two_towns() -> Held {
        let held = Held::default();
        let cells = [
            ("visits", "202504", 2),
            ("visits", "202506", 1),
            ("assigned", "202401", 7),
        ];
        say(&held, TOWN, "2025-07-02", &cells);
        say(&held, TOWN_2, "2025-07-02", &[("visits", "202505", 4)]);
        held
    }

    #[test]
    fn without_a_period_it_is_the_last_quarter_that_has_ended() {
        let held = two_towns();
        let rows = ask(&held, PREFECTURE, &question(&["visits"])).unwrap();
        let value = Some("7".to_owned());
        assert_eq!(
            shown(&rows),
            [("visits", PREFECTURE, "2025Q2".to_owned(), value)]
        );
        assert_eq!(
            (rows[0].coverage.expected, rows[0].coverage.reported),
            (2, 2)
        );
    }

    /// A store in which, once something was read, one is moved from the first
    /// month to the last.
    #[derive(Clone)]
    struct Moving(Held);

    const FIRST_AND_LAST: [&str; 2] = ["200001", "202412"];

    fn counted(first: i64, last: i64) -> [(&'static str, &'static str, i64); 2] {
        let [from, to] = FIRST_AND_LAST;
        [("assigned", from, first), ("assigned", to, last)]
    }

    impl Read for Moving {
        fn get(&self, key: &Key) -> Result<Option<Fact>, StoreError> {
            self.0.get(key)
        }

        fn range(
            &self,
            range: &Range,
            after: Option<&Key>,
            limit: usize,
        ) -> Result<Vec<(Key, Fact)>, StoreError> {
            let found = self.0.range(range, after, limit);
            say(&self.0, TOWN, "2025-07-02", &counted(0, 1));
            found
        }

        fn pages(&self, of: Stream, from: PageNo, limit: usize) -> Result<Vec<Page>, StoreError> {
            self.0.pages(of, from, limit)
        }
    }

    #[test]
    fn what_a_commit_moves_while_it_is_read_is_counted_once() {
        let held = Held::default();
        let months: Vec<String> = (2000..2025)
            .flat_map(|year| (1..=12).map(move |month| format!("{year}{month:02}")))
            .collect();
        for month in &months {
            say(&held, TOWN, "2025-07-02", &[("assigned", month, 0)]);
        }
        say(&held, TOWN, "2025-07-02", &counted(1, 0));
        let rows = ask_of(&Moving(held), TOWN, &question(&["assigned"])).unwrap();
        assert_eq!(rows[0].figure.value().unwrap().to_string(), "1");
    }

    #[test]
    fn rows_stand_by_indicator_then_office_then_period() {
        let held = two_towns();
        let asked = Question {
            span: Span::Range {
                from: "202505".parse().unwrap(),
                to: "202506".parse().unwrap(),
            },
            level: Some(Level::Township),
            ..question(&["visits", "assigned", "visits"])
        };
        let rows = ask(&held, PREFECTURE, &asked).unwrap();
        let row = |indicator, office, period: &str, value: &str| {
            (indicator, office, period.to_owned(), Some(value.to_owned()))
        };
        assert_eq!(
            shown(&rows),
            [
                row("visits", TOWN, "202505", "0"),
                row("visits", TOWN, "202506", "1"),
                row("visits", TOWN_2, "202505", "4"),
                row("visits", TOWN_2, "202506", "0"),
                row("assigned", TOWN, "202505", "7"),
                row("assigned", TOWN, "202506", "7"),
                row("assigned", TOWN_2, "202505", "0"),
                row("assigned", TOWN_2, "202506", "0"),
            ]
        );
        let here = Here {
            me: PREFECTURE,
            tree: &tree(),
            book: &book(),
        };
        let query = asked.query(&here, day("2025-07-02")).unwrap();
        let at_once = Plan::new(&here.book.catalog, here.tree, PREFECTURE, &query).unwrap();
        assert_eq!(at_once.rows(&Cells(&held)).unwrap(), rows);
    }

    #[test]
    fn what_nobody_said_is_missing() {
        let rows = ask(&Held::default(), COUNTY, &question(&["visits"])).unwrap();
        assert_eq!(rows[0].figure, Figure::Missing);
    }

    #[test]
    fn an_office_elsewhere_is_unknown() {
        let held = two_towns();
        let at = |me, code: &str| {
            let office = Some(code.parse().unwrap());
            ask(
                &held,
                me,
                &Question {
                    office,
                    ..question(&["visits"])
                },
            )
        };
        assert!(at(PREFECTURE, "3608").is_ok() && at(COUNTY, "360827001").is_ok());
        for (me, code) in [(COUNTY, "3608"), (TOWN, "360827002"), (PREFECTURE, "11")] {
            let refused = Unanswerable::NoOffice(code.parse().unwrap());
            assert_eq!(at(me, code), Err(refused));
        }
    }

    #[test]
    fn periods_of_two_lengths_or_in_the_wrong_order_are_no_range() {
        let held = two_towns();
        let over = |from: &str, to: &str| {
            let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
            let span = Span::Range { from, to };
            ask(
                &held,
                PREFECTURE,
                &Question {
                    span,
                    ..question(&["visits"])
                },
            )
        };
        assert_eq!(over("2024Q4", "2025Q2").unwrap().len(), 3);
        assert_eq!(over("2024Q4", "2024Q4").unwrap().len(), 1);
        for (from, to) in [
            ("2025Q2", "2024Q4"),
            ("2024", "2025Q2"),
            ("202401", "2024Q2"),
        ] {
            assert!(
                matches!(over(from, to), Err(Unanswerable::NoRange { .. })),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn more_than_a_hundred_years_of_months_are_refused() {
        let held = two_towns();
        let over = |to: &str| {
            let (from, to) = ("192501".parse().unwrap(), to.parse().unwrap());
            let span = Span::Range { from, to };
            ask(
                &held,
                PREFECTURE,
                &Question {
                    span,
                    ..question(&["visits"])
                },
            )
        };
        assert_eq!(over("202412").unwrap().len(), MAX_PERIODS);
        for (to, asked) in [("202501", 1_201), ("999912", 96_900)] {
            let refused = terrace_rollup::Refusal::TooManyPeriods { asked };
            assert_eq!(over(to), Err(Unanswerable::Refused(refused)));
        }
    }

    #[test]
    fn more_than_a_million_figures_are_refused() {
        let (book, mut tree) = (book(), tree());
        for number in 0..998_u64 {
            let mut office = tree.get(TOWN).unwrap().clone();
            office.id = OfficeId(1_000 + number);
            office.code = format!("3608270{number:03}").parse().unwrap();
            tree.enter(office);
        }
        let query = |tree, periods: &str| {
            let (from, to) = ("192501".parse().unwrap(), periods.parse().unwrap());
            let asked = Question {
                span: Span::Range { from, to },
                level: Some(Level::Township),
                ..question(&["visits"])
            };
            let here = Here {
                me: PREFECTURE,
                tree,
                book: &book,
            };
            asked.query(&here, day("2025-07-02")).map(|_| ())
        };
        // 1,000 townships and 1,000 months, then one month more.
        assert_eq!(query(&tree, "200804"), Ok(()));
        let asked = 1_001_000;
        assert_eq!(query(&tree, "200805"), Err(Unanswerable::TooMany { asked }));
    }

    #[test]
    fn who_breaks_off_is_given_no_more() {
        let (tree, book, held) = (tree(), book(), two_towns());
        let here = Here {
            me: PREFECTURE,
            tree: &tree,
            book: &book,
        };
        let mut given = 0;
        let asked = question(&["visits", "persons"]);
        answer(&held, &here, &asked, day("2025-07-02"), |_| {
            given += 1;
            ControlFlow::Break(())
        })
        .unwrap();
        assert_eq!(given, 1);
    }
}
