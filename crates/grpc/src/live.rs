//! The live connections of a listener, and which of them have to end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::pki_types::CertificateDer;
use terrace_model::OfficeId;
use terrace_pki::{Peer, Refused};
use thiserror::Error;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::limits::ListenerLimits;

/// Connections looked at before others get their turn.
const AT_A_TIME: usize = 256;

/// Why this office ends a connection that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Cut {
    /// Its office is closed now, or has another key.
    #[error(transparent)]
    Refused(Refused),
    /// The tree no longer names a key for its office.
    #[error("the tree no longer knows its office")]
    Unknown,
    /// A newer one took its place.
    #[error("newer connections took its place")]
    Replaced,
    /// Strangers come to enrol and go.
    #[error("a stranger stayed too long")]
    Overstayed,
    /// This office stops.
    #[error("this office stops")]
    Stopping,
}

/// The chain that a peer showed in its handshake.
pub(crate) type Shown = Arc<[CertificateDer<'static>]>;

/// Connections of which one makes room for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Office(OfficeId),
    Strangers,
}

impl Group {
    const fn of(peer: Peer) -> Self {
        match peer {
            Peer::Known(office) => Self::Office(office),
            Peer::Stranger { .. } => Self::Strangers,
        }
    }

    const fn most(self, limits: &ListenerLimits) -> usize {
        match self {
            Self::Office(_) => limits.connections_per_office,
            Self::Strangers => limits.strangers,
        }
    }
}

/// Names a connection. Of one group, the first is the oldest.
type Number = (Group, u64);

type Entries = BTreeMap<Number, Entry>;

#[derive(Debug)]
struct Entry {
    peer: Peer,
    shown: Shown,
    since: Instant,
    cut: oneshot::Sender<Cut>,
}

/// All live connections of one listener.
#[derive(Debug)]
pub(crate) struct Live {
    limits: ListenerLimits,
    next: AtomicU64,
    entries: Mutex<Entries>,
}

/// A live connection's place among them, given up when it is dropped.
#[derive(Debug)]
pub(crate) struct Entered {
    live: Arc<Live>,
    number: Number,
}

impl Live {
    pub(crate) fn new(limits: ListenerLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            next: AtomicU64::new(0),
            entries: Mutex::default(),
        })
    }

    /// Takes a connection in. An older one of the same office, or of another
    /// stranger, may have to make room for it; none: this office has all the
    /// connections it can have. The receiver says when it has to end.
    pub(crate) fn enter(
        self: &Arc<Self>,
        peer: Peer,
        shown: Shown,
        since: Instant,
    ) -> Option<(Entered, oneshot::Receiver<Cut>)> {
        let group = Group::of(peer);
        let mut entries = self.entries();
        let alike = entries.range((group, 0)..=(group, u64::MAX));
        let alike: Vec<Number> = alike.map(|(number, _)| *number).collect();
        let too_many = (alike.len() + 1).saturating_sub(group.most(&self.limits));
        for number in alike.into_iter().take(too_many) {
            cut(&mut entries, number, Cut::Replaced);
        }
        if entries.len() >= self.limits.connections {
            return None;
        }
        let number = (group, self.next.fetch_add(1, Ordering::Relaxed));
        let (cut, told) = oneshot::channel();
        let entry = Entry {
            peer,
            shown,
            since,
            cut,
        };
        entries.insert(number, entry);
        drop(entries);
        let live = Arc::clone(self);
        Some((Entered { live, number }, told))
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.entries().len()
    }

    /// Asks of each connection whether its peer is still who it was, and ends
    /// those of which that is not so.
    pub(crate) async fn recheck<J>(&self, judge: J, now: Instant)
    where
        J: Fn(&[CertificateDer<'static>]) -> Result<Peer, Refused>,
    {
        let all: Vec<(Number, Shown)> = {
            let entries = self.entries();
            let all = entries.iter();
            all.map(|(number, entry)| (*number, Arc::clone(&entry.shown)))
                .collect()
        };
        for some in all.chunks(AT_A_TIME) {
            for (number, shown) in some {
                self.judge(*number, judge(shown), now);
            }
            tokio::task::yield_now().await;
        }
    }

    fn judge(&self, number: Number, found: Result<Peer, Refused>, now: Instant) {
        let mut entries = self.entries();
        let Some(entry) = entries.get(&number) else {
            return;
        };
        let overstayed = now.saturating_duration_since(entry.since) >= self.limits.stranger_age;
        let why = match (entry.peer, found) {
            (_, Err(refused)) => Cut::Refused(refused),
            (Peer::Known(_), Ok(Peer::Stranger { .. })) => Cut::Unknown,
            (Peer::Known(_), Ok(Peer::Known(_))) => return,
            // One that has enrolled meanwhile dials again to open its link.
            (Peer::Stranger { .. }, Ok(Peer::Known(_) | Peer::Stranger { .. })) if overstayed => {
                Cut::Overstayed
            }
            (Peer::Stranger { .. }, Ok(Peer::Known(_) | Peer::Stranger { .. })) => return,
        };
        cut(&mut entries, number, why);
    }

    /// Ends all of them.
    pub(crate) fn cut_all(&self) {
        let mut entries = self.entries();
        let all: Vec<Number> = entries.keys().copied().collect();
        for number in all {
            cut(&mut entries, number, Cut::Stopping);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.live.entries().remove(&self.number);
    }
}

fn cut(entries: &mut Entries, number: Number, why: Cut) {
    let Some(entry) = entries.remove(&number) else {
        return;
    };
    let office = match entry.peer {
        Peer::Known(office) | Peer::Stranger { office, .. } => office,
    };
    tracing::info!(peer = %office, %why, "a connection is ended");
    // The connection may have ended by itself at this moment.
    let _gone_already = entry.cut.send(why);
}
