use proptest::{collection::vec, prelude::*};
use terrace_catalog::{Reason, shipped};
use terrace_model::{Decimal, Fields, Hash, RecordKey, Value, parse_date};

use super::*;
use crate::MAX_FAULTS;

pub(super) fn of(id: &str) -> RecordType {
    shipped().record_type(id).unwrap().clone()
}

fn rows_of(sheet: &Sheet<'_>) -> Vec<Row> {
    let rows: Vec<Row> = sheet.rows().collect();
    assert_eq!(rows.len(), sheet.len());
    rows
}

/// The rows of a sheet that is right.
fn read(kind: &str, bytes: impl AsRef<[u8]>) -> Vec<Row> {
    let of = of(kind);
    let sheet = read_csv(bytes.as_ref(), &of, &SheetLimits::default());
    rows_of(&sheet.map_err(|faults| faults.told).unwrap())
}

fn faults(kind: &str, bytes: impl AsRef<[u8]>) -> Faults {
    let of = of(kind);
    let sheet = read_csv(bytes.as_ref(), &of, &SheetLimits::default());
    sheet.err().unwrap_or_default()
}

/// The faults of a sheet that is not right, as people read them.
fn told(kind: &str, bytes: impl AsRef<[u8]>) -> Vec<String> {
    let told = faults(kind, bytes).told;
    told.iter().map(ToString::to_string).collect()
}

/// Lines and ids of the good rows, if the sheet is not refused as a whole.
fn kept(kind: &str, bytes: impl AsRef<[u8]>) -> Option<Vec<(u64, String)>> {
    let of = of(kind);
    let sifted = sift_csv(bytes.as_ref(), &of, &SheetLimits::default());
    let rows = rows_of(&sifted.sheet?).into_iter();
    Some(rows.map(|row| (row.line, row.key.id)).collect())
}

const ROSTER: &str = "\
category,id,name,gender,industry,on_roster_since,phone
freelancer,p1,刘晓,female,R,2024-03-01,
self_employed,p2,\"陈, 明\",male,F,2023-11-20,0796-1234567
";

#[test]
fn rows_are_read_by_the_names_of_the_columns_in_any_order() {
    let rows = read("person", ROSTER);
    let keys: Vec<_> = rows.iter().map(|row| (row.line, &row.key)).collect();
    let key = |id| RecordKey::new("person", id);
    assert_eq!(keys, [(2, &key("p1")), (3, &key("p2"))]);
    let expected = [
        ("category", Value::Code("freelancer".into())),
        ("gender", Value::Code("female".into())),
        ("industry", Value::Code("R".into())),
        ("name", Value::Text("刘晓".into())),
        (
            "on_roster_since",
            Value::Date(parse_date("2024-03-01").unwrap()),
        ),
    ];
    let expected: Fields = expected.map(|(id, value)| (id.into(), value)).into();
    assert_eq!(rows[0].fields, expected);
    assert_eq!(rows[1].fields["name"], Value::Text("陈, 明".into()));
}

#[test]
fn a_byte_order_mark_and_crlf_change_no_row() {
    let expected = read("person", ROSTER);
    assert_eq!(read("person", ROSTER.replace('\n', "\r\n")), expected);
    assert_eq!(read("person", format!("\u{feff}{ROSTER}")), expected);
    assert_eq!(read("person", ROSTER.trim_end()), expected);
}

#[test]
fn a_sheet_in_another_encoding_is_refused_in_words_of_the_sheet_program() {
    let gbk = b"id,name\np1,\xc1\xf5\xcf\xfe\n";
    let expected = "not UTF-8 text: save the sheet as \"CSV UTF-8\" and import it again";
    assert_eq!(told("person", gbk), [format!("line 2: {expected}")]);
    let utf16: Vec<u8> = "\u{feff}id,name\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(told("person", utf16), [format!("line 1: {expected}")]);
    assert_eq!(kept("person", gbk), None);
}

#[test]
fn a_sheet_with_other_separators_is_told_to_come_with_commas() {
    for separator in ["; ", "\t", "|", "；"] {
        let header = ["title", "held_on", "audience"].join(separator);
        let told = told("training", format!("{header}\n"));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("no commas between the cells"), "{told:?}");
    }
    // One wrong name is none of that.
    let told = told("training", "title;\n讲座\n");
    assert!(told[0].contains("no such column"), "{told:?}");
}

#[test]
fn unknown_and_doubled_columns_refuse_the_file_and_are_all_named() {
    let sheet = "title,held_on,poetry,title,,audience\n讲座,2024-01-02,x,y,z,members\n";
    let columns = "id, title, audience, held_on, participants";
    assert_eq!(
        told("training", sheet),
        [
            format!("line 1, field poetry: no such column; there are: {columns}"),
            "line 1, field title: given more than once".into(),
            "line 1: column 5 has no name".into(),
        ]
    );
    assert_eq!(kept("training", sheet), None);
}

#[test]
fn the_header_is_the_first_line_and_no_later_one() {
    let expected = ["line 1: the first line must hold the field ids"];
    for sheet in ["", "\u{feff}", "\n\n", "\nid,name\np1,刘\n"] {
        assert_eq!(told("person", sheet), expected, "{sheet:?}");
    }
    assert_eq!(read("person", "id,name\n"), []);
    let broken = "na\"me,gender,\"id\np1,刘\n";
    let faults = told("person", broken);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with("line 1, field na\"me: a quotation mark inside"));
    assert!(faults[1].ends_with("the quotation mark that opens here is never closed"));
}

#[test]
fn an_empty_cell_is_not_given_and_a_missing_column_is_no_fault_of_an_edit() {
    let rows = read(
        "training",
        "id,title,audience,held_on,participants\nt1,讲座, ,2024-01-02,0\n",
    );
    assert!(!rows[0].fields.contains_key("audience"));
    assert_eq!(rows[0].fields["participants"], Value::Count(0));
    assert_eq!(
        told("training", "title,participants\n讲座,27\n演讲,x\n"),
        [
            "line 1, field held_on: the first line has no such column, and a new record must \
             have it",
            "line 3, field participants, \"x\": a count is a whole number of at most 12 digits",
        ]
    );
    let edit = read("training", "id,participants\nt1,27\n");
    assert_eq!(
        edit[0].fields,
        Fields::from([("participants".into(), Value::Count(27))])
    );
    assert_eq!(
        told("training", "id,title,participants\nt1,,27\n"),
        ["line 2, field title: must be given"]
    );
}

#[test]
fn every_fault_of_every_row_is_told_with_its_line_and_cell() {
    let sheet = "id,name,category,birth_year\n\
        ,刘,poet,80\n\
        p2,\"a\nb\",freelancer,1980\n\
        p3,刘\n\
        p4,刘,freelancer,1980,x\n\
        p5,a\"b,poet,1980\n\
        p1\u{7},刘,freelancer,\n";
    let categories = "tech_firm_staff, foreign_firm_staff, self_employed, business_owner, \
        intermediary_staff, freelancer";
    let quote = "a quotation mark inside a cell is written twice, and the cell between \
        quotation marks";
    assert_eq!(
        told("person", sheet),
        [
            format!("line 2, field category, \"poet\": not one of: {categories}"),
            "line 2, field birth_year, \"80\": a year is four digits and not later than this year"
                .into(),
            "line 3, field name, \"a\\nb\": holds a line break or a character that does not show"
                .into(),
            "line 5: 2 cells where the first line has 4".into(),
            "line 6: 5 cells where the first line has 4".into(),
            format!("line 7, field name, \"a\"b\": {quote}"),
            format!("line 7, field category, \"poet\": not one of: {categories}"),
            "line 8, field id, \"p1\\u{7}\": must be the id of a record, 1 to 64 characters".into(),
        ]
    );
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_told_and_not_the_cells_it_swallows() {
    let sheet = "id,name\np1,刘\np2,\"陈\np3,王\n";
    assert_eq!(
        faults("person", sheet).told,
        [RowFault::new(
            3,
            "name",
            "陈\np3,王\n",
            SheetReason::OpenQuote
        )]
    );
    assert_eq!(kept("person", sheet), Some(vec![(2, "p1".into())]));
    let beyond = faults("person", "id\np1,\"刘\n").told;
    assert_eq!(
        beyond,
        [RowFault::new(2, "", "刘\n", SheetReason::OpenQuote)]
    );
}

#[test]
fn lines_that_end_with_cr_alone_refuse_the_file() {
    let words = "lines end with CR alone: save the sheet as \"CSV UTF-8\", not as Macintosh CSV, \
        and import it again";
    assert_eq!(
        told("person", "id,name\rp1,刘\r"),
        [format!("line 1: {words}")]
    );
    let sheet = "id,name\np1,刘\np2,\rp3,王\np4,poet,\n";
    assert_eq!(told("person", sheet), [format!("line 3: {words}")]);
    assert_eq!(kept("person", sheet), None);
}

#[test]
fn empty_lines_and_rows_of_empty_cells_are_counted_and_skipped() {
    let sheet = "id,name\n\n,\n\r\n \t,\"\n\"\n,,,\np1,刘\n\n";
    assert_eq!(kept("person", sheet), Some(vec![(8, "p1".into())]));
    assert_eq!(told("person", sheet), [""; 0]);
}

#[test]
fn an_id_twice_is_a_fault_of_the_later_line_even_where_the_earlier_is_bad() {
    let sheet = "id,name,birth_year\np1,刘,80\np2,陈,\n p1 ,王,\np2,李,\n";
    let told = told("person", sheet);
    assert_eq!(
        told[1..],
        [
            "line 4, field id, \" p1 \": the same id as line 2",
            "line 5, field id, \"p2\": the same id as line 3",
        ]
    );
    assert!(told[0].starts_with("line 2, field birth_year"));
    assert_eq!(kept("person", sheet), Some(vec![(3, "p2".into())]));
}

#[test]
fn a_row_without_id_gets_one_of_the_file_and_its_line() {
    let sheet = "name\n刘\n\n陈\n";
    let hash = Hash::of(&[sheet.as_bytes()]).to_string();
    let made = |line: u64| (line, format!("{}-{line}", &hash[..16]));
    assert_eq!(kept("person", sheet), Some(vec![made(2), made(4)]));
    let other = kept("person", "name\n刘\n\n王\n").unwrap();
    assert_ne!(other[0].1, made(2).1);
    let some = kept("person", "id,name\np1,刘\n,陈\n").unwrap();
    assert_eq!(some[0].1, "p1");
    let made = &some[1].1;
    assert_eq!(terrace_catalog::parse_id(made).as_ref(), Ok(made));
    assert!(made.ends_with("-3"));
}

#[test]
fn a_cell_that_was_made_inert_is_read_as_it_was() {
    let rows = read(
        "person",
        "id,name,phone\n'@p1,'=刘,'+86 138\n=p2,'tis,+86\n",
    );
    let cell = |row: usize, field: &str| rows[row].fields[field].clone();
    assert_eq!(rows[0].key.id, "@p1");
    assert_eq!(cell(0, "name"), Value::Text("=刘".into()));
    assert_eq!(cell(0, "phone"), Value::Text("+86 138".into()));
    assert_eq!(rows[1].key.id, "=p2");
    assert_eq!(cell(1, "name"), Value::Text("'tis".into()));
    let below_zero = told("organisation", "id,employees\no1,'-5\n");
    assert_eq!(
        below_zero,
        ["line 2, field employees, \"-5\": must not be less than 0"]
    );
}

#[test]
fn amounts_are_exact() {
    let rows = read("organisation", "id,capital\no1,91725.250\no2,0.000001\n");
    let amounts = rows
        .iter()
        .map(|row| row.fields["capital"].as_decimal().unwrap());
    let amounts: Vec<Decimal> = amounts.collect();
    assert_eq!(
        amounts,
        ["91725.25", "0.000001"].map(|text| text.parse().unwrap())
    );
}

#[test]
fn more_than_a_thousand_faults_are_counted() {
    let sheet = format!("id,employees\n{}", "o,x\n".repeat(1_200));
    let faults = faults("organisation", sheet);
    assert_eq!(faults.told.len(), MAX_FAULTS);
    assert_eq!(faults.count(), 1_200 + 1_199);
    let last = &faults.told[MAX_FAULTS - 1];
    assert_eq!(
        (last.line, &last.reason),
        (502, &SheetReason::IdTwice { first: 2 })
    );
    let before = &faults.told[MAX_FAULTS - 2];
    assert_eq!(
        (before.line, &before.reason),
        (501, &SheetReason::Field(Reason::NoCount))
    );
}

/// Text that is nearly a sheet.
fn nearly() -> impl Strategy<Value = String> {
    let cell = prop_oneof![
        "p[0-9]",
        "[a\"'=, \r\n遂\u{0}\u{feff}]{0,5}",
        "freelancer",
        "\\PC{0,6}"
    ];
    let row = vec(cell, 1..5).prop_map(|cells| cells.join(","));
    let header = prop_oneof![
        Just("id,name"),
        Just("name,category,id"),
        Just("name"),
        Just("x,\"")
    ];
    (header, vec(row, 0..12)).prop_map(|(header, rows)| format!("{header}\n{}", rows.join("\n")))
}

fn sound(bytes: &[u8]) -> Result<(), TestCaseError> {
    let of = of("person");
    let limits = SheetLimits::default();
    let sifted = sift_csv(bytes, &of, &limits);
    let whole = read_csv(bytes, &of, &limits);
    prop_assert_eq!(whole.is_ok(), sifted.faults.is_empty());
    let Some(sheet) = sifted.sheet else {
        prop_assert!(!sifted.faults.is_empty());
        return Ok(());
    };
    let rows: Vec<Row> = sheet.rows().collect();
    prop_assert_eq!(rows.len(), sheet.len());
    prop_assert!(
        rows.iter()
            .map(|row| row.line)
            .is_sorted_by(|one, next| one < next)
    );
    let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
    let faulty: Vec<u64> = sifted.faults.told.iter().map(|fault| fault.line).collect();
    prop_assert!(rows.iter().all(|row| (2..=lines).contains(&row.line)));
    prop_assert!(rows.iter().all(|row| !faulty.contains(&row.line)));
    prop_assert!(faulty.is_sorted());
    prop_assert!(
        sifted
            .faults
            .told
            .iter()
            .all(|fault| fault.value.chars().count() <= 40)
    );
    Ok(())
}

proptest! {
    #[test]
    fn random_bytes_are_refused_or_read(bytes in vec(any::<u8>(), 0..200)) {
        sound(&bytes)?;
    }

    #[test]
    fn a_row_is_good_or_has_a_fault_and_never_both(text in nearly()) {
        sound(text.as_bytes())?;
    }
}
