//! How far this office sees: from link to link, each as the office above it
//! tells.

use terrace_model::{Behind, ChildLink, Code, Office, OfficeId, Time};

use super::{Known, State, words, words::Reason};

/// What the way to an office means for those below it.
#[derive(Clone, Debug)]
pub(super) struct Reach {
    /// When what is known of those below was true.
    pub(super) as_of: Time,
    /// When the office was last heard; none: never.
    heard: Option<Time>,
    /// The office's clock less this office's, in milliseconds.
    clock_ahead_millis: i64,
    /// The uppermost office on the way that has stopped.
    stopped: Option<Broken>,
    /// The uppermost office on the way whose link was lost a short while ago.
    lost: Option<Broken>,
}

#[derive(Clone, Debug)]
struct Broken {
    code: Code,
    since: Option<Time>,
}

/// How the way to an office stands.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) state: State,
    pub(super) since: Option<Time>,
    pub(super) reason: Option<Reason>,
    pub(super) last_heard: Option<Time>,
    pub(super) behind: Option<Behind>,
}

impl Link {
    const fn live(last_heard: Option<Time>) -> Self {
        Self {
            state: State::Live,
            since: None,
            reason: None,
            last_heard,
            behind: None,
        }
    }

    /// Pages may have waited on it for long.
    fn waits(self, behind: Option<Behind>) -> Self {
        match behind {
            Some(behind) => Self {
                state: State::Behind,
                since: Some(behind.since),
                reason: Some(words::behind(behind.entries)),
                behind: Some(behind),
                ..self
            },
            None => self,
        }
    }

    /// This office itself: it answers, whatever its link to the office above
    /// does.
    pub(super) fn here(known: &Known<'_>) -> Self {
        let live = Self::live(Some(known.now));
        let me = known.tree.get(known.me);
        let parent = me.and_then(|me| known.tree.get(me.parent?));
        let Some(parent) = parent else { return live };
        match known.neighbours.get(&parent.id) {
            Some(neighbour) if neighbour.link.up => live.waits(neighbour.link.behind),
            other => Self {
                since: other.map(|neighbour| neighbour.link.since),
                reason: Some(words::cut_off(&parent.code)),
                ..live
            },
        }
    }
}

/// What is told of one link.
enum Told {
    Up(Option<Behind>),
    Down(Time),
    /// The office has joined, and nothing ever came from it.
    Never,
}

impl Reach {
    /// This office sees itself.
    pub(super) const fn here(known: &Known<'_>) -> Self {
        Self {
            as_of: known.now,
            heard: Some(known.now),
            clock_ahead_millis: 0,
            stopped: None,
            lost: None,
        }
    }

    /// One link further, from an office to one directly below it.
    pub(super) fn to(&self, known: &Known<'_>, office: &Office) -> (Self, Link) {
        if office.key.is_none() {
            return self.to_absent(known, office);
        }
        let told = self.told(known, office);
        let last_heard = match (&told, known.neighbours.get(&office.id)) {
            (_, Some(neighbour)) => neighbour.heard.or(Some(neighbour.link.since)),
            // What is known of it came over the office above: no later than that.
            (Told::Up(_), None) => self.heard,
            (Told::Down(since), None) => Some(*since.min(&self.as_of)),
            (Told::Never, None) => None,
        };
        let mut reach = Self {
            heard: last_heard,
            clock_ahead_millis: self.clock_ahead(known, office),
            ..self.clone()
        };
        if let Told::Down(since) = told {
            reach.as_of = reach.as_of.min(since);
        }
        if let Some(stopped) = &self.stopped {
            let link = Link {
                state: State::Silent,
                since: stopped.since,
                reason: Some(words::stopped_above(&stopped.code)),
                ..Link::live(last_heard)
            };
            return (reach, link);
        }
        let (code, since) = (office.code.clone(), told.since());
        let is_silent = match told {
            Told::Up(_) => false,
            Told::Down(since) => is_silent_since(known, since),
            Told::Never => true,
        };
        let link = if is_silent {
            reach.stopped = Some(Broken { code, since });
            Link {
                state: State::Silent,
                since,
                reason: Some(words::silent(office, known.tree, since.is_some())),
                ..Link::live(last_heard)
            }
        } else if let Some(lost) = &self.lost {
            Link {
                since: lost.since,
                reason: Some(words::lost_above(&lost.code)),
                ..Link::live(last_heard)
            }
        } else if let Told::Up(behind) = told {
            Link::live(last_heard).waits(behind)
        } else {
            reach.lost = Some(Broken { code, since });
            Link {
                since,
                reason: Some(words::lost(office, known.tree)),
                ..Link::live(last_heard)
            }
        };
        (reach, link)
    }

    /// An office that has not joined: nobody below it can be heard either.
    fn to_absent(&self, known: &Known<'_>, office: &Office) -> (Self, Link) {
        let good_until = known.invited.get(&office.id);
        let is_open = good_until.is_some_and(|until| known.now <= *until);
        let is_ours = office.parent == Some(known.me);
        let link = Link {
            state: State::NeverJoined,
            reason: Some(words::never_joined(office, known.tree, is_ours, is_open)),
            ..Link::live(None)
        };
        let mut reach = self.clone();
        reach.stopped = reach.stopped.or_else(|| {
            let code = office.code.clone();
            Some(Broken { code, since: None })
        });
        (reach, link)
    }

    /// What the nearest office with a link tells of it.
    fn told(&self, known: &Known<'_>, office: &Office) -> Told {
        let neighbour = known.neighbours.get(&office.id);
        let told = match neighbour {
            Some(neighbour) => Some(neighbour.link),
            None => self.told_by_parent(known, office),
        };
        let was_heard = neighbour.is_some() || known.healths.contains_key(&office.id);
        match told {
            Some(ChildLink {
                up: true, behind, ..
            }) => Told::Up(behind),
            Some(ChildLink {
                up: false, since, ..
            }) if was_heard => Told::Down(since),
            Some(_) | None => Told::Never,
        }
    }

    /// What the office above said of the link, with times by this office's
    /// clock. What this office said itself before it was started again tells
    /// since when a link is down, and never that one is up.
    fn told_by_parent(&self, known: &Known<'_>, office: &Office) -> Option<ChildLink> {
        let parent = office.parent?;
        let health = known.healths.get(&parent)?;
        let link = health.links.get(&office.id)?;
        // Whatever the clocks below say, nothing is missed since a day to come.
        let here = |time: Time| {
            let by_ours = time.0.saturating_sub(self.clock_ahead_millis);
            Time(by_ours.clamp(0, known.now.0.max(0)))
        };
        Some(match (parent == known.me, link.up) {
            (true, true) => ChildLink {
                up: false,
                since: health.at,
                behind: None,
            },
            (_, up) => ChildLink {
                up,
                since: here(link.since),
                behind: link.behind.map(|behind| Behind {
                    since: here(behind.since),
                    ..behind
                }),
            },
        })
    }

    fn clock_ahead(&self, known: &Known<'_>, office: &Office) -> i64 {
        let of_neighbour = known.neighbours.get(&office.id);
        let ahead_of_parent = match of_neighbour {
            Some(neighbour) => neighbour.skew_millis.saturating_neg(),
            None => self::skew(known, office.id),
        };
        self.clock_ahead_millis.saturating_add(ahead_of_parent)
    }
}

/// Whether a link that was lost then has been down for too long.
fn is_silent_since(known: &Known<'_>, since: Time) -> bool {
    let down = u128::try_from(known.now.millis_since(since)).unwrap_or(0);
    down >= known.silent_after.as_millis()
}

fn skew(known: &Known<'_>, office: OfficeId) -> i64 {
    let health = known.healths.get(&office);
    health.map_or(0, |health| health.clock_skew_ms)
}

impl Told {
    const fn since(&self) -> Option<Time> {
        match self {
            Self::Down(since) => Some(*since),
            Self::Up(_) | Self::Never => None,
        }
    }
}
