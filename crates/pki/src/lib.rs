//! Keys, certificates, seals and enrolment.
//!
//! An office has one long-lived signing key. It seals the office's pages and
//! issues the office's own short-lived transport certificates; there is no other
//! authority. On a link the only trust anchor is the key that the signed tree
//! names for the id in the other end's certificate, read anew at each handshake:
//! revocation is a tree entry, and nothing here remembers a peer.
//!
//! Randomness and time are arguments. Nothing in this crate prints a secret.

mod address;
mod certificate;
mod chain;
mod clock;
mod fingerprint;
mod identity;
mod invitation;
mod keystore;
mod name;
mod refused;
mod seal;
mod secret;
mod tls;
mod token;
mod verify;
mod word;

#[cfg(test)]
mod tests;

pub use address::{AddressError, LinkAddress};
pub use certificate::{CertificateError, LIFETIME_DAYS, RENEWAL_DAYS, issue};
pub use chain::{Claim, claim_of};
pub use clock::{CertificateTime, Clock};
pub use fingerprint::Fingerprint;
pub use identity::{CurrentIdentity, Identity};
pub use invitation::{Invitation, InvitationError, NAME_BYTES_MAX, WORD_CHARS_MAX};
pub use keystore::{KeyStore, KeyStoreError, Keys};
pub use name::{NameError, OfficeName};
pub use refused::{NameKind, Refused, Which};
pub use seal::{SealError, Suite, verify_seal};
pub use secret::{SigningKey, TransportKey};
pub use tls::{ALPN_HTTP2, client_config, server_config};
pub use token::Token;
pub use verify::{
    Anchor, Anchors, ChildVerifier, ParentTrust, ParentVerifier, Peer, Strangers, peer_of,
};
