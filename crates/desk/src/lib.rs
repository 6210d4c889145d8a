//! The pure rules of each kind of business.
//!
//! A door asks with a [`Request`]: [`needs`] says what must be seen, [`decide`]
//! answers with a ruling or a [`Refusal`], and what was refused is in no
//! journal. Another office's sealed entry comes as an [`Arrived`]: it stays
//! whatever it says, so [`receive`] answers with a ruling or with the reason why
//! it has [`NoEffect`].
//!
//! A desk never rules again on what it says itself: a ruling's changes already
//! hold the effects of its says.
#![no_std]

extern crate alloc;

mod assignment;
mod consents;
mod fault;
mod figures;
mod health;
mod journal;
mod notices;
mod offices;
mod place;
mod reached;
mod records;
mod refusal;
mod request;
mod subject;
pub mod submissions;

#[cfg(test)]
mod tests;

use terrace_model::{Entry, Reads, Ruling, Seen};

pub use fault::{Fault, FaultReason};
pub use place::{Arrived, Book, Enclosed, Place};
pub use refusal::{Class, NoEffect, Refusal};
pub use request::{Mark, Request};

/// What a ruling on a request wants to see, given what it has seen. Asked again
/// until it wants nothing new.
#[must_use]
pub fn needs(request: &Request, seen: &Seen, place: &Place<'_>) -> Reads {
    match request {
        Request::Put {
            key, given, put, ..
        } => records::needs_put(key, given, *put, seen, place),
        Request::Delete { key, .. } => records::needs_delete(key, seen, place),
        Request::Consent { consent, .. } => consents::needs(consent),
        Request::Submit { id, kind, given } => {
            submissions::needs_submit(*id, kind, given, seen, place)
        }
        Request::Act { id, .. } => submissions::needs_act(*id, place),
        Request::Publish { id, .. } => notices::needs_publish(*id, place),
        Request::Mark { notice, .. } => notices::needs_mark(*notice, place),
        Request::Invite { office, .. } => offices::needs_invite(office),
        Request::Enrol { office, .. } => offices::needs_enrol(*office, place),
        Request::OpenEpoch(_) => Reads::default(),
        Request::NewDay => figures::needs_through(place),
        Request::Health(_) => health::needs(place),
    }
}

/// Rules on a request, once everything that [`needs`] asks for has been seen.
///
/// # Errors
/// Why the office says no, in words for the person who asks.
pub fn decide(request: &Request, seen: &Seen, place: &Place<'_>) -> Result<Ruling, Refusal> {
    match request {
        Request::Put {
            key,
            given,
            put,
            actor,
        } => records::put(key, given, *put, actor, seen, place),
        Request::Delete { key, actor } => records::delete(key, actor, seen, place),
        Request::Consent { consent, .. } => consents::consent(consent, seen, place),
        Request::Submit { id, kind, given } => submissions::submit(*id, kind, given, seen, place),
        Request::Act {
            id,
            action,
            reason,
            note,
        } => submissions::act(
            *id,
            *action,
            reason.as_deref(),
            note.as_deref(),
            seen,
            place,
        ),
        Request::Publish {
            id,
            title,
            body,
            to,
            acknowledge_by,
        } => {
            let text = notices::Text {
                title,
                body,
                acknowledge_by: *acknowledge_by,
            };
            notices::publish(*id, &text, to, seen, place)
        }
        Request::Mark { notice, mark } => notices::mark(*notice, *mark, seen, place),
        Request::Invite { office, invitation } => offices::invite(office, invitation, seen, place),
        Request::Enrol { office, token, key } => offices::enrol(*office, *token, *key, seen, place),
        Request::OpenEpoch(opened) => Ok(offices::open_epoch(*opened)),
        Request::NewDay => Ok(figures::new_day(seen, place)),
        Request::Health(sample) => Ok(health::say(sample, seen, place)),
    }
}

/// What a ruling on another office's entry wants to see.
#[must_use]
pub fn needs_of_arrived(arrived: &Arrived<'_>, place: &Place<'_>) -> Reads {
    match arrived.entry {
        Entry::Submit { step, .. } | Entry::Forward { step, .. } => {
            submissions::needs_submission(step.submission)
        }
        Entry::Step(step) => submissions::needs_act(step.submission, place),
        Entry::Notice(notice) => notices::needs_mark(notice.key(), place),
        Entry::Office(office) => offices::needs_office(office),
        Entry::EpochOpened(_) => offices::needs_origin(arrived.origin()),
        Entry::Record(_)
        | Entry::Consent(_)
        | Entry::Figure { .. }
        | Entry::Through(_)
        | Entry::Receipt { .. }
        | Entry::Health(_) => Reads::default(),
    }
}

/// Rules on an entry of another office.
///
/// # Errors
/// Why it has no effect. The entry is kept all the same.
pub fn receive(arrived: &Arrived<'_>, seen: &Seen, place: &Place<'_>) -> Result<Ruling, NoEffect> {
    if !journal::carries(&arrived.header.position.stream.journal, arrived.entry) {
        return Err(NoEffect::NotForUs);
    }
    match arrived.entry {
        Entry::Office(office) => offices::receive(office, arrived, seen, place),
        Entry::EpochOpened(opened) => offices::receive_epoch(opened, arrived, seen),
        Entry::Figure { key, cell } => figures::receive(key, *cell, arrived),
        Entry::Through(through) => Ok(figures::receive_through(*through, arrived)),
        Entry::Receipt { notice, receipt } => {
            Ok(notices::receive_receipt(*notice, *receipt, arrived))
        }
        Entry::Health(health) => Ok(health::receive(health, arrived)),
        Entry::Submit { proposal, step } => {
            submissions::receive_submit(proposal, step, arrived, seen, place)
        }
        Entry::Forward { step, .. } => submissions::receive_forward(step, arrived, seen, place),
        Entry::Step(step) => submissions::receive_step(step, arrived, seen, place),
        Entry::Notice(notice) => notices::receive(notice, arrived, seen, place),
        Entry::Record(_) | Entry::Consent(_) => Err(NoEffect::NotForUs),
    }
}
