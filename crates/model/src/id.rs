use alloc::string::String;
use core::{fmt, str::FromStr};

use thiserror::Error;

/// Text that is no id, code or level.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// A hexadecimal id has sixteen digits 0-9 a-f.
    #[error("an id is 16 digits 0-9 a-f")]
    Hex,
    /// A code is 2 to 12 digits.
    #[error("a code is 2 to 12 digits")]
    Code,
    /// A level has one of five names.
    #[error("a level is one of province, prefecture, county, township, village")]
    Level,
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:016x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:x})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
                if text.len() != 16 || !text.bytes().all(lower) {
                    return Err(IdError::Hex);
                }
                u64::from_str_radix(text, 16).map(Self).map_err(|_| IdError::Hex)
            }
        }
    };
}

hex_id! {
    /// Identity of an office: 64 random bits given at invitation, never changed.
    OfficeId
}
hex_id! {
    /// Identity of a tree of offices: 64 random bits given when the top office
    /// is made. Part of every certificate's name.
    TreeId
}
hex_id! {
    /// Identity of a submission: 64 random bits given by the door that takes it.
    SubmissionId
}
hex_id! {
    /// What people call a notice by: 64 bits given by the door that takes it,
    /// the first of them the time. It is its issuer's alone: see
    /// [`crate::NoticeKey`].
    NoticeId
}

/// Administrative-division code (行政区划代码): 2 to 12 digits. An attribute of
/// an office that may change, never its identity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

impl Code {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this code begins with the other's digits, as a child's usually
    /// begins with its parent's.
    #[must_use]
    pub fn begins_with(&self, parent: &Self) -> bool {
        self.0.starts_with(parent.as_str())
    }
}

impl FromStr for Code {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let right = (2..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if right {
            Ok(Self(text.into()))
        } else {
            Err(IdError::Code)
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Level of an office, highest first: a higher level is the lesser value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省
    Province,
    /// 地级市, 州
    Prefecture,
    /// 县, 区
    County,
    /// 乡镇, 街道
    Township,
    /// 村, 社区
    Village,
}

impl Level {
    /// All levels, highest first.
    pub const ALL: [Self; 5] = [
        Self::Province,
        Self::Prefecture,
        Self::County,
        Self::Township,
        Self::Village,
    ];

    /// The name used in commands and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }
}

impl FromStr for Level {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or(IdError::Level)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn ids_and_codes_are_read_strictly() {
        assert_eq!("00000000000000ff".parse(), Ok(OfficeId(255)));
        assert_eq!(OfficeId(255).to_string(), "00000000000000ff");
        for wrong in [
            "",
            "ff",
            "00000000000000FF",
            "+0000000000000ff",
            "00000000000000f ",
        ] {
            assert_eq!(wrong.parse::<OfficeId>(), Err(IdError::Hex), "{wrong}");
        }
        for wrong in ["", "3", "36-8", "１２", "1234567890123"] {
            assert_eq!(wrong.parse::<Code>(), Err(IdError::Code), "{wrong}");
        }
        assert!(
            "360827"
                .parse::<Code>()
                .unwrap()
                .begins_with(&"3608".parse().unwrap())
        );
        assert!(Level::Prefecture < Level::Township);
        assert_eq!("County".parse::<Level>(), Err(IdError::Level));
    }
}
