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
            issued: self.issued.0,
        })
    }

    fn from_message(message: proto::Notice) -> Result<Self, WireError> {
        Ok(Self {
            id: NoticeId(message.id),
            issuer: OfficeId(message.issuer),
            title: message.title,
            body: message.body,
            acknowledge_by: message.acknowledge_by.map(noun::date).transpose()?,
            issued: Time(message.issued),
        })
    }
}

impl Noun for Receipt {
    type Message = proto::Receipt;

    fn to_message(&self) -> Result<proto::Receipt, WireError> {
        let millis = |time: Option<Time>| time.map(|time| time.0);
        Ok(proto::Receipt {
            delivered: millis(self.delivered),
            read: millis(self.read),
            acknowledged: millis(self.acknowledged),
        })
    }

    fn from_message(message: proto::Receipt) -> Result<Self, WireError> {
        Ok(Self {
            delivered: message.delivered.map(Time),
            read: message.read.map(Time),
            acknowledged: message.acknowledged.map(Time),
        })
    }
}

impl Noun for Health {
    type Message = proto::Health;

    fn to_message(&self) -> Result<proto::Health, WireError> {
        let link = |(office, link): (&OfficeId, &ChildLink)| proto::ChildLink {
            office: office.0,
            up: link.up,
            since: link.since.0,
            behind: link.behind.map(|behind| proto::Behind {
                since: behind.since.0,
                entries: behind.entries,
                bytes: behind.bytes,
            }),
        };
        Ok(proto::Health {
            at: self.at.0,
            version: self.version.clone(),
            catalog: self.catalog.clone(),
            disk_free_bytes: self.disk_free_bytes,
            certificate_days: self.certificate_days,
            clock_skew_ms: self.clock_skew_ms,
            refused: self.refused,
            links: self.links.iter().map(link).collect(),
        })
    }

    fn from_message(message: proto::Health) -> Result<Self, WireError> {
        ascending(message.links.iter().map(|link| link.office), "links")?;
        let link = |link: proto::ChildLink| {
            let of = ChildLink {
                up: link.up,
                since: Time(link.since),
                behind: link.behind.map(|behind| Behind {
                    since: Time(behind.since),
                    entries: behind.entries,
                    bytes: behind.bytes,
                }),
            };
            (OfficeId(link.office), of)
        };
        Ok(Self {
            at: Time(message.at),
            version: message.version,
            catalog: message.catalog,
            disk_free_bytes: message.disk_free_bytes,
            certificate_days: message.certificate_days,
            clock_skew_ms: message.clock_skew_ms,
            refused: message.refused,
            links: message.links.into_iter().map(link).collect(),
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
            at: self.at.0,
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
            at: Time(message.at),
        })
    }
}
