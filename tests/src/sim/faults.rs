//! What goes wrong, apart from what people do.

use std::collections::{BTreeMap, VecDeque};

use terrace_model::{OfficeId, Time};

use super::{
    backing::Backing,
    carrier::{CarrierId, Side},
    clock::{DAY_MILLIS, SECOND_MILLIS},
    random::Random,
    shape::FaultKind,
    site::Stage,
    world::World,
};

/// Frames remembered to be replayed.
const RECORDED: usize = 64;

/// How long the end of a carrier that broke without a word may not be noticed.
const KEEPALIVE_MILLIS: i64 = 20 * SECOND_MILLIS;

/// How the network is.
#[derive(Debug)]
pub(super) struct Weather {
    latency_millis: (i64, i64),
    /// Every frame takes this much longer until then.
    slow: (i64, Time),
    now: Time,
    /// Until when an office cannot reach its parent.
    outages: BTreeMap<OfficeId, Time>,
    recorded: VecDeque<((OfficeId, OfficeId), Vec<u8>)>,
}

impl Weather {
    pub(super) const fn new(latency_millis: (i64, i64)) -> Self {
        Self {
            latency_millis,
            slow: (0, Time(0)),
            now: Time(0),
            outages: BTreeMap::new(),
            recorded: VecDeque::new(),
        }
    }

    pub(super) const fn tell(&mut self, now: Time) {
        self.now = now;
    }

    /// Milliseconds that a frame takes now.
    pub(super) fn latency(&self, random: &mut Random) -> i64 {
        let (least, most) = self.latency_millis;
        let (more, until) = self.slow;
        let slow = if self.now < until { more } else { 0 };
        random.between(least, most) + random.between(0, slow)
    }

    /// Until when an office cannot reach its parent.
    pub(super) fn out_until(&self, child: OfficeId) -> Time {
        self.outages.get(&child).copied().unwrap_or(Time(0))
    }

    pub(super) fn record(&mut self, way: (OfficeId, OfficeId), frame: &[u8]) {
        if self.recorded.len() == RECORDED {
            self.recorded.pop_front();
        }
        self.recorded.push_back((way, frame.to_vec()));
    }

    /// From now on every frame takes so long.
    #[cfg(test)]
    pub(super) const fn takes(&mut self, millis: i64) {
        self.latency_millis = (millis, millis);
    }

    fn clear(&mut self) {
        self.outages.clear();
        self.slow = (0, Time(0));
    }
}

impl<B: Backing> World<B> {
    /// One fault of those that this seed has.
    pub(super) fn something_goes_wrong(&mut self) {
        let kinds = std::mem::take(&mut self.shape.faults);
        if let Some(kind) = self.random.pick(&kinds).copied() {
            self.goes_wrong(kind);
        }
        self.shape.faults = kinds;
    }

    fn goes_wrong(&mut self, kind: FaultKind) {
        match kind {
            FaultKind::Crash => self.some_office_crashes(10 * SECOND_MILLIS),
            FaultKind::PowerCut => self.some_power_fails(),
            FaultKind::Absence => self.some_office_crashes(30 * DAY_MILLIS),
            FaultKind::Cut => self.some_carrier_breaks(0),
            FaultKind::Outage => self.some_link_is_out(),
            FaultKind::Deafness => self.some_end_goes_deaf(),
            FaultKind::SecondCarrier => self.some_child_dials_again(),
            FaultKind::Replay => self.some_frame_is_replayed(),
            FaultKind::Slowness => {
                let millis = self.random.between(1_000, 40_000);
                let until = self.now.plus_millis(self.random.between(1_000, 120_000));
                self.weather.slow = (millis, until);
                self.counts.fault(kind);
                self.note(&format!("! all frames take up to {millis} ms longer"));
            }
        }
    }

    fn some_office_crashes(&mut self, most_millis: i64) {
        let nodes = || {
            let sites = self.sites.values();
            sites.filter_map(|site| Some((site.id, site.node.as_ref()?)))
        };
        let mut up: Vec<OfficeId> = nodes().map(|(id, _)| id).collect();
        if self.random.coin() {
            // Within a commit, where there is one.
            let busy = nodes().filter(|(_, node)| !matches!(node.stage, Stage::Idle));
            let busy: Vec<OfficeId> = busy.map(|(id, _)| id).collect();
            up = if busy.is_empty() { up } else { busy };
        }
        let Some(id) = self.random.pick(&up).copied() else {
            return;
        };
        let down = self.random.between(0, most_millis);
        let kind = if most_millis > DAY_MILLIS {
            FaultKind::Absence
        } else {
            FaultKind::Crash
        };
        self.counts.fault(kind);
        let line = format!(
            "! {} crashes for {}",
            self.name(id),
            super::clock::shown(down)
        );
        self.note(&line);
        let noticed = if self.random.coin() {
            100
        } else {
            KEEPALIVE_MILLIS
        };
        self.crash(id, self.now.plus_millis(down), noticed);
    }

    /// The power of an office fails while it writes, soon.
    fn some_power_fails(&mut self) {
        let sites: Vec<OfficeId> = self.sites.keys().copied().collect();
        let Some(id) = self.random.pick(&sites).copied() else {
            return;
        };
        let nth = self.random.number() % 4 + 1;
        if let Some(site) = self.sites.get_mut(&id) {
            site.fails_at = site.backing.can_fail().then_some(nth);
            self.counts.fault(FaultKind::PowerCut);
        }
    }

    fn some_carrier(&mut self) -> Option<CarrierId> {
        let carriers: Vec<CarrierId> = self.carriers.keys().copied().collect();
        self.random.pick(&carriers).copied()
    }

    fn some_carrier_breaks(&mut self, after_millis: i64) {
        if let Some(id) = self.some_carrier() {
            self.counts.fault(FaultKind::Cut);
            self.note(&format!("! carrier {} breaks", id.0));
            self.breaks(id, after_millis);
        }
    }

    /// Each end loses what it loses and learns of it in its own time.
    fn breaks(&mut self, id: CarrierId, after_millis: i64) {
        for side in [Side::Child, Side::Parent] {
            let kept = self.random.below(5);
            let notice = if self.random.coin() {
                50
            } else {
                KEEPALIVE_MILLIS
            };
            let wait = after_millis + self.random.between(0, notice);
            let learns = self.now.plus_millis(wait);
            if let Some(carrier) = self.carriers.get_mut(&id) {
                let lost = carrier.breaks(side, kept, learns);
                self.counts.event("frame lost on its way", lost);
            }
        }
    }

    fn some_link_is_out(&mut self) {
        let Some(id) = self.some_carrier() else {
            return;
        };
        let Some(child) = self.carriers.get(&id).map(|of| of.end(Side::Child).office) else {
            return;
        };
        let most = if self.random.one_in(4) {
            40 * DAY_MILLIS
        } else {
            60 * SECOND_MILLIS
        };
        let millis = self.random.between(0, most);
        self.counts.fault(FaultKind::Outage);
        let line = format!(
            "! {} cannot reach its parent for {}",
            self.name(child),
            super::clock::shown(millis)
        );
        self.note(&line);
        let until = self.now.plus_millis(millis);
        self.weather.outages.insert(child, until);
        self.breaks(id, 0);
    }

    /// A child cannot reach its parent until then; what carrier there is breaks.
    #[cfg(test)]
    pub(super) fn is_out(&mut self, child: OfficeId, until: Time) {
        self.weather.outages.insert(child, until);
        if until > self.now {
            let of_child = |(id, carrier): (&CarrierId, &super::carrier::Carrier)| {
                (carrier.end(Side::Child).office == child).then_some(*id)
            };
            let broken: Vec<CarrierId> = self.carriers.iter().filter_map(of_child).collect();
            for id in broken {
                self.breaks(id, 0);
            }
        }
    }

    /// Frames one way vanish; only the ends' own timeouts, or a later break,
    /// show it.
    fn some_end_goes_deaf(&mut self) {
        let Some(id) = self.some_carrier() else {
            return;
        };
        let side = if self.random.coin() {
            Side::Child
        } else {
            Side::Parent
        };
        let after = self.random.between(100, 90_000);
        if let Some(carrier) = self.carriers.get_mut(&id) {
            carrier.end_mut(side).is_deaf = true;
            self.counts.fault(FaultKind::Deafness);
            self.note(&format!(
                "! carrier {} carries nothing to its {side:?}",
                id.0
            ));
            self.breaks(id, after);
        }
    }

    fn some_child_dials_again(&mut self) {
        let up = self.sites.values().filter(|site| site.node.is_some());
        let children: Vec<OfficeId> = up
            .filter(|site| site.parent.is_some())
            .map(|site| site.id)
            .collect();
        let Some(id) = self.random.pick(&children).copied() else {
            return;
        };
        if self.weather.out_until(id) > self.now {
            return;
        }
        self.counts.fault(FaultKind::SecondCarrier);
        let line = format!("! {} dials once more", self.name(id));
        self.note(&line);
        self.dial(id);
    }

    /// A frame of an earlier moment comes again, whole, on a carrier between
    /// the same two.
    fn some_frame_is_replayed(&mut self) {
        let at = self.random.below(self.weather.recorded.len());
        let Some((way, frame)) = self.weather.recorded.get(at).cloned() else {
            return;
        };
        for (id, carrier) in &mut self.carriers {
            let ends = [Side::Child, Side::Parent].map(|side| carrier.end(side).office);
            let to = match (ends == [way.0, way.1], ends == [way.1, way.0]) {
                (true, _) => Side::Parent,
                (_, true) => Side::Child,
                (false, false) => continue,
            };
            carrier.send(to, self.now, frame);
            self.counts.fault(FaultKind::Replay);
            let line = format!("! a frame is replayed to the {to:?} of carrier {}", id.0);
            self.note(&line);
            return;
        }
    }

    /// Everything is repaired: faults stop, and all come back.
    pub(super) fn all_is_well(&mut self) {
        self.note("! all is well");
        self.weather.clear();
        for site in self.sites.values_mut() {
            site.restart_at = site.restart_at.min(self.now);
            site.fails_at = None;
        }
        let deaf = self
            .carriers
            .iter()
            .filter(|(_, carrier)| !carrier.is_sound());
        let deaf: Vec<CarrierId> = deaf.map(|(id, _)| *id).collect();
        for id in deaf {
            let opening = self
                .carriers
                .get(&id)
                .is_some_and(super::carrier::Carrier::is_opening);
            if !opening {
                self.breaks(id, 0);
            }
        }
    }
}
