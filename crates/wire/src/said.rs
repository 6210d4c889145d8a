//! What entries say of offices, notices, health and submissions.

use terrace_model::{
    Behind, ChildLink, Code, EpochOpened, Health, Notice, NoticeId, Office, OfficeId, Proposal,
    PublicKey, Receipt, Step, SubmissionId, Through, Time,
};

use crate::{
    WireError,
    error::given,
    noun::{self, Noun, ascending, required},
    proto,
};

impl Noun for EpochOpened {
    type Message = proto::EpochOpened;

    fn to_message(&self) -> Result<proto::EpochOpened, WireError> {
        Ok(proto::EpochOpened {
            epoch: noun::epoch_number(self.epoch)?,
            key: self.key.0.to_vec(),
        })
    }

    fn from_message(message: proto::EpochOpened) -> Result<Self, WireError> {
        Ok(Self {
            epoch: noun::epoch(message.epoch)?,
            key: PublicKey(noun::array(&message.key, "key")?),
        })
    }
}

impl Noun for Office {
    type Message = proto::OfficeEntry;

    fn to_message(&self) -> Result<proto::OfficeEntry, WireError> {
        Ok(proto::OfficeEntry {
            id: self.id.0,
            code: self.code.as_str().to_owned(),
            name: self.name.clone(),
            level: noun::level_number(self.level),
            parent: self.parent.map(|parent| parent.0),
            key: self.key.map(|key| key.0.to_vec()).unwrap_or_default(),
        })
    }

    fn from_message(message: proto::OfficeEntry) -> Result<Self, WireError> {
        let code: Result<Code, _> = message.code.parse();
        Ok(Self {
            id: OfficeId(message.id),
            code: code.map_err(|_| WireError::Invalid { what: "code" })?,
            name: message.name,
            level: given(noun::level_if_given(message.level)?, "level")?,
            parent: message.parent.map(OfficeId),
            key: noun::key_if_given(&message.key, "key")?,
        })
    }
}

impl Noun for Through {
    type Message = proto::Through;

    fn to_message(&self) -> Result<proto::Through, WireError> {
        Ok(proto::Through {
            date: noun::days(self.date)?,
            catalog: self.catalog.0.to_vec(),
        })
    }

    fn from_message(message: proto::Through) -> Result<Self, WireError> {
        Ok(Self {
            date: noun::date(message.date)?,
            catalog: noun::hash(&message.catalog, "catalog")?,
        })
    }
}

impl Noun for Notice {
    type Message = proto::Notice;

    fn to_message(&self) -> Result<proto::Notice, WireError> {
        Ok(proto::Notice {
            id: self.id.0,
            issuer: self.issuer.0,
            title: self.title.clone(),
            body: self.body.clone(),
            acknowledge_by: self.acknowledge_by.map(noun::days).transpose()?,
            issued: noun::millis(self.issued)?,
        })
    }

    fn from_message(message: proto::Notice) -> Result<Self, WireError> {
        Ok(Self {
            id: NoticeId(message.id),
            issuer: OfficeId(message.issuer),
            title: message.title,
            body: message.body,
            acknowledge_by: message.acknowledge_by.map(noun::date).transpose()?,
            issued: noun::time(message.issued)?,
        })
    }
}

impl Noun for Receipt {
    type Message = proto::Receipt;

    fn to_message(&self) -> Result<proto::Receipt, WireError> {
        let millis = |time: Option<Time>| time.map(noun::millis).transpose();
        Ok(proto::Receipt {
            delivered: millis(self.delivered)?,
            read: millis(self.read)?,
            acknowledged: millis(self.acknowledged)?,
        })
    }

    fn from_message(message: proto::Receipt) -> Result<Self, WireError> {
        Ok(Self {
            delivered: message.delivered.map(noun::time).transpose()?,
            read: message.read.map(noun::time).transpose()?,
            acknowledged: message.acknowledged.map(noun::time).transpose()?,
        })
    }
}

impl Noun for Health {
    type Message = proto::Health;

    fn to_message(&self) -> Result<proto::Health, WireError> {
        let behind = |behind: Behind| {
            Ok(proto::Behind {
                since: noun::millis(behind.since)?,
                entries: behind.entries,
                bytes: behind.bytes,
            })
        };
        let link = |(office, link): (&OfficeId, &ChildLink)| {
            Ok(proto::ChildLink {
                office: office.0,
                up: link.up,
                since: noun::millis(link.since)?,
                behind: link.behind.map(behind).transpose()?,
            })
        };
        Ok(proto::Health {
            at: noun::millis(self.at)?,
            version: self.version.clone(),
            catalog: self.catalog.clone(),
            disk_free_bytes: self.disk_free_bytes,
            certificate_days: self.certificate_days,
            clock_skew_ms: self.clock_skew_ms,
            refused: self.refused,
            links: self.links.iter().map(link).collect::<Result<_, _>>()?,
        })
    }

    fn from_message(message: proto::Health) -> Result<Self, WireError> {
        ascending(message.links.iter().map(|link| link.office), "links")?;
        let behind = |behind: proto::Behind| {
            Ok(Behind {
                since: noun::time(behind.since)?,
                entries: behind.entries,
                bytes: behind.bytes,
            })
        };
        let link = |link: proto::ChildLink| {
            let of = ChildLink {
                up: link.up,
                since: noun::time(link.since)?,
                behind: link.behind.map(behind).transpose()?,
            };
            Ok((OfficeId(link.office), of))
        };
        Ok(Self {
            at: noun::time(message.at)?,
            version: message.version,
            catalog: message.catalog,
            disk_free_bytes: message.disk_free_bytes,
            certificate_days: message.certificate_days,
            clock_skew_ms: message.clock_skew_ms,
            refused: message.refused,
            links: message
                .links
                .into_iter()
                .map(link)
                .collect::<Result<_, WireError>>()?,
        })
    }
}

impl Noun for Proposal {
    type Message = proto::Proposal;

    fn to_message(&self) -> Result<proto::Proposal, WireError> {
        Ok(proto::Proposal {
            id: self.id.0,
            kind: self.kind.clone(),
            origin: self.origin.0,
            terms: Some(self.terms.to_message()?),
            subject: self.subject.0.to_vec(),
        })
    }

    fn from_message(message: proto::Proposal) -> Result<Self, WireError> {
        Ok(Self {
            id: SubmissionId(message.id),
            kind: message.kind,
            origin: OfficeId(message.origin),
            terms: required(message.terms, "terms")?,
            subject: noun::hash(&message.subject, "subject")?,
        })
    }
}

impl Noun for Step {
    type Message = proto::Step;

    fn to_message(&self) -> Result<proto::Step, WireError> {
        Ok(proto::Step {
            submission: self.submission.0,
            by: self.by.0,
            action: self.action.clone(),
            answers: noun::bytes_or_none(self.answers),
            reason: self.reason.clone(),
            note: self.note.clone(),
            at: noun::millis(self.at)?,
        })
    }

    fn from_message(message: proto::Step) -> Result<Self, WireError> {
        Ok(Self {
            submission: SubmissionId(message.submission),
            by: OfficeId(message.by),
            action: message.action,
            answers: noun::hash_or_zero(&message.answers, "answers")?,
            reason: message.reason,
            note: message.note,
            at: noun::time(message.at)?,
        })
    }
}
