//! What is wrong with an office and what to do, for people.

use terrace_model::{Code, Finding, FindingKind, Health, Office, Tree};

/// Disk space below which an office is badly short of it.
const DISK_SHORT_BYTES: u64 = 256 << 20;

/// Days of a certificate from which on an operator should look: it is renewed
/// long before.
const CERTIFICATE_SHORT_DAYS: i32 = 7;

/// Clock difference from which certificates and dates are in doubt.
const SKEW_MILLIS: u64 = 5 * 60 * 1_000;

const MINUTE_MILLIS: u64 = 60 * 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) why: String,
    pub(super) todo: Option<String>,
}

fn reason(why: impl Into<String>, todo: impl Into<String>) -> Reason {
    Reason {
        why: why.into(),
        todo: Some(todo.into()),
    }
}

/// Nothing needs to be done yet.
fn passing(why: impl Into<String>) -> Reason {
    Reason {
        why: why.into(),
        todo: None,
    }
}

fn parent_code<'a>(office: &Office, tree: &'a Tree) -> &'a str {
    let parent = office.parent.and_then(|parent| tree.get(parent));
    parent.map_or("its parent", |parent| parent.code.as_str())
}

pub(super) fn silent(office: &Office, tree: &Tree, was_linked: bool) -> Reason {
    let above = parent_code(office, tree);
    if was_linked {
        reason(
            format!("its link to {above} is down"),
            format!(
                "see that the machine of {} is on and connected and that `terrace serve` runs \
                 there; its log says why it does not connect",
                office.code
            ),
        )
    } else {
        reason(
            format!("it has joined and has not connected to {above} yet"),
            format!("start `terrace serve` at {}", office.code),
        )
    }
}

pub(super) fn lost(office: &Office, tree: &Tree) -> Reason {
    passing(format!("its link to {} is down", parent_code(office, tree)))
}

pub(super) fn cut_off(parent: &Code) -> Reason {
    reason(
        format!("the link to {parent} is down"),
        "work goes on and is sent later; the log of `terrace serve` says what fails",
    )
}

pub(super) fn stopped_above(stopped: &Code) -> Reason {
    reason(
        format!("{stopped} above it has stopped"),
        format!("look at {stopped} first"),
    )
}

pub(super) fn lost_above(lost: &Code) -> Reason {
    passing(format!("the link of {lost} above it is down"))
}

pub(super) fn behind(entries: u64) -> Reason {
    let entries = if entries == 1 {
        "1 entry is".to_owned()
    } else {
        format!("{entries} entries are")
    };
    reason(
        format!("{entries} not acknowledged"),
        "it catches up by itself; if it does not, look at the log of `terrace serve` there",
    )
}

pub(super) fn never_joined(office: &Office, tree: &Tree, is_ours: bool, is_open: bool) -> Reason {
    let code = &office.code;
    if !is_ours {
        let above = parent_code(office, tree);
        return reason(
            "it has not joined yet",
            format!("{above} hands it an invitation"),
        );
    }
    let level = office.level;
    if is_open {
        let todo = format!("run `terrace join` at {code} with the invitation");
        return reason("it is invited and has not joined yet", todo);
    }
    reason(
        "it has not joined, and its invitation has ended",
        format!("make a new one: `terrace invite {code} --name NAME --level {level}`"),
    )
}

pub(super) fn diverged(finding: &Finding) -> Reason {
    if finding.kind == FindingKind::OlderCopy {
        return reason(
            "it runs from an older copy of its own journals: another copy has said more",
            "stop it, find the newer copy of its folder and run that one",
        );
    }
    reason(
        "two different pages stand at one place of its journals: it runs twice, or was copied",
        "see whether two machines run as this office, and stop one of them",
    )
}

/// What an office says of itself that an operator should look at.
pub(super) fn of_health(health: Option<&Health>) -> Vec<Reason> {
    let Some(health) = health else {
        return Vec::new();
    };
    let mut reasons = Vec::new();
    if health.disk_free_bytes < DISK_SHORT_BYTES {
        let free = health.disk_free_bytes >> 20;
        reasons.push(reason(
            format!("its disk has {free} MiB free"),
            "make room on the disk that holds its folder",
        ));
    }
    let days = health.certificate_days;
    if days < CERTIFICATE_SHORT_DAYS {
        let ends = if days < 0 {
            "its certificate has ended".to_owned()
        } else {
            format!("its certificate ends in {days} days")
        };
        reasons.push(reason(
            ends,
            "it renews its certificate itself: the log of `terrace serve` there says why not",
        ));
    }
    let skew = health.clock_skew_ms.unsigned_abs();
    if skew >= SKEW_MILLIS {
        let minutes = skew / MINUTE_MILLIS;
        reasons.push(reason(
            format!("its clock is {minutes} minutes from that of the office above"),
            "set the clock of its machine",
        ));
    }
    reasons
}

/// What was found wrong with what the office sent here.
pub(super) fn of_findings(findings: Option<&Vec<Finding>>) -> Vec<Reason> {
    let count = |kinds: &[FindingKind]| -> u64 {
        let found = findings.into_iter().flatten();
        let of_kinds = found.filter(|finding| kinds.contains(&finding.kind));
        of_kinds.map(|finding| finding.count).sum()
    };
    let mut reasons = Vec::new();
    if count(&[FindingKind::SecondKey]) > 0 {
        reasons.push(reason(
            "it, or somebody in its name, showed a second key",
            "the first key holds; find out who runs as this office",
        ));
    }
    let without_effect = count(&[FindingKind::NoEffect, FindingKind::NoAuthority]);
    if without_effect > 0 {
        let entries = if without_effect == 1 {
            "entry"
        } else {
            "entries"
        };
        reasons.push(reason(
            format!("{without_effect} {entries} of it had no effect here"),
            "compare what both offices show, and enter again what is missing",
        ));
    }
    if count(&[FindingKind::UnknownKind]) > 0 {
        reasons.push(reason(
            "it says things that this version does not know",
            "update terrace here",
        ));
    }
    reasons
}
