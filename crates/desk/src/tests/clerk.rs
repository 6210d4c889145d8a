//! Random work of a clerk: puts, corrections, deletions and consents.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use proptest::prelude::*;
use terrace_catalog::{Catalog, Field, FieldKind, Presence, Put, RecordType, States, parse_fields};
use terrace_model::{Consent, Date, Fields, RecordKey};

use super::rig::{World, day, delete_of, put_of, shifted};
use crate::Request;

/// One thing a clerk does.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    kind: usize,
    id: usize,
    picks: [u16; 16],
    from: Option<u16>,
    correct: bool,
    what: What,
    /// Days that pass before it.
    pub(super) later: i64,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Put,
    Delete,
    Consent,
}

prop_compose! {
    fn deed(kinds: &'static [usize])(
        kind in prop::sample::select(kinds),
        id in 0_usize..3,
        picks in any::<[u16; 16]>(),
        from in proptest::option::of(200_u16..900),
        correct in proptest::bool::weighted(0.3),
        what in prop_oneof![
            12 => Just(What::Put),
            2 => Just(What::Delete),
            1 => Just(What::Consent),
        ],
        later in prop_oneof![3 => Just(0_i64), 1 => 1_i64..40],
    ) -> Deed {
        Deed { kind, id, picks, from, correct, what, later }
    }
}

/// Places of all types in the shipped catalog, some more often.
const KINDS: &[usize] = &[
    0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13, 14, 15,
];

pub(super) fn deeds(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec(deed(KINDS), 1..most)
}

/// What a put gives of a type's fields: ids of records are `0` to `2`.
impl Deed {
    pub(super) fn request(&self, world: &World) -> Request {
        let of = self.of(&world.book.catalog);
        let id = self.id.to_string();
        let records = world.records();
        match self.what {
            What::Put => {
                let existing = records.contains_key(&RecordKey::new(&of.id, &id));
                let put = Put {
                    from: self.from.filter(|_| of.states == States::Dated).map(after),
                    correct: self.correct && existing,
                };
                put_of(&of.id, &id, self.given(of, !existing), put)
            }
            What::Delete => {
                let any = usize::from(self.picks[0]) % records.len().max(1);
                let key = records.into_keys().nth(any);
                key.map_or_else(
                    || delete_of(&of.id, &id),
                    |key| delete_of(&key.kind, &key.id),
                )
            }
            What::Consent => Request::Consent {
                consent: Consent {
                    person: id,
                    kind: "publicity".to_string(),
                    on: day("2025-03-01"),
                    document: "file 12".to_string(),
                },
                actor: "clerk".to_string(),
            },
        }
    }

    fn of<'a>(&self, catalog: &'a Catalog) -> &'a RecordType {
        &catalog.types[self.kind]
    }

    fn given(&self, of: &RecordType, new: bool) -> Fields {
        let pick = |place: usize| self.picks[(place * 5 + self.kind) % self.picks.len()];
        let given = |(place, field): &(usize, &Field)| match (&field.presence, new) {
            (Presence::Required, true) => true,
            (Presence::Optional | Presence::Default(_), true) => pick(*place) % 3 != 0,
            (_, false) => pick(*place).is_multiple_of(2),
        };
        let text = |(place, field): (usize, &Field)| {
            let text = text_of(field, usize::from(pick(place) / 6));
            (field.id.clone(), text)
        };
        let mut raw: Vec<(String, String)> = of
            .fields
            .iter()
            .enumerate()
            .filter(given)
            .map(text)
            .collect();
        close(&mut raw, after(800));
        let raw = raw.iter().map(|(id, text)| (id.as_str(), text.as_str()));
        parse_fields(of, raw).unwrap()
    }
}

/// A case that is closed has the day on which it was, mostly.
fn close(raw: &mut Vec<(String, String)>, on: Date) {
    let outcome = raw.iter().find(|(id, _)| id == "outcome");
    let open = outcome.is_none_or(|(_, code)| code == "open");
    let dated = raw.iter().any(|(id, _)| id == "closed_on");
    if outcome.is_some() && open {
        raw.retain(|(id, _)| id != "closed_on");
    } else if !open && !dated {
        raw.push(("closed_on".to_string(), on.to_string()));
    }
}

fn text_of(field: &Field, pick: usize) -> String {
    let empty = matches!(field.presence, Presence::Optional) && pick.is_multiple_of(7);
    match &field.kind {
        _ if empty && field.id != "confirmed_on" => String::new(),
        FieldKind::Text { .. } => ["甲", "乙"][pick % 2].into(),
        FieldKind::Code(list) | FieldKind::Codes(list) => {
            list.codes[pick % list.codes.len().min(3)].code.clone()
        }
        FieldKind::Year => "1980".into(),
        FieldKind::Date { .. } => {
            let ends = ["until", "left_on", "closed_on"].contains(&field.id.as_str());
            let first = if ends { 400 } else { 0 };
            after(first + u16::try_from(pick % 500).unwrap()).to_string()
        }
        FieldKind::Count => format!("{}", pick % 4),
        FieldKind::Amount => format!("{}.{:06}", pick % 7, pick),
        FieldKind::Ref { .. } => format!("{}", pick % 3),
    }
}

fn after(days: u16) -> Date {
    shifted(day("2023-06-15"), i64::from(days))
}

/// Some records that others can refer to.
pub(super) fn furnished() -> World {
    let mut world = World::alone();
    world.person("0", &[]);
    world.person("1", &[("phone", "139 0000 0000")]);
    world.consent("0", "publicity").unwrap();
    let organisation = [
        ("name", "o"),
        ("kind", "enterprise"),
        ("industry", "C"),
        ("employees", "10"),
        ("capital", "5.25"),
        ("founded_on", "2020-01-01"),
    ];
    world.put("organisation", "0", &organisation).unwrap();
    world.put("organisation", "1", &organisation).unwrap();
    world.put("unit", "0", &[("name", "u")]).unwrap();
    world
}
