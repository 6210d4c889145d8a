use toml::Spanned;

use super::reading::Section;
use super::words::{read_word, words};
use super::writing::Writing;

words! {
    /// Sizes of a store, by the size of the office.
    Profile {
        /// For demonstrations and tests.
        Tiny = "tiny",
        /// A township, or a village.
        Township = "township",
        /// A county.
        County = "county",
        /// A prefecture, or a province.
        Prefecture = "prefecture",
    }
}

impl Profile {
    /// The sizes that a store of this profile has.
    #[must_use]
    pub const fn of_store(self) -> terrace_store::Profile {
        match self {
            Self::Tiny => terrace_store::Profile::Tiny,
            Self::Township => terrace_store::Profile::Township,
            Self::County => terrace_store::Profile::County,
            Self::Prefecture => terrace_store::Profile::Prefecture,
        }
    }
}

/// `[store]`: how much memory and disk the store takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its sizes. `init` and `join` choose them by the office's level.
    pub profile: Profile,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            profile: Profile::Township,
        }
    }
}

impl Store {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let profile = section.text("profile", read_word);
        Self {
            profile: profile.map_or(default.profile, Spanned::into_inner),
        }
    }

    pub(super) fn write(&self, out: &mut Writing) {
        out.section("store", "How much memory and disk the store takes.");
        let known = Profile::all_names();
        out.setting(
            &format!("By the size of the office: one of {known}."),
            "profile",
            format!("\"{}\"", self.profile),
            *self == Self::default(),
        );
    }
}
