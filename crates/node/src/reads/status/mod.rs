//! How this office and all below it stand: who is behind or silent, since when,
//! why, and what to do. Silence is computed when it is asked about, never
//! stored.

mod reach;
mod words;

#[cfg(test)]
mod tests;

use core::{ops::ControlFlow, time::Duration};
use std::collections::BTreeMap;

use terrace_catalog::Lang;
use terrace_model::{
    Code, Fact, Finding, FindingKind, Health, Key, Level, OfficeId, Range, Time, Tree,
};
use terrace_store::{Read, StoreError};

use super::walk::walk;
use crate::machine::Neighbour;
use reach::{Link, Reach};
use words::Reason;

/// How an office stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its link and every link between is up, or was lost a short while ago.
    Live,
    /// Linked, with pages that it has not acknowledged for five seconds.
    Behind,
    /// Its link, or one between, is down for longer.
    Silent,
    /// Its journals are not those that it wrote: an older copy, or two of it.
    Diverged,
    /// Invited, and not here yet.
    NeverJoined,
}

impl State {
    /// The id in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Behind => "behind",
            Self::Silent => "silent",
            Self::Diverged => "diverged",
            Self::NeverJoined => "never-joined",
        }
    }
}

/// One office, as this office knows it. Times are by this office's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeStatus {
    /// The office.
    pub office: OfficeId,
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// Code of the office above; none for the top.
    pub parent: Option<Code>,
    /// Its level.
    pub level: Level,
    /// How it stands.
    pub state: State,
    /// When it was last known to be there.
    pub last_heard: Option<Time>,
    /// Entries that it or the office above it holds and the other has not
    /// acknowledged: at least so many, where its state is [`State::Behind`].
    pub behind_entries: u64,
    /// Bytes of their pages: at least so many.
    pub behind_bytes: u64,
    /// Since when it stands so, or since when its link is down; none for one
    /// that is live and linked.
    pub since: Option<Time>,
    /// When this was true.
    pub as_of: Option<Time>,
    /// What is wrong, in words.
    pub why: Option<String>,
    /// What to do about it, in words.
    pub todo: Option<String>,
    /// Its clock less its parent's, in milliseconds.
    pub clock_skew_ms: Option<i64>,
    /// Days until its transport certificate ends.
    pub certificate_days: Option<i32>,
    /// Bytes free on the disk that holds its folder.
    pub disk_free_bytes: Option<u64>,
    /// Version of its program.
    pub version: Option<String>,
    /// Entries from other offices that had no effect there.
    pub refused: u64,
}

/// What this office knows of itself and those below.
#[derive(Debug)]
pub struct Known<'a> {
    /// This office.
    pub me: OfficeId,
    /// The offices it knows.
    pub tree: &'a Tree,
    /// The links to its neighbours, since it runs.
    pub neighbours: &'a BTreeMap<OfficeId, Neighbour>,
    /// What each office last said of its health.
    pub healths: BTreeMap<OfficeId, Health>,
    /// What was found wrong with pages of others, by their origin.
    pub findings: BTreeMap<OfficeId, Vec<Finding>>,
    /// Until when the invitations of offices that have not joined are good.
    pub invited: BTreeMap<OfficeId, Time>,
    /// The wall clock.
    pub now: Time,
    /// How long a link may be down before the office is silent.
    pub silent_after: Duration,
}

impl<'a> Known<'a> {
    /// Gathers what the store holds.
    ///
    /// # Errors
    /// The store failed.
    pub fn gather<R: Read>(
        reader: &R,
        me: OfficeId,
        tree: &'a Tree,
        neighbours: &'a BTreeMap<OfficeId, Neighbour>,
        now: Time,
        silent_after: Duration,
    ) -> Result<Self, StoreError> {
        let mut known = Self {
            me,
            tree,
            neighbours,
            healths: BTreeMap::new(),
            findings: BTreeMap::new(),
            invited: BTreeMap::new(),
            now,
            silent_after,
        };
        for range in [Range::Healths, Range::Findings, Range::Invitations] {
            walk(reader, &range, None, |key, fact| {
                known.take(&key, fact);
                ControlFlow::Continue(())
            })?;
        }
        Ok(known)
    }

    fn take(&mut self, key: &Key, fact: Fact) {
        if let (Key::Health(office), Fact::Health(said)) = (key, &fact) {
            self.healths.insert(*office, said.value.clone());
        } else if let Fact::Finding(finding) = fact {
            let origin = finding.stream.journal.origin;
            // What proves it is for `verify`, and may be large.
            let finding = Finding {
                evidence: None,
                ..finding
            };
            self.findings.entry(origin).or_default().push(finding);
        } else if let Fact::Invitation(invitation) = fact {
            self.invited.insert(invitation.office, invitation.until);
        }
    }

    fn diverged(&self, office: OfficeId) -> Option<&Finding> {
        let findings = self.findings.get(&office).into_iter().flatten();
        findings
            .filter(|finding| matches!(finding.kind, FindingKind::Fork | FindingKind::OlderCopy))
            .min_by_key(|finding| finding.at)
    }
}

/// This office and all below it, each parent before its children and siblings by
/// code. Reasons are in the language of the person who asks.
#[must_use]
pub fn status(known: &Known<'_>, lang: Lang) -> Vec<OfficeStatus> {
    let mut reaches: BTreeMap<OfficeId, Reach> = BTreeMap::new();
    let mut rows = Vec::new();
    for office in known.tree.subtree(known.me) {
        if reaches.contains_key(&office.id) {
            continue;
        }
        let parent = office.parent.and_then(|parent| known.tree.get(parent));
        let above = office.parent.and_then(|parent| reaches.get(&parent));
        let (reach, link) = match above {
            Some(above) => above.to(known, office),
            None => (Reach::here(known), Link::here(known)),
        };
        let mut row = OfficeStatus {
            office: office.id,
            code: office.code.clone(),
            name: office.name.clone(),
            parent: parent.map(|parent| parent.code.clone()),
            level: office.level,
            state: State::Live,
            last_heard: link.last_heard,
            behind_entries: 0,
            behind_bytes: 0,
            since: None,
            as_of: Some(above.map_or(known.now, |above| above.as_of)),
            why: None,
            todo: None,
            clock_skew_ms: None,
            certificate_days: None,
            disk_free_bytes: None,
            version: None,
            refused: 0,
        };
        measure(&mut row, known);
        judge(&mut row, &link, known, lang);
        reaches.insert(office.id, reach);
        rows.push(row);
    }
    rows
}

/// What the office said of its health.
fn measure(row: &mut OfficeStatus, known: &Known<'_>) {
    let Some(health) = known.healths.get(&row.office) else {
        return;
    };
    row.clock_skew_ms = row.parent.as_ref().map(|_| health.clock_skew_ms);
    row.certificate_days = Some(health.certificate_days);
    row.disk_free_bytes = Some(health.disk_free_bytes);
    row.version = Some(health.version.clone());
    row.refused = health.refused;
}

/// State, and its reasons in words: the gravest first, and what to do about that
/// one.
fn judge(row: &mut OfficeStatus, link: &Link, known: &Known<'_>, lang: Lang) {
    row.state = link.state;
    row.since = link.since;
    row.behind_entries = link.behind.map_or(0, |behind| behind.entries);
    row.behind_bytes = link.behind.map_or(0, |behind| behind.bytes);
    let mut reasons: Vec<Reason> = link.reason.iter().cloned().collect();
    let is_heard = matches!(link.state, State::Live | State::Behind);
    if let Some(finding) = known.diverged(row.office) {
        row.state = State::Diverged;
        row.since = Some(finding.at);
        reasons.insert(0, words::diverged(finding));
    } else if is_heard {
        reasons.extend(words::of_health(known.healths.get(&row.office)));
        reasons.extend(words::of_findings(known.findings.get(&row.office)));
    }
    let mut todos = reasons.iter().filter_map(|reason| reason.todo.as_ref());
    row.todo = todos.next().map(|todo| todo.get(lang).to_owned());
    let why: Vec<&str> = reasons.iter().map(|reason| reason.why.get(lang)).collect();
    let and = match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    };
    row.why = (!why.is_empty()).then(|| why.join(and));
}
