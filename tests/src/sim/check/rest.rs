//! When nothing is left to do, neighbours hold the same of every journal that
//! both hold, whole and ruled on.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use terrace_model::{HeldHead, OfficeId, PageNo, Stream};

use super::{audience::Posts, mirror::Mirror, pages::Sealed};

/// Holds all heads against each other and against what was sealed.
pub(super) fn check(
    mirrors: &BTreeMap<OfficeId, Mirror>,
    sealed: &Sealed,
    posts: &Posts,
) -> Result<()> {
    for (office, mirror) in mirrors {
        let name = posts.name(*office);
        for (stream, held) in mirror.heads() {
            ensure!(
                held.unproved_from.is_none() && !held.forked,
                "{name} waits for ever in {stream:?}: {held:?}"
            );
            ensure!(
                sealed.newest(stream) == Some(held.head.number),
                "{name} holds {stream:?} up to {}, and {:?} was sealed",
                held.head.number.0,
                sealed.newest(stream)
            );
            gap(mirror, stream, held, &name)?;
        }
        let parent = posts.0.get(office).and_then(|post| post.parent);
        let Some((parent, above)) = parent.and_then(|id| Some((id, mirrors.get(&id)?))) else {
            continue;
        };
        let streams: BTreeSet<Stream> = mirror
            .heads()
            .chain(above.heads())
            .map(|(stream, _)| stream)
            .collect();
        for stream in streams {
            let both = [*office, parent].map(|id| posts.may_hold(id, &stream.journal));
            if both != [true, true] {
                continue;
            }
            let heads = [mirror, above].map(|of| of.head(stream).map(|held| held.head));
            ensure!(
                heads[0] == heads[1],
                "{name} and {} hold {stream:?} up to {heads:?}",
                posts.name(parent)
            );
        }
    }
    Ok(())
}

/// All pages from base to head are held.
fn gap(mirror: &Mirror, stream: Stream, held: HeldHead, name: &str) -> Result<()> {
    for number in held.head.base.0..=held.head.number.0 {
        ensure!(
            mirror.page(stream, PageNo(number)).is_some(),
            "{name} lacks page {number} of {stream:?}"
        );
    }
    Ok(())
}
