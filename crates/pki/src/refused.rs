use core::fmt;
use std::sync::Arc;

use rustls::{CertificateError, OtherError};
use terrace_model::{OfficeId, TreeId};
use thiserror::Error;

use crate::{CertificateTime, Fingerprint, NameError, OfficeName};

/// One of the two certificates of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The office's transport certificate.
    Leaf,
    /// The certificate of its signing key.
    Root,
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Leaf => "certificate",
            Self::Root => "root certificate",
        })
    }
}

/// A kind of name that a certificate can hold and that names no office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// An e-mail address.
    Email,
    /// A URI.
    Uri,
    /// An IP address.
    IpAddress,
    /// A directory name.
    Directory,
    /// Any other kind, or a name that is not well-formed.
    Other,
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "an e-mail address",
            Self::Uri => "a URI",
            Self::IpAddress => "an IP address",
            Self::Directory => "a directory name",
            Self::Other => "a name of an unknown kind",
        })
    }
}

/// Why the other end of a link is not let in. The office says no; nothing failed.
///
/// It travels inside [`rustls::Error`]; [`Refused::of`] takes it out again.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Not two certificates.
    #[error("a chain is an office's certificate and its root, but {0} certificates were sent")]
    ChainLength(usize),
    /// Longer than any certificate of an office, in bytes.
    #[error("the {which} is {bytes} bytes long")]
    TooLong {
        /// Which of the two.
        which: Which,
        /// Its length.
        bytes: usize,
    },
    /// Not a certificate at all.
    #[error("the {0} is not well-formed")]
    Malformed(Which),
    /// The certificate has a subject: a second place for a name.
    #[error("the certificate has a subject; an office is named by one DNS name alone")]
    Subject,
    /// No alternative name.
    #[error("the certificate holds no DNS name")]
    NoName,
    /// More than one alternative name, of whatever kinds.
    #[error("the certificate holds {0} names, not one")]
    ManyNames(usize),
    /// One alternative name, but no DNS name.
    #[error("the certificate holds {0}, not a DNS name")]
    NameKind(NameKind),
    /// One DNS name, but no office's.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The certificate's key is not of a suite that this release knows.
    #[error("the {0} holds no Ed25519 key")]
    Key(Which),
    /// The signing key is used as transport key.
    #[error("the certificate speaks for the signing key itself")]
    SameKey,
    /// The root does not verify with its own key.
    #[error("the root certificate is not signed by its own key")]
    RootSignature,
    /// The root is no authority.
    #[error("the root certificate is not one that may issue certificates")]
    RootAuthority,
    /// The root is another office's, or not the issuer that the leaf names.
    #[error("the root certificate does not name the certificate's office")]
    RootName,
    /// The leaf does not verify with the root's key.
    #[error("the certificate is not signed by the office's signing key")]
    Signature,
    /// The certificate is not for this side of a link.
    #[error("the certificate is not made for this end of a link")]
    Usage,
    /// Its time has not come, by this office's clock.
    #[error("the certificate is not valid yet; compare the clocks of both offices")]
    NotYetValid {
        /// When it was judged.
        at: CertificateTime,
        /// When it begins.
        from: CertificateTime,
    },
    /// Its time is over, by this office's clock.
    #[error("the certificate has expired; compare the clocks of both offices")]
    Expired {
        /// When it was judged.
        at: CertificateTime,
        /// When it ended.
        until: CertificateTime,
    },
    /// Valid for longer than an office's certificate may be.
    #[error("the certificate is made for {days} days")]
    Lifetime {
        /// Whole days.
        days: u64,
    },
    /// Anything else that the certificate library objects to.
    #[error("the certificate was refused: {0}")]
    Certificate(webpki::Error),
    /// The name that was dialled is no office's.
    #[error("the name that was dialled is not an office's")]
    Dialled,
    /// An office of another tree.
    #[error("the office belongs to tree {found}, not {expected}")]
    OtherTree {
        /// This office's tree.
        expected: TreeId,
        /// The other end's.
        found: TreeId,
    },
    /// Not the office that was dialled.
    #[error("{found} answered instead of {expected}")]
    OtherOffice {
        /// The one that was dialled.
        expected: OfficeName,
        /// The one that answered.
        found: OfficeName,
    },
    /// The tree names no key for the office.
    #[error("the tree names no key for office {0}")]
    Unknown(OfficeId),
    /// The tree names another key for the office.
    #[error("office {0} came with another key than the tree names for it")]
    OtherKey(OfficeId),
    /// The tree says that the office is closed, or its key revoked.
    #[error("office {0} is closed")]
    Closed(OfficeId),
    /// Not the key that the invitation names.
    #[error("the office's key is {found}, but the invitation names {expected}")]
    OtherFingerprint {
        /// The invitation's.
        expected: Fingerprint,
        /// The other end's.
        found: Fingerprint,
    },
}

impl Refused {
    /// The refusal that made a handshake fail, if this crate's verifier was what
    /// failed it.
    #[must_use]
    pub fn of(error: &rustls::Error) -> Option<Self> {
        let rustls::Error::InvalidCertificate(error) = error else {
            return None;
        };
        if let CertificateError::ExpiredContext { time, not_after } = error {
            let at = CertificateTime::from_tls(*time);
            return Some(Self::Expired {
                at,
                until: CertificateTime::from_tls(*not_after),
            });
        }
        if let CertificateError::NotValidYetContext { time, not_before } = error {
            let at = CertificateTime::from_tls(*time);
            return Some(Self::NotYetValid {
                at,
                from: CertificateTime::from_tls(*not_before),
            });
        }
        let CertificateError::Other(OtherError(inner)) = error else {
            return None;
        };
        inner.downcast_ref::<Self>().cloned()
    }
}

/// The other end is told no more than an alert. Of all reasons only the two that
/// a wrong clock causes have an alert of their own, so that an office can say
/// "compare the clocks" when its parent will not have it.
impl From<Refused> for rustls::Error {
    fn from(refused: Refused) -> Self {
        let error = if let Refused::Expired { at, until } = refused {
            CertificateError::ExpiredContext {
                time: at.unix(),
                not_after: until.unix(),
            }
        } else if let Refused::NotYetValid { at, from } = refused {
            CertificateError::NotValidYetContext {
                time: at.unix(),
                not_before: from.unix(),
            }
        } else {
            CertificateError::Other(OtherError(Arc::new(refused)))
        };
        Self::InvalidCertificate(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrace_model::Time;

    #[test]
    fn a_refusal_survives_its_way_through_the_tls_library() {
        let time = |seconds: i64| CertificateTime::at(Time(seconds * 1000), Time(0));
        for refused in [
            Refused::Closed(OfficeId(7)),
            Refused::Name(NameError::Wildcard),
            Refused::Expired {
                at: time(9),
                until: time(8),
            },
            Refused::NotYetValid {
                at: time(8),
                from: time(9),
            },
        ] {
            let error = rustls::Error::from(refused.clone());
            assert_eq!(Refused::of(&error), Some(refused));
        }
        assert_eq!(Refused::of(&rustls::Error::DecryptError), None);
    }
}
