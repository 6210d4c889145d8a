//! A small tree of offices to test with: a prefecture, a county, two townships.

use terrace_catalog::shipped;
use terrace_desk::Book;
use terrace_model::{Level, Office, OfficeId, PublicKey, Tree};

pub(crate) const PREFECTURE: OfficeId = OfficeId(1);
pub(crate) const COUNTY: OfficeId = OfficeId(2);
pub(crate) const TOWN: OfficeId = OfficeId(3);
pub(crate) const TOWN_2: OfficeId = OfficeId(4);

pub(crate) fn book() -> Book {
    Book::new(shipped())
}

pub(crate) fn office(id: OfficeId, code: &str, level: Level, parent: Option<OfficeId>) -> Office {
    let number = u8::try_from(id.0 % 251).unwrap();
    Office {
        id,
        code: code.parse().unwrap(),
        name: format!("office {code}"),
        level,
        parent,
        key: Some(PublicKey([number; 32])),
    }
}

/// All have joined.
pub(crate) fn tree() -> Tree {
    let mut tree = Tree::default();
    for office in [
        office(PREFECTURE, "3608", Level::Prefecture, None),
        office(COUNTY, "360827", Level::County, Some(PREFECTURE)),
        office(TOWN, "360827001", Level::Township, Some(COUNTY)),
        office(TOWN_2, "360827002", Level::Township, Some(COUNTY)),
    ] {
        tree.enter(office);
    }
    tree
}
