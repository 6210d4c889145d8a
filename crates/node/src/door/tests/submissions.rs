use terrace_catalog::{Action, WorkflowState};
use terrace_model::{Date, SubmissionId};
use terrace_wire::RefusalCode::{Content, Unknown, Usage};

use super::{code, given, person};
use crate::{bench::Bench, scene::TOWN};

const ON: Date = Date::constant(2026, 11, 2);

#[tokio::test]
async fn a_nomination_needs_consent_and_can_be_taken_back() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    door.put_record("he", person("7")).await.unwrap();
    let terms = given(&[
        ("person", "7"),
        ("body", "cppcc"),
        ("seat", "member"),
        ("level", "county"),
    ]);
    let refused = door.submit("nomination", &terms).await.unwrap_err();
    assert_eq!(refused.code, Content);
    assert!(
        refused.text.contains("terrace submission consent 7"),
        "{}",
        refused.text
    );

    door.consent("he", "7", "nomination", ON, "cabinet 3")
        .await
        .unwrap();
    let kept = door.submit("nomination", &terms).await.unwrap();
    let id = kept.id;
    assert_eq!(kept.warnings, [""; 0]);
    let page = door.submissions(Some("submitted"), None, 0).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    assert!(
        door.submissions(Some("approved"), None, 0)
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let whole = door.submission(id).await.unwrap();
    assert_eq!(
        (whole.steps.len(), whole.row.acts.as_slice()),
        (1, &[Action::Withdraw][..])
    );
    assert_eq!(
        whole.subject.first().map(|(field, _)| field.as_str()),
        Some("name")
    );

    // An id says when it was made, and chance is no chance here.
    bench.wait(1);
    let again = door.submit("nomination", &terms).await.unwrap();
    let told = again.warnings.first().unwrap();
    assert!(told.starts_with(&id.to_string()), "{told}");
    assert!(told.contains(&format!("withdraw {}", again.id)), "{told}");
    door.act(again.id, "withdraw", None, None).await.unwrap();

    let state = |action: &'static str| door.act(id, action, None, None);
    assert_eq!(state("submit").await.unwrap(), WorkflowState::Submitted);
    let not_ours = state("approve").await.unwrap_err();
    assert_eq!((not_ours.code, not_ours.todo.is_some()), (Content, true));
    assert_eq!(state("withdraw").await.unwrap(), WorkflowState::Withdrawn);
}

#[tokio::test]
async fn what_is_not_there_is_unknown_and_what_cannot_be_read_malformed() {
    let bench = Bench::start(TOWN);
    let door = bench.door();
    let none = SubmissionId(9);
    assert_eq!(code(door.submit("poem", &[]).await), Unknown);
    assert_eq!(code(door.submission(none).await), Unknown);
    assert_eq!(code(door.act(none, "submit", None, None).await), Unknown);
    assert_eq!(code(door.act(none, "sing", None, None).await), Usage);
    assert_eq!(code(door.submissions(Some("sung"), None, 0).await), Usage);
    assert_eq!(
        code(door.consent("he", "7", "nomination", ON, "cabinet 3").await),
        Unknown
    );
    assert_eq!(
        code(door.consent("he", "", "nomination", ON, "cabinet 3").await),
        Usage
    );
    let refused = door
        .submit("nomination", &given(&[("seat", "king")]))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code, refused.faults[0].field.as_str()),
        (Content, "seat")
    );
}
