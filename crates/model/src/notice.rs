use alloc::string::String;

use crate::{Audience, Date, NoticeId, OfficeId, Time};

/// Identity of a notice among those of all issuers: an office gives ids to its
/// own notices alone, and can take none from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeKey {
    /// The id that its issuer gave it.
    pub id: NoticeId,
    /// The office that issued it.
    pub issuer: OfficeId,
}

/// A policy notice (政策通知), going down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// The office that issued it.
    pub issuer: OfficeId,
    /// Title.
    pub title: String,
    /// Text.
    pub body: String,
    /// A person at each office is asked to acknowledge by this day.
    pub acknowledge_by: Option<Date>,
    /// When it was issued, by the issuer's clock.
    pub issued: Time,
}

impl Notice {
    /// Its identity.
    #[must_use]
    pub const fn key(&self) -> NoticeKey {
        NoticeKey {
            id: self.id,
            issuer: self.issuer,
        }
    }
}

/// A notice as one office holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldNotice {
    /// The notice.
    pub notice: Notice,
    /// The audiences it was published to, as far as they reach this office.
    pub audiences: alloc::vec::Vec<Audience>,
}

/// What an office says of a notice it received (回执).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The daemon has it durably.
    pub delivered: Option<Time>,
    /// A person opened it.
    pub read: Option<Time>,
    /// A person confirmed it.
    pub acknowledged: Option<Time>,
}
