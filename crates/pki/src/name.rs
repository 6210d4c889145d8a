use core::fmt;
use core::str::FromStr;

use rustls::pki_types::{DnsName, ServerName};
use terrace_model::{OfficeId, TreeId};
use thiserror::Error;

/// What every office's name ends with. `.internal` is set aside for private use,
/// so that no such name exists on the public network.
const SUFFIX: &str = "terrace.internal";

/// Text that is no office's DNS name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// A wildcard stands for many offices.
    #[error("a wildcard names no single office")]
    Wildcard,
    /// Two spellings of one name would be two names in a log.
    #[error("an office's name is written in lower case")]
    UpperCase,
    /// Anything else.
    #[error(
        "an office's name is written <id>.<tree>.terrace.internal, each id of 16 digits 0-9 a-f"
    )]
    Shape,
}

/// The one name of an office in its certificates:
/// `<id>.<tree>.terrace.internal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OfficeName {
    /// The office.
    pub office: OfficeId,
    /// The tree it belongs to.
    pub tree: TreeId,
}

impl OfficeName {
    /// The name as the TLS library wants the name of a server: what a child
    /// passes when it dials this office.
    ///
    /// # Errors
    /// None is expected: the name is always a DNS name. The library's word on it
    /// is passed on instead of assumed.
    pub fn server_name(&self) -> Result<ServerName<'static>, NameError> {
        DnsName::try_from(self.to_string())
            .map(ServerName::DnsName)
            .map_err(|_| NameError::Shape)
    }
}

impl FromStr for OfficeName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.contains('*') {
            return Err(NameError::Wildcard);
        }
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NameError::UpperCase);
        }
        let (office, rest) = text.split_once('.').ok_or(NameError::Shape)?;
        let (tree, suffix) = rest.split_once('.').ok_or(NameError::Shape)?;
        if suffix != SUFFIX {
            return Err(NameError::Shape);
        }
        Ok(Self {
            office: office.parse().map_err(|_| NameError::Shape)?,
            tree: tree.parse().map_err(|_| NameError::Shape)?,
        })
    }
}

impl fmt::Display for OfficeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{SUFFIX}", self.office, self.tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_read_strictly() {
        let name = OfficeName {
            office: OfficeId(0xab),
            tree: TreeId(1),
        };
        let text = "00000000000000ab.0000000000000001.terrace.internal";
        assert_eq!((name.to_string().as_str(), text.parse()), (text, Ok(name)));
        for (wrong, error) in [
            ("", NameError::Shape),
            ("terrace.internal", NameError::Shape),
            ("ab.01.terrace.internal", NameError::Shape),
            ("00000000000000ab.terrace.internal", NameError::Shape),
            (
                "00000000000000ab.0000000000000001.terrace.internal.",
                NameError::Shape,
            ),
            (
                "00000000000000ab.0000000000000001.terrace.internal.example",
                NameError::Shape,
            ),
            (
                "x.00000000000000ab.0000000000000001.terrace.internal",
                NameError::Shape,
            ),
            (
                " 0000000000000ab.0000000000000001.terrace.internal",
                NameError::Shape,
            ),
            ("*.0000000000000001.terrace.internal", NameError::Wildcard),
            (
                "00000000000000AB.0000000000000001.terrace.internal",
                NameError::UpperCase,
            ),
            (
                "00000000000000ab.0000000000000001.Terrace.internal",
                NameError::UpperCase,
            ),
        ] {
            assert_eq!(wrong.parse::<OfficeName>(), Err(error), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_as_it_is_written(office: u64, tree: u64) {
            let name = OfficeName { office: OfficeId(office), tree: TreeId(tree) };
            prop_assert_eq!(name.to_string().parse(), Ok(name));
            prop_assert!(name.server_name().is_ok());
        }

        #[test]
        fn no_two_texts_name_one_office(text in "[0-9a-fA-F*.]{0,40}(\\.terrace\\.internal)?") {
            if let Ok(name) = text.parse::<OfficeName>() {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }
}
