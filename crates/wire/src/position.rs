use terrace_model::{Audience, Head, JournalId, Lane, OfficeId, Position, Stream};

use crate::{
    WireError,
    error::given,
    noun::{self, Noun, required},
    proto::{self, audience::Kind},
};

impl Noun for Audience {
    type Message = proto::Audience;

    fn to_message(&self) -> Result<proto::Audience, WireError> {
        let message = |kind: Kind, office: Option<OfficeId>, level| proto::Audience {
            kind: kind as i32,
            office: office.map(|office| office.0),
            level,
        };
        Ok(match *self {
            Self::Home => message(Kind::Home, None, 0),
            Self::Parent => message(Kind::Parent, None, 0),
            Self::Ancestors => message(Kind::Ancestors, None, 0),
            Self::Office(office) => message(Kind::Office, Some(office), 0),
            Self::Subtree { root, level } => message(
                Kind::Subtree,
                Some(root),
                level.map_or(0, noun::level_number),
            ),
        })
    }

    fn from_message(message: proto::Audience) -> Result<Self, WireError> {
        let what = "audience";
        let kind = Kind::try_from(message.kind).map_err(|_| WireError::UnknownKind { what })?;
        let office = message.office.map(OfficeId);
        let level = noun::level_if_given(message.level)?;
        match (kind, office, level) {
            (Kind::Unspecified, _, _) => Err(WireError::Missing { what }),
            (Kind::Home, None, None) => Ok(Self::Home),
            (Kind::Parent, None, None) => Ok(Self::Parent),
            (Kind::Ancestors, None, None) => Ok(Self::Ancestors),
            (Kind::Office, Some(office), None) => Ok(Self::Office(office)),
            (Kind::Subtree, Some(root), level) => Ok(Self::Subtree { root, level }),
            (
                Kind::Home | Kind::Parent | Kind::Ancestors | Kind::Office | Kind::Subtree,
                Some(_) | None,
                Some(_) | None,
            ) => Err(WireError::Invalid { what }),
        }
    }
}

impl Noun for JournalId {
    type Message = proto::JournalId;

    fn to_message(&self) -> Result<proto::JournalId, WireError> {
        let lane = match self.lane {
            Lane::Every => proto::Lane::Every,
            Lane::Latest => proto::Lane::Latest,
        };
        Ok(proto::JournalId {
            origin: self.origin.0,
            audience: Some(self.audience.to_message()?),
            lane: lane as i32,
        })
    }

    fn from_message(message: proto::JournalId) -> Result<Self, WireError> {
        let what = "lane";
        let lane = match proto::Lane::try_from(message.lane) {
            Ok(proto::Lane::Unspecified) => return Err(WireError::Missing { what }),
            Ok(proto::Lane::Every) => Lane::Every,
            Ok(proto::Lane::Latest) => Lane::Latest,
            Err(_) => return Err(WireError::UnknownKind { what }),
        };
        Ok(Self {
            origin: OfficeId(message.origin),
            audience: required(message.audience, "audience")?,
            lane,
        })
    }
}

impl Noun for Stream {
    type Message = proto::Stream;

    fn to_message(&self) -> Result<proto::Stream, WireError> {
        Ok(proto::Stream {
            journal: Some(self.journal.to_message()?),
            epoch: noun::epoch_number(self.epoch)?,
        })
    }

    fn from_message(message: proto::Stream) -> Result<Self, WireError> {
        Ok(Self {
            journal: required(message.journal, "journal")?,
            epoch: noun::epoch(message.epoch)?,
        })
    }
}

impl Noun for Position {
    type Message = proto::Position;

    fn to_message(&self) -> Result<proto::Position, WireError> {
        Ok(proto::Position {
            stream: Some(self.stream.to_message()?),
            number: noun::page_number(self.number)?,
        })
    }

    fn from_message(message: proto::Position) -> Result<Self, WireError> {
        Ok(Self {
            stream: Stream::from_message(given(message.stream, "stream")?)?,
            number: noun::page(message.number)?,
        })
    }
}

impl Noun for Head {
    type Message = proto::Head;

    fn to_message(&self) -> Result<proto::Head, WireError> {
        if self.base > self.number {
            return Err(WireError::Invalid { what: "base" });
        }
        Ok(proto::Head {
            base: noun::page_number(self.base)?,
            number: noun::page_number(self.number)?,
            hash: self.hash.0.to_vec(),
        })
    }

    fn from_message(message: proto::Head) -> Result<Self, WireError> {
        let head = Self {
            base: noun::page(message.base)?,
            number: noun::page(message.number)?,
            hash: noun::hash(&message.hash, "hash")?,
        };
        if head.base > head.number {
            return Err(WireError::Invalid { what: "base" });
        }
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_has_what_its_kind_needs_and_nothing_else() {
        let read = |kind: i32, office, level| {
            Audience::from_message(proto::Audience {
                kind,
                office,
                level,
            })
        };
        let invalid = Err(WireError::Invalid { what: "audience" });
        assert_eq!(read(Kind::Home as i32, Some(1), 0), invalid);
        assert_eq!(read(Kind::Office as i32, None, 0), invalid);
        assert_eq!(read(Kind::Office as i32, Some(1), 3), invalid);
        assert_eq!(read(Kind::Subtree as i32, None, 3), invalid);
        assert_eq!(
            read(0, None, 0),
            Err(WireError::Missing { what: "audience" })
        );
        assert_eq!(
            read(6, Some(1), 0),
            Err(WireError::UnknownKind { what: "audience" })
        );
        assert_eq!(
            read(Kind::Subtree as i32, Some(1), 6),
            Err(WireError::UnknownKind { what: "level" })
        );
    }

    #[test]
    fn a_head_whose_base_lies_ahead_of_it_is_refused() {
        let head = |base| proto::Head {
            base,
            number: 2,
            hash: vec![1; 32],
        };
        assert!(Head::from_message(head(2)).is_ok());
        assert_eq!(
            Head::from_message(head(3)),
            Err(WireError::Invalid { what: "base" })
        );
        assert_eq!(
            Head::from_message(head(0)),
            Err(WireError::Missing {
                what: "page number"
            })
        );
    }
}
