use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};

use proptest::prelude::*;
use terrace_model::{Decimal, Fields, Value};

use super::*;
use crate::sample::{day, of, told};

fn read(kind: &str, pairs: &[(&str, &str)]) -> Result<Fields, Vec<FieldFault>> {
    parse_fields(&of(kind), pairs.iter().copied())
}

fn one(kind: &str, field: &str, text: &str) -> Result<Value, Reason> {
    let mut fields = read(kind, &[(field, text)]).map_err(|faults| faults[0].reason.clone())?;
    Ok(fields.remove(field).unwrap())
}

#[test]
fn values_are_read_by_the_kind_of_their_field() {
    let fields = read(
        "person",
        &[
            ("name", " 刘\u{3000}"),
            ("birth_year", "1980"),
            ("category", "freelancer"),
            ("organisation", "o1"),
            ("skills", "law；finance, law"),
            ("left_on", "2025-02-28"),
        ],
    );
    let codes = ["finance", "law"].map(String::from).to_vec();
    let expected = [
        ("birth_year", Value::Year(1980)),
        ("category", Value::Code("freelancer".into())),
        ("left_on", Value::Date(day("2025-02-28"))),
        ("name", Value::Text("刘".into())),
        ("organisation", Value::Ref("o1".into())),
        ("skills", Value::Codes(codes)),
    ];
    let expected: Fields = expected.map(|(id, value)| (id.into(), value)).into();
    assert_eq!(fields, Ok(expected));
    assert_eq!(one("organisation", "employees", "007"), Ok(Value::Count(7)));
    assert_eq!(one("organisation", "employees", "000"), Ok(Value::Count(0)));
    let capital: Decimal = "91725.25".parse().unwrap();
    assert_eq!(
        one("organisation", "capital", "91725.250"),
        Ok(Value::Amount(capital))
    );
}

#[test]
fn all_faults_are_told_and_not_only_the_first() {
    let pairs = [
        ("category", "poet"),
        ("poetry", "yes"),
        ("name", "甲"),
        ("name", "乙"),
        ("gender", ""),
        ("left_on", "2025-02-30"),
        ("birth_year", "80"),
        ("skills", "law,poetry"),
    ];
    let faults = read("person", &pairs);
    let fields: Vec<_> = faults
        .unwrap_err()
        .into_iter()
        .map(|f| (f.field, f.value))
        .collect();
    let expected = [
        ("category", "poet"),
        ("poetry", "yes"),
        ("name", "乙"),
        ("gender", ""),
        ("left_on", "2025-02-30"),
        ("birth_year", "80"),
        ("skills", "law,poetry"),
    ];
    assert_eq!(
        fields,
        expected.map(|(f, v)| (f.to_string(), v.to_string()))
    );
}

#[test]
fn a_wrong_code_is_answered_with_the_codes_there_are() {
    assert_eq!(
        told(read("person", &[("gender", "男")])),
        ["gender \"男\": not one of: male, female"]
    );
    assert_eq!(
        told(read("person", &[("skills", ",;")]))[0]
            .split(": ")
            .nth(1),
        Some("not one of")
    );
}

#[test]
fn text_is_one_line_of_limited_length_in_normal_form() {
    let composed = Value::Text("é".into());
    assert_eq!(one("person", "name", "e\u{301}"), Ok(composed));
    let longest = "遂".repeat(60);
    assert_eq!(
        one("person", "name", &longest),
        Ok(Value::Text(longest.clone()))
    );
    let too_long = Reason::TooLong { max_chars: 60 };
    assert_eq!(
        one("person", "name", &format!("{longest}川")),
        Err(too_long)
    );
    for control in ["a\nb", "a\tb", "a\u{0}b", "a\u{202e}b", "a\u{2028}b"] {
        assert_eq!(
            one("person", "name", control),
            Err(Reason::Control),
            "{control:?}"
        );
    }
}

#[test]
fn numbers_are_whole_exact_and_not_negative() {
    assert_eq!(
        one("training", "participants", "999999999999"),
        Ok(Value::Count(999_999_999_999))
    );
    for wrong in ["1000000000000", "1.0", "+1", "１", "1e3", "many", "-"] {
        assert_eq!(
            one("training", "participants", wrong),
            Err(Reason::NoCount),
            "{wrong}"
        );
    }
    assert_eq!(one("training", "participants", "-1"), Err(Reason::Negative));
    assert_eq!(
        one("organisation", "capital", "-0.5"),
        Err(Reason::Negative)
    );
    let fine = Reason::NoAmount(terrace_model::DecimalError::TooFine);
    assert_eq!(one("organisation", "capital", "0.0000001"), Err(fine));
    for wrong in ["98", "0980", "19800", "198O", "+198", "１９８０"] {
        assert_eq!(
            one("person", "birth_year", wrong),
            Err(Reason::NoYear),
            "{wrong}"
        );
    }
    for wrong in ["2025-2-1", "2025/02/01", "2025-02-29", "today"] {
        assert_eq!(
            one("person", "left_on", wrong),
            Err(Reason::NoDate),
            "{wrong}"
        );
    }
}

#[test]
fn an_empty_text_clears_and_an_empty_cell_is_not_given() {
    for field in ["phone", "file"] {
        let put = read("person", &[(field, " ")]).unwrap();
        assert!(put.get(field).is_some_and(clears), "{field}");
        let row = parse_cells(&of("person"), [(field, " ")].into_iter()).unwrap();
        assert_eq!(row, Fields::new(), "{field}");
    }
    let required = Err(Reason::Required);
    assert_eq!(one("person", "name", " "), required);
    let row = parse_cells(&of("person"), [("name", "")].into_iter());
    assert_eq!(told(row), ["name: must be given"]);
}

#[test]
fn no_more_faults_are_told_than_the_limit() {
    let faults = |count: usize| {
        let ids: Vec<_> = (0..count).map(|n| format!("x{n}")).collect();
        let raw = ids.iter().map(|id| (id.as_str(), ""));
        parse_fields(&of("unit"), raw).unwrap_err().len()
    };
    assert_eq!(faults(MAX_FAULTS - 1), MAX_FAULTS - 1);
    assert_eq!(faults(MAX_FAULTS), MAX_FAULTS);
    assert_eq!(faults(MAX_FAULTS + 1), MAX_FAULTS);
}

#[test]
fn the_id_of_a_record_is_one_short_line() {
    assert_eq!(parse_id(" p-1 "), Ok("p-1".into()));
    assert_eq!(parse_id(&"9".repeat(64)), Ok("9".repeat(64)));
    for wrong in [String::new(), " ".into(), "9".repeat(65), "a\nb".into()] {
        assert_eq!(parse_id(&wrong), Err(Reason::NoId), "{wrong:?}");
    }
}

#[test]
fn a_value_of_another_kind_than_its_field_does_not_fit() {
    let organisation = of("organisation");
    let misfits = |id: &str, value| misfits(&organisation.fields, &[(id.into(), value)].into());
    assert_eq!(misfits("employees", Value::Count(3)), []);
    assert_eq!(misfits("closed_on", NOT_KEPT), []);
    for (id, value, reason) in [
        ("employees", Value::Text("3".into()), Reason::OtherKind),
        ("employees", NOT_KEPT, Reason::Required),
        ("name", Value::Text(" a".into()), Reason::OtherKind),
        (
            "capital",
            Value::Amount(Decimal::whole(-1)),
            Reason::Negative,
        ),
        ("mood", Value::Count(3), Reason::Unknown),
        ("closed_on", Value::Codes(vec![]), Reason::OtherKind),
    ] {
        let faults = misfits(id, value);
        assert_eq!(faults.len(), 1, "{id}");
        assert_eq!(faults[0].reason, reason, "{id}");
    }
}

fn codes() -> impl Strategy<Value = Value> {
    let codes = ["law", "arts", "media", "other"];
    let some = proptest::sample::subsequence(codes.to_vec(), 1..=4);
    some.prop_map(|codes| {
        let mut codes: Vec<String> = codes.into_iter().map(String::from).collect();
        codes.sort();
        Value::Codes(codes)
    })
}

fn value() -> impl Strategy<Value = (&'static str, &'static str, Value)> {
    let amount = 0_i128..=999_999_999_999_999_999;
    let date = (1000_i16..=9999, 1_i8..=12, 1_i8..=28);
    prop_oneof![
        "[a-z遂川é][a-z 遂川é]{0,20}[a-z]".prop_map(|t| ("person", "name", Value::Text(t))),
        codes().prop_map(|codes| ("person", "skills", codes)),
        (1000_i16..=9999).prop_map(|year| ("person", "birth_year", Value::Year(year))),
        date.prop_map(|(y, m, d)| {
            let day = day(&format!("{y:04}-{m:02}-{d:02}"));
            ("person", "left_on", Value::Date(day))
        }),
        (0_u64..=999_999_999_999).prop_map(|count| (
            "organisation",
            "employees",
            Value::Count(count)
        )),
        amount.prop_map(|millionths| {
            let amount = Decimal::from_millionths(millionths);
            ("organisation", "capital", Value::Amount(amount))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_value_written_as_text_reads_back((kind, field, value) in value()) {
        prop_assert_eq!(one(kind, field, &text_of(&value)), Ok(value));
    }

    #[test]
    fn whatever_is_given_is_a_value_or_a_fault(text in "\\PC{0,40}") {
        for (kind, field) in [
            ("person", "name"), ("person", "gender"), ("person", "skills"), ("person", "birth_year"),
            ("person", "left_on"), ("organisation", "employees"), ("organisation", "capital"),
            ("visit", "person"),
        ] {
            if let Ok(value) = one(kind, field, &text) {
                prop_assert!(clears(&value) || one(kind, field, &text_of(&value)) == Ok(value));
            }
        }
    }
}
