use core::fmt;

use terrace_model::Hash;

/// The one-time secret of an invitation (一次性令牌): 128 random bits. The parent
/// keeps only [`Token::hash`]; the token itself is shown once, inside the
/// invitation.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 16]);

impl Token {
    /// The token made of these random bytes, or of those that a child presents.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes that a child presents.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// What the parent keeps, and compares with the hash of what is presented:
    /// neither its store nor the time a comparison takes gives the token away.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[b"terrace enrolment token v1\0", &self.0])
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}
