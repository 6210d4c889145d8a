//! All offices, the network between them, and the one clock. Whatever may
//! happen next happens in an order that the seed decides, one poll at a time.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use terrace_model::{Batch, OfficeId, Time};
use terrace_node::machine::{Answer, LinkId, Ticket};
use terrace_store::Store;
use terrace_sync::Frame;
use terrace_wire as wire;

use super::{
    asked::Asked,
    backing::Backing,
    carrier::{Carrier, CarrierId, Side, State},
    check::Ledger,
    clock,
    counts::Counts,
    faults::Weather,
    joining::Joining,
    random::Random,
    shape::Shape,
    site::{Common, Site, Stage},
    trace::Trace,
};

/// Something that an office, or the network at its side, may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Open(LinkId),
    Deliver(LinkId),
    End(LinkId),
    Transmit(LinkId),
    Poll,
    Commit,
    Tell,
    Tick,
    Restart,
    Dial,
}

pub(super) struct World<B: Backing> {
    pub(super) now: Time,
    pub(super) random: Random,
    pub(super) shape: Shape,
    pub(super) common: Common,
    pub(super) sites: BTreeMap<OfficeId, Site<B>>,
    pub(super) carriers: BTreeMap<CarrierId, Carrier>,
    pub(super) joining: Vec<Joining>,
    pub(super) ledger: Ledger,
    pub(super) weather: Weather,
    pub(super) counts: Counts,
    pub(super) trace: Trace,
    pub(super) ask_at: Time,
    /// The newest answer of any office.
    pub(super) heard: Option<Answer>,
    carriers_made: u64,
    tickets_made: u64,
}

impl<B: Backing> World<B> {
    /// An empty world, in which the top office is about to be made.
    pub(super) fn new(
        mut random: Random,
        shape: Shape,
        common: Common,
        ledger: Ledger,
        trace: Trace,
    ) -> Self {
        let now = clock::BEGIN;
        let joining = shape.offices.iter().cloned();
        let joining = joining.map(|planned| Joining::new(planned, now, &mut random));
        Self {
            now,
            joining: joining.collect(),
            random,
            common,
            sites: BTreeMap::new(),
            carriers: BTreeMap::new(),
            ledger,
            weather: Weather::new(shape.latency_millis),
            counts: Counts::default(),
            trace,
            ask_at: now,
            heard: None,
            carriers_made: 0,
            tickets_made: 0,
            shape,
        }
    }

    pub(super) fn note(&mut self, line: &str) {
        self.trace.note(self.now, line);
    }

    pub(super) fn name(&self, office: OfficeId) -> String {
        self.ledger.posts.name(office)
    }

    /// Does one thing that may be done now. False if there is none.
    pub(super) fn step(&mut self) -> Result<bool> {
        let ids: Vec<OfficeId> = self.sites.keys().copied().collect();
        let first = self.random.below(ids.len());
        let (before, from) = ids.split_at(first.min(ids.len()));
        for id in from.iter().chain(before) {
            let acts = self.acts(*id);
            if let Some(act) = self.random.pick(&acts).copied() {
                self.perform(*id, act)
                    .with_context(|| format!("{act:?} at {}", self.name(*id)))?;
                self.counts.steps += 1;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// When something may next be done, of what is not to be done yet.
    pub(super) fn next_due(&self) -> Option<Time> {
        let sites = self.sites.values();
        sites.filter_map(|site| self.due_at(site)).min()
    }

    fn due_at(&self, site: &Site<B>) -> Option<Time> {
        let Some(node) = &site.node else {
            return Some(site.restart_at);
        };
        let ends = node.links.iter().filter_map(|link| {
            let (carrier, side) = CarrierId::of(*link);
            self.carriers.get(&carrier)?.end(side).due()
        });
        let commit = match &node.stage {
            Stage::Polled { due, .. } => Some(*due),
            Stage::Idle | Stage::Durable { .. } => None,
        };
        let dial = self.dial_due(site);
        let tick = site.tick_due(self.now);
        ends.chain(commit).chain(dial).chain(tick).min()
    }

    /// When a child that has no carrier dials.
    fn dial_due(&self, site: &Site<B>) -> Option<Time> {
        let parent = site.parent?;
        let links = &site.node.as_ref()?.links;
        let has_carrier = links
            .iter()
            .any(|link| CarrierId::of(*link).1 == Side::Child);
        if has_carrier || !self.sites.contains_key(&parent) {
            return None;
        }
        Some(site.dial_at.max(self.weather.out_until(site.id)))
    }

    fn acts(&self, id: OfficeId) -> Vec<Act> {
        let mut acts = Vec::new();
        let site = &self.sites[&id];
        let Some(node) = &site.node else {
            acts.extend((site.restart_at <= self.now).then_some(Act::Restart));
            return acts;
        };
        for link in &node.links {
            let (carrier, side) = CarrierId::of(*link);
            let Some(carrier) = self.carriers.get(&carrier) else {
                continue;
            };
            let end = carrier.end(side);
            match end.state {
                State::Opens(at) if at <= self.now => acts.push(Act::Open(*link)),
                State::Open if node.talking.contains(link) => acts.push(Act::Transmit(*link)),
                State::Opens(_) | State::Open | State::Gone => {}
            }
            let arrived = end.inbox.front().is_some_and(|(at, _)| *at <= self.now);
            if arrived && end.state == State::Open {
                acts.push(Act::Deliver(*link));
            } else if end.ends.is_some_and(|at| at <= self.now) {
                acts.push(Act::End(*link));
            }
        }
        match &node.stage {
            Stage::Idle if node.machine.has_work() => acts.push(Act::Poll),
            Stage::Polled { due, .. } if *due <= self.now => acts.push(Act::Commit),
            Stage::Durable { .. } => acts.push(Act::Tell),
            Stage::Idle | Stage::Polled { .. } => {}
        }
        let due = |at: Option<Time>| at.is_some_and(|at| at <= self.now);
        acts.extend(due(site.tick_due(self.now)).then_some(Act::Tick));
        acts.extend(due(self.dial_due(site)).then_some(Act::Dial));
        acts
    }

    fn perform(&mut self, id: OfficeId, act: Act) -> Result<()> {
        match act {
            Act::Open(link) => self.open(id, link),
            Act::Deliver(link) => self.deliver(id, link),
            Act::End(link) => {
                self.end(id, link);
                Ok(())
            }
            Act::Transmit(link) => self.transmit(id, link),
            Act::Poll => self.poll(id),
            Act::Commit => self.commit(id),
            Act::Tell => self.tell(id),
            Act::Tick => self.tick(id),
            Act::Restart => self.restart(id),
            Act::Dial => {
                self.dial(id);
                Ok(())
            }
        }
    }

    fn open(&mut self, id: OfficeId, link: LinkId) -> Result<()> {
        let (carrier, side) = CarrierId::of(link);
        let session = self.random.number();
        let Some(carrier) = self.carriers.get_mut(&carrier) else {
            return Ok(());
        };
        carrier.end_mut(side).state = State::Open;
        let peer = carrier.end(side.other()).office;
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let at = site.moment(self.now);
        let Some(node) = &mut site.node else {
            return Ok(());
        };
        node.machine.handle_link_up(at, link, peer, session)?;
        node.stir();
        let line = format!("{} opens {} to {}", self.name(id), link.0, self.name(peer));
        self.note(&line);
        Ok(())
    }

    fn deliver(&mut self, id: OfficeId, link: LinkId) -> Result<()> {
        let (carrier, side) = CarrierId::of(link);
        let end = self.carriers.get_mut(&carrier).map(|of| of.end_mut(side));
        let Some((_, bytes)) = end.and_then(|end| end.inbox.pop_front()) else {
            return Ok(());
        };
        let frame = wire::decode_frame(&bytes).context("a frame does not decode")?;
        self.ledger.arrives(link, &frame);
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let at = site.moment(self.now);
        if side == Side::Child && !matches!(frame, Frame::Close { .. }) {
            site.backoff.reset();
        }
        if let Some(node) = &mut site.node {
            node.machine.handle_frame(at, link, frame)?;
            node.stir();
        }
        Ok(())
    }

    /// An end learns that its carrier is gone.
    pub(super) fn end(&mut self, id: OfficeId, link: LinkId) {
        let (carrier, side) = CarrierId::of(link);
        if let Some(of) = self.carriers.get_mut(&carrier) {
            of.end_mut(side).state = State::Gone;
            if of.is_over() {
                self.carriers.remove(&carrier);
            }
        }
        self.ledger.closes(link);
        let random = self.random.number();
        let Some(site) = self.sites.get_mut(&id) else {
            return;
        };
        let at = site.moment(self.now);
        if side == Side::Child {
            let wait = site.backoff.next_millis(random);
            site.dial_at = self.now.plus_millis(wait.into());
        }
        if let Some(node) = &mut site.node {
            node.links.remove(&link);
            node.talking.remove(&link);
            node.machine.handle_link_down(at, link);
            node.stir();
        }
        let line = format!("{} loses {}", self.name(id), link.0);
        self.note(&line);
    }

    fn transmit(&mut self, id: OfficeId, link: LinkId) -> Result<()> {
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let at = site.moment(self.now);
        let Some(node) = &mut site.node else {
            return Ok(());
        };
        let Some(frame) = node.machine.poll_transmit(at, link)? else {
            node.talking.remove(&link);
            if node.machine.is_over(link) {
                self.hang_up(id, link);
            }
            return Ok(());
        };
        let (carrier, side) = CarrierId::of(link);
        let peer = match self.carriers.get(&carrier) {
            Some(of) => of.end(side.other()).office,
            None => return Ok(()),
        };
        self.ledger.leaves((id, link), peer, &frame)?;
        self.counts.frame(&frame);
        let line = format!(
            "{} > {} {}",
            self.name(id),
            self.name(peer),
            super::shown::frame(&frame, &self.ledger.posts)
        );
        self.note(&line);
        let bytes = wire::encode_frame(&frame).context("a frame does not encode")?;
        let arrives = self.now.plus_millis(self.weather.latency(&mut self.random));
        self.weather.record((id, peer), &bytes);
        if let Some(of) = self.carriers.get_mut(&carrier) {
            let lost = !of.send(side.other(), arrives, bytes);
            self.counts.event("frame lost as it is sent", lost.into());
        }
        Ok(())
    }

    /// An office closes a carrier; the other end learns it after the last
    /// frame.
    fn hang_up(&mut self, id: OfficeId, link: LinkId) {
        let (carrier, side) = CarrierId::of(link);
        let learns = self.now.plus_millis(self.weather.latency(&mut self.random));
        if let Some(of) = self.carriers.get_mut(&carrier) {
            of.breaks(side.other(), usize::MAX, learns);
        }
        self.end(id, link);
    }

    fn poll(&mut self, id: OfficeId) -> Result<()> {
        let wait = self.random.between(0, self.shape.commit_millis);
        let due = self.now.plus_millis(wait);
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let at = site.moment(self.now);
        let Some(node) = &mut site.node else {
            return Ok(());
        };
        let random = &mut self.random;
        let batch = node
            .machine
            .poll_commit(at, &mut |bytes| random.fill(bytes))?;
        if let Some(batch) = batch {
            let today = at.today;
            node.stage = Stage::Polled { batch, today, due };
        }
        node.stir();
        self.answer(id, at.today)
    }

    fn commit(&mut self, id: OfficeId) -> Result<()> {
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let Some(node) = &mut site.node else {
            return Ok(());
        };
        let Stage::Polled { batch, today, .. } = std::mem::replace(&mut node.stage, Stage::Idle)
        else {
            return Ok(());
        };
        if let Some(nth) = site.fails_at {
            site.backing.fail_at(nth);
        }
        let committed = node.store.commit(batch.clone());
        let settled = committed.and_then(|()| node.store.settle());
        if site.fails_at.is_some() {
            self.power_fails(id, batch);
            return Ok(());
        }
        settled?;
        node.stage = Stage::Durable { today };
        self.counts.batch(id, &batch);
        let line = format!(
            "{} commits {}",
            self.name(id),
            super::shown::batch(&batch, &self.ledger.posts)
        );
        self.note(&line);
        self.ledger.commits(id, &batch)
    }

    /// The power failed within a commit, or just after: it is durable as a
    /// whole, or it is not, and nobody was told.
    fn power_fails(&mut self, id: OfficeId, batch: Batch) {
        let line = format!("! the power of {} fails in a commit", self.name(id));
        self.note(&line);
        self.ledger.unsure(id, batch);
        let down = self.random.between(0, 10_000);
        self.crash(id, self.now.plus_millis(down), 1_000);
    }

    fn tell(&mut self, id: OfficeId) -> Result<()> {
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let at = site.moment(self.now);
        let Some(node) = &mut site.node else {
            return Ok(());
        };
        let Stage::Durable { today } = node.stage else {
            return Ok(());
        };
        node.stage = Stage::Idle;
        node.machine.handle_committed(at)?;
        node.stir();
        self.answer(id, today)
    }

    /// Takes the answers that an office has.
    fn answer(&mut self, id: OfficeId, today: terrace_model::Date) -> Result<()> {
        let Some(node) = self.sites.get_mut(&id).and_then(|site| site.node.as_mut()) else {
            return Ok(());
        };
        let mut answers: Vec<(Asked, Answer)> = Vec::new();
        while let Some((ticket, answer)) = node.machine.poll_answer() {
            let asked = node.asked.remove(&ticket);
            let asked = asked.context("a ticket was answered that nobody holds")?;
            answers.push((asked, answer));
        }
        for (asked, answer) in &answers {
            let line = format!(
                "{} answers {}: {}",
                self.name(id),
                asked.shown(),
                super::shown::answer(answer)
            );
            self.note(&line);
            self.counts.answer(asked, answer);
            self.heard = Some(answer.clone());
        }
        self.ledger.answers(id, today, &answers)?;
        for (asked, answer) in &answers {
            self.joining_hears(id, asked, answer)?;
        }
        Ok(())
    }

    fn tick(&mut self, id: OfficeId) -> Result<()> {
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        let at = site.moment(self.now);
        if let Some(node) = &mut site.node {
            node.today = at.today;
            node.machine.handle_timeout(at)?;
            node.stir();
        }
        Ok(())
    }

    fn restart(&mut self, id: OfficeId) -> Result<()> {
        let line = format!("{} starts", self.name(id));
        self.note(&line);
        let Some(site) = self.sites.get_mut(&id) else {
            return Ok(());
        };
        site.start(self.now, &self.common)?;
        match &site.node {
            Some(node) => self.ledger.opens(id, &node.store.reader()),
            None => Ok(()),
        }
    }

    /// A child dials its parent, and waits longer where nobody answers.
    pub(super) fn dial(&mut self, id: OfficeId) {
        let random = self.random.number();
        let waits = [0, 1].map(|_| self.weather.latency(&mut self.random));
        let Some(site) = self.sites.get(&id) else {
            return;
        };
        let key = site.key.public();
        let parent = site.parent.and_then(|parent| self.sites.get(&parent));
        let above = parent.and_then(|parent| Some((parent.id, parent.node.as_ref()?)));
        let known = above.filter(|(_, above)| {
            let tree = above.machine.tree();
            tree.get(id).is_some_and(|office| office.key == Some(key))
        });
        let Some((parent, _)) = known else {
            if let Some(site) = self.sites.get_mut(&id) {
                let wait = site.backoff.next_millis(random);
                site.dial_at = self.now.plus_millis(wait.into());
            }
            return;
        };
        self.carriers_made += 1;
        let carrier = CarrierId(self.carriers_made);
        let opens = waits.map(|wait| self.now.plus_millis(wait));
        self.carriers
            .insert(carrier, Carrier::new(id, parent, opens));
        for (office, side) in [(id, Side::Child), (parent, Side::Parent)] {
            let site = self.sites.get_mut(&office);
            if let Some(node) = site.and_then(|site| site.node.as_mut()) {
                node.links.insert(carrier.link(side));
            }
        }
    }

    /// Somebody asks something of an office that is up.
    pub(super) fn ask(&mut self, id: OfficeId, asked: Asked) {
        let line = format!("{} is asked to {}", self.name(id), asked.shown());
        self.note(&line);
        self.tickets_made += 1;
        let ticket = Ticket(self.tickets_made);
        let Some(node) = self.sites.get_mut(&id).and_then(|site| site.node.as_mut()) else {
            return;
        };
        match asked.clone() {
            Asked::Request(request) => node.machine.handle_request(ticket, request),
            Asked::Sheet(sheet) => node.machine.handle_sheet(ticket, sheet),
        }
        node.asked.insert(ticket, asked);
    }

    /// An office stops between two polls. What was not durable is gone.
    pub(super) fn crash(&mut self, id: OfficeId, restart_at: Time, learn_millis: i64) {
        let Some(site) = self.sites.get_mut(&id) else {
            return;
        };
        let Some(node) = site.node.take() else {
            return;
        };
        self.counts.event(node.stage.crashed(), 1);
        site.restart_at = restart_at;
        site.fails_at = None;
        site.backing.cut_power(self.random.number());
        drop(node.store);
        self.ledger.crashes(id);
        let links: BTreeSet<LinkId> = node.links;
        for link in links {
            let (carrier, side) = CarrierId::of(link);
            self.ledger.closes(link);
            let wait = self.random.between(0, learn_millis);
            let kept = self.random.below(4);
            let Some(of) = self.carriers.get_mut(&carrier) else {
                continue;
            };
            of.end_mut(side).state = State::Gone;
            let lost = of.breaks(side.other(), kept, self.now.plus_millis(wait));
            self.counts.event("frame lost on its way", lost);
            if of.is_over() {
                self.carriers.remove(&carrier);
            }
        }
    }
}
