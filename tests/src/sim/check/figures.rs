//! An office's figures are those of its records, with every page it seals, and
//! the mark never stands without its cells.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use anyhow::{Context, Result, bail, ensure};
use terrace_catalog::{FlowSource, Measure};
use terrace_desk::Book;
use terrace_model::{
    Batch, CellKey, Date, Decimal, Dims, Entry, Fact, Key, Month, OfficeId, Page, PageNo, Record,
    RecordKey,
};
use terrace_rollup::{Contributions, add, contributions, difference, reached, reached_persons};
use terrace_wire as wire;

use super::{audience::Posts, latest::figures_of, mirror::Mirror};

/// A cell without its office.
type Place = (String, Month, Dims);

#[derive(Debug)]
pub(super) struct Figures {
    book: Arc<Book>,
    /// Indicators that are counted from records.
    counted: BTreeSet<String>,
    offices: BTreeMap<OfficeId, Count>,
}

/// One office's figures, by its records and by its pages.
#[derive(Debug, Default)]
struct Count {
    by_record: BTreeMap<RecordKey, Contributions>,
    by_person: BTreeMap<String, Contributions>,
    cells: Contributions,
    /// What the pages say, and on which page each cell was said last.
    said: BTreeMap<Place, (Decimal, PageNo)>,
    through: Option<(Date, PageNo)>,
}

impl Figures {
    pub(super) fn new(book: Arc<Book>) -> Self {
        let from_records = |measure: &Measure| match measure {
            Measure::Stock(_)
            | Measure::Flow(FlowSource::Event { .. } | FlowSource::Reached { .. }) => true,
            Measure::Flow(FlowSource::Submission { .. }) | Measure::Ratio { .. } => false,
        };
        let indicators = book.catalog.indicators.iter();
        let counted = indicators.filter(|of| from_records(&of.measure));
        Self {
            counted: counted.map(|of| of.id.clone()).collect(),
            offices: BTreeMap::new(),
            book,
        }
    }

    /// An office's own commit.
    pub(super) fn commits(
        &mut self,
        office: OfficeId,
        batch: &Batch,
        after: &Mirror,
        posts: &Posts,
    ) -> Result<()> {
        let name = posts.name(office);
        let count = self.offices.entry(office).or_default();
        let changed = batch.changes.iter().filter_map(|change| {
            let Key::Record(key) = &change.key else {
                return None;
            };
            Some(key)
        });
        let changed: BTreeSet<&RecordKey> = changed.collect();
        for key in &changed {
            count.recount(&self.book, key, after);
        }
        let pages = batch.pages.iter();
        let own = pages.filter(|page| page.header.position.stream == figures_of(office));
        let mut sealed = false;
        for page in own {
            sealed = true;
            count.read(page, &self.counted)?;
            count.check(page.header.position.number, &name)?;
        }
        if !changed.is_empty() && !sealed {
            let newest = count.said.values().map(|(_, page)| *page).max();
            count.check(newest.unwrap_or(PageNo::FIRST), &name)?;
        }
        if sealed {
            let through = after.get(&Key::Through(office));
            let Some(Fact::Through(through)) = through else {
                bail!("{name} says figures and no mark");
            };
            let said = count.through.context("no mark was read")?.0;
            ensure!(
                through.value.date == said,
                "{name} holds the mark {} and said {said}",
                through.value.date
            );
        }
        Ok(())
    }
}

impl Count {
    /// Counts a record, and the persons it names, anew.
    fn recount(&mut self, book: &Book, key: &RecordKey, mirror: &Mirror) {
        let catalog = &book.catalog;
        let record = mirror.record(key);
        let of = |record: &Record| contributions(catalog, key, record);
        let after = record.map(of).unwrap_or_default();
        let before = self.by_record.remove(key).unwrap_or_default();
        add(&mut self.cells, &difference(&before, &after));
        self.by_record.insert(key.clone(), after);
        if key.kind != "visit" && key.kind != "assignment" {
            return;
        }
        let all: Vec<(RecordKey, Record)> = mirror
            .records()
            .filter(|(key, _)| key.kind == "visit" || key.kind == "assignment")
            .map(|(key, record)| (key.clone(), record.clone()))
            .collect();
        let mut persons: BTreeSet<String> = self.by_person.keys().cloned().collect();
        for (key, record) in &all {
            persons.extend(reached_persons(catalog, key, record));
        }
        for person in persons {
            let after = reached(catalog, &person, &all);
            let before = self.by_person.remove(&person).unwrap_or_default();
            add(&mut self.cells, &difference(&before, &after));
            self.by_person.insert(person, after);
        }
    }

    /// Lets a page take effect, as anybody may who has nothing but the pages.
    fn read(&mut self, page: &Page, counted: &BTreeSet<String>) -> Result<()> {
        let number = page.header.position.number;
        for parsed in wire::entries(page)? {
            match parsed.known().context("an entry does not decode")? {
                Entry::Figure { key, cell } if counted.contains(&key.indicator) => {
                    let CellKey {
                        indicator,
                        month,
                        dims,
                        ..
                    } = key;
                    let place = (indicator, month, dims);
                    match cell {
                        Some(cell) => self.said.insert(place, (cell.change, number)),
                        None => self.said.remove(&place),
                    };
                }
                Entry::Through(through) => self.through = Some((through.date, number)),
                Entry::Figure { .. } | Entry::Receipt { .. } | Entry::Health(_) => {}
                Entry::Record(_)
                | Entry::Consent(_)
                | Entry::EpochOpened(_)
                | Entry::Office(_)
                | Entry::Submit { .. }
                | Entry::Forward { .. }
                | Entry::Step(_)
                | Entry::Notice(_) => bail!("an entry that is not of the Latest lane"),
            }
        }
        let base = page.header.base;
        self.said.retain(|_, (_, said)| *said >= base);
        self.through = self.through.filter(|(_, said)| *said >= base);
        Ok(())
    }

    fn check(&self, number: PageNo, name: &str) -> Result<()> {
        let number = number.0;
        ensure!(
            self.through.is_some(),
            "{name} has said no mark up to page {number}"
        );
        let said = self.said.iter().map(|(place, (value, _))| (place, *value));
        let counted = self.cells.iter().map(|(place, value)| (place, *value));
        if said.clone().eq(counted.clone()) {
            return Ok(());
        }
        let said: BTreeMap<&Place, Decimal> = said.collect();
        let counted: BTreeMap<&Place, Decimal> = counted.collect();
        let all: BTreeSet<&Place> = said.keys().chain(counted.keys()).copied().collect();
        for place in all {
            let (says, counts) = (said.get(place), counted.get(place));
            ensure!(
                says == counts,
                "{name} says {says:?} for {place:?} up to page {number}, its records {counts:?}"
            );
        }
        Ok(())
    }
}
