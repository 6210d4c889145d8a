use core::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyUsagePurpose, SanType, SerialNumber, date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::sign::CertifiedKey;
use terrace_model::Hash;
use thiserror::Error;

use crate::secret::Resting;
use crate::{CertificateTime, Identity, OfficeName, SigningKey, TransportKey};

/// How long a transport certificate is made for, in days.
pub const LIFETIME_DAYS: u64 = 90;

/// With this many days left it is time for the next one.
pub const RENEWAL_DAYS: u64 = 30;

/// A certificate begins this long before it is made, in seconds, so that a
/// parent whose clock is behind by less than a day lets its child in.
const BACKDATED_SECONDS: u64 = 24 * 60 * 60;

pub(crate) const DAY_SECONDS: u64 = 24 * 60 * 60;

/// The last second that a certificate can state: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// Why no certificate could be made: a fault, not a refusal.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The clock is past the year 9999.
    #[error("the clock is too far ahead to make a certificate")]
    Clock,
    /// The transport key has no encoding.
    #[error("the transport key cannot be encoded")]
    Key,
    /// The certificate could not be written.
    #[error("the certificate could not be written")]
    Write(#[from] rcgen::Error),
    /// The TLS library would not take the certificate and its key.
    #[error("the certificate cannot be used")]
    Use(#[source] rustls::Error),
}

/// Issues the office's own transport certificate, valid for [`LIFETIME_DAYS`]
/// from this time, and the root certificate that goes along with it. Nobody's
/// help is needed, so it also works while the office is away.
///
/// # Errors
/// A [`CertificateError`]: the clock is past the year 9999, or a library failed.
pub fn issue(
    signing: &SigningKey,
    transport: &TransportKey,
    name: OfficeName,
    at: CertificateTime,
) -> Result<Identity, CertificateError> {
    let from = CertificateTime::from_seconds(at.seconds().saturating_sub(BACKDATED_SECONDS));
    let until = at.seconds().checked_add(LIFETIME_DAYS * DAY_SECONDS);
    let until = until
        .filter(|until| *until <= LAST_SECOND)
        .ok_or(CertificateError::Clock)?;

    let mut leaf = leaf_params(name)?;
    set_validity(&mut leaf, from.seconds(), until);
    leaf.serial_number = Some(serial(transport, from));

    let root = root_params(name);
    let issuer = Issuer::from_params(&root, signing);
    let leaf = leaf.signed_by(transport, &issuer)?;
    let root = root.self_signed(signing)?;

    let secret = transport.encode().ok_or(CertificateError::Key)?;
    let secret = PrivatePkcs8KeyDer::from(secret.as_bytes());
    let key =
        rustls::crypto::aws_lc_rs::sign::any_eddsa_type(&secret).map_err(CertificateError::Use)?;
    let certified = CertifiedKey::new(vec![leaf.into(), root.into()], key);
    certified.keys_match().map_err(CertificateError::Use)?;
    Ok(Identity::new(
        name,
        certified,
        from,
        CertificateTime::from_seconds(until),
    ))
}

/// A transport certificate without its validity: one DNS name, and no subject,
/// which would be a second place for a name.
pub(crate) fn leaf_params(name: OfficeName) -> Result<CertificateParams, rcgen::Error> {
    let mut leaf = CertificateParams::default();
    leaf.distinguished_name = DistinguishedName::new();
    leaf.subject_alt_names = vec![SanType::DnsName(name.to_string().try_into()?)];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // An office is a child and a parent with the same certificate.
    leaf.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ];
    Ok(leaf)
}

/// The certificate of the signing key. It proves that its holder has the key; it
/// never expires, because only the tree says how long a key counts.
pub(crate) fn root_params(name: OfficeName) -> CertificateParams {
    let mut root = CertificateParams::default();
    root.distinguished_name = DistinguishedName::new();
    root.distinguished_name
        .push(DnType::CommonName, name.to_string());
    set_validity(&mut root, 0, LAST_SECOND);
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    root
}

/// Both in seconds since 1970, at most [`LAST_SECOND`], so that they have a date.
pub(crate) fn set_validity(params: &mut CertificateParams, from: u64, until: u64) {
    let epoch = date_time_ymd(1970, 1, 1);
    params.not_before = epoch + Duration::from_secs(from);
    params.not_after = epoch + Duration::from_secs(until);
}

/// Another number for each certificate of an issuer, without randomness.
fn serial(transport: &TransportKey, from: CertificateTime) -> SerialNumber {
    let hash = Hash::of(&[transport.public(), &from.seconds().to_be_bytes()]);
    let mut serial = hash.0[..16].to_vec();
    if let Some(first) = serial.first_mut() {
        // Positive, and never zero.
        *first = (*first & 0x3f) | 0x40;
    }
    SerialNumber::from(serial)
}
