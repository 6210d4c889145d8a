use super::{tests::of, *};

const LIMITS: SheetLimits = SheetLimits {
    max_bytes: 1_000,
    max_rows: 3,
    max_columns: 2,
    max_cell_chars: 5,
};

/// How many rows are good, or why the sheet is not right.
fn read(bytes: &[u8]) -> Result<usize, Vec<(u64, SheetReason)>> {
    let of = of("person");
    match read_csv(bytes, &of, &LIMITS) {
        Ok(sheet) => Ok(sheet.len()),
        Err(faults) => {
            let told = faults.told.into_iter();
            Err(told.map(|fault| (fault.line, fault.reason)).collect())
        }
    }
}

#[test]
fn the_limits_are_those_that_offices_are_told() {
    let expected = SheetLimits {
        max_bytes: 64 * 1024 * 1024,
        max_rows: 200_000,
        max_columns: 64,
        max_cell_chars: 10_000,
    };
    assert_eq!(SheetLimits::default(), expected);
}

#[test]
fn a_file_of_the_most_bytes_is_read_and_one_byte_more_is_refused() {
    let mut sheet = b"id,name\np1,a\n".to_vec();
    sheet.resize(LIMITS.max_bytes, b'\n');
    assert_eq!(read(&sheet), Ok(1));
    sheet.push(b'\n');
    let reason = SheetReason::TooManyBytes { max: 1_000 };
    assert_eq!(read(&sheet), Err(vec![(1, reason)]));
}

#[test]
fn a_longer_file_is_read_to_one_byte_over_the_limit_and_no_further() {
    let endless = io::repeat(b'\n');
    let taken = read_limited(endless, &LIMITS).unwrap();
    assert_eq!(taken.len(), LIMITS.max_bytes + 1);
    let reason = SheetReason::TooManyBytes { max: 1_000 };
    assert_eq!(read(&taken), Err(vec![(1, reason)]));
    let short = read_limited(&b"id\n"[..], &LIMITS).unwrap();
    assert_eq!(short, b"id\n");
}

#[test]
fn the_most_rows_are_read_and_one_row_more_refuses_the_file() {
    let most = "id,name\np1,a\n\n,\np2,a\np3,a\n";
    assert_eq!(read(most.as_bytes()), Ok(3));
    let over = format!("{most}p4,a\np5,a\n");
    let reason = SheetReason::TooManyRows { max: 3 };
    assert_eq!(read(over.as_bytes()), Err(vec![(7, reason)]));
    let of = of("person");
    assert!(sift_csv(over.as_bytes(), &of, &LIMITS).sheet.is_none());
}

#[test]
fn the_most_columns_are_read_and_one_more_refuses_the_file() {
    assert_eq!(read(b"id,name\np1,a\n"), Ok(1));
    let reason = SheetReason::TooManyColumns { max: 2 };
    assert_eq!(read(b"id,name,gender\np1,a,male\n"), Err(vec![(1, reason)]));
}

#[test]
fn a_cell_of_the_most_characters_is_read_and_a_longer_one_is_refused() {
    let longest = "id,name\np1,遂川县遂川\np2,\"a\"\"bcd\"\n";
    assert_eq!(read(longest.as_bytes()), Ok(2));
    let reason = || SheetReason::CellTooLong { max_chars: 5 };
    let plain = "id,name\np1,遂川县遂川县\n";
    assert_eq!(read(plain.as_bytes()), Err(vec![(2, reason())]));
    let quoted = "id,name\np1,\"a\"\"bcde\"\n";
    assert_eq!(read(quoted.as_bytes()), Err(vec![(2, reason())]));
    let header = "id,birth_year\n";
    assert_eq!(read(header.as_bytes()), Err(vec![(1, reason())]));
}

#[test]
fn a_row_of_a_million_cells_is_counted_and_not_held() {
    let limits = SheetLimits::default();
    let text = format!("id,name\n{}x\n", ",".repeat(1_000_000));
    let mut split = Split::new(&text, &limits);
    split.next_row().unwrap();
    let row = split.next_row().unwrap().unwrap();
    assert_eq!(row.width, 1_000_001);
    assert_eq!(row.cells.len(), limits.max_columns);
    let of = of("person");
    let faults = read_csv(text.as_bytes(), &of, &limits).err().unwrap();
    let (expected, found) = (2, 1_000_001);
    let reason = SheetReason::Cells { expected, found };
    assert_eq!(faults.told, [RowFault::whole(2, reason)]);
}
