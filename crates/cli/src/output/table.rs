use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::plain;

/// Between two columns.
const GAP: &str = "  ";

/// Writes a heading and rows, aligned by the width that a terminal gives them.
///
/// # Errors
/// The output's.
pub(super) fn write(
    out: &mut dyn Write,
    headings: &[(&str, Side)],
    rows: &[Vec<String>],
) -> io::Result<()> {
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(at, (heading, _))| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            let widest = cells.map(|cell| plain(cell).width()).max();
            heading.width().max(widest.unwrap_or(0))
        })
        .collect();
    let sides: Vec<_> = headings.iter().map(|(_, side)| *side).zip(widths).collect();
    line(out, &sides, headings.iter().map(|(heading, _)| *heading))?;
    for row in rows {
        line(out, &sides, row.iter().map(String::as_str))?;
    }
    Ok(())
}

/// The side on which a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

fn line<'a>(
    out: &mut dyn Write,
    columns: &[(Side, usize)],
    cells: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    let mut text = String::new();
    for (at, (cell, (side, width))) in cells.zip(columns).enumerate() {
        if at > 0 {
            text.push_str(GAP);
        }
        let cell = plain(cell);
        let room = " ".repeat(width.saturating_sub(cell.width()));
        match side {
            Side::Left => text.extend([cell.as_ref(), &room]),
            Side::Right => text.extend([room.as_str(), cell.as_ref()]),
        }
    }
    writeln!(out, "{}", text.trim_end())
}

/// Headings with one value each, one a line.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Adds a line, unless there is no value.
    pub(crate) fn add(&mut self, heading: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((heading.into(), value));
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// The output's.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let widest = self.0.iter().map(|(heading, _)| heading.width()).max();
        let columns = [(Side::Left, widest.unwrap_or(0)), (Side::Left, 0)];
        for (heading, value) in &self.0 {
            line(out, &columns, [heading.as_str(), value].into_iter())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_places() {
        let rows = [
            vec!["3608".to_owned(), "吉安市".to_owned(), "7".to_owned()],
            vec!["360827100".to_owned(), "a".to_owned(), "12".to_owned()],
        ];
        let headings = [
            ("代码", Side::Left),
            ("名称", Side::Left),
            ("数", Side::Right),
        ];
        let mut out = Vec::new();
        write(&mut out, &headings, &rows).unwrap();
        let expected = "\
代码       名称    数\n\
3608       吉安市   7\n\
360827100  a       12\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn a_cell_steers_no_terminal() {
        let rows = [vec!["\u{1b}[2Jx\n".to_owned()]];
        let mut out = Vec::new();
        write(&mut out, &[("a", Side::Left)], &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "a\n\u{fffd}[2Jx\u{fffd}\n");
    }

    #[test]
    fn pairs_are_aligned_and_leave_out_what_is_empty() {
        let mut pairs = Pairs::default();
        pairs.add("name", "甲");
        pairs.add("编号：号", "1");
        pairs.add("phone", "");
        let mut out = Vec::new();
        pairs.write(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name      甲\n编号：号  1\n"
        );
    }
}
