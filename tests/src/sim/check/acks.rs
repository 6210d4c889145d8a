//! A page acknowledged on a link is durable at the office that acknowledges,
//! or was asked for again before.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use terrace_model::{OfficeId, Position, Stream};
use terrace_node::machine::LinkId;
use terrace_sync::Frame;

use super::{audience::Posts, mirror::Mirror};

/// What came over each link that is open, by the link of the office it came to.
#[derive(Debug, Default)]
pub(super) struct Acks(BTreeMap<LinkId, Came>);

#[derive(Debug, Default)]
struct Came {
    frames: BTreeMap<u64, Vec<Position>>,
    again: BTreeSet<Stream>,
}

impl Acks {
    pub(super) fn closes(&mut self, link: LinkId) {
        self.0.remove(&link);
    }

    /// A frame came over a link.
    pub(super) fn arrives(&mut self, link: LinkId, frame: &Frame) {
        if let Frame::Pages { number, pages } = frame {
            let positions = pages.iter().map(|page| page.header.position);
            let came = self.0.entry(link).or_default();
            came.frames.insert(*number, positions.collect());
        }
    }

    /// The office of a link says a frame. Says how many pages it acknowledged.
    pub(super) fn leaves(
        &mut self,
        (office, link): (OfficeId, LinkId),
        frame: &Frame,
        mirror: &Mirror,
        posts: &Posts,
    ) -> Result<usize> {
        let came = self.0.entry(link).or_default();
        let mut acknowledged = 0;
        match frame {
            Frame::Again { stream, .. } => {
                came.again.insert(*stream);
            }
            Frame::Ack { upto, .. } => {
                let later = came.frames.split_off(&(upto + 1));
                for position in came.frames.values().flatten() {
                    let stream = position.stream;
                    let held = mirror.head(stream);
                    acknowledged += 1;
                    let is_held = held.is_some_and(|held| held.head.number >= position.number);
                    ensure!(
                        is_held || came.again.contains(&stream),
                        "{} acknowledged page {} of {stream:?} and does not hold it",
                        posts.name(office),
                        position.number.0
                    );
                }
                came.frames = later;
            }
            Frame::Hello(_)
            | Frame::Branches(_)
            | Frame::Heads { .. }
            | Frame::Pages { .. }
            | Frame::Close { .. } => {}
        }
        Ok(acknowledged)
    }
}
