use ed25519_dalek::{Signature, VerifyingKey};
use terrace_model::{Hash, PublicKey, Seal};
use thiserror::Error;

/// What a sealed message begins with; the suite and the page's hash follow.
const DOMAIN: &[u8] = b"terrace seal 1\0";

const MESSAGE_LEN: usize = DOMAIN.len() + 1 + 32;

/// The algorithms behind a signature, a digest or a fingerprint. Its number is
/// signed too, so that a signature of one suite never passes under another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// Ed25519 (RFC 8032, verified strictly) over SHA-256.
    Ed25519Sha256,
}

impl Suite {
    /// The number it has on disk and on the wire.
    #[must_use]
    pub const fn id(self) -> u8 {
        match self {
            Self::Ed25519Sha256 => 1,
        }
    }
}

impl TryFrom<u8> for Suite {
    type Error = SealError;

    fn try_from(id: u8) -> Result<Self, SealError> {
        match id {
            1 => Ok(Self::Ed25519Sha256),
            other => Err(SealError::UnknownSuite(other)),
        }
    }
}

/// Why a seal does not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealError {
    /// A suite that this release does not know.
    #[error("signature suite {0} is not known to this release")]
    UnknownSuite(u8),
    /// Not a point of the curve, or one that signs for everybody.
    #[error("the public key is not a usable Ed25519 key")]
    Key,
    /// Not this key's signature over this page.
    #[error("the seal was not made by this key for this page")]
    Seal,
}

/// Checks that the key sealed the page that has this hash.
///
/// # Errors
/// [`SealError::Key`] for bytes that are no usable key, [`SealError::Seal`] for
/// any other signature than this key's over this page.
pub fn verify_seal(
    suite: Suite,
    key: &PublicKey,
    page: &Hash,
    seal: &Seal,
) -> Result<(), SealError> {
    match suite {
        Suite::Ed25519Sha256 => {
            let key = VerifyingKey::from_bytes(&key.0).map_err(|_| SealError::Key)?;
            if key.is_weak() {
                return Err(SealError::Key);
            }
            key.verify_strict(&message(page), &Signature::from_bytes(&seal.0))
                .map_err(|_| SealError::Seal)
        }
    }
}

/// The bytes that the signing key signs for a page.
pub(crate) fn message(page: &Hash) -> [u8; MESSAGE_LEN] {
    let mut message = [0; MESSAGE_LEN];
    let (domain, rest) = message.split_at_mut(DOMAIN.len());
    domain.copy_from_slice(DOMAIN);
    let (suite, hash) = rest.split_at_mut(1);
    suite.copy_from_slice(&[Suite::Ed25519Sha256.id()]);
    hash.copy_from_slice(&page.0);
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;
    use data_encoding::HEXLOWER;

    const SUITE: Suite = Suite::Ed25519Sha256;

    #[test]
    fn a_seal_stands_for_one_key_and_one_page() {
        let key = SigningKey::from_randomness(&[1; 32]);
        let page = Hash::of(&[b"page"]);
        let seal = key.seal(&page);
        assert_eq!(verify_seal(SUITE, &key.public(), &page, &seal), Ok(()));

        let other = SigningKey::from_randomness(&[2; 32]).public();
        assert_eq!(
            verify_seal(SUITE, &other, &page, &seal),
            Err(SealError::Seal)
        );
        let page = Hash::of(&[b"another page"]);
        assert_eq!(
            verify_seal(SUITE, &key.public(), &page, &seal),
            Err(SealError::Seal)
        );
    }

    #[test]
    fn no_flipped_bit_of_a_seal_passes() {
        let key = SigningKey::from_randomness(&[1; 32]);
        let page = Hash::of(&[b"page"]);
        for place in 0..512 {
            let mut seal = key.seal(&page);
            seal.0[place / 8] ^= 1 << (place % 8);
            assert_eq!(
                verify_seal(SUITE, &key.public(), &page, &seal),
                Err(SealError::Seal)
            );
        }
    }

    /// The bytes of a seal are released: whoever holds an old page must be able
    /// to check it.
    #[test]
    fn a_seal_keeps_its_released_bytes() {
        let key = SigningKey::from_randomness(&[9; 32]);
        let page = Hash([3; 32]);
        assert_eq!(&message(&page)[..16], b"terrace seal 1\0\x01");
        let seal = HEXLOWER.encode(&key.seal(&page).0);
        assert_eq!(&seal[..32], "208862df086cdb195ffe3b7196e58139");
    }

    #[test]
    fn a_key_that_signs_for_everybody_is_refused() {
        // The identity: of small order, so that one signature fits every message.
        let mut weak = [0; 32];
        weak[0] = 1;
        let seal = Seal([0; 64]);
        let page = Hash::of(&[b"page"]);
        assert_eq!(
            verify_seal(SUITE, &PublicKey(weak), &page, &seal),
            Err(SealError::Key)
        );
        assert_eq!(
            verify_seal(SUITE, &PublicKey([2; 32]), &page, &seal),
            Err(SealError::Key)
        );
    }

    #[test]
    fn suites_are_read_strictly() {
        assert_eq!(Suite::try_from(SUITE.id()), Ok(SUITE));
        for id in [0, 2, 255] {
            assert_eq!(Suite::try_from(id), Err(SealError::UnknownSuite(id)));
        }
    }
}
