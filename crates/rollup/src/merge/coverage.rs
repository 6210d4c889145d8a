use super::standing::Standing;

/// What a figure rests on, in offices.
///
/// `reported + partial + carried + missing = expected`, always: of those that
/// owe, each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Offices that owe it.
    pub expected: u32,
    /// Of these, those that are current.
    pub reported: u32,
    /// Of these, those of which a part of the period is known.
    pub partial: u32,
    /// Of these, those whose earlier stock stands in.
    pub carried: u32,
    /// Of these, those of which nothing is known.
    pub missing: u32,
    /// Offices that hold records and owe none.
    pub surplus: u32,
}

impl Coverage {
    pub(super) const fn owed(&mut self, standing: Standing) {
        self.expected += 1;
        match standing {
            Standing::Current => self.reported += 1,
            Standing::Partial => self.partial += 1,
            Standing::Carried { .. } => self.carried += 1,
            Standing::Missing => self.missing += 1,
        }
    }

    /// Whether all that owe are current.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.reported == self.expected
    }
}
