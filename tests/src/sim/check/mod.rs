//! What must hold, apart from what happens. The [`Ledger`] is told everything
//! that becomes durable, is carried or is answered, and says at once what is
//! wrong with it. It knows the true tree, and asks no office.

mod acks;
mod audience;
mod decisions;
mod doors;
mod figures;
mod latest;
mod mirror;
mod once;
mod pages;
mod rest;
mod totals;

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result};
use terrace_desk::Book;
use terrace_model::{Batch, Date, OfficeId, Tree};
use terrace_node::machine::{Answer, LinkId};
use terrace_store::Read;
use terrace_sync::Frame;

pub(super) use audience::{Post, Posts};
pub(super) use mirror::Mirror;
pub(super) use totals::Question;

use super::asked::Asked;

/// Everything that was made durable, and the checkers.
pub(super) struct Ledger {
    book: Arc<Book>,
    pub(super) posts: Posts,
    mirrors: BTreeMap<OfficeId, Mirror>,
    sealed: pages::Sealed,
    latest: latest::Latest,
    figures: figures::Figures,
    acks: acks::Acks,
    doors: doors::Doors,
    /// Commits within which the power failed.
    unsure: BTreeMap<OfficeId, Batch>,
    /// How often what was looked at: a checker that is never told anything
    /// finds nothing.
    pub(super) looked: BTreeMap<&'static str, usize>,
    /// Off where offices are made to do wrong by hand.
    pub(super) checks: bool,
    /// Pages that go beyond their audience are seen.
    pub(super) audiences: bool,
}

impl Ledger {
    pub(super) fn new(book: Arc<Book>, posts: Posts) -> Self {
        Self {
            posts,
            mirrors: BTreeMap::new(),
            sealed: pages::Sealed::default(),
            latest: latest::Latest::default(),
            figures: figures::Figures::new(Arc::clone(&book)),
            acks: acks::Acks::default(),
            doors: doors::Doors::new(Arc::clone(&book)),
            unsure: BTreeMap::new(),
            looked: BTreeMap::new(),
            checks: true,
            audiences: true,
            book,
        }
    }

    fn look(&mut self, at: &'static str, times: usize) {
        *self.looked.entry(at).or_default() += times;
    }

    /// What an office has made durable; none before it joined.
    pub(super) fn mirror(&self, office: OfficeId) -> Option<&Mirror> {
        self.mirrors.get(&office)
    }

    /// A commit is durable.
    pub(super) fn commits(&mut self, office: OfficeId, batch: &Batch) -> Result<()> {
        if !self.checks {
            return Ok(());
        }
        self.look("commits", 1);
        let posts = &self.posts;
        let mirror = self.mirrors.entry(office).or_default();
        self.sealed.check(office, &batch.pages, mirror, posts)?;
        mirror.apply(batch);
        self.latest.origin_commits(office, batch, posts)?;
        self.latest.holder_commits(office, batch, mirror, posts)?;
        self.figures.commits(office, batch, mirror, posts)
    }

    /// An office is down.
    pub(super) fn crashes(&mut self, office: OfficeId) {
        if let Some(mirror) = self.mirrors.get(&office) {
            self.doors.crashes(office, mirror);
        }
    }

    /// The power failed within a commit: the office was told nothing.
    pub(super) fn unsure(&mut self, office: OfficeId, batch: Batch) {
        self.unsure.insert(office, batch);
    }

    /// An office opened its store again. A commit within which the power failed
    /// is there as a whole, or not at all.
    pub(super) fn opens<R: Read>(&mut self, office: OfficeId, store: &R) -> Result<()> {
        if !self.checks {
            return Ok(());
        }
        self.look("stores opened again", 1);
        let name = self.posts.name(office);
        let mirror = self
            .mirrors
            .get(&office)
            .context("an office of no ledger")?;
        let without = mirror.check_store(&name, store);
        let Some(batch) = self.unsure.remove(&office) else {
            return without;
        };
        if without.is_ok() {
            return Ok(());
        }
        self.commits(office, &batch)?;
        self.crashes(office);
        let mirror = self
            .mirrors
            .get(&office)
            .context("an office of no ledger")?;
        mirror.check_store(&name, store)
    }

    /// An office puts a frame on a link.
    pub(super) fn leaves(
        &mut self,
        (from, link): (OfficeId, LinkId),
        to: OfficeId,
        frame: &Frame,
    ) -> Result<()> {
        if self.audiences {
            self.look("frames", 1);
            self.posts.check_frame(from, to, frame)?;
        }
        if !self.checks {
            return Ok(());
        }
        let mirror = self.mirrors.get(&from).context("an office of no ledger")?;
        let acks = &mut self.acks;
        let acknowledged = acks.leaves((from, link), frame, mirror, &self.posts)?;
        self.look("pages acknowledged", acknowledged);
        Ok(())
    }

    /// A frame came over a link.
    pub(super) fn arrives(&mut self, link: LinkId, frame: &Frame) {
        self.acks.arrives(link, frame);
    }

    /// A link is over.
    pub(super) fn closes(&mut self, link: LinkId) {
        self.acks.closes(link);
    }

    /// The answers that follow from one commit.
    pub(super) fn answers(
        &mut self,
        office: OfficeId,
        today: Date,
        answers: &[(Asked, Answer)],
    ) -> Result<()> {
        if !self.checks {
            return Ok(());
        }
        self.look("answers", answers.len());
        let mirror = self
            .mirrors
            .get(&office)
            .context("an office of no ledger")?;
        let name = self.posts.name(office);
        self.doors
            .answers(office, today, answers, mirror)
            .with_context(|| format!("the door of {name}"))
    }

    /// Nothing is left to do anywhere. `trees` holds each office's own tree,
    /// the top's first. Says how many submissions are decided.
    pub(super) fn rests(
        &mut self,
        trees: &[(OfficeId, &Tree)],
        question: &Question,
    ) -> Result<usize> {
        self.look("trees at rest", 1);
        rest::check(&self.mirrors, &self.sealed, &self.posts)?;
        let mut of_all = Vec::new();
        let mut records = Vec::new();
        for (office, tree) in trees {
            let mirror = self.mirrors.get(office).context("an office of no ledger")?;
            once::check(*office, mirror, &self.posts)?;
            let own = mirror.records();
            records.extend(own.map(|(key, record)| (key.clone(), record.clone())));
            of_all.push((*office, mirror, *tree));
        }
        if let Some(top) = of_all.first() {
            totals::check(&self.book, *top, &records, question)?;
        }
        decisions::check(&self.book, of_all.into_iter(), &self.posts)
    }
}
