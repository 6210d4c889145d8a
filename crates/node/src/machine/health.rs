use std::collections::BTreeMap;

use terrace_model::{ChildLink, Health};
use terrace_store::Read;

use super::{Machine, Moment};

/// What the shell measures of the machine that the office runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Bytes free on the disk that holds the office's folder.
    pub disk_free_bytes: u64,
    /// Days until the transport certificate ends.
    pub certificate_days: i32,
}

impl<R: Read> Machine<R> {
    /// Takes new measurements; the desk rules whether they are worth saying.
    pub fn handle_sample(&mut self, at: Moment, sample: Sample) {
        self.sample = sample;
        self.health_due.get_or_insert(at.now);
    }

    /// The office's health now.
    pub(super) fn health(&self, at: Moment) -> Health {
        let me = self.constants.me;
        let parent = self.tree.get(me).and_then(|office| office.parent);
        let never = ChildLink {
            up: false,
            since: at.wall,
            behind: None,
        };
        let joined = self.tree.children(me).filter(|child| child.key.is_some());
        let link = |id| {
            self.neighbours
                .get(&id)
                .map_or(never, |neighbour| neighbour.link)
        };
        let links: BTreeMap<_, _> = joined.map(|child| (child.id, link(child.id))).collect();
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
