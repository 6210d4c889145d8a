//! Everything takes effect once: at rest, what an office keeps of others is a
//! fold of the pages it holds, whatever the order in which they came.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use terrace_model::{
    Audience, Entry, Fact, FindingKind, HeldNotice, NoticeKey, OfficeId, Page, Step, SubmissionId,
};
use terrace_wire as wire;

use super::{audience::Posts, mirror::Mirror};

/// What an office's pages say.
#[derive(Default)]
struct Fold {
    steps: BTreeMap<SubmissionId, Vec<Step>>,
    notices: BTreeMap<NoticeKey, HeldNotice>,
}

impl Fold {
    fn of(office: OfficeId, mirror: &Mirror, posts: &Posts) -> Result<Self> {
        let mut fold = Self::default();
        for page in mirror.pages() {
            fold.read(page, office, posts)?;
        }
        Ok(fold)
    }

    fn read(&mut self, page: &Page, holder: OfficeId, posts: &Posts) -> Result<()> {
        let audience = page.header.position.stream.journal.audience;
        for entry in wire::entries(page)?.filter_map(wire::Parsed::known) {
            let Entry::Notice(notice) = entry else {
                continue;
            };
            if notice.issuer != holder && !addresses(audience, holder, posts) {
                continue;
            }
            let held = self
                .notices
                .entry(notice.key())
                .or_insert_with(|| HeldNotice {
                    notice: notice.clone(),
                    audiences: Vec::new(),
                });
            held.audiences.push(audience);
            held.audiences.sort_unstable();
            held.audiences.dedup();
        }
        self.read_steps(page, None)
    }

    /// Steps of a page, and of the pages that it encloses those of the
    /// submissions that it passes on.
    fn read_steps(&mut self, page: &Page, only: Option<SubmissionId>) -> Result<()> {
        let (mut passed_on, mut inside) = (BTreeSet::new(), Vec::new());
        for entry in wire::entries(page)?.filter_map(wire::Parsed::known) {
            let Some(step) = entry.step().cloned() else {
                continue;
            };
            if let Entry::Forward { enclosed, .. } = entry {
                inside.extend(enclosed);
                passed_on.insert(step.submission);
            }
            if only.is_none_or(|only| only == step.submission) {
                self.step(step);
            }
        }
        passed_on.retain(|id| only.is_none_or(|only| only == *id));
        for bytes in inside {
            let page = wire::decode_page(&bytes)?;
            for id in &passed_on {
                self.read_steps(&page, Some(*id))?;
            }
        }
        Ok(())
    }

    fn step(&mut self, step: Step) {
        let steps = self.steps.entry(step.submission).or_default();
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
}

/// Whether an audience addresses an office, and does not only pass by.
fn addresses(audience: Audience, office: OfficeId, posts: &Posts) -> bool {
    match audience {
        Audience::Office(target) => target == office,
        Audience::Subtree { root, level } => {
            let own = posts.0.get(&office).map(|post| post.level);
            posts.is_below(office, root) && level.is_none_or(|level| Some(level) == own)
        }
        Audience::Home | Audience::Parent | Audience::Ancestors => false,
    }
}

/// Holds what an office keeps against its pages.
pub(super) fn check(office: OfficeId, mirror: &Mirror, posts: &Posts) -> Result<()> {
    let name = posts.name(office);
    let fold = Fold::of(office, mirror, posts)?;
    let mut submissions = 0;
    let mut notices = 0;
    for (key, fact) in mirror.facts() {
        if let Fact::Submission(submission) = fact {
            submissions += 1;
            let id = submission.proposal.id;
            same_once(&submission.steps, fold.steps.get(&id), |what| {
                format!("{name} holds {what} of submission {id}")
            })?;
            for page in &submission.pages {
                let times = submission.pages.iter().filter(|held| *held == page);
                ensure!(times.count() == 1, "{name} notes {page:?} twice");
            }
        }
        if let Fact::Notice(held) = fact {
            notices += 1;
            let said = fold.notices.get(&held.notice.key());
            ensure!(
                said == Some(held),
                "{name} holds {held:?}, and its pages say {said:?}"
            );
        }
        if let Fact::Finding(finding) = fact {
            ensure!(
                finding.kind == FindingKind::Unverified,
                "{name} found {finding:?} under {key:?}, and nobody did wrong"
            );
        }
    }
    ensure!(
        submissions == fold.steps.len() && notices == fold.notices.len(),
        "{name} holds {submissions} submissions and {notices} notices, its pages {} and {}",
        fold.steps.len(),
        fold.notices.len()
    );
    Ok(())
}

/// The same steps, each once.
fn same_once(
    held: &[Step],
    said: Option<&Vec<Step>>,
    whose: impl Fn(&str) -> String,
) -> Result<()> {
    let said = said.map(Vec::as_slice).unwrap_or_default();
    for step in said {
        let times = held.iter().filter(|other| *other == step).count();
        ensure!(
            times == 1,
            "{}: {step:?}",
            whose(&format!("{times} times a step"))
        );
    }
    ensure!(
        held.len() == said.len(),
        "{}, and its pages {}",
        whose(&format!("{} steps", held.len())),
        said.len()
    );
    Ok(())
}
