use alloc::{format, string::String, vec::Vec};

use proptest::prelude::*;
use terrace_model::{Date, Fields, Record, RecordKey, Value};

use super::*;
use crate::sample::{day, given, of, put_on, told};

const PLAIN: Put = Put {
    from: None,
    correct: false,
};

fn from(text: &str) -> Put {
    Put {
        from: Some(day(text)),
        correct: false,
    }
}

fn correct(text: &str) -> Put {
    Put {
        from: Some(day(text)),
        correct: true,
    }
}

const O1: &str = "name=o1 kind=enterprise industry=C employees=10 capital=5 founded_on=2020-01-01";

/// An organisation founded in 2020 and recorded on 2025-01-05.
fn organisation() -> Record {
    put_on("2025-01-05", &of("organisation"), None, O1, PLAIN).unwrap()
}

fn change(today: &str, before: &Record, text: &str, how: Put) -> Record {
    put_on(today, &of("organisation"), Some(before), text, how).unwrap()
}

/// `first day:employees` of each state.
fn employees(record: &Record) -> Vec<String> {
    let shown = |state: &terrace_model::State| {
        format!("{}:{}", state.from, text_of(&state.fields["employees"]))
    };
    record.states.iter().map(shown).collect()
}

#[test]
fn a_first_state_begins_with_the_record_and_a_change_with_its_day() {
    let record = organisation();
    assert_eq!(employees(&record), ["2020-01-01:10"]);
    let changed = change("2025-05-10", &record, "employees=14", PLAIN);
    assert_eq!(employees(&changed), ["2020-01-01:10", "2025-05-10:14"]);
    let corrected = change(
        "2025-07-02",
        &changed,
        "employees=12",
        Put {
            correct: true,
            ..PLAIN
        },
    );
    assert_eq!(employees(&corrected), ["2020-01-01:10", "2025-05-10:12"]);
    let first = change(
        "2025-07-03",
        &corrected,
        "employees=11",
        correct("2020-01-01"),
    );
    assert_eq!(employees(&first), ["2020-01-01:11", "2025-05-10:12"]);
    let before_all = change(
        "2025-07-03",
        &corrected,
        "employees=11",
        correct("2019-01-01"),
    );
    assert_eq!(before_all, first);
    let between = change("2025-07-03", &first, "employees=9", from("2024-01-01"));
    assert_eq!(
        employees(&between),
        ["2020-01-01:11", "2024-01-01:9", "2025-05-10:12"]
    );
    let same_day = change("2025-07-03", &first, "employees=13", from("2025-05-10"));
    assert_eq!(employees(&same_day), ["2020-01-01:11", "2025-05-10:13"]);
}

#[test]
fn fields_not_given_stay_and_a_cleared_one_goes_or_takes_its_default() {
    let person = of("person");
    let text = "name=甲 gender=male category=freelancer industry=A on_roster_since=2024-01-01 \
                phone=1 file=full";
    let before = put_on("2024-02-01", &person, None, text, PLAIN).unwrap();
    assert_eq!(before.newest("pool"), Some(&Value::Code("none".into())));
    assert_eq!(
        before.newest("joined_reason"),
        Some(&Value::Code("new".into()))
    );
    let after = put_on("2024-03-01", &person, Some(&before), "phone= file=", PLAIN).unwrap();
    let last = &after.states[1].fields;
    assert_eq!(last.get("phone"), None);
    assert_eq!(last.get("file"), Some(&Value::Code("listed".into())));
    assert_eq!(last.get("name"), Some(&Value::Text("甲".into())));
    assert_eq!(after.states[0], before.states[0]);
    let left = "left_on=2024-03-01 left_reason=ended";
    let left = put_on("2024-03-01", &person, Some(&before), left, PLAIN).unwrap();
    assert_eq!(left.states, before.states);
    let back = put_on(
        "2024-03-02",
        &person,
        Some(&left),
        "left_on= left_reason=",
        PLAIN,
    )
    .unwrap();
    assert_eq!(back, before);
}

#[test]
fn a_put_that_changes_nothing_gives_back_an_equal_record() {
    let record = organisation();
    for how in [PLAIN, from("2024-01-01"), correct("2024-01-01")] {
        assert_eq!(change("2025-03-01", &record, O1, how), record);
    }
    let contribution = of("contribution");
    let text = "cause=other given_on=2025-03-31 amount=10.5";
    let gift = put_on("2025-04-01", &contribution, None, text, PLAIN).unwrap();
    assert_eq!(
        put_on("2026-04-01", &contribution, Some(&gift), text, PLAIN),
        Ok(gift.clone())
    );
    let unit = of("unit");
    let first = put_on("2025-04-01", &unit, None, "name=农业局", PLAIN).unwrap();
    assert_eq!(
        put_on("2026-04-01", &unit, Some(&first), "name=农业局", PLAIN),
        Ok(first)
    );
}

#[test]
fn a_type_with_one_state_is_replaced_as_a_whole() {
    let contribution = of("contribution");
    let text = "cause=other given_on=2025-03-31 amount=10.5 programme=路";
    let before = put_on("2025-04-01", &contribution, None, text, PLAIN).unwrap();
    let text = "given_on=2025-04-02 amount=11";
    let after = put_on("2026-02-01", &contribution, Some(&before), text, PLAIN).unwrap();
    assert_eq!(after.states.len(), 1);
    assert_eq!(after.date("given_on"), Some(day("2025-04-02")));
    assert_eq!(after.states[0].from, day("2025-04-02"));
    assert_eq!(after.newest("programme"), Some(&Value::Text("路".into())));
    let dated = put_on(
        "2026-02-01",
        &contribution,
        Some(&before),
        text,
        from("2026-01-01"),
    );
    assert_eq!(
        told(dated),
        ["from \"2026-01-01\": such a record has one state; leave the day out"]
    );
    let corrected = put_on(
        "2026-02-01",
        &contribution,
        Some(&before),
        text,
        correct("2026-01-01"),
    );
    assert_eq!(corrected, Ok(after));
}

#[test]
fn required_fields_are_asked_for_on_a_new_record_only() {
    let text = "name=o1 employees=1";
    let faults = told(put_on("2025-01-01", &of("organisation"), None, text, PLAIN));
    let missing = ["kind", "industry", "capital", "founded_on"];
    assert_eq!(
        faults,
        missing.map(|field| format!("{field}: must be given"))
    );
    let record = organisation();
    assert!(
        put_on(
            "2025-02-01",
            &of("organisation"),
            Some(&record),
            text,
            PLAIN
        )
        .is_ok()
    );
}

#[test]
fn an_end_day_is_given_if_and_only_if_the_case_is_not_open() {
    let assistance = of("assistance");
    let put = |before, text| put_on("2025-06-01", &assistance, before, text, PLAIN);
    let open = put(None, "need=loan opened_on=2025-05-01").unwrap();
    assert_eq!(open.newest("outcome"), Some(&Value::Code("open".into())));
    let early = put(Some(&open), "closed_on=2025-05-20");
    assert_eq!(
        told(early),
        ["closed_on \"2025-05-20\": must not be given while outcome is open"]
    );
    let undated = put(Some(&open), "outcome=settled");
    assert_eq!(
        told(undated),
        ["closed_on: must be given, as outcome is not open"]
    );
    let settled = put(Some(&open), "outcome=settled closed_on=2025-05-20 amount=3").unwrap();
    let undated = put(Some(&settled), "closed_on=");
    assert_eq!(
        told(undated),
        ["closed_on: must be given, as outcome is not open"]
    );
    let reopened = put(Some(&settled), "outcome=open").unwrap();
    assert_eq!(reopened.date("closed_on"), None);
    let both = put(Some(&settled), "outcome=open closed_on=2025-05-21");
    assert_eq!(told(both).len(), 1);
    let before = put(
        None,
        "need=loan opened_on=2025-05-01 outcome=settled closed_on=2025-04-30",
    );
    assert_eq!(
        told(before),
        ["closed_on \"2025-04-30\": before the start, 2025-05-01"]
    );
}

#[test]
fn ends_do_not_come_before_starts_and_may_fall_on_the_same_day() {
    let put = |kind: &str, text: &str| told(put_on("2025-06-01", &of(kind), None, text, PLAIN));
    let pairing = |until: &str| {
        put(
            "pairing",
            &format!("organisation=o1 village=v since=2025-05-02 until={until}"),
        )
    };
    assert_eq!(
        pairing("2025-05-01"),
        ["until \"2025-05-01\": before the start, 2025-05-02"]
    );
    assert_eq!(pairing("2025-05-02"), Vec::<String>::new());
    let closing = |closed: &str| put("organisation", &format!("{O1} closed_on={closed}"));
    assert_eq!(closing("2019-12-31").len(), 1);
    assert_eq!(closing("2020-01-01"), Vec::<String>::new());
    let closed = change("2025-06-01", &organisation(), "closed_on=2025-01-01", PLAIN);
    let later = "founded_on=2025-01-02";
    let moved = put_on(
        "2025-06-01",
        &of("organisation"),
        Some(&closed),
        later,
        PLAIN,
    );
    assert_eq!(
        told(moved),
        ["closed_on \"2025-01-01\": before the start, 2025-01-02"]
    );
}

#[test]
fn what_has_happened_is_not_later_than_today_and_terms_may_lie_ahead() {
    let put = |kind: &str, text: &str| told(put_on("2025-06-01", &of(kind), None, text, PLAIN));
    let meeting = |day: &str| put("meeting", &format!("topic=路 held_on={day} attendance=0"));
    assert_eq!(
        meeting("2025-06-02"),
        ["held_on \"2025-06-02\": later than today, 2025-06-01"]
    );
    assert_eq!(meeting("2025-06-01"), Vec::<String>::new());
    let seat = "body=cppcc seat=member level=county since=2026-01-01 until=2030-12-31";
    assert_eq!(put("appointment", seat), Vec::<String>::new());
    let person = "name=甲 gender=male category=freelancer industry=A on_roster_since=2024-01-01";
    let with = |more: &str| put("person", &format!("{person} {more}"));
    assert_eq!(with("birth_year=2026").len(), 1);
    assert_eq!(with("birth_year=2025"), Vec::<String>::new());
    assert_eq!(with("confirmed_on=2025-06-02").len(), 1);
    assert_eq!(with("left_on=2025-06-02").len(), 1);
}

#[test]
fn a_change_has_a_day_on_which_the_record_and_the_office_are() {
    let organisation_type = of("organisation");
    let record = organisation();
    let put = |how| {
        told(put_on(
            "2025-06-01",
            &organisation_type,
            Some(&record),
            "employees=1",
            how,
        ))
    };
    assert_eq!(
        put(from("2019-12-31")),
        ["from \"2019-12-31\": before the record's own start, 2020-01-01"]
    );
    assert_eq!(
        put(from("2025-06-02")),
        ["from \"2025-06-02\": later than today, 2025-06-01"]
    );
    assert_eq!(put(from("2025-06-01")), Vec::<String>::new());
    let early = put_on(
        "2025-06-01",
        &organisation_type,
        None,
        O1,
        from("2019-12-31"),
    );
    assert_eq!(told(early).len(), 1);
    let later = put_on(
        "2025-06-01",
        &organisation_type,
        None,
        O1,
        from("2021-01-01"),
    );
    assert_eq!(employees(&later.unwrap()), ["2020-01-01:10"]);
    let nothing = put_on(
        "2025-06-01",
        &organisation_type,
        None,
        O1,
        correct("2025-06-01"),
    );
    assert_eq!(told(nothing), ["id: there is no such record to correct"]);
}

#[test]
fn a_change_to_a_term_that_lies_ahead_holds_from_its_first_day() {
    let appointment = of("appointment");
    let text = "body=cppcc seat=member level=county since=2026-01-01 count=3";
    let before = put_on("2025-06-01", &appointment, None, text, PLAIN).unwrap();
    assert_eq!(before.states[0].from, day("2026-01-01"));
    let after = put_on("2025-07-01", &appointment, Some(&before), "count=4", PLAIN).unwrap();
    assert_eq!(after.states.len(), 1);
    assert_eq!(after.newest("count"), Some(&Value::Count(4)));
    let dated = put_on(
        "2025-07-01",
        &appointment,
        Some(&before),
        "count=5",
        from("2026-02-01"),
    );
    assert_eq!(dated.unwrap().states.len(), 2);
}

#[test]
fn an_earlier_start_does_not_let_a_change_reach_back() {
    let moved = change(
        "2025-06-01",
        &organisation(),
        "founded_on=2019-01-01",
        PLAIN,
    );
    let changed = change("2025-06-01", &moved, "employees=20", from("2019-06-01"));
    assert_eq!(
        changed.value_at("employees", day("2019-05-31")),
        Some(&Value::Count(10))
    );
    assert_eq!(
        changed.value_at("employees", day("2019-06-01")),
        Some(&Value::Count(20))
    );
    assert_eq!(
        changed.value_at("employees", day("2025-06-01")),
        Some(&Value::Count(20))
    );
}

#[test]
fn a_seat_of_a_person_counts_once() {
    let appointment = of("appointment");
    let put = |before: Option<&Record>, text: &str| {
        put_on("2025-06-01", &appointment, before, text, PLAIN)
    };
    let seat = "body=cppcc seat=member level=county since=2025-01-01";
    let many = put(None, &format!("{seat} person=p1 count=2"));
    assert_eq!(told(many), ["count \"2\": must be 1, as person is given"]);
    assert!(put(None, &format!("{seat} person=p1")).is_ok());
    let unnamed = put(None, &format!("{seat} count=2")).unwrap();
    assert_eq!(told(put(Some(&unnamed), "person=p1")).len(), 1);
    assert!(put(Some(&unnamed), "person=p1 count=1").is_ok());
}

#[test]
fn confirmations_are_added_in_order_and_each_once() {
    let person = of("person");
    let text = "name=甲 gender=male category=freelancer industry=A on_roster_since=2024-01-01 \
                confirmed_on=2024-03-31";
    let mut record = put_on("2025-06-01", &person, None, text, PLAIN).unwrap();
    for on in ["2025-05-10", "2024-01-02", "2025-05-10"] {
        let text = format!("confirmed_on={on}");
        record = put_on("2025-06-01", &person, Some(&record), &text, PLAIN).unwrap();
    }
    let days = ["2024-01-02", "2024-03-31", "2025-05-10"].map(day);
    assert_eq!(record.confirmations, days);
    assert_eq!(record.newest("confirmed_on"), None);
    assert_eq!(record.states.len(), 1);
    let early = "confirmed_on=2023-12-31";
    let early = put_on("2025-06-01", &person, Some(&record), early, PLAIN);
    let reason = "before the record's own start, 2024-01-01";
    assert_eq!(
        told(early),
        [format!("confirmed_on \"2023-12-31\": {reason}")]
    );
    // Who returns is on the roster anew; what was confirmed before is no fault.
    let held = "on_roster_since=2025-05-01 confirmed_on=2024-03-31";
    let held = put_on("2025-06-01", &person, Some(&record), held, PLAIN).unwrap();
    assert_eq!(held.confirmations, days);
    let taken_back = put_on("2025-06-01", &person, Some(&record), "confirmed_on=", PLAIN);
    assert_eq!(
        told(taken_back),
        ["confirmed_on: a confirmation cannot be left empty"]
    );
}

#[test]
fn references_among_the_given_fields_are_told_with_their_types() {
    let visit = of("visit");
    let fields = given(&visit, "staff=甲 person=p1 organisation= subject=policy");
    assert_eq!(refs_of(&visit, &fields), [RecordKey::new("person", "p1")]);
}

fn any_day() -> impl Strategy<Value = Date> {
    (2018_i16..=2026, 1_i8..=12, 1_i8..=28)
        .prop_map(|(y, m, d)| day(&format!("{y:04}-{m:02}-{d:02}")))
}

/// Days before, between and after all that the puts name.
fn probes() -> impl Iterator<Item = Date> {
    let months = (2017_i16..=2027).flat_map(|y| (1..=12).map(move |m| (y, m)));
    let days = months.flat_map(|(y, m)| [1, 10, 19, 28].map(|d| (y, m, d)));
    days.map(|(y, m, d)| day(&format!("{y:04}-{m:02}-{d:02}")))
}

fn any_put() -> impl Strategy<Value = (Fields, Put)> {
    let how = (proptest::option::of(any_day()), any::<bool>());
    let founded = proptest::option::of(any_day());
    (0_u64..4, founded, how).prop_map(|(count, founded, (from, correct))| {
        let mut fields: Fields = [("employees".into(), Value::Count(count))].into();
        fields.extend(founded.map(|day| ("founded_on".into(), Value::Date(day))));
        (fields, Put { from, correct })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn puts_touch_the_days_they_say_and_no_other(puts in proptest::collection::vec(any_put(), 1..8)) {
        let (kind, today) = (of("organisation"), day("2026-12-31"));
        let mut record = organisation();
        for (fields, how) in puts {
            let Ok(after) = apply_put(&kind, Some(&record), &fields, how, today) else { continue };
            prop_assert!(after.states.is_sorted_by(|a, b| a.from < b.from));
            let start = after.date("founded_on").unwrap();
            prop_assert!(after.states[0].from <= start);
            let same = apply_put(&kind, Some(&after), &fields, how, today);
            prop_assert_eq!(same.as_ref(), Ok(&after));
            let at = how.from.unwrap_or(today);
            let given = fields.get("employees");
            prop_assert_eq!(after.value_at("employees", at), given);
            let corrected = record.state_at(at).unwrap();
            for probe in probes().filter(|probe| *probe >= start) {
                let in_state = record.state_at(probe) == Some(corrected);
                let touched = in_state && (how.correct || probe >= at);
                let was = record.value_at("employees", probe);
                let expected = if touched { given } else { was };
                prop_assert_eq!(after.value_at("employees", probe), expected, "{}", probe);
            }
            record = after;
        }
    }
}

#[test]
fn a_record_that_changed_or_was_confirmed_as_often_as_one_may_be_is_refused_one_more() {
    let today = day("2026-01-01");
    let back = |days: usize| {
        let span = core::time::Duration::from_secs(86_400 * days as u64);
        today.checked_sub(span).unwrap()
    };
    let changed = |how: Put, field: &str, value: String| {
        let of = of("organisation");
        let mut record = organisation();
        record.states = (0..MAX_STATES - 1)
            .rev()
            .map(|days| State {
                from: back(days + 1),
                fields: record.states[0].fields.clone(),
            })
            .collect();
        let text = format!("{field}={value}");
        let first = put_on("2026-01-01", &of, Some(&record), &text, how).unwrap();
        assert_eq!(first.states.len(), MAX_STATES);
        first
    };
    let full = changed(PLAIN, "employees", "14".into());
    let another = Put {
        from: Some(back(1_500)),
        correct: false,
    };
    let put = |text| {
        put_on(
            "2026-01-01",
            &of("organisation"),
            Some(&full),
            text,
            another,
        )
    };
    let faults = put("employees=15").unwrap_err();
    let most = MAX_STATES;
    assert!(
        faults
            .iter()
            .any(|fault| fault.reason == Reason::TooMany { most })
    );
    let again = put_on(
        "2026-01-01",
        &of("organisation"),
        Some(&full),
        "employees=15",
        PLAIN,
    );
    assert_eq!(again.unwrap().states.len(), MAX_STATES);
}
