use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use terrace_desk::{Arrived, Place, Refusal, Request};
use terrace_model::{
    Audience, Batch, CellKey, Change, Entry, Epoch, Fact, Finding, FindingKind, Hash, Head,
    HeldHead, JournalId, Key, Lane, Office, OfficeId, Page, PageNo, Part, Position, Ruling, Say,
    Seen, Stream, SubmissionId, Tree,
};
use terrace_store::Read;
use terrace_wire as wire;

use super::{Constants, Fault, Moment, room::Room, view::View};

/// Rounds in which a desk may ask for more before it rules.
const ROUNDS: usize = 4;

/// Where something is said. What goes to the parent alone is said on pages of
/// its own for each submission: whoever passes one on encloses its pages whole,
/// and with them nothing of another.
pub(super) type SaidIn = (Audience, Lane, Option<SubmissionId>);

pub(super) fn said_in(audience: Audience, lane: Lane, entry: &Entry) -> SaidIn {
    let step = entry.step().filter(|_| audience == Audience::Parent);
    (audience, lane, step.map(|step| step.submission))
}

/// What this office says in one place.
#[derive(Default)]
pub(super) struct Said {
    /// Of the Every lane, in order.
    pub(super) every: Vec<Entry>,
    /// Of the Latest lane: the last entry of a key is the only one.
    pub(super) latest: BTreeMap<Key, Entry>,
    pub(super) parts: Vec<Part>,
    /// Pages that its entries enclose: each of them once.
    enclosed: BTreeSet<Position>,
}

/// A batch in the making, ruled on in order against its own view.
pub(super) struct Draft<'a, R> {
    pub(super) constants: &'a Constants,
    pub(super) at: Moment,
    pub(super) view: View<'a, R>,
    pub(super) tree: Arc<Tree>,
    pages: Vec<Page>,
    /// Where each of them stands among them.
    places: BTreeMap<Position, usize>,
    said: BTreeMap<SaidIn, Said>,
    pub(super) heads: BTreeMap<Stream, Head>,
    latest: (Epoch, PageNo),
    entropy: &'a mut dyn FnMut(&mut [u8]),
    pub(super) room: Room,
    /// Another copy of this office has said more, or otherwise: nothing is
    /// sealed.
    pub(super) older_copy: bool,
    /// Streams of which a page came that contradicts what is held.
    pub(super) forked: BTreeSet<Stream>,
    /// Offices entered in the tree, or changed in it.
    pub(super) entered: BTreeSet<OfficeId>,
    pub(super) without_effect: u64,
    #[cfg(feature = "planted")]
    pub(super) planted: Option<super::Planted>,
}

impl<'a, R: Read> Draft<'a, R> {
    pub(super) fn begin(
        constants: &'a Constants,
        at: Moment,
        reader: &'a R,
        tree: &Arc<Tree>,
        entropy: &'a mut dyn FnMut(&mut [u8]),
    ) -> Result<Self, Fault> {
        let mut draft = Self {
            constants,
            at,
            view: View::new(reader),
            tree: Arc::clone(tree),
            pages: Vec::new(),
            places: BTreeMap::new(),
            said: BTreeMap::new(),
            heads: BTreeMap::new(),
            latest: (constants.epoch, PageNo::FIRST),
            entropy,
            room: Room::new(constants.batch),
            older_copy: false,
            forked: BTreeSet::new(),
            entered: BTreeSet::new(),
            without_effect: 0,
            #[cfg(feature = "planted")]
            planted: None,
        };
        let stream = draft.own_stream(Audience::Ancestors, Lane::Latest);
        if let Some(held) = draft.head(stream)? {
            draft.latest.1 = held.head.number.next();
        }
        Ok(draft)
    }

    #[cfg(feature = "planted")]
    pub(super) const fn plant(&mut self, planted: Option<super::Planted>) {
        self.planted = planted;
    }

    pub(super) const fn own_stream(&self, audience: Audience, lane: Lane) -> Stream {
        let origin = self.constants.me;
        Stream {
            journal: JournalId {
                origin,
                audience,
                lane,
            },
            epoch: self.constants.epoch,
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            me: self.constants.me,
            tree: &self.tree,
            book: &self.constants.book,
            now: self.at.wall,
            today: self.at.today,
            latest: self.latest,
        }
    }

    pub(super) fn head(&self, stream: Stream) -> Result<Option<HeldHead>, Fault> {
        match self.view.get(&Key::Head(stream))? {
            Some(Fact::Head(held)) => Ok(Some(held)),
            Some(_) => Err(Fault::Misplaced(Key::Head(stream))),
            None => Ok(None),
        }
    }

    pub(super) fn keep_head(&mut self, stream: Stream, held: HeldHead) {
        self.heads.insert(stream, held.head);
        self.change(Change::keep(Key::Head(stream), Fact::Head(held)));
    }

    /// Takes one change into the batch.
    pub(super) fn change(&mut self, change: Change) {
        match (&change.key, &change.fact) {
            (Key::Office(id), Some(Fact::Office(office))) => {
                Arc::make_mut(&mut self.tree).enter(Office::clone(office));
                self.entered.insert(*id);
            }
            (Key::Office(id), None) => Arc::make_mut(&mut self.tree).leave(*id),
            (_, _) => {}
        }
        self.view.apply(change);
    }

    /// Rules on a request.
    pub(super) fn decide(&self, request: &Request) -> Result<Result<Ruling, Refusal>, Fault> {
        if self.older_copy {
            return Ok(Err(Refusal::OlderCopy));
        }
        let mut seen = Seen::default();
        for _ in 0..ROUNDS {
            let wanted = terrace_desk::needs(request, &seen, &self.place()).beyond(&seen.asked);
            if wanted.is_empty() {
                break;
            }
            self.view.look(wanted, &mut seen)?;
        }
        Ok(terrace_desk::decide(request, &seen, &self.place()))
    }

    /// Rules on an entry of another office and takes the ruling in.
    pub(super) fn receive(&mut self, arrived: &Arrived<'_>) -> Result<(), Fault> {
        let mut seen = Seen::default();
        let wanted = terrace_desk::needs_of_arrived(arrived, &self.place());
        self.view.look(wanted, &mut seen)?;
        match terrace_desk::receive(arrived, &seen, &self.place()) {
            Ok(mut ruling) => {
                self.room.count_entry();
                if self.older_copy {
                    self.hush(&mut ruling);
                }
                if !self.room.takes_changes(&ruling.changes) || !self.finds_room(&ruling)? {
                    self.without_effect += 1;
                    let stream = arrived.header.position.stream;
                    return self.find(stream, FindingKind::NoEffect, None);
                }
                self.take(ruling)?;
                Ok(())
            }
            Err(why) => {
                let kind = match why {
                    terrace_desk::NoEffect::SecondKey => FindingKind::SecondKey,
                    terrace_desk::NoEffect::NotForUs
                    | terrace_desk::NoEffect::NotTheirs
                    | terrace_desk::NoEffect::Unknown
                    | terrace_desk::NoEffect::Contradicts
                    | terrace_desk::NoEffect::TooMany => FindingKind::NoEffect,
                };
                self.without_effect += 1;
                self.find(arrived.header.position.stream, kind, None)
            }
        }
    }

    /// Leaves out what this office would say, and with it what it would hold of
    /// its own: it may be said only after it is known what was said before.
    fn hush(&self, ruling: &mut Ruling) {
        if ruling.says.is_empty() {
            return;
        }
        ruling.says.clear();
        let me = self.constants.me;
        ruling.changes.retain(|change| match &change.key {
            Key::Cell(CellKey { office, .. })
            | Key::Receipt { office, .. }
            | Key::Through(office)
            | Key::Health(office) => *office != me,
            Key::Own
            | Key::Office(_)
            | Key::Invitation(_)
            | Key::Head(_)
            | Key::Window(_)
            | Key::Finding(_)
            | Key::Record(_)
            | Key::Lookup(_)
            | Key::Consent { .. }
            | Key::Submission(_)
            | Key::Notice(_) => true,
        });
    }

    /// Takes a ruling in. Says whether it changes anything.
    pub(super) fn take(&mut self, ruling: Ruling) -> Result<bool, Fault> {
        let changed = !ruling.changes.is_empty() || !ruling.says.is_empty();
        for change in ruling.changes {
            self.change(change);
        }
        for say in ruling.says {
            self.say(say)?;
        }
        Ok(changed)
    }

    fn say(&mut self, say: Say) -> Result<(), Fault> {
        let Say {
            audience,
            lane,
            mut entry,
            content,
            enclose,
        } = say;
        let place = said_in(audience, lane, &entry);
        let mut parts = Vec::new();
        if let Some(content) = content {
            let mut salt = [0; 16];
            (self.entropy)(&mut salt);
            let part = Part {
                salt,
                content: wire::encode_content(&content)?,
            };
            entry.commit_to(part.commitment());
            parts.push(part);
        }
        if let Entry::Forward { step, enclosed } = &mut entry {
            for position in enclose {
                let page = self.page(position)?.ok_or(Fault::PageGone(position))?;
                parts.extend(super::enclosure::parts_of(&page, step.submission));
                let said = self.said.entry(place).or_default();
                if said.enclosed.insert(position) {
                    enclosed.push(wire::encode_sealed(&page)?);
                }
            }
        }
        let said = self.said.entry(place).or_default();
        said.parts.extend(parts);
        match (lane, entry.latest_key(self.constants.me)) {
            (Lane::Latest, Some(key)) => {
                said.latest.insert(key, entry);
            }
            (Lane::Every | Lane::Latest, _) => said.every.push(entry),
        }
        Ok(())
    }

    /// Whether what is said in one place encloses a page already.
    pub(super) fn encloses(&self, place: SaidIn, position: Position) -> bool {
        let said = self.said.get(&place);
        said.is_some_and(|said| said.enclosed.contains(&position))
    }

    /// A page held, committed or in this batch.
    pub(super) fn page(&self, position: Position) -> Result<Option<Page>, Fault> {
        let here = self.places.get(&position);
        if let Some(page) = here.and_then(|at| self.pages.get(*at)) {
            return Ok(Some(page.clone()));
        }
        let found = self.view.pages(position.stream, position.number, 1)?;
        Ok(found
            .into_iter()
            .find(|page| page.header.position == position))
    }

    /// Takes a page into the batch.
    pub(super) fn keep_page(&mut self, page: Page) {
        self.places.insert(page.header.position, self.pages.len());
        self.pages.push(page);
    }

    /// Notes a finding: one for each stream and kind, with how often. Streams
    /// of which nothing is held are whatever a neighbour names: all those of an
    /// origin have one finding together.
    pub(super) fn find(
        &mut self,
        stream: Stream,
        kind: FindingKind,
        evidence: Option<Vec<u8>>,
    ) -> Result<(), Fault> {
        let about = match self.head(stream)? {
            Some(_) => Key::Head(stream),
            None => Key::Office(stream.journal.origin),
        };
        let bytes = wire::stored::encode_key(&about);
        let key = Key::Finding(Hash::of(&[&[kind as u8], &bytes]));
        let before = match self.view.get(&key)? {
            Some(Fact::Finding(finding)) => Some(finding),
            Some(_) => return Err(Fault::Misplaced(key)),
            None => None,
        };
        let finding = Finding {
            at: before.as_ref().map_or(self.at.wall, |finding| finding.at),
            count: before.as_ref().map_or(0, |finding| finding.count) + 1,
            stream: before.as_ref().map_or(stream, |finding| finding.stream),
            evidence: before.and_then(|finding| finding.evidence).or(evidence),
            kind,
        };
        self.older_copy |= super::tells_older_copy(self.constants.me, stream, kind);
        self.change(Change::keep(key, Fact::Finding(finding)));
        Ok(())
    }

    /// Seals what was said, one page for each place, and closes the batch.
    pub(super) fn seal(mut self) -> Result<Sealed, Fault> {
        for ((audience, lane, _), said) in std::mem::take(&mut self.said) {
            let stream = self.own_stream(audience, lane);
            #[cfg(feature = "planted")]
            let said = self.mark_first(stream, said)?;
            let (base, entries, parts) = match lane {
                Lane::Every => (None, said.every, said.parts),
                Lane::Latest => {
                    let (base, entries) = self.renew_window(stream, said.latest)?;
                    (Some(base), entries, said.parts)
                }
            };
            self.seal_page(stream, base, &entries, parts)?;
        }
        Ok(Sealed {
            batch: Batch {
                pages: self.pages,
                changes: self.view.into_changes(),
            },
            heads: self.heads,
            tree: self.tree,
            entered: self.entered,
            older_copy: self.older_copy,
            without_effect: self.without_effect,
        })
    }

    /// Planted: the mark goes before the cells that it covers.
    #[cfg(feature = "planted")]
    fn mark_first(&mut self, stream: Stream, mut said: Said) -> Result<Said, Fault> {
        let mark = Key::Through(self.constants.me);
        if self.planted == Some(super::Planted::MoveTheMarkWithoutItsCells)
            && said.latest.len() > 1
            && let Some(mark) = said.latest.remove(&mark)
        {
            self.seal_page(stream, None, &[mark], Vec::new())?;
        }
        Ok(said)
    }

    fn seal_page(
        &mut self,
        stream: Stream,
        base: Option<PageNo>,
        entries: &[Entry],
        parts: Vec<Part>,
    ) -> Result<(), Fault> {
        let before = self.head(stream)?.map(|held| held.head);
        let number = before.map_or(PageNo::FIRST, |head| head.number.next());
        let start = wire::PageStart {
            position: Position { stream, number },
            base: base
                .or(before.map(|head| head.base))
                .unwrap_or(PageNo::FIRST),
            previous: before.map_or(Hash::ZERO, |head| head.hash),
        };
        let at_home = stream.journal.audience == Audience::Home;
        let key = &self.constants.key;
        let seal = |hash: &Hash| {
            if at_home {
                terrace_model::Seal::NONE
            } else {
                key.seal(hash)
            }
        };
        let mut page = wire::seal_page(&start, entries, seal)?;
        page.parts = parts;
        let head = page.head();
        self.keep_page(page);
        self.keep_head(
            stream,
            HeldHead {
                head,
                unproved_from: None,
                forked: false,
            },
        );
        Ok(())
    }
}

/// A closed batch, and what follows from it once it is durable.
pub(super) struct Sealed {
    pub(super) batch: Batch,
    pub(super) heads: BTreeMap<Stream, Head>,
    pub(super) tree: Arc<Tree>,
    pub(super) entered: BTreeSet<OfficeId>,
    pub(super) without_effect: u64,
    pub(super) older_copy: bool,
}
