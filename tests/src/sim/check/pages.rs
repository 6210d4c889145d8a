//! Every page is what its origin sealed, in its place, once; whoever holds a
//! journal holds it without a gap.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use terrace_model::{Audience, Hash, Lane, OfficeId, Page, PageNo, Stream, SubmissionId};
use terrace_wire as wire;

use super::{audience::Posts, mirror::Mirror};

/// All pages that were ever sealed, by their origins.
#[derive(Debug, Default)]
pub(super) struct Sealed(BTreeMap<Stream, BTreeMap<PageNo, Page>>);

impl Sealed {
    /// An office's own page: follows the one before, and no page was ever
    /// sealed in its place.
    fn take(&mut self, page: &Page, name: &str) -> Result<()> {
        let header = &page.header;
        let position = header.position;
        let pages = self.0.entry(position.stream).or_default();
        let last = pages.last_key_value().map(|(_, last)| last);
        let due = last.map_or(PageNo::FIRST, |last| last.header.position.number.next());
        let previous = last.map_or(Hash::ZERO, Page::hash);
        let base = last.map_or(PageNo::FIRST, |last| last.header.base);
        ensure!(
            position.number == due && header.previous == previous,
            "{name} sealed page {} of {:?} where {} was due",
            position.number.0,
            position.stream,
            due.0
        );
        ensure!(
            header.base >= base,
            "{name} sealed base {} after {} in {:?}",
            header.base.0,
            base.0,
            position.stream
        );
        if position.stream.journal.audience == Audience::Parent {
            let entries = wire::entries(page)?.filter_map(wire::Parsed::known);
            let steps = entries.filter_map(|entry| entry.step().cloned());
            let of: BTreeSet<SubmissionId> = steps.map(|step| step.submission).collect();
            ensure!(
                of.len() == 1,
                "{name} says {} submissions on one page, which is passed on whole",
                of.len()
            );
        }
        pages.insert(position.number, page.clone());
        Ok(())
    }

    pub(super) fn get(&self, stream: Stream, number: PageNo) -> Option<&Page> {
        self.0.get(&stream)?.get(&number)
    }

    /// The newest page of a stream.
    pub(super) fn newest(&self, stream: Stream) -> Option<PageNo> {
        let last = self.0.get(&stream)?.last_key_value();
        last.map(|(number, _)| *number)
    }

    /// Holds the pages of a commit against what was sealed, and against what
    /// the office held before.
    pub(super) fn check(
        &mut self,
        office: OfficeId,
        pages: &[Page],
        before: &Mirror,
        posts: &Posts,
    ) -> Result<()> {
        let name = posts.name(office);
        let mut newest: BTreeMap<Stream, Option<PageNo>> = BTreeMap::new();
        for page in pages {
            let position = page.header.position;
            let stream = position.stream;
            if stream.journal.origin == office {
                self.take(page, &name)?;
            } else {
                let sealed = self.get(stream, position.number);
                let sealed =
                    sealed.with_context(|| format!("{name} holds a page nobody sealed"))?;
                ensure!(
                    sealed == page,
                    "{name} holds another page {} of {stream:?} than its origin sealed",
                    position.number.0
                );
            }
            ensure!(
                posts.may_hold(office, &stream.journal),
                "{name} holds a page of {} for {:?}, which is not for it",
                posts.name(stream.journal.origin),
                stream.journal.audience
            );
            let held = newest.entry(stream).or_insert_with(|| {
                let head = before.head(stream);
                head.map(|held| held.head.number)
            });
            let due = held.map_or(PageNo::FIRST, PageNo::next);
            let follows = position.number == due
                || (stream.journal.lane == Lane::Latest && position.number > due);
            ensure!(
                follows,
                "{name} took page {} of {stream:?} where {} was due",
                position.number.0,
                due.0
            );
            *held = Some(position.number);
        }
        Ok(())
    }
}
