//! The offices of the demo: a table of divisions, each with the one above it.

use std::collections::{BTreeMap, BTreeSet};

use terrace_model::{Code, Level};
use thiserror::Error;

/// The divisions of one prefecture, as published.
const BUILT_IN: &str = include_str!("../../data/jian.csv");

/// The most offices in one process.
const MOST: usize = 2_000;

/// One division.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Division {
    pub(crate) code: Code,
    pub(crate) name: String,
    pub(crate) level: Level,
    pub(crate) parent: Option<Code>,
}

/// Why a table of divisions cannot be used.
#[derive(Debug, Error)]
pub(crate) enum DivisionsError {
    #[error("the divisions are no table: {0}")]
    Table(#[from] csv::Error),
    #[error("line {line}: \"{code}\" is no code: 2 to 12 digits")]
    Code { line: u64, code: String },
    #[error("line {line}: \"{level}\" is no level")]
    Level { line: u64, level: String },
    #[error("line {line}: {code} is there twice")]
    Twice { line: u64, code: Code },
    #[error("line {line}: {parent} is not above it: a parent comes first, and its level is higher")]
    Parent { line: u64, parent: Code },
    #[error("the divisions have {0} offices without a parent; there is one top")]
    Tops(usize),
    #[error("more than {MOST} offices")]
    TooMany,
    #[error("{0} is not among the divisions")]
    Unknown(Code),
}

#[derive(serde::Deserialize)]
struct Line {
    code: String,
    name: String,
    level: String,
    parent: Option<String>,
}

/// Offices from the top down: each after the one above it.
#[derive(Clone, Debug)]
pub(crate) struct Divisions(Vec<Division>);

impl Divisions {
    /// The built-in prefecture: 266 offices.
    pub(crate) fn built_in() -> Result<Self, DivisionsError> {
        Self::read(BUILT_IN.as_bytes())
    }

    /// Reads a table with the columns code, name, level and parent; parents
    /// stand anywhere.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, DivisionsError> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut waiting: BTreeMap<Option<Code>, Vec<(u64, Division)>> = BTreeMap::new();
        let mut codes = BTreeSet::new();
        for (line, row) in (2..).zip(csv::Reader::from_reader(bytes).deserialize()) {
            let division = parse(line, row?)?;
            if !codes.insert(division.code.clone()) {
                let code = division.code;
                return Err(DivisionsError::Twice { line, code });
            }
            if codes.len() > MOST {
                return Err(DivisionsError::TooMany);
            }
            let children = waiting.entry(division.parent.clone()).or_default();
            children.push((line, division));
        }
        let tops = waiting.remove(&None).unwrap_or_default();
        if tops.len() != 1 {
            return Err(DivisionsError::Tops(tops.len()));
        }
        let mut ordered: Vec<Division> = tops.into_iter().map(|(_, top)| top).collect();
        let mut next = 0;
        while let Some(above) = ordered.get(next).cloned() {
            for (line, below) in waiting
                .remove(&Some(above.code.clone()))
                .unwrap_or_default()
            {
                if below.level <= above.level {
                    let parent = above.code;
                    return Err(DivisionsError::Parent { line, parent });
                }
                ordered.push(below);
            }
            next += 1;
        }
        let stray = waiting.into_iter().find_map(|(parent, children)| {
            let (line, _) = children.first()?;
            Some(DivisionsError::Parent {
                line: *line,
                parent: parent?,
            })
        });
        stray.map_or(Ok(Self(ordered)), Err)
    }

    /// The office with a code, all below and all above it.
    pub(crate) fn only(self, code: &Code) -> Result<Self, DivisionsError> {
        let parents: BTreeMap<&Code, Option<&Code>> = self
            .0
            .iter()
            .map(|division| (&division.code, division.parent.as_ref()))
            .collect();
        if !parents.contains_key(code) {
            return Err(DivisionsError::Unknown(code.clone()));
        }
        let is_within = |below: &Code, above: &Code| {
            let mut at = Some(below);
            while let Some(code) = at {
                if code == above {
                    return true;
                }
                at = parents.get(code).copied().flatten();
            }
            false
        };
        let kept = self
            .0
            .iter()
            .filter(|division| is_within(&division.code, code) || is_within(code, &division.code));
        Ok(Self(kept.cloned().collect()))
    }

    /// The offices, from the top down.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Division> {
        self.0.iter()
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

fn parse(line: u64, row: Line) -> Result<Division, DivisionsError> {
    let Line {
        code,
        name,
        level,
        parent,
    } = row;
    let parsed = |code: String| match code.parse() {
        Ok(parsed) => Ok(parsed),
        Err(_) => Err(DivisionsError::Code { line, code }),
    };
    Ok(Division {
        code: parsed(code)?,
        name,
        level: match level.parse() {
            Ok(level) => level,
            Err(_) => return Err(DivisionsError::Level { line, level }),
        },
        parent: parent
            .filter(|code| !code.is_empty())
            .map(parsed)
            .transpose()?,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a test's way to fail")]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    #[test]
    fn the_built_in_prefecture_has_266_offices_on_three_levels() {
        let divisions = Divisions::built_in().unwrap();
        let of = |level| {
            divisions
                .iter()
                .filter(|office| office.level == level)
                .count()
        };
        assert_eq!(divisions.len(), 266);
        assert_eq!(of(Level::Prefecture), 1);
        assert_eq!(of(Level::County), 13);
        assert_eq!(of(Level::Township), 252);
    }

    #[test]
    fn only_one_county_keeps_what_is_below_and_above_it() {
        let divisions = Divisions::built_in()
            .unwrap()
            .only(&code("360827"))
            .unwrap();
        assert_eq!(divisions.len(), 28);
        let unknown = Divisions::built_in().unwrap().only(&code("999999"));
        assert!(matches!(unknown, Err(DivisionsError::Unknown(_))));
    }

    #[test]
    fn parents_may_stand_after_their_children() {
        let table = "\u{feff}code,name,level,parent\n1101,乙,county,11\n11,甲,prefecture,\n";
        let divisions = Divisions::read(table.as_bytes()).unwrap();
        let names: Vec<_> = divisions
            .iter()
            .map(|office| office.name.as_str())
            .collect();
        assert_eq!(names, ["甲", "乙"]);
    }

    #[test]
    fn a_table_that_is_no_tree_is_refused() {
        let refused = |rows: &str| {
            let table = format!("code,name,level,parent\n{rows}");
            Divisions::read(table.as_bytes()).unwrap_err().to_string()
        };
        assert!(refused("1x,甲,prefecture,\n").starts_with("line 2: \"1x\" is no code"));
        assert!(refused("11,甲,kingdom,\n").contains("no level"));
        assert!(refused("11,甲,prefecture,\n11,乙,prefecture,\n").contains("twice"));
        assert!(refused("11,甲,prefecture,\n12,乙,prefecture,\n").contains("2 offices"));
        assert!(refused("11,甲,prefecture,\n1101,乙,county,12\n").starts_with("line 3: 12 is not"));
        assert!(refused("11,甲,county,\n1101,乙,county,11\n").contains("its level is higher"));
    }

    #[test]
    fn two_thousand_offices_are_taken_and_no_more() {
        let read = |offices: usize| {
            let rows = (1..offices).map(|number| format!("11{number:04},乙,county,11\n"));
            let rows: String = rows.collect();
            let table = format!("code,name,level,parent\n11,甲,prefecture,\n{rows}");
            Divisions::read(table.as_bytes())
        };
        assert_eq!(read(2_000).unwrap().len(), 2_000);
        assert!(matches!(read(2_001), Err(DivisionsError::TooMany)));
    }
}
