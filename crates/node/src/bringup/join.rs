use core::fmt;
use std::net::TcpListener;
use std::path::Path;

use terrace_model::{Own, PublicKey};
use terrace_pki::{CertificateTime, Clock, Fingerprint, Identity, Invitation, LinkAddress, issue};
use terrace_wire::EnrolReply;

use super::error::{BringUpError, Failed, Refusal};
use super::folder::{Folder, Found};
use super::founding::{Founding, Made, founded};
use super::listen::Listening;
use super::note::{self, Note};
use super::{Entropy, fits_new, make_keys, number};
use crate::config::{Link, Profile};

/// An invited office, as an operator wants it.
#[derive(Clone, Debug)]
pub struct Join {
    /// The invitation.
    pub invitation: Invitation,
    /// Where its parent is dialled; none: where the invitation says.
    pub parent: Option<LinkAddress>,
    /// How its own children reach it.
    pub listening: Listening,
    /// Sizes of its store; none: by its level.
    pub profile: Option<Profile>,
}

/// An office between its keys and its place in the tree: what it enrols with.
/// Dropped, it stays unfinished and can be begun again; the invitation stays
/// good.
pub struct Joining {
    folder: Folder,
    invitation: Invitation,
    identity: Identity,
    key: PublicKey,
    link: Link,
    held: Option<TcpListener>,
    profile: Option<Profile>,
    salt: u64,
    is_resumed: bool,
}

/// Begins to join: makes the office's keys in a folder, and keeps the invitation
/// there. One that was begun before goes on with the keys it had made, whichever
/// invitation it has this time. Dials nobody.
///
/// Whether the invitation is still good is for its parent to say, by the
/// parent's clock.
///
/// # Errors
/// A [`BringUpError`]. After a [`Refusal`] nothing was touched.
pub fn begin(
    folder: &Path,
    join: Join,
    clock: &dyn Clock,
    entropy: Entropy<'_>,
) -> Result<Joining, BringUpError> {
    let Join {
        invitation,
        parent,
        listening,
        profile,
    } = join;
    listening.check()?;
    let (folder, begun) = Folder::take(folder, fits)?;
    let (salt, is_resumed) = (number(entropy), begun.is_some());
    if let Some(before) = begun
        && before.office_name() != invitation.office_name()
        && let Some(Own { id, tree }) = founded(folder.path(), salt)?
    {
        // Its parent took it, and the place that it has is not this one.
        let folder = folder.path().to_owned();
        let office = id;
        return Err(Refusal::OtherOffice {
            folder,
            office,
            tree,
        }
        .into());
    }
    let parent = parent.unwrap_or_else(|| invitation.link.clone());
    let (link, held) = listening.settle(Some(parent), entropy)?;
    let note = Note::Join(Box::new(invitation.clone())).to_string();
    folder.write(note::NAME, note::NEXT, &note)?;
    let keys = make_keys(folder.path(), entropy)?;
    let at = CertificateTime::by(clock);
    let identity = issue(&keys.signing, &keys.transport, invitation.office_name(), at)
        .map_err(Failed::from)?;
    Ok(Joining {
        folder,
        invitation,
        identity,
        key: keys.signing.public(),
        link,
        held,
        profile,
        salt,
        is_resumed,
    })
}

impl Joining {
    /// Whether it was begun before, and goes on with the keys it had made.
    #[must_use]
    pub const fn is_resumed(&self) -> bool {
        self.is_resumed
    }

    /// What it is invited with.
    #[must_use]
    pub const fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    /// What it shows when it enrols.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Where its parent is dialled.
    #[must_use]
    pub fn parent(&self) -> &LinkAddress {
        self.link.parent.as_ref().unwrap_or(&self.invitation.link)
    }

    /// Takes the parent's answer: from here on the folder holds an office that
    /// knows its parent and all above.
    ///
    /// # Errors
    /// A [`Failed`]; the folder can still be joined again. [`Failed::Answer`] for
    /// an answer that is about somebody else.
    pub fn finish(self, reply: &EnrolReply) -> Result<Made, Failed> {
        if !self.fits(reply) {
            return Err(Failed::Answer);
        }
        let Self {
            folder,
            link,
            held,
            profile,
            salt,
            ..
        } = self;
        let office = reply.office.clone();
        let above = std::iter::once(&reply.parent).chain(&reply.ancestors);
        let founding = Founding {
            folder,
            own: Own {
                id: office.id,
                tree: reply.tree,
            },
            offices: std::iter::once(&office).chain(above).cloned().collect(),
            link,
            held,
            profile,
            salt,
        };
        founding.finish(office)
    }

    fn fits(&self, reply: &EnrolReply) -> bool {
        let invitation = &self.invitation;
        let parent_key = reply.parent.key.as_ref().map(Fingerprint::of);
        reply.tree == invitation.tree
            && reply.office.id == invitation.office
            && reply.office.key == Some(self.key)
            && reply.office.parent == Some(reply.parent.id)
            && reply.parent.id == invitation.parent
            && parent_key == Some(invitation.parent_key)
    }
}

/// Never shows the invitation, which holds the token.
impl fmt::Debug for Joining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Joining({})", self.identity.name())
    }
}

/// A `join` goes into an empty folder, or goes on with one that was begun.
fn fits(folder: &Path, found: Found) -> Result<Option<Box<Invitation>>, Refusal> {
    match found {
        Found::Begun(Note::Join(invitation)) => Ok(Some(invitation)),
        Found::Nothing | Found::Office | Found::Other(_) | Found::Begun(Note::Init { .. }) => {
            fits_new(folder, found)
        }
    }
}
