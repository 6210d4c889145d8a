use terrace_model::{Level, Period};
use terrace_store::StoreReader;
use terrace_wire::{
    Refusal,
    RefusalCode::{Unknown, Usage},
};

use super::{code, person};
use crate::{
    bench::Bench,
    door::{Asked, AskedSpan, Door, ROWS_AT_ONCE},
    scene::{COUNTY, TOWN},
};

fn asked(indicator: &str) -> Asked {
    Asked {
        indicators: vec![indicator.to_owned()],
        ..Asked::default()
    }
}

async fn portions(door: &Door<StoreReader>, asked: Asked) -> Result<Vec<usize>, Refusal> {
    let mut rows = door.figures(asked).await?;
    let mut lengths = Vec::new();
    while let Some(portion) = rows.next().await? {
        lengths.push(portion.len());
    }
    assert!(rows.next().await?.is_none());
    Ok(lengths)
}

#[tokio::test]
async fn a_record_becomes_a_number() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    door.put_record("he", person("7")).await.unwrap();
    let mut rows = door.figures(asked("persons")).await.unwrap();
    let portion = rows.next().await.unwrap().unwrap();
    let [row] = portion.as_slice() else {
        panic!("{portion:?}");
    };
    assert_eq!(row.figure.value().unwrap().to_string(), "1");
    assert_eq!((row.period, row.office), (Period::Quarter(2026, 3), TOWN));
    assert_eq!((row.coverage.expected, row.coverage.reported), (1, 1));
    assert!(rows.next().await.unwrap().is_none());
}

#[tokio::test]
async fn rows_come_five_hundred_at_a_time() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let span = AskedSpan::Range {
        from: "192701".into(),
        to: "202612".into(),
    };
    let year = AskedSpan::One("2026".into());
    for (span, expected) in [
        (span, vec![ROWS_AT_ONCE, ROWS_AT_ONCE, 200]),
        (year, vec![1]),
    ] {
        let question = Asked {
            span,
            ..asked("visits")
        };
        assert_eq!(portions(&door, question).await.unwrap(), expected);
    }
    let nobody = Asked {
        level: Some(Level::Village),
        ..asked("visits")
    };
    assert_eq!(portions(&door, nobody).await.unwrap(), Vec::<usize>::new());
}

#[tokio::test]
async fn what_has_no_answer_is_refused_before_any_row() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let of = |office: &str| Asked {
        office: Some(office.to_owned()),
        ..asked("visits")
    };
    let over = |period: &str| Asked {
        span: AskedSpan::One(period.to_owned()),
        ..asked("visits")
    };
    let by = |dim: &str| Asked {
        by: vec![dim.to_owned()],
        ..asked("persons")
    };
    for (question, expected) in [
        (asked("poems"), Unknown),
        (of("3608"), Unknown),
        (of("99"), Unknown),
        (of("x"), Usage),
        (over("2024Q5"), Usage),
        (by("mood"), Unknown),
        (Asked::default(), Usage),
    ] {
        assert_eq!(
            code(portions(&door, question.clone()).await),
            expected,
            "{question:?}"
        );
    }
    assert_eq!(portions(&door, of("360827002")).await.unwrap(), [1]);
}

#[tokio::test]
async fn who_leaves_makes_room_for_the_next_question() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    for _ in 0..20 {
        let question = Asked {
            span: AskedSpan::Range {
                from: "192701".into(),
                to: "202612".into(),
            },
            ..asked("visits")
        };
        // Taken and dropped with rows left in it.
        drop(door.figures(question).await.unwrap());
    }
    assert_eq!(portions(&door, asked("visits")).await.unwrap(), [1]);
}
