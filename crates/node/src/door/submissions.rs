use terrace_catalog::{Action, Lang, WorkflowState, parse_id, parse_terms};
use terrace_desk::Request;
use terrace_model::{Consent, Date, SubmissionId};
use terrace_store::Read;
use terrace_wire::Refusal;

use super::{Door, Kept, desk, either, refused, usage};
use crate::reads::{
    Page, page_rows,
    submissions::{SubmissionRow, WholeSubmission, submission, submissions, twin},
};

impl<R: Read> Door<R> {
    /// Puts a person's consent to one kind of submission on file.
    ///
    /// # Errors
    /// Why not.
    pub async fn consent(
        &self,
        actor: &str,
        person: &str,
        kind: &str,
        on: Date,
        document: &str,
    ) -> Result<(), Refusal> {
        let person = parse_id(person)
            .map_err(|reason| usage(format!("person: {}", reason.text(self.lang))))?;
        let request = Request::Consent {
            consent: Consent {
                person,
                kind: kind.to_owned(),
                on,
                document: document.trim().to_owned(),
            },
            actor: actor.to_owned(),
        };
        self.ask(request).await
    }

    /// Makes a submission and sends it up. That it was made before and is not
    /// decided on yet is told, not refused: an office may mean it.
    ///
    /// # Errors
    /// Why not.
    pub async fn submit(
        &self,
        kind: &str,
        fields: &[(String, String)],
    ) -> Result<Kept<SubmissionId>, Refusal> {
        let workflow = self.book().catalog.workflow(kind);
        let workflow = workflow.ok_or_else(|| refused::no_workflow(kind, self.lang))?;
        let typed = fields
            .iter()
            .map(|(field, text)| (field.as_str(), text.as_str()));
        let given = parse_terms(workflow, typed);
        let given = given.map_err(|faults| refused::fields(&faults, self.lang))?;
        let id = SubmissionId(self.timed_id());
        let kind = kind.to_owned();
        self.ask(Request::Submit { id, kind, given }).await?;
        let twin = self.look(move |reader, here| twin(reader, here, id));
        let twin = twin.await?.map(|twin| proposed_twice(twin, id, self.lang));
        Ok(Kept {
            id,
            warnings: twin.into_iter().collect(),
        })
    }

    /// Submissions in the order in which they were made, after an id; only those in a state
    /// where one is named.
    ///
    /// # Errors
    /// There is no such state, or the office failed.
    pub async fn submissions(
        &self,
        state: Option<&str>,
        after: Option<SubmissionId>,
        limit: u32,
    ) -> Result<Page<SubmissionRow, SubmissionId>, Refusal> {
        let state = state
            .map(|state| parse_state(state, self.lang))
            .transpose()?;
        let rows = page_rows(limit);
        let found = self.look(move |reader, here| submissions(reader, here, after, rows, state));
        found.await
    }

    /// One submission with its steps.
    ///
    /// # Errors
    /// There is no such submission, or the office failed.
    pub async fn submission(&self, id: SubmissionId) -> Result<WholeSubmission, Refusal> {
        let found = self.look(move |reader, here| submission(reader, here, id));
        let none = || desk(&terrace_desk::Refusal::NoSuchSubmission, self.lang);
        found.await?.ok_or_else(none)
    }

    /// Acts on a submission. Gives its state after that.
    ///
    /// # Errors
    /// Why not.
    pub async fn act(
        &self,
        id: SubmissionId,
        action: &str,
        reason: Option<String>,
        note: Option<String>,
    ) -> Result<WorkflowState, Refusal> {
        let action = parse_action(action, self.lang)?;
        let request = Request::Act {
            id,
            action,
            reason,
            note,
        };
        self.ask(request).await?;
        Ok(self.submission(id).await?.row.state)
    }
}

fn proposed_twice(before: SubmissionId, id: SubmissionId, lang: Lang) -> String {
    let withdraw = format!("`terrace submission withdraw {id}`");
    match lang {
        Lang::Zh => format!("{before} 内容相同，尚未决定；若是重复，请撤回这一件：{withdraw}"),
        Lang::En => format!(
            "{before} proposes the same and is not decided on yet; if this one was made twice, \
             take it back: {withdraw}"
        ),
    }
}

fn parse_state(text: &str, lang: Lang) -> Result<WorkflowState, Refusal> {
    let state = WorkflowState::from_id(text);
    let all = WorkflowState::ALL.iter().map(|state| state.as_str());
    state.ok_or_else(|| usage(one_of(either(lang, "状态", "a state"), all, lang)))
}

fn parse_action(text: &str, lang: Lang) -> Result<Action, Refusal> {
    let action = Action::from_id(text);
    let all = Action::ALL.iter().map(|action| action.as_str());
    action.ok_or_else(|| usage(one_of(either(lang, "办理方式", "an action"), all, lang)))
}

fn one_of<'a>(what: &str, ids: impl Iterator<Item = &'a str>, lang: Lang) -> String {
    let ids: Vec<&str> = ids.collect();
    match lang {
        Lang::Zh => format!("{what}可用：{}", ids.join("、")),
        Lang::En => format!("{what} is one of {}", ids.join(", ")),
    }
}
