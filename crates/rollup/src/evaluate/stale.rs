//! Staleness (超过一年未核实), said in advance: nobody recomputes at midnight.

use alloc::vec::Vec;
use core::time::Duration;

use terrace_catalog::RecordType;
use terrace_model::{Date, Record};

use super::span::{Stretch, life};

const SECONDS_A_DAY: u64 = 86_400;

/// The days on which a record counts and is not confirmed within `good_for`
/// days: from the day after those have passed since a confirmation (or its
/// start, before the first) until the next confirmation.
pub(super) fn stretches(of: &RecordType, record: &Record, good_for: u16) -> Vec<Stretch> {
    let Some(life) = life(of, record) else {
        return Vec::new();
    };
    let confirmed = record.confirmations.iter().copied();
    let bases = core::iter::once(life.from()).chain(confirmed.clone());
    let nexts = confirmed.map(Some).chain(core::iter::once(None));
    let stale = |(base, next)| Stretch::new(first_stale(base, good_for)?, next)?.shared(life);
    bases.zip(nexts).filter_map(stale).collect()
}

/// None: beyond the calendar.
fn first_stale(base: Date, good_for: u16) -> Option<Date> {
    let days = u64::from(good_for) + 1;
    base.checked_add(Duration::from_secs(days * SECONDS_A_DAY))
        .ok()
}
