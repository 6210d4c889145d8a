use terrace_model::{
    Consent, Content, Decimal, Fields, Record, RecordAct, RecordDeed, RecordKey, State, Value,
};

use crate::{
    WireError,
    error::{given, version},
    guard,
    noun::{self, Noun, ascending, from_messages, required, to_messages},
    proto::{self, field},
};

/// Version of [`proto::Content`].
const CONTENT_VERSION: u32 = 1;

/// Encodes the content of a part.
///
/// # Errors
/// Content beyond the limits.
pub fn encode_content(content: &Content) -> Result<Vec<u8>, WireError> {
    let content = match content {
        Content::Fields(fields) => proto::content::Content::Fields(fields.to_message()?),
        Content::Consent(consent) => proto::content::Content::Consent(consent.to_message()?),
    };
    let bytes = guard::encode(&proto::Content {
        version: CONTENT_VERSION,
        content: Some(content),
    })?;
    let most = crate::limits::CONTENT_BYTES;
    if bytes.len() > most {
        return Err(WireError::TooLarge {
            what: "content",
            most,
        });
    }
    Ok(bytes)
}

/// Reads the content of a part.
///
/// # Errors
/// Bytes that are no content; a version or kind that this program does not
/// know.
pub fn decode_content(bytes: &[u8]) -> Result<Content, WireError> {
    let message: proto::Content = guard::decode(bytes)?;
    version("content", message.version, CONTENT_VERSION)?;
    match message.content {
        Some(proto::content::Content::Fields(fields)) => {
            Fields::from_message(fields).map(Content::Fields)
        }
        Some(proto::content::Content::Consent(consent)) => {
            Consent::from_message(consent).map(Content::Consent)
        }
        None => Err(WireError::UnknownKind { what: "content" }),
    }
}

impl Noun for Value {
    type Message = field::Value;

    fn to_message(&self) -> Result<field::Value, WireError> {
        Ok(match self {
            Self::Text(text) => field::Value::Text(text.clone()),
            Self::Code(code) => field::Value::Code(code.clone()),
            Self::Codes(codes) => {
                ascending(codes.iter(), "codes")?;
                field::Value::Codes(proto::Codes {
                    codes: codes.clone(),
                })
            }
            Self::Date(date) => field::Value::Date(noun::days(*date)?),
            Self::Year(year) => field::Value::Year(i32::from(*year)),
            Self::Count(count) => field::Value::Count(*count),
            Self::Amount(amount) => field::Value::Amount(amount.to_message()?),
            Self::Ref(id) => field::Value::Reference(id.clone()),
        })
    }

    fn from_message(message: field::Value) -> Result<Self, WireError> {
        Ok(match message {
            field::Value::Text(text) => Self::Text(text),
            field::Value::Code(code) => Self::Code(code),
            field::Value::Codes(proto::Codes { codes }) => {
                ascending(codes.iter(), "codes")?;
                Self::Codes(codes)
            }
            field::Value::Date(days) => Self::Date(noun::date(days)?),
            field::Value::Year(year) => {
                let year = i16::try_from(year);
                Self::Year(year.map_err(|_| WireError::Invalid { what: "year" })?)
            }
            field::Value::Count(count) => Self::Count(count),
            field::Value::Amount(amount) => Self::Amount(Decimal::from_message(amount)?),
            field::Value::Reference(id) => Self::Ref(id),
        })
    }
}

impl Noun for Fields {
    type Message = proto::Fields;

    fn to_message(&self) -> Result<proto::Fields, WireError> {
        let field = |(id, value): (&String, &Value)| {
            Ok(proto::Field {
                id: id.clone(),
                value: Some(value.to_message()?),
            })
        };
        let fields = self.iter().map(field).collect::<Result<_, WireError>>()?;
        Ok(proto::Fields { fields })
    }

    fn from_message(message: proto::Fields) -> Result<Self, WireError> {
        ascending(message.fields.iter().map(|field| &field.id), "fields")?;
        let field = |proto::Field { id, value }| {
            let value = value.ok_or(WireError::UnknownKind { what: "value" })?;
            Ok((id, Value::from_message(value)?))
        };
        message.fields.into_iter().map(field).collect()
    }
}

impl Noun for Consent {
    type Message = proto::Consent;

    fn to_message(&self) -> Result<proto::Consent, WireError> {
        Ok(proto::Consent {
            person: self.person.clone(),
            kind: self.kind.clone(),
            on: noun::days(self.on)?,
            document: self.document.clone(),
        })
    }

    fn from_message(message: proto::Consent) -> Result<Self, WireError> {
        Ok(Self {
            person: message.person,
            kind: message.kind,
            on: noun::date(message.on)?,
            document: message.document,
        })
    }
}

impl Noun for RecordAct {
    type Message = proto::RecordAct;

    fn to_message(&self) -> Result<proto::RecordAct, WireError> {
        use proto::record_act::Deed;
        let deed = match self.deed {
            RecordDeed::Put { from } => Deed::Put(proto::Put {
                from: from.map(noun::days).transpose()?,
            }),
            RecordDeed::Correct { at } => Deed::Correct(proto::Correct {
                at: at.map(noun::days).transpose()?,
            }),
            RecordDeed::Delete => Deed::Delete(proto::Delete {}),
        };
        Ok(proto::RecordAct {
            kind: self.record.kind.clone(),
            id: self.record.id.clone(),
            deed: Some(deed),
            actor: self.actor.clone(),
            content: self.content.map(|hash| hash.0.to_vec()).unwrap_or_default(),
        })
    }

    fn from_message(message: proto::RecordAct) -> Result<Self, WireError> {
        use proto::record_act::Deed;
        let deed = match message
            .deed
            .ok_or(WireError::UnknownKind { what: "deed" })?
        {
            Deed::Put(proto::Put { from }) => RecordDeed::Put {
                from: from.map(noun::date).transpose()?,
            },
            Deed::Correct(proto::Correct { at }) => RecordDeed::Correct {
                at: at.map(noun::date).transpose()?,
            },
            Deed::Delete(proto::Delete {}) => RecordDeed::Delete,
        };
        Ok(Self {
            record: RecordKey {
                kind: message.kind,
                id: message.id,
            },
            deed,
            actor: message.actor,
            content: noun::hash_if_given(&message.content, "content")?,
        })
    }
}

impl Noun for State {
    type Message = proto::State;

    fn to_message(&self) -> Result<proto::State, WireError> {
        Ok(proto::State {
            from: noun::days(self.from)?,
            fields: Some(self.fields.to_message()?),
        })
    }

    fn from_message(message: proto::State) -> Result<Self, WireError> {
        Ok(Self {
            from: noun::date(message.from)?,
            fields: required(message.fields, "fields")?,
        })
    }
}

/// What every stored record is: it has states, and its lists are in order.
fn is_whole(record: &Record) -> Result<(), WireError> {
    given(record.states.first(), "states")?;
    ascending(record.states.iter().map(|state| state.from), "states")?;
    ascending(record.confirmations.iter(), "confirmations")
}

impl Noun for Record {
    type Message = proto::Record;

    fn to_message(&self) -> Result<proto::Record, WireError> {
        is_whole(self)?;
        let confirmations = self.confirmations.iter().map(|day| noun::days(*day));
        Ok(proto::Record {
            fixed: Some(self.fixed.to_message()?),
            states: to_messages(&self.states)?,
            confirmations: confirmations.collect::<Result<_, _>>()?,
        })
    }

    fn from_message(message: proto::Record) -> Result<Self, WireError> {
        let confirmations = message.confirmations.into_iter().map(noun::date);
        let record = Self {
            fixed: required(message.fixed, "fields")?,
            states: from_messages(message.states)?,
            confirmations: confirmations.collect::<Result<_, _>>()?,
        };
        is_whole(&record)?;
        Ok(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn content_comes_back(content in samples::content()) {
            let bytes = encode_content(&content).unwrap();
            prop_assert_eq!(decode_content(&bytes), Ok(content));
        }
    }

    #[test]
    fn content_of_a_later_version_or_kind_says_so() {
        let unknown = |what| Err(WireError::UnknownKind { what });
        assert_eq!(decode_content(&[8, 1]), unknown("content"));
        assert_eq!(
            decode_content(&[8, 2]),
            Err(WireError::Newer {
                what: "content",
                found: 2,
                known: 1
            })
        );
        let later_value = [8, 1, 2 << 3 | 2, 5, 0x0a, 3, 0x0a, 1, b'a'];
        assert_eq!(decode_content(&later_value), unknown("value"));
    }

    #[test]
    fn content_is_refused_one_byte_beyond_its_limit() {
        let text = |length| Value::Text("a".repeat(length));
        let content = |last| {
            let full = (0..15).map(|at| (format!("{at:02}"), text(4096)));
            Content::Fields(full.chain([("last".to_owned(), text(last))]).collect())
        };
        let length = |last| encode_content(&content(last)).map(|bytes| bytes.len());
        let most = crate::limits::CONTENT_BYTES;
        let room = 3000 + most - length(3000).unwrap();
        assert_eq!(length(room), Ok(most));
        assert_eq!(
            length(room + 1),
            Err(WireError::TooLarge {
                what: "content",
                most
            })
        );
    }

    #[test]
    fn fields_and_codes_stand_in_order_and_once() {
        let field = |id: &str| proto::Field {
            id: id.into(),
            value: Some(field::Value::Count(1)),
        };
        let read = |ids: [&str; 2]| {
            Fields::from_message(proto::Fields {
                fields: ids.into_iter().map(field).collect(),
            })
        };
        assert!(read(["a", "b"]).is_ok());
        let invalid = Err(WireError::Invalid { what: "fields" });
        assert_eq!(read(["b", "a"]), invalid);
        assert_eq!(read(["a", "a"]), invalid);
        let codes = Value::Codes(vec!["b".into(), "a".into()]);
        assert_eq!(
            codes.to_message(),
            Err(WireError::Invalid { what: "codes" })
        );
    }
}
