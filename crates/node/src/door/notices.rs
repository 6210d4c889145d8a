use terrace_catalog::Lang;
use terrace_desk::{Mark, Request};
use terrace_model::{Audience, Date, Level, NoticeId};
use terrace_store::Read;
use terrace_wire::Refusal;

use super::{Door, desk, parse_code};
use crate::reads::{
    Page,
    notices::{NoticeRow, ReceiptRow, meant, notice, notices, receipts},
    page_rows,
};

/// Whom a notice goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// The offices with these codes.
    Offices(Vec<String>),
    /// The office with a code and all below it.
    Subtree {
        /// The code.
        root: String,
        /// Only offices of this level.
        level: Option<Level>,
    },
}

/// A notice to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// Whom it goes to.
    pub to: To,
    /// A person at each office is asked to acknowledge by this day.
    pub acknowledge_by: Option<Date>,
}

impl<R: Read> Door<R> {
    /// Publishes a notice to offices below. Gives its id.
    ///
    /// # Errors
    /// Why not.
    pub async fn publish(&self, new: NewNotice) -> Result<NoticeId, Refusal> {
        let id = NoticeId(self.timed_id());
        let request = Request::Publish {
            id,
            title: new.title,
            body: new.body,
            to: self.audiences(&new.to)?,
            acknowledge_by: new.acknowledge_by,
        };
        self.ask(request).await?;
        Ok(id)
    }

    fn audiences(&self, to: &To) -> Result<Vec<Audience>, Refusal> {
        match to {
            To::Offices(codes) => {
                let office = |code: &String| self.office(code).map(Audience::Office);
                codes.iter().map(office).collect()
            }
            To::Subtree { root, level } => {
                let root = self.office(root)?;
                Ok(vec![Audience::Subtree {
                    root,
                    level: *level,
                }])
            }
        }
    }

    /// Notices that this office issued or received, newest first, after one of
    /// them.
    ///
    /// # Errors
    /// There is no notice to come after, or the office failed.
    pub async fn notices(
        &self,
        after: Option<NoticeId>,
        limit: u32,
    ) -> Result<Page<NoticeRow, NoticeId>, Refusal> {
        let rows = page_rows(limit);
        let found = self.look(move |reader, here| notices(reader, here, after, rows));
        found.await?.ok_or_else(|| no_notice(self.lang))
    }

    /// One notice with its text.
    ///
    /// # Errors
    /// There is no such notice, or the office failed.
    pub async fn notice(&self, id: NoticeId) -> Result<(NoticeRow, String), Refusal> {
        let found = self.look(move |reader, here| notice(reader, here, id));
        found.await?.ok_or_else(|| no_notice(self.lang))
    }

    /// Says that a person here read or acknowledged a notice.
    ///
    /// # Errors
    /// Why not.
    pub async fn mark(&self, id: NoticeId, mark: Mark) -> Result<(), Refusal> {
        let meant = self.look(move |reader, here| meant(reader, here, id));
        let notice = meant.await?.ok_or_else(|| no_notice(self.lang))?;
        self.ask(Request::Mark { notice, mark }).await
    }

    /// What became of a notice at each office that should have it, by code,
    /// after a code.
    ///
    /// # Errors
    /// There is no such notice, or the office failed.
    pub async fn receipts(
        &self,
        id: NoticeId,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<ReceiptRow, terrace_model::Code>, Refusal> {
        let after = after.map(|code| parse_code(code, self.lang)).transpose()?;
        let rows = page_rows(limit);
        let found = self.look(move |reader, here| receipts(reader, here, id, after.as_ref(), rows));
        found.await?.ok_or_else(|| no_notice(self.lang))
    }
}

fn no_notice(lang: Lang) -> Refusal {
    desk(&terrace_desk::Refusal::NoSuchNotice, lang)
}
