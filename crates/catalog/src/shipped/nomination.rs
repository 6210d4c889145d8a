use alloc::{vec, vec::Vec};

use super::{
    fields::{one_of, text},
    lists::Lists,
};
use crate::{
    Action, By, Carried, Field, FieldKind, Label, Lies, Transition, Workflow, WorkflowState,
};

/// 推荐
pub(super) fn workflow(lists: &Lists) -> Workflow {
    let person = FieldKind::Ref {
        of: "person".into(),
        consent: true,
    };
    let fields = vec![
        Field::new("person", "被推荐人", "person", person)
            .purpose("推荐本人", "whom the office proposes"),
        one_of("body", "任职机构", "body", &lists.body).purpose("推荐职务", "the seat proposed"),
        one_of("seat", "职务", "seat", &lists.seat).purpose("推荐职务", "the seat proposed"),
        one_of("level", "任职级别", "level", &lists.level).purpose("推荐职务", "the seat proposed"),
        text("term", "届次", "term", 20)
            .optional()
            .purpose("名额管理", "places of the term"),
    ];
    let own = ["name", "gender", "birth_year", "category", "industry"];
    let mut travels: Vec<_> = own.map(|field| Carried::Own(field.into())).into();
    travels.push(Carried::Of {
        reference: "organisation".into(),
        field: "name".into(),
    });
    Workflow {
        id: "nomination".into(),
        label: Label::new("推荐", "nomination"),
        fields,
        travels,
        transitions: transitions(),
        reasons: lists.decision_reason.clone(),
        note_max_chars: 200,
    }
}

/// The table. The origin may take a nomination back until it has ended: a
/// person may withdraw consent at any time.
fn transitions() -> Vec<Transition> {
    use Action::{Approve, Forward, Reject, Return, Submit, Withdraw};
    use By::{AboveInHand, Origin, OriginInHand};
    use WorkflowState::{Approved, Draft, Forwarded, Rejected, Returned, Submitted, Withdrawn};
    let line = |from, action, by, to, lies, needs_reason| Transition {
        from,
        action,
        by,
        to,
        lies,
        needs_reason,
    };
    let mut table = vec![
        line(Draft, Submit, OriginInHand, Submitted, Lies::Above, false),
        line(Draft, Withdraw, Origin, Withdrawn, Lies::Ended, false),
        line(
            Returned,
            Submit,
            OriginInHand,
            Submitted,
            Lies::Above,
            false,
        ),
    ];
    for from in [Submitted, Forwarded, Returned] {
        table.extend([
            line(from, Forward, AboveInHand, Forwarded, Lies::Above, false),
            line(from, Return, AboveInHand, Returned, Lies::Below, true),
            line(from, Approve, AboveInHand, Approved, Lies::Ended, false),
            line(from, Reject, AboveInHand, Rejected, Lies::Ended, true),
            line(from, Withdraw, Origin, Withdrawn, Lies::Ended, false),
        ]);
    }
    table
}
