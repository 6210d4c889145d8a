use alloc::{format, string::String, vec, vec::Vec};

use terrace_model::{
    Audience, Epoch, Hash, Head, Header, JournalId, Lane, Level, Office, OfficeId, Page, PageNo,
    Position, Seal, Stream, Tree,
};

use crate::{Held, route};

/// 9 above 1 above 2; 3 and 4 below 2. The links of tests are between 1 and 2.
pub(crate) fn tree() -> Tree {
    let offices = [
        (9, None, Level::Province),
        (1, Some(9), Level::Prefecture),
        (2, Some(1), Level::County),
        (3, Some(2), Level::Township),
        (4, Some(2), Level::Township),
    ];
    let mut tree = Tree::default();
    for (id, parent, level) in offices {
        tree.enter(Office {
            id: OfficeId(id),
            code: format!("{id:04}").parse().unwrap(),
            name: String::new(),
            level,
            parent: parent.map(OfficeId),
            key: None,
        });
    }
    tree
}

pub(crate) const fn upper() -> OfficeId {
    OfficeId(1)
}

pub(crate) const fn lower() -> OfficeId {
    OfficeId(2)
}

pub(crate) const fn stream_for(origin: u64, audience: Audience, lane: Lane) -> Stream {
    let origin = OfficeId(origin);
    Stream {
        journal: JournalId {
            origin,
            audience,
            lane,
        },
        epoch: Epoch::FIRST,
    }
}

/// A stream that goes over the link between 1 and 2.
pub(crate) const fn stream(origin: u64, lane: Lane) -> Stream {
    let down = Audience::Subtree {
        root: OfficeId(origin),
        level: None,
    };
    let audience = match origin {
        1 | 9 => down,
        _ => Audience::Ancestors,
    };
    stream_for(origin, audience, lane)
}

/// What an office says to the link between 1 and 2.
pub(crate) fn held(stream: Stream, head: Head) -> Held {
    let tree = tree();
    Held {
        stream,
        head,
        branch: route::branch(&tree, lower(), stream.journal.origin),
        rank: route::rank(&tree, &stream.journal),
    }
}

/// Pages of one stream, as their origin wrote them, from 1 on.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) stream: Stream,
    pub(crate) pages: Vec<Page>,
}

impl Chain {
    pub(crate) const fn new(stream: Stream) -> Self {
        let pages = Vec::new();
        Self { stream, pages }
    }

    /// A chain of pages of 112 bytes and their body, each with base 1.
    pub(crate) fn of(stream: Stream, count: usize, body: usize) -> Self {
        let mut chain = Self::new(stream);
        for _ in 0..count {
            chain.write(PageNo::FIRST, body, 0);
        }
        chain
    }

    /// Writes the next page. Pages of another `mark` have another hash.
    pub(crate) fn write(&mut self, base: PageNo, body: usize, mark: u8) -> &Page {
        let last = self.pages.last();
        let number = last.map_or(PageNo::FIRST, |page| page.header.position.number.next());
        let previous = last.map_or(Hash::ZERO, Page::hash);
        let body = vec![mark; body];
        let header = Header {
            position: Position {
                stream: self.stream,
                number,
            },
            base,
            previous,
            body: Hash::of(&[&body]),
            entries: 1,
        };
        let header_bytes = Hash::of(&[format!("{header:?}").as_bytes()]).0;
        self.pages.push(Page {
            header,
            header_bytes: header_bytes.as_slice().into(),
            seal: Seal::NONE,
            body: body.into(),
            parts: Vec::new(),
        });
        self.pages.last().unwrap()
    }

    /// What an office holds that has the pages up to a number.
    pub(crate) fn held_upto(&self, number: usize) -> Held {
        let head = self.pages[number - 1].head();
        held(self.stream, head)
    }

    /// Pages from a number to another, both included.
    pub(crate) fn range(&self, from: usize, to: usize) -> Vec<Page> {
        self.pages[from - 1..to].to_vec()
    }
}
