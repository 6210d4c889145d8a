//! The bytes of a protobuf message, field by field, without allocating.

use crate::WireError;

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const BYTES: u64 = 2;
const FIXED32: u64 = 5;

/// A field's value as it stands in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Raw<'a> {
    Varint(u64),
    Fixed64(&'a [u8; 8]),
    Bytes(&'a [u8]),
    Fixed32(&'a [u8; 4]),
}

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RawField<'a> {
    pub(crate) tag: u32,
    pub(crate) value: Raw<'a>,
}

/// Reads fields in the order in which they stand.
///
/// It takes a number only in its shortest form and knows no groups, so that
/// there is one way to write a field.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    what: &'static str,
    left: &'a [u8],
    whole: usize,
}

impl<'a> Reader<'a> {
    /// Reads the fields of a message, named for errors.
    pub(crate) const fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            what,
            left: bytes,
            whole: bytes.len(),
        }
    }

    /// How many bytes were read so far.
    pub(crate) const fn offset(&self) -> usize {
        self.whole - self.left.len()
    }

    /// The next field; none at the end.
    pub(crate) fn next_field(&mut self) -> Result<Option<RawField<'a>>, WireError> {
        if self.left.is_empty() {
            return Ok(None);
        }
        self.field()
            .map(Some)
            .ok_or(WireError::Form { what: self.what })
    }

    /// The next number of a packed list; none at the end.
    pub(crate) fn next_number(&mut self) -> Result<Option<u64>, WireError> {
        if self.left.is_empty() {
            return Ok(None);
        }
        self.varint()
            .map(Some)
            .ok_or(WireError::Form { what: self.what })
    }

    fn field(&mut self) -> Option<RawField<'a>> {
        let key = self.varint()?;
        let tag = u32::try_from(key >> 3).ok().filter(|tag| *tag > 0)?;
        let value = match key & 7 {
            VARINT => Raw::Varint(self.varint()?),
            FIXED64 => Raw::Fixed64(self.array()?),
            FIXED32 => Raw::Fixed32(self.array()?),
            BYTES => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (bytes, left) = self.left.split_at_checked(length)?;
                self.left = left;
                Raw::Bytes(bytes)
            }
            _ => return None,
        };
        Some(RawField { tag, value })
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (array, left) = self.left.split_first_chunk()?;
        self.left = left;
        Some(array)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, left) = self.left.split_first()?;
            self.left = left;
            let bits = u64::from(byte & 0x7f);
            let lost = shift == 63 && bits > 1;
            let padded = shift > 0 && *byte == 0;
            if lost || padded {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

/// Writes fields in the order in which it is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
        }
    }

    pub(crate) fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.bytes.push(value.to_le_bytes()[0]);
    }

    /// A number; nothing where it is 0.
    pub(crate) fn number(&mut self, tag: u32, value: u64) {
        if value != 0 {
            self.varint(u64::from(tag) << 3 | VARINT);
            self.varint(value);
        }
    }

    /// Opens a value of bytes: the caller puts exactly so many after this.
    pub(crate) fn open(&mut self, tag: u32, length: usize) {
        self.varint(u64::from(tag) << 3 | BYTES);
        self.varint(length as u64);
    }

    /// Bytes; present also where they are none.
    pub(crate) fn bytes(&mut self, tag: u32, value: &[u8]) {
        self.open(tag, value.len());
        self.bytes.extend_from_slice(value);
    }
}

/// How many bytes a number takes.
pub(crate) const fn varint_len(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}

/// How many bytes a field of bytes takes; tags below 16 only.
pub(crate) const fn bytes_len(length: usize) -> usize {
    1 + varint_len(length as u64) + length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<Vec<RawField<'_>>, WireError> {
        let mut reader = Reader::new("test", bytes);
        let mut fields = Vec::new();
        while let Some(field) = reader.next_field()? {
            fields.push(field);
        }
        Ok(fields)
    }

    #[test]
    fn a_number_is_taken_in_its_shortest_form_only() {
        let one = RawField {
            tag: 1,
            value: Raw::Varint(1),
        };
        assert_eq!(read(&[0x08, 0x01]), Ok(vec![one]));
        let form = Err(WireError::Form { what: "test" });
        assert_eq!(read(&[0x08, 0x81, 0x00]), form, "padded value");
        assert_eq!(read(&[0x88, 0x00, 0x01]), form, "padded key");
        let mut beyond = vec![0x08];
        beyond.extend([0xff; 9]);
        beyond.push(0x02);
        assert_eq!(read(&beyond), form, "more than 64 bits");
    }

    #[test]
    fn groups_tag_0_and_cut_values_are_refused() {
        let form = Err(WireError::Form { what: "test" });
        for bytes in [
            &[0x0b, 0x0c][..],
            &[0x00, 0x01],
            &[0x0a, 0x02, 0x00],
            &[0x09, 0x00],
            &[0x08],
            &[
                0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
            ],
        ] {
            assert_eq!(read(bytes), form, "{bytes:02x?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(tag in 1_u32..1000, value in 1_u64.., bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut writer = Writer::default();
            writer.number(tag, value);
            writer.bytes(tag, &bytes);
            let fields = vec![
                RawField { tag, value: Raw::Varint(value) },
                RawField { tag, value: Raw::Bytes(&bytes) },
            ];
            prop_assert_eq!(read(&writer.bytes), Ok(fields));
        }

        #[test]
        fn lengths_are_told_beforehand(value in any::<u64>(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut writer = Writer::default();
            writer.varint(value);
            prop_assert_eq!(writer.bytes.len(), varint_len(value));
            writer.bytes.clear();
            writer.bytes(15, &bytes);
            prop_assert_eq!(writer.bytes.len(), bytes_len(bytes.len()));
        }
    }
}
