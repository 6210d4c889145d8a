use core::str::FromStr;

use terrace_model::{Code, Hash, Level, OfficeId, Time, TreeId};
use thiserror::Error;

use crate::word::{open_word, seal_word};
use crate::{Fingerprint, LinkAddress, OfficeName, Suite, Token};

/// Longest name of an office in an invitation, in bytes of UTF-8: a hundred
/// Chinese characters.
pub const NAME_BYTES_MAX: usize = 300;

/// An invitation is shorter than this, in characters, so that it fits one line
/// of every tool it is pasted into.
pub const WORD_CHARS_MAX: usize = 1_000;

/// The layout below. A word of another layout is refused, never guessed at.
const LAYOUT: u8 = 1;

/// What a parent hands to the people of a new child office (邀请): who the child
/// is, whom to dial, and how to know the parent. One word to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The child's code.
    pub code: Code,
    /// The child's name: 1 to [`NAME_BYTES_MAX`] bytes, no control characters.
    pub name: String,
    /// The child's level.
    pub level: Level,
    /// The child's id, given by this invitation and never changed.
    pub office: OfficeId,
    /// The tree that the child becomes part of.
    pub tree: TreeId,
    /// The office that invites.
    pub parent: OfficeId,
    /// The one-time secret that the child presents.
    pub token: Token,
    /// From this instant on it is no longer good, by the parent's clock.
    pub expires: Time,
    /// The fingerprint of the parent's signing key.
    pub parent_key: Fingerprint,
    /// Where the parent is dialled.
    pub link: LinkAddress,
}

/// Why a word is no invitation, or an invitation cannot be written as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvitationError {
    /// Something else was pasted.
    #[error("an invitation is one word that begins with terrace1.")]
    NotAnInvitation,
    /// Made by another release.
    #[error("this invitation is of a newer release; update terrace on this machine")]
    Newer,
    /// No invitation is that long.
    #[error("an invitation is shorter than {WORD_CHARS_MAX} characters")]
    TooLong,
    /// A character that does not occur in invitations.
    #[error(
        "character {place} of the invitation, {found:?}, does not belong there; \
         copy it again as one word"
    )]
    Character {
        /// Counted from 1.
        place: usize,
        /// The character.
        found: char,
    },
    /// The checksum does not fit.
    #[error("the invitation is cut short or mistyped; copy it again")]
    Mistyped,
    /// The checksum fits, but not the content: made by a faulty program.
    #[error("the invitation is damaged; ask for another one")]
    Layout,
    /// The name cannot be the name of an office.
    #[error("an office's name is 1 to {NAME_BYTES_MAX} bytes long and holds no control characters")]
    Name,
}

impl Invitation {
    /// The word to hand over: `terrace1.` and A-Z a-z 0-9 _ -.
    ///
    /// # Errors
    /// [`InvitationError::Name`] for a name that is empty, too long, or holds
    /// control characters.
    pub fn to_word(&self) -> Result<String, InvitationError> {
        if !is_name(&self.name) {
            return Err(InvitationError::Name);
        }
        let mut payload = vec![LAYOUT, Suite::Ed25519Sha256.id(), level_number(self.level)];
        payload.extend(self.office.0.to_be_bytes());
        payload.extend(self.tree.0.to_be_bytes());
        payload.extend(self.parent.0.to_be_bytes());
        payload.extend(self.token.bytes());
        payload.extend(self.expires.0.to_be_bytes());
        payload.extend(self.parent_key.0.0);
        for text in [self.code.as_str(), &self.link.to_string(), &self.name] {
            let length = u16::try_from(text.len()).map_err(|_| InvitationError::TooLong)?;
            payload.extend(length.to_be_bytes());
            payload.extend(text.as_bytes());
        }
        Ok(seal_word(&payload))
    }

    /// Whether it is no longer good.
    #[must_use]
    pub fn is_expired(&self, now: Time) -> bool {
        now >= self.expires
    }

    /// The name that the child dials its parent by, and finds in the parent's
    /// certificate.
    #[must_use]
    pub const fn parent_name(&self) -> OfficeName {
        OfficeName {
            office: self.parent,
            tree: self.tree,
        }
    }

    /// The name that the child has in its own certificates.
    #[must_use]
    pub const fn office_name(&self) -> OfficeName {
        OfficeName {
            office: self.office,
            tree: self.tree,
        }
    }
}

impl FromStr for Invitation {
    type Err = InvitationError;

    fn from_str(word: &str) -> Result<Self, InvitationError> {
        let payload = open_word(word)?;
        let (layout, rest) = payload.split_first().ok_or(InvitationError::Layout)?;
        if *layout != LAYOUT {
            return Err(InvitationError::Newer);
        }
        let mut fields = Fields(rest);
        let [suite, level] = fields.bytes()?;
        Suite::try_from(suite).map_err(|_| InvitationError::Newer)?;
        let invitation = Self {
            level: level_of(level).ok_or(InvitationError::Layout)?,
            office: OfficeId(u64::from_be_bytes(fields.bytes()?)),
            tree: TreeId(u64::from_be_bytes(fields.bytes()?)),
            parent: OfficeId(u64::from_be_bytes(fields.bytes()?)),
            token: Token::new(fields.bytes()?),
            expires: Time(i64::from_be_bytes(fields.bytes()?)),
            parent_key: Fingerprint(Hash(fields.bytes()?)),
            code: fields
                .text()?
                .parse()
                .map_err(|_| InvitationError::Layout)?,
            link: fields
                .text()?
                .parse()
                .map_err(|_| InvitationError::Layout)?,
            name: fields.text()?.to_owned(),
        };
        if fields.0.is_empty() && is_name(&invitation.name) {
            Ok(invitation)
        } else {
            Err(InvitationError::Layout)
        }
    }
}

/// What is left to read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], InvitationError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(InvitationError::Layout)?;
        self.0 = rest;
        Ok(*bytes)
    }

    fn text(&mut self) -> Result<&'a str, InvitationError> {
        let length = usize::from(u16::from_be_bytes(self.bytes()?));
        let (text, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(InvitationError::Layout)?;
        self.0 = rest;
        core::str::from_utf8(text).map_err(|_| InvitationError::Layout)
    }
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= NAME_BYTES_MAX && !name.contains(char::is_control)
}

const fn level_number(level: Level) -> u8 {
    match level {
        Level::Province => 1,
        Level::Prefecture => 2,
        Level::County => 3,
        Level::Township => 4,
        Level::Village => 5,
    }
}

fn level_of(number: u8) -> Option<Level> {
    Level::ALL
        .into_iter()
        .find(|level| level_number(*level) == number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn invitation() -> Invitation {
        Invitation {
            code: "360827".parse().unwrap(),
            name: "遂川县".into(),
            level: Level::County,
            office: OfficeId(0x0102),
            tree: TreeId(0x0304),
            parent: OfficeId(0x0506),
            token: Token::new([7; 16]),
            expires: Time(1_700_000_000_000),
            parent_key: Fingerprint(Hash([8; 32])),
            link: "link.example:7443".parse().unwrap(),
        }
    }

    /// Invitations are handed out on paper and sticks: one made by this release
    /// is read by the next.
    #[test]
    fn an_invitation_keeps_its_released_form() {
        let word = concat!(
            "terrace1.AQEDAAAAAAAAAQIAAAAAAAADBAAAAAAAAAUGBwcHBwcHBwcHBwcHBwcHBwAAAYvP5WgACAgICAgI",
            "CAgICAgICAgICAgICAgICAgICAgICAgICAgABjM2MDgyNwARbGluay5leGFtcGxlOjc0NDMACemBguW3neWO",
            "vwkxhcY",
        );
        assert_eq!(invitation().to_word().unwrap(), word);
        assert_eq!(word.parse(), Ok(invitation()));
        assert_eq!(format!("  {word}\n").parse(), Ok(invitation()));
    }

    #[test]
    fn the_longest_invitation_is_shorter_than_a_thousand_characters() {
        let label = "a".repeat(63);
        let mut longest = invitation();
        longest.code = "123456789012".parse().unwrap();
        longest.name = "县".repeat(NAME_BYTES_MAX / 3);
        longest.link = format!("{label}.{label}.{label}.{}:65535", "a".repeat(61))
            .parse()
            .unwrap();
        let word = longest.to_word().unwrap();
        assert!(word.len() < WORD_CHARS_MAX, "{}", word.len());
        assert!(
            word.chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
        );
        assert_eq!(word.parse(), Ok(longest.clone()));

        longest.name.push('a');
        assert_eq!(longest.to_word(), Err(InvitationError::Name));
    }

    #[test]
    fn an_office_has_a_name_without_control_characters() {
        for wrong in ["", " ", "a\nb", "a\u{7f}", "a\u{1b}[2J"] {
            let invitation = Invitation {
                name: wrong.into(),
                ..invitation()
            };
            assert_eq!(
                invitation.to_word(),
                Err(InvitationError::Name),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn what_an_editor_puts_around_a_word_is_no_part_of_it() {
        let word = invitation().to_word().unwrap();
        for around in [
            format!("\u{feff}{word}\r\n"),
            format!(" \u{3000}{word}\u{200b}\t"),
        ] {
            assert_eq!(around.parse(), Ok(invitation()), "{around:?}");
        }
        let told = stray(12, '“').to_string();
        assert!(
            told.starts_with("character 12 of the invitation, '“', does not"),
            "{told}"
        );
    }

    fn stray(place: usize, found: char) -> InvitationError {
        InvitationError::Character { place, found }
    }

    #[test]
    fn a_word_that_is_no_invitation_is_refused_with_its_reason() {
        let word = invitation().to_word().unwrap();
        let swapped = word.replacen("terrace1.", "terrace2.", 1);
        let cut = &word[..word.len() - 3];
        let spaced = format!("{} {}", &word[..40], &word[40..]);
        let long = format!("terrace1.{}", "A".repeat(WORD_CHARS_MAX - 9));
        for (text, error) in [
            ("", InvitationError::NotAnInvitation),
            ("hello", InvitationError::NotAnInvitation),
            ("terrace.x", InvitationError::NotAnInvitation),
            (&word[9..], InvitationError::NotAnInvitation),
            (&swapped, InvitationError::Newer),
            ("terrace1.", InvitationError::Mistyped),
            (cut, InvitationError::Mistyped),
            (&spaced, stray(41, ' ')),
            ("terrace1.AB=", stray(12, '=')),
            ("“terrace1.AB”", stray(1, '“')),
            ("terrace1.AＢ", stray(11, 'Ｂ')),
            ("terrace１．AB", stray(8, '１')),
            ("你好 terrace1", InvitationError::NotAnInvitation),
            (&long, InvitationError::TooLong),
            (&long[..WORD_CHARS_MAX - 1], InvitationError::Mistyped),
        ] {
            assert_eq!(text.parse::<Invitation>(), Err(error), "{text}");
        }
    }

    #[test]
    fn an_unknown_layout_or_suite_is_told_apart_from_damage() {
        let payload = open_word(&invitation().to_word().unwrap()).unwrap();
        let with = |place: usize, value: u8| {
            let mut changed = payload.clone();
            changed[place] = value;
            seal_word(&changed).parse::<Invitation>()
        };
        assert_eq!(with(0, 2), Err(InvitationError::Newer));
        assert_eq!(with(1, 2), Err(InvitationError::Newer));
        assert_eq!(with(2, 6), Err(InvitationError::Layout));
        let longer = [&payload[..], &[0]].concat();
        assert_eq!(
            seal_word(&longer).parse::<Invitation>(),
            Err(InvitationError::Layout)
        );
        for length in 0..payload.len() {
            let cut = seal_word(&payload[..length]);
            assert_eq!(
                cut.parse::<Invitation>(),
                Err(InvitationError::Layout),
                "{length}"
            );
        }
    }

    #[test]
    fn every_mistyped_character_is_noticed() {
        let word = invitation().to_word().unwrap();
        for place in 9..word.len() {
            let (before, rest) = word.split_at(place);
            let other = if rest.starts_with('A') { 'B' } else { 'A' };
            let mistyped = format!("{before}{other}{}", &rest[1..]);
            assert_eq!(
                mistyped.parse::<Invitation>(),
                Err(InvitationError::Mistyped)
            );
        }
    }

    #[test]
    fn an_invitation_ends_at_its_hour_and_prints_no_token() {
        let invitation = invitation();
        assert!(!invitation.is_expired(Time(1_699_999_999_999)));
        assert!(invitation.is_expired(Time(1_700_000_000_000)));
        let token = invitation.token.clone();
        assert!(format!("{invitation:?}").contains("Token(..)"));
        assert_ne!(token.hash(), Hash::of(&[token.bytes()]));
        assert_ne!(token.hash(), Token::new([6; 16]).hash());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            code in "[0-9]{2,12}",
            name in "[^\\p{C}\\s]{1,75}",
            level in 0_usize..5,
            ids: (u64, u64, u64),
            token: [u8; 16],
            expires: i64,
            key: [u8; 32],
            port in 1_u16..,
        ) {
            let invitation = Invitation {
                code: code.parse().unwrap(),
                name,
                level: Level::ALL[level],
                office: OfficeId(ids.0),
                tree: TreeId(ids.1),
                parent: OfficeId(ids.2),
                token: Token::new(token),
                expires: Time(expires),
                parent_key: Fingerprint(Hash(key)),
                link: format!("[::1]:{port}").parse().unwrap(),
            };
            prop_assert_eq!(invitation.to_word().unwrap().parse(), Ok(invitation));
        }

        #[test]
        fn no_text_makes_the_reader_fail(text in "(terrace1\\.)?[A-Za-z0-9_.-]{0,80}") {
            prop_assert!(text.parse::<Invitation>().is_err());
        }
    }
}
