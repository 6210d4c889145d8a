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

/// What stands around a word, as it comes with pasting and with the files of
/// some editors: space, and the mark that a file in UTF-8 may begin with.
fn is_around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// The bytes of a word. Space around the word is not part of it.
pub(crate) fn open_word(text: &str) -> Result<Vec<u8>, InvitationError> {
    let text = text.trim_matches(is_around);
    if text.len() >= WORD_CHARS_MAX {
        return Err(InvitationError::TooLong);
    }
    let Some(body) = text.strip_prefix(PREFIX) else {
        if let Some(stray) = stray(text) {
            return Err(stray);
        }
        return Err(if is_of_another_release(text) {
            InvitationError::Newer
        } else {
            InvitationError::NotAnInvitation
        });
    };
    let is_stray = |c: &char| !(c.is_ascii_alphanumeric() || *c == '-' || *c == '_');
    let mut places = body.chars().enumerate();
    if let Some((place, found)) = places.find(|(_, c)| is_stray(c)) {
        let place = PREFIX.len() + place + 1;
        return Err(InvitationError::Character { place, found });
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

/// The first sign that does not belong into what else would be a word: letters
/// of double width, quotation marks around it.
fn stray(text: &str) -> Option<InvitationError> {
    let folded = text.chars().filter_map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c => is_of_words(c).then_some(c),
    });
    if !folded.take(PREFIX.len()).eq(PREFIX.chars()) {
        return None;
    }
    let mut places = text.chars().enumerate();
    let (place, found) = places.find(|(_, c)| !is_of_words(*c))?;
    let place = place + 1;
    Some(InvitationError::Character { place, found })
}

const fn is_of_words(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
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
