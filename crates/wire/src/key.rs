//! Keys as bytes that sort as the keys do.
//!
//! One byte names the kind. Numbers are big-endian; text is its bytes with each
//! 0x00 followed by 0xFF, and ends with 0x00 0x00; a list puts 0x01 before each
//! element and ends with 0x00. A key is read back whole or refused, so that one
//! key has one form.

use core::ops;

use terrace_model::{
    Audience, CellKey, Code, Dims, Epoch, Hash, JournalId, Key, Lane, Level, Lookup, Month,
    NoticeId, NoticeKey, OfficeId, Range, RecordKey, Stream, SubmissionId,
};

use crate::WireError;

/// Kinds of keys, by their first byte. A byte is never used again for another
/// kind.
mod kind {
    pub(super) const OWN: u8 = 1;
    pub(super) const OFFICE: u8 = 2;
    pub(super) const INVITATION: u8 = 3;
    pub(super) const HEAD: u8 = 4;
    pub(super) const WINDOW: u8 = 5;
    pub(super) const FINDING: u8 = 6;
    pub(super) const RECORD: u8 = 7;
    pub(super) const LOOKUP: u8 = 8;
    pub(super) const CONSENT: u8 = 9;
    pub(super) const CELL: u8 = 10;
    pub(super) const THROUGH: u8 = 11;
    pub(super) const HEALTH: u8 = 12;
    pub(super) const SUBMISSION: u8 = 13;
    pub(super) const NOTICE: u8 = 14;
    pub(super) const RECEIPT: u8 = 15;
}

const MORE: u8 = 1;
const END: u8 = 0;
const ZERO_IN_TEXT: u8 = 0xff;

/// Encodes a key.
#[must_use]
pub fn encode_key(key: &Key) -> Vec<u8> {
    match key {
        Key::Own => Put::new(kind::OWN),
        Key::Office(office) => Put::new(kind::OFFICE).number(office.0),
        Key::Invitation(code) => Put::new(kind::INVITATION).text(code.as_str()),
        Key::Head(stream) => Put::new(kind::HEAD)
            .journal(&stream.journal)
            .bytes(&stream.epoch.0.to_be_bytes()),
        Key::Window(journal) => Put::new(kind::WINDOW).journal(journal),
        Key::Finding(hash) => Put::new(kind::FINDING).bytes(&hash.0),
        Key::Record(RecordKey { kind, id }) => Put::new(kind::RECORD).text(kind).text(id),
        Key::Lookup(Lookup {
            kind,
            field,
            value,
            id,
        }) => Put::new(kind::LOOKUP)
            .text(kind)
            .text(field)
            .text(value)
            .text(id),
        Key::Consent { person, kind } => Put::new(kind::CONSENT).text(person).text(kind),
        Key::Cell(cell) => Put::new(kind::CELL)
            .number(cell.office.0)
            .text(&cell.indicator)
            .month(cell.month)
            .dims(&cell.dims),
        Key::Through(office) => Put::new(kind::THROUGH).number(office.0),
        Key::Health(office) => Put::new(kind::HEALTH).number(office.0),
        Key::Submission(id) => Put::new(kind::SUBMISSION).number(id.0),
        Key::Notice(notice) => Put::new(kind::NOTICE).notice(*notice),
        Key::Receipt { notice, office } => Put::new(kind::RECEIPT).notice(*notice).number(office.0),
    }
    .0
}

/// The encoded keys that stand in a range: from the first, up to but not with
/// the second. Nothing stands there where the two are equal.
#[must_use]
pub fn bounds(range: &Range) -> ops::Range<Vec<u8>> {
    let prefix = match range {
        Range::Offices => Put::new(kind::OFFICE),
        Range::Invitations => Put::new(kind::INVITATION),
        Range::Heads => Put::new(kind::HEAD),
        Range::Findings => Put::new(kind::FINDING),
        Range::Records(kind) => Put::new(kind::RECORD).text(kind),
        Range::Lookup { kind, field, value } => {
            Put::new(kind::LOOKUP).text(kind).text(field).text(value)
        }
        Range::CellsOf(office) => Put::new(kind::CELL).number(office.0),
        Range::Cells {
            office,
            indicator,
            from,
            to,
        } => {
            let cells = || Put::new(kind::CELL).number(office.0).text(indicator);
            let start = cells().month(*from).0;
            let end = after(cells().month(*to).0).max(start.clone());
            return start..end;
        }
        Range::Throughs => Put::new(kind::THROUGH),
        Range::Healths => Put::new(kind::HEALTH),
        Range::Submissions => Put::new(kind::SUBMISSION),
        Range::Notices => Put::new(kind::NOTICE),
        Range::NoticesBy(id) => Put::new(kind::NOTICE).number(id.0),
    };
    prefix.0.clone()..after(prefix.0)
}

/// The least bytes greater than all that begin with `prefix`. A kind is never
/// 0xFF, so there are such bytes.
fn after(mut prefix: Vec<u8>) -> Vec<u8> {
    while let Some(last) = prefix.pop() {
        if let Some(next) = last.checked_add(1) {
            prefix.push(next);
            return prefix;
        }
    }
    prefix
}

/// Reads a key.
///
/// # Errors
/// Bytes that are no key; a kind that this version does not know.
pub fn decode_key(bytes: &[u8]) -> Result<Key, WireError> {
    let (kind, left) = bytes.split_first().ok_or(INVALID)?;
    let mut take = Take(left);
    let key = match *kind {
        kind::OWN => Key::Own,
        kind::OFFICE => Key::Office(OfficeId(take.number()?)),
        kind::INVITATION => {
            let code: Result<Code, _> = take.text()?.parse();
            Key::Invitation(code.map_err(|_| INVALID)?)
        }
        kind::HEAD => Key::Head(Stream {
            journal: take.journal()?,
            epoch: Epoch(u32::from_be_bytes(take.array()?)),
        }),
        kind::WINDOW => Key::Window(take.journal()?),
        kind::FINDING => Key::Finding(Hash(take.array()?)),
        kind::RECORD => Key::Record(RecordKey {
            kind: take.text()?,
            id: take.text()?,
        }),
        kind::LOOKUP => Key::Lookup(Lookup {
            kind: take.text()?,
            field: take.text()?,
            value: take.text()?,
            id: take.text()?,
        }),
        kind::CONSENT => Key::Consent {
            person: take.text()?,
            kind: take.text()?,
        },
        kind::CELL => Key::Cell(CellKey {
            office: OfficeId(take.number()?),
            indicator: take.text()?,
            month: take.month()?,
            dims: take.dims()?,
        }),
        kind::THROUGH => Key::Through(OfficeId(take.number()?)),
        kind::HEALTH => Key::Health(OfficeId(take.number()?)),
        kind::SUBMISSION => Key::Submission(SubmissionId(take.number()?)),
        kind::NOTICE => Key::Notice(take.notice()?),
        kind::RECEIPT => Key::Receipt {
            notice: take.notice()?,
            office: OfficeId(take.number()?),
        },
        _ => return Err(WireError::UnknownKind { what: "key" }),
    };
    if take.0.is_empty() {
        Ok(key)
    } else {
        Err(INVALID)
    }
}

const INVALID: WireError = WireError::Invalid { what: "key" };

/// Writes the parts of a key.
struct Put(Vec<u8>);

impl Put {
    fn new(kind: u8) -> Self {
        Self(vec![kind])
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.0.push(byte);
            if byte == 0 {
                self.0.push(ZERO_IN_TEXT);
            }
        }
        self.bytes(&[END, END])
    }

    fn notice(self, notice: NoticeKey) -> Self {
        self.number(notice.id.0).number(notice.issuer.0)
    }

    /// Numbers below zero sort before the others.
    fn month(self, month: Month) -> Self {
        self.bytes(&sign_flipped(month.ordinal()).to_be_bytes())
    }

    fn dims(mut self, dims: &Dims) -> Self {
        for (dim, code) in dims {
            self = self.bytes(&[MORE]).text(dim).text(code);
        }
        self.bytes(&[END])
    }

    fn journal(self, journal: &JournalId) -> Self {
        let start = self.number(journal.origin.0);
        let audience = match journal.audience {
            Audience::Home => start.bytes(&[0]),
            Audience::Parent => start.bytes(&[1]),
            Audience::Ancestors => start.bytes(&[2]),
            Audience::Office(office) => start.bytes(&[3]).number(office.0),
            Audience::Subtree { root, level } => {
                let level = level.map_or(0, level_byte);
                start.bytes(&[4]).number(root.0).bytes(&[level])
            }
        };
        audience.bytes(&[match journal.lane {
            Lane::Every => 0,
            Lane::Latest => 1,
        }])
    }
}

const fn sign_flipped(number: i32) -> u32 {
    number.cast_unsigned() ^ (1 << 31)
}

const fn level_byte(level: Level) -> u8 {
    match level {
        Level::Province => 1,
        Level::Prefecture => 2,
        Level::County => 3,
        Level::Township => 4,
        Level::Village => 5,
    }
}

/// Reads the parts of a key.
struct Take<'a>(&'a [u8]);

impl Take<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (array, left) = self.0.split_first_chunk().ok_or(INVALID)?;
        self.0 = left;
        Ok(*array)
    }

    fn byte(&mut self) -> Result<u8, WireError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_be_bytes)
    }

    fn text(&mut self) -> Result<String, WireError> {
        let mut text = Vec::new();
        loop {
            match self.byte()? {
                0 => match self.byte()? {
                    END => break,
                    ZERO_IN_TEXT => text.push(0),
                    _ => return Err(INVALID),
                },
                byte => text.push(byte),
            }
        }
        String::from_utf8(text).map_err(|_| INVALID)
    }

    fn notice(&mut self) -> Result<NoticeKey, WireError> {
        Ok(NoticeKey {
            id: NoticeId(self.number()?),
            issuer: OfficeId(self.number()?),
        })
    }

    fn month(&mut self) -> Result<Month, WireError> {
        let flipped = u32::from_be_bytes(self.array()?);
        let ordinal = (flipped ^ (1 << 31)).cast_signed();
        Month::from_ordinal(ordinal).ok_or(INVALID)
    }

    fn dims(&mut self) -> Result<Dims, WireError> {
        let mut dims = Dims::new();
        loop {
            match self.byte()? {
                END => return Ok(dims),
                MORE => dims.push((self.text()?, self.text()?)),
                _ => return Err(INVALID),
            }
        }
    }

    fn journal(&mut self) -> Result<JournalId, WireError> {
        let origin = OfficeId(self.number()?);
        let audience = match self.byte()? {
            0 => Audience::Home,
            1 => Audience::Parent,
            2 => Audience::Ancestors,
            3 => Audience::Office(OfficeId(self.number()?)),
            4 => {
                let root = OfficeId(self.number()?);
                Audience::Subtree {
                    root,
                    level: self.level()?,
                }
            }
            _ => return Err(INVALID),
        };
        let lane = match self.byte()? {
            0 => Lane::Every,
            1 => Lane::Latest,
            _ => return Err(INVALID),
        };
        Ok(JournalId {
            origin,
            audience,
            lane,
        })
    }

    fn level(&mut self) -> Result<Option<Level>, WireError> {
        match self.byte()? {
            0 => Ok(None),
            byte => {
                let level = Level::ALL
                    .into_iter()
                    .find(|level| level_byte(*level) == byte);
                level.map(Some).ok_or(INVALID)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_come_back_and_their_bytes_sort_as_they_do(a in samples::key(), b in samples::key()) {
            let (bytes_of_a, bytes_of_b) = (encode_key(&a), encode_key(&b));
            prop_assert_eq!(decode_key(&bytes_of_a), Ok(a.clone()));
            prop_assert_eq!(bytes_of_a.cmp(&bytes_of_b), a.cmp(&b));
        }

        #[test]
        fn a_range_bounds_exactly_the_keys_it_contains(range in samples::range(), key in samples::key()) {
            let bounds = bounds(&range);
            prop_assert!(bounds.start <= bounds.end);
            prop_assert_eq!(bounds.contains(&encode_key(&key)), range.contains(&key));
        }

        #[test]
        fn bytes_that_are_a_key_are_the_only_ones_of_that_key(bytes in prop::collection::vec(0_u8..20, 1..40)) {
            if let Ok(key) = decode_key(&bytes) {
                prop_assert_eq!(encode_key(&key), bytes);
            }
        }
    }

    #[test]
    fn a_range_ends_after_the_last_office_there_can_be() {
        let last = OfficeId(u64::MAX);
        let key = encode_key(&Key::Cell(CellKey {
            office: last,
            indicator: "persons".into(),
            month: Month::from_ordinal(24_000).unwrap(),
            dims: Dims::new(),
        }));
        assert!(bounds(&Range::CellsOf(last)).contains(&key));
        assert!(!bounds(&Range::CellsOf(OfficeId(u64::MAX - 1))).contains(&key));
        assert!(!bounds(&Range::Throughs).contains(&key));
    }

    #[test]
    fn months_the_wrong_way_round_hold_nothing() {
        let month = |ordinal| Month::from_ordinal(ordinal).unwrap();
        let none = bounds(&Range::cells(
            OfficeId(1),
            "persons",
            month(24_001)..=month(24_000),
        ));
        assert_eq!(none.start, none.end);
    }

    #[test]
    fn a_key_of_a_later_kind_is_not_mistaken() {
        assert_eq!(
            decode_key(&[16]),
            Err(WireError::UnknownKind { what: "key" })
        );
        assert_eq!(decode_key(&[]), Err(INVALID));
        assert_eq!(decode_key(&[1, 0]), Err(INVALID), "more after the key");
        assert_eq!(
            decode_key(&[3, b'3', 0, 0]),
            Err(INVALID),
            "a code of one digit"
        );
    }
}
