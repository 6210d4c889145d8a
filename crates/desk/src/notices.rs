use alloc::{string::ToString, vec::Vec};

use terrace_model::{
    Audience, Change, Date, Entry, Fact, HeldNotice, Key, Lane, Notice, NoticeId, NoticeKey,
    Office, OfficeId, Reads, Receipt, Ruling, Say, Seen, Tree,
};

use crate::{Arrived, Mark, NoEffect, Place, Refusal};

const TITLE_CHARS: usize = 200;
const BODY_BYTES: usize = 64 << 10;
const AUDIENCES: usize = 4_096;

/// Bytes of text that one notice may put into a commit: each audience has a
/// journal of its own, and the text stands in each.
const TOTAL_BYTES: usize = 32 << 20;

/// The text of a notice to be.
pub(crate) struct Text<'a> {
    pub(crate) title: &'a str,
    pub(crate) body: &'a str,
    pub(crate) acknowledge_by: Option<Date>,
}

pub(crate) fn needs_publish(id: NoticeId, place: &Place<'_>) -> Reads {
    let issuer = place.me;
    let mut reads = Reads::default();
    reads.key(Key::Notice(NoticeKey { id, issuer }));
    reads
}

pub(crate) fn needs_mark(notice: NoticeKey, place: &Place<'_>) -> Reads {
    let office = place.me;
    let mut reads = Reads::default();
    reads.key(Key::Notice(notice));
    reads.key(Key::Receipt { notice, office });
    reads
}

/// Whether an audience addresses an office: the offices between only pass the
/// pages on.
#[must_use]
fn addresses(audience: Audience, office: OfficeId, tree: &Tree) -> bool {
    match audience {
        Audience::Office(target) => target == office,
        Audience::Subtree { root, level } => {
            let level_fits = |of: &Office| level.is_none_or(|level| level == of.level);
            tree.is_within(office, root) && tree.get(office).is_some_and(level_fits)
        }
        Audience::Home | Audience::Parent | Audience::Ancestors => false,
    }
}

/// Whether an audience lies below this office, and an office in it.
fn is_below(audience: Audience, place: &Place<'_>) -> bool {
    let top = match audience {
        Audience::Office(office) => office,
        Audience::Subtree { root, .. } => root,
        Audience::Home | Audience::Parent | Audience::Ancestors => return false,
    };
    let addressed =
        |office: &&Office| office.id != place.me && addresses(audience, office.id, place.tree);
    place.tree.is_within(top, place.me) && place.tree.subtree(top).iter().any(addressed)
}

/// Publishes a notice to offices below.
pub(crate) fn publish(
    id: NoticeId,
    text: &Text<'_>,
    to: &[Audience],
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let title = text.title.trim();
    if title.is_empty() || title.chars().count() > TITLE_CHARS {
        return Err(Refusal::Title(TITLE_CHARS));
    }
    if to.len() > AUDIENCES {
        return Err(Refusal::NotBelow);
    }
    let mut audiences = to.to_vec();
    audiences.sort_unstable();
    audiences.dedup();
    if audiences.is_empty() || !audiences.iter().all(|to| is_below(*to, place)) {
        return Err(Refusal::NotBelow);
    }
    let most = BODY_BYTES.min(TOTAL_BYTES / audiences.len());
    if text.body.len() > most {
        return Err(Refusal::Body(most));
    }
    if text.body.trim().is_empty() {
        return Err(Refusal::NoBody);
    }
    let notice = Notice {
        id,
        issuer: place.me,
        title: title.to_string(),
        body: text.body.to_string(),
        acknowledge_by: text.acknowledge_by,
        issued: place.now,
    };
    let key = notice.key();
    if let Some(held) = seen.notice(key) {
        let same = Notice {
            issued: held.notice.issued,
            ..notice
        } == held.notice;
        return if same && held.audiences == audiences {
            Ok(Ruling::default())
        } else {
            Err(Refusal::IdUsed)
        };
    }
    if let Some(by) = text.acknowledge_by.filter(|by| *by < place.today) {
        let today = place.today;
        return Err(Refusal::Overdue { by, today });
    }
    let say =
        |audience: &Audience| Say::plain(*audience, Lane::Every, Entry::Notice(notice.clone()));
    let says = audiences.iter().map(say).collect();
    let fact = Fact::Notice(HeldNotice {
        notice: notice.clone(),
        audiences,
    });
    Ok(Ruling {
        changes: Vec::from([Change::keep(Key::Notice(key), fact)]),
        says,
    })
}

/// A person here opened or confirmed a notice. The first time counts; who
/// confirms has read.
pub(crate) fn mark(
    notice: NoticeKey,
    mark: Mark,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, Refusal> {
    let held = seen.notice(notice).ok_or(Refusal::NoSuchNotice)?;
    if held.notice.issuer == place.me {
        return Err(Refusal::NotAddressed);
    }
    let before = seen
        .receipt(notice, place.me)
        .map(|said| said.value)
        .unwrap_or_default();
    let mut receipt = before;
    receipt.read = receipt.read.or(Some(place.now));
    match mark {
        Mark::Read => {}
        Mark::Acknowledged => {
            receipt.acknowledged = receipt.acknowledged.or(Some(place.now));
        }
    }
    if receipt == before {
        return Ok(Ruling::default());
    }
    let mut ruling = Ruling::default();
    say_receipt(notice, receipt, place, &mut ruling);
    Ok(ruling)
}

fn say_receipt(notice: NoticeKey, receipt: Receipt, place: &Place<'_>, ruling: &mut Ruling) {
    let key = Key::Receipt {
        notice,
        office: place.me,
    };
    ruling
        .changes
        .push(Change::keep(key, Fact::Receipt(place.said(receipt))));
    let entry = Entry::Receipt { notice, receipt };
    ruling
        .says
        .push(Say::plain(Audience::Ancestors, Lane::Latest, entry));
}

/// A notice from above. An office between keeps nothing of it but the page. One
/// that gets its own back holds it again and receives nothing.
pub(crate) fn receive(
    notice: &Notice,
    arrived: &Arrived<'_>,
    seen: &Seen,
    place: &Place<'_>,
) -> Result<Ruling, NoEffect> {
    let audience = arrived.header.position.stream.journal.audience;
    let issuer = arrived.origin();
    if notice.issuer != issuer || !place.tree.is_within(place.me, issuer) {
        return Err(NoEffect::NotTheirs);
    }
    let mut ruling = Ruling::default();
    let given_back = issuer == place.me;
    if !given_back && !addresses(audience, place.me, place.tree) {
        return Ok(ruling);
    }
    let key = notice.key();
    let mut held = match seen.notice(key) {
        Some(held) if held.notice != *notice => return Err(NoEffect::Contradicts),
        Some(held) => held.clone(),
        None => HeldNotice {
            notice: notice.clone(),
            audiences: Vec::new(),
        },
    };
    held.audiences.push(audience);
    held.audiences.sort_unstable();
    held.audiences.dedup();
    ruling
        .changes
        .push(Change::keep(Key::Notice(key), Fact::Notice(held)));
    let before = seen
        .receipt(key, place.me)
        .map(|said| said.value)
        .unwrap_or_default();
    if !given_back && before.delivered.is_none() {
        let receipt = Receipt {
            delivered: Some(place.now),
            ..before
        };
        say_receipt(key, receipt, place, &mut ruling);
    }
    Ok(ruling)
}

/// What another office says of a notice.
pub(crate) fn receive_receipt(
    notice: NoticeKey,
    receipt: Receipt,
    arrived: &Arrived<'_>,
) -> Ruling {
    let key = Key::Receipt {
        notice,
        office: arrived.origin(),
    };
    let fact = Fact::Receipt(arrived.said(receipt));
    Ruling {
        changes: Vec::from([Change::keep(key, fact)]),
        says: Vec::new(),
    }
}
