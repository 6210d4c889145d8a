//! How a value rests in the map underneath: a version, a kind, a checksum over
//! key and value, and the value itself or where it is.
//!
//! ```text
//! version u8 (1), kind u8 (0 here, 1 in a file), checksum u32 over the length
//! of the key, the key, version, kind and body; then the body: the value, or
//! number of the file u64, its bytes u32, its checksum u32. Little-endian.
//! ```

const VERSION: u8 = 1;
const HERE: u8 = 0;
const IN_FILE: u8 = 1;
const HEAD_BYTES: usize = 6;

/// A value in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BigValue {
    /// Number of the file, never used twice.
    pub(super) number: u64,
    /// Bytes of the file.
    pub(super) bytes: u32,
    /// Checksum of the file.
    pub(super) checksum: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored<'a> {
    Here(&'a [u8]),
    InFile(BigValue),
}

impl<'a> Stored<'a> {
    pub(super) fn encode(&self, key: &[u8]) -> Vec<u8> {
        match self {
            Self::Here(value) => seal(key, HERE, value),
            Self::InFile(BigValue {
                number,
                bytes,
                checksum,
            }) => {
                let mut body = Vec::with_capacity(16);
                body.extend_from_slice(&number.to_le_bytes());
                body.extend_from_slice(&bytes.to_le_bytes());
                body.extend_from_slice(&checksum.to_le_bytes());
                seal(key, IN_FILE, &body)
            }
        }
    }

    /// `None` for bytes that were not written under this key.
    pub(super) fn decode(key: &[u8], stored: &'a [u8]) -> Option<Self> {
        let ([version, kind, checksum @ ..], body) = stored.split_first_chunk::<HEAD_BYTES>()?;
        let right = checksum_of(key, *version, *kind, body) == u32::from_le_bytes(*checksum);
        match (right, *version, *kind) {
            (true, VERSION, HERE) => Some(Self::Here(body)),
            (true, VERSION, IN_FILE) => {
                let (number, rest) = body.split_first_chunk()?;
                let (bytes, rest) = rest.split_first_chunk()?;
                Some(Self::InFile(BigValue {
                    number: u64::from_le_bytes(*number),
                    bytes: u32::from_le_bytes(*bytes),
                    checksum: u32::from_le_bytes(rest.try_into().ok()?),
                }))
            }
            (true | false, _, _) => None,
        }
    }
}

fn seal(key: &[u8], kind: u8, body: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(HEAD_BYTES.saturating_add(body.len()));
    stored.extend_from_slice(&[VERSION, kind]);
    stored.extend_from_slice(&checksum_of(key, VERSION, kind, body).to_le_bytes());
    stored.extend_from_slice(body);
    stored
}

fn checksum_of(key: &[u8], version: u8, kind: u8, body: &[u8]) -> u32 {
    let length = crc32c::crc32c(&key.len().to_le_bytes());
    let key = crc32c::crc32c_append(length, key);
    crc32c::crc32c_append(crc32c::crc32c_append(key, &[version, kind]), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIG: Stored<'_> = Stored::InFile(BigValue {
        number: 7,
        bytes: 5000,
        checksum: 9,
    });

    #[test]
    fn values_come_back_under_their_own_key_only() {
        for stored in [Stored::Here(b"value"), Stored::Here(b""), BIG] {
            let bytes = stored.encode(b"key");
            assert_eq!(Stored::decode(b"key", &bytes), Some(stored));
            assert_eq!(Stored::decode(b"kez", &bytes), None);
            assert_eq!(Stored::decode(b"ke", &bytes), None);
        }
    }

    #[test]
    fn no_bit_can_change_unseen() {
        for stored in [Stored::Here(b"value"), BIG] {
            let bytes = stored.encode(b"key");
            for bit in 0..bytes.len() * 8 {
                let mut changed = bytes.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(Stored::decode(b"key", &changed), None, "bit {bit}");
            }
            assert_eq!(Stored::decode(b"key", &bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn a_version_of_the_future_is_no_value() {
        let checksum = checksum_of(b"key", 2, HERE, b"v").to_le_bytes();
        let stored = [&[2, HERE], checksum.as_slice(), b"v"].concat();
        assert_eq!(Stored::decode(b"key", &stored), None);
    }
}
