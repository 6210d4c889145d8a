use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use terrace_model::Time;

/// The office's clock, as certificates need it.
pub trait Clock: Send + Sync {
    /// What the machine's clock says.
    fn now(&self) -> Time;

    /// The earliest instant it can be: the later of this release's build time
    /// and the last time that a sealed page of the parent stated.
    fn floor(&self) -> Time;
}

/// The instant that certificates are made and judged at: never before the floor,
/// so that a clock set back does not revive an expired certificate. Whole
/// seconds, as certificates count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertificateTime(u64);

impl CertificateTime {
    /// The later of the two, and never before 1970.
    #[must_use]
    pub fn at(now: Time, floor: Time) -> Self {
        let millis = now.max(floor).0;
        Self(u64::try_from(millis).unwrap_or(0) / 1000)
    }

    /// The instant now, by this clock.
    #[must_use]
    pub fn by(clock: &dyn Clock) -> Self {
        Self::at(clock.now(), clock.floor())
    }

    /// From seconds since 1970, as a certificate states them.
    pub(crate) const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970.
    pub(crate) const fn seconds(self) -> u64 {
        self.0
    }

    pub(crate) fn unix(self) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(self.0))
    }

    /// From the time that the TLS library was given by [`TlsClock`], which holds
    /// the floor already.
    pub(crate) fn from_tls(now: UnixTime) -> Self {
        Self(now.as_secs())
    }
}

/// The office's clock in the TLS library's terms.
pub(crate) struct TlsClock(pub(crate) Arc<dyn Clock>);

impl TimeProvider for TlsClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(CertificateTime::by(self.0.as_ref()).unix())
    }
}

impl fmt::Debug for TlsClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsClock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_stops_at_the_floor() {
        let at = |now, floor| CertificateTime::at(Time(now), Time(floor)).seconds();
        assert_eq!(at(5_999, 2_000), 5);
        assert_eq!(at(1_000, 2_000), 2);
        assert_eq!(at(i64::MIN, -1), 0);
        assert_eq!(at(i64::MAX, 0), i64::MAX.unsigned_abs() / 1000);
    }
}
