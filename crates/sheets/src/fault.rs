//! What is wrong with a sheet, for the person who imports it.

use std::fmt;

use terrace_catalog::{FieldFault, Lang, Reason, SHOWN_CHARS};

/// Most faults of one sheet that are told; more are counted.
pub const MAX_FAULTS: usize = 1_000;

/// Line of the header.
pub(crate) const HEADER_LINE: u64 = 1;

/// Why a row, or the whole sheet, is refused. It goes to the person who
/// imports, and never into a log: the value may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Line on which the row begins, from 1, the header included.
    pub line: u64,
    /// Field id, or the column's name where there is no such field; empty where
    /// the fault is not one cell's.
    pub field: String,
    /// The cell, cut to 40 characters; empty where nothing was given.
    pub value: String,
    /// Why.
    pub reason: SheetReason,
}

impl RowFault {
    pub(crate) fn new(line: u64, field: &str, value: &str, reason: SheetReason) -> Self {
        Self {
            line,
            field: field.into(),
            value: value.chars().take(SHOWN_CHARS).collect(),
            reason,
        }
    }

    /// A fault of a whole row, or of the whole sheet.
    pub(crate) fn whole(line: u64, reason: SheetReason) -> Self {
        Self::new(line, "", "", reason)
    }

    /// A fault of a column of the header, whose cell is its name.
    pub(crate) fn of_column(name: &str, reason: SheetReason) -> Self {
        let fault = Self::new(HEADER_LINE, "", name, reason);
        Self {
            field: fault.value.clone(),
            ..fault
        }
    }

    /// A field that must be given and has no column.
    #[must_use]
    pub fn of_absent(field: &str) -> Self {
        Self::new(HEADER_LINE, field, "", SheetReason::NoField)
    }

    pub(crate) fn of_field(line: u64, fault: FieldFault) -> Self {
        Self {
            line,
            field: fault.field,
            value: fault.value,
            reason: SheetReason::Field(fault.reason),
        }
    }

    /// The fault as one line that a person reads. Signs that do not show are
    /// written out, so that a cell cannot steer the terminal that shows it.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let reason = self.reason.text(lang);
        let has_value = !self.value.is_empty() && self.value != self.field;
        match lang {
            Lang::Zh => {
                let mut text = format!("第 {} 行", self.line);
                if !self.field.is_empty() {
                    text += &format!("，字段 {}", shown(&self.field));
                }
                if has_value {
                    text += &format!("，“{}”", shown(&self.value));
                }
                text + "：" + &reason
            }
            Lang::En => {
                let mut text = format!("line {}", self.line);
                if !self.field.is_empty() {
                    text += &format!(", field {}", shown(&self.field));
                }
                if has_value {
                    text += &format!(", \"{}\"", shown(&self.value));
                }
                text + ": " + &reason
            }
        }
    }
}

/// In English; [`RowFault::text`] has both languages.
impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

/// Text with control characters and the marks that turn the direction of
/// writing spelled out.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for symbol in text.chars() {
        let steers = matches!(
            symbol,
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        );
        if symbol.is_control() || steers {
            shown.extend(symbol.escape_default());
        } else {
            shown.push(symbol);
        }
    }
    shown
}

/// Why a cell, a row or a sheet is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetReason {
    /// The cell is no value of its field.
    Field(Reason),
    /// The type has no field of a column's name.
    NoColumn {
        /// The columns that a sheet of this type may have.
        allowed: Vec<String>,
    },
    /// The first line has no column of a field that a new record must be given.
    NoField,
    /// The first line is one cell, in which something else than commas
    /// separates names of columns.
    NoCommas,
    /// A column without a name.
    Unnamed {
        /// Its place, from 1.
        column: usize,
    },
    /// The first line holds no column.
    NoHeader,
    /// More or fewer cells than the header.
    Cells {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A quotation mark where none may be.
    Quote,
    /// A quotation mark that opens a cell and is never closed, so that the
    /// rest of the file would be one cell.
    OpenQuote,
    /// An id that an earlier row has.
    IdTwice {
        /// Line of the earlier row.
        first: u64,
    },
    /// Text in another encoding, or no text at all.
    NotUtf8,
    /// A line that ends with CR alone.
    LoneCr,
    /// A larger file than is read.
    TooManyBytes {
        /// Most bytes.
        max: usize,
    },
    /// More rows than are read.
    TooManyRows {
        /// Most rows.
        max: usize,
    },
    /// More columns than are read.
    TooManyColumns {
        /// Most columns.
        max: usize,
    },
    /// A longer cell than is read.
    CellTooLong {
        /// Most characters.
        max_chars: usize,
    },
}

impl SheetReason {
    /// The reason in words. Ids are never translated.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.to_string(),
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::Field(reason) => reason.text(Lang::Zh),
            Self::NoColumn { allowed } => format!("没有这一列，可用：{}", allowed.join("、")),
            Self::NoField => "首行缺少这一列，新记录必填".into(),
            Self::NoCommas => {
                "单元格之间不是逗号：请在表格软件中另存为“CSV UTF-8（逗号分隔）”后重新导入".into()
            }
            Self::Unnamed { column } => format!("第 {column} 列没有列名"),
            Self::NoHeader => "第一行应为列名（字段代号）".into(),
            Self::Cells { expected, found } => {
                format!("有 {found} 个单元格，应与首行一样为 {expected} 个")
            }
            Self::Quote => "引号位置不对：含引号的单元格须整个加引号，其中的引号写两次".into(),
            Self::OpenQuote => "此处的引号没有结束".into(),
            Self::IdTwice { first } => format!("编号与第 {first} 行重复"),
            Self::NotUtf8 => "不是 UTF-8 文本：请在表格软件中另存为“CSV UTF-8”后重新导入".into(),
            Self::LoneCr => {
                "换行符不对：请在表格软件中另存为“CSV UTF-8”（不要选 Macintosh）后重新导入".into()
            }
            Self::TooManyBytes { max } => format!("文件超过 {max} 字节，请分成几个文件"),
            Self::TooManyRows { max } => format!("超过 {max} 行，请分成几个文件"),
            Self::TooManyColumns { max } => format!("超过 {max} 列"),
            Self::CellTooLong { max_chars } => format!("单元格超过 {max_chars} 个字"),
        }
    }
}

impl fmt::Display for SheetReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(reason) => reason.fmt(f),
            Self::NoColumn { allowed } => {
                write!(f, "no such column; there are: {}", allowed.join(", "))
            }
            Self::NoField => {
                f.write_str("the first line has no such column, and a new record must have it")
            }
            Self::NoCommas => f.write_str(
                "no commas between the cells: save the sheet as \"CSV UTF-8\", with commas, \
                 and import it again",
            ),
            Self::Unnamed { column } => write!(f, "column {column} has no name"),
            Self::NoHeader => f.write_str("the first line must hold the field ids"),
            Self::Cells { expected, found } => {
                write!(f, "{found} cells where the first line has {expected}")
            }
            Self::Quote => f.write_str(
                "a quotation mark inside a cell is written twice, and the cell between quotation marks",
            ),
            Self::OpenQuote => f.write_str("the quotation mark that opens here is never closed"),
            Self::IdTwice { first } => write!(f, "the same id as line {first}"),
            Self::NotUtf8 => {
                f.write_str("not UTF-8 text: save the sheet as \"CSV UTF-8\" and import it again")
            }
            Self::LoneCr => f.write_str(
                "lines end with CR alone: save the sheet as \"CSV UTF-8\", not as Macintosh CSV, and import it again",
            ),
            Self::TooManyBytes { max } => {
                write!(f, "more than {max} bytes; make several files of it")
            }
            Self::TooManyRows { max } => {
                write!(f, "more than {max} rows; make several files of it")
            }
            Self::TooManyColumns { max } => write!(f, "more than {max} columns"),
            Self::CellTooLong { max_chars } => write!(f, "more than {max_chars} characters"),
        }
    }
}

/// All faults of a sheet, in the order of their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The first [`MAX_FAULTS`].
    pub told: Vec<RowFault>,
    /// How many there are beyond those told.
    pub more: u64,
}

impl Faults {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// How many there are, told or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.more.saturating_add(self.told.len() as u64)
    }
}

impl Extend<RowFault> for Faults {
    fn extend<T: IntoIterator<Item = RowFault>>(&mut self, faults: T) {
        for fault in faults {
            if self.told.len() < MAX_FAULTS {
                self.told.push(fault);
            } else {
                self.more = self.more.saturating_add(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_one_line_in_either_language() {
        let allowed = vec!["freelancer".to_owned(), "self_employed".to_owned()];
        let reason = SheetReason::Field(Reason::NoCode { allowed });
        let fault = RowFault::new(3, "category", "poet", reason);
        assert_eq!(
            fault.to_string(),
            "line 3, field category, \"poet\": not one of: freelancer, self_employed"
        );
        assert_eq!(
            fault.text(Lang::Zh),
            "第 3 行，字段 category，“poet”：代码不在代码表中，可用：freelancer、self_employed"
        );
        let fault = RowFault::whole(1, SheetReason::NoHeader);
        assert_eq!(
            fault.to_string(),
            "line 1: the first line must hold the field ids"
        );
    }

    #[test]
    fn a_cell_cannot_steer_the_terminal_that_shows_it() {
        let cell = "\u{1b}[2J\r\n\u{202e}遂川";
        let fault = RowFault::new(2, "name", cell, SheetReason::Field(Reason::Control));
        assert_eq!(fault.value, cell);
        let shown = "\"\\u{1b}[2J\\r\\n\\u{202e}遂川\"";
        assert!(fault.to_string().contains(shown), "{fault}");
    }

    #[test]
    fn a_cell_is_cut_to_forty_characters_and_not_bytes() {
        let fault = |chars| RowFault::new(2, "name", &"遂".repeat(chars), SheetReason::Quote);
        assert_eq!(fault(41).value, "遂".repeat(40));
        assert_eq!(fault(40).value, "遂".repeat(40));
    }

    #[test]
    fn a_thousand_faults_are_told_and_more_are_counted() {
        let faults = |count: u64| {
            let mut faults = Faults::default();
            faults.extend((1..=count).map(|line| RowFault::whole(line, SheetReason::Quote)));
            (faults.told.len(), faults.more, faults.count())
        };
        assert_eq!(faults(0), (0, 0, 0));
        assert_eq!(faults(1_000), (1_000, 0, 1_000));
        assert_eq!(faults(1_003), (1_000, 3, 1_003));
    }
}
