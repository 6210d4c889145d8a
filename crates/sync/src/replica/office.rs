use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use terrace_model::{FindingKind, Head, OfficeId, Page, PageNo, Stream, Time};

use super::{held, tree};
use crate::{BatchId, DownReason, Held, HeldBack, Limits, Link, LinkEvent, Setup, route};

/// One office: its pages, and its end of the link.
pub(crate) struct Replica {
    pub(crate) me: OfficeId,
    pub(crate) peer: OfficeId,
    pub(crate) link: Link,
    pub(crate) pages: BTreeMap<Stream, Vec<Page>>,
    /// Admitted and not yet durable.
    pub(crate) admitted: VecDeque<(BatchId, Vec<Page>)>,
    /// Batches of this session that are durable.
    pub(crate) committed: u64,
    /// How often pages of a stream are still held back.
    pub(crate) refuse: BTreeMap<Stream, u32>,
    pub(crate) found: Vec<(Stream, FindingKind)>,
    pub(crate) needs: Vec<Stream>,
    pub(crate) downs: Vec<DownReason>,
}

/// Where windows may begin: every base that any office ever had.
pub(crate) type Bases = BTreeSet<(Stream, PageNo)>;

impl Replica {
    pub(crate) fn new(me: OfficeId, peer: OfficeId, pages: BTreeMap<Stream, Vec<Page>>) -> Self {
        let setup = Self::setup(me, peer, 0, Limits::default(), Vec::new());
        Self {
            me,
            peer,
            link: Link::new(Time(0), setup),
            pages,
            admitted: VecDeque::new(),
            committed: 0,
            refuse: BTreeMap::new(),
            found: Vec::new(),
            needs: Vec::new(),
            downs: Vec::new(),
        }
    }

    fn setup(me: OfficeId, peer: OfficeId, session: u64, limits: Limits, held: Vec<Held>) -> Setup {
        Setup {
            me,
            peer,
            session,
            wall: Time(1_700_000_000_000),
            limits,
            held,
        }
    }

    pub(crate) fn head(&self, stream: &Stream) -> Option<Head> {
        let pages = self.pages.get(stream)?;
        let base = pages.first()?.header.position.number;
        Some(Head {
            base,
            ..pages.last()?.head()
        })
    }

    /// All that goes over the link.
    pub(crate) fn held(&self) -> Vec<Held> {
        let streams = self.pages.keys().filter(|stream| self.carries(stream));
        streams
            .filter_map(|stream| Some(held(*stream, self.head(stream)?)))
            .collect()
    }

    /// Begins a new session from what is durable.
    pub(crate) fn connect(&mut self, now: Time, session: u64, limits: Limits) {
        let setup = Self::setup(self.me, self.peer, session, limits, self.held());
        self.link = Link::new(now, setup);
        self.admitted.clear();
        self.committed = 0;
    }

    /// Does what the link asks for.
    pub(crate) fn pump(&mut self, now: Time) {
        while let Some(event) = self.link.poll_event() {
            match event {
                LinkEvent::Up { .. } => {}
                LinkEvent::Admit { batch, pages } => self.admitted.push_back((batch, pages)),
                LinkEvent::Need {
                    stream,
                    from,
                    limit_bytes,
                } => {
                    self.needs.push(stream);
                    let pages = self.read(&stream, from, limit_bytes);
                    self.link.handle_pages(now, stream, pages).unwrap();
                }
                LinkEvent::Finding { stream, kind } => self.found.push((stream, kind)),
                LinkEvent::Down { reason } => self.downs.push(reason),
            }
        }
    }

    fn read(&self, stream: &Stream, from: PageNo, limit_bytes: u32) -> Vec<Page> {
        let (mut read, mut bytes) = (Vec::new(), 0);
        let pages = self.pages.get(stream).into_iter().flatten();
        for page in pages.skip_while(|page| page.header.position.number < from) {
            bytes += page.size();
            if !read.is_empty() && bytes > limit_bytes as usize {
                break;
            }
            read.push(page.clone());
        }
        read
    }

    /// Adds a page of its own, and drops what counts no more.
    pub(crate) fn keep(&mut self, page: Page, bases: &mut Bases) {
        let stream = page.header.position.stream;
        let base = page.header.base;
        let pages = self.pages.entry(stream).or_default();
        let next = pages.last().map(|last| last.header.position.number.next());
        if next.is_some_and(|next| next < page.header.position.number) {
            pages.clear();
        }
        pages.push(page);
        pages.retain(|page| page.header.position.number >= base);
        bases.extend(
            pages
                .first()
                .map(|page| (stream, page.header.position.number)),
        );
    }

    fn carries(&self, stream: &Stream) -> bool {
        route::carries(&tree(), self.me, self.peer, &stream.journal)
    }

    /// Says to the link where a stream stands.
    pub(crate) fn tell(&mut self, now: Time, stream: &Stream) {
        if let Some(head) = self.head(stream).filter(|_| self.carries(stream)) {
            self.link.handle_head(now, held(*stream, head));
        }
    }

    /// Makes the oldest admitted batch durable. False if there is none.
    pub(crate) fn commit(&mut self, now: Time, bases: &mut Bases) -> bool {
        let Some((batch, pages)) = self.admitted.pop_front() else {
            return false;
        };
        let mut refused: BTreeSet<Stream> = BTreeSet::new();
        let streams: BTreeSet<Stream> = pages
            .iter()
            .map(|page| page.header.position.stream)
            .collect();
        for stream in &streams {
            if let Some(times) = self.refuse.get_mut(stream).filter(|times| **times > 0) {
                *times -= 1;
                refused.insert(*stream);
            }
        }
        for page in pages {
            let stream = page.header.position.stream;
            if !refused.contains(&stream) && !self.take(page, bases) {
                refused.insert(stream);
            }
        }
        for stream in &streams {
            self.tell(now, stream);
        }
        let held_back = refused.into_iter().map(|stream| HeldBack {
            stream,
            head: self.head(&stream),
        });
        self.link.handle_committed(now, batch, held_back.collect());
        self.committed = batch.0;
        true
    }

    /// Takes a page that follows, is held already, or begins a window. False
    /// if it does not fit.
    fn take(&mut self, page: Page, bases: &mut Bases) -> bool {
        let position = page.header.position;
        let last = self
            .pages
            .get(&position.stream)
            .and_then(|pages| pages.last());
        let follows = last.map_or(position.number == PageNo::FIRST, |last| {
            let next = last.header.position.number.next();
            next == position.number && last.hash() == page.header.previous
        });
        let known = last.is_some_and(|last| last.header.position.number >= position.number);
        let next = last.map(|last| last.header.position.number.next());
        let window =
            next < Some(position.number) && bases.contains(&(position.stream, position.number));
        if follows || window {
            self.keep(page, bases);
        }
        follows || known || window
    }
}
