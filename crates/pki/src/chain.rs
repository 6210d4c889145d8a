use ed25519_dalek::{Signature, VerifyingKey};
use rustls::pki_types::{CertificateDer, Der, TrustAnchor};
use terrace_model::PublicKey;
use webpki::{EndEntityCert, KeyUsage};
use x509_parser::certificate::{Validity, X509Certificate};
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::OID_SIG_ED25519;
use x509_parser::time::ASN1Time;

use crate::refused::{NameKind, Refused, Which};
use crate::{CertificateTime, OfficeName};

/// Longest certificate that is looked at, in bytes. An office's are about 400.
const CERTIFICATE_BYTES_MAX: usize = 2048;

/// Longest validity that is accepted, in days: a little above
/// [`crate::LIFETIME_DAYS`], so that a stolen transport key is of use for a
/// season at most.
const LIFETIME_DAYS_MAX: u64 = 100;

const DAY_SECONDS: u64 = 24 * 60 * 60;

/// What stands before the 32 bytes of an Ed25519 key in its
/// `SubjectPublicKeyInfo` (RFC 8410), the outer tag and length left out.
const KEY_HEAD: [u8; 10] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The outer tag and length of the same.
const KEY_TAG: [u8; 2] = [0x30, 0x2a];

/// The distinguished name with nothing in it.
const EMPTY_NAME: [u8; 2] = [0x30, 0x00];

/// Who the other end says it is, and the signing key it shows for that. Whether
/// the office has that key is for the tree to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The name in its certificate.
    pub name: OfficeName,
    /// The key of its root certificate.
    pub key: PublicKey,
}

/// Reads the claim from the certificates of a connection whose handshake a
/// verifier of this crate has passed. Signatures and validity are not looked at
/// again.
///
/// # Errors
/// A [`Refused`] for a chain that no verifier of this crate passes.
pub fn claim_of(certificates: &[CertificateDer<'_>]) -> Result<Claim, Refused> {
    Chain::parse(certificates).map(|chain| chain.claim)
}

/// The end of a link that shows a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// A child, which dials.
    Client,
    /// A parent, which answers.
    Server,
}

impl End {
    /// The extended key usage it must have, given as the arcs' DER: 1.3.6.1.5.5.7.3.{1, 2}.
    const fn usage(self) -> KeyUsage {
        match self {
            Self::Server => KeyUsage::required(&[0x2b, 6, 1, 5, 5, 7, 3, 1]),
            Self::Client => KeyUsage::required(&[0x2b, 6, 1, 5, 5, 7, 3, 2]),
        }
    }
}

/// A leaf and its root, well-formed and of one office, but not yet verified.
pub(crate) struct Chain<'a> {
    pub(crate) claim: Claim,
    der: &'a CertificateDer<'a>,
    root: X509Certificate<'a>,
    validity: Validity,
}

impl<'a> Chain<'a> {
    /// Reads the two certificates strictly: anything that an office would not
    /// have made itself is refused.
    pub(crate) fn parse(certificates: &'a [CertificateDer<'a>]) -> Result<Self, Refused> {
        let [leaf_der, root_der] = certificates else {
            return Err(Refused::ChainLength(certificates.len()));
        };
        let leaf = certificate(leaf_der, Which::Leaf)?;
        let root = certificate(root_der, Which::Root)?;
        let claim = Claim {
            name: name(&leaf)?,
            key: key(&root, Which::Root)?,
        };
        if key(&leaf, Which::Leaf)? == claim.key {
            return Err(Refused::SameKey);
        }
        if !names_one_office(&leaf, &root, claim.name) {
            return Err(Refused::RootName);
        }
        let validity = leaf.validity.clone();
        Ok(Self {
            claim,
            der: leaf_der,
            root,
            validity,
        })
    }

    /// Verifies the chain with the claimed key as the only trust anchor: the
    /// root's own signature, the leaf's signature, its validity at this time,
    /// and that it is made for this end of a link.
    pub(crate) fn verify(&self, at: CertificateTime, end: End) -> Result<(), Refused> {
        self.in_time(at)?;
        self.verify_root()?;
        let leaf = EndEntityCert::try_from(self.der).map_err(Refused::Certificate)?;
        let public_key = [&KEY_HEAD[..], &self.claim.key.0].concat();
        let anchor = TrustAnchor {
            subject: Der::from_slice(leaf.issuer()),
            subject_public_key_info: Der::from(public_key),
            name_constraints: None,
        };
        leaf.verify_for_usage(
            &[webpki::aws_lc_rs::ED25519],
            &[anchor],
            &[],
            at.unix(),
            end.usage(),
            None,
            None,
        )
        .map(|_| ())
        .map_err(refused)
    }

    fn in_time(&self, at: CertificateTime) -> Result<(), Refused> {
        let from = instant(self.validity.not_before)?;
        let until = instant(self.validity.not_after)?;
        let days = until.seconds().saturating_sub(from.seconds()) / DAY_SECONDS;
        if at < from {
            Err(Refused::NotYetValid { at, from })
        } else if at > until {
            Err(Refused::Expired { at, until })
        } else if days > LIFETIME_DAYS_MAX {
            Err(Refused::Lifetime { days })
        } else {
            Ok(())
        }
    }

    /// The root proves that its holder has the key, and, being verified strictly,
    /// that the key is not one of those that sign for everybody.
    fn verify_root(&self) -> Result<(), Refused> {
        let root = &self.root;
        let algorithm = &root.signature_algorithm;
        if !root.is_ca() {
            return Err(Refused::RootAuthority);
        }
        if algorithm.algorithm != OID_SIG_ED25519 || *algorithm != root.tbs_certificate.signature {
            return Err(Refused::RootSignature);
        }
        let key = VerifyingKey::from_bytes(&self.claim.key.0);
        let key = key.map_err(|_| Refused::Key(Which::Root))?;
        let signature = Signature::from_slice(&root.signature_value.data);
        let signature = signature.map_err(|_| Refused::RootSignature)?;
        key.verify_strict(root.tbs_certificate.as_ref(), &signature)
            .map_err(|_| Refused::RootSignature)
    }
}

/// Read twice: one library shows every name, the other accepts no second
/// encoding of the same certificate.
fn certificate<'a>(
    der: &'a CertificateDer<'_>,
    which: Which,
) -> Result<X509Certificate<'a>, Refused> {
    if der.len() > CERTIFICATE_BYTES_MAX {
        return Err(Refused::TooLong {
            which,
            bytes: der.len(),
        });
    }
    let Ok(([], certificate)) = x509_parser::parse_x509_certificate(der) else {
        return Err(Refused::Malformed(which));
    };
    EndEntityCert::try_from(der).map_err(Refused::Certificate)?;
    Ok(certificate)
}

/// The office's name: the one DNS name of the leaf, which has no subject.
fn name(leaf: &X509Certificate<'_>) -> Result<OfficeName, Refused> {
    let extension = leaf.subject_alternative_name();
    let extension = extension.map_err(|_| Refused::Malformed(Which::Leaf))?;
    let names = extension.map(|extension| extension.value.general_names.as_slice());
    let name = match names.unwrap_or_default() {
        [] => return Err(Refused::NoName),
        [GeneralName::DNSName(name)] => name.parse()?,
        [other] => return Err(Refused::NameKind(kind(other))),
        many => return Err(Refused::ManyNames(many.len())),
    };
    if leaf.subject.as_raw() != EMPTY_NAME {
        return Err(Refused::Subject);
    }
    Ok(name)
}

fn kind(name: &GeneralName<'_>) -> NameKind {
    match name {
        GeneralName::RFC822Name(_) => NameKind::Email,
        GeneralName::URI(_) => NameKind::Uri,
        GeneralName::IPAddress(_) => NameKind::IpAddress,
        GeneralName::DirectoryName(_) => NameKind::Directory,
        GeneralName::DNSName(_)
        | GeneralName::OtherName(..)
        | GeneralName::X400Address(_)
        | GeneralName::EDIPartyName(_)
        | GeneralName::RegisteredID(_)
        | GeneralName::Invalid(..) => NameKind::Other,
    }
}

fn key(certificate: &X509Certificate<'_>, which: Which) -> Result<PublicKey, Refused> {
    let raw = certificate.public_key().raw;
    let key = raw
        .strip_prefix(&KEY_TAG)
        .and_then(|rest| rest.strip_prefix(&KEY_HEAD));
    key.and_then(|key| key.try_into().ok())
        .map(PublicKey)
        .ok_or(Refused::Key(which))
}

/// Whether the root is its own issuer and the leaf's, under the office's name.
fn names_one_office(
    leaf: &X509Certificate<'_>,
    root: &X509Certificate<'_>,
    name: OfficeName,
) -> bool {
    let one = root.subject.as_raw() == root.issuer.as_raw()
        && root.subject.as_raw() == leaf.issuer.as_raw();
    let common = root.subject.iter_common_name().next();
    let common = common.and_then(|common| common.as_str().ok());
    let alone = root.subject.iter_attributes().count() == 1;
    one && alone && common == Some(name.to_string().as_str())
}

/// No certificate of an office begins or ends before 1970.
fn instant(time: ASN1Time) -> Result<CertificateTime, Refused> {
    let seconds = u64::try_from(time.timestamp()).map_err(|_| Refused::Malformed(Which::Leaf))?;
    Ok(CertificateTime::from_seconds(seconds))
}

/// Names the two refusals that people meet; the library's word for the rest.
fn refused(error: webpki::Error) -> Refused {
    let signature = matches!(
        error,
        webpki::Error::InvalidSignatureForPublicKey
            | webpki::Error::UnsupportedSignatureAlgorithmContext(_)
            | webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
    );
    let usage = matches!(
        error,
        webpki::Error::RequiredEkuNotFoundContext(_) | webpki::Error::EmptyEkuExtension
    );
    if signature {
        Refused::Signature
    } else if usage {
        Refused::Usage
    } else {
        Refused::Certificate(error)
    }
}
