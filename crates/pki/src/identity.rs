use core::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use terrace_model::Time;

use crate::certificate::{DAY_SECONDS, RENEWAL_DAYS};
use crate::{CertificateTime, OfficeName};

/// What an office shows on a link: its chain (leaf, then root) and the key that
/// speaks for the leaf.
#[derive(Clone)]
pub struct Identity {
    name: OfficeName,
    certified: Arc<CertifiedKey>,
    from: CertificateTime,
    until: CertificateTime,
}

impl Identity {
    pub(crate) fn new(
        name: OfficeName,
        certified: CertifiedKey,
        from: CertificateTime,
        until: CertificateTime,
    ) -> Self {
        Self {
            name,
            certified: Arc::new(certified),
            from,
            until,
        }
    }

    /// The office.
    #[must_use]
    pub const fn name(&self) -> OfficeName {
        self.name
    }

    /// The leaf, then the root.
    #[must_use]
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.certified.cert
    }

    /// The last instant at which the certificate is valid.
    #[must_use]
    pub fn expires(&self) -> Time {
        let seconds = i64::try_from(self.until.seconds()).unwrap_or(i64::MAX);
        Time(seconds.saturating_mul(1000))
    }

    /// Whole days until it expires, 0 once it has.
    #[must_use]
    pub const fn days_left(&self, at: CertificateTime) -> u64 {
        self.until.seconds().saturating_sub(at.seconds()) / DAY_SECONDS
    }

    /// Whether it is time to issue the next certificate: [`RENEWAL_DAYS`] or
    /// less are left, or the clock was set back to before this one begins.
    #[must_use]
    pub fn needs_renewal(&self, at: CertificateTime) -> bool {
        let left = self.until.seconds().saturating_sub(at.seconds());
        at < self.from || left <= RENEWAL_DAYS * DAY_SECONDS
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.name)
    }
}

/// The identity that the next handshake uses. Connections already open keep the
/// one they began with, so that a renewal costs no reconnection and no restart.
pub struct CurrentIdentity(RwLock<Identity>);

impl CurrentIdentity {
    /// Begins with this identity.
    #[must_use]
    pub fn new(identity: Identity) -> Arc<Self> {
        Arc::new(Self(RwLock::new(identity)))
    }

    /// The identity that the next handshake uses.
    #[must_use]
    pub fn get(&self) -> Identity {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replaces it.
    pub fn set(&self, identity: Identity) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = identity;
    }

    /// The certified key, if the other end can check its signature.
    fn certified(&self, offered: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        offered
            .contains(&SignatureScheme::ED25519)
            .then(|| self.get().certified)
    }
}

impl fmt::Debug for CurrentIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CurrentIdentity({})", self.get().name)
    }
}

impl ResolvesServerCert for CurrentIdentity {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.certified(hello.signature_schemes())
    }
}

impl ResolvesClientCert for CurrentIdentity {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        schemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.certified(schemes)
    }

    fn has_certs(&self) -> bool {
        true
    }
}
