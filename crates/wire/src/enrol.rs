use core::fmt;

use terrace_model::{Office, OfficeId, PublicKey, Time, TreeId};

use crate::{
    WireError,
    error::version,
    noun::{self, Noun, from_messages, required, to_messages},
    proto,
};

/// Version of the enrolment's messages.
const ENROL_VERSION: u32 = 1;

/// What a child says to the office that invited it.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolRequest {
    /// The office invited.
    pub office: OfficeId,
    /// The one-time token.
    pub token: [u8; 16],
    /// The child's signing key.
    pub key: PublicKey,
}

/// Never shows the token.
impl fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolRequest")
            .field("office", &self.office)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl EnrolRequest {
    /// The message that says this.
    #[must_use]
    pub fn to_proto(&self) -> proto::EnrolRequest {
        proto::EnrolRequest {
            version: ENROL_VERSION,
            office: self.office.0,
            token: self.token.to_vec(),
            key: self.key.0.to_vec(),
        }
    }

    /// What a message says.
    ///
    /// # Errors
    /// A message that is none, or of a version that this program does not know.
    pub fn from_proto(message: &proto::EnrolRequest) -> Result<Self, WireError> {
        version("enrolment", message.version, ENROL_VERSION)?;
        Ok(Self {
            office: OfficeId(message.office),
            token: noun::array(&message.token, "token")?,
            key: PublicKey(noun::array(&message.key, "key")?),
        })
    }
}

/// What the parent answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolReply {
    /// The tree joined.
    pub tree: TreeId,
    /// The office that answers.
    pub parent: Office,
    /// The offices above the parent, nearest first.
    pub ancestors: Vec<Office>,
    /// The child, as the tree knows it from now on.
    pub office: Office,
    /// The parent's clock.
    pub now: Time,
}

impl EnrolReply {
    /// The message that says this.
    ///
    /// # Errors
    /// A tree deeper than any is.
    pub fn to_proto(&self) -> Result<proto::EnrolReply, WireError> {
        if self.ancestors.len() > ANCESTORS {
            return Err(WireError::TooMany {
                what: "EnrolReply",
                tag: 4,
                most: 16,
            });
        }
        Ok(proto::EnrolReply {
            version: ENROL_VERSION,
            tree: self.tree.0,
            parent: Some(self.parent.to_message()?),
            ancestors: to_messages(&self.ancestors)?,
            office: Some(self.office.to_message()?),
            now: noun::millis(self.now)?,
        })
    }

    /// What a message says.
    ///
    /// # Errors
    /// A message that is none, or of a version that this program does not know;
    /// offices that do not stand above each other.
    pub fn from_proto(message: proto::EnrolReply) -> Result<Self, WireError> {
        version("enrolment", message.version, ENROL_VERSION)?;
        let reply = Self {
            tree: TreeId(message.tree),
            parent: required(message.parent, "parent")?,
            ancestors: from_messages(message.ancestors)?,
            office: required(message.office, "office")?,
            now: noun::time(message.now)?,
        };
        let mut below = &reply.office;
        for above in core::iter::once(&reply.parent).chain(&reply.ancestors) {
            if below.parent != Some(above.id) {
                return Err(WireError::Invalid { what: "ancestors" });
            }
            below = above;
        }
        Ok(reply)
    }
}

/// More offices than stand above any.
const ANCESTORS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{guard, samples};

    fn reply(above: u64) -> EnrolReply {
        let office = |id: u64| Office {
            id: OfficeId(id),
            parent: (id > 0).then(|| OfficeId(id - 1)),
            ..samples::office()
        };
        EnrolReply {
            tree: TreeId(9),
            parent: office(above),
            ancestors: (0..above).rev().map(office).collect(),
            office: office(above + 1),
            now: Time(-5),
        }
    }

    fn request() -> EnrolRequest {
        EnrolRequest {
            office: OfficeId(7),
            token: [0xab; 16],
            key: PublicKey([3; 32]),
        }
    }

    #[test]
    fn an_enrolment_comes_back() {
        assert_eq!(
            EnrolRequest::from_proto(&request().to_proto()),
            Ok(request())
        );
        for above in [0, 2, 16] {
            let message = reply(above).to_proto().unwrap();
            assert!(guard::encode(&message).is_ok());
            assert_eq!(EnrolReply::from_proto(message), Ok(reply(above)));
        }
        let many = WireError::TooMany {
            what: "EnrolReply",
            tag: 4,
            most: 16,
        };
        assert_eq!(reply(17).to_proto(), Err(many));
    }

    #[test]
    fn a_token_is_sixteen_bytes_and_never_shown() {
        let mut message = request().to_proto();
        message.token.pop();
        let invalid = WireError::Invalid { what: "token" };
        assert_eq!(EnrolRequest::from_proto(&message), Err(invalid));
        let shown = format!("{:?}", request());
        assert!(
            !shown.contains("171") && !shown.contains("ab, ab"),
            "{shown}"
        );
    }

    #[test]
    fn offices_that_do_not_stand_above_each_other_are_refused() {
        let mut message = reply(3).to_proto().unwrap();
        message.ancestors.swap(0, 1);
        let invalid = WireError::Invalid { what: "ancestors" };
        assert_eq!(EnrolReply::from_proto(message), Err(invalid));
    }

    #[test]
    fn an_enrolment_of_a_later_version_says_so() {
        let newer = WireError::Newer {
            what: "enrolment",
            found: 2,
            known: 1,
        };
        let message = proto::EnrolRequest {
            version: 2,
            ..request().to_proto()
        };
        assert_eq!(EnrolRequest::from_proto(&message), Err(newer));
    }
}
