//! How offices come into the tree: invited by the office above, enrolled with
//! their key, started over what the enrolment told them.

use anyhow::{Context, Result};
use terrace_desk::Request;
use terrace_model::{
    Batch, Change, Fact, Hash, Invitation, Key, Office, OfficeId, Own, Time, TreeId,
};
use terrace_node::machine::{Answer, Sample};
use terrace_store::Store;
use terrace_sync::backoff::Backoff;

use super::{
    asked::Asked,
    backing::Backing,
    clock::{DAY_MILLIS, SECOND_MILLIS},
    random::Random,
    shape::Planned,
    site::Site,
    world::World,
};

/// How long an operator waits before asking again.
const PATIENCE_MILLIS: i64 = 5 * SECOND_MILLIS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Invite,
    Enrol,
    Done,
}

/// One office on its way into the tree.
#[derive(Clone, Debug)]
pub(super) struct Joining {
    planned: Planned,
    step: Step,
    due: Time,
    token: Hash,
}

impl Joining {
    pub(super) fn new(planned: Planned, now: Time, random: &mut Random) -> Self {
        let wait = if planned.late {
            random.between(10 * SECOND_MILLIS, 6 * DAY_MILLIS)
        } else {
            0
        };
        let token = Hash::of(&[&random.number().to_be_bytes()]);
        Self {
            planned,
            step: Step::Invite,
            due: now.plus_millis(wait),
            token,
        }
    }

    /// Whether the office has joined, or is not to join yet.
    const fn is_waiting(&self) -> bool {
        !matches!(self.step, Step::Done)
    }
}

impl<B: Backing> World<B> {
    /// Whether all have joined that are to join before any fault.
    pub(super) fn has_everybody(&self, late_too: bool) -> bool {
        let waits =
            |joining: &&Joining| joining.is_waiting() && (late_too || !joining.planned.late);
        self.joining.iter().find(waits).is_none()
    }

    /// Whether an office is on its way in; none: nobody is.
    pub(super) fn joining_restless(&self) -> Option<String> {
        let on_its_way = |joining: &&Joining| {
            let soon = self.now.plus_millis(PATIENCE_MILLIS);
            joining.due <= soon && self.can_ask(joining)
        };
        let found = self.joining.iter().find(on_its_way)?;
        Some(format!("{} has not joined", found.planned.name))
    }

    /// Nobody who is to join waits any longer.
    pub(super) fn hurry(&mut self) {
        for joining in &mut self.joining {
            joining.due = joining.due.min(self.now);
        }
    }

    /// When an operator next asks.
    pub(super) fn joining_due(&self) -> Option<Time> {
        let waiting = self.joining.iter().filter(|joining| self.can_ask(joining));
        waiting.map(|joining| joining.due).min()
    }

    /// Whether the office above is there to be asked.
    fn can_ask(&self, joining: &Joining) -> bool {
        let is_up = |id: &OfficeId| {
            let site = self.sites.get(id);
            site.is_some_and(|site| site.node.is_some())
        };
        joining.is_waiting() && joining.planned.office.parent.as_ref().is_none_or(is_up)
    }

    /// Operators do what is due.
    pub(super) fn operators_act(&mut self) -> Result<()> {
        for at in 0..self.joining.len() {
            let joining = &self.joining[at];
            if joining.due > self.now || !self.can_ask(joining) {
                continue;
            }
            let Some(parent) = joining.planned.office.parent else {
                self.found(at)?;
                continue;
            };
            let asked = match joining.step {
                Step::Invite => Request::Invite {
                    office: joining.planned.office.clone(),
                    invitation: Invitation {
                        office: joining.planned.office.id,
                        token: joining.token,
                        until: self.now.plus_millis(3 * DAY_MILLIS),
                    },
                },
                Step::Enrol => Request::Enrol {
                    office: joining.planned.office.id,
                    token: joining.token,
                    key: joining.planned.key.public(),
                },
                Step::Done => continue,
            };
            self.joining[at].due = self.now.plus_millis(PATIENCE_MILLIS);
            self.ask(parent, Asked::Request(asked));
        }
        Ok(())
    }

    /// An operator hears what became of an invitation or enrolment.
    pub(super) fn joining_hears(
        &mut self,
        parent: OfficeId,
        asked: &Asked,
        answer: &Answer,
    ) -> Result<()> {
        let Asked::Request(request) = asked else {
            return Ok(());
        };
        let (id, next) = match (request, answer) {
            (Request::Invite { office, .. }, Answer::Done { .. }) => (office.id, Step::Enrol),
            (Request::Enrol { office, .. }, Answer::Done { .. }) => (*office, Step::Done),
            (Request::Enrol { office, .. }, _) => (*office, Step::Invite),
            _ => return Ok(()),
        };
        let joins = |joining: &Joining| joining.planned.office.id == id && joining.is_waiting();
        let Some(at) = self.joining.iter().position(joins) else {
            return Ok(());
        };
        self.joining[at].due = self.now;
        self.joining[at].step = next;
        if next != Step::Done {
            return Ok(());
        }
        let above = self.sites.get(&parent).and_then(|site| site.node.as_ref());
        let tree = above
            .context("an office answered that is down")?
            .machine
            .tree();
        let mut offices: Vec<Office> = tree.get(id).into_iter().cloned().collect();
        offices.extend(tree.get(parent).cloned());
        let above = tree.above(parent).filter_map(|id| tree.get(id));
        offices.extend(above.cloned());
        self.settle_in(at, offices)
    }

    /// The top makes itself.
    fn found(&mut self, at: usize) -> Result<()> {
        let planned = &self.joining[at].planned;
        let office = Office {
            key: Some(planned.key.public()),
            ..planned.office.clone()
        };
        self.joining[at].step = Step::Done;
        self.settle_in(at, vec![office])
    }

    /// A new office keeps who it is and who stands above it, and starts.
    fn settle_in(&mut self, at: usize, offices: Vec<Office>) -> Result<()> {
        let planned = self.joining[at].planned.clone();
        let id = planned.office.id;
        let backing = B::create(self.random.number())?;
        let own = Own {
            id,
            tree: TreeId(1),
        };
        let mut changes = vec![Change::keep(Key::Own, Fact::Own(own))];
        for office in offices {
            changes.push(Change::keep(Key::Office(office.id), Fact::Office(office)));
        }
        let batch = Batch {
            pages: Vec::new(),
            changes,
        };
        backing.open()?.commit(batch.clone())?;
        self.ledger.commits(id, &batch)?;
        let mut site = Site {
            id,
            name: planned.name.clone(),
            parent: planned.office.parent,
            key: planned.key,
            skew_millis: self.random.between(-90_000, 90_000),
            backing,
            fails_at: None,
            node: None,
            restart_at: self.now,
            backoff: Backoff::default(),
            dial_at: self.now,
            sample: Sample {
                disk_free_bytes: 1 << 40,
                certificate_days: 90,
            },
        };
        site.start(self.now, &self.common)?;
        self.sites.insert(id, site);
        self.note(&format!("{} joins", planned.name));
        Ok(())
    }
}
