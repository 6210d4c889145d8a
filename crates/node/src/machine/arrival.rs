//! Pages from a neighbour. A page that verifies is kept, whatever it says; one
//! that does not stays with the neighbour and is asked for again.

use std::collections::BTreeMap;

use terrace_desk::Arrived;
use terrace_model::{
    Content, FindingKind, Hash, Head, HeldHead, Lane, OfficeId, Page, PageNo, Position, PublicKey,
    Stream,
};
use terrace_pki::{Suite, verify_seal};
use terrace_store::Read;
use terrace_sync::route;
use terrace_wire as wire;

use super::{Fault, draft::Draft, enclosure, window::Since};

/// What became of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// Kept, or held already.
    Taken,
    /// Not taken: asked for again.
    HeldBack,
}

impl<R: Read> Draft<'_, R> {
    /// Takes a page that a neighbour brought.
    pub(super) fn arrive(&mut self, page: Page, from: OfficeId) -> Result<Arrival, Fault> {
        let position = page.header.position;
        let stream = position.stream;
        let held = self.head(stream)?;
        if held.is_some_and(|held| held.forked) {
            return Ok(Arrival::Taken);
        }
        if let Some(held) = held
            && position.number <= held.head.number
        {
            #[cfg(feature = "planted")]
            if self.planted == Some(super::Planted::CountARetryTwice) {
                self.take_effect(&page)?;
            }
            return self.compare(&page, held);
        }
        let Some(key) = self.key_of(stream.journal.origin) else {
            return Ok(Arrival::HeldBack);
        };
        if !verifies(&page, &key) {
            self.find(stream, FindingKind::Unverified, None)?;
            return Ok(Arrival::HeldBack);
        }
        let follows = held.map_or(PageNo::FIRST, |held| held.head.number.next());
        if position.number == follows && page.header.previous != hash_of(held) {
            return self.fork(&page, held);
        }
        let gap = position.number != follows;
        if gap && stream.journal.lane == Lane::Every && page.header.base <= follows {
            // Nothing was dropped by its origin, so something was left out.
            self.find(stream, FindingKind::Unverified, None)?;
            return Ok(Arrival::HeldBack);
        }
        if stream.journal.origin == self.constants.me {
            // Sealed with this office's own key, and beyond what it holds.
            self.find(stream, FindingKind::OlderCopy, None)?;
        }
        let authority = route::authority(&self.tree, self.constants.me, from, &stream.journal);
        self.keep(page, held, gap, authority.is_ok())
    }

    /// The key that the tree names for an office.
    fn key_of(&self, office: OfficeId) -> Option<PublicKey> {
        self.tree.get(office)?.key
    }

    /// A page at a position that is held already: the same, or a fork.
    fn compare(&mut self, page: &Page, held: HeldHead) -> Result<Arrival, Fault> {
        let position = page.header.position;
        let here = if position.number == held.head.number {
            Some(held.head.hash)
        } else {
            self.page(position)?.map(|here| here.hash())
        };
        if here.is_none_or(|here| here == page.hash()) {
            return Ok(Arrival::Taken);
        }
        let Some(key) = self.key_of(position.stream.journal.origin) else {
            return Ok(Arrival::Taken);
        };
        if verifies(page, &key) {
            self.fork(page, Some(held))
        } else {
            Ok(Arrival::Taken)
        }
    }

    /// Two sealed pages at one position: the second is kept as evidence and the
    /// journal is held.
    fn fork(&mut self, page: &Page, held: Option<HeldHead>) -> Result<Arrival, Fault> {
        let stream = page.header.position.stream;
        self.forked.insert(stream);
        self.find(stream, FindingKind::Fork, Some(wire::encode_sealed(page)?))?;
        if let Some(held) = held {
            self.keep_head(
                stream,
                HeldHead {
                    forked: true,
                    ..held
                },
            );
        }
        Ok(Arrival::Taken)
    }

    /// Keeps a verified page and lets it take effect, unless it stands behind a
    /// gap: then all wait until a page proves that the window is whole. One that
    /// changes more than a commit can take stays with the neighbour.
    fn keep(
        &mut self,
        page: Page,
        held: Option<HeldHead>,
        gap: bool,
        has_authority: bool,
    ) -> Result<Arrival, Fault> {
        let position = page.header.position;
        let stream = position.stream;
        let base = page.header.base;
        let unproved_from = if gap {
            Some(position.number)
        } else {
            held.and_then(|held| held.unproved_from)
        };
        let proved = unproved_from.is_none_or(|from| base >= from);
        let has_effect = has_authority && proved;
        let since = match unproved_from {
            Some(_) => Since::Gap,
            None => Since::Base(held.map_or(base, |held| held.head.base)),
        };
        let lapsing = match has_effect.then(|| self.may_lapse(&page, since)) {
            Some(lapsing) => match lapsing? {
                Some(keys) => keys,
                None => {
                    self.have_no_effect(stream)?;
                    return Ok(Arrival::HeldBack);
                }
            },
            None => Vec::new(),
        };
        self.keep_page(page.clone());
        self.keep_head(
            stream,
            HeldHead {
                head: Head {
                    base: unproved_from.unwrap_or(base).max(base),
                    number: position.number,
                    hash: page.hash(),
                },
                unproved_from: if proved { None } else { unproved_from },
                forked: false,
            },
        );
        if !has_authority {
            self.without_effect += 1;
            self.find(stream, FindingKind::NoAuthority, None)?;
        }
        if has_effect {
            match since {
                Since::Gap => self.take_effect_of_window(position, base)?,
                Since::Base(_) => self.take_effect(&page)?,
            }
        }
        if has_effect && stream.journal.lane == Lane::Latest {
            self.lapse(lapsing, stream, base)?;
        }
        Ok(Arrival::Taken)
    }

    /// All pages from base on take effect at once: the window is the whole
    /// truth.
    fn take_effect_of_window(&mut self, last: Position, base: PageNo) -> Result<(), Fault> {
        let mut number = base;
        while number <= last.number {
            let position = Position {
                stream: last.stream,
                number,
            };
            let page = self.page(position)?.ok_or(Fault::PageGone(position))?;
            self.take_effect(&page)?;
            number = number.next();
        }
        Ok(())
    }

    /// Lets each entry of a page take its effect, once.
    fn take_effect(&mut self, page: &Page) -> Result<(), Fault> {
        let stream = page.header.position.stream;
        let contents: BTreeMap<Hash, Content> = page
            .parts
            .iter()
            .filter_map(|part| Some((part.commitment(), wire::decode_content(&part.content).ok()?)))
            .collect();
        let Ok(entries) = wire::entries(page) else {
            return self.have_no_effect(stream);
        };
        let entries: Vec<wire::Parsed> = entries.collect();
        let known = entries.iter().filter_map(|parsed| match parsed {
            wire::Parsed::Known(entry) => Some(entry),
            wire::Parsed::Unknown | wire::Parsed::Malformed(_) => None,
        });
        let enclosed = enclosure::open(known, &self.tree);
        for parsed in &entries {
            let entry = match parsed {
                wire::Parsed::Known(entry) => entry,
                wire::Parsed::Unknown => {
                    self.find(stream, FindingKind::UnknownKind, None)?;
                    continue;
                }
                wire::Parsed::Malformed(_) => {
                    self.have_no_effect(stream)?;
                    continue;
                }
            };
            self.receive(&Arrived {
                header: &page.header,
                entry,
                contents: &contents,
                enclosed: &enclosed,
            })?;
        }
        Ok(())
    }

    fn have_no_effect(&mut self, stream: Stream) -> Result<(), Fault> {
        self.without_effect += 1;
        self.find(stream, FindingKind::NoEffect, None)
    }
}

fn hash_of(held: Option<HeldHead>) -> Hash {
    held.map_or(Hash::ZERO, |held| held.head.hash)
}

/// Whether a page is whole and sealed with a key.
pub(super) fn verifies(page: &Page, key: &PublicKey) -> bool {
    page.body_matches() && verify_seal(Suite::Ed25519Sha256, key, &page.hash(), &page.seal).is_ok()
}
