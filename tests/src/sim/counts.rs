use std::{collections::BTreeMap, fmt};

use terrace_model::{Batch, Lane, OfficeId, PageNo, Stream};
use terrace_node::machine::Answer;
use terrace_sync::Frame;

use super::{asked::Asked, shape::FaultKind};

/// What a run came to: shows whether it did what it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Offices that joined.
    pub offices: usize,
    /// Things done, one poll each.
    pub steps: u64,
    /// Commits.
    pub commits: u64,
    /// Pages that travelled.
    pub pages: u64,
    /// Times that an origin moved the base of a Latest journal.
    pub bases: u64,
    /// Times that a holder jumped over pages which no longer counted.
    pub jumps: u64,
    /// What was asked and done, or refused.
    pub done: u64,
    /// What was refused.
    pub refused: u64,
    /// Submissions that were decided.
    pub decided: u64,
    /// Faults, by kind.
    pub faults: BTreeMap<String, u64>,
    /// What else happened, by name: what was asked and how it was answered,
    /// what became of frames, at what point offices crashed.
    pub events: BTreeMap<String, u64>,
    /// How often the checkers looked, by what at.
    pub looked: BTreeMap<&'static str, usize>,
    /// Most milliseconds from the end of the faults until all agreed.
    pub rest_millis: i64,
    newest: BTreeMap<(OfficeId, Stream), (PageNo, PageNo)>,
}

impl Counts {
    /// Something happened, so many times.
    pub(super) fn event(&mut self, name: &str, times: usize) {
        if times > 0 {
            let times = u64::try_from(times).unwrap_or(0);
            *self.events.entry(name.to_owned()).or_default() += times;
        }
    }

    pub(super) fn frame(&mut self, frame: &Frame) {
        let kind = match frame {
            Frame::Hello(_) => "hello",
            Frame::Branches(_) => "branches",
            Frame::Heads { .. } => "heads",
            Frame::Pages { .. } => "pages",
            Frame::Ack { .. } => "ack",
            Frame::Again { .. } => "again",
            Frame::Close { .. } => "close",
        };
        self.event(&format!("frame {kind}"), 1);
        if let Frame::Pages { pages, .. } = frame {
            self.pages += u64::try_from(pages.len()).unwrap_or(0);
        }
    }

    pub(super) fn batch(&mut self, office: OfficeId, batch: &Batch) {
        self.commits += 1;
        for page in &batch.pages {
            let position = page.header.position;
            if position.stream.journal.lane != Lane::Latest {
                continue;
            }
            let key = (office, position.stream);
            let now = (position.number, page.header.base);
            let Some((number, base)) = self.newest.insert(key, now) else {
                continue;
            };
            let own = position.stream.journal.origin == office;
            self.bases += u64::from(own && page.header.base > base);
            self.jumps += u64::from(position.number > number.next());
        }
    }

    pub(super) fn answer(&mut self, asked: &Asked, answer: &Answer) {
        match answer {
            Answer::Done { .. } => self.done += 1,
            Answer::Sheet(kept) if !kept.has_faults() => self.done += 1,
            Answer::Refused(_) | Answer::Sheet(_) => self.refused += 1,
        }
        let how = match answer {
            Answer::Done { changed: true } => "done",
            Answer::Done { changed: false } => "done already",
            Answer::Sheet(kept) if !kept.has_faults() => "done",
            Answer::Refused(_) | Answer::Sheet(_) => "refused",
        };
        self.event(&format!("{} {how}", asked.kind()), 1);
    }

    pub(super) fn fault(&mut self, kind: FaultKind) {
        *self.faults.entry(format!("{kind:?}")).or_default() += 1;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "offices {} steps {} commits {} pages {} bases {} jumps {} done {} refused {} decided {} \
             rest {} ms faults",
            self.offices,
            self.steps,
            self.commits,
            self.pages,
            self.bases,
            self.jumps,
            self.done,
            self.refused,
            self.decided,
            self.rest_millis
        )?;
        let mut faults = self.faults.iter();
        faults.try_for_each(|(kind, times)| write!(f, " {kind} {times}"))
    }
}
