//! One run: the tree comes up, people work while things go wrong, now and then
//! all is repaired and must come to rest.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use terrace_desk::Book;
use terrace_model::{OfficeId, Period, Time, Tree};
use terrace_node::machine::Planted;

use super::{
    backing::Backing,
    carrier::{CarrierId, Side},
    check::{Ledger, Post, Posts, Question},
    clock::{self, DAY_MILLIS, HOUR_MILLIS},
    counts::Counts,
    onlog::OnLog,
    random::Random,
    shape::Shape,
    site::{Common, Stage},
    trace::Trace,
    world::World,
};

/// Virtual milliseconds within which all must agree after the faults stop: twice
/// the longest wait between two attempts, and what the pages themselves take.
const REST_MILLIS: i64 = 120_000;

/// More steps than any tree needs to come to rest.
const REST_STEPS: u64 = 400_000;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Decides everything.
    pub seed: u64,
    /// Things done while faults happen; the rest comes after.
    pub steps: u64,
    /// Whether the whole trace is kept, or its end only.
    pub whole_trace: bool,
    /// What every office does wrong, to see whether it is found.
    pub planted: Option<Planted>,
}

impl Options {
    /// What the tests run.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self {
            seed,
            steps: 4_000,
            whole_trace: false,
            planted: None,
        }
    }
}

/// What became of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Why it failed, if it did.
    pub result: Result<()>,
    /// What happened.
    pub trace: Trace,
    /// What it came to.
    pub counts: Counts,
}

/// Runs a seed.
#[must_use]
pub fn run(options: &Options) -> Outcome {
    let trace = Trace::new(options.whole_trace);
    match World::<OnLog>::of(options, trace) {
        Ok(mut world) => {
            let result = world.run(options);
            world.counts.offices = world.sites.len();
            world.counts.looked = std::mem::take(&mut world.ledger.looked);
            Outcome {
                result,
                trace: world.trace,
                counts: world.counts,
            }
        }
        Err(error) => Outcome {
            result: Err(error),
            trace: Trace::new(false),
            counts: Counts::default(),
        },
    }
}

impl<B: Backing> World<B> {
    fn of(options: &Options, trace: Trace) -> Result<Self> {
        let mut random = Random::new(options.seed);
        let shape = Shape::new(&mut random)?;
        let book = Arc::new(Book::new(terrace_catalog::shipped()));
        let posts = shape.offices.iter().map(|planned| {
            let post = Post {
                name: planned.name.clone(),
                level: planned.office.level,
                parent: planned.office.parent,
            };
            (planned.office.id, post)
        });
        let ledger = Ledger::new(Arc::clone(&book), Posts(posts.collect()));
        let common = Common {
            book,
            limits: shape.limits,
            slack_bytes: shape.slack_bytes,
            batch: shape.batch,
            planted: options.planted,
        };
        Ok(Self::new(random, shape, common, ledger, trace))
    }

    fn run(&mut self, options: &Options) -> Result<()> {
        self.come_up()?;
        let rounds = 1 + self.random.below(3);
        let rounds_steps = options.steps / u64::try_from(rounds).unwrap_or(1);
        for _ in 0..rounds {
            self.work(rounds_steps)?;
            self.all_is_well();
            self.rest()?;
        }
        self.hurry();
        self.rest()?;
        if !self.has_everybody(true) {
            bail!("not everybody has joined");
        }
        self.count_days();
        Ok(())
    }

    fn count_days(&mut self) {
        let month = |at| terrace_model::Month::of(clock::day(at)).ordinal();
        let months = month(self.now) - month(clock::BEGIN);
        let days = self.now.millis_since(clock::BEGIN) / DAY_MILLIS;
        for (name, times) in [("month ended", i64::from(months)), ("day ended", days)] {
            let times = usize::try_from(times).unwrap_or(0);
            self.counts.event(name, times);
        }
    }

    /// The tree comes up before anything goes wrong.
    pub(super) fn come_up(&mut self) -> Result<()> {
        let end = self.counts.steps + REST_STEPS;
        while !self.has_everybody(false) {
            self.operators_act()?;
            self.step_or_wait(None)?;
            if self.counts.steps > end {
                bail!("the tree does not come up");
            }
        }
        Ok(())
    }

    /// People work while things go wrong.
    fn work(&mut self, steps: u64) -> Result<()> {
        let end = self.counts.steps + steps;
        self.ask_at = self.now;
        while self.counts.steps < end {
            if self.random.one_in(self.shape.fault_every) {
                self.something_goes_wrong();
            }
            if self.ask_at <= self.now {
                self.somebody_asks();
                let gap = match self.random.below(300) {
                    0 => self.random.between(0, 100 * DAY_MILLIS),
                    1 | 2 => self.random.between(HOUR_MILLIS, 9 * DAY_MILLIS),
                    _ => self.random.between(0, 300),
                };
                self.ask_at = self.now.plus_millis(gap);
            }
            self.operators_act()?;
            self.step_or_wait(Some(self.ask_at))?;
        }
        Ok(())
    }

    /// Does one thing, or lets time pass until there is one.
    pub(super) fn step_or_wait(&mut self, ask_at: Option<Time>) -> Result<()> {
        if self.step()? {
            return Ok(());
        }
        let due = [ask_at, self.joining_due(), self.next_due()];
        let due = due.into_iter().flatten().min();
        let due = due.context("nothing will ever happen again")?;
        self.now = self.now.max(due);
        self.weather.tell(self.now);
        Ok(())
    }

    /// Nothing is asked and nothing goes wrong until all agree.
    fn rest(&mut self) -> Result<()> {
        let began = self.now;
        let commits = self.counts.commits;
        // What a small credit lets through with each slow commit takes its time.
        let each = self.shape.commit_millis + 4 * self.shape.latency_millis.1;
        let end = self.counts.steps + REST_STEPS;
        let mut last = None;
        while let Some(why) = self.restless() {
            let waited = self.now.millis_since(began);
            let made = self.counts.commits.saturating_sub(commits);
            let made = i64::try_from(made).unwrap_or(i64::MAX);
            let bound = REST_MILLIS.saturating_add(each.saturating_mul(made));
            if waited > bound || self.counts.steps > end {
                bail!("after {waited} ms without faults: {}", last.unwrap_or(why));
            }
            last = Some(why);
            self.operators_act()?;
            self.step_or_wait(None)?;
        }
        let waited = self.now.millis_since(began);
        self.counts.rest_millis = self.counts.rest_millis.max(waited);
        self.note(&format!("all rests after {waited} ms"));
        self.check_rest()
    }

    fn check_rest(&mut self) -> Result<()> {
        let today = clock::day(self.now);
        let question = Question {
            periods: self.some_periods(today),
            dimension: self.random.below(60),
            today,
        };
        let mut trees: Vec<(OfficeId, &Tree)> = Vec::new();
        for joining in &self.shape.offices {
            let site = self.sites.get(&joining.office.id);
            if let Some(node) = site.and_then(|site| site.node.as_ref()) {
                trees.push((joining.office.id, node.machine.tree()));
            }
        }
        let decided = self.ledger.rests(&trees, &question)?;
        self.counts.decided = u64::try_from(decided).unwrap_or(0);
        Ok(())
    }

    /// Periods that ended, and some that run.
    fn some_periods(&mut self, today: terrace_model::Date) -> Vec<Period> {
        let year = today.year();
        let quarter = u8::try_from(self.random.between(1, 4)).unwrap_or(1);
        let month = terrace_model::Month::of(today);
        let back = i32::try_from(self.random.between(0, 18)).unwrap_or(0);
        vec![
            Period::Year(year),
            Period::Quarter(year - 1, quarter),
            Period::Month(month.plus(-back)),
            Period::Month(month),
        ]
    }

    /// Why all is not at rest yet; none: it is.
    pub(super) fn restless(&self) -> Option<String> {
        for site in self.sites.values() {
            let name = &site.name;
            let Some(node) = &site.node else {
                return Some(format!("{name} is down"));
            };
            if !matches!(node.stage, Stage::Idle) || node.machine.has_work() {
                return Some(format!("{name} is at work"));
            }
            if !node.talking.is_empty() {
                return Some(format!("{name} may have something to say"));
            }
            let soon = self.now.plus_millis(300);
            if node.machine.poll_timeout().is_some_and(|due| due <= soon) {
                return Some(format!("{name} waits for its clock"));
            }
            if site.parent.is_some() && !self.is_linked(&node.links) {
                return Some(format!("{name} is not linked to its parent"));
            }
            for (peer, neighbour) in node.machine.neighbours() {
                let waits = node.machine.backlog(peer);
                let pages = waits.going + waits.coming;
                if pages > 0 || !neighbour.link.up {
                    let peer = self.name(peer);
                    return Some(format!("{pages} pages wait between {name} and {peer}"));
                }
            }
        }
        self.joining_restless()
    }

    fn is_linked(&self, links: &std::collections::BTreeSet<terrace_node::machine::LinkId>) -> bool {
        let sound = |link: &terrace_node::machine::LinkId| {
            let (carrier, side) = CarrierId::of(*link);
            let carrier = self.carriers.get(&carrier);
            side == Side::Child
                && carrier.is_some_and(|carrier| carrier.is_sound() && carrier.is_empty())
        };
        links
            .iter()
            .filter(|link| CarrierId::of(**link).1 == Side::Child)
            .all(sound)
            && links.iter().any(sound)
    }
}
