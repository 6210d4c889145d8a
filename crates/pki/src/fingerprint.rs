use core::fmt;

use terrace_model::{Hash, PublicKey};

/// How many groups people compare.
const GROUPS: usize = 6;

/// SHA-256 of an office's public signing key (指纹).
///
/// Shown whole it is 64 hexadecimal digits. [`Fingerprint::spoken`] is what two
/// people compare over the telephone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub Hash);

impl Fingerprint {
    /// The fingerprint of a public key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self(Hash::of(&[&key.0]))
    }

    /// Six groups of four digits: the first 96 bits, which nobody can match by
    /// trying keys. They stand at the front of the whole fingerprint.
    #[must_use]
    pub fn spoken(&self) -> String {
        let groups = self.0.0.chunks_exact(2).take(GROUPS);
        let words: Vec<String> = groups
            .map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        words.join(" ")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_spoken_as_six_groups_of_its_own_digits() {
        let fingerprint = Fingerprint::of(&PublicKey([5; 32]));
        let spoken = fingerprint.spoken();
        let groups: Vec<&str> = spoken.split(' ').collect();
        assert_eq!(
            groups.iter().map(|group| group.len()).collect::<Vec<_>>(),
            [4; 6]
        );
        assert!(fingerprint.to_string().starts_with(&groups.concat()));
        assert_eq!(fingerprint.to_string().len(), 64);
    }
}
