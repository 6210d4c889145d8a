use alloc::{string::ToString, vec::Vec};

use terrace_model::{
    Audience, Change, Entry, EpochOpened, Fact, Hash, Invitation, Key, Lane, Office, OfficeId,
    PublicKey, Reads, Ruling, Say, Seen,
};

use crate::{Arrived, NoEffect, Place, Refusal};

const NAME_CHARS: usize = 60;

/// Offices directly below one.
pub(crate) const CHILDREN: usize = 10_000;

/// Offices that one office knows: no more than one answer about all of them holds.
pub(crate) const OFFICES: usize = 20_000;

pub(crate) fn needs_invite(office: &Office) -> Reads {
    let mut reads = needs_office(office);
    reads.key(Key::Invitation(office.code.clone()));
    reads
}

pub(crate) fn needs_enrol(office: OfficeId, place: &Place<'_>) -> Reads {
    let mut reads = needs_origin(office);
    if let Some(known) = place.tree.get(office) {
        reads.key(Key::Invitation(known.code.clone()));
    }
    reads
}

pub(crate) fn needs_office(office: &Office) -> Reads {
    needs_origin(office.id)
}

pub(crate) fn needs_origin(office: OfficeId) -> Reads {
    let mut reads = Reads::default();
    reads.key(Key::Office(office));
    reads
}

/// Enters a child in the register and lets it enrol once. A second invitation
/// for an office that has not joined voids the first.
pub(crate) fn invite(
    office: &Office,
    invitation: &Invitation,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let me = place.tree.get(place.me).ok_or(Refusal::NoSuchOffice)?;
    if office.level <= me.level {
        return Err(Refusal::Level {
            child: office.level,
            parent: me.level,
        });
    }
    let name = office.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS {
        return Err(Refusal::Name(NAME_CHARS));
    }
    if let Some(other) = place.tree.by_code(&office.code) {
        if other.id != office.id || other.parent != Some(place.me) {
            return Err(Refusal::CodeTaken(office.code.clone()));
        }
        if other.key.is_some() {
            return Err(Refusal::Joined(office.code.clone()));
        }
    }
    let known = seen.office(office.id);
    if known.is_some_and(|known| known.code != office.code) {
        return Err(Refusal::IdUsed);
    }
    if known.is_none() && !has_room(place.me, place) {
        return Err(Refusal::TooManyOffices {
            below: CHILDREN,
            all: OFFICES,
        });
    }
    let office = Office {
        name: name.to_string(),
        parent: Some(place.me),
        key: None,
        ..office.clone()
    };
    let mut ruling = Ruling::default();
    if known != Some(&office) {
        enter(&office, &mut ruling);
    }
    let key = Key::Invitation(office.code);
    let invitation = Invitation {
        office: office.id,
        ..invitation.clone()
    };
    ruling
        .changes
        .push(Change::keep(key, Fact::Invitation(invitation)));
    Ok(ruling)
}

/// Whether one more office may stand below another.
fn has_room(parent: OfficeId, place: &Place<'_>) -> bool {
    place.tree.count_below(parent) < CHILDREN && place.tree.count() < OFFICES
}

fn enter(office: &Office, ruling: &mut Ruling) {
    let fact = Fact::Office(office.clone());
    ruling
        .changes
        .push(Change::keep(Key::Office(office.id), fact));
    let entry = Entry::Office(office.clone());
    ruling
        .says
        .push(Say::plain(Audience::Ancestors, Lane::Every, entry));
}

/// A child comes with its token and its key. Coming again with the same key is
/// fine: the first answer may have been lost.
pub(crate) fn enrol(
    office: OfficeId,
    token: Hash,
    key: PublicKey,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let known = seen.office(office).ok_or(Refusal::Invitation)?;
    if known.parent == Some(place.me) && known.key == Some(key) {
        return Ok(Ruling::default());
    }
    let invitation = seen.invitation(&known.code).ok_or(Refusal::Invitation)?;
    let good = invitation.office == office
        && invitation.token == token
        && place.now <= invitation.until
        && known.key.is_none();
    if !good {
        return Err(Refusal::Invitation);
    }
    let mut ruling = Ruling::default();
    enter(
        &Office {
            key: Some(key),
            ..known.clone()
        },
        &mut ruling,
    );
    ruling
        .changes
        .push(Change::drop(Key::Invitation(known.code.clone())));
    Ok(ruling)
}

/// Opens an epoch of this office.
pub(crate) fn open_epoch(opened: EpochOpened) -> Ruling {
    let entry = Entry::EpochOpened(opened);
    let says = Vec::from([Say::plain(Audience::Ancestors, Lane::Every, entry)]);
    Ruling {
        changes: Vec::new(),
        says,
    }
}

/// A parent's entry about its child. The first key seen is pinned, and a code
/// that another office has stays with that office; only an invitation that
/// nobody used gives way to who joined below, by that of another office.
pub(crate) fn receive(
    office: &Office,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    if office.parent != Some(arrived.origin()) || office.id == arrived.origin() {
        return Err(NoEffect::NotTheirs);
    }
    if seen.office(office.id).is_none() && !has_room(arrived.origin(), place) {
        return Err(NoEffect::TooMany);
    }
    if let Some(known) = seen.office(office.id) {
        if known.parent != office.parent {
            return Err(NoEffect::NotTheirs);
        }
        if known.key.is_some() && known.key != office.key {
            return Err(NoEffect::SecondKey);
        }
    }
    let parent = place.tree.get(arrived.origin());
    if parent.is_some_and(|parent| office.level <= parent.level) {
        return Err(NoEffect::Contradicts);
    }
    let mut changes = match place.tree.by_code(&office.code) {
        Some(other) if other.id != office.id => gives_way(other, office, place)?,
        Some(_) | None => Vec::new(),
    };
    let fact = Fact::Office(office.clone());
    changes.push(Change::keep(Key::Office(office.id), fact));
    Ok(Ruling {
        changes,
        says: Vec::new(),
    })
}

/// An office that was invited from further up, and never joined, leaves the tree
/// for the one that has joined under its code.
fn gives_way(other: &Office, joined: &Office, place: &Place<'_>) -> Result<Vec<Change>, NoEffect> {
    let stands_above = joined.parent.is_some_and(|parent| {
        let inviter = other.parent;
        inviter.is_some_and(|inviter| place.tree.is_within(parent, inviter))
    });
    match (other.key, joined.key) {
        (Some(_), Some(_)) => return Err(NoEffect::SecondKey),
        (None, Some(_)) if stands_above => {}
        (Some(_) | None, _) => return Err(NoEffect::Contradicts),
    }
    let mut changes = Vec::from([Change::drop(Key::Office(other.id))]);
    if other.parent == Some(place.me) {
        changes.push(Change::drop(Key::Invitation(other.code.clone())));
    }
    Ok(changes)
}

/// Another office opened an epoch: under the key that the tree names for it.
pub(crate) fn receive_epoch(
    opened: &EpochOpened,
    arrived: &Arrived<'_>,
    seen: &Seen,
) -> Result<Ruling, NoEffect> {
    let known = seen.office(arrived.origin()).ok_or(NoEffect::Unknown)?;
    if known.key != Some(opened.key) {
        return Err(NoEffect::SecondKey);
    }
    if opened.epoch != arrived.header.position.stream.epoch {
        return Err(NoEffect::Contradicts);
    }
    Ok(Ruling::default())
}
