use alloc::vec::Vec;

use terrace_model::{
    Audience, Change, Entry, Fact, Health, Key, Lane, OfficeId, Reads, Ruling, Say, Seen,
};

use crate::{Arrived, Place};

/// How long an unchanged health stands before it is said again.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Disk space below which an office is short of it, and badly short.
const DISK_CLASSES: [u64; 2] = [256 << 20, 2 << 30];

/// Days of a certificate below which an operator should know.
const CERTIFICATE_CLASSES: [i32; 3] = [1, 7, 30];

/// Clock difference from which certificates and dates are in doubt.
const SKEW_MILLIS: u64 = 5 * 60 * 1000;

pub(crate) fn needs(place: &Place<'_>) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Health(place.me));
    reads
}

/// The part of a health that is worth a page when it changes. Readings that move
/// all the time count only by their class.
#[derive(PartialEq, Eq)]
struct Class<'a> {
    version: &'a str,
    catalog: &'a str,
    disk: usize,
    certificate: usize,
    skewed: bool,
    refused: u64,
    links: Vec<(OfficeId, bool, bool)>,
}

fn class(health: &Health) -> Class<'_> {
    let days = health.certificate_days;
    Class {
        version: &health.version,
        catalog: &health.catalog,
        disk: DISK_CLASSES
            .iter()
            .filter(|limit| health.disk_free_bytes >= **limit)
            .count(),
        certificate: CERTIFICATE_CLASSES
            .iter()
            .filter(|limit| days >= **limit)
            .count(),
        skewed: health.clock_skew_ms.unsigned_abs() >= SKEW_MILLIS,
        refused: health.refused,
        links: health
            .links
            .iter()
            .map(|(office, link)| (*office, link.up, link.behind.is_some()))
            .collect(),
    }
}

/// Says the office's health when a value changes class, and daily. A clock that
/// was set counts as a day gone where it moved by one, forward or back.
pub(crate) fn say(sample: &Health, seen: &Seen, place: &Place<'_>) -> Ruling {
    let (epoch, _) = place.latest;
    let last = seen.health(place.me).filter(|said| said.epoch == epoch);
    let stands = last.map(|said| &said.value).is_some_and(|last| {
        let moved = sample.at.0.saturating_sub(last.at.0).saturating_abs();
        class(last) == class(sample) && moved < DAY_MILLIS
    });
    if stands {
        return Ruling::default();
    }
    let fact = Fact::Health(place.said(sample.clone()));
    let entry = Entry::Health(sample.clone());
    Ruling {
        changes: Vec::from([Change::keep(Key::Health(place.me), fact)]),
        says: Vec::from([Say::plain(Audience::Ancestors, Lane::Latest, entry)]),
    }
}

/// Another office's health.
pub(crate) fn receive(health: &Health, arrived: &Arrived<'_>) -> Ruling {
    let fact = Fact::Health(arrived.said(health.clone()));
    let changes = Vec::from([Change::keep(Key::Health(arrived.origin()), fact)]);
    Ruling {
        changes,
        says: Vec::new(),
    }
}
