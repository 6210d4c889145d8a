use terrace_model::{
    Cell, CellKey, Entry, EpochOpened, Health, Notice, NoticeId, NoticeKey, Office, OfficeId, Page,
    Proposal, Receipt, RecordAct, Step, Through,
};

use crate::{
    WireError,
    error::version,
    figures::{self, Cells, Group},
    guard,
    limits::{BODY_ENTRIES, PAGE_BYTES},
    noun::{self, Noun, required},
    page,
    proto::{self, entry::Kind},
    raw::{Raw, RawField, Reader, Writer},
};

/// Version of [`proto::Body`].
const BODY_VERSION: u32 = 1;

/// Tag of a body's entries.
const ENTRIES: u32 = 2;

/// Tag of figures in an entry.
const FIGURES: u32 = 5;

/// One entry of a body, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// An entry.
    Known(Entry),
    /// Of a kind, or with something in it of a kind, that this version does
    /// not know: kept, passed on, ruled on after an upgrade.
    Unknown,
    /// Not well formed: it has no effect, and spoils no other entry.
    Malformed(WireError),
}

impl Parsed {
    /// The entry, where it could be read.
    #[must_use]
    pub fn known(self) -> Option<Entry> {
        match self {
            Self::Known(entry) => Some(entry),
            Self::Unknown | Self::Malformed(_) => None,
        }
    }
}

impl From<WireError> for Parsed {
    fn from(error: WireError) -> Self {
        if error.is_newer() {
            Self::Unknown
        } else {
            Self::Malformed(error)
        }
    }
}

/// Encodes the entries of a page. Figures that follow each other and have
/// indicator and month in common share what they have in common.
///
/// # Errors
/// Entries beyond the limits, a figure of another office than the origin.
pub fn encode_body(origin: OfficeId, entries: &[Entry]) -> Result<Vec<u8>, WireError> {
    if entries.len() > BODY_ENTRIES as usize {
        return Err(WireError::TooMany {
            what: "Body",
            tag: ENTRIES,
            most: BODY_ENTRIES,
        });
    }
    let mut writer = Writer::default();
    writer.number(1, u64::from(BODY_VERSION));
    let mut group: Option<Group<'_>> = None;
    for entry in entries {
        let figure = as_figure(entry);
        if let (Some(open), Some((key, cell))) = (&mut group, figure)
            && open.admits(key, cell)
        {
            open.put(origin, key, cell)?;
            continue;
        }
        if let Some(closed) = group.take() {
            write(&mut writer, Kind::Figures(closed.close()))?;
        }
        match figure {
            Some((key, cell)) => {
                figures::is_narrow(key)?;
                group = Some(Group::begin(origin, key, cell)?);
            }
            None => write(&mut writer, kind(entry)?)?,
        }
    }
    if let Some(closed) = group {
        write(&mut writer, Kind::Figures(closed.close()))?;
    }
    if writer.bytes.len() > PAGE_BYTES {
        return Err(WireError::TooLarge {
            what: "body",
            most: PAGE_BYTES,
        });
    }
    Ok(writer.bytes)
}

fn write(writer: &mut Writer, kind: Kind) -> Result<(), WireError> {
    let bytes = guard::encode(&proto::Entry { kind: Some(kind) })?;
    writer.bytes(ENTRIES, &bytes);
    Ok(())
}

const fn as_figure(entry: &Entry) -> Option<(&CellKey, Option<Cell>)> {
    match entry {
        Entry::Figure { key, cell } => Some((key, *cell)),
        Entry::Record(_)
        | Entry::Consent(_)
        | Entry::EpochOpened(_)
        | Entry::Office(_)
        | Entry::Through(_)
        | Entry::Receipt { .. }
        | Entry::Health(_)
        | Entry::Submit { .. }
        | Entry::Forward { .. }
        | Entry::Step(_)
        | Entry::Notice(_) => None,
    }
}

/// The message of an entry that stands alone.
fn kind(entry: &Entry) -> Result<Kind, WireError> {
    Ok(match entry {
        Entry::Record(act) => Kind::Record(act.to_message()?),
        Entry::Consent(content) => Kind::Consent(proto::ConsentKept {
            content: content.0.to_vec(),
        }),
        Entry::EpochOpened(opened) => Kind::EpochOpened(opened.to_message()?),
        Entry::Office(office) => Kind::Office(office.to_message()?),
        Entry::Figure { key, cell } => Kind::Figures(Group::begin(key.office, key, *cell)?.close()),
        Entry::Through(through) => Kind::Through(through.to_message()?),
        Entry::Receipt { notice, receipt } => Kind::Receipt(proto::ReceiptSaid {
            notice: notice.id.0,
            issuer: notice.issuer.0,
            receipt: Some(receipt.to_message()?),
        }),
        Entry::Health(health) => Kind::Health(health.to_message()?),
        Entry::Submit { proposal, step } => Kind::Submit(proto::Submit {
            proposal: Some(proposal.to_message()?),
            step: Some(step.to_message()?),
        }),
        Entry::Forward { step, enclosed } => {
            enclosed.iter().try_for_each(|page| is_bare(page))?;
            Kind::Forward(proto::Forward {
                step: Some(step.to_message()?),
                enclosed: enclosed.clone(),
            })
        }
        Entry::Step(step) => Kind::Step(step.to_message()?),
        Entry::Notice(notice) => Kind::Notice(notice.to_message()?),
    })
}

/// Refuses an enclosed page with parts: personal content is never inside a
/// page.
fn is_bare(page: &[u8]) -> Result<(), WireError> {
    if page::holds_parts(page)? {
        return Err(WireError::Invalid {
            what: "enclosed page",
        });
    }
    Ok(())
}

fn from_kind(kind: Kind) -> Result<Entry, WireError> {
    Ok(match kind {
        Kind::Record(act) => Entry::Record(RecordAct::from_message(act)?),
        Kind::Consent(kept) => Entry::Consent(noun::hash(&kept.content, "content")?),
        Kind::EpochOpened(opened) => Entry::EpochOpened(EpochOpened::from_message(opened)?),
        Kind::Office(office) => Entry::Office(Office::from_message(office)?),
        // Groups are opened by the iterator, which knows the origin.
        Kind::Figures(_) => return Err(WireError::Invalid { what: "figures" }),
        Kind::Through(through) => Entry::Through(Through::from_message(through)?),
        Kind::Receipt(said) => Entry::Receipt {
            notice: NoticeKey {
                id: NoticeId(said.notice),
                issuer: OfficeId(said.issuer),
            },
            receipt: required::<Receipt>(said.receipt, "receipt")?,
        },
        Kind::Health(health) => Entry::Health(Health::from_message(health)?),
        Kind::Submit(submit) => Entry::Submit {
            proposal: required::<Proposal>(submit.proposal, "proposal")?,
            step: required::<Step>(submit.step, "step")?,
        },
        Kind::Forward(forward) => {
            forward.enclosed.iter().try_for_each(|page| is_bare(page))?;
            Entry::Forward {
                step: required::<Step>(forward.step, "step")?,
                enclosed: forward.enclosed,
            }
        }
        Kind::Step(step) => Entry::Step(Step::from_message(step)?),
        Kind::Notice(notice) => Entry::Notice(Notice::from_message(notice)?),
    })
}

/// Reads the entries of a page, and that they are as many as its header says.
/// Entries that could not be read may stand for several.
///
/// # Errors
/// A body that is none, or of a version that this program does not know; more
/// entries than allowed or than the header says, or fewer.
pub fn entries(page: &Page) -> Result<Entries<'_>, WireError> {
    let entries = decode_body(page.header.position.stream.journal.origin, &page.body)?;
    let said = page.header.entries;
    let agree = if entries.all_known {
        entries.count == said
    } else {
        entries.count <= said
    };
    if agree {
        Ok(entries)
    } else {
        Err(WireError::Invalid { what: "entries" })
    }
}

/// Reads a body. Entries are read one at a time, as they are asked for, so that
/// ten thousand of them are never in memory at once unless the caller wants it.
///
/// # Errors
/// A body that is none, or of a version that this program does not know; more
/// entries than allowed.
pub fn decode_body(origin: OfficeId, body: &[u8]) -> Result<Entries<'_>, WireError> {
    let mut reader = Reader::new("Body", body);
    let first = reader.next_field()?;
    let Some(RawField {
        tag: 1,
        value: Raw::Varint(found),
    }) = first
    else {
        return Err(WireError::Missing { what: "version" });
    };
    version(
        "body",
        u32::try_from(found).unwrap_or(u32::MAX),
        BODY_VERSION,
    )?;
    let mut entries = Entries {
        origin,
        reader,
        group: None,
        count: 0,
        all_known: true,
    };
    let mut ahead = entries.reader.clone();
    while let Some(field) = ahead.next_field()? {
        entries.count_in(field)?;
    }
    Ok(entries)
}

/// The entries of a body, in order.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    origin: OfficeId,
    reader: Reader<'a>,
    group: Option<Cells>,
    count: u32,
    all_known: bool,
}

impl Entries<'_> {
    fn count_in(&mut self, field: RawField<'_>) -> Result<(), WireError> {
        let RawField {
            tag: ENTRIES,
            value,
        } = field
        else {
            return match field.tag {
                1 => Err(WireError::Twice {
                    what: "Body",
                    tag: 1,
                }),
                // A field of a newer version: stepped over.
                _ => Ok(()),
            };
        };
        let Raw::Bytes(bytes) = value else {
            return Err(WireError::Form { what: "Body" });
        };
        let count = self.holds(bytes);
        self.all_known &= count.is_some();
        self.count = self.count.saturating_add(count.unwrap_or(1));
        if self.count > BODY_ENTRIES {
            return Err(WireError::TooMany {
                what: "Body",
                tag: ENTRIES,
                most: BODY_ENTRIES,
            });
        }
        Ok(())
    }

    /// How many entries a message stands for; none where that is not known.
    fn holds(&self, bytes: &[u8]) -> Option<u32> {
        let mut reader = Reader::new("Entry", bytes);
        while let Some(RawField { tag, value }) = reader.next_field().ok()? {
            match (tag, value) {
                (FIGURES, Raw::Bytes(figures)) => {
                    return figures::count(figures).ok().filter(|count| *count > 0);
                }
                (1..=12, Raw::Bytes(_)) => return Some(1),
                (_, Raw::Varint(_) | Raw::Fixed64(_) | Raw::Bytes(_) | Raw::Fixed32(_)) => {}
            }
        }
        None
    }

    fn read(&mut self, bytes: &[u8]) -> Result<Option<Entry>, WireError> {
        let message: proto::Entry = guard::decode(bytes)?;
        match message.kind {
            Some(Kind::Figures(figures)) => {
                let mut cells = Cells::of(self.origin, figures)?;
                let first = cells.next();
                self.group = Some(cells);
                Ok(first)
            }
            Some(kind) => from_kind(kind).map(Some),
            None => Err(WireError::UnknownKind { what: "entry" }),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Parsed;

    fn next(&mut self) -> Option<Parsed> {
        loop {
            if let Some(entry) = self.group.as_mut().and_then(Cells::next) {
                return Some(Parsed::Known(entry));
            }
            self.group = None;
            // The form of the whole was checked before the first.
            let field = self.reader.next_field().ok()??;
            let RawField {
                tag: ENTRIES,
                value: Raw::Bytes(bytes),
            } = field
            else {
                continue;
            };
            match self.read(bytes) {
                Ok(Some(entry)) => return Some(Parsed::Known(entry)),
                Ok(None) => {}
                Err(error) => return Some(Parsed::from(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, ORIGIN};
    use proptest::{collection::vec, prelude::*};
    use terrace_model::{Decimal, Hash, Month};

    fn read(body: &[u8]) -> Result<Vec<Parsed>, WireError> {
        decode_body(ORIGIN, body).map(Iterator::collect)
    }

    fn cell(code: &str) -> Entry {
        let key = CellKey {
            office: ORIGIN,
            indicator: "persons".into(),
            month: Month::from_ordinal(24_000).unwrap(),
            dims: vec![("category".into(), code.into())],
        };
        Entry::Figure {
            key,
            cell: Some(Cell {
                change: Decimal::ONE,
                definition: 7,
            }),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn entries_come_back_one_for_one(entries in vec(samples::entry(), 0..30)) {
            let body = encode_body(ORIGIN, &entries).unwrap();
            let count = decode_body(ORIGIN, &body).unwrap().count;
            prop_assert_eq!(count as usize, entries.len());
            let known: Vec<_> = entries.into_iter().map(Parsed::Known).collect();
            prop_assert_eq!(read(&body).unwrap(), known);
        }
    }

    #[test]
    fn an_entry_of_a_kind_not_known_yet_does_not_spoil_the_others() {
        let mut body = encode_body(ORIGIN, &[cell("A")]).unwrap();
        let later: [&[u8]; 4] = [
            // An entry of kind 13; one that says nothing; a record with a deed
            // of kind 15; a group of figures in a form of its own.
            &[2 << 3 | 2, 2, 13 << 3 | 2, 0],
            &[2 << 3 | 2, 0],
            &[2 << 3 | 2, 4, 1 << 3 | 2, 2, 15 << 3 | 2, 0],
            &[2 << 3 | 2, 4, 5 << 3 | 2, 2, 15 << 3 | 2, 0],
        ];
        later.iter().for_each(|entry| body.extend(*entry));
        body.extend(encode_body(ORIGIN, &[cell("B")]).unwrap().split_off(2));
        let mut parsed = vec![Parsed::Known(cell("A"))];
        parsed.extend(later.map(|_| Parsed::Unknown));
        parsed.push(Parsed::Known(cell("B")));
        assert_eq!(read(&body).unwrap(), parsed);
    }

    #[test]
    fn a_malformed_entry_does_not_spoil_the_others() {
        let mut body = encode_body(ORIGIN, &[cell("A")]).unwrap();
        body.extend([2 << 3 | 2, 5, 2 << 3 | 2, 3, 0x0a, 1, 0]);
        body.extend(encode_body(ORIGIN, &[cell("B")]).unwrap().split_off(2));
        let malformed = Parsed::Malformed(WireError::Invalid { what: "content" });
        let parsed = vec![
            Parsed::Known(cell("A")),
            malformed,
            Parsed::Known(cell("B")),
        ];
        assert_eq!(read(&body).unwrap(), parsed);
        assert_eq!(Parsed::Unknown.known(), None);
    }

    #[test]
    fn figures_of_one_indicator_and_month_share_what_they_have_in_common() {
        let length = |entries: &[Entry]| encode_body(ORIGIN, entries).unwrap().len();
        let one = length(&[cell("A")]);
        let two = length(&[cell("A"), cell("B")]);
        assert!(two - one <= 12, "{one} and {two}");
        let again = length(&[cell("A"), cell("B"), cell("A")]);
        assert!(again - two <= 6, "{two} and {again}");
    }

    #[test]
    fn a_page_holds_ten_thousand_entries_and_no_more() {
        let mut entries = vec![cell("A"); BODY_ENTRIES as usize];
        let body = encode_body(ORIGIN, &entries).unwrap();
        assert_eq!(read(&body).unwrap().len(), entries.len());
        entries.push(cell("A"));
        let many = WireError::TooMany {
            what: "Body",
            tag: 2,
            most: BODY_ENTRIES,
        };
        assert_eq!(encode_body(ORIGIN, &entries), Err(many.clone()));
        let mut beyond = body;
        beyond.extend(encode_body(ORIGIN, &[cell("A")]).unwrap().split_off(2));
        assert_eq!(read(&beyond), Err(many));
    }

    #[test]
    fn a_page_whose_header_counts_wrong_is_refused() {
        let mut page = samples::small_page();
        assert_eq!(entries(&page).unwrap().count(), 1);
        for wrong in [0, 2] {
            page.header.entries = wrong;
            assert!(entries(&page).is_err(), "{wrong}");
        }
        let mut body = page.body.to_vec();
        body.extend([2 << 3 | 2, 2, 13 << 3 | 2, 0]);
        page.body = body.into();
        for (said, agrees) in [(1, false), (2, true), (9, true)] {
            page.header.entries = said;
            assert_eq!(
                entries(&page).is_ok(),
                agrees,
                "an unknown entry may stand for several"
            );
        }
    }

    #[test]
    fn an_enclosed_page_holds_no_personal_content() {
        let mut page = samples::small_page();
        let step = terrace_model::Step {
            submission: terrace_model::SubmissionId(1),
            by: ORIGIN,
            action: "forward".into(),
            answers: Hash::ZERO,
            reason: None,
            note: None,
            at: terrace_model::Time(1),
        };
        page.parts.push(terrace_model::Part {
            salt: [1; 16],
            content: vec![],
        });
        let forward = |page| Entry::Forward {
            step: step.clone(),
            enclosed: vec![page],
        };
        let bare = forward(page::encode_sealed(&page).unwrap());
        assert!(encode_body(ORIGIN, &[bare]).is_ok());
        let with_part = forward(page::encode_page(&page).unwrap());
        let invalid = WireError::Invalid {
            what: "enclosed page",
        };
        assert_eq!(encode_body(ORIGIN, &[with_part]), Err(invalid));
    }

    #[test]
    fn a_body_of_a_later_version_says_so() {
        let newer = WireError::Newer {
            what: "body",
            found: 2,
            known: 1,
        };
        assert_eq!(read(&[8, 2]), Err(newer));
        assert_eq!(read(&[]), Err(WireError::Missing { what: "version" }));
    }
}
