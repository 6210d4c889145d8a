use alloc::{format, string::String, sync::Arc, vec::Vec};
use core::fmt;

use crate::{CodeList, Field, Label};

/// Defines a closed set of names with their labels.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $id:literal, $zh:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$item_doc])* $item,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$item,)*];

            /// The id used in commands, steps and catalogs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $id,)* }
            }

            /// What people read.
            #[must_use]
            pub fn label(self) -> Label {
                match self { $(Self::$item => Label::new($zh, $id),)* }
            }

            /// Reads an id; none: there is no such thing.
            #[must_use]
            pub fn from_id(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|item| item.as_str() == id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// What an office may do to a submission.
    Action {
        /// The origin sends it, or sends it again after a return.
        Submit = "submit", "提交";
        /// An office passes it to the office above.
        Forward = "forward", "上报";
        /// An office gives it back to the one it came from.
        Return = "return", "退回";
        /// An office decides for it.
        Approve = "approve", "同意";
        /// An office decides against it.
        Reject = "reject", "不同意";
        /// The origin takes it back.
        Withdraw = "withdraw", "撤回";
    }
}

named! {
    /// How a submission stands.
    WorkflowState {
        /// Written, not sent.
        Draft = "draft", "草稿";
        /// Sent by the origin to the office above it.
        Submitted = "submitted", "已提交";
        /// Passed on by an office above the origin.
        Forwarded = "forwarded", "已上报";
        /// Given back.
        Returned = "returned", "已退回";
        /// Decided for.
        Approved = "approved", "已同意";
        /// Decided against.
        Rejected = "rejected", "未同意";
        /// Taken back by the origin.
        Withdrawn = "withdrawn", "已撤回";
    }
}

impl WorkflowState {
    /// Whether nothing can follow.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Draft | Self::Submitted | Self::Forwarded | Self::Returned => false,
            Self::Approved | Self::Rejected | Self::Withdrawn => true,
        }
    }
}

/// Where the acting office stands towards a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Whether it proposed it.
    pub is_origin: bool,
    /// Whether the submission lies with it.
    pub in_hand: bool,
}

/// Who may take a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The office that proposed it, wherever it lies.
    Origin,
    /// The office that proposed it, while it lies there.
    OriginInHand,
    /// An office above, while it lies there.
    AboveInHand,
}

impl By {
    /// Whether an office may take the transition.
    #[must_use]
    pub const fn admits(self, actor: Actor) -> bool {
        match self {
            Self::Origin => actor.is_origin,
            Self::OriginInHand => actor.is_origin && actor.in_hand,
            Self::AboveInHand => !actor.is_origin && actor.in_hand,
        }
    }
}

/// Where a submission lies after a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lies {
    /// With the office above the one that acted.
    Above,
    /// With the office from which the one that acted had it.
    Below,
    /// Nowhere: it has ended.
    Ended,
}

/// One line of a workflow's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// How the submission stands before.
    pub from: WorkflowState,
    /// What is done.
    pub action: Action,
    /// Who may do it.
    pub by: By,
    /// How the submission stands after.
    pub to: WorkflowState,
    /// Where it lies after.
    pub lies: Lies,
    /// Whether a code of the list of reasons must be given.
    pub needs_reason: bool,
}

/// What of a record travels inside a submission that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// A field of the record.
    Own(String),
    /// A field of the record that it refers to.
    Of {
        /// The field that refers.
        reference: String,
        /// The field of the other record.
        field: String,
    },
}

impl Carried {
    /// The name under which it travels: `name`, or `organisation.name`.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Own(field) => field.clone(),
            Self::Of { reference, field } => format!("{reference}.{field}"),
        }
    }
}

/// A kind of submission (呈报): what it says, what travels, and who may do what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// Unique within the catalog.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// What is given. The fields that refer to records name its subject; the
    /// others travel as they are.
    pub fields: Vec<Field>,
    /// What travels of the person named. Never a private field.
    pub travels: Vec<Carried>,
    /// Who may do what. At most one line fits a state, an action and an office.
    pub transitions: Vec<Transition>,
    /// The reasons that a decision may have.
    pub reasons: Arc<CodeList>,
    /// Most characters of the text beside a reason, which the person sees on
    /// request.
    pub note_max_chars: usize,
}

impl Workflow {
    /// The line of the table for an act; none: it is not allowed. Whether there
    /// is an office above to pass it to is not told by the table.
    #[must_use]
    pub fn transition(
        &self,
        from: WorkflowState,
        action: Action,
        actor: Actor,
    ) -> Option<&Transition> {
        self.transitions
            .iter()
            .find(|line| line.from == from && line.action == action && line.by.admits(actor))
    }

    /// A field by its id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The field that names the person, and the type it refers to.
    #[must_use]
    pub fn subject(&self) -> Option<(&Field, &str)> {
        self.fields
            .iter()
            .find_map(|field| Some((field, field.reference()?.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped;

    const ORIGIN: Actor = Actor {
        is_origin: true,
        in_hand: false,
    };
    const ORIGIN_IN_HAND: Actor = Actor {
        is_origin: true,
        in_hand: true,
    };
    const ABOVE: Actor = Actor {
        is_origin: false,
        in_hand: false,
    };
    const ABOVE_IN_HAND: Actor = Actor {
        is_origin: false,
        in_hand: true,
    };

    fn allowed(from: WorkflowState, actor: Actor) -> Vec<(Action, WorkflowState)> {
        let catalog = shipped();
        let nomination = catalog.workflow("nomination").unwrap();
        let act = |action: &Action| {
            let line = nomination.transition(from, *action, actor)?;
            Some((*action, line.to))
        };
        Action::ALL.iter().filter_map(act).collect()
    }

    #[test]
    fn the_office_that_has_a_nomination_in_hand_decides_and_no_other() {
        use Action::{Approve, Forward, Reject, Return, Submit, Withdraw};
        use WorkflowState::{Approved, Draft, Forwarded, Rejected, Returned, Submitted, Withdrawn};
        let decides = [
            (Forward, Forwarded),
            (Return, Returned),
            (Approve, Approved),
            (Reject, Rejected),
        ];
        for from in [Submitted, Forwarded, Returned] {
            assert_eq!(allowed(from, ABOVE_IN_HAND), decides, "{from}");
            assert_eq!(allowed(from, ORIGIN), [(Withdraw, Withdrawn)], "{from}");
        }
        let sends = [(Submit, Submitted), (Withdraw, Withdrawn)];
        assert_eq!(allowed(Draft, ORIGIN_IN_HAND), sends);
        assert_eq!(allowed(Returned, ORIGIN_IN_HAND), sends);
        for from in WorkflowState::ALL.iter().copied() {
            assert_eq!(allowed(from, ABOVE), [], "{from}");
            if from.is_final() {
                assert_eq!(allowed(from, ORIGIN_IN_HAND), [], "{from}");
                assert_eq!(allowed(from, ABOVE_IN_HAND), [], "{from}");
            }
        }
        assert_eq!(allowed(Draft, ABOVE_IN_HAND), []);
    }

    #[test]
    fn a_decision_against_and_a_return_need_a_reason_from_the_list() {
        let catalog = shipped();
        let nomination = catalog.workflow("nomination").unwrap();
        for line in &nomination.transitions {
            let against = matches!(line.action, Action::Return | Action::Reject);
            assert_eq!(line.needs_reason, against, "{line:?}");
            assert_eq!(line.lies == Lies::Ended, line.to.is_final(), "{line:?}");
        }
        assert!(nomination.reasons.has("places_taken"));
    }

    #[test]
    fn actions_and_states_read_back_by_their_ids() {
        for action in Action::ALL {
            assert_eq!(Action::from_id(action.as_str()), Some(*action));
        }
        for state in WorkflowState::ALL {
            assert_eq!(WorkflowState::from_id(state.as_str()), Some(*state));
        }
        assert_eq!(Action::from_id("Submit"), None);
    }

    #[test]
    fn a_nomination_carries_what_is_named_and_never_the_phone() {
        let catalog = shipped();
        let nomination = catalog.workflow("nomination").unwrap();
        let travels: Vec<_> = nomination.travels.iter().map(Carried::id).collect();
        let named = [
            "name",
            "gender",
            "birth_year",
            "category",
            "industry",
            "organisation.name",
        ];
        assert_eq!(travels, named);
        let (field, of) = nomination.subject().unwrap();
        assert_eq!((field.id.as_str(), of), ("person", "person"));
        let given: Vec<_> = nomination.fields.iter().map(|f| f.id.as_str()).collect();
        assert_eq!(given, ["person", "body", "seat", "level", "term"]);
    }
}
