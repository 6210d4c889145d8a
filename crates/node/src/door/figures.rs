use core::ops::ControlFlow;
use std::sync::Arc;

use terrace_catalog::Lang;
use terrace_model::{Level, Period};
use terrace_rollup::Row;
use terrace_store::Read;
use terrace_wire::Refusal;
use tokio::sync::mpsc;

use super::{Door, broken, either, parse_code, refused, stopped, usage};
use crate::office::Stopped;
use crate::reads::figures::{Question, Span, answer};

/// Most rows that are given at once.
pub const ROWS_AT_ONCE: usize = 500;

/// Portions of rows that wait for who asked; then the question waits.
const PORTIONS: usize = 2;

/// The periods of a question, as they are typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AskedSpan {
    /// The last quarter that has ended.
    #[default]
    LastQuarter,
    /// One period.
    One(String),
    /// Periods of one length, both ends included.
    Range {
        /// The first.
        from: String,
        /// The last.
        to: String,
    },
}

/// A question for figures, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Indicator ids.
    pub indicators: Vec<String>,
    /// Code of the office whose subtree is meant; none: this one's.
    pub office: Option<String>,
    /// The periods.
    pub span: AskedSpan,
    /// Dimension ids: a row for each combination that has a cell.
    pub by: Vec<String>,
    /// A row for each office of this level; none: one for the subtree.
    pub level: Option<Level>,
}

impl Asked {
    fn parse(self, lang: Lang) -> Result<Question, Refusal> {
        let period = |text: String| {
            let parsed = text.parse::<Period>();
            parsed.map_err(|error| {
                let zh = "期间写作 2024、2024S1、2024Q3 或 202409".to_owned();
                usage(either(lang, zh, error.to_string()))
            })
        };
        Ok(Question {
            indicators: self.indicators,
            office: self
                .office
                .as_deref()
                .map(|code| parse_code(code, lang))
                .transpose()?,
            span: match self.span {
                AskedSpan::LastQuarter => Span::LastQuarter,
                AskedSpan::One(text) => Span::One(period(text)?),
                AskedSpan::Range { from, to } => Span::Range {
                    from: period(from)?,
                    to: period(to)?,
                },
            },
            by: self.by,
            level: self.level,
        })
    }
}

enum Portion {
    Rows(Vec<Row>),
    Refused(Refusal),
    /// There are no more. Without it the question broke down.
    End,
}

/// The rows of an answer, a portion at a time.
pub struct Rows {
    first: Option<Vec<Row>>,
    rest: Option<mpsc::Receiver<Portion>>,
    lang: Lang,
}

impl Rows {
    /// The next rows, [`ROWS_AT_ONCE`] at most; none: there are no more.
    ///
    /// # Errors
    /// The office failed: what was given is not the whole answer.
    pub async fn next(&mut self) -> Result<Option<Vec<Row>>, Refusal> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        let Some(rest) = &mut self.rest else {
            return Ok(None);
        };
        let portion = rest.recv().await;
        if let Some(Portion::Rows(rows)) = portion {
            return Ok(Some(rows));
        }
        self.rest = None;
        match portion {
            Some(Portion::Refused(refusal)) => Err(refusal),
            Some(Portion::End | Portion::Rows(_)) => Ok(None),
            None => Err(broken("a question for figures broke down", self.lang)),
        }
    }
}

impl<R: Read> Door<R> {
    /// Figures with coverage and age, read as they are taken.
    ///
    /// # Errors
    /// The question has no answer, or the office failed.
    pub async fn figures(&self, asked: Asked) -> Result<Rows, Refusal> {
        let question = asked.parse(self.lang)?;
        let today = self.inner.office.moment().today;
        let permit = Arc::clone(&self.inner.questions).acquire_owned().await;
        let permit = permit.map_err(|_closed| stopped(Stopped::InOrder, self.lang))?;
        let (portions, mut rest) = mpsc::channel(PORTIONS);
        let door = self.clone();
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let tree = door.tree();
            let here = door.here(&tree);
            let mut waiting = Vec::new();
            let answered = answer(&door.inner.reader, &here, &question, today, |rows| {
                waiting.extend(rows);
                hand_over(&mut waiting, ROWS_AT_ONCE, &portions)
            });
            let last = match answered {
                Ok(()) => Portion::End,
                Err(error) => Portion::Refused(refused::unanswered(&error, door.lang)),
            };
            if hand_over(&mut waiting, 1, &portions).is_continue() {
                // Who asked may have gone.
                let _gone = portions.blocking_send(last);
            }
        });
        match rest.recv().await {
            Some(Portion::Rows(first)) => Ok(Rows {
                first: Some(first),
                rest: Some(rest),
                lang: self.lang,
            }),
            Some(Portion::End) => Ok(Rows {
                first: None,
                rest: None,
                lang: self.lang,
            }),
            Some(Portion::Refused(refusal)) => Err(refusal),
            None => Err(broken("a question for figures broke down", self.lang)),
        }
    }
}

/// Hands rows over while at least so many wait. Breaks off where nobody takes
/// them any more.
fn hand_over(
    waiting: &mut Vec<Row>,
    least: usize,
    portions: &mpsc::Sender<Portion>,
) -> ControlFlow<()> {
    while waiting.len() >= least {
        let count = waiting.len().min(ROWS_AT_ONCE);
        let rows: Vec<Row> = waiting.drain(..count).collect();
        if portions.blocking_send(Portion::Rows(rows)).is_err() {
            return ControlFlow::Break(());
        }
    }
    ControlFlow::Continue(())
}
