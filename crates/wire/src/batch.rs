use core::ops::Range;

use terrace_model::{Batch, Change, Page, Position};

use crate::{
    WireError,
    error::version,
    fact, guard,
    key::{decode_key, encode_key},
    limits::{BATCH_BYTES, BATCH_CHANGES, BATCH_PAGES, KEY_BYTES},
    page, proto,
    raw::{Raw, RawField, Reader, Writer, bytes_len},
};

/// Version of [`proto::Batch`].
const BATCH_VERSION: u32 = 1;

const PAGES: u32 = 2;
const CHANGES: u32 = 3;
const KEY: u32 = 1;
const FACT: u32 = 2;

/// A batch as it rests in a record of the log. Offsets count from the record's
/// first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedBatch {
    /// The record.
    pub bytes: Vec<u8>,
    /// Its pages, in order.
    pub pages: Vec<EncodedPage>,
    /// Its changes, in order.
    pub changes: Vec<EncodedChange>,
}

/// Where a page stands in a record: [`crate::decode_page`] reads those bytes,
/// alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedPage {
    /// Which page it is.
    pub position: Position,
    /// Where its bytes are.
    pub at: Range<usize>,
}

/// Where a change stands in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedChange {
    /// Where its encoded key is.
    pub key: Range<usize>,
    /// Where its encoded fact is; none: the key is gone.
    pub fact: Option<Range<usize>>,
}

/// Encodes a batch as a record of the log.
///
/// # Errors
/// More than a record may hold; anything in it that could not be read back.
pub fn encode_batch(batch: &Batch) -> Result<EncodedBatch, WireError> {
    let pages = batch
        .pages
        .iter()
        .map(|page| bytes_len(page::encoded_len(page)));
    let mut writer = Writer::with_capacity(pages.sum::<usize>() + 256 * batch.changes.len());
    writer.number(1, u64::from(BATCH_VERSION));
    at_most(batch.pages.len(), PAGES, BATCH_PAGES)?;
    at_most(batch.changes.len(), CHANGES, BATCH_CHANGES)?;
    let pages = batch.pages.iter().map(|page| put_page(&mut writer, page));
    let pages = pages.collect::<Result<_, _>>()?;
    let changes = batch
        .changes
        .iter()
        .map(|change| put_change(&mut writer, change));
    let changes = changes.collect::<Result<_, _>>()?;
    if writer.bytes.len() > BATCH_BYTES {
        return Err(WireError::TooLarge {
            what: "batch",
            most: BATCH_BYTES,
        });
    }
    Ok(EncodedBatch {
        bytes: writer.bytes,
        pages,
        changes,
    })
}

fn at_most(count: usize, tag: u32, most: u32) -> Result<(), WireError> {
    if count > most as usize {
        return Err(WireError::TooMany {
            what: "Batch",
            tag,
            most,
        });
    }
    Ok(())
}

fn put_page(writer: &mut Writer, page: &Page) -> Result<EncodedPage, WireError> {
    writer.open(PAGES, page::encoded_len(page));
    let start = writer.bytes.len();
    page::write_page(page, writer);
    let at = start..writer.bytes.len();
    page::admits(page, writer.bytes.get(at.clone()).unwrap_or_default())?;
    Ok(EncodedPage {
        position: page.header.position,
        at,
    })
}

/// Bytes that a change takes in a batch.
///
/// # Errors
/// It cannot be kept: its key or its fact is beyond the limits.
pub fn change_len(change: &Change) -> Result<usize, WireError> {
    let mut writer = Writer::with_capacity(256);
    put_change(&mut writer, change)?;
    Ok(writer.bytes.len())
}

fn put_change(writer: &mut Writer, change: &Change) -> Result<EncodedChange, WireError> {
    let key = encode_key(&change.key);
    if key.len() > KEY_BYTES {
        return Err(WireError::TooLong {
            what: "Change",
            tag: KEY,
            most: KEY_BYTES,
        });
    }
    let fact = change.fact.as_ref().map(fact::encode_fact).transpose()?;
    let fact_len = fact.as_ref().map_or(0, |fact| bytes_len(fact.len()));
    writer.open(CHANGES, bytes_len(key.len()) + fact_len);
    let mut put = |tag, bytes: &[u8]| {
        writer.bytes(tag, bytes);
        let end = writer.bytes.len();
        end - bytes.len()..end
    };
    Ok(EncodedChange {
        key: put(KEY, &key),
        fact: fact.map(|fact| put(FACT, &fact)),
    })
}

/// Reads a record of the log, item by item, without decoding or copying what is
/// in it.
///
/// # Errors
/// Bytes that are no record, or of a version that this program does not know.
pub fn batch_items(record: &[u8]) -> Result<BatchItems<'_>, WireError> {
    if record.len() > BATCH_BYTES {
        return Err(WireError::TooLarge {
            what: "batch",
            most: BATCH_BYTES,
        });
    }
    let mut reader = Reader::new("Batch", record);
    let Some(RawField {
        tag: 1,
        value: Raw::Varint(found),
    }) = reader.next_field()?
    else {
        return Err(WireError::Missing { what: "version" });
    };
    version(
        "batch",
        u32::try_from(found).unwrap_or(u32::MAX),
        BATCH_VERSION,
    )?;
    Ok(BatchItems {
        reader,
        pages: 0,
        changes: 0,
    })
}

/// The pages of a record, then its changes, in order; nothing after an error.
#[derive(Clone, Debug)]
pub struct BatchItems<'a> {
    reader: Reader<'a>,
    pages: usize,
    changes: usize,
}

/// One item of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchItem<'a> {
    /// A page.
    Page {
        /// Where its bytes are in the record.
        at: Range<usize>,
        /// Its bytes: [`crate::decode_page`] reads them.
        bytes: &'a [u8],
    },
    /// A change.
    Change(RawChange<'a>),
}

/// A change in the bytes in which it rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawChange<'a> {
    /// The encoded key.
    pub key: &'a [u8],
    /// The encoded fact; none: the key is gone.
    pub fact: Option<&'a [u8]>,
}

impl RawChange<'_> {
    /// The change as a noun.
    ///
    /// # Errors
    /// A key or fact that is none, or that this version does not know.
    pub fn decode(&self) -> Result<Change, WireError> {
        Ok(Change {
            key: decode_key(self.key)?,
            fact: self.fact.map(fact::decode_fact).transpose()?,
        })
    }
}

impl<'a> BatchItems<'a> {
    fn read(&mut self) -> Result<Option<BatchItem<'a>>, WireError> {
        let Some(field) = self.reader.next_field()? else {
            return Ok(None);
        };
        match (field.tag, field.value) {
            (PAGES, Raw::Bytes(bytes)) => {
                self.pages += 1;
                at_most(self.pages, PAGES, BATCH_PAGES)?;
                let end = self.reader.offset();
                Ok(Some(BatchItem::Page {
                    at: end - bytes.len()..end,
                    bytes,
                }))
            }
            (CHANGES, Raw::Bytes(bytes)) => {
                self.changes += 1;
                at_most(self.changes, CHANGES, BATCH_CHANGES)?;
                raw_change(bytes).map(|change| Some(BatchItem::Change(change)))
            }
            // A record says nothing else in this version, and nothing in it may
            // be passed over.
            (_, Raw::Varint(_) | Raw::Fixed64(_) | Raw::Bytes(_) | Raw::Fixed32(_)) => {
                Err(WireError::UnknownKind {
                    what: "item of a batch",
                })
            }
        }
    }
}

fn raw_change(bytes: &[u8]) -> Result<RawChange<'_>, WireError> {
    guard::check::<proto::Change>(bytes)?;
    let mut reader = Reader::new("Change", bytes);
    let (mut key, mut fact) = (None, None);
    while let Some(field) = reader.next_field()? {
        match (field.tag, field.value) {
            (KEY, Raw::Bytes(bytes)) => key = Some(bytes),
            (FACT, Raw::Bytes(bytes)) => fact = Some(bytes),
            (_, Raw::Varint(_) | Raw::Fixed64(_) | Raw::Bytes(_) | Raw::Fixed32(_)) => {
                return Err(WireError::UnknownKind {
                    what: "part of a change",
                });
            }
        }
    }
    let key = key.ok_or(WireError::Missing { what: "key" })?;
    Ok(RawChange { key, fact })
}

impl<'a> Iterator for BatchItems<'a> {
    type Item = Result<BatchItem<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.read().transpose();
        if matches!(item, Some(Err(_))) {
            self.reader = Reader::new("Batch", &[]);
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode_page, samples};
    use proptest::prelude::*;
    use terrace_model::{Fact, Key};

    fn decode(record: &[u8]) -> Result<Batch, WireError> {
        let mut batch = Batch::default();
        for item in batch_items(record)? {
            match item? {
                BatchItem::Page { bytes, .. } => batch.pages.push(decode_page(bytes)?),
                BatchItem::Change(change) => batch.changes.push(change.decode()?),
            }
        }
        Ok(batch)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn batches_come_back_and_each_part_is_found_by_its_offset(batch in samples::batch()) {
            let encoded = encode_batch(&batch).unwrap();
            let bytes = &encoded.bytes;
            prop_assert_eq!(&decode(bytes).unwrap(), &batch);
            for (page, told) in batch.pages.iter().zip(&encoded.pages) {
                prop_assert_eq!(&decode_page(&bytes[told.at.clone()]).unwrap(), page);
                prop_assert_eq!(told.position, page.header.position);
            }
            for (change, told) in batch.changes.iter().zip(&encoded.changes) {
                let raw = RawChange {
                    key: &bytes[told.key.clone()],
                    fact: told.fact.clone().map(|fact| &bytes[fact]),
                };
                prop_assert_eq!(&raw.decode().unwrap(), change);
            }
            let told = encoded.pages.iter().map(|page| page.at.clone()).collect::<Vec<_>>();
            let read = batch_items(bytes).unwrap().filter_map(|item| match item.unwrap() {
                BatchItem::Page { at, .. } => Some(at),
                BatchItem::Change(_) => None,
            });
            prop_assert_eq!(read.collect::<Vec<_>>(), told);
        }
    }

    #[test]
    fn a_record_with_anything_unknown_in_it_is_not_passed_over() {
        let mut bytes = encode_batch(&Batch::default()).unwrap().bytes;
        bytes.extend([4 << 3 | 2, 0]);
        let unknown = WireError::UnknownKind {
            what: "item of a batch",
        };
        assert_eq!(decode(&bytes), Err(unknown));
        let newer = WireError::Newer {
            what: "batch",
            found: 2,
            known: 1,
        };
        assert_eq!(decode(&[8, 2]), Err(newer));
        assert_eq!(decode(&[]), Err(WireError::Missing { what: "version" }));
    }

    #[test]
    fn a_key_is_refused_one_byte_beyond_its_limit() {
        let change = |length: usize| {
            let key = Key::Record(terrace_model::RecordKey::new("", &"a".repeat(length)));
            Batch {
                pages: vec![],
                changes: vec![Change::keep(key, Fact::Mark)],
            }
        };
        assert!(encode_batch(&change(KEY_BYTES - 5)).is_ok());
        let long = WireError::TooLong {
            what: "Change",
            tag: 1,
            most: KEY_BYTES,
        };
        assert_eq!(encode_batch(&change(KEY_BYTES - 4)), Err(long));
    }

    #[test]
    fn a_record_is_refused_one_page_beyond_its_limit() {
        let page = samples::small_page();
        let mut batch = Batch {
            pages: vec![page; BATCH_PAGES as usize],
            changes: vec![],
        };
        let encoded = encode_batch(&batch).unwrap();
        assert_eq!(
            batch_items(&encoded.bytes).unwrap().count(),
            batch.pages.len()
        );
        batch.pages.push(samples::small_page());
        let many = WireError::TooMany {
            what: "Batch",
            tag: 2,
            most: BATCH_PAGES,
        };
        assert_eq!(encode_batch(&batch), Err(many.clone()));
        let mut bytes = encoded.bytes;
        bytes.extend([2 << 3 | 2, 0]);
        let last = batch_items(&bytes).unwrap().last();
        assert_eq!(last, Some(Err(many)));
    }
}
