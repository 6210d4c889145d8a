//! What stands before every decoder: a walk over the bytes that refuses what
//! exceeds a limit, before anything is allocated for it.
//!
//! The table of limits is made from the options in `proto/`. Fields that the
//! table does not know are stepped over, never into.

use prost::Message;

use crate::{
    WireError, proto,
    raw::{Raw, Reader},
};

/// What a decoder may allocate at most: this many times the bytes it is given,
/// and [`FREE_BYTES`].
pub const MEMORY_FACTOR: u64 = 16;

/// What a decoder may allocate whatever it is given, in bytes.
pub const FREE_BYTES: u64 = 1 << 20;

/// Fields of a message that the table can hold; the generator refuses more.
const SLOTS: usize = 24;

/// Vectors start with room for this many elements.
const FEWEST: u64 = 4;

/// An element is decoded, then converted into a noun beside it, in a vector or
/// a map with room to spare.
const COPIES: u64 = 2;

/// Bytes of a `String` or `Vec` itself.
const VEC_BYTES: u64 = size_of::<Vec<u8>>() as u64;

/// The limits of a message.
#[derive(Debug)]
pub struct Shape {
    /// Name of the message.
    name: &'static str,
    /// Bytes of the decoded message, without what it points to.
    size: usize,
    /// By tag.
    rules: &'static [Rule],
}

/// The limits of a field.
#[derive(Debug)]
struct Rule {
    tag: u32,
    /// Fields that exclude each other share one.
    slot: usize,
    /// Most elements; none: the field is not repeated.
    most: Option<u32>,
    kind: Kind,
}

/// What a field holds.
#[derive(Debug)]
enum Kind {
    Varint { size: u64 },
    Fixed64,
    Bytes { longest: usize },
    Message(&'static Shape),
}

/// A message whose limits are in the table.
pub trait Guarded {
    /// Its limits.
    const SHAPE: &'static Shape;
}

include!("gen/limits.rs");

/// Decodes a message after the walk.
pub(crate) fn decode<T: Message + Guarded + Default>(bytes: &[u8]) -> Result<T, WireError> {
    check::<T>(bytes)?;
    let what = T::SHAPE.name;
    T::decode(bytes).map_err(|_| WireError::Form { what })
}

/// Encodes a message, and refuses it where a receiver would.
pub(crate) fn encode<T: Message + Guarded>(message: &T) -> Result<Vec<u8>, WireError> {
    let bytes = message.encode_to_vec();
    check::<T>(&bytes)?;
    Ok(bytes)
}

/// Walks the bytes of a message.
pub(crate) fn check<T: Guarded>(bytes: &[u8]) -> Result<(), WireError> {
    let paid = (bytes.len() as u64).saturating_mul(MEMORY_FACTOR);
    let mut walk = Walk {
        left: paid.saturating_add(FREE_BYTES),
    };
    walk.message(T::SHAPE, bytes)
}

struct Walk {
    /// Bytes that may still be allocated.
    left: u64,
}

impl Walk {
    fn message(&mut self, shape: &'static Shape, bytes: &[u8]) -> Result<(), WireError> {
        let mut counts = [0_u32; SLOTS];
        let mut reader = Reader::new(shape.name, bytes);
        while let Some(field) = reader.next_field()? {
            let Some(rule) = shape.rules.iter().find(|rule| rule.tag == field.tag) else {
                continue;
            };
            let elements = self.value(shape, rule, field.value)?;
            let Some(count) = counts.get_mut(rule.slot) else {
                continue;
            };
            *count = count.saturating_add(elements);
            rule.admits(shape, *count)?;
        }
        for rule in shape.rules.iter().filter(|rule| rule.most.is_some()) {
            let count = counts.get(rule.slot).copied().unwrap_or_default();
            self.spend(shape, rule.room(count))?;
        }
        Ok(())
    }

    /// Walks one value; gives how many elements it holds.
    fn value(
        &mut self,
        shape: &'static Shape,
        rule: &Rule,
        value: Raw<'_>,
    ) -> Result<u32, WireError> {
        let form = WireError::Form { what: shape.name };
        let packed = rule.most.is_some();
        match (&rule.kind, value) {
            (Kind::Varint { .. }, Raw::Varint(_)) | (Kind::Fixed64, Raw::Fixed64(_)) => Ok(1),
            (Kind::Varint { .. }, Raw::Bytes(bytes)) if packed => {
                let mut numbers = Reader::new(shape.name, bytes);
                let mut count = 0_u32;
                while numbers.next_number()?.is_some() {
                    count = count.saturating_add(1);
                }
                Ok(count)
            }
            (Kind::Fixed64, Raw::Bytes(bytes)) if packed && bytes.len().is_multiple_of(8) => {
                Ok(u32::try_from(bytes.len() / 8).unwrap_or(u32::MAX))
            }
            (Kind::Bytes { longest }, Raw::Bytes(bytes)) => {
                if bytes.len() > *longest {
                    return Err(WireError::TooLong {
                        what: shape.name,
                        tag: rule.tag,
                        most: *longest,
                    });
                }
                self.spend(shape, bytes.len() as u64 + VEC_BYTES)?;
                Ok(1)
            }
            (Kind::Message(inner), Raw::Bytes(bytes)) => {
                self.message(inner, bytes)?;
                Ok(1)
            }
            (
                Kind::Varint { .. } | Kind::Fixed64 | Kind::Bytes { .. } | Kind::Message(_),
                Raw::Varint(_) | Raw::Fixed64(_) | Raw::Bytes(_) | Raw::Fixed32(_),
            ) => Err(form),
        }
    }

    fn spend(&mut self, shape: &'static Shape, bytes: u64) -> Result<(), WireError> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or(WireError::TooCostly { what: shape.name })?;
        Ok(())
    }
}

impl Rule {
    fn admits(&self, shape: &'static Shape, count: u32) -> Result<(), WireError> {
        let (what, tag) = (shape.name, self.tag);
        match self.most {
            Some(most) if count > most => Err(WireError::TooMany { what, tag, most }),
            None if count > 1 => Err(WireError::Twice { what, tag }),
            Some(_) | None => Ok(()),
        }
    }

    /// Bytes that a vector of so many elements takes on its way to a noun.
    fn room(&self, count: u32) -> u64 {
        let element = match self.kind {
            Kind::Varint { size } => size,
            Kind::Fixed64 => 8,
            Kind::Bytes { .. } => VEC_BYTES * COPIES,
            Kind::Message(shape) => shape.size as u64 * COPIES,
        };
        let count = u64::from(count);
        let room = if count == 0 {
            0
        } else {
            count.next_power_of_two().max(FEWEST)
        };
        room.saturating_mul(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::Writer;

    /// A field with these bytes, so many times.
    fn repeated(tag: u32, value: &[u8], times: usize) -> Vec<u8> {
        let mut writer = Writer::default();
        for _ in 0..times {
            writer.bytes(tag, value);
        }
        writer.bytes
    }

    #[test]
    fn text_is_refused_one_byte_beyond_its_limit() {
        let at = |length| repeated(1, &vec![b'a'; length], 1);
        assert_eq!(check::<proto::Field>(&at(100)), Ok(()));
        let long = WireError::TooLong {
            what: "Field",
            tag: 1,
            most: 100,
        };
        assert_eq!(check::<proto::Field>(&at(101)), Err(long));
    }

    #[test]
    fn elements_are_refused_one_beyond_their_limit() {
        let field = repeated(1, b"topic", 1);
        let many = |what, most| WireError::TooMany { what, tag: 1, most };
        assert_eq!(check::<proto::Fields>(&repeated(1, &field, 128)), Ok(()));
        assert_eq!(
            check::<proto::Fields>(&repeated(1, &field, 129)),
            Err(many("Fields", 128))
        );
        assert_eq!(check::<proto::Codes>(&repeated(1, b"A", 256)), Ok(()));
        assert_eq!(
            check::<proto::Codes>(&repeated(1, b"A", 257)),
            Err(many("Codes", 256))
        );
    }

    #[test]
    fn packed_numbers_are_counted_one_by_one() {
        let confirmations = |count| repeated(3, &vec![2; count], 1);
        assert_eq!(check::<proto::Record>(&confirmations(10_000)), Ok(()));
        let many = WireError::TooMany {
            what: "Record",
            tag: 3,
            most: 10_000,
        };
        assert_eq!(
            check::<proto::Record>(&confirmations(10_001)),
            Err(many.clone())
        );
        let mut two = confirmations(10_000);
        two.extend([0x18, 0x02]);
        assert_eq!(
            check::<proto::Record>(&two),
            Err(many),
            "unpacked after packed"
        );
    }

    #[test]
    fn a_field_or_its_alternative_is_said_once() {
        let twice = |what, tag| Err(WireError::Twice { what, tag });
        assert_eq!(
            check::<proto::Field>(&repeated(1, b"a", 2)),
            twice("Field", 1)
        );
        let mut both = repeated(2, b"text", 1);
        both.extend(repeated(3, b"code", 1));
        assert_eq!(check::<proto::Field>(&both), twice("Field", 3));
    }

    #[test]
    fn a_value_of_another_wire_type_is_refused() {
        let form = Err(WireError::Form { what: "Field" });
        assert_eq!(check::<proto::Field>(&[0x08, 0x01]), form);
        assert_eq!(check::<proto::Field>(&[0x2a, 0x01, 0x02]), form);
    }

    #[test]
    fn unknown_fields_are_stepped_over_and_never_into() {
        let mut deep = Vec::new();
        for _ in 0..1000 {
            deep = repeated(99, &deep, 1);
        }
        assert_eq!(check::<proto::Fields>(&deep), Ok(()));
    }

    #[test]
    fn small_pieces_that_take_much_memory_are_refused() {
        let pages = repeated(2, &[], 16_384);
        let frame = repeated(4, &pages, 1);
        let costly = WireError::TooCostly { what: "Pages" };
        assert_eq!(check::<proto::Frame>(&frame), Err(costly));
    }

    /// Whether so many of one element are let through.
    fn lets<T: Guarded + Message>(message: &T) -> bool {
        check::<T>(&message.encode_to_vec()).is_ok()
    }

    #[test]
    fn ordinary_replies_of_full_length_are_let_through() {
        let offices = proto::OfficeStatus {
            code: "360827100".into(),
            parent: Some("360827".into()),
            why: Some("county 360827 is silent".into()),
            version: Some("0.1.0".into()),
            name: "township".into(),
            last_heard: Some(1_760_000_000_000),
            since: Some(1_760_000_000_000),
            ..proto::OfficeStatus::default()
        };
        assert!(lets(&proto::StatusReply {
            office: None,
            offices: vec![offices; 20_000],
        }));
        let given = |key: &str, value: &str| proto::Given {
            key: key.into(),
            value: value.into(),
        };
        let row = proto::RollupRow {
            indicator: "persons".into(),
            office: "360827".into(),
            period: "2024Q3".into(),
            dims: vec![given("category", "freelancer"), given("industry", "A")],
            value: Some("3".into()),
            unit: "人".into(),
            coverage: Some(proto::Coverage::default()),
            state: "live".into(),
            flags: vec!["A".into()],
            ..proto::RollupRow::default()
        };
        assert!(lets(&proto::RollupReply {
            rows: vec![row; 500]
        }));
        let shown = proto::Shown {
            key: "on_roster_since".into(),
            value: Some(proto::shown::Value::Text("2024-01-01".into())),
        };
        let row = proto::RecordRow {
            r#type: "person".into(),
            id: "0123456789".into(),
            fields: vec![shown; 17],
        };
        assert!(lets(&proto::ListRecordsReply {
            rows: vec![row; 1000],
            next: None
        }));
        assert!(lets(&proto::OfficeCodes {
            codes: vec!["360827100".into(); 10_000]
        }));
        let fault = proto::Fault {
            line: 9,
            reason: "x".into(),
            ..proto::Fault::default()
        };
        assert!(lets(&proto::ImportRecordsReply {
            faults: vec![fault; 1000],
            ..Default::default()
        }));
    }
}
