use std::io;
use std::path::{Path, PathBuf};

use terrace_model::{OfficeId, TreeId};
use terrace_pki::{CertificateError, KeyStoreError, LinkAddress};
use terrace_store::StoreError;
use thiserror::Error;

use super::listen::ListenAt;

/// Longest name of an office, in characters, as for those that are invited.
pub(super) const NAME_CHARS: usize = 60;

/// Why an office was not brought up.
#[derive(Debug, Error)]
pub enum BringUpError {
    /// It may not be, as things stand.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The machine failed. Asked again, what was begun is completed.
    #[error(transparent)]
    Failed(#[from] Failed),
}

/// Why an office may not be brought up in a folder. Nothing was touched.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The folder is an office's already.
    #[error("{} already holds an office", .0.display())]
    HoldsOffice(PathBuf),
    /// The folder holds something else.
    #[error("{} is not empty and holds no office; it holds {found}", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// A name in it.
        found: String,
    },
    /// An office was begun there in another way.
    #[error("{} holds an unfinished {begun}", folder.display())]
    Unfinished {
        /// The folder.
        folder: PathBuf,
        /// `init` or `join`.
        begun: &'static str,
    },
    /// The folder was enrolled as another office, and its parent may know it.
    #[error("{} was enrolled as office {office} of tree {tree}", folder.display())]
    OtherOffice {
        /// The folder.
        folder: PathBuf,
        /// As which office.
        office: OfficeId,
        /// In which tree.
        tree: TreeId,
    },
    /// Another process is bringing up an office there.
    #[error("another process is at work in {}", .0.display())]
    Busy(PathBuf),
    /// No office is called that.
    #[error("an office's name has 1 to {NAME_CHARS} characters and no control characters")]
    Name,
    /// An address to listen at that no invitation can name.
    #[error("{0} stands for every address of this machine, which no invitation can name")]
    Everywhere(ListenAt),
    /// A public address that children cannot dial.
    #[error("children cannot dial {0}")]
    Public(LinkAddress),
    /// A public address of an office that does not listen.
    #[error("an address for children was given, and none to listen at")]
    PublicAlone,
}

impl Refusal {
    /// Whether the command line itself is to blame, rather than what is in the
    /// folder.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        match self {
            Self::Name | Self::Everywhere(_) | Self::Public(_) | Self::PublicAlone => true,
            Self::HoldsOffice(_)
            | Self::NotEmpty { .. }
            | Self::Unfinished { .. }
            | Self::OtherOffice { .. }
            | Self::Busy(_) => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn todo(&self) -> Option<&'static str> {
        match self {
            Self::HoldsOffice(_) => Some("start it with `terrace serve`, or name another folder"),
            Self::NotEmpty { .. } => Some("name an empty folder, or one that is not there yet"),
            Self::Unfinished { begun, .. } => Some(complete(begun)),
            Self::OtherOffice { .. } => {
                Some("join with the invitation it was enrolled with, or in another folder")
            }
            Self::Busy(_) => Some("wait for it, or name another folder"),
            Self::Everywhere(_) | Self::Public(_) => {
                Some("say with --public HOST:PORT where children reach this office")
            }
            Self::PublicAlone => Some("say with --link HOST:PORT where this office listens"),
            Self::Name => None,
        }
    }
}

/// What completes an office that was begun.
pub(super) fn complete(begun: &str) -> &'static str {
    if begun == "init" {
        "complete it with `terrace init`, or name another folder"
    } else {
        "complete it with `terrace join` and its invitation, or name another folder"
    }
}

/// What failed while an office was brought up.
#[derive(Debug, Error)]
pub enum Failed {
    /// The system refused.
    #[error("{} could not be {doing}", path.display())]
    Io {
        /// What was being done to it.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The keys could not be made or read.
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    /// No certificate could be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The note of what was begun is not what was written.
    #[error("{} is damaged", .0.display())]
    Note(PathBuf),
    /// No port could be had.
    #[error("there is no port to listen at for {at}")]
    Port {
        /// Where.
        at: ListenAt,
        /// The system's reason.
        source: io::Error,
    },
    /// The parent's answer is about another tree, parent, office or key.
    #[error("the parent's answer does not fit the invitation")]
    Answer,
}

/// A fault of the system at a path.
pub(super) fn io_at<'p>(
    doing: &'static str,
    path: &'p Path,
) -> impl FnOnce(io::Error) -> Failed + use<'p> {
    move |source| Failed::Io {
        doing,
        path: path.to_owned(),
        source,
    }
}
