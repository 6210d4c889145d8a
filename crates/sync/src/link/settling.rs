use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec::Vec,
};

use terrace_model::{Hash, OfficeId, Stream};

use super::streams::Streams;
use crate::{Frame, Limits, ProtocolError, heads};

/// Finds out what the neighbour holds: one digest, then one for each branch,
/// then the heads of the branches that differ.
#[derive(Debug)]
pub(super) struct Settling {
    heads_per_frame: usize,
    branch_limit: u32,
    head_limit: u32,
    digest: Hash,
    branches: BTreeMap<OfficeId, Hash>,
    branches_due: bool,
    stage: Stage,
    /// Streams whose heads we have still to say. Their heads are looked up
    /// when they are said.
    to_say: VecDeque<(OfficeId, VecDeque<Stream>)>,
}

#[derive(Debug)]
enum Stage {
    /// The neighbour's hello is awaited.
    Hello,
    /// The digests differ: its branches are awaited.
    Branches,
    /// Heads of these branches are awaited. With none left all is settled.
    Heads(BTreeSet<OfficeId>),
}

impl Settling {
    pub(super) fn new(limits: &Limits, streams: &Streams) -> Self {
        let all = streams.heads().map(|(_, stream, head)| (stream, head));
        Self {
            heads_per_frame: usize::try_from(limits.heads_per_frame.max(1)).unwrap_or(usize::MAX),
            branch_limit: limits.branches,
            head_limit: limits.heads_per_frame,
            digest: heads::digest(all),
            branches: heads::by_branch(streams.heads()),
            branches_due: false,
            stage: Stage::Hello,
            to_say: VecDeque::new(),
        }
    }

    /// Digest over all heads at the start of the session.
    pub(super) const fn digest(&self) -> Hash {
        self.digest
    }

    /// Whether the neighbour has said all it holds.
    pub(super) fn is_settled(&self) -> bool {
        self.awaited().is_some_and(BTreeSet::is_empty)
    }

    /// Whether the neighbour has said all it holds of a branch.
    pub(super) fn is_branch_settled(&self, branch: OfficeId) -> bool {
        self.awaited()
            .is_some_and(|awaited| !awaited.contains(&branch))
    }

    const fn awaited(&self) -> Option<&BTreeSet<OfficeId>> {
        match &self.stage {
            Stage::Hello | Stage::Branches => None,
            Stage::Heads(awaited) => Some(awaited),
        }
    }

    /// Takes the neighbour's digest; says whether it is equal to ours.
    pub(super) fn handle_digest(&mut self, digest: Hash) -> bool {
        let equal = digest == self.digest;
        if equal {
            self.stage = Stage::Heads(BTreeSet::new());
        } else {
            self.stage = Stage::Branches;
            self.branches_due = true;
        }
        equal
    }

    /// Takes the neighbour's branches; gives those that differ.
    pub(super) fn handle_branches(
        &mut self,
        branches: &[(OfficeId, Hash)],
        streams: &Streams,
    ) -> Result<BTreeSet<OfficeId>, ProtocolError> {
        match self.stage {
            Stage::Branches => {}
            Stage::Hello | Stage::Heads(_) => return Err(ProtocolError::OutOfTurn),
        }
        within(branches.len(), self.branch_limit)?;
        let theirs: BTreeMap<OfficeId, Hash> = branches.iter().copied().collect();
        let differing = heads::differing(&self.branches, &theirs);
        if differing.is_empty() {
            return Err(ProtocolError::NothingDiffers);
        }
        let mut to_say: BTreeMap<OfficeId, VecDeque<Stream>> = differing
            .iter()
            .map(|branch| (*branch, VecDeque::new()))
            .collect();
        for (branch, stream, _) in streams.heads() {
            if let Some(of_branch) = to_say.get_mut(&branch) {
                of_branch.push_back(stream);
            }
        }
        self.to_say = to_say.into_iter().collect();
        self.stage = Stage::Heads(differing.clone());
        Ok(differing)
    }

    /// Takes note of the branches whose heads are complete with a frame of
    /// this many heads.
    pub(super) fn handle_heads(
        &mut self,
        branches: Vec<OfficeId>,
        count: usize,
    ) -> Result<BTreeSet<OfficeId>, ProtocolError> {
        let awaited = match &mut self.stage {
            Stage::Heads(awaited) if !awaited.is_empty() => awaited,
            Stage::Hello | Stage::Branches | Stage::Heads(_) => {
                return Err(ProtocolError::OutOfTurn);
            }
        };
        within(branches.len(), self.branch_limit)?;
        within(count, self.head_limit)?;
        let mut complete = BTreeSet::new();
        for branch in branches {
            if !awaited.remove(&branch) {
                return Err(ProtocolError::Branch(branch));
            }
            complete.insert(branch);
        }
        Ok(complete)
    }

    pub(super) fn poll_transmit(&mut self, streams: &Streams) -> Option<Frame> {
        if self.branches_due {
            self.branches_due = false;
            let branches = self.branches.iter();
            return Some(Frame::Branches(
                branches.map(|(branch, hash)| (*branch, *hash)).collect(),
            ));
        }
        if self.to_say.is_empty() {
            return None;
        }
        let (mut branches, mut heads) = (Vec::new(), Vec::new());
        let branch_limit = usize::try_from(self.branch_limit).unwrap_or(usize::MAX);
        while let Some((branch, of_branch)) = self.to_say.front_mut() {
            if branches.len() >= branch_limit {
                break;
            }
            let room = self.heads_per_frame.saturating_sub(heads.len());
            let said = of_branch.drain(..room.min(of_branch.len()));
            heads.extend(said.filter_map(|stream| Some((stream, streams.head(&stream)?))));
            if !of_branch.is_empty() {
                break;
            }
            branches.push(*branch);
            self.to_say.pop_front();
        }
        Some(Frame::Heads { branches, heads })
    }
}

/// A frame holds no more items than allowed.
fn within(count: usize, limit: u32) -> Result<(), ProtocolError> {
    if usize::try_from(limit).is_ok_and(|limit| count > limit) {
        return Err(ProtocolError::TooMany { count, limit });
    }
    Ok(())
}
