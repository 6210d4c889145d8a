use core::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, PeerIncompatible, SignatureScheme};
use terrace_model::{OfficeId, PublicKey, TreeId};

use crate::chain::{Chain, Claim, End};
use crate::{CertificateTime, Fingerprint, OfficeName, Refused, claim_of};

/// The signatures that an office's key makes in a handshake.
static HANDSHAKE: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[webpki::aws_lc_rs::ED25519],
    mapping: &[(SignatureScheme::ED25519, &[webpki::aws_lc_rs::ED25519])],
};

/// What the signed tree says of an office today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It runs with this signing key.
    Open(PublicKey),
    /// It is closed, or its key revoked: nobody is let in under its id.
    Closed,
}

/// The keys of the signed tree as it stands: asked anew at each handshake, on the
/// thread that shakes hands.
pub trait Anchors: Send + Sync {
    /// What the tree says of an office; none: it names no key for it.
    fn anchor(&self, office: OfficeId) -> Option<Anchor>;
}

/// Who is at the other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// An office of this tree, with the key that the tree names for it.
    Known(OfficeId),
    /// Somebody who holds this key and says to be an office for which the tree
    /// names none. It may call enrolment and nothing else.
    Stranger {
        /// Who it says it is.
        office: OfficeId,
        /// The key it holds.
        key: PublicKey,
    },
}

/// Says who is at the other end of a connection whose handshake a verifier of
/// this crate has passed, by the tree as it stands now. Asked again, it tells
/// whether a live connection has to end because its office was closed or
/// re-keyed. Signatures and validity are not looked at again.
///
/// # Errors
/// A [`Refused`] for an office of another tree, a closed one, or one that the
/// tree names another key for.
pub fn peer_of(
    certificates: &[CertificateDer<'_>],
    tree: TreeId,
    anchors: &dyn Anchors,
) -> Result<Peer, Refused> {
    judge(claim_of(certificates)?, tree, anchors)
}

fn judge(claim: Claim, tree: TreeId, anchors: &dyn Anchors) -> Result<Peer, Refused> {
    let OfficeName {
        office,
        tree: found,
    } = claim.name;
    if found != tree {
        return Err(Refused::OtherTree {
            expected: tree,
            found,
        });
    }
    match anchors.anchor(office) {
        Some(Anchor::Open(key)) if key == claim.key => Ok(Peer::Known(office)),
        Some(Anchor::Open(_)) => Err(Refused::OtherKey(office)),
        Some(Anchor::Closed) => Err(Refused::Closed(office)),
        None => Ok(Peer::Stranger {
            office,
            key: claim.key,
        }),
    }
}

/// Whether a parent lets in an office that the tree names no key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strangers {
    /// No.
    Refused,
    /// Yes, if its chain is consistent in itself, so that it can enrol.
    /// [`peer_of`] tells it apart.
    Admitted,
}

/// A parent's check of the child that dials.
pub struct ChildVerifier {
    tree: TreeId,
    anchors: Arc<dyn Anchors>,
    strangers: Strangers,
}

impl ChildVerifier {
    /// Checks children against this tree's keys.
    #[must_use]
    pub fn new(tree: TreeId, anchors: Arc<dyn Anchors>, strangers: Strangers) -> Self {
        Self {
            tree,
            anchors,
            strangers,
        }
    }

    pub(crate) fn check(
        &self,
        certificates: &[CertificateDer<'_>],
        at: CertificateTime,
    ) -> Result<Peer, Refused> {
        let chain = Chain::parse(certificates)?;
        let peer = judge(chain.claim, self.tree, self.anchors.as_ref())?;
        match (peer, self.strangers) {
            (Peer::Stranger { office, .. }, Strangers::Refused) => {
                return Err(Refused::Unknown(office));
            }
            (Peer::Known(_), Strangers::Refused | Strangers::Admitted)
            | (Peer::Stranger { .. }, Strangers::Admitted) => {}
        }
        chain.verify(at, End::Client)?;
        Ok(peer)
    }
}

impl fmt::Debug for ChildVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ChildVerifier({}, strangers {:?})",
            self.tree, self.strangers
        )
    }
}

/// What a child knows its parent by.
pub enum ParentTrust {
    /// The key that the signed tree names for it.
    Tree(Arc<dyn Anchors>),
    /// The fingerprint in the invitation: before the child knows any tree.
    Invitation(Fingerprint),
}

/// A child's check of the parent that it dials. Which office that is comes from
/// the name it dials: [`OfficeName::server_name`].
pub struct ParentVerifier(ParentTrust);

impl ParentVerifier {
    /// Checks the parent by this.
    #[must_use]
    pub const fn new(trust: ParentTrust) -> Self {
        Self(trust)
    }

    pub(crate) fn check(
        &self,
        certificates: &[CertificateDer<'_>],
        expected: OfficeName,
        at: CertificateTime,
    ) -> Result<(), Refused> {
        let chain = Chain::parse(certificates)?;
        let Claim { name: found, key } = chain.claim;
        if found.tree != expected.tree {
            return Err(Refused::OtherTree {
                expected: expected.tree,
                found: found.tree,
            });
        }
        if found != expected {
            return Err(Refused::OtherOffice { expected, found });
        }
        match &self.0 {
            ParentTrust::Tree(anchors) => match judge(chain.claim, found.tree, anchors.as_ref())? {
                Peer::Known(_) => {}
                Peer::Stranger { office, .. } => return Err(Refused::Unknown(office)),
            },
            ParentTrust::Invitation(expected) => {
                let (expected, found) = (*expected, Fingerprint::of(&key));
                if expected != found {
                    return Err(Refused::OtherFingerprint { expected, found });
                }
            }
        }
        chain.verify(at, End::Server)
    }
}

impl fmt::Debug for ParentVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ParentTrust::Tree(_) => f.write_str("ParentVerifier(tree)"),
            ParentTrust::Invitation(fingerprint) => write!(f, "ParentVerifier({fingerprint})"),
        }
    }
}

fn whole_chain<'a>(
    end_entity: &CertificateDer<'a>,
    intermediates: &[CertificateDer<'a>],
) -> Vec<CertificateDer<'a>> {
    core::iter::once(end_entity)
        .chain(intermediates)
        .cloned()
        .collect()
}

fn no_tls12() -> rustls::Error {
    rustls::Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled)
}

impl ClientCertVerifier for ChildVerifier {
    /// None: an office has one certificate, and no hint should tell a stranger
    /// whom this office knows.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let chain = whole_chain(end_entity, intermediates);
        self.check(&chain, CertificateTime::from_tls(now))?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(no_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &HANDSHAKE)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        HANDSHAKE.supported_schemes()
    }
}

impl ServerCertVerifier for ParentVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let expected = server_name.to_str().parse().map_err(|_| Refused::Dialled)?;
        let chain = whole_chain(end_entity, intermediates);
        self.check(&chain, expected, CertificateTime::from_tls(now))?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(no_tls12())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &HANDSHAKE)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        HANDSHAKE.supported_schemes()
    }
}
