use thiserror::Error;

/// Bytes that are not what they should be, or a noun that the formats cannot
/// hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// Not the bytes of a message: cut short, padded, or of another form.
    #[error("{what}: not the bytes of such a message")]
    Form {
        /// The message.
        what: &'static str,
    },
    /// A field that is not repeated stands there twice.
    #[error("{what}: field {tag} is said twice")]
    Twice {
        /// The message.
        what: &'static str,
        /// Number of the field.
        tag: u32,
    },
    /// Text or bytes beyond the limit.
    #[error("{what}: field {tag} is longer than {most} bytes")]
    TooLong {
        /// The message.
        what: &'static str,
        /// Number of the field.
        tag: u32,
        /// The limit, in bytes.
        most: usize,
    },
    /// More elements than the limit.
    #[error("{what}: field {tag} has more than {most} elements")]
    TooMany {
        /// The message.
        what: &'static str,
        /// Number of the field.
        tag: u32,
        /// The limit.
        most: u32,
    },
    /// Bytes that would take far more memory than they are long.
    #[error("{what}: too many small pieces for its length")]
    TooCostly {
        /// The message.
        what: &'static str,
    },
    /// The whole is larger than the limit.
    #[error("{what}: larger than {most} bytes")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The limit, in bytes.
        most: usize,
    },
    /// A field that must be there is not.
    #[error("{what} is missing")]
    Missing {
        /// The field.
        what: &'static str,
    },
    /// A value that is none: a hash of another length, a date that does not
    /// exist, a list out of order.
    #[error("{what} is not well formed")]
    Invalid {
        /// What is wrong.
        what: &'static str,
    },
    /// A format that this version cannot read.
    #[error("{what} has version {found}; this program reads version {known}")]
    Newer {
        /// The format.
        what: &'static str,
        /// The version it says.
        found: u32,
        /// The version that this program reads.
        known: u32,
    },
    /// Something of a kind that this version does not know.
    #[error("{what} is of a kind that this version does not know")]
    UnknownKind {
        /// What it is.
        what: &'static str,
    },
}

impl WireError {
    /// Whether a newer version may well understand the bytes: such a thing is
    /// kept and passed on, not held against its author.
    #[must_use]
    pub const fn is_newer(&self) -> bool {
        match self {
            Self::Newer { .. } | Self::UnknownKind { .. } => true,
            Self::Form { .. }
            | Self::Twice { .. }
            | Self::TooLong { .. }
            | Self::TooMany { .. }
            | Self::TooCostly { .. }
            | Self::TooLarge { .. }
            | Self::Missing { .. }
            | Self::Invalid { .. } => false,
        }
    }
}

/// Refuses a version other than the one this program reads.
pub(crate) const fn version(what: &'static str, found: u32, known: u32) -> Result<(), WireError> {
    match found {
        0 => Err(WireError::Missing { what: "version" }),
        found if found == known => Ok(()),
        found => Err(WireError::Newer { what, found, known }),
    }
}

/// A field that must be there.
pub(crate) fn given<T>(value: Option<T>, what: &'static str) -> Result<T, WireError> {
    value.ok_or(WireError::Missing { what })
}
