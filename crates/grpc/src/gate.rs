//! How often, and how many at a time, one address may begin a handshake. It is
//! asked before anything is read from a connection.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::time::{Duration, Instant};

use crate::limits::ListenerLimits;

/// Why a connection is dropped unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TurnedAway {
    /// Its address connects more often than a child does.
    #[error("connections from this address come too fast")]
    TooFast,
    /// Its address has many handshakes under way.
    #[error("too many handshakes from this address are under way")]
    TooMany,
}

/// What counts as one address: an IPv4 address, or the 64 bits of IPv6 that
/// one customer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place(IpAddr);

impl Place {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Self(Ipv6Addr::from_bits(network).into())
            }
        }
    }
}

#[derive(Debug)]
struct Count {
    /// When the address has all its connections to give again; each one it
    /// opens moves this on by the spacing.
    rested: Instant,
    /// Handshakes under way.
    under_way: u32,
}

/// The gate of one listener.
#[derive(Debug)]
pub(crate) struct Gate {
    limits: ListenerLimits,
    counts: Mutex<HashMap<Place, Count>>,
}

/// One handshake under way.
#[derive(Debug)]
pub(crate) struct Passed {
    gate: Arc<Gate>,
    place: Place,
}

impl Gate {
    pub(crate) fn new(limits: ListenerLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            counts: Mutex::default(),
        })
    }

    /// Lets a connection begin its handshake, or says why not.
    pub(crate) fn pass(self: &Arc<Self>, from: IpAddr, now: Instant) -> Result<Passed, TurnedAway> {
        let place = Place::of(from);
        let mut counts = self.counts();
        if !counts.contains_key(&place) {
            make_room(&mut counts, self.limits.addresses, now);
        }
        let count = counts.entry(place).or_insert(Count {
            rested: now,
            under_way: 0,
        });
        if count.under_way >= self.limits.handshakes_per_address {
            return Err(TurnedAway::TooMany);
        }
        let rested = count.rested.max(now) + self.limits.spacing;
        if rested > now + self.burst() {
            return Err(TurnedAway::TooFast);
        }
        count.rested = rested;
        count.under_way += 1;
        drop(counts);
        Ok(Passed {
            gate: Arc::clone(self),
            place,
        })
    }

    /// How long an address that opened all its connections at once has to rest.
    fn burst(&self) -> Duration {
        self.limits.spacing.saturating_mul(self.limits.burst)
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Place, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Passed {
    fn drop(&mut self) {
        if let Some(count) = self.gate.counts().get_mut(&self.place) {
            count.under_way = count.under_way.saturating_sub(1);
        }
    }
}

/// Forgets addresses that are at rest, and if that is not enough the one that
/// will be soonest. One with a handshake under way is never forgotten: there
/// are fewer of these than addresses are remembered.
fn make_room(counts: &mut HashMap<Place, Count>, most: usize, now: Instant) {
    if counts.len() < most {
        return;
    }
    counts.retain(|_, count| count.under_way > 0 || count.rested > now);
    if counts.len() < most {
        return;
    }
    let idle = counts.iter().filter(|(_, count)| count.under_way == 0);
    let soonest = idle.min_by_key(|(_, count)| count.rested);
    if let Some(place) = soonest.map(|(place, _)| *place) {
        counts.remove(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> ListenerLimits {
        ListenerLimits {
            burst: 3,
            spacing: Duration::from_millis(100),
            handshakes_per_address: 2,
            addresses: 4,
            ..ListenerLimits::default()
        }
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_may_open_its_burst_at_once_and_then_one_each_spacing() {
        let (gate, now) = (Gate::new(limits()), Instant::now());
        let pass = |from: &str, millis| {
            let at = now + Duration::from_millis(millis);
            gate.pass(address(from), at).map(drop)
        };
        for _ in 0..3 {
            assert_eq!(pass("10.0.0.1", 0), Ok(()));
        }
        assert_eq!(pass("10.0.0.1", 0), Err(TurnedAway::TooFast));
        assert_eq!(pass("10.0.0.2", 0), Ok(()));
        assert_eq!(pass("10.0.0.1", 99), Err(TurnedAway::TooFast));
        assert_eq!(pass("10.0.0.1", 100), Ok(()));
        assert_eq!(pass("10.0.0.1", 100), Err(TurnedAway::TooFast));
        for _ in 0..3 {
            assert_eq!(pass("10.0.0.1", 1000), Ok(()));
        }
        assert_eq!(pass("10.0.0.1", 1000), Err(TurnedAway::TooFast));
    }

    #[test]
    fn handshakes_under_way_from_one_address_are_counted_until_they_end() {
        let (gate, now) = (Gate::new(limits()), Instant::now());
        let first = gate.pass(address("10.0.0.1"), now).unwrap();
        let _second = gate.pass(address("10.0.0.1"), now).unwrap();
        let third = gate.pass(address("10.0.0.1"), now);
        assert_eq!(third.err(), Some(TurnedAway::TooMany));
        assert!(gate.pass(address("10.0.0.2"), now).is_ok());
        drop(first);
        assert!(gate.pass(address("10.0.0.1"), now).is_ok());
    }

    #[test]
    fn one_customer_of_ipv6_is_one_address_and_a_mapped_one_is_ipv4() {
        let place = |text| Place::of(address(text));
        assert_eq!(place("2001:db8:0:1::1"), place("2001:db8:0:1:ffff::2"));
        assert_ne!(place("2001:db8:0:1::1"), place("2001:db8:0:2::1"));
        assert_eq!(place("::ffff:10.0.0.1"), place("10.0.0.1"));
        assert_ne!(place("10.0.0.1"), place("10.0.0.2"));
    }

    #[test]
    fn no_more_addresses_are_remembered_than_the_limit() {
        let (gate, now) = (Gate::new(limits()), Instant::now());
        let _shaking = gate.pass(address("10.0.0.1"), now).unwrap();
        for last in 2..=4 {
            gate.pass(address(&format!("10.0.0.{last}")), now).unwrap();
        }
        let _again = gate.pass(address("10.0.0.2"), now).unwrap();
        gate.pass(address("10.0.0.5"), now).unwrap();
        let counts = gate.counts();
        assert_eq!(counts.len(), 4);
        for kept in ["10.0.0.1", "10.0.0.2", "10.0.0.5"] {
            assert!(counts.contains_key(&Place::of(address(kept))), "{kept}");
        }
    }
}
