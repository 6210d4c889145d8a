//! One office as a machine: requests and pages go in, rulings are committed,
//! answers and frames come out. It reads its store and nothing else: time, the
//! day and randomness are arguments. The daemon's thread and the simulator are
//! shells over it.
//!
//! A shell calls `handle_` functions with what happened; then, as long as there
//! is one, takes the batch of [`Machine::poll_commit`], commits it, and says so
//! with [`Machine::handle_committed`]; then carries what [`Machine::poll_transmit`]
//! and [`Machine::poll_answer`] give. Everything that waits is ruled on together
//! and committed once: that is group commit.

mod arrival;
mod behind;
mod doubt;
mod draft;
mod enclosure;
mod fault;
mod health;
#[cfg(feature = "planted")]
mod planted;
mod room;
mod sessions;
mod sheet;
mod view;
mod window;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use terrace_desk::{Book, Refusal, Request};
use terrace_model::{
    Audience, Batch, ChildLink, Date, Epoch, EpochOpened, Fact, FindingKind, Head, Key, Lane,
    OfficeId, Page, Position, Range, Stream, Time, Tree,
};
use terrace_pki::SigningKey;
use terrace_store::Read;
use terrace_sync::{BatchId, HeldBack, Limits};

pub use fault::Fault;
pub use health::Sample;
#[cfg(feature = "planted")]
pub use planted::Planted;
pub use room::BatchLimits;
pub use sessions::{LinkId, Neighbour};
pub use sheet::{Kept, MOST_FAULTS, RowFault, Sheet, SheetRow};
pub use window::SLACK_BYTES as WINDOW_SLACK_BYTES;

use arrival::Arrival;
use draft::{Draft, Sealed};
use sessions::Session;

/// Names a request until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// A reading of the office's clocks.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// A clock that never goes back; what waits is timed by it.
    pub now: Time,
    /// The wall clock; only said and shown.
    pub wall: Time,
    /// The civil day of the office.
    pub today: Date,
}

/// What an office is from start to stop.
pub struct Constants {
    /// Its id.
    pub me: OfficeId,
    /// Its epoch.
    pub epoch: Epoch,
    /// Its signing key.
    pub key: Arc<SigningKey>,
    /// The catalog in force.
    pub book: Arc<Book>,
    /// Limits of each link.
    pub limits: Limits,
    /// How large a batch may grow.
    pub batch: BatchLimits,
    /// Bytes of a Latest journal beyond twice what still holds, before its
    /// oldest pages are said again: [`WINDOW_SLACK_BYTES`] but in tests.
    pub window_slack_bytes: u64,
    /// Version of the program.
    pub version: String,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is durable; whether it changed anything.
    Done {
        /// Whether anything changed.
        changed: bool,
    },
    /// The office says no.
    Refused(Refusal),
    /// What became of a sheet.
    Sheet(Kept),
}

enum Work {
    Request {
        ticket: Option<Ticket>,
        request: Request,
    },
    Sheet {
        ticket: Ticket,
        sheet: Sheet,
    },
    Rows {
        rows: Vec<SheetRow>,
        actor: String,
        /// The day on which they were checked.
        day: Date,
        last: Option<(Ticket, Kept)>,
    },
    Pages(Came),
    Finding {
        stream: Stream,
        kind: FindingKind,
    },
}

/// Pages of one batch of a link that wait to be admitted.
struct Came {
    link: LinkId,
    batch: BatchId,
    pages: Vec<Page>,
    /// Streams of the batch of which a page was held back in an earlier commit.
    waiting: BTreeSet<Stream>,
}

/// What is told once the batch is durable.
#[derive(Default)]
struct InFlight {
    answers: Vec<(Ticket, Answer)>,
    acknowledge: Vec<(LinkId, BatchId, Vec<HeldBack>)>,
    /// Streams of which a page came that contradicts what is held.
    forked: Vec<(LinkId, Stream)>,
    heads: BTreeMap<Stream, Head>,
    /// The tree, where it changed.
    tree: Option<Arc<Tree>>,
    /// Offices entered in it, or changed.
    entered: BTreeSet<OfficeId>,
    without_effect: u64,
}

/// One office. See the module.
pub struct Machine<R> {
    constants: Constants,
    reader: R,
    tree: Arc<Tree>,
    /// The newest page held of every stream, as far as it was told.
    heads: BTreeMap<Stream, Head>,
    waiting: VecDeque<Work>,
    in_flight: Option<InFlight>,
    answers: VecDeque<(Ticket, Answer)>,
    sessions: BTreeMap<LinkId, Session>,
    neighbours: BTreeMap<OfficeId, Neighbour>,
    /// Links to children that were never up since the office was started.
    missed: BTreeMap<OfficeId, ChildLink>,
    sample: Sample,
    health_due: Option<Time>,
    today: Date,
    without_effect: u64,
    older_copy: bool,
    doubt: Option<doubt::Doubt>,
    /// Neighbours whose claim to hold other pages of this office was never
    /// proved.
    unproved: BTreeSet<OfficeId>,
    #[cfg(feature = "planted")]
    planted: Option<Planted>,
    #[cfg(feature = "planted")]
    remembered: planted::Remembered,
}

impl<R: Read> Machine<R> {
    /// Starts an office over what its store holds.
    ///
    /// # Errors
    /// The store failed.
    pub fn start(
        constants: Constants,
        reader: R,
        at: Moment,
        sample: Sample,
    ) -> Result<Self, Fault> {
        let mut tree = Tree::default();
        for (_, fact) in reader.range(&Range::Offices, None, usize::MAX)? {
            if let Fact::Office(office) = fact {
                tree.enter(office);
            }
        }
        let mut heads = BTreeMap::new();
        for (key, fact) in reader.range(&Range::Heads, None, usize::MAX)? {
            if let (Key::Head(stream), Fact::Head(held)) = (key, fact) {
                heads.insert(stream, held.head);
            }
        }
        let mut without_effect = 0;
        let mut older_copy = false;
        for (_, fact) in reader.range(&Range::Findings, None, usize::MAX)? {
            let Fact::Finding(finding) = fact else {
                continue;
            };
            match finding.kind {
                FindingKind::NoEffect | FindingKind::NoAuthority | FindingKind::SecondKey => {
                    without_effect += finding.count;
                }
                FindingKind::OlderCopy
                | FindingKind::Fork
                | FindingKind::Unverified
                | FindingKind::UnknownKind => {}
            }
            older_copy |= tells_older_copy(constants.me, finding.stream, finding.kind);
        }
        let missed = health::missed(&reader, constants.me)?;
        let mut machine = Self {
            reader,
            tree: Arc::new(tree),
            heads,
            waiting: VecDeque::new(),
            in_flight: None,
            answers: VecDeque::new(),
            sessions: BTreeMap::new(),
            neighbours: BTreeMap::new(),
            missed,
            sample,
            health_due: Some(at.now),
            today: at.today,
            without_effect,
            older_copy,
            doubt: None,
            unproved: BTreeSet::new(),
            constants,
            #[cfg(feature = "planted")]
            planted: None,
            #[cfg(feature = "planted")]
            remembered: planted::Remembered::default(),
        };
        machine.open_epoch()?;
        machine.ask_self(Request::NewDay);
        Ok(machine)
    }

    /// The first page of an office says its epoch and key.
    fn open_epoch(&mut self) -> Result<(), Fault> {
        let journal = terrace_model::JournalId {
            origin: self.constants.me,
            audience: Audience::Ancestors,
            lane: Lane::Every,
        };
        let stream = Stream {
            journal,
            epoch: self.constants.epoch,
        };
        if self.reader.get(&Key::Head(stream))?.is_none() {
            let key = self.constants.key.public();
            let opened = EpochOpened {
                epoch: self.constants.epoch,
                key,
            };
            self.ask_self(Request::OpenEpoch(opened));
        }
        Ok(())
    }

    /// From now on does one thing wrong.
    #[cfg(feature = "planted")]
    pub const fn plant(&mut self, planted: Option<Planted>) {
        self.planted = planted;
    }

    /// The tree as this office knows it.
    #[must_use]
    pub const fn tree(&self) -> &Arc<Tree> {
        &self.tree
    }

    /// Takes a request from a door.
    pub fn handle_request(&mut self, ticket: Ticket, request: Request) {
        self.waiting.push_back(Work::Request {
            ticket: Some(ticket),
            request,
        });
    }

    /// Takes a sheet from a door.
    pub fn handle_sheet(&mut self, ticket: Ticket, sheet: Sheet) {
        self.waiting.push_back(Work::Sheet { ticket, sheet });
    }

    fn ask_self(&mut self, request: Request) {
        self.waiting.push_back(Work::Request {
            ticket: None,
            request,
        });
    }

    /// It is time for what [`Machine::poll_timeout`] waits for, or later.
    ///
    /// # Errors
    /// The store failed.
    pub fn handle_timeout(&mut self, at: Moment) -> Result<(), Fault> {
        if at.today != self.today {
            self.today = at.today;
            self.ask_self(Request::NewDay);
        }
        if self.health_due.is_some_and(|due| due <= at.now) {
            self.health_due = None;
            let health = self.health(at);
            self.ask_self(Request::Health(health));
        }
        self.handle_doubt_timeout(at);
        self.handle_links_timeout(at)?;
        self.handle_behind_timeout(at)
    }

    /// When [`Machine::handle_timeout`] has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        let links = self
            .sessions
            .values()
            .filter_map(|session| session.link.poll_timeout());
        let doubt = self.doubt.map(|doubt| doubt.until);
        let own = [self.health_due, self.behind_due(), doubt];
        links.chain(own.into_iter().flatten()).min()
    }

    /// Whether something waits to be ruled on.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.may_rule()
    }

    /// Rules on what waits, in order, up to the limits of one batch. While a
    /// batch is in flight there is no other.
    ///
    /// # Errors
    /// The store failed.
    pub fn poll_commit(
        &mut self,
        at: Moment,
        entropy: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Option<Batch>, Fault> {
        while self.in_flight.is_none() && self.may_rule() {
            self.bring_proof_forward();
            if let Some(Work::Sheet { .. }) = self.waiting.front() {
                if let Some(Work::Sheet { ticket, sheet }) = self.waiting.pop_front() {
                    self.check_sheet(at, entropy, ticket, sheet)?;
                }
                continue;
            }
            let (batch, in_flight) = self.gather(at, entropy)?;
            self.in_flight = Some(in_flight);
            if !batch.is_empty() {
                return Ok(Some(batch));
            }
            self.handle_committed(at)?;
        }
        Ok(None)
    }

    fn gather(
        &mut self,
        at: Moment,
        entropy: &mut dyn FnMut(&mut [u8]),
    ) -> Result<(Batch, InFlight), Fault> {
        let mut told = InFlight::default();
        let mut draft = Draft::begin(&self.constants, at, &self.reader, &self.tree, entropy)?;
        draft.older_copy = self.older_copy;
        #[cfg(feature = "planted")]
        draft.plant(self.planted);
        while draft.room.is_left() {
            let Some(work) = self.waiting.pop_front() else {
                break;
            };
            let waits = match &work {
                Work::Sheet { .. } => true,
                Work::Rows { .. } => !draft.room.is_fresh(),
                Work::Request { .. } | Work::Pages(_) | Work::Finding { .. } => false,
            };
            if waits {
                self.waiting.push_front(work);
                break;
            }
            let rest = match work {
                // What came over a session that is gone comes again.
                Work::Pages(mut came) => match self.sessions.get_mut(&came.link) {
                    Some(session) => {
                        take_pages(&mut draft, &mut came, session)?;
                        let forked = std::mem::take(&mut draft.forked).into_iter();
                        told.forked.extend(forked.map(|stream| (came.link, stream)));
                        if came.pages.is_empty() {
                            let held_back = held_back(&draft, came.waiting)?;
                            told.acknowledge.push((came.link, came.batch, held_back));
                            None
                        } else {
                            Some(Work::Pages(came))
                        }
                    }
                    None => None,
                },
                Work::Finding { stream, kind } => {
                    draft.find(stream, kind, None)?;
                    None
                }
                Work::Request { .. } | Work::Rows { .. } | Work::Sheet { .. } => {
                    take_asked(&mut draft, work, &mut told.answers)?
                }
            };
            if let Some(rest) = rest {
                self.waiting.push_front(rest);
                break;
            }
        }
        let Sealed {
            batch,
            heads,
            tree,
            entered,
            without_effect,
            older_copy,
        } = draft.seal()?;
        self.older_copy = older_copy;
        if older_copy {
            self.doubt = None;
        }
        let in_flight = InFlight {
            heads,
            tree: (!entered.is_empty()).then_some(tree),
            entered,
            without_effect,
            ..told
        };
        Ok((batch, in_flight))
    }

    /// The batch is durable: doors and neighbours may be answered, and what it
    /// holds goes on its way.
    ///
    /// # Errors
    /// The store failed.
    pub fn handle_committed(&mut self, at: Moment) -> Result<(), Fault> {
        let Some(in_flight) = self.in_flight.take() else {
            return Ok(());
        };
        self.heads.extend(&in_flight.heads);
        if let Some(tree) = in_flight.tree {
            self.tree = tree;
        }
        if in_flight.without_effect > 0 {
            self.without_effect += in_flight.without_effect;
            self.health_due.get_or_insert(at.now);
        }
        self.answers.extend(in_flight.answers);
        for (link, batch, held_back) in in_flight.acknowledge {
            if let Some(session) = self.sessions.get_mut(&link) {
                session.link.handle_committed(at.now, batch, held_back);
            }
            self.drain(at, link)?;
        }
        for (link, stream) in in_flight.forked {
            if let Some(session) = self.sessions.get_mut(&link) {
                session.link.prove(at.now, stream);
            }
            self.drain(at, link)?;
        }
        // What enters an office goes first, or else its pages would come before
        // anybody above knows its key.
        self.tell_heads(at, &in_flight.heads)?;
        if in_flight.entered.is_empty() {
            return Ok(());
        }
        self.tell_reached(at, &in_flight.entered)
    }

    /// The next answer for a door.
    pub fn poll_answer(&mut self) -> Option<(Ticket, Answer)> {
        self.answers.pop_front()
    }
}

/// Rules on what a door asks. Gives back what did not find room.
fn take_asked<R: Read>(
    draft: &mut Draft<'_, R>,
    work: Work,
    answers: &mut Vec<(Ticket, Answer)>,
) -> Result<Option<Work>, Fault> {
    draft.room.count_work();
    match work {
        Work::Request { ticket, request } => {
            let answer = match draft.decide(&request)? {
                Ok(ruling) if draft.finds_room(&ruling)? => {
                    let changed = draft.take(ruling)?;
                    Answer::Done { changed }
                }
                Ok(_) if draft.room.is_alone() => Answer::Refused(Refusal::TooMuch),
                Ok(_) => return Ok(Some(Work::Request { ticket, request })),
                Err(refusal) => Answer::Refused(refusal),
            };
            answers.extend(ticket.map(|ticket| (ticket, answer)));
            Ok(None)
        }
        Work::Rows { last, .. } if draft.older_copy => {
            let refused = Answer::Refused(Refusal::OlderCopy);
            answers.extend(last.map(|(ticket, _)| (ticket, refused)));
            Ok(None)
        }
        Work::Rows {
            rows,
            actor,
            day,
            last,
        } => {
            let kept = sheet::keep_rows(draft, &rows, &actor, day)?;
            if kept < rows.len() {
                return Ok(Some(Work::Rows {
                    rows: rows[kept..].to_vec(),
                    actor,
                    day,
                    last,
                }));
            }
            answers.extend(last.map(|(ticket, kept)| (ticket, Answer::Sheet(kept))));
            Ok(None)
        }
        other @ (Work::Sheet { .. } | Work::Pages(_) | Work::Finding { .. }) => Ok(Some(other)),
    }
}

/// Whether a finding tells an office that another copy of it has said more, or
/// otherwise: it seals nothing then.
pub(super) fn tells_older_copy(me: OfficeId, stream: Stream, kind: FindingKind) -> bool {
    match kind {
        FindingKind::OlderCopy => true,
        FindingKind::Fork => stream.journal.origin == me,
        FindingKind::Unverified
        | FindingKind::NoAuthority
        | FindingKind::NoEffect
        | FindingKind::UnknownKind
        | FindingKind::SecondKey => false,
    }
}

/// Admits pages in order, as many as the commit has room for; the rest stays.
fn take_pages<R: Read>(
    draft: &mut Draft<'_, R>,
    came: &mut Came,
    session: &mut Session,
) -> Result<(), Fault> {
    let from = session.link.peer();
    let mut pages = std::mem::take(&mut came.pages).into_iter().peekable();
    draft.room.count_work();
    while let Some(page) = pages.next_if(|page| !draft.room.waits(page)) {
        draft.room.count_page(page.size());
        let Position { stream, number } = page.header.position;
        if session.was_on_its_way(stream, number) || draft.arrive(page, from)? == Arrival::HeldBack
        {
            session.held_back.insert(stream, number);
            came.waiting.insert(stream);
        } else {
            session.held_back.remove(&stream);
        }
        if draft.room.is_full() {
            break;
        }
    }
    came.pages = pages.collect();
    Ok(())
}

/// Where the streams stand of which pages were held back.
fn held_back<R: Read>(
    draft: &Draft<'_, R>,
    waiting: BTreeSet<Stream>,
) -> Result<Vec<HeldBack>, Fault> {
    let stands = |stream: Stream| -> Result<HeldBack, Fault> {
        Ok(HeldBack {
            stream,
            head: draft.head(stream)?.map(|held| held.head),
        })
    };
    waiting.into_iter().map(stands).collect()
}
