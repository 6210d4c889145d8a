//! How bytes become one word that people copy, and back.

use data_encoding::BASE64URL_NOPAD;
use terrace_model::Hash;

use crate::InvitationError;
use crate::invitation::WORD_CHARS_MAX;

/// What every invitation begins with.
const PREFIX: &str = "terrace1.";

/// How many bytes of the checksum go into the word: a mistyped word passes once
/// in four thousand million.
const CHECKSUM_BYTES: usize = 4;

/// The word for these bytes.
pub(crate) fn seal_word(payload: &[u8]) -> String {
    let whole = [payload, &checksum(payload)].concat();
    format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&whole))
}

/// The bytes of a word. Space around the word, as it comes with pasting, is not
/// part of it.
pub(crate) fn open_word(text: &str) -> Result<Vec<u8>, InvitationError> {
    let text = text.trim();
    if text.len() >= WORD_CHARS_MAX {
        return Err(InvitationError::TooLong);
    }
    let Some(body) = text.strip_prefix(PREFIX) else {
        return Err(if is_of_another_release(text) {
            InvitationError::Newer
        } else {
            InvitationError::NotAnInvitation
        });
    };
    let stray = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if let Some(place) = body.chars().position(stray) {
        return Err(InvitationError::Character {
            place: PREFIX.len() + place + 1,
        });
    }
    let whole = BASE64URL_NOPAD
        .decode(body.as_bytes())
        .map_err(|_| InvitationError::Mistyped)?;
    let (payload, found) = whole
        .split_last_chunk::<CHECKSUM_BYTES>()
        .ok_or(InvitationError::Mistyped)?;
    if *found == checksum(payload) {
        Ok(payload.to_vec())
    } else {
        Err(InvitationError::Mistyped)
    }
}

fn checksum(payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let [a, b, c, d, ..] = Hash::of(&[b"terrace invitation\0", payload]).0;
    [a, b, c, d]
}

/// `terrace`, a number and a point: the beginning of another release's word.
fn is_of_another_release(text: &str) -> bool {
    let rest = text
        .strip_prefix("terrace")
        .and_then(|rest| rest.split_once('.'));
    rest.is_some_and(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
