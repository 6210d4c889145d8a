use terrace_model::{
    Audience, Cell, Consent, Decimal, Epoch, Fact, Fields, Finding, FindingKind, HeldHead,
    HeldNotice, Invitation, Office, OfficeId, Own, PageNo, Proposal, Record, Said, Submission,
    TreeId, Window,
};

use crate::{
    WireError,
    error::version,
    guard,
    limits::FACT_BYTES,
    noun::{self, Noun, from_messages, optional, required, to_messages},
    proto::{self, fact, finding},
};

/// Version byte before a stored fact.
const FACT_VERSION: u8 = 1;

/// Encodes a fact: a version byte, then a [`proto::Fact`].
///
/// # Errors
/// A fact beyond the limits, or one that could not be read back.
pub fn encode_fact(fact: &Fact) -> Result<Vec<u8>, WireError> {
    let message = guard::encode(&proto::Fact {
        fact: Some(to_fact(fact)?),
    })?;
    let mut bytes = Vec::with_capacity(message.len() + 1);
    bytes.push(FACT_VERSION);
    bytes.extend(message);
    if bytes.len() > FACT_BYTES {
        return Err(WireError::TooLarge {
            what: "fact",
            most: FACT_BYTES,
        });
    }
    Ok(bytes)
}

/// Reads a fact.
///
/// # Errors
/// Bytes that are no fact; a version or kind that this program does not know.
pub fn decode_fact(bytes: &[u8]) -> Result<Fact, WireError> {
    let (found, message) = bytes
        .split_first()
        .ok_or(WireError::Missing { what: "version" })?;
    version("fact", u32::from(*found), u32::from(FACT_VERSION))?;
    let message: proto::Fact = guard::decode(message)?;
    from_fact(
        message
            .fact
            .ok_or(WireError::UnknownKind { what: "fact" })?,
    )
}

fn to_fact(fact: &Fact) -> Result<fact::Fact, WireError> {
    Ok(match fact {
        Fact::Own(Own { id, tree }) => fact::Fact::Own(proto::Own {
            id: id.0,
            tree: tree.0,
        }),
        Fact::Office(office) => fact::Fact::Office(office.to_message()?),
        Fact::Invitation(invitation) => fact::Fact::Invitation(invitation.to_message()?),
        Fact::Head(head) => fact::Fact::Head(head.to_message()?),
        Fact::Window(Window { bytes, live_bytes }) => fact::Fact::Window(proto::Window {
            bytes: *bytes,
            live_bytes: *live_bytes,
        }),
        Fact::Finding(finding) => fact::Fact::Finding(finding.to_message()?),
        Fact::Record(record) => fact::Fact::Record(record.to_message()?),
        Fact::Mark => fact::Fact::Mark(proto::Mark {}),
        Fact::Consent(consent) => fact::Fact::Consent(consent.to_message()?),
        Fact::Cell(said) => {
            let (epoch, page) = said_on(said)?;
            fact::Fact::Cell(proto::SaidCell {
                epoch,
                page,
                change: Some(said.value.change.to_message()?),
                definition: said.value.definition,
            })
        }
        Fact::Through(said) => {
            let (epoch, page) = said_on(said)?;
            let through = Some(said.value.to_message()?);
            fact::Fact::Through(proto::SaidThrough {
                epoch,
                page,
                through,
            })
        }
        Fact::Health(said) => {
            let (epoch, page) = said_on(said)?;
            let health = Some(said.value.to_message()?);
            fact::Fact::Health(proto::SaidHealth {
                epoch,
                page,
                health,
            })
        }
        Fact::Submission(submission) => fact::Fact::Submission(submission.to_message()?),
        Fact::Notice(notice) => fact::Fact::Notice(notice.to_message()?),
        Fact::Receipt(said) => {
            let (epoch, page) = said_on(said)?;
            let receipt = Some(said.value.to_message()?);
            fact::Fact::Receipt(proto::SaidReceipt {
                epoch,
                page,
                receipt,
            })
        }
    })
}

fn from_fact(fact: fact::Fact) -> Result<Fact, WireError> {
    Ok(match fact {
        fact::Fact::Own(proto::Own { id, tree }) => Fact::Own(Own {
            id: OfficeId(id),
            tree: TreeId(tree),
        }),
        fact::Fact::Office(office) => Fact::Office(Office::from_message(office)?),
        fact::Fact::Invitation(invitation) => {
            Fact::Invitation(Invitation::from_message(invitation)?)
        }
        fact::Fact::Head(head) => Fact::Head(HeldHead::from_message(head)?),
        fact::Fact::Window(proto::Window { bytes, live_bytes }) => {
            Fact::Window(Window { bytes, live_bytes })
        }
        fact::Fact::Finding(finding) => Fact::Finding(Finding::from_message(finding)?),
        fact::Fact::Record(record) => Fact::Record(Record::from_message(record)?),
        fact::Fact::Mark(proto::Mark {}) => Fact::Mark,
        fact::Fact::Consent(consent) => Fact::Consent(Consent::from_message(consent)?),
        fact::Fact::Cell(proto::SaidCell {
            epoch,
            page,
            change,
            definition,
        }) => {
            let change = required::<Decimal>(change, "change")?;
            Fact::Cell(said(Cell { change, definition }, epoch, page)?)
        }
        fact::Fact::Through(proto::SaidThrough {
            epoch,
            page,
            through,
        }) => Fact::Through(said(required(through, "through")?, epoch, page)?),
        fact::Fact::Health(proto::SaidHealth {
            epoch,
            page,
            health,
        }) => Fact::Health(said(required(health, "health")?, epoch, page)?),
        fact::Fact::Submission(submission) => {
            Fact::Submission(Submission::from_message(submission)?)
        }
        fact::Fact::Notice(notice) => Fact::Notice(HeldNotice::from_message(notice)?),
        fact::Fact::Receipt(proto::SaidReceipt {
            epoch,
            page,
            receipt,
        }) => Fact::Receipt(said(required(receipt, "receipt")?, epoch, page)?),
    })
}

fn said_on<T>(said: &Said<T>) -> Result<(u32, u64), WireError> {
    Ok((
        noun::epoch_number(said.epoch)?,
        noun::page_number(said.page)?,
    ))
}

fn said<T>(value: T, epoch: u32, page: u64) -> Result<Said<T>, WireError> {
    let (epoch, page): (Epoch, PageNo) = (noun::epoch(epoch)?, noun::page(page)?);
    Ok(Said { value, epoch, page })
}

impl Noun for Invitation {
    type Message = proto::Invitation;

    fn to_message(&self) -> Result<proto::Invitation, WireError> {
        Ok(proto::Invitation {
            office: self.office.0,
            token: self.token.0.to_vec(),
            until: noun::millis(self.until)?,
        })
    }

    fn from_message(message: proto::Invitation) -> Result<Self, WireError> {
        Ok(Self {
            office: OfficeId(message.office),
            token: noun::hash(&message.token, "token")?,
            until: noun::time(message.until)?,
        })
    }
}

impl Noun for HeldHead {
    type Message = proto::HeldHead;

    fn to_message(&self) -> Result<proto::HeldHead, WireError> {
        Ok(proto::HeldHead {
            head: Some(self.head.to_message()?),
            unproved_from: self.unproved_from.map(noun::page_number).transpose()?,
            forked: self.forked,
        })
    }

    fn from_message(message: proto::HeldHead) -> Result<Self, WireError> {
        Ok(Self {
            head: required(message.head, "head")?,
            unproved_from: message.unproved_from.map(noun::page).transpose()?,
            forked: message.forked,
        })
    }
}

impl Noun for Finding {
    type Message = proto::Finding;

    fn to_message(&self) -> Result<proto::Finding, WireError> {
        Ok(proto::Finding {
            at: noun::millis(self.at)?,
            stream: Some(self.stream.to_message()?),
            kind: finding_kind(self.kind) as i32,
            count: self.count,
            evidence: self.evidence.clone(),
        })
    }

    fn from_message(message: proto::Finding) -> Result<Self, WireError> {
        let what = "finding";
        let kind = match finding::Kind::try_from(message.kind) {
            Ok(finding::Kind::Unspecified) => return Err(WireError::Missing { what }),
            Ok(finding::Kind::Fork) => FindingKind::Fork,
            Ok(finding::Kind::Unverified) => FindingKind::Unverified,
            Ok(finding::Kind::NoAuthority) => FindingKind::NoAuthority,
            Ok(finding::Kind::NoEffect) => FindingKind::NoEffect,
            Ok(finding::Kind::UnknownKind) => FindingKind::UnknownKind,
            Ok(finding::Kind::OlderCopy) => FindingKind::OlderCopy,
            Ok(finding::Kind::SecondKey) => FindingKind::SecondKey,
            Err(_) => return Err(WireError::UnknownKind { what }),
        };
        Ok(Self {
            at: noun::time(message.at)?,
            stream: required(message.stream, "stream")?,
            kind,
            count: message.count,
            evidence: message.evidence,
        })
    }
}

const fn finding_kind(kind: FindingKind) -> finding::Kind {
    match kind {
        FindingKind::Fork => finding::Kind::Fork,
        FindingKind::Unverified => finding::Kind::Unverified,
        FindingKind::NoAuthority => finding::Kind::NoAuthority,
        FindingKind::NoEffect => finding::Kind::NoEffect,
        FindingKind::UnknownKind => finding::Kind::UnknownKind,
        FindingKind::OlderCopy => finding::Kind::OlderCopy,
        FindingKind::SecondKey => finding::Kind::SecondKey,
    }
}

impl Noun for Submission {
    type Message = proto::Submission;

    fn to_message(&self) -> Result<proto::Submission, WireError> {
        Ok(proto::Submission {
            proposal: Some(self.proposal.to_message()?),
            subject: self.subject.as_ref().map(Fields::to_message).transpose()?,
            steps: to_messages(&self.steps)?,
            pages: to_messages(&self.pages)?,
        })
    }

    fn from_message(message: proto::Submission) -> Result<Self, WireError> {
        Ok(Self {
            proposal: required::<Proposal>(message.proposal, "proposal")?,
            subject: optional(message.subject)?,
            steps: from_messages(message.steps)?,
            pages: from_messages(message.pages)?,
        })
    }
}

impl Noun for HeldNotice {
    type Message = proto::HeldNotice;

    fn to_message(&self) -> Result<proto::HeldNotice, WireError> {
        Ok(proto::HeldNotice {
            notice: Some(self.notice.to_message()?),
            audiences: to_messages::<Audience>(&self.audiences)?,
        })
    }

    fn from_message(message: proto::HeldNotice) -> Result<Self, WireError> {
        Ok(Self {
            notice: required(message.notice, "notice")?,
            audiences: from_messages(message.audiences)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn facts_come_back(fact in samples::fact()) {
            let bytes = encode_fact(&fact).unwrap();
            prop_assert_eq!(decode_fact(&bytes), Ok(fact));
        }
    }

    #[test]
    fn a_fact_of_a_later_version_or_kind_says_so() {
        let mut bytes = encode_fact(&Fact::Mark).unwrap();
        bytes[0] = 2;
        let newer = WireError::Newer {
            what: "fact",
            found: 2,
            known: 1,
        };
        assert_eq!(decode_fact(&bytes), Err(newer));
        assert_eq!(
            decode_fact(&[1]),
            Err(WireError::UnknownKind { what: "fact" })
        );
        assert_eq!(
            decode_fact(&[]),
            Err(WireError::Missing { what: "version" })
        );
        assert_eq!(
            decode_fact(&[0, 0x42, 0]),
            Err(WireError::Missing { what: "version" })
        );
    }

    #[test]
    fn a_record_without_states_or_out_of_order_is_neither_written_nor_read() {
        let day = |count| noun::date(count).unwrap();
        let state = |from| terrace_model::State {
            from: day(from),
            fields: Fields::new(),
        };
        let record = |states, confirmations| {
            Fact::Record(Record {
                fixed: Fields::new(),
                states,
                confirmations,
            })
        };
        assert!(encode_fact(&record(vec![state(1), state(2)], vec![day(1)])).is_ok());
        for wrong in [
            record(vec![], vec![]),
            record(vec![state(2), state(1)], vec![]),
            record(vec![state(1), state(1)], vec![]),
            record(vec![state(1)], vec![day(3), day(2)]),
        ] {
            assert!(encode_fact(&wrong).is_err(), "{wrong:?}");
        }
        let bare = proto::Record {
            fixed: Some(proto::Fields::default()),
            ..Default::default()
        };
        let message = proto::Fact {
            fact: Some(fact::Fact::Record(bare)),
        };
        let mut bytes = vec![FACT_VERSION];
        bytes.extend(guard::encode(&message).unwrap());
        assert_eq!(
            decode_fact(&bytes),
            Err(WireError::Missing { what: "states" })
        );
    }

    #[test]
    fn a_fact_that_could_not_be_read_back_is_not_written() {
        let mut consent = samples::consent();
        assert!(encode_fact(&Fact::Consent(consent.clone())).is_ok());
        consent.document = "a".repeat(4097);
        let long = WireError::TooLong {
            what: "Consent",
            tag: 4,
            most: 4096,
        };
        assert_eq!(encode_fact(&Fact::Consent(consent)), Err(long));
    }
}
