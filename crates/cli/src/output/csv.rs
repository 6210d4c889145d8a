use std::io::{self, Write};

/// Signs that a sheet program takes for the beginning of a formula, or drops
/// before it looks for one. An import takes the `'` before them away again.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Writes one row. A cell that a sheet program would run gets a leading `'`.
///
/// # Errors
/// The output's.
pub(super) fn write_row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    let mut row = ::csv::Writer::from_writer(out);
    for cell in cells {
        if cell.trim_start_matches('\'').starts_with(FORMULA) {
            row.write_field(format!("'{cell}"))?;
        } else {
            row.write_field(cell)?;
        }
    }
    row.write_record(None::<&[u8]>)?;
    row.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_never_run() {
        let cells = ["a,b", "say \"x\"", "", "=1+1", "'=1", "＝1", "吉安", "'tis"];
        let mut out = Vec::new();
        write_row(&mut out, &cells.map(str::to_owned)).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert_eq!(
            written,
            "\"a,b\",\"say \"\"x\"\"\",,'=1+1,''=1,'＝1,吉安,'tis\n"
        );
    }

    #[test]
    fn a_row_of_one_empty_cell_is_no_empty_line() {
        let mut out = Vec::new();
        write_row(&mut out, &[String::new()]).unwrap();
        assert_eq!(out, b"\"\"\n");
    }
}
