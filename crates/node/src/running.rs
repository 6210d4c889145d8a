//! An office that runs over its folder: its thread, the door into it, and the
//! jobs that look after it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use terrace_pki::{
    CertificateError, CertificateTime, Clock as _, CurrentIdentity, Keys, LinkAddress, OfficeName,
    SigningKey, TransportKey, issue,
};
use terrace_sheets::SheetLimits;
use terrace_store::{EmbeddedStore, Snapshots, Store as _, StoreError, StoreReader};
use thiserror::Error;

use crate::{
    Office,
    bringup::Home,
    door::{Door, Randomness, Setup},
    lifecycle::{SystemClock, free_bytes},
    machine::{BatchLimits, Constants, Sample, WINDOW_SLACK_BYTES},
    office::{End, Ended, Start},
};

/// How often an office looks at its disk, its certificate and its log.
const EVERY: Duration = Duration::from_secs(300);

/// Milliseconds of a day.
const DAY_MILLIS: i64 = 86_400_000;

/// Why an office does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No transport certificate could be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// Its machine or its thread did not begin.
    #[error(transparent)]
    Ended(#[from] Ended),
    /// Its disk does not answer.
    #[error("the disk of {} does not say how much room it has", folder.display())]
    Disk {
        /// The office's folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running office with its surroundings. What listens and dials is not part
/// of it: that is the carrier's.
pub struct Running {
    /// The handle for carriers.
    pub office: Office,
    /// The way in for people and programs.
    pub door: Door<StoreReader>,
    /// Tells when it ended.
    pub end: End,
    /// What it shows on its links; renewed by [`Jobs`].
    pub identity: Arc<CurrentIdentity>,
    /// Its name on links.
    pub name: OfficeName,
    /// Whom it dials.
    pub parent: Option<(OfficeName, LinkAddress)>,
    /// What looks after it.
    pub jobs: Jobs,
}

/// Work without input that an office does by itself: measures its disk, renews
/// its certificate long before it ends, and takes snapshots of its store.
pub struct Jobs {
    office: Office,
    folder: PathBuf,
    signing: Arc<SigningKey>,
    transport: TransportKey,
    name: OfficeName,
    identity: Arc<CurrentIdentity>,
    clock: Arc<SystemClock>,
    snapshots: Snapshots,
}

impl Running {
    /// Starts an office. Call this within a tokio runtime.
    ///
    /// # Errors
    /// The machine failed: nothing of the office runs.
    pub fn start(
        home: Home,
        clock: &Arc<SystemClock>,
        randomness: Randomness,
    ) -> Result<Self, StartError> {
        let name = home.name();
        let parent = home.parent();
        let parent = parent.map(|(name, address)| (name, address.clone()));
        let identity = CurrentIdentity::new(home.identity(CertificateTime::by(&**clock))?);
        let sample = measure(&home.folder, &identity, clock).map_err(|source| {
            let folder = home.folder.clone();
            StartError::Disk { folder, source }
        })?;
        let Home {
            folder,
            config,
            keys,
            own,
            epoch,
            store,
            office: _,
            tree: _,
        } = home;
        let Keys { signing, transport } = keys;
        let signing = Arc::new(signing);
        let (reader, snapshots) = (store.reader(), store.snapshots().clone());
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let setup = Setup {
            tree: own.tree,
            key: signing.fingerprint(),
            link: config.link.invited_to().cloned(),
            version: version.clone(),
            silent_after: config.health.silent_after,
            sheets: SheetLimits::default(),
            randomness: Arc::clone(&randomness),
        };
        let clocks = Arc::clone(clock);
        let (office, end) = Office::start(Start {
            constants: Constants {
                me: own.id,
                epoch,
                key: Arc::clone(&signing),
                book: Arc::new(terrace_desk::Book::new(terrace_catalog::shipped())),
                limits: config.limits.link(),
                batch: BatchLimits::default(),
                window_slack_bytes: WINDOW_SLACK_BYTES,
                version,
            },
            store,
            close: EmbeddedStore::close,
            clocks: Arc::new(move || clocks.moment()),
            entropy: Box::new(move |bytes| randomness(bytes)),
            sample,
        })?;
        let jobs = Jobs {
            office: office.clone(),
            folder: folder.clone(),
            signing,
            transport,
            name,
            identity: Arc::clone(&identity),
            clock: Arc::clone(clock),
            snapshots,
        };
        Ok(Self {
            door: Door::new(office.clone(), reader, setup),
            office,
            end,
            identity,
            name,
            parent,
            jobs,
        })
    }
}

impl Jobs {
    /// Runs until the office ends or this is dropped.
    pub async fn run(self) {
        let mut every = tokio::time::interval(EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // The first comes at once, and the office was measured as it started.
        every.tick().await;
        loop {
            every.tick().await;
            self.renew();
            self.snapshot().await;
            match measure(&self.folder, &self.identity, &self.clock) {
                Ok(sample) => {
                    if self.office.sample(sample).await.is_err() {
                        return;
                    }
                }
                Err(error) => tracing::warn!(%error, "the disk does not say how much room it has"),
            }
        }
    }

    async fn snapshot(&self) {
        let snapshots = self.snapshots.clone();
        let taken = tokio::task::spawn_blocking(move || snapshot_if_due(&snapshots)).await;
        match taken {
            Ok(Ok(true)) => tracing::info!("a snapshot of the store is taken"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "no snapshot of the store could be taken"),
            Err(error) => tracing::error!(%error, "taking a snapshot of the store broke off"),
        }
    }

    fn renew(&self) {
        let at = CertificateTime::by(&*self.clock);
        if !self.identity.get().needs_renewal(at) {
            return;
        }
        match issue(&self.signing, &self.transport, self.name, at) {
            Ok(identity) => {
                self.identity.set(identity);
                tracing::info!("the certificate is renewed");
            }
            Err(error) => tracing::error!(%error, "the certificate could not be renewed"),
        }
    }
}

/// Takes a snapshot where the log has grown enough since the last one. Says
/// whether it did.
fn snapshot_if_due(snapshots: &Snapshots) -> Result<bool, StoreError> {
    let due = snapshots.is_due()?;
    if due {
        snapshots.take()?;
    }
    Ok(due)
}

fn measure(
    folder: &std::path::Path,
    identity: &CurrentIdentity,
    clock: &SystemClock,
) -> std::io::Result<Sample> {
    let left = identity.get().expires().millis_since(clock.now());
    Ok(Sample {
        disk_free_bytes: free_bytes(folder)?,
        certificate_days: i32::try_from(left.div_euclid(DAY_MILLIS)).unwrap_or(i32::MAX),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a test's way to fail")]
mod tests;
