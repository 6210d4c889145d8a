use terrace_model::{Audience, Entry, Hash, Header, Page, PageNo, Part, Position, Seal, Stream};

use crate::{
    WireError, entry,
    error::version,
    guard,
    limits::{BODY_ENTRIES, PAGE_BYTES},
    noun::{self, Noun, required},
    proto::{self, LeftOut},
    raw::{Raw, RawField, Reader, Writer, bytes_len},
};

/// Version of [`proto::PageHeader`].
const HEADER_VERSION: u32 = 1;

/// How the field `previous` of a header begins: its key and its length.
const PREVIOUS: [u8; 2] = [7 << 3 | 2, 32];

/// How the field `body` of a header begins.
const BODY: [u8; 2] = [8 << 3 | 2, 32];

/// Where a new page stands, before it has a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageStart {
    /// Where it stands.
    pub position: Position,
    /// First page of its journal that still counts, by this page.
    pub base: PageNo,
    /// Hash of the page before; [`Hash::ZERO`] for the first.
    pub previous: Hash,
}

/// Makes a page of entries and has it signed. A page under [`Audience::Home`]
/// is not signed: it never leaves its office.
///
/// # Errors
/// Entries beyond the limits, a figure of another office, a base that lies
/// ahead of the page.
pub fn seal_page(
    start: &PageStart,
    entries: &[Entry],
    sign: impl FnOnce(&Hash) -> Seal,
) -> Result<Page, WireError> {
    let PageStart {
        position,
        base,
        previous,
    } = *start;
    if base > position.number {
        return Err(WireError::Invalid { what: "base" });
    }
    let body = entry::encode_body(position.stream.journal.origin, entries)?;
    let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let header = Header {
        position,
        base,
        previous,
        body: Hash::of(&[&body]),
        entries: count,
    };
    let header_bytes = guard::encode(&header.to_message()?)?;
    let hash = Page::hash_of(&header_bytes);
    let seal = match position.stream.journal.audience {
        Audience::Home => Seal::NONE,
        Audience::Parent | Audience::Ancestors | Audience::Office(_) | Audience::Subtree { .. } => {
            sign(&hash)
        }
    };
    let page = Page {
        header,
        header_bytes: header_bytes.into(),
        seal,
        body: body.into(),
        parts: Vec::new(),
    };
    fits(&page)?;
    Ok(page)
}

impl Noun for Header {
    type Message = proto::PageHeader;

    fn to_message(&self) -> Result<proto::PageHeader, WireError> {
        Ok(proto::PageHeader {
            version: HEADER_VERSION,
            journal: Some(self.position.stream.journal.to_message()?),
            epoch: noun::epoch_number(self.position.stream.epoch)?,
            number: noun::page_number(self.position.number)?,
            base: noun::page_number(self.base)?,
            entries: self.entries,
            previous: noun::bytes_or_none(self.previous),
            body: self.body.0.to_vec(),
        })
    }

    fn from_message(message: proto::PageHeader) -> Result<Self, WireError> {
        version("page header", message.version, HEADER_VERSION)?;
        let stream = Stream {
            journal: required(message.journal, "journal")?,
            epoch: noun::epoch(message.epoch)?,
        };
        let header = Self {
            position: Position {
                stream,
                number: noun::page(message.number)?,
            },
            base: noun::page(message.base)?,
            previous: noun::hash_or_zero(&message.previous, "previous")?,
            body: noun::hash(&message.body, "body")?,
            entries: message.entries,
        };
        if header.base > header.position.number {
            return Err(WireError::Invalid { what: "base" });
        }
        if header.entries > BODY_ENTRIES {
            return Err(WireError::Invalid { what: "entries" });
        }
        Ok(header)
    }
}

fn fits(page: &Page) -> Result<(), WireError> {
    if page.size() > PAGE_BYTES {
        return Err(WireError::TooLarge {
            what: "page",
            most: PAGE_BYTES,
        });
    }
    Ok(())
}

/// Encodes a page with the parts beside it, in the bytes its origin sealed.
///
/// # Errors
/// A page that has become too large by its parts.
pub fn encode_page(page: &Page) -> Result<Vec<u8>, WireError> {
    let mut writer = Writer::with_capacity(encoded_len(page));
    write_page(page, &mut writer);
    admits(page, &writer.bytes)?;
    Ok(writer.bytes)
}

/// Refuses a page, encoded like this, where a reader would.
pub(crate) fn admits(page: &Page, bytes: &[u8]) -> Result<(), WireError> {
    fits(page)?;
    guard::check::<proto::Page>(bytes)
}

/// Encodes what is sealed of a page and none of its parts, as an entry that
/// encloses it and a finding hold it: personal content is never inside a page.
///
/// # Errors
/// A page that is too large.
pub fn encode_sealed(page: &Page) -> Result<Vec<u8>, WireError> {
    encode_page(&without_parts(page))
}

fn without_parts(page: &Page) -> Page {
    Page {
        header: page.header,
        header_bytes: page.header_bytes.clone(),
        seal: page.seal,
        body: page.body.clone(),
        parts: Vec::new(),
    }
}

/// How many bytes [`write_page`] writes.
pub(crate) fn encoded_len(page: &Page) -> usize {
    let parts = page.parts.iter().map(|part| bytes_len(part_len(part)));
    let seal = seal_bytes(page).map_or(0, |seal| bytes_len(seal.len()));
    bytes_len(page.header_bytes.len()) + seal + bytes_len(page.body.len()) + parts.sum::<usize>()
}

fn part_len(part: &Part) -> usize {
    bytes_len(part.salt.len()) + bytes_len(part.content.len())
}

fn seal_bytes(page: &Page) -> Option<&[u8; 64]> {
    match page.header.position.stream.journal.audience {
        Audience::Home => None,
        Audience::Parent | Audience::Ancestors | Audience::Office(_) | Audience::Subtree { .. } => {
            Some(&page.seal.0)
        }
    }
}

/// Writes a [`proto::Page`] from which nothing is left out.
pub(crate) fn write_page(page: &Page, writer: &mut Writer) {
    writer.bytes(1, &page.header_bytes);
    if let Some(seal) = seal_bytes(page) {
        writer.bytes(2, seal);
    }
    writer.bytes(3, &page.body);
    for part in &page.parts {
        writer.open(4, part_len(part));
        writer.bytes(1, &part.salt);
        writer.bytes(2, &part.content);
    }
}

/// Reads a page: its form, its limits, and that body and header belong
/// together. Whether the seal verifies is for those who know the keys.
///
/// # Errors
/// Bytes that are no such page; a version that this program does not know.
pub fn decode_page(bytes: &[u8]) -> Result<Page, WireError> {
    let message: proto::Page = guard::decode(bytes)?;
    if message.left_out != LeftOut::Unspecified as i32 {
        return Err(WireError::Invalid { what: "left out" });
    }
    from_message(message, None)
}

/// Which page the bytes of a stored page say they are, without looking at the
/// rest: for bytes that were checked when they were written.
///
/// # Errors
/// Bytes that do not begin as a page does; a version that this program does
/// not know.
pub fn page_position(bytes: &[u8]) -> Result<Position, WireError> {
    let missing = WireError::Missing { what: "header" };
    match Reader::new("Page", bytes).next_field()? {
        Some(RawField {
            tag: 1,
            value: Raw::Bytes(header),
        }) => Ok(Header::from_message(guard::decode(header)?)?.position),
        Some(_) | None => Err(missing),
    }
}

/// A page, where what is left out of its header is put back: `before` is the
/// hash of the page before it in the same frame.
pub(crate) fn from_message(message: proto::Page, before: Option<Hash>) -> Result<Page, WireError> {
    let proto::Page {
        header,
        seal,
        body,
        parts,
        left_out,
    } = message;
    let header_bytes = put_back(header, left_out, &body, before)?;
    let header = Header::from_message(guard::decode(&header_bytes)?)?;
    let seal = match header.position.stream.journal.audience {
        Audience::Home if seal.is_empty() => Seal::NONE,
        Audience::Home => return Err(WireError::Invalid { what: "seal" }),
        Audience::Parent | Audience::Ancestors | Audience::Office(_) | Audience::Subtree { .. } => {
            Seal(noun::array(&seal, "seal")?)
        }
    };
    let parts = parts.into_iter().map(part).collect::<Result<_, _>>()?;
    let page = Page {
        header,
        header_bytes: header_bytes.into(),
        seal,
        body: body.into(),
        parts,
    };
    fits(&page)?;
    if !page.body_matches() {
        return Err(WireError::Invalid { what: "body" });
    }
    Ok(page)
}

fn part(message: proto::Part) -> Result<Part, WireError> {
    Ok(Part {
        salt: noun::array(&message.salt, "salt")?,
        content: message.content,
    })
}

/// The message of a page on a link. What the receiver can put back is left out
/// of the header's end; `before` is the hash of the page before it in the
/// frame.
pub(crate) fn to_message(page: &Page, before: Option<Hash>) -> Result<proto::Page, WireError> {
    fits(page)?;
    let (header, left_out) = leave_out(page, before);
    let part = |part: &Part| proto::Part {
        salt: part.salt.to_vec(),
        content: part.content.clone(),
    };
    Ok(proto::Page {
        header: header.to_vec(),
        seal: seal_bytes(page)
            .map(|seal| seal.to_vec())
            .unwrap_or_default(),
        body: page.body.to_vec(),
        parts: page.parts.iter().map(part).collect(),
        left_out: left_out as i32,
    })
}

/// What of a header travels. One that a newer version ended in another way
/// travels whole.
fn leave_out(page: &Page, before: Option<Hash>) -> (&[u8], LeftOut) {
    let whole = &*page.header_bytes;
    let cut = |bytes, field: [u8; 2], hash: Hash| {
        let rest: Option<&[u8]> = <[u8]>::strip_suffix(bytes, &hash.0);
        rest.and_then(|rest| rest.strip_suffix(&field))
    };
    let Some(head) = cut(whole, BODY, page.header.body) else {
        return (whole, LeftOut::Unspecified);
    };
    let previous = page.header.previous;
    match cut(head, PREVIOUS, previous) {
        Some(shorter) if before == Some(previous) => (shorter, LeftOut::PreviousAndBody),
        Some(_) | None => (head, LeftOut::Body),
    }
}

fn put_back(
    mut header: Vec<u8>,
    left_out: i32,
    body: &[u8],
    before: Option<Hash>,
) -> Result<Vec<u8>, WireError> {
    let mut put = |field: [u8; 2], hash: Hash| {
        header.extend(field);
        header.extend(hash.0);
    };
    let what = "left out";
    match LeftOut::try_from(left_out) {
        Ok(LeftOut::Unspecified) => {}
        Ok(LeftOut::Body) => put(BODY, Hash::of(&[body])),
        Ok(LeftOut::PreviousAndBody) => {
            put(PREVIOUS, before.ok_or(WireError::Invalid { what })?);
            put(BODY, Hash::of(&[body]));
        }
        Err(_) => return Err(WireError::UnknownKind { what }),
    }
    Ok(header)
}

/// Whether the bytes of a page hold parts.
pub(crate) fn holds_parts(bytes: &[u8]) -> Result<bool, WireError> {
    let mut reader = Reader::new("Page", bytes);
    while let Some(field) = reader.next_field()? {
        if field.tag == 4 {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::PAGE_NUMBERS;
    use crate::samples;
    use proptest::prelude::*;
    use terrace_model::{Lane, OfficeId, Through};

    fn start() -> PageStart {
        let page = samples::small_page();
        PageStart {
            position: page.header.position,
            base: page.header.base,
            previous: Hash::ZERO,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn pages_come_back_and_are_written_byte_for_byte(page in samples::page()) {
            let bytes = encode_page(&page).unwrap();
            prop_assert_eq!(bytes.len(), encoded_len(&page));
            prop_assert_eq!(page_position(&bytes), Ok(page.header.position));
            let read = decode_page(&bytes).unwrap();
            prop_assert_eq!(&read, &page);
            prop_assert_eq!(encode_page(&read).unwrap(), bytes);
            let sealed = decode_page(&encode_sealed(&page).unwrap()).unwrap();
            prop_assert_eq!(sealed, Page { parts: vec![], ..page });
        }
    }

    /// The header of a page with more at its end, and that page.
    fn from_a_newer_version() -> Page {
        let page = samples::small_page();
        let mut body = page.body.to_vec();
        body.extend([15 << 3 | 2, 3, 1, 2, 3]);
        let header = Header {
            body: Hash::of(&[&body]),
            ..page.header
        };
        let mut header_bytes = guard::encode(&header.to_message().unwrap()).unwrap();
        header_bytes.extend([15 << 3, 42]);
        Page {
            header,
            header_bytes: header_bytes.into(),
            body: body.into(),
            ..page
        }
    }

    #[test]
    fn what_a_newer_version_adds_to_header_and_body_is_kept_byte_for_byte() {
        let page = from_a_newer_version();
        let bytes = encode_page(&page).unwrap();
        let read = decode_page(&bytes).unwrap();
        assert_eq!(read, page);
        assert_eq!(encode_page(&read).unwrap(), bytes);
        assert_eq!(read.hash(), Page::hash_of(&page.header_bytes));
        let entries: Vec<_> = entry::entries(&read).unwrap().collect();
        assert_eq!(entries.len(), 1, "the known entry is still read");

        let on_a_link = from_message(to_message(&page, None).unwrap(), None).unwrap();
        assert_eq!(on_a_link, page);
    }

    #[test]
    fn body_and_header_belong_together() {
        let page = samples::small_page();
        let mut other = page.clone();
        other.body = samples::chain(1)[0].body.clone();
        let bytes = encode_page(&other).unwrap();
        assert_eq!(
            decode_page(&bytes),
            Err(WireError::Invalid { what: "body" })
        );
    }

    #[test]
    fn a_page_under_home_has_no_seal_and_every_other_has_one() {
        let mut start = start();
        start.position.stream.journal.audience = Audience::Home;
        start.position.stream.journal.lane = Lane::Every;
        let page = seal_page(&start, &[], |_| Seal([1; 64])).unwrap();
        assert_eq!(page.seal, Seal::NONE);
        let mut message: proto::Page = guard::decode(&encode_page(&page).unwrap()).unwrap();
        assert!(message.seal.is_empty());
        message.seal = vec![1; 64];
        assert_eq!(
            from_message(message, None),
            Err(WireError::Invalid { what: "seal" })
        );

        let sealed = encode_page(&samples::small_page()).unwrap();
        let mut message: proto::Page = guard::decode(&sealed).unwrap();
        message.seal.clear();
        assert_eq!(
            from_message(message, None),
            Err(WireError::Missing { what: "seal" })
        );
    }

    #[test]
    fn a_page_is_refused_one_byte_beyond_its_limit() {
        let mut page = samples::largest_page();
        assert_eq!(page.size(), PAGE_BYTES);
        let bytes = encode_page(&page).unwrap();
        assert_eq!(decode_page(&bytes).as_ref(), Ok(&page));
        let part = page.parts.last_mut().unwrap();
        part.content.push(0);
        let too_large = WireError::TooLarge {
            what: "page",
            most: PAGE_BYTES,
        };
        assert_eq!(encode_page(&page), Err(too_large.clone()));
        let mut writer = Writer::default();
        write_page(&page, &mut writer);
        assert_eq!(decode_page(&writer.bytes), Err(too_large));
    }

    type Spoil = (fn(&mut proto::PageHeader), &'static str);

    /// What is said of a good header once it is spoilt.
    fn spoilt(spoil: fn(&mut proto::PageHeader)) -> Result<Header, WireError> {
        let mut header = samples::small_page().header.to_message().unwrap();
        spoil(&mut header);
        Header::from_message(header)
    }

    #[test]
    fn a_header_lacks_nothing_and_agrees_with_itself() {
        assert!(spoilt(|_| {}).is_ok());
        let missing: [Spoil; 6] = [
            (|header| header.version = 0, "version"),
            (|header| header.journal = None, "journal"),
            (|header| header.epoch = 0, "epoch"),
            (|header| header.number = 0, "page number"),
            (|header| header.base = 0, "page number"),
            (|header| header.body.clear(), "body"),
        ];
        for (spoil, what) in missing {
            assert_eq!(spoilt(spoil), Err(WireError::Missing { what }));
        }
        assert!(spoilt(|header| header.number = PAGE_NUMBERS).is_ok());
        let invalid: [Spoil; 5] = [
            (|header| header.number = PAGE_NUMBERS + 1, "page number"),
            (|header| header.number = u64::MAX, "page number"),
            (|header| header.base = 2, "base"),
            (|header| header.entries = 10_001, "entries"),
            (|header| header.previous = vec![1], "previous"),
        ];
        for (spoil, what) in invalid {
            assert_eq!(spoilt(spoil), Err(WireError::Invalid { what }));
        }
    }

    #[test]
    fn a_header_of_a_later_version_says_so() {
        let newer = WireError::Newer {
            what: "page header",
            found: 2,
            known: 1,
        };
        assert!(newer.is_newer());
        assert_eq!(spoilt(|header| header.version = 2), Err(newer));
    }

    #[test]
    fn a_page_is_not_sealed_with_a_base_ahead_of_it_or_another_offices_figure() {
        let ahead = PageStart {
            base: PageNo(2),
            ..start()
        };
        let sealed = seal_page(&ahead, &[], |_| Seal::NONE);
        assert_eq!(sealed, Err(WireError::Invalid { what: "base" }));
        let through = Entry::Through(Through {
            date: terrace_model::Date::constant(999, 1, 1),
            catalog: Hash::ZERO,
        });
        assert!(seal_page(&start(), &[through], |_| Seal::NONE).is_err());
        let key = terrace_model::CellKey {
            office: OfficeId(1),
            indicator: "persons".into(),
            month: terrace_model::Month::from_ordinal(24_000).unwrap(),
            dims: vec![],
        };
        let figure = Entry::Figure { key, cell: None };
        let sealed = seal_page(&start(), &[figure], |_| Seal::NONE);
        assert_eq!(
            sealed,
            Err(WireError::Invalid {
                what: "office of a figure"
            })
        );
    }

    #[test]
    fn bytes_that_do_not_begin_as_a_page_have_no_position() {
        let missing = Err(WireError::Missing { what: "header" });
        assert_eq!(page_position(&[]), missing);
        assert_eq!(page_position(&[3 << 3 | 2, 0]), missing);
        let bytes = encode_page(&samples::small_page()).unwrap();
        assert!(page_position(&bytes[..10]).is_err());
    }

    #[test]
    fn a_stored_page_leaves_nothing_out() {
        let mut bytes = encode_page(&samples::small_page()).unwrap();
        bytes.extend([5 << 3, 1]);
        assert_eq!(
            decode_page(&bytes),
            Err(WireError::Invalid { what: "left out" })
        );
    }
}
