use terrace_model::{
    Audience, Entry, Hash, Header, Page, PageNo, Part, Position, Seal, Stream,
};

use crate::{
    WireError, entry,
    error::version,
    guard,
    limits::{BODY_ENTRIES, PAGE_BYTES},
    noun::{self, Noun, required},
    proto::{self, LeftOut},
    raw::{Writer, bytes_len},
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
    let PageStart { position, base, previous } = *start;
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
        Audience::Parent
        | Audience::Ancestors
        | Audience::Office(_)
        | Audience::Subtree { .. } => sign(&hash),
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
            position: Position { stream, number: noun::page(message.number)? },
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
        return Err(WireError::TooLarge { what: "page", most: PAGE_BYTES });
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
        Audience::Parent
        | Audience::Ancestors
        | Audience::Office(_)
        | Audience::Subtree { .. } => Some(&page.seal.0),
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

/// A page, where what is left out of its header is put back: `before` is the
/// hash of the page before it in the same frame.
pub(crate) fn from_message(
    message: proto::Page,
    before: Option<Hash>,
) -> Result<Page, WireError> {
    let proto::Page { header, seal, body, parts, left_out } = message;
    let header_bytes = put_back(header, left_out, &body, before)?;
    let header = Header::from_message(guard::decode(&header_bytes)?)?;
    let seal = match header.position.stream.journal.audience {
        Audience::Home if seal.is_empty() => Seal::NONE,
        Audience::Home => return Err(WireError::Invalid { what: "seal" }),
        Audience::Parent
        | Audience::Ancestors
        | Audience::Office(_)
        | Audience::Subtree { .. } => Seal(noun::array(&seal, "seal")?),
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
    Ok(Part { salt: noun::array(&message.salt, "salt")?, content: message.content })
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
        seal: seal_bytes(page).map(|seal| seal.to_vec()).unwrap_or_default(),
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
    let mut reader = crate::raw::Reader::new("Page", bytes);
    while let Some(field) = reader.next_field()? {
        if field.tag == 4 {
            return Ok(true);
        }
    }
    Ok(false)
}
