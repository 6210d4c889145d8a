//! Bringing an office up: its folder, its keys, its place in a tree.
//!
//! [`init`] makes the top office. [`begin`] makes an invited one ready to enrol;
//! whoever carries the enrolment hands its answer to [`Joining::finish`]. Neither
//! starts anything or opens a connection. [`Home`] is an office's folder as the
//! daemon opens it.
//!
//! A note of what was begun is written first and removed last. Until then the
//! folder is no office: the same command completes it, with the ids and keys that
//! were made, and nothing is ever deleted to begin anew.

mod error;
mod folder;
mod founding;
mod home;
mod init;
mod join;
mod listen;
mod note;

#[cfg(test)]
mod tests;

use std::path::Path;

use terrace_pki::{KeyStore, Keys};
use zeroize::Zeroizing;

pub use error::{BringUpError, Failed, Refusal};
pub use founding::Made;
pub use home::{Home, OpenError};
pub use init::{Init, init};
pub use join::{Join, Joining, begin};
pub use listen::{ListenAt, Listening};
pub use terrace_pki::{AddressError, CertificateTime, Invitation, InvitationError, LinkAddress};

use error::NAME_CHARS;
use folder::Found;

/// The machine's random source: fills bytes that nobody can guess.
pub type Entropy<'e> = &'e mut dyn FnMut(&mut [u8]);

fn number(entropy: Entropy<'_>) -> u64 {
    let mut bytes = [0; 8];
    entropy(&mut bytes);
    u64::from_be_bytes(bytes)
}

/// Makes the office's keys, or takes those that were made before.
fn make_keys(folder: &Path, entropy: Entropy<'_>) -> Result<Keys, Failed> {
    let mut randomness = Zeroizing::new([[0; 32]; 2]);
    for half in randomness.iter_mut() {
        entropy(half);
    }
    Ok(KeyStore::of(folder).make(&randomness)?)
}

/// The name of an office without what stands around it.
fn office_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=NAME_CHARS).contains(&length) && !name.contains(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(Refusal::Name)
    }
}

/// A new office goes into a folder that holds nothing.
fn fits_new<B>(folder: &Path, found: Found) -> Result<Option<B>, Refusal> {
    let folder = folder.to_owned();
    match found {
        Found::Nothing => Ok(None),
        Found::Office => Err(Refusal::HoldsOffice(folder)),
        Found::Other(found) => Err(Refusal::NotEmpty { folder, found }),
        Found::Begun(note) => Err(Refusal::Unfinished {
            folder,
            begun: note.command(),
        }),
    }
}
