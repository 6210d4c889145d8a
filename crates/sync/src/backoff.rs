//! How long to wait before the next attempt to connect.

/// The shortest wait, in milliseconds: an attempt never follows at once.
const LEAST_MILLIS: u32 = 10;
/// The longest wait after the first attempt, in milliseconds.
const FIRST_MILLIS: u32 = 50;
/// The longest wait of all, in milliseconds.
const MOST_MILLIS: u32 = 60_000;

/// Waits between attempts to connect: a random part of a ceiling that doubles
/// with each attempt, so that children who lost their parent at one moment do
/// not all come back at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    ceiling_millis: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            ceiling_millis: FIRST_MILLIS,
        }
    }
}

impl Backoff {
    /// Milliseconds to wait before the next attempt: 10 at least, 60,000 at
    /// most. `random` is any number, each as likely as another.
    pub fn next_millis(&mut self, random: u64) -> u32 {
        let ceiling = self.ceiling_millis;
        self.ceiling_millis = ceiling.saturating_mul(2).min(MOST_MILLIS);
        let span = u128::from(ceiling - LEAST_MILLIS) + 1;
        let part = (u128::from(random) * span) >> 64;
        LEAST_MILLIS.saturating_add(u32::try_from(part).unwrap_or(ceiling))
    }

    /// Begins anew: for a link that has shown itself sound, not for one that
    /// merely connected.
    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ceiling_doubles_from_fifty_milliseconds_to_a_minute() {
        let mut backoff = Backoff::default();
        let longest: [u32; 13] = core::array::from_fn(|_| backoff.next_millis(u64::MAX));
        let doubled = [
            50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000,
        ];
        assert_eq!(longest, doubled);
        assert_eq!(backoff.next_millis(0), 10);
        backoff.reset();
        assert_eq!(backoff.next_millis(u64::MAX), 50);
    }

    #[test]
    fn a_wait_is_spread_over_the_whole_span() {
        let waited = |random| Backoff::default().next_millis(random);
        let quarter = u64::MAX / 4;
        assert_eq!(
            [0, quarter, 2 * quarter, 3 * quarter].map(waited),
            [10, 20, 30, 40]
        );
    }

    proptest! {
        #[test]
        fn a_wait_is_never_shorter_than_ten_milliseconds_nor_longer_than_a_minute(
            randoms in proptest::collection::vec(any::<u64>(), 1..40),
        ) {
            let mut backoff = Backoff::default();
            for random in randoms {
                prop_assert!((10..=60_000).contains(&backoff.next_millis(random)));
            }
        }
    }
}
