//! What an office holds of another's Latest lane is, key for key, what the
//! origin itself held with the page that the holder has reached.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use terrace_model::{Audience, Batch, Epoch, Fact, JournalId, Key, Lane, OfficeId, PageNo, Stream};

use super::{
    audience::Posts,
    mirror::{Mirror, is_latest_of},
};

/// The stream of an office's figures.
pub(in crate::sim) const fn figures_of(origin: OfficeId) -> Stream {
    Stream {
        journal: JournalId {
            origin,
            audience: Audience::Ancestors,
            lane: Lane::Latest,
        },
        epoch: Epoch::FIRST,
    }
}

type Delta = BTreeMap<Key, Option<Fact>>;

#[derive(Debug, Default)]
pub(super) struct Latest {
    /// What each page changed at its origin; the first page stands first.
    said: BTreeMap<OfficeId, Vec<Delta>>,
    /// Up to which page a holder has let an origin's pages take effect.
    reached: BTreeMap<(OfficeId, OfficeId), PageNo>,
}

/// The last change of each key that passes.
fn changed(batch: &Batch, passes: impl Fn(&Key) -> bool) -> Delta {
    let all = batch.changes.iter().filter(|change| passes(&change.key));
    all.map(|change| (change.key.clone(), change.fact.clone()))
        .collect()
}

/// The page up to which a commit let pages take effect that ends behind a gap:
/// those that follow one after the other.
fn before_the_gap(batch: &Batch, stream: Stream, reached: Option<PageNo>) -> Option<PageNo> {
    let pages = batch.pages.iter().map(|page| page.header.position);
    let numbers = pages.filter(|position| position.stream == stream);
    numbers.fold(reached, |reached, position| {
        let follows = position.number == reached.map_or(PageNo::FIRST, PageNo::next);
        if follows {
            Some(position.number)
        } else {
            reached
        }
    })
}

impl Latest {
    /// An origin's own commit: what it changes, it says.
    pub(super) fn origin_commits(
        &mut self,
        office: OfficeId,
        batch: &Batch,
        posts: &Posts,
    ) -> Result<()> {
        let stream = figures_of(office);
        let pages = batch.pages.iter();
        let sealed = pages.filter(|page| page.header.position.stream == stream);
        let delta = changed(batch, |key| is_latest_of(office, key));
        let count = sealed.count();
        ensure!(
            count > 0 || delta.is_empty(),
            "{} changed {:?} and did not say so",
            posts.name(office),
            delta.keys().next()
        );
        let said = self.said.entry(office).or_default();
        said.extend((1..count).map(|_| Delta::new()));
        if count > 0 {
            said.push(delta);
        }
        Ok(())
    }

    /// A holder's commit: the facts of each origin move with its pages, and
    /// never otherwise.
    pub(super) fn holder_commits(
        &mut self,
        office: OfficeId,
        batch: &Batch,
        after: &Mirror,
        posts: &Posts,
    ) -> Result<()> {
        let mut origins: BTreeSet<OfficeId> = BTreeSet::new();
        for change in &batch.changes {
            if let Key::Head(stream) = &change.key
                && *stream == figures_of(stream.journal.origin)
            {
                origins.insert(stream.journal.origin);
            }
            let origin = posts.0.keys().find(|of| is_latest_of(**of, &change.key));
            origins.extend(origin);
        }
        origins.remove(&office);
        for origin in origins {
            self.holder_moves(office, origin, batch, after, posts)?;
        }
        Ok(())
    }

    fn holder_moves(
        &mut self,
        office: OfficeId,
        origin: OfficeId,
        batch: &Batch,
        after: &Mirror,
        posts: &Posts,
    ) -> Result<()> {
        let place = (office, origin);
        let reached = self.reached.get(&place).copied();
        let stream = figures_of(origin);
        let proved = after
            .head(stream)
            .filter(|held| held.unproved_from.is_none());
        let now = match proved {
            Some(held) => Some(held.head.number),
            None => before_the_gap(batch, stream, reached),
        };
        let from = reached.map_or(0, |page| page.0);
        let upto = now.map_or(0, |page| page.0);
        let mut expected = Delta::new();
        let said = self.said.get(&origin);
        for (number, delta) in (1..).zip(said.into_iter().flatten()) {
            if from < number && number <= upto {
                expected.extend(delta.clone());
            }
        }
        let touched = changed(batch, |key| is_latest_of(origin, key));
        let untold = touched.keys().find(|key| !expected.contains_key(*key));
        ensure!(
            untold.is_none(),
            "{} changed {untold:?}, which pages {} to {upto} of {} do not say",
            posts.name(office),
            from + 1,
            posts.name(origin)
        );
        for (key, due) in &expected {
            let due = due.as_ref();
            let found = after.get(key);
            ensure!(
                found == due,
                "{} holds {found:?} under {key:?} with page {upto} of {}, which held {due:?} then",
                posts.name(office),
                posts.name(origin)
            );
        }
        if let Some(now) = now {
            self.reached.insert(place, now);
        }
        Ok(())
    }
}
