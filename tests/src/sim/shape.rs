//! What a seed decides before anything happens: the tree, the limits, the
//! faults there will be.

use std::sync::Arc;

use terrace_model::{Level, Office, OfficeId};
use terrace_node::machine::BatchLimits;
use terrace_pki::SigningKey;
use terrace_sync::Limits;

use super::random::Random;

/// An office that is to join.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    /// As its parent enters it; the key is not yet known to anybody.
    pub(super) office: Office,
    /// `A` is the top, `AB` its second child, `ABC` the third child of that.
    pub(super) name: String,
    pub(super) key: Arc<SigningKey>,
    /// Joins while faults happen, not before.
    pub(super) late: bool,
}

/// Something that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultKind {
    Crash,
    PowerCut,
    Absence,
    Cut,
    Deafness,
    Outage,
    SecondCarrier,
    Replay,
    Slowness,
}

const FAULTS: [(FaultKind, u32); 9] = [
    (FaultKind::Crash, 4),
    (FaultKind::PowerCut, 4),
    (FaultKind::Absence, 1),
    (FaultKind::Cut, 4),
    (FaultKind::Deafness, 2),
    (FaultKind::Outage, 2),
    (FaultKind::SecondCarrier, 2),
    (FaultKind::Replay, 1),
    (FaultKind::Slowness, 1),
];

/// What a seed decides beforehand.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The top first, each parent before its children.
    pub(super) offices: Vec<Planned>,
    pub(super) limits: Limits,
    pub(super) slack_bytes: u64,
    pub(super) batch: BatchLimits,
    /// Faults that happen, each as often as it stands here.
    pub(super) faults: Vec<FaultKind>,
    /// A fault once in so many steps.
    pub(super) fault_every: u64,
    /// Milliseconds that a frame takes, at least and at most.
    pub(super) latency_millis: (i64, i64),
    /// Milliseconds that a commit takes, at most.
    pub(super) commit_millis: i64,
}

impl Shape {
    pub(super) fn new(random: &mut Random) -> anyhow::Result<Self> {
        let offices = offices(random)?;
        let mut faults = Vec::new();
        for (kind, weight) in FAULTS {
            if !random.one_in(4) {
                faults.extend((0..weight).map(|_| kind));
            }
        }
        let every = [40, 120, 400, 1200];
        Ok(Self {
            offices,
            limits: limits(random),
            slack_bytes: random.pick(&[0, 400, 2_000, 20_000]).copied().unwrap_or(0),
            batch: batch(random),
            faults,
            fault_every: random.pick(&every).copied().unwrap_or(120),
            latency_millis: (1, random.between(1, 200)),
            commit_millis: random.pick(&[2, 20, 100, 3_000]).copied().unwrap_or(20),
        })
    }
}

/// Small limits find what large ones hide.
fn limits(random: &mut Random) -> Limits {
    let standard = Limits::default();
    if random.one_in(3) {
        return standard;
    }
    Limits {
        frame_bytes: random.pick(&[600, 3_000, 20_000]).copied().unwrap_or(3_000),
        credit_bytes: random.pick(&[0, 4_000, 50_000]).copied().unwrap_or(4_000),
        heads_per_frame: random.pick(&[1, 3, 50]).copied().unwrap_or(3),
        ..standard
    }
}

/// Small batches take in parts what comes whole.
fn batch(random: &mut Random) -> BatchLimits {
    let standard = BatchLimits::default();
    if random.coin() {
        return standard;
    }
    BatchLimits {
        entries: random.pick(&[1, 7, 40]).copied().unwrap_or(7),
        bytes: random.pick(&[1, 3_000, 30_000]).copied().unwrap_or(3_000),
        works: random.pick(&[1, 3, 20]).copied().unwrap_or(3),
    }
}

fn count(random: &mut Random) -> usize {
    let (least, most) = match random.below(8) {
        0..=3 => (3, 5),
        4..=6 => (6, 10),
        _ => (11, 25),
    };
    usize::try_from(random.between(least, most)).unwrap_or(3)
}

fn offices(random: &mut Random) -> anyhow::Result<Vec<Planned>> {
    let count = count(random);
    let top = random.below(2);
    let mut planned: Vec<Planned> = Vec::new();
    let mut children = vec![0_usize; count];
    for at in 0..count {
        let parent = (at > 0).then(|| parent_for(random, &planned));
        let level = match parent {
            None => top,
            Some(parent) => level_below(random, planned[parent].office.level),
        };
        let (code, name) = match parent {
            None => ("10".to_owned(), "A".to_owned()),
            Some(parent) => {
                children[parent] += 1;
                let letter = char::from(b'A' + u8::try_from(children[parent] - 1).unwrap_or(25));
                let above = &planned[parent];
                let code = format!("{}{:02}", above.office.code, children[parent]);
                (code, format!("{}{letter}", above.name))
            }
        };
        planned.push(Planned {
            office: Office {
                id: OfficeId(random.number()),
                code: code.parse()?,
                name: format!("办公室{name}"),
                level: Level::ALL[level.min(Level::ALL.len() - 1)],
                parent: parent.map(|parent| planned[parent].office.id),
                key: None,
            },
            name,
            key: key(random),
            late: at > 1 && random.one_in(5),
        });
    }
    inherit_lateness(&mut planned);
    Ok(planned)
}

fn key(random: &mut Random) -> Arc<SigningKey> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Arc::new(SigningKey::from_randomness(&bytes))
}

/// An office that is not deeper than the third level, mostly one that has
/// children already or is high up.
fn parent_for(random: &mut Random, planned: &[Planned]) -> usize {
    let fits = |at: &usize| planned[*at].name.len() < 4 && !is_last(planned[*at].office.level);
    let candidates: Vec<usize> = (0..planned.len()).filter(fits).collect();
    random.pick(&candidates).copied().unwrap_or(0)
}

fn is_last(level: Level) -> bool {
    level == Level::Village
}

/// Mostly the next level, sometimes one is left out.
fn level_below(random: &mut Random, level: Level) -> usize {
    let at = Level::ALL.iter().position(|other| *other == level);
    let next = at.unwrap_or(0) + 1;
    if random.one_in(6) { next + 1 } else { next }
}

/// Nobody joins before the office above.
fn inherit_lateness(planned: &mut [Planned]) {
    for at in 0..planned.len() {
        let parent = planned[at].office.parent;
        let late = planned[..at]
            .iter()
            .any(|above| Some(above.office.id) == parent && above.late);
        planned[at].late |= late;
    }
}
