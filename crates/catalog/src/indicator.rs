use alloc::{string::String, sync::Arc, vec, vec::Vec};

use crate::{CodeList, Label};

/// What is added up over the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sum {
    /// 1 for each record.
    One,
    /// A count or amount field; 0 where it is not given.
    Field(String),
}

/// Keeps the records whose code is one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Code field of the record.
    pub field: String,
    /// Codes that count.
    pub codes: Vec<String>,
}

/// What a stock is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StockSource {
    /// Records of a type, while their span lasts. Dimensions, filters and sums
    /// are read from the state in force.
    Span {
        /// Type id; the type has a span.
        of: String,
        /// What is added up.
        sum: Sum,
        /// All must hold.
        filters: Vec<Filter>,
    },
    /// Those of a type's records, while their span lasts, whose last
    /// confirmation (else their start) lies more than so many days back.
    Stale {
        /// Type id; the type has a span and confirmations.
        of: String,
        /// Days that a confirmation is good for.
        days: u16,
    },
}

/// What a flow is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlowSource {
    /// Records of a type, on the day that one of their fields tells.
    Event {
        /// Type id.
        of: String,
        /// Day field; a record without it does not count.
        date: String,
        /// What is added up.
        sum: Sum,
        /// All must hold.
        filters: Vec<Filter>,
    },
    /// Persons with a visit in the month on a day on which an assignment of
    /// theirs was in force: each once a month.
    Reached {
        /// Type id of assignments; the type has a span.
        assignments: String,
        /// Type id of visits; the type has a date.
        visits: String,
        /// Field of both that refers to the person.
        person: String,
    },
    /// Acts on the office's own submissions. While the catalog has no such
    /// workflow there is nothing to count.
    Submission {
        /// Workflow id.
        workflow: String,
        /// Which act.
        event: SubmissionEvent,
    },
}

/// An act on a submission that counts. Each submission counts at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionEvent {
    /// It was submitted for the first time.
    FirstSubmit,
    /// It ended, whatever the outcome.
    Ended,
    /// It ended by this act.
    EndedBy(crate::Action),
}

/// Which cells of an indicator a part of a ratio takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Those with one of these codes.
    Only(Vec<String>),
    /// Those with any other code, "not given" included.
    Except(Vec<String>),
}

/// Takes some cells of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimFilter {
    /// Dimension of that indicator.
    pub dim: String,
    /// Which codes.
    pub keep: Keep,
}

/// Numerator or denominator of a ratio: another indicator, by its own rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// A stock or flow of the catalog.
    pub indicator: String,
    /// All must hold.
    pub filters: Vec<DimFilter>,
}

/// How an indicator comes about and adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// 存量: a level at a day. Over time the value at the end, over offices the
    /// sum.
    Stock(StockSource),
    /// 流量: what happened in a period. Both sum.
    Flow(FlowSource),
    /// 比率: carried as its two parts, divided last; no cell of it is kept.
    Ratio {
        /// Numerator.
        num: Part,
        /// Denominator.
        den: Part,
    },
}

/// Where a cell's code comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DimSource {
    /// A code field of the record.
    Field(String),
    /// The id of the first of these fields that is given: which kind of giver,
    /// never which one.
    FirstGiven(Vec<String>),
    /// How the submission ended.
    Outcome,
}

/// A dimension of an indicator (分组). Where the record does not say, the code
/// is `_` (未填).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dim {
    /// Unique within the indicator.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// Where the code comes from.
    pub source: DimSource,
    /// The codes it may have.
    pub list: Arc<CodeList>,
}

/// Which dimensions may be asked for together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cross {
    /// All of them: every cell has all dimensions.
    All,
    /// At most two: figures over persons keep no finer cell.
    Pairs,
}

/// An indicator (指标): what is counted, and how it may be broken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indicator {
    /// Unique within the catalog.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// What it is counted in. Rows name it in Chinese in every language.
    pub unit: Label,
    /// How it comes about.
    pub measure: Measure,
    /// In the order in which they are shown.
    pub dims: Vec<Dim>,
    /// Which of them may be crossed.
    pub cross: Cross,
    /// Whether its source is a number that someone typed into a record. Such
    /// figures are labelled and never added to derived ones.
    pub entered: bool,
}

impl Indicator {
    /// A dimension by its id.
    #[must_use]
    pub fn dim(&self, id: &str) -> Option<&Dim> {
        self.dims.iter().find(|dim| dim.id == id)
    }

    /// The sets of dimensions that cells are kept for.
    ///
    /// Every counted thing stands in one cell of each family, so the cells of
    /// any one family add up to the total, and a breakdown by fewer dimensions
    /// is a sum over a family that has them. There is one family with all
    /// dimensions, or, where at most two may be crossed and there are more, one
    /// for every pair. A ratio keeps no cells: it has no family.
    #[must_use]
    pub fn families(&self) -> Vec<Vec<&Dim>> {
        match self.measure {
            Measure::Ratio { .. } => Vec::new(),
            Measure::Stock(_) | Measure::Flow(_) => self.dim_sets(),
        }
    }

    /// The first family that has all the dimensions asked for, and so answers
    /// the question by a sum over its other dimensions. None: a dimension that
    /// the indicator does not have, or more than may be crossed. For a ratio it
    /// tells whether the question is allowed.
    #[must_use]
    pub fn family_with(&self, asked: &[&str]) -> Option<Vec<&Dim>> {
        let has = |family: &Vec<&Dim>| {
            let known = |id: &&str| family.iter().any(|dim| dim.id == **id);
            asked.iter().all(known)
        };
        self.dim_sets().into_iter().find(has)
    }

    fn dim_sets(&self) -> Vec<Vec<&Dim>> {
        let whole = match self.cross {
            Cross::All => true,
            Cross::Pairs => self.dims.len() <= 2,
        };
        if whole {
            return vec![self.dims.iter().collect()];
        }
        let with_later = |(at, first)| {
            let later = self.dims.iter().skip(at + 1);
            later.map(move |second| vec![first, second])
        };
        self.dims.iter().enumerate().flat_map(with_later).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped;
    use alloc::string::ToString;

    fn families(indicator: &str) -> Vec<String> {
        let catalog = shipped();
        let names = |family: Vec<&Dim>| {
            let ids: Vec<_> = family.iter().map(|dim| dim.id.as_str()).collect();
            ids.join("+")
        };
        let indicator = catalog.indicator(indicator).unwrap();
        indicator.families().into_iter().map(names).collect()
    }

    #[test]
    fn persons_are_kept_by_pairs_and_all_else_whole() {
        for indicator in ["persons", "stale_persons"] {
            let pairs = families(indicator);
            assert_eq!(pairs.len(), 10, "{pairs:?}");
            assert_eq!(pairs[0], "category+industry");
            assert_eq!(pairs[9], "pool+file");
        }
        assert_eq!(families("seats_held"), ["body+seat+level"]);
        assert_eq!(families("assigned"), [""]);
        assert_eq!(families("persons_joined"), ["reason"]);
        assert!(families("stale_share").is_empty());
    }

    #[test]
    fn a_question_is_answered_by_a_family_that_has_its_dimensions() {
        let catalog = shipped();
        let answered = |indicator: &str, asked: &[&str]| {
            let family = catalog.indicator(indicator).unwrap().family_with(asked)?;
            Some(
                family
                    .iter()
                    .map(|dim| dim.id.to_string())
                    .collect::<Vec<_>>(),
            )
        };
        let ids = |ids: &[&str]| Some(ids.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(answered("persons", &[]), ids(&["category", "industry"]));
        assert_eq!(
            answered("persons", &["pool", "gender"]),
            ids(&["gender", "pool"])
        );
        assert_eq!(answered("persons", &["pool", "gender", "file"]), None);
        assert_eq!(answered("persons", &["name"]), None);
        assert_eq!(
            answered("stale_share", &["file", "pool"]),
            ids(&["pool", "file"])
        );
        assert_eq!(
            answered("seats_held", &["level"]),
            ids(&["body", "seat", "level"])
        );
        assert_eq!(answered("assigned", &[]), ids(&[]));
        assert_eq!(answered("assigned", &["staff"]), None);
    }
}
