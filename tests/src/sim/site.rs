//! One office of the simulation: what lasts of it, and while it is up its
//! machine over its store. The shell of thirty lines that a daemon has too.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::Context;
use terrace_model::{Batch, Date, Epoch, OfficeId, Time};
use terrace_node::machine::{
    BatchLimits, Constants, LinkId, Machine, Moment, Planted, Sample, Ticket,
};
use terrace_pki::SigningKey;
use terrace_store::Store;
use terrace_sync::{Limits, backoff::Backoff};

use super::{asked::Asked, backing::Backing, clock};

/// What an office is over all its lives.
pub(super) struct Site<B: Backing> {
    pub(super) id: OfficeId,
    pub(super) name: String,
    pub(super) parent: Option<OfficeId>,
    pub(super) key: Arc<SigningKey>,
    /// Its wall clock less the true one.
    pub(super) skew_millis: i64,
    pub(super) backing: B,
    /// The power fails in the next commit, with this change of the disk.
    pub(super) fails_at: Option<u64>,
    pub(super) node: Option<Node<B>>,
    /// When it is started again, while it is down.
    pub(super) restart_at: Time,
    pub(super) backoff: Backoff,
    /// When the child dials its parent, while it has no carrier.
    pub(super) dial_at: Time,
    pub(super) sample: Sample,
}

/// A life of an office.
pub(super) struct Node<B: Backing> {
    pub(super) machine: Machine<<B::Store as Store>::Reader>,
    pub(super) store: B::Store,
    pub(super) stage: Stage,
    /// Links that may have a frame to carry.
    pub(super) talking: BTreeSet<LinkId>,
    /// Ends of carriers here, open or about to be.
    pub(super) links: BTreeSet<LinkId>,
    pub(super) asked: BTreeMap<Ticket, Asked>,
    /// The day that the machine was last told.
    pub(super) today: Date,
}

/// Where the commit under way stands.
pub(super) enum Stage {
    Idle,
    /// Ruled on, not yet durable; durable at the earliest then.
    Polled {
        batch: Batch,
        today: Date,
        due: Time,
    },
    /// Durable, and nobody was told.
    Durable {
        today: Date,
    },
}

impl Stage {
    /// What a crash at this point is called.
    pub(super) const fn crashed(&self) -> &'static str {
        match self {
            Self::Idle => "crash between commits",
            Self::Polled { .. } => "crash before a commit lasts",
            Self::Durable { .. } => "crash before anybody is told",
        }
    }
}

/// What all offices have in common.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) book: Arc<terrace_desk::Book>,
    pub(super) limits: Limits,
    pub(super) slack_bytes: u64,
    pub(super) batch: BatchLimits,
    /// What every office does wrong.
    pub(super) planted: Option<Planted>,
}

impl<B: Backing> Site<B> {
    /// A reading of its clocks.
    pub(super) fn moment(&self, now: Time) -> Moment {
        let wall = now.plus_millis(self.skew_millis);
        Moment {
            now,
            wall,
            today: clock::day(wall),
        }
    }

    /// Starts the office over what survived.
    pub(super) fn start(&mut self, now: Time, common: &Common) -> anyhow::Result<()> {
        let store = self.backing.open()?;
        let constants = Constants {
            me: self.id,
            epoch: Epoch::FIRST,
            key: Arc::clone(&self.key),
            book: Arc::clone(&common.book),
            limits: common.limits,
            batch: common.batch,
            window_slack_bytes: common.slack_bytes,
            version: "simulated".to_owned(),
        };
        let at = self.moment(now);
        let mut machine = Machine::start(constants, store.reader(), at, self.sample)
            .with_context(|| format!("{} did not start", self.name))?;
        machine.plant(common.planted);
        self.node = Some(Node {
            machine,
            store,
            stage: Stage::Idle,
            talking: BTreeSet::new(),
            links: BTreeSet::new(),
            asked: BTreeMap::new(),
            today: at.today,
        });
        self.dial_at = now;
        self.backoff.reset();
        Ok(())
    }

    /// When the machine next wants to be told the time.
    pub(super) fn tick_due(&self, now: Time) -> Option<Time> {
        let node = self.node.as_ref()?;
        let at = self.moment(now);
        if at.today != node.today {
            return Some(now);
        }
        let midnight = clock::midnight_after(at.wall).plus_millis(-self.skew_millis);
        let timeout = node.machine.poll_timeout();
        Some(timeout.map_or(midnight, |timeout| timeout.min(midnight)))
    }
}

impl<B: Backing> Node<B> {
    /// Every link may have something to carry after the machine was told
    /// something.
    pub(super) fn stir(&mut self) {
        self.talking.extend(self.links.iter().copied());
    }
}
