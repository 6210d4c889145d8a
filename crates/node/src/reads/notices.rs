//! Notices that this office issued or received, and what became of them.

use core::{cmp::Reverse, ops::ControlFlow};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use terrace_model::{
    Audience, Code, Date, Fact, HeldNotice, Key, Level, NoticeId, NoticeKey, OfficeId, Range,
    Receipt, Time, Tree,
};
use terrace_store::{Read, StoreError};

use super::{Here, Page, walk::walk};

/// A notice without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// The office that issued it.
    pub issuer: OfficeId,
    /// Title.
    pub title: String,
    /// When it was issued, by the issuer's clock.
    pub issued: Time,
    /// A person at each office is asked to acknowledge by this day.
    pub acknowledge_by: Option<Date>,
    /// What became of it here; none at its issuer.
    pub receipt: Option<Receipt>,
}

/// What became of a notice at one office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The office that received it, or should have.
    pub office: OfficeId,
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// What it said.
    pub receipt: Receipt,
}

/// Newest first, and of one instant by id.
type Place = (Reverse<Time>, NoticeKey);

/// Notices, newest first, after one of them: so many at most. None: there is no
/// notice by the id that the page should come after.
///
/// # Errors
/// The store failed.
pub fn notices<R: Read>(
    reader: &R,
    here: &Here<'_>,
    after: Option<NoticeId>,
    rows: usize,
) -> Result<Option<Page<NoticeRow, NoticeId>>, StoreError> {
    let after: Option<Place> = match after {
        None => None,
        Some(id) => match called(reader, here.tree, id)? {
            Some(held) => Some((Reverse(held.notice.issued), held.notice.key())),
            None => return Ok(None),
        },
    };
    // The first so many, and one that tells whether there are more: the last of
    // them is on top.
    let mut first: BinaryHeap<Place> = BinaryHeap::new();
    walk(reader, &Range::Notices, None, |_, fact| {
        if let Fact::Notice(held) = fact {
            let place = (Reverse(held.notice.issued), held.notice.key());
            if after.is_none_or(|after| after < place) {
                first.push(place);
                if first.len() > rows + 1 {
                    first.pop();
                }
            }
        }
        ControlFlow::Continue(())
    })?;
    let has_more = first.len() > rows;
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    for (_, key) in first.into_sorted_vec().into_iter().take(rows) {
        if let Some(Fact::Notice(held)) = reader.get(&Key::Notice(key))? {
            page.rows.push(row(reader, here.me, held)?);
        }
    }
    if has_more {
        page.next = page.rows.last().map(|row| row.id);
    }
    Ok(Some(page))
}

/// One notice with its text; none: this office holds none by that id.
///
/// # Errors
/// The store failed.
pub fn notice<R: Read>(
    reader: &R,
    here: &Here<'_>,
    id: NoticeId,
) -> Result<Option<(NoticeRow, String)>, StoreError> {
    let Some(mut held) = called(reader, here.tree, id)? else {
        return Ok(None);
    };
    let body = core::mem::take(&mut held.notice.body);
    Ok(Some((row(reader, here.me, held)?, body)))
}

/// What became of a notice at each office at or below this one that should have
/// it, by code, after a code: so many at most. None: this office holds no notice
/// by that id.
///
/// # Errors
/// The store failed.
pub fn receipts<R: Read>(
    reader: &R,
    here: &Here<'_>,
    id: NoticeId,
    after: Option<&Code>,
    rows: usize,
) -> Result<Option<Page<ReceiptRow, Code>>, StoreError> {
    let Some(held) = called(reader, here.tree, id)? else {
        return Ok(None);
    };
    let mut offices = addressed(here.tree, here.me, &held.audiences);
    offices.remove(&held.notice.issuer);
    let mut by_code: BTreeMap<&Code, OfficeId> = offices
        .iter()
        .filter_map(|office| Some((here.code(*office)?, *office)))
        .collect();
    if let Some(after) = after {
        by_code = by_code.split_off(after);
        by_code.remove(after);
    }
    let mut page = Page {
        rows: Vec::new(),
        next: None,
    };
    let has_more = by_code.len() > rows;
    for (code, office) in by_code.into_iter().take(rows) {
        let name = here.tree.get(office).map(|office| office.name.clone());
        page.rows.push(ReceiptRow {
            office,
            code: code.clone(),
            name: name.unwrap_or_default(),
            receipt: receipt(reader, held.notice.key(), office)?.unwrap_or_default(),
        });
    }
    if has_more {
        page.next = page.rows.last().map(|row| row.code.clone());
    }
    Ok(Some(page))
}

/// Which notice people mean by an id; none: this office holds none by it.
///
/// # Errors
/// The store failed.
pub fn meant<R: Read>(
    reader: &R,
    here: &Here<'_>,
    id: NoticeId,
) -> Result<Option<NoticeKey>, StoreError> {
    Ok(called(reader, here.tree, id)?.map(|held| held.notice.key()))
}

/// The notice with an id. No two offices make the same one by chance: if one
/// has taken that of an office above it, the one from furthest above is meant.
fn called<R: Read>(
    reader: &R,
    tree: &Tree,
    id: NoticeId,
) -> Result<Option<HeldNotice>, StoreError> {
    let mut found: Option<(usize, HeldNotice)> = None;
    walk(reader, &Range::NoticesBy(id), None, |_, fact| {
        if let Fact::Notice(held) = fact {
            let depth = tree.above(held.notice.issuer).count();
            if found.as_ref().is_none_or(|(least, _)| depth < *least) {
                found = Some((depth, held));
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(found.map(|(_, held)| held))
}

fn receipt<R: Read>(
    reader: &R,
    notice: NoticeKey,
    office: OfficeId,
) -> Result<Option<Receipt>, StoreError> {
    Ok(match reader.get(&Key::Receipt { notice, office })? {
        Some(Fact::Receipt(said)) => Some(said.value),
        Some(_) | None => None,
    })
}

fn row<R: Read>(reader: &R, me: OfficeId, held: HeldNotice) -> Result<NoticeRow, StoreError> {
    let notice = held.notice;
    let receipt = if notice.issuer == me {
        None
    } else {
        receipt(reader, notice.key(), me)?
    };
    Ok(NoticeRow {
        id: notice.id,
        issuer: notice.issuer,
        title: notice.title,
        issued: notice.issued,
        acknowledge_by: notice.acknowledge_by,
        receipt,
    })
}

/// Which levels a subtree's notice is for.
#[derive(Clone, Default)]
struct Levels {
    all: bool,
    some: BTreeSet<Level>,
}

impl Levels {
    fn add(&mut self, level: Option<Level>) {
        match level {
            None => self.all = true,
            Some(level) => {
                self.some.insert(level);
            }
        }
    }

    fn hold(&self, level: Level) -> bool {
        self.all || self.some.contains(&level)
    }
}

/// The offices at or below one that audiences address, in one walk down the
/// tree.
fn addressed(tree: &Tree, top: OfficeId, audiences: &[Audience]) -> BTreeSet<OfficeId> {
    let mut found = BTreeSet::new();
    let mut roots: BTreeMap<OfficeId, Levels> = BTreeMap::new();
    let mut above = Levels::default();
    for audience in audiences {
        match audience {
            Audience::Office(office) => {
                if tree.is_within(*office, top) {
                    found.insert(*office);
                }
            }
            Audience::Subtree { root, level } => {
                if *root != top && tree.is_within(top, *root) {
                    above.add(*level);
                } else {
                    roots.entry(*root).or_default().add(*level);
                }
            }
            Audience::Home | Audience::Parent | Audience::Ancestors => {}
        }
    }
    let mut levels: BTreeMap<OfficeId, Levels> = BTreeMap::new();
    for office in tree.subtree(top) {
        let inherited = office.parent.and_then(|parent| levels.get(&parent));
        let mut of_office = inherited.unwrap_or(&above).clone();
        if let Some(own) = roots.get(&office.id) {
            of_office.all |= own.all;
            of_office.some.extend(&own.some);
        }
        if of_office.hold(office.level) {
            found.insert(office.id);
        }
        levels.insert(office.id, of_office);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        held::Held,
        scene::{COUNTY, PREFECTURE, TOWN, TOWN_2, book, tree},
    };
    use terrace_model::{Epoch, Notice, PageNo, Said};

    const NOTICE: NoticeKey = NoticeKey {
        id: NoticeId(7),
        issuer: PREFECTURE,
    };

    fn keep(held: &Held, id: u64, issued: i64, audiences: &[Audience]) {
        keep_of(held, PREFECTURE, id, issued, audiences);
    }

    fn keep_of(held: &Held, issuer: OfficeId, id: u64, issued: i64, audiences: &[Audience]) {
        let notice = Notice {
            id: NoticeId(id),
            issuer,
            title: format!("notice {id}"),
            body: "text".into(),
            acknowledge_by: None,
            issued: Time(issued),
        };
        let audiences = audiences.to_vec();
        let kept = HeldNotice { notice, audiences };
        held.put(Key::Notice(kept.notice.key()), Fact::Notice(kept));
    }

    fn say(held: &Held, office: OfficeId, receipt: Receipt) {
        let key = Key::Receipt {
            notice: NOTICE,
            office,
        };
        let said = Said {
            value: receipt,
            epoch: Epoch::FIRST,
            page: PageNo::FIRST,
        };
        held.put(key, Fact::Receipt(said));
    }

    /// What an office finds.
    fn at<T>(me: OfficeId, look: impl FnOnce(&Here<'_>) -> T) -> T {
        let (tree, book) = (tree(), book());
        look(&Here {
            me,
            tree: &tree,
            book: &book,
        })
    }

    fn list(held: &Held, after: Option<u64>, rows: usize) -> (Vec<u64>, Option<u64>) {
        let page = at(TOWN, |here| notices(held, here, after.map(NoticeId), rows));
        let page = page.unwrap().unwrap();
        let ids = page.rows.iter().map(|row| row.id.0).collect();
        (ids, page.next.map(|next| next.0))
    }

    fn matrix(
        held: &Held,
        me: OfficeId,
        after: Option<&str>,
        rows: usize,
    ) -> Page<ReceiptRow, Code> {
        let after = after.map(|code| code.parse().unwrap());
        let page = at(me, |here| {
            receipts(held, here, NOTICE.id, after.as_ref(), rows)
        });
        page.unwrap().unwrap()
    }

    fn offices(page: &Page<ReceiptRow, Code>) -> Vec<OfficeId> {
        page.rows.iter().map(|row| row.office).collect()
    }

    #[test]
    fn the_newest_come_first_and_of_one_instant_the_smaller_id() {
        let held = Held::default();
        for (id, issued) in [(1, 50), (2, 90), (3, 50), (4, 10), (5, 70)] {
            keep(&held, id, issued, &[]);
        }
        assert_eq!(list(&held, None, 5), (vec![2, 5, 1, 3, 4], None));
        assert_eq!(list(&held, None, 3), (vec![2, 5, 1], Some(1)));
        assert_eq!(list(&held, Some(1), 3), (vec![3, 4], None));
        assert_eq!(list(&held, Some(4), 3), (vec![], None));
        let none = at(TOWN, |here| notices(&held, here, Some(NoticeId(6)), 3));
        assert_eq!(none.unwrap(), None);
    }

    #[test]
    fn a_notice_shows_what_became_of_it_here_and_at_its_issuer_nothing() {
        let held = Held::default();
        keep(&held, 7, 50, &[]);
        let read = Receipt {
            delivered: Some(Time(51)),
            read: Some(Time(60)),
            acknowledged: None,
        };
        say(&held, TOWN, read);
        let show = |me, id| at(me, |here| notice(&held, here, id)).unwrap();
        let (row, body) = show(TOWN, NOTICE.id).unwrap();
        assert_eq!((row.receipt, body.as_str()), (Some(read), "text"));
        let (row, _) = show(PREFECTURE, NOTICE.id).unwrap();
        assert_eq!(row.receipt, None);
        assert_eq!(show(TOWN, NoticeId(8)), None);
    }

    #[test]
    fn of_two_notices_by_one_id_that_from_further_above_is_meant() {
        let held = Held::default();
        keep_of(&held, COUNTY, 7, 40, &[Audience::Office(TOWN)]);
        let meant = || at(TOWN, |here| meant(&held, here, NOTICE.id)).unwrap();
        assert_eq!(meant().unwrap().issuer, COUNTY);
        keep(&held, 7, 50, &[Audience::Office(TOWN)]);
        assert_eq!(meant(), Some(NOTICE));
        let delivered = Receipt {
            delivered: Some(Time(51)),
            ..Receipt::default()
        };
        say(&held, TOWN, delivered);
        assert_eq!(list(&held, None, 9), (vec![7, 7], None));
        let receipts = matrix(&held, PREFECTURE, None, 9);
        assert_eq!(
            (offices(&receipts), receipts.rows[0].receipt),
            (vec![TOWN], delivered)
        );
    }

    #[test]
    fn the_matrix_has_each_office_that_should_have_it_once() {
        let subtree = |root, level| Audience::Subtree { root, level };
        for (audiences, expected) in [
            (vec![Audience::Office(TOWN_2)], vec![TOWN_2]),
            (
                vec![Audience::Office(TOWN), subtree(COUNTY, None)],
                vec![COUNTY, TOWN, TOWN_2],
            ),
            (vec![subtree(PREFECTURE, None)], vec![COUNTY, TOWN, TOWN_2]),
            (
                vec![subtree(PREFECTURE, Some(Level::Township))],
                vec![TOWN, TOWN_2],
            ),
            (
                vec![subtree(TOWN, None), subtree(COUNTY, Some(Level::County))],
                vec![COUNTY, TOWN],
            ),
            (vec![], vec![]),
        ] {
            let held = Held::default();
            keep(&held, 7, 50, &audiences);
            assert_eq!(
                offices(&matrix(&held, PREFECTURE, None, 9)),
                expected,
                "{audiences:?}"
            );
        }
    }

    #[test]
    fn an_office_that_received_it_sees_what_became_of_it_below() {
        let held = Held::default();
        let level = Some(Level::Township);
        let root = PREFECTURE;
        keep(&held, 7, 50, &[Audience::Subtree { root, level }]);
        assert_eq!(offices(&matrix(&held, COUNTY, None, 9)), [TOWN, TOWN_2]);
        assert_eq!(offices(&matrix(&held, TOWN, None, 9)), [TOWN]);
    }

    #[test]
    fn the_matrix_is_paged_by_code_and_an_office_that_said_nothing_is_in_it() {
        let held = Held::default();
        let root = PREFECTURE;
        keep(&held, 7, 50, &[Audience::Subtree { root, level: None }]);
        let delivered = Receipt {
            delivered: Some(Time(51)),
            ..Receipt::default()
        };
        say(&held, TOWN, delivered);
        let first = matrix(&held, PREFECTURE, None, 2);
        let said: Vec<_> = first.rows.iter().map(|row| row.receipt).collect();
        assert_eq!(
            (offices(&first), said),
            (vec![COUNTY, TOWN], vec![Receipt::default(), delivered])
        );
        assert_eq!(first.next, Some("360827001".parse().unwrap()));
        let rest = matrix(&held, PREFECTURE, Some("360827001"), 2);
        assert_eq!((offices(&rest), rest.next), (vec![TOWN_2], None));
    }
}
