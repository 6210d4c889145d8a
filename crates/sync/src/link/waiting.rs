use terrace_model::{PageNo, Time};

/// Since when pages wait to be held at the other end, as closely as the time
/// between two acknowledgements.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    /// The first page that waits.
    from: PageNo,
    /// The newest.
    newest: PageNo,
    /// Pages up to here wait since then at the longest.
    upto: PageNo,
    since: Time,
    /// Since when later pages wait.
    later: Option<Time>,
}

impl Waiting {
    /// What is known now, after what was known before. None where nothing waits.
    pub(super) fn after(before: Option<Self>, now: Time, lacks: Option<Lacks>) -> Option<Self> {
        let Lacks { from, newest } = lacks?;
        let waiting = match before {
            None => Self {
                from,
                newest,
                upto: newest,
                since: now,
                later: None,
            },
            Some(before) if before.upto < from => Self {
                from,
                newest,
                upto: newest,
                since: before.later.unwrap_or(now),
                later: None,
            },
            Some(before) if before.upto < newest => Self {
                from,
                newest,
                later: before.later.or(Some(now)),
                ..before
            },
            Some(before) => Self {
                from,
                newest,
                ..before
            },
        };
        Some(waiting)
    }

    pub(super) const fn since(&self) -> Time {
        self.since
    }

    pub(super) const fn from(&self) -> PageNo {
        self.from
    }

    pub(super) const fn pages(&self) -> u64 {
        let between = self.newest.0.saturating_sub(self.from.0);
        between.saturating_add(1)
    }
}

/// Pages that one end holds and the other lacks, the first and the last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lacks {
    pub(super) from: PageNo,
    pub(super) newest: PageNo,
}

impl Lacks {
    /// None where the first is after the last.
    pub(super) fn between(from: PageNo, newest: PageNo) -> Option<Self> {
        (from <= newest).then_some(Self { from, newest })
    }
}
