use proptest::{collection::vec, option, prelude::*};
use terrace_catalog::{Put, apply_put, parse_cells, shipped};
use terrace_model::{Date, Fields, parse_date};

use super::*;
use crate::{Row, SheetLimits, read_csv};

fn of(id: &str) -> RecordType {
    shipped().record_type(id).unwrap().clone()
}

fn today() -> Date {
    parse_date("2024-06-30").unwrap()
}

fn put(of: &RecordType, existing: Option<&Record>, given: &Fields) -> Record {
    apply_put(of, existing, given, Put::default(), today()).unwrap()
}

fn written(of: &RecordType, records: &[(RecordKey, Record)]) -> String {
    let mut out = Vec::new();
    let records = records.iter().map(|(key, record)| (key, record));
    write_csv(of, records, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read_back(of: &RecordType, text: &str) -> Vec<Row> {
    let sheet = read_csv(text.as_bytes(), of, &SheetLimits::default());
    sheet
        .map_err(|faults| faults.told)
        .unwrap()
        .rows()
        .collect()
}

fn record(of: &RecordType, pairs: &[(&str, &str)]) -> Record {
    put(of, None, &parse_cells(of, pairs.iter().copied()).unwrap())
}

#[test]
fn a_record_is_written_with_its_newest_values_and_its_last_confirmation() {
    let of = of("person");
    let first = [
        ("name", "刘, 晓"),
        ("gender", "female"),
        ("category", "freelancer"),
        ("industry", "R"),
        ("skills", "law;finance"),
        ("on_roster_since", "2024-01-01"),
        ("confirmed_on", "2024-02-01"),
    ];
    let mut person = record(&of, &first);
    for change in [("industry", "F"), ("confirmed_on", "2024-05-01")] {
        person = put(
            &of,
            Some(&person),
            &parse_cells(&of, [change].into_iter()).unwrap(),
        );
    }
    let key = RecordKey::new("person", "p1");
    let expected = "id,name,gender,birth_year,category,industry,organisation,phone,skills,file,\
        pool,on_roster_since,confirmed_on,left_on,left_reason,joined_reason\n\
        p1,\"刘, 晓\",female,,freelancer,F,,,\"finance,law\",listed,none,2024-01-01,2024-05-01,,,\
        new\n";
    assert_eq!(written(&of, &[(key, person)]), expected);
}

#[test]
fn a_cell_that_a_sheet_program_would_run_is_written_as_text() {
    let of = of("unit");
    let unit = record(&of, &[("name", "=cmd|' /C calc'!A0"), ("contact", "+86")]);
    let text = written(&of, &[(RecordKey::new("unit", "-1"), unit)]);
    assert_eq!(text, "id,name,contact\n'-1,'=cmd|' /C calc'!A0,'+86\n");
}

#[test]
fn no_record_is_a_header_alone() {
    assert_eq!(written(&of("unit"), &[]), "id,name,contact\n");
}

#[test]
fn any_table_is_written_inert_and_quoted_where_needed() {
    let mut out = Vec::new();
    let rows = [["遂川县", "a\nb"], ["=1", ""], ["\t=1", "\"x\""]];
    write_rows(&["office", "@note"], rows, &mut out).unwrap();
    let expected = "office,'@note\n遂川县,\"a\nb\"\n'=1,\n'\t=1,\"\"\"x\"\"\"\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn an_uneven_row_is_refused_after_the_rows_before_it() {
    let mut out = Vec::new();
    let rows = [vec!["1", "2"], vec!["3"]];
    let error = write_rows(&["a", "b"], rows, &mut out).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a row has 1 cells where the header has 2"
    );
    assert_eq!(out, b"a,b\n1,2\n");
}

#[test]
fn a_failing_file_is_told() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = write_rows(&["a"], [["1"]], Full).unwrap_err();
    let kind = match error {
        WriteError::Io(error) => error.kind(),
        WriteError::Uneven { .. } => io::ErrorKind::Other,
    };
    assert_eq!(kind, io::ErrorKind::StorageFull);
}

/// Text that a name field takes: what people write, and what breaks sheets.
fn name() -> impl Strategy<Value = String> {
    let of = of("person");
    let text = prop_oneof!["['\"=+@,;a＝遂 -]{1,12}", "\\PC{1,20}"];
    text.prop_filter("a name", move |text| {
        parse_cells(&of, [("name", text.as_str())].into_iter()).is_ok()
    })
}

type Person = (String, Option<String>, Option<i16>, Vec<&'static str>, bool);

fn person() -> impl Strategy<Value = Person> {
    let skills = vec(prop_oneof![Just("law"), Just("finance")], 0..3);
    let phone = option::of("[+0-9' -]{1,10}[0-9]");
    (
        name(),
        phone,
        option::of(1900..2000_i16),
        skills,
        any::<bool>(),
    )
}

fn kept(of: &RecordType, person: Person) -> Record {
    let (name, phone, year, skills, confirmed) = person;
    let year = year.map(|year| year.to_string());
    let pairs = [
        ("name", name.as_str()),
        ("phone", phone.as_deref().unwrap_or_default()),
        ("birth_year", year.as_deref().unwrap_or_default()),
        ("skills", &skills.join("、")),
        ("gender", "male"),
        ("category", "business_owner"),
        ("industry", "C"),
        ("on_roster_since", "2024-01-01"),
        ("confirmed_on", if confirmed { "2024-03-02" } else { "" }),
    ];
    record(of, &pairs)
}

/// The newest values, and the last confirmation, of a person.
fn newest_of(record: &Record) -> Fields {
    let mut fields = record.fixed.clone();
    fields.extend(record.states.last().unwrap().fields.clone());
    let confirmed = record.confirmations.last();
    let confirmed = confirmed.map(|day| terrace_model::Value::Date(*day));
    fields.extend(confirmed.map(|day| ("confirmed_on".to_owned(), day)));
    fields
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_equal_rows_that_change_nothing(
        persons in vec(person(), 0..6),
        id in name(),
    ) {
        let of = of("person");
        let id = terrace_catalog::parse_id(&id).unwrap();
        let records: Vec<_> = persons
            .into_iter()
            .enumerate()
            .map(|(at, person)| {
                let id = if at == 0 { id.clone() } else { format!("+{at}") };
                (RecordKey::new("person", &id), kept(&of, person))
            })
            .collect();
        let rows = read_back(&of, &written(&of, &records));
        prop_assert_eq!(rows.len(), records.len());
        for (row, (key, record)) in rows.iter().zip(&records) {
            prop_assert_eq!(&row.key, key);
            prop_assert_eq!(&row.fields, &newest_of(record));
            prop_assert_eq!(&put(&of, Some(record), &row.fields), record);
        }
    }
}
