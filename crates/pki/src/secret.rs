use core::fmt;

use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey, SecretDocument};
use ed25519_dalek::{Signature, Signer};
use terrace_model::{Hash, PublicKey, Seal};

use crate::{Fingerprint, seal};

/// An office's signing key: long-lived, made on the office's own machine, never
/// sent anywhere. It seals pages and issues the office's transport certificates.
///
/// Wiped from memory when dropped; never printed.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key that these random bytes stand for.
    ///
    /// The bytes must come from the machine's random source and be used for
    /// nothing else; the caller wipes its own copy.
    #[must_use]
    pub fn from_randomness(randomness: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(randomness))
    }

    /// The public half, which the signed tree names for the office.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.public_bytes())
    }

    /// The fingerprint of the public half.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.public())
    }

    /// Seals the page that has this hash.
    #[must_use]
    pub fn seal(&self, page: &Hash) -> Seal {
        Seal(self.0.sign(&seal::message(page)).to_bytes())
    }

    fn public_bytes(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }
}

/// An office's transport key: what its certificates speak for, apart from the
/// signing key and replaced at will.
///
/// Wiped from memory when dropped; never printed.
pub struct TransportKey(ed25519_dalek::SigningKey);

impl TransportKey {
    /// The key that these random bytes stand for; see
    /// [`SigningKey::from_randomness`].
    #[must_use]
    pub fn from_randomness(randomness: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(randomness))
    }

    pub(crate) fn public(&self) -> &[u8; 32] {
        // The reference comes from the key itself, so that it can be lent to the
        // certificate writer.
        let key: &ed25519_dalek::VerifyingKey = self.0.as_ref();
        key.as_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.fingerprint())
    }
}

impl fmt::Debug for TransportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransportKey(..)")
    }
}

/// A key that rests in a file as PKCS#8.
pub(crate) trait Resting: Sized {
    /// The one encoding: PKCS#8 version 2, which holds the public half too, so
    /// that a damaged file is noticed. None: the encoder refused.
    fn encode(&self) -> Option<SecretDocument>;

    /// Reads what [`Resting::encode`] wrote, bit for bit; none for anything
    /// else.
    fn decode(bytes: &[u8]) -> Option<Self>;
}

fn decode(bytes: &[u8]) -> Option<ed25519_dalek::SigningKey> {
    let key = ed25519_dalek::SigningKey::from_pkcs8_der(bytes).ok()?;
    let again = key.to_pkcs8_der().ok()?;
    (again.as_bytes() == bytes).then_some(key)
}

impl Resting for SigningKey {
    fn encode(&self) -> Option<SecretDocument> {
        self.0.to_pkcs8_der().ok()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        decode(bytes).map(Self)
    }
}

impl Resting for TransportKey {
    fn encode(&self) -> Option<SecretDocument> {
        self.0.to_pkcs8_der().ok()
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        decode(bytes).map(Self)
    }
}

impl rcgen::PublicKeyData for SigningKey {
    fn der_bytes(&self) -> &[u8] {
        let key: &ed25519_dalek::VerifyingKey = self.0.as_ref();
        key.as_bytes()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

/// A certificate begins with the byte 0x30, a sealed message with a letter, so
/// that one signature can never stand for the other.
impl rcgen::SigningKey for SigningKey {
    fn sign(&self, certificate: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: Signature = self.0.sign(certificate);
        Ok(signature.to_vec())
    }
}

impl rcgen::PublicKeyData for TransportKey {
    fn der_bytes(&self) -> &[u8] {
        self.public()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_encoding_and_no_flipped_bit_does() {
        let key = SigningKey::from_randomness(&[7; 32]);
        let bytes = key.encode().unwrap().as_bytes().to_vec();
        assert_eq!(SigningKey::decode(&bytes).unwrap().public(), key.public());
        for place in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[place / 8] ^= 1 << (place % 8);
            assert!(SigningKey::decode(&damaged).is_none(), "bit {place}");
        }
        assert!(SigningKey::decode(&[&bytes[..], &[0]].concat()).is_none());
    }

    #[test]
    fn no_key_prints_its_secret() {
        let secret = [0xa7; 32];
        let printed = format!(
            "{:?} {:?}",
            SigningKey::from_randomness(&secret),
            TransportKey::from_randomness(&secret)
        );
        assert!(!printed.contains("a7a7") && !printed.contains("167, 167"));
        assert!(printed.ends_with("TransportKey(..)"));
    }
}
