use terrace_catalog::text_of;
use terrace_model::Date;
use terrace_wire::RefusalCode::{Content, Unknown, Unreachable, Usage};

use super::{code, given, person};
use crate::{bench::Bench, door::NewRecord, reads::records::RecordRow, scene::TOWN};

fn text(row: &RecordRow, field: &str) -> Option<String> {
    let shown = row.fields.iter().find(|(id, _)| id == field);
    shown.map(|(_, value)| text_of(value))
}

fn with(field: &str, text: &str) -> NewRecord {
    let mut new = person("7");
    new.fields.retain(|(id, _)| id != field);
    new.fields.extend(given(&[(field, text)]));
    new
}

#[tokio::test]
async fn a_record_is_put_shown_changed_listed_and_taken_back() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    assert_eq!(door.put_record("he", person("7")).await.unwrap().id, "7");
    let made = door.put_record("he", person("")).await.unwrap().id;
    assert_eq!(
        (made.len(), made.parse::<terrace_model::OfficeId>().is_ok()),
        (16, true)
    );
    let row = door.record("person", "7").await.unwrap();
    assert_eq!(text(&row, "pool").as_deref(), Some("none"));

    let changed = NewRecord {
        kind: "person".into(),
        fields: given(&[("id", "7"), ("industry", "I")]),
        from: Some(Date::constant(2026, 10, 1)),
        correct: false,
    };
    door.put_record("he", changed).await.unwrap();
    let row = door.record("person", "7").await.unwrap();
    assert_eq!(text(&row, "industry").as_deref(), Some("I"));
    let page = door.records("person", None, 1).await.unwrap();
    assert_eq!((page.rows.len(), page.next.is_some()), (1, true));
    let rest = door.records("person", page.next, 0).await.unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));

    door.delete_record("he", "person", "7").await.unwrap();
    assert_eq!(code(door.record("person", "7").await), Unknown);
    assert_eq!(code(door.delete_record("he", "person", "7").await), Unknown);
    assert_eq!(door.records("person", None, 0).await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn a_change_that_a_later_state_hides_is_told() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    door.put_record("he", person("7")).await.unwrap();
    let put = |industry: &str, day: i8, correct| {
        let changed = NewRecord {
            kind: "person".into(),
            fields: given(&[("id", "7"), ("industry", industry)]),
            from: Some(Date::constant(2026, 10, day)),
            correct,
        };
        let door = door.clone();
        async move { door.put_record("he", changed).await.unwrap().warnings }
    };
    assert_eq!(put("I", 20, false).await, [""; 0]);
    // It is there, and holds until the later state.
    for correct in [false, true] {
        let told = put("A", 10, correct).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("from 2026-10-20"), "{told:?}");
    }
    let row = door.record("person", "7").await.unwrap();
    assert_eq!(text(&row, "industry").as_deref(), Some("I"));
    // What says the same as the later state, or is that state, is not hidden.
    assert_eq!(put("I", 10, false).await, [""; 0]);
    assert_eq!(put("A", 20, true).await, [""; 0]);
    let zh = door.speaking(terrace_catalog::Lang::Zh);
    let changed = NewRecord {
        kind: "person".into(),
        fields: given(&[("id", "7"), ("industry", "C")]),
        from: Some(Date::constant(2026, 10, 5)),
        correct: false,
    };
    let told = zh.put_record("he", changed).await.unwrap().warnings;
    assert!(told[0].contains("自 2026-10-20 起的状态"), "{told:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_another_no_than_what_cannot_be_kept() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    for (field, text) in [
        ("on_roster_since", "2026-02-30"),
        ("birth_year", "198"),
        ("organisation", " \u{7}"),
        ("id", ""),
    ] {
        let refused = door.put_record("he", with(field, text)).await;
        assert_eq!(code(refused), Usage, "{field}={text}");
    }
    for (field, text) in [
        ("category", "poet"),
        ("mood", "calm"),
        ("name", ""),
        ("on_roster_since", "2026-11-25"),
        ("organisation", "nobody"),
    ] {
        let refused = door.put_record("he", with(field, text)).await.unwrap_err();
        assert_eq!(refused.code, Content, "{field}={text}");
        let fault = &refused.faults[0];
        assert_eq!((fault.line, fault.field.as_str()), (0, field));
    }
    let mut twice = person("7");
    twice.fields.extend(given(&[("id", "8")]));
    assert_eq!(code(door.put_record("he", twice).await), Content);
    assert_eq!(code(door.record("person", "7").await), Unknown);
}

#[tokio::test]
async fn a_type_that_is_not_there_is_unknown_and_an_id_that_is_none_malformed() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let poem = NewRecord {
        kind: "poem".into(),
        ..person("7")
    };
    let refused = door.put_record("he", poem).await.unwrap_err();
    assert_eq!(refused.code, Unknown);
    assert_eq!(
        refused.todo.as_deref(),
        Some("`terrace catalog show` lists what there is")
    );
    assert_eq!(code(door.records("poem", None, 0).await), Unknown);
    assert_eq!(code(door.record("poem", "7").await), Unknown);
    assert_eq!(code(door.record("person", "").await), Usage);
    assert_eq!(
        code(door.delete_record("he", "person", &"x".repeat(65)).await),
        Usage
    );
}

#[tokio::test]
async fn an_office_that_has_stopped_is_unreachable() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    bench.office.stop().await;
    bench.end.wait().await.unwrap();
    assert_eq!(code(door.put_record("he", person("7")).await), Unreachable);
}
