use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::Offset;
use terrace_model::{Date, Time};
use terrace_pki::Clock;

use crate::machine::Moment;

/// No earlier does this release run: 2026-11-24, moved with each release. A
/// constant, so that two builds of one source are the same bytes.
pub const RELEASED: Time = Time(1_795_478_400_000);

/// The civil time of every office: China has one, without summer time. A
/// machine set to another zone keeps the offices' days all the same.
const CIVIL: Offset = Offset::constant(8);

/// The civil day at an instant; the first or last of the calendar for one that
/// no calendar has.
#[must_use]
pub fn civil_day(at: Time) -> Date {
    let instant = Timestamp::from_millisecond(at.0);
    let beyond = if at.0 < 0 { Date::MIN } else { Date::MAX };
    instant.map_or(beyond, |instant| CIVIL.to_datetime(instant).date())
}

/// The clocks of this machine: all that a process of offices knows of time.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
    floor: AtomicI64,
}

impl SystemClock {
    /// Begins to count.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            floor: AtomicI64::new(RELEASED.0),
        }
    }

    /// A reading of all clocks. The first counts from [`SystemClock::start`].
    #[must_use]
    pub fn moment(&self) -> Moment {
        let since = self.start.elapsed().as_millis();
        let wall = wall();
        Moment {
            now: Time(i64::try_from(since).unwrap_or(i64::MAX)),
            wall,
            today: civil_day(wall),
        }
    }

    /// Takes note of a time that has been for certain: one that a sealed page
    /// of the parent states. Never lowers the floor.
    pub fn raise_floor(&self, stated: Time) {
        self.floor.fetch_max(stated.0, Ordering::Relaxed);
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Time {
        wall()
    }

    fn floor(&self) -> Time {
        Time(self.floor.load(Ordering::Relaxed))
    }
}

/// What the machine's clock says.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the clock is read: an argument from here on"
)]
fn wall() -> Time {
    let now = SystemTime::now();
    let millis = |gone: u128| i64::try_from(gone).unwrap_or(i64::MAX);
    Time(match now.duration_since(UNIX_EPOCH) {
        Ok(after) => millis(after.as_millis()),
        Err(before) => -millis(before.duration().as_millis()),
    })
}
