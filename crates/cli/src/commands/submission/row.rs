//! A submission as results show it.

use serde::Serialize;
use terrace_catalog::{Action, Catalog, Field, Lang, Workflow, WorkflowState, shipped};
use terrace_model::SubmissionId;
use terrace_wire::proto;

use crate::answer::{self, Fields, Value};
use crate::clock;
use crate::failure::Failure;

/// A submission as this office holds it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    /// Workflow id.
    #[serde(rename = "type")]
    pub(super) of: String,
    pub(super) origin: String,
    /// Who is proposed, where the office holds that.
    pub(super) name: Option<String>,
    pub(super) state: String,
    pub(super) terms: Fields,
    pub(super) acts: Vec<String>,
    pub(super) at: String,
}

impl Row {
    /// A submission as messages hold it.
    pub(super) fn from_proto(said: proto::SubmissionRow) -> Result<Self, Failure> {
        Ok(Self {
            id: SubmissionId(said.id).to_string(),
            of: said.r#type,
            origin: said.origin,
            name: said.name,
            state: said.state,
            terms: Fields::from_shown(said.terms),
            acts: said.acts,
            at: clock::instant(said.at)?,
        })
    }
}

/// What submissions are called, for people; what the shipped catalog does not
/// know is called by its id.
pub(super) struct Labels {
    catalog: Catalog,
    lang: Lang,
}

impl Labels {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            catalog: shipped(),
            lang,
        }
    }

    fn workflow(&self, of: &str) -> Option<&Workflow> {
        self.catalog.workflow(of)
    }

    /// A kind of submission.
    pub(super) fn kind(&self, of: &str) -> String {
        let known = self.workflow(of);
        known
            .map_or(of, |flow| flow.label.get(self.lang))
            .to_owned()
    }

    /// A state of the workflow.
    pub(super) fn state(&self, state: &str) -> String {
        let known = WorkflowState::from_id(state);
        known.map_or_else(
            || state.to_owned(),
            |state| state.label().get(self.lang).to_owned(),
        )
    }

    /// An act.
    pub(super) fn action(&self, action: &str) -> String {
        let known = Action::from_id(action);
        known.map_or_else(
            || action.to_owned(),
            |action| action.label().get(self.lang).to_owned(),
        )
    }

    /// A reason.
    pub(super) fn reason(&self, of: &str, reason: &str) -> String {
        let known = self
            .workflow(of)
            .and_then(|flow| flow.reasons.label(reason));
        known
            .map_or(reason, |label| label.get(self.lang))
            .to_owned()
    }

    /// A field of what is proposed, or of who is.
    fn field(&self, of: &str, id: &str) -> Option<&Field> {
        let flow = self.workflow(of)?;
        let subject = || {
            let (_, subject) = flow.subject()?;
            self.catalog.record_type(subject)?.field(id)
        };
        flow.field(id).or_else(subject)
    }

    /// A field with its value.
    pub(super) fn pair(&self, of: &str, id: &str, value: &Value) -> (String, String) {
        // What travels of a record that is referred to is called by the
        // reference, as organisation.name is.
        let name = id.split_once('.').map_or(id, |(reference, _)| reference);
        let field = self.field(of, name);
        let text = value.text();
        let label = field
            .and_then(Field::list)
            .and_then(|list| list.label(&text));
        let value = label.map_or(text.clone(), |label| label.get(self.lang).to_owned());
        let heading = field.map_or(id, |field| field.label.get(self.lang));
        (heading.to_owned(), value)
    }
}

/// A step of a submission's way.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Step {
    pub(super) office: String,
    pub(super) action: String,
    pub(super) reason: Option<String>,
    pub(super) note: Option<String>,
    pub(super) at: String,
}

impl Step {
    /// A step as messages hold it.
    pub(super) fn from_proto(said: proto::SubmissionStep) -> Result<Self, Failure> {
        Ok(Self {
            office: said.office,
            action: said.action,
            reason: said.reason,
            note: said.note,
            at: clock::instant(said.at)?,
        })
    }
}

/// Fields as one cell of a table.
pub(super) fn cell(fields: &answer::Fields) -> String {
    let pair = |(key, value): &(String, Value)| format!("{key}={}", value.text());
    let pairs: Vec<_> = fields.0.iter().map(pair).collect();
    pairs.join(" ")
}
