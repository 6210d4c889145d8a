use std::collections::BTreeMap;

use terrace_model::{ChildLink, Fact, Health, Key, OfficeId, Time};
use terrace_store::{Read, StoreError};

use super::{Machine, Moment};

/// What the shell measures of the machine that the office runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Bytes free on the disk that holds the office's folder.
    pub disk_free_bytes: u64,
    /// Days until the transport certificate ends.
    pub certificate_days: i32,
}

/// The links that an office said before it was started again, none of which is
/// up now: since when each of them is missed.
pub(super) fn missed<R: Read>(
    reader: &R,
    me: OfficeId,
) -> Result<BTreeMap<OfficeId, ChildLink>, StoreError> {
    let Some(Fact::Health(said)) = reader.get(&Key::Health(me))? else {
        return Ok(BTreeMap::new());
    };
    let health = said.value;
    let since = |link: ChildLink| if link.up { health.at } else { link.since };
    let links = health.links.iter();
    Ok(links
        .map(|(id, link)| (*id, down_since(since(*link))))
        .collect())
}

const fn down_since(since: Time) -> ChildLink {
    ChildLink {
        up: false,
        since,
        behind: None,
    }
}

impl<R: Read> Machine<R> {
    /// Takes new measurements; the desk rules whether they are worth saying.
    pub fn handle_sample(&mut self, at: Moment, sample: Sample) {
        self.sample = sample;
        self.health_due.get_or_insert(at.now);
    }

    /// The office's health now.
    pub(super) fn health(&mut self, at: Moment) -> Health {
        let me = self.constants.me;
        let parent = self.tree.get(me).and_then(|office| office.parent);
        let joined = self.tree.children(me).filter(|child| child.key.is_some());
        let mut links = BTreeMap::new();
        for child in joined {
            let link = match self.neighbours.get(&child.id) {
                Some(neighbour) => neighbour.link,
                None => *self.missed.entry(child.id).or_insert(down_since(at.wall)),
            };
            links.insert(child.id, link);
        }
        let skew = parent.and_then(|parent| self.neighbours.get(&parent));
        Health {
            at: at.wall,
            version: self.constants.version.clone(),
            catalog: self.constants.book.catalog.name(),
            disk_free_bytes: self.sample.disk_free_bytes,
            certificate_days: self.sample.certificate_days,
            clock_skew_ms: skew.map_or(0, |neighbour| neighbour.skew_millis),
            refused: self.without_effect,
            links,
        }
    }
}
