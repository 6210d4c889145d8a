use alloc::{collections::BTreeMap, string::String, vec::Vec};

use terrace_catalog::{Catalog, Indicator};
use terrace_model::{
    Content, Date, Entry, Epoch, Hash, Header, OfficeId, PageNo, Said, Time, Tree,
};

/// The catalog in force, with the hashes that figures name.
#[derive(Clone, Debug)]
pub struct Book {
    /// The catalog.
    pub catalog: Catalog,
    /// Its hash.
    pub hash: Hash,
    definitions: BTreeMap<String, u64>,
}

impl Book {
    /// Computes the hashes once.
    #[must_use]
    pub fn new(catalog: Catalog) -> Self {
        let definition = |of: &Indicator| (of.id.clone(), catalog.definition_hash(of).short());
        let definitions = catalog.indicators.iter().map(definition).collect();
        Self {
            hash: catalog.hash(),
            definitions,
            catalog,
        }
    }

    /// Short hash of an indicator's definition; 0: there is none.
    pub(crate) fn definition(&self, indicator: &str) -> u64 {
        self.definitions.get(indicator).copied().unwrap_or(0)
    }
}

/// Where and when a ruling is made.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// This office.
    pub me: OfficeId,
    /// The offices it knows.
    pub tree: &'a Tree,
    /// The catalog in force.
    pub book: &'a Book,
    /// Now.
    pub now: Time,
    /// The civil day of the office.
    pub today: Date,
    /// Epoch and number of the page in which this office's Latest entries will
    /// be said.
    pub latest: (Epoch, PageNo),
}

impl<'a> Place<'a> {
    pub(crate) const fn catalog(&self) -> &'a Catalog {
        &self.book.catalog
    }

    /// A value as this office is about to say it.
    pub(crate) fn said<T>(&self, value: T) -> Said<T> {
        let (epoch, page) = self.latest;
        Said { value, epoch, page }
    }
}

/// A sealed page that another page encloses, verified like any other.
#[derive(Clone, Debug)]
pub struct Enclosed {
    /// The office that sealed it.
    pub origin: OfficeId,
    /// Its entries of known kinds.
    pub entries: Vec<Entry>,
    /// Pages that it encloses in turn.
    pub enclosed: Vec<Enclosed>,
}

/// An entry of another office, with what came beside its page.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// The page's header.
    pub header: &'a Header,
    /// The entry.
    pub entry: &'a Entry,
    /// Contents of the parts beside the page, by commitment.
    pub contents: &'a BTreeMap<Hash, Content>,
    /// The pages that the entry encloses.
    pub enclosed: &'a [Enclosed],
}

impl Arrived<'_> {
    /// The office that said it.
    #[must_use]
    pub const fn origin(&self) -> OfficeId {
        self.header.position.stream.journal.origin
    }

    /// A value as the origin said it.
    pub(crate) const fn said<T>(&self, value: T) -> Said<T> {
        let position = &self.header.position;
        Said {
            value,
            epoch: position.stream.epoch,
            page: position.number,
        }
    }
}
