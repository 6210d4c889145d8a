//! Each kind of entry has its journals; elsewhere it has no effect.

use alloc::{string::ToString, vec::Vec};

use terrace_model::{
    Audience, Cell, CellKey, Decimal, Dims, Entry, Epoch, EpochOpened, Hash, Header, JournalId,
    Lane, Month, NoticeId, NoticeKey, OfficeId, PageNo, Position, Proposal, Receipt, RecordAct,
    RecordDeed, RecordKey, Step, Stream, SubmissionId, Through, Time,
};

use super::{
    country::{COUNTY, Country, KEY, PREFECTURE, TOWNSHIP, office},
    rig::{World, day},
};
use crate::{Arrived, NoEffect};

fn header(origin: OfficeId, audience: Audience, lane: Lane) -> Header {
    let journal = JournalId {
        origin,
        audience,
        lane,
    };
    let epoch = Epoch::FIRST;
    Header {
        position: Position {
            stream: Stream { journal, epoch },
            number: PageNo(4),
        },
        base: PageNo::FIRST,
        previous: Hash::ZERO,
        body: Hash::ZERO,
        entries: 1,
    }
}

fn hears(
    world: &World,
    origin: OfficeId,
    at: (Audience, Lane),
    entry: &Entry,
) -> Result<(), NoEffect> {
    let arrived = Arrived {
        header: &header(origin, at.0, at.1),
        entry,
        contents: &[].into(),
        enclosed: &[],
    };
    world.clone().receive(&arrived).map(|_| ())
}

fn step() -> Step {
    Step {
        submission: SubmissionId(1),
        by: TOWNSHIP,
        action: "submit".to_string(),
        answers: Hash::ZERO,
        reason: None,
        note: None,
        at: Time(1),
    }
}

fn proposal() -> Proposal {
    let world = Country::new().at(COUNTY).clone();
    let mut terms = super::nominations::terms(&world, &super::nominations::TERMS);
    terms.remove("person");
    Proposal {
        id: SubmissionId(1),
        kind: "nomination".to_string(),
        origin: TOWNSHIP,
        terms,
        subject: Hash::ZERO,
    }
}

fn figure(of: OfficeId) -> Entry {
    Entry::Figure {
        key: CellKey {
            office: of,
            indicator: "persons".to_string(),
            month: Month::of(day("2026-01-01")),
            dims: Dims::new(),
        },
        cell: Some(Cell {
            change: Decimal::ONE,
            definition: 1,
        }),
    }
}

/// Entries that a township may say, with the journals in which it may.
fn said_above() -> Vec<(Entry, Vec<(Audience, Lane)>)> {
    let above = |lane| Vec::from([(Audience::Ancestors, lane)]);
    let date = day("2026-01-01");
    let catalog = Hash::ZERO;
    let mut child = office(OfficeId(50), Some(TOWNSHIP), terrace_model::Level::Village);
    child.key = None;
    Vec::from([
        (figure(TOWNSHIP), above(Lane::Latest)),
        (
            Entry::Through(Through { date, catalog }),
            above(Lane::Latest),
        ),
        (
            Entry::Receipt {
                notice: NoticeKey {
                    id: NoticeId(1),
                    issuer: PREFECTURE,
                },
                receipt: Receipt::default(),
            },
            above(Lane::Latest),
        ),
        (Entry::Office(child), above(Lane::Every)),
        (
            Entry::EpochOpened(EpochOpened {
                epoch: Epoch::FIRST,
                key: KEY,
            }),
            above(Lane::Every),
        ),
        (
            Entry::Submit {
                proposal: proposal(),
                step: step(),
            },
            Vec::from([(Audience::Parent, Lane::Every)]),
        ),
        (Entry::Consent(Hash::ZERO), Vec::new()),
        (
            Entry::Record(RecordAct {
                record: RecordKey::new("person", "1"),
                deed: RecordDeed::Delete,
                actor: "clerk".to_string(),
                content: None,
            }),
            Vec::new(),
        ),
    ])
}

#[test]
fn an_entry_in_a_journal_that_is_not_its_own_has_no_effect() {
    let world = Country::new().at(COUNTY).clone();
    let audiences = [
        Audience::Home,
        Audience::Parent,
        Audience::Ancestors,
        Audience::Office(COUNTY),
        Audience::Subtree {
            root: COUNTY,
            level: None,
        },
    ];
    for (entry, right) in said_above() {
        for audience in audiences {
            for lane in [Lane::Every, Lane::Latest] {
                let heard = hears(&world, TOWNSHIP, (audience, lane), &entry);
                if right.contains(&(audience, lane)) {
                    assert_eq!(heard, Ok(()), "{entry:?} {audience:?} {lane:?}");
                } else {
                    let expected = Err(NoEffect::NotForUs);
                    assert_eq!(heard, expected, "{entry:?} {audience:?} {lane:?}");
                }
            }
        }
    }
}

#[test]
fn nobody_says_the_figures_of_another() {
    let world = Country::new().at(PREFECTURE).clone();
    let above = (Audience::Ancestors, Lane::Latest);
    let heard = hears(&world, COUNTY, above, &figure(TOWNSHIP));
    assert_eq!(heard, Err(NoEffect::NotTheirs));
}

#[test]
fn figures_marks_and_their_pages_are_kept_as_their_origin_says() {
    let mut country = Country::new();
    let world = country.at(TOWNSHIP);
    world.person("p", &[]);
    world.today = day("2026-02-03");
    world.put("person", "p", &[("pool", "county")]).unwrap();
    world.put("person", "p", &[("gender", "male")]).unwrap();
    world.delete("person", "p").unwrap();
    world.person("q", &[("category", "freelancer")]);
    country.settle();
    let theirs = |world: &World| {
        let of_township = |key: &terrace_model::Key| {
            matches!(key, terrace_model::Key::Cell(cell) if cell.office == TOWNSHIP)
                || *key == terrace_model::Key::Through(TOWNSHIP)
        };
        let facts = world.facts.iter().filter(|(key, _)| of_township(key));
        facts
            .map(|(key, fact)| (key.clone(), fact.clone()))
            .collect::<Vec<_>>()
    };
    let said = theirs(&country.worlds[&TOWNSHIP]);
    assert!(said.len() > 10);
    for office in [COUNTY, PREFECTURE] {
        assert_eq!(theirs(&country.worlds[&office]), said, "{office}");
    }
    assert_eq!(theirs(&country.worlds[&super::country::SIBLING]), []);
    assert_eq!(country.without, []);
}
