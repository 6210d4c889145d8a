//! Cells of one indicator and month, by columns.

use std::collections::BTreeMap;

use terrace_model::{Cell, CellKey, Decimal, Dims, Entry, Month, OfficeId};

use crate::{
    WireError,
    noun::{self, ascending},
    proto,
    raw::{Raw, RawField, Reader},
};

/// Most cells of one group: as many as a [`proto::Figures`] holds.
const CELLS: usize = 4096;

/// Most different codes of one group.
const CODES: usize = 4096;

/// Most dimensions of a cell.
const DIMS: usize = 16;

/// How a group says its cells' values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Small,
    Large,
    Gone,
}

impl Form {
    fn of(cell: Option<Cell>) -> Self {
        match cell.map(|cell| noun::small(cell.change)) {
            None => Self::Gone,
            Some(None) => Self::Large,
            Some(Some(_)) => Self::Small,
        }
    }
}

/// A group in the making.
pub(crate) struct Group<'a> {
    first: &'a CellKey,
    form: Form,
    definition: u64,
    index: BTreeMap<&'a str, u32>,
    message: proto::Figures,
    cells: usize,
}

impl<'a> Group<'a> {
    /// A group that begins with this cell.
    pub(crate) fn begin(
        origin: OfficeId,
        key: &'a CellKey,
        cell: Option<Cell>,
    ) -> Result<Self, WireError> {
        let definition = cell.map_or(0, |cell| cell.definition);
        ascending(key.dims.iter().map(|(dim, _)| dim), "dims")?;
        let mut group = Self {
            first: key,
            form: Form::of(cell),
            definition,
            index: BTreeMap::new(),
            message: proto::Figures {
                indicator: key.indicator.clone(),
                month: noun::month_number(key.month)?,
                definition,
                dims: key.dims.iter().map(|(dim, _)| dim.clone()).collect(),
                ..proto::Figures::default()
            },
            cells: 0,
        };
        group.put(origin, key, cell)?;
        Ok(group)
    }

    /// Whether a cell may join.
    pub(crate) fn admits(&self, key: &CellKey, cell: Option<Cell>) -> bool {
        let ids = |dims: &'a Dims| dims.iter().map(|(dim, _)| dim.as_str());
        key.indicator == self.first.indicator
            && key.month == self.first.month
            && key
                .dims
                .iter()
                .map(|(dim, _)| dim.as_str())
                .eq(ids(&self.first.dims))
            && Form::of(cell) == self.form
            && cell.is_none_or(|cell| cell.definition == self.definition)
            && self.cells < CELLS
            && self.index.len() + key.dims.len() <= CODES
    }

    /// Puts a cell that may join.
    pub(crate) fn put(
        &mut self,
        origin: OfficeId,
        key: &'a CellKey,
        cell: Option<Cell>,
    ) -> Result<(), WireError> {
        if key.office != origin {
            return Err(WireError::Invalid {
                what: "office of a figure",
            });
        }
        for (_, code) in &key.dims {
            let next = u32::try_from(self.index.len()).unwrap_or(u32::MAX);
            let at = *self.index.entry(code).or_insert(next);
            if at == next {
                self.message.codes.push(code.clone());
            }
            self.message.cells.push(at);
        }
        match cell.map(|cell| (noun::small(cell.change), cell.change)) {
            None => self.message.gone += 1,
            Some((Some(change), _)) => self.message.change.push(change),
            Some((None, change)) => self.message.large.push(noun::large(change)),
        }
        self.cells += 1;
        Ok(())
    }

    pub(crate) fn close(self) -> proto::Figures {
        self.message
    }
}

/// How many cells an encoded [`proto::Figures`] says it holds.
pub(crate) fn count(bytes: &[u8]) -> Result<u32, WireError> {
    let mut reader = Reader::new("Figures", bytes);
    let mut count = 0_u32;
    while let Some(RawField { tag, value }) = reader.next_field()? {
        let more = match (tag, value) {
            (7, Raw::Bytes(packed)) => {
                let ends = packed.iter().filter(|byte| **byte < 0x80).count();
                u32::try_from(ends).unwrap_or(u32::MAX)
            }
            (7, Raw::Varint(_)) | (8, Raw::Bytes(_)) => 1,
            (9, Raw::Varint(gone)) => u32::try_from(gone).unwrap_or(u32::MAX),
            (_, Raw::Varint(_) | Raw::Fixed64(_) | Raw::Bytes(_) | Raw::Fixed32(_)) => 0,
        };
        count = count.saturating_add(more);
    }
    Ok(count)
}

/// Values of a group's cells.
#[derive(Clone, Debug)]
enum Values {
    Small(Vec<i64>),
    Large(Vec<Decimal>),
    Gone(usize),
}

/// A checked group; gives its cells one by one, as entries.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    origin: OfficeId,
    indicator: String,
    month: Month,
    definition: u64,
    dims: Vec<String>,
    codes: Vec<String>,
    index: Vec<u32>,
    values: Values,
    next: usize,
}

impl Cells {
    pub(crate) fn of(origin: OfficeId, message: proto::Figures) -> Result<Self, WireError> {
        let invalid = |what| Err(WireError::Invalid { what });
        let large = message.large.iter().map(|bytes| noun::from_large(bytes));
        let large: Vec<Decimal> = large.collect::<Result<_, _>>()?;
        let gone = message.gone as usize;
        let values = match (message.change.is_empty(), large.is_empty(), gone) {
            // A newer version may say them in another form.
            (true, true, 0) => return Err(WireError::UnknownKind { what: "cells" }),
            (false, true, 0) => Values::Small(message.change),
            (true, false, 0) => Values::Large(large),
            (true, true, 1..=CELLS) if message.definition == 0 => Values::Gone(gone),
            (_, _, _) => return invalid("cells"),
        };
        let cells = Self {
            origin,
            indicator: message.indicator,
            month: noun::month(message.month)?,
            definition: message.definition,
            dims: message.dims,
            codes: message.codes,
            index: message.cells,
            values,
            next: 0,
        };
        ascending(cells.dims.iter(), "dims")?;
        if cells.index.len() != cells.len() * cells.dims.len() {
            return invalid("cells");
        }
        if cells
            .index
            .iter()
            .any(|at| *at as usize >= cells.codes.len())
        {
            return invalid("codes");
        }
        Ok(cells)
    }

    fn len(&self) -> usize {
        match &self.values {
            Values::Small(values) => values.len(),
            Values::Large(values) => values.len(),
            Values::Gone(count) => *count,
        }
    }

    /// The value of a cell, where there is such a cell.
    fn value(&self, at: usize) -> Option<Option<Cell>> {
        let cell = |change| {
            Some(Cell {
                change,
                definition: self.definition,
            })
        };
        match &self.values {
            Values::Small(values) => values.get(at).map(|value| cell(noun::from_small(*value))),
            Values::Large(values) => values.get(at).map(|value| cell(*value)),
            Values::Gone(count) => (at < *count).then_some(None),
        }
    }

    fn dims(&self, at: usize) -> Option<Dims> {
        let width = self.dims.len();
        let row = self.index.get(at * width..(at + 1) * width)?;
        let code =
            |(dim, at): (&String, &u32)| Some((dim.clone(), self.codes.get(*at as usize)?.clone()));
        self.dims.iter().zip(row).map(code).collect()
    }
}

impl Iterator for Cells {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let at = self.next;
        let cell = self.value(at)?;
        let key = CellKey {
            office: self.origin,
            indicator: self.indicator.clone(),
            month: self.month,
            dims: self.dims(at)?,
        };
        self.next += 1;
        Some(Entry::Figure { key, cell })
    }
}

/// Refuses a cell with more dimensions than a group can hold.
pub(crate) fn is_narrow(key: &CellKey) -> Result<(), WireError> {
    if key.dims.len() > DIMS {
        return Err(WireError::TooMany {
            what: "Figures",
            tag: 4,
            most: 16,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message() -> proto::Figures {
        proto::Figures {
            indicator: "persons".into(),
            month: 24_000,
            definition: 7,
            dims: vec!["category".into(), "gender".into()],
            codes: vec!["freelancer".into(), "_".into()],
            cells: vec![0, 1, 1, 0],
            change: vec![1_000_000, -1_000_000],
            large: vec![],
            gone: 0,
        }
    }

    /// What is said of a good group once it is spoilt.
    fn spoilt(spoil: fn(&mut proto::Figures)) -> Result<usize, WireError> {
        let mut figures = message();
        spoil(&mut figures);
        Cells::of(OfficeId(1), figures).map(Iterator::count)
    }

    #[test]
    fn columns_agree_on_how_many_cells_there_are() {
        assert_eq!(spoilt(|_| {}), Ok(2));
        let gone = |figures: &mut proto::Figures| {
            (figures.gone, figures.definition) = (2, 0);
            figures.change.clear();
        };
        assert_eq!(spoilt(gone), Ok(2));
        type Spoil = (fn(&mut proto::Figures), &'static str);
        let invalid: [Spoil; 8] = [
            (|figures| figures.cells.truncate(3), "cells"),
            (|figures| figures.cells[3] = 2, "codes"),
            (|figures| figures.gone = 2, "cells"),
            (|figures| figures.large.push(vec![0; 16]), "decimal"),
            (|figures| figures.large.push(vec![9; 16]), "cells"),
            (|figures| figures.month = 1, "month"),
            (|figures| figures.dims.swap(0, 1), "dims"),
            (
                |figures| {
                    figures.gone = 2;
                    figures.change.clear();
                },
                "cells",
            ),
        ];
        for (spoil, what) in invalid {
            assert_eq!(spoilt(spoil), Err(WireError::Invalid { what }));
        }
        let none = spoilt(|figures| figures.change.clear());
        assert_eq!(none, Err(WireError::UnknownKind { what: "cells" }));
    }

    #[test]
    fn a_group_is_counted_without_reading_it() {
        use prost::Message;
        for (message, cells) in [
            (message(), 2),
            (
                proto::Figures {
                    change: vec![],
                    gone: 4096,
                    ..message()
                },
                4096,
            ),
            (
                proto::Figures {
                    change: vec![],
                    large: vec![vec![]; 3],
                    ..message()
                },
                3,
            ),
            (
                proto::Figures {
                    change: vec![i64::MIN; 3],
                    ..message()
                },
                3,
            ),
        ] {
            assert_eq!(count(&message.encode_to_vec()), Ok(cells));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn more_cells_or_codes_than_a_group_holds_make_another(width in 0..=2_usize, count in 4090..4100_usize) {
            let figures: Vec<Entry> = (0..count).map(|at| Entry::Figure {
                key: CellKey {
                    office: OfficeId(1),
                    indicator: "persons".into(),
                    month: Month::from_ordinal(24_000).unwrap(),
                    dims: (0..width).map(|dim| (format!("{dim}"), format!("{at}-{dim}"))).collect(),
                },
                cell: None,
            }).collect();
            let body = crate::encode_body(OfficeId(1), &figures).unwrap();
            let read: Vec<_> = crate::decode_body(OfficeId(1), &body).unwrap().collect();
            let known: Vec<_> = figures.into_iter().map(crate::Parsed::Known).collect();
            prop_assert_eq!(read, known);
        }
    }

    #[test]
    fn a_cell_that_differs_in_anything_they_share_is_not_put_with_the_others() {
        let dims = |ids: &[(&str, &str)]| -> Dims {
            let pair = |(dim, code): &(&str, &str)| ((*dim).to_owned(), (*code).to_owned());
            ids.iter().map(pair).collect()
        };
        let key = CellKey {
            office: OfficeId(1),
            indicator: "persons".into(),
            month: Month::from_ordinal(24_000).unwrap(),
            dims: dims(&[("k", "A")]),
        };
        let value = Cell {
            change: Decimal::ONE,
            definition: 7,
        };
        let other_keys = [
            CellKey {
                indicator: "visits".into(),
                ..key.clone()
            },
            CellKey {
                month: key.month.next(),
                ..key.clone()
            },
            CellKey {
                dims: dims(&[("l", "A")]),
                ..key.clone()
            },
            CellKey {
                dims: dims(&[("k", "A"), ("l", "A")]),
                ..key.clone()
            },
            CellKey {
                dims: dims(&[]),
                ..key.clone()
            },
        ];
        let other_cells = [
            None,
            Some(Cell {
                definition: 8,
                ..value
            }),
            Some(Cell {
                change: Decimal::from_millionths(1 << 90),
                ..value
            }),
        ];
        let others = other_keys.map(|key| (key, Some(value))).into_iter();
        let others = others.chain(other_cells.map(|cell| (key.clone(), cell)));
        for (other, cell) in others {
            let same = Entry::Figure {
                key: key.clone(),
                cell: Some(value),
            };
            let entries = [same.clone(), Entry::Figure { key: other, cell }, same];
            let body = crate::encode_body(OfficeId(1), &entries).unwrap();
            let read: Vec<_> = crate::decode_body(OfficeId(1), &body).unwrap().collect();
            assert_eq!(read, entries.map(crate::Parsed::Known));
        }
    }

    #[test]
    fn a_cell_has_at_most_sixteen_dimensions() {
        let cell = |width: u8| Entry::Figure {
            key: CellKey {
                office: OfficeId(1),
                indicator: "persons".into(),
                month: Month::from_ordinal(24_000).unwrap(),
                dims: (0..width)
                    .map(|dim| (format!("{dim:02}"), "_".into()))
                    .collect(),
            },
            cell: None,
        };
        assert!(crate::encode_body(OfficeId(1), &[cell(16)]).is_ok());
        let many = WireError::TooMany {
            what: "Figures",
            tag: 4,
            most: 16,
        };
        assert_eq!(crate::encode_body(OfficeId(1), &[cell(17)]), Err(many));
    }
}
