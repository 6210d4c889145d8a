//! A sheet of offices: `code,name,level` and maybe `parent`, in any order.

use std::collections::BTreeSet;
use std::str::FromStr;

use csv::{ReaderBuilder, StringRecord};
use terrace_catalog::Lang;
use terrace_model::{Code, Level};
use terrace_wire::RowFault;

/// Most bytes of a sheet.
pub(super) const BYTES: usize = 4 << 20;

/// Most rows of a sheet.
const ROWS: usize = 20_000;

/// Most faults that are told.
const FAULTS: usize = 1000;

/// Most characters of a bad cell that are shown.
const SHOWN: usize = 40;

/// An office to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invited {
    pub(super) code: Code,
    pub(super) name: String,
    pub(super) level: Level,
    /// Where the sheet says it.
    pub(super) parent: Option<Code>,
}

/// Reads a sheet whole.
///
/// # Errors
/// All its faults, if it has any.
pub(super) fn read(text: &str, lang: Lang) -> Result<Vec<Invited>, Vec<RowFault>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet {
        lang,
        columns: Vec::new(),
        seen: BTreeSet::new(),
        faults: Vec::new(),
    };
    let mut all = Vec::new();
    let mut row = StringRecord::new();
    // The text is UTF-8 and rows may be uneven: no other error is left.
    while rows.read_record(&mut row).unwrap_or(false) {
        let line = row.position().map_or(0, |at| at.line());
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        if sheet.columns.is_empty() {
            sheet.header(&row, line);
        } else if all.len() == ROWS {
            let reason = sheet.say("行数过多，最多 20000 行", "too many rows, at most 20000");
            sheet.fault(line, "", "", reason);
        } else {
            all.extend(sheet.office(&row, line));
        }
        if sheet.is_hopeless() {
            break;
        }
    }
    if sheet.columns.is_empty() && sheet.faults.is_empty() {
        sheet.missing(1, "code");
    }
    if sheet.faults.is_empty() {
        Ok(all)
    } else {
        Err(sheet.faults)
    }
}

/// A sheet as it is read.
struct Sheet {
    lang: Lang,
    columns: Vec<Column>,
    /// Codes of the rows before.
    seen: BTreeSet<Code>,
    faults: Vec<RowFault>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Code,
    Name,
    Level,
    Parent,
}

impl Column {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Code, "code"),
        (Self::Name, "name"),
        (Self::Level, "level"),
        (Self::Parent, "parent"),
    ];
}

impl Sheet {
    const fn say(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    fn fault(&mut self, line: u32, field: &str, value: &str, reason: &str) {
        if self.faults.len() < FAULTS {
            self.faults.push(RowFault {
                line,
                field: field.to_owned(),
                value: value.chars().take(SHOWN).collect(),
                reason: reason.to_owned(),
            });
        }
    }

    /// Whether nothing that follows can be told any more.
    fn is_hopeless(&self) -> bool {
        self.faults.len() == FAULTS || (self.columns.is_empty() && !self.faults.is_empty())
    }

    fn missing(&mut self, line: u32, field: &str) {
        let reason = self.say("缺少这一列", "the column is missing");
        self.fault(line, field, "", reason);
    }

    /// Takes the columns, if they are right.
    fn header(&mut self, row: &StringRecord, line: u32) {
        let mut columns = Vec::new();
        for name in row {
            let known = Column::ALL.iter().find(|(_, known)| *known == name);
            match known {
                Some((column, _)) if columns.contains(column) => {
                    let reason = self.say("这一列重复", "the column is doubled");
                    self.fault(line, name, "", reason);
                }
                Some((column, _)) => columns.push(*column),
                None => {
                    let reason = self.say(
                        "没有这一列，可用 code、name、level、parent",
                        "there is no such column: use code, name, level, parent",
                    );
                    self.fault(line, name, "", reason);
                }
            }
        }
        for (column, name) in Column::ALL {
            if column != Column::Parent && !columns.contains(&column) {
                self.missing(line, name);
            }
        }
        if self.faults.is_empty() {
            self.columns = columns;
        }
    }

    fn office(&mut self, row: &StringRecord, line: u32) -> Option<Invited> {
        if row.len() != self.columns.len() {
            let reason = self.say(
                "单元格数与首行不同",
                "another number of cells than the first line",
            );
            self.fault(line, "", "", reason);
            return None;
        }
        let cell = |column: Column| {
            let at = self.columns.iter().position(|known| *known == column);
            at.and_then(|at| row.get(at)).unwrap_or_default()
        };
        let (code, name, level) = (cell(Column::Code), cell(Column::Name), cell(Column::Level));
        let parent = Some(cell(Column::Parent)).filter(|parent| !parent.is_empty());
        if name.is_empty() {
            let reason = self.say("必填", "must be given");
            self.fault(line, "name", "", reason);
        }
        let level = self.parsed::<Level>(line, "level", level);
        let parent = parent.map(|parent| self.parsed::<Code>(line, "parent", parent));
        let code = self.parsed::<Code>(line, "code", code)?;
        if !self.seen.insert(code.clone()) {
            let reason = self.say("前面已有这个代码", "an earlier line has this code");
            self.fault(line, "code", code.as_str(), reason);
        }
        Some(Invited {
            code,
            name: name.to_owned(),
            level: level?,
            parent: parent.flatten(),
        })
    }

    fn parsed<T: FromStr<Err: ToString>>(
        &mut self,
        line: u32,
        field: &str,
        cell: &str,
    ) -> Option<T> {
        match cell.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault(line, field, cell, &error.to_string());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let faults = read(text, Lang::En).unwrap_err();
        let told = |fault: &RowFault| format!("{} {} {}", fault.line, fault.field, fault.value);
        faults
            .iter()
            .map(|fault| told(fault).trim_end().to_owned())
            .collect()
    }

    #[test]
    fn a_sheet_is_read_whatever_its_order_and_line_ends() {
        let one = Invited {
            code: "360827".parse().unwrap(),
            name: "遂川, 县".into(),
            level: Level::County,
            parent: None,
        };
        let sheet = "\u{feff}name,level,code\r\n\"遂川, 县\",county,360827\r\n";
        assert_eq!(read(sheet, Lang::En), Ok(vec![one.clone()]));
        let sheet = "code,name,level,parent\n360827,\"遂川, 县\",county,3608\n";
        let parent = Some("3608".parse().unwrap());
        assert_eq!(read(sheet, Lang::En), Ok(vec![Invited { parent, ..one }]));
    }

    #[test]
    fn all_faults_are_told_with_their_lines() {
        assert_eq!(told(""), ["1 code"]);
        assert_eq!(
            told("code,name,code,mood\n1,2,3,4\n"),
            ["1 code", "1 mood", "1 level"]
        );
        let sheet = "code,name,level\n3,甲,parish\n\"360827\",,county\n360827,丙,county\n1,2\n";
        assert_eq!(
            told(sheet),
            ["2 level parish", "2 code 3", "3 name", "4 code 360827", "5"]
        );
    }

    #[test]
    fn a_sheet_has_at_most_so_many_rows_and_tells_so_many_faults() {
        let row = |at: usize| format!("{at:012},甲,county\n");
        let sheet = |rows: usize| {
            format!(
                "code,name,level\n{}",
                (0..rows).map(row).collect::<String>()
            )
        };
        assert_eq!(read(&sheet(ROWS), Lang::En).map(|all| all.len()), Ok(ROWS));
        let too_many = read(&sheet(ROWS + 1), Lang::En).unwrap_err();
        assert_eq!(too_many.len(), 1);
        let bad = format!("code,name,level\n{}", "x,甲,county\n".repeat(FAULTS + 1));
        assert_eq!(told(&bad).len(), FAULTS);
    }
}
