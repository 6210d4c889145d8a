use terrace_store::StoreReader;
use terrace_wire::{
    Refusal,
    RefusalCode::{Content, Unknown},
};

use super::code;
use crate::{
    bench::Bench,
    door::{Door, Form, Imported, Start},
    scene::TOWN,
};

fn start() -> Start {
    Start {
        kind: "person".into(),
        form: Form::Csv,
        keep_good: false,
        dry_run: false,
    }
}

async fn import(door: &Door<StoreReader>, start: Start, text: &str) -> Result<Imported, Refusal> {
    let mut import = door.import("he", start).await?;
    for bytes in text.as_bytes().chunks(7) {
        assert!(import.push(bytes));
    }
    import.finish().await
}

async fn held(door: &Door<StoreReader>) -> usize {
    door.records("person", None, 0).await.unwrap().rows.len()
}

const HEADER: &str = "name,gender,category,industry,on_roster_since\n";

fn told(imported: &Imported) -> Vec<(u32, &str, &str)> {
    let faults = imported.faults.iter();
    faults
        .map(|fault| (fault.line, fault.field.as_str(), fault.value.as_str()))
        .collect()
}

#[tokio::test]
async fn a_sheet_with_bad_rows_is_refused_whole_and_all_of_them_are_told() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    // Line 3 is no code; line 4 lies ahead, which only the desk knows.
    let text = format!(
        "{HEADER}何秀英,female,freelancer,R,2026-07-01\n茶,male,poet,R,2026-07-01\n\
         山,male,freelancer,R,2026-11-25\n"
    );
    let refused = import(&door, start(), &text).await.unwrap();
    let faults = [
        (3, "category", "poet"),
        (4, "on_roster_since", "2026-11-25"),
    ];
    assert_eq!((refused.kept, told(&refused)), (0, faults.to_vec()));
    assert!(
        refused.faults[0].reason.starts_with("not one of: "),
        "{refused:?}"
    );
    assert_eq!(held(&door).await, 0);

    let keep_good = Start {
        keep_good: true,
        ..start()
    };
    let kept = import(&door, keep_good, &text).await.unwrap();
    assert_eq!((kept.kept, told(&kept)), (1, faults.to_vec()));
    assert_eq!(held(&door).await, 1);
}

#[tokio::test]
async fn of_a_sheet_with_one_bad_cell_nothing_is_kept() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let good = "何秀英,female,freelancer,R,2026-07-01\n";
    for bad in [
        "茶,male,poet,R,2026-07-01\n",
        "茶,male,freelancer,R,2026-11-25\n",
    ] {
        let text = format!("{HEADER}{good}{bad}");
        let refused = import(&door, start(), &text).await.unwrap();
        assert_eq!((refused.kept, refused.faults.len()), (0, 1), "{bad}");
        assert_eq!(held(&door).await, 0, "{bad}");
    }
}

#[tokio::test]
async fn a_required_column_that_is_absent_is_told_once_and_not_of_each_row() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    // Line 3 is no code, line 4 lies ahead: they are told all the same.
    let rows = "female,freelancer,R,2026-07-01\nmale,poet,R,2026-07-01\n\
        male,freelancer,R,2026-11-25\n";
    let faults = [
        (1, "name", ""),
        (3, "category", "poet"),
        (4, "on_roster_since", "2026-11-25"),
    ];
    let text = format!("gender,category,industry,on_roster_since\n{rows}");
    for keep_good in [false, true] {
        let how = Start {
            keep_good,
            ..start()
        };
        let refused = import(&door, how, &text).await.unwrap();
        assert_eq!((refused.kept, told(&refused)), (0, faults.to_vec()));
        assert!(refused.faults[0].reason.contains("no such column"));
    }
    assert_eq!(held(&door).await, 0);
    // No row reached the office, and the column is told all the same.
    let none = import(&door, start(), "name,category\n茶,poet\n")
        .await
        .unwrap();
    let columns = told(&none)[..3].to_vec();
    assert_eq!(
        columns,
        [
            (1, "gender", ""),
            (1, "industry", ""),
            (1, "on_roster_since", "")
        ]
    );
}

#[tokio::test]
async fn an_edit_needs_no_column_that_a_new_record_does() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let text = format!("id,{HEADER}p1,何秀英,female,freelancer,R,2026-07-01\n");
    assert_eq!(import(&door, start(), &text).await.unwrap().kept, 1);
    let edit = import(&door, start(), "id,phone\np1,138\n").await.unwrap();
    assert_eq!((edit.kept, told(&edit)), (1, vec![]));
    let mixed = "id,phone\np1,139\np2,139\np3,139\n";
    let faults: Vec<_> = ["category", "gender", "industry", "name", "on_roster_since"]
        .map(|field| (1, field, ""))
        .into();
    let refused = import(&door, start(), mixed).await.unwrap();
    assert_eq!((refused.kept, told(&refused)), (0, faults.clone()));
    let keep_good = Start {
        keep_good: true,
        ..start()
    };
    let kept = import(&door, keep_good, mixed).await.unwrap();
    assert_eq!((kept.kept, told(&kept)), (1, faults));
}

#[tokio::test]
async fn a_sheet_is_kept_once_however_often_it_comes() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let row = "何秀英,female,freelancer,R,2026-07-01\n";
    let text = format!("{HEADER}{}", row.repeat(1_500));
    let dry_run = Start {
        dry_run: true,
        ..start()
    };
    let would = import(&door, dry_run, &text).await.unwrap();
    assert_eq!((would.kept, held(&door).await), (1_500, 0));
    for unchanged in [0, 1_500] {
        let kept = import(&door, start(), &text).await.unwrap();
        assert_eq!((kept.kept, kept.unchanged), (1_500, unchanged));
        assert_eq!(kept.faults, []);
        let first = door.records("person", None, 0).await.unwrap();
        let rest = door.records("person", first.next, 0).await.unwrap();
        assert_eq!(first.rows.len() + rest.rows.len(), 1_500);
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_and_need_not_be_sent() {
    let bench = Bench::start(TOWN);
    let row = "何秀英,female,freelancer,R,2026-07-01\n";
    let text = format!("{HEADER}{row}");
    let door = bench.door_with(|setup| setup.sheets.max_bytes = text.len());
    assert_eq!(import(&door, start(), &text).await.unwrap().kept, 1);
    let mut longer = door.import("he", start()).await.unwrap();
    assert!(longer.push(text.as_bytes()));
    assert!(!longer.push(b"\n"));
    assert!(!longer.push(&[b'\n'; 1_000]));
    let refused = longer.finish().await.unwrap();
    assert_eq!((refused.kept, told(&refused)), (0, vec![(1, "", "")]));
    assert!(refused.faults[0].reason.contains("bytes"));
}

#[tokio::test]
async fn more_than_a_thousand_faults_are_not_told() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let bad = "何秀英,female,poet,R,2026-07-01\n".repeat(600);
    let ahead = "何秀英,female,freelancer,R,2026-12-01\n".repeat(600);
    let refused = import(&door, start(), &format!("{HEADER}{ahead}{bad}"))
        .await
        .unwrap();
    assert_eq!((refused.kept, refused.faults.len()), (0, 1_000));
    assert_eq!(refused.more, 200);
    let later = import(&door, start(), &format!("{HEADER}{}", ahead.repeat(2))).await;
    assert_eq!(later.unwrap().more, 200);
    assert_eq!(refused.faults[0].field, "on_roster_since");
    assert_eq!(
        (refused.faults[999].line, refused.faults[999].field.as_str()),
        (1_001, "category")
    );
}

#[tokio::test]
async fn a_type_that_is_not_there_and_a_workbook_are_refused_at_once() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let poem = Start {
        kind: "poem".into(),
        ..start()
    };
    assert_eq!(code(import(&door, poem, HEADER).await), Unknown);
    let workbook = Start {
        form: Form::Xlsx,
        ..start()
    };
    assert_eq!(code(import(&door, workbook, HEADER).await), Content);
}
