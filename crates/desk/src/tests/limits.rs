//! What several records together may not do.

use alloc::{string::ToString, vec::Vec};

use proptest::prelude::*;
use terrace_catalog::Put;
use terrace_model::{Date, RecordKey};

use super::{
    rig::{World, day, put_of, shifted},
    sums::check,
};
use crate::{Fault, Refusal};

fn assign(world: &mut World, id: &str, staff: &str, term: [&str; 2]) -> Result<(), Refusal> {
    let fields = [
        ("staff", staff),
        ("person", "0"),
        ("since", term[0]),
        ("until", term[1]),
    ];
    world.put("assignment", id, &fields).map(|_| ())
}

/// A staff member with so many assignments in force since 2025.
fn with_assignments(count: usize) -> World {
    let mut world = World::alone();
    world.person("0", &[]);
    for id in 0..count {
        assign(&mut world, &id.to_string(), "乙", ["2025-01-01", ""]).unwrap();
    }
    world
}

fn faults(answer: Result<(), Refusal>) -> Vec<Fault> {
    match answer {
        Err(Refusal::Fields(faults)) => faults,
        answer => panic!("{answer:?}"),
    }
}

#[test]
fn the_tenth_assignment_is_kept_and_the_eleventh_refused() {
    let mut world = with_assignments(9);
    assign(&mut world, "9", "乙", ["2025-06-01", ""]).unwrap();
    let said = faults(assign(&mut world, "10", "乙", ["2025-06-01", ""]));
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].field.as_str(), said[0].value.as_str()),
        ("staff", "乙")
    );
    assign(&mut world, "10", "甲", ["2025-06-01", ""]).unwrap();
    assign(&mut world, "11", "乙", ["2024-01-01", "2025-05-31"]).unwrap();
    faults(assign(&mut world, "12", "乙", ["2024-01-01", "2025-06-01"]));
    faults(assign(&mut world, "12", "乙", ["2030-01-01", ""]));
    world
        .put("assignment", "3", &[("until", "2025-12-31")])
        .unwrap();
    assign(&mut world, "12", "乙", ["2026-01-01", ""]).unwrap();
    faults(assign(&mut world, "13", "乙", ["2025-12-31", "2025-12-31"]));
}

#[test]
fn who_hands_an_assignment_on_keeps_the_days_before() {
    let mut world = with_assignments(10);
    assign(&mut world, "10", "甲", ["2025-01-01", ""]).unwrap();
    let earlier = Put {
        from: Some(day("2025-03-01")),
        correct: true,
    };
    let to = [("staff", "乙")];
    let refused = world.put_as("assignment", "10", &to, earlier).map(|_| ());
    faults(refused);
    world.put("assignment", "0", &[("staff", "甲")]).unwrap();
    let refused = world.put_as("assignment", "10", &to, earlier).map(|_| ());
    faults(refused);
    world.put("assignment", "10", &to).unwrap();
}

#[test]
fn a_person_has_a_seat_once_at_a_time() {
    let mut world = World::alone();
    world.person("0", &[]);
    world.person("1", &[]);
    let seat = |person, seat, since| {
        [
            ("person", person),
            ("body", "cppcc"),
            ("seat", seat),
            ("level", "county"),
            ("term", "9"),
            ("since", since),
        ]
    };
    let first = seat("0", "member", "2025-01-01");
    world.put("appointment", "a", &first).unwrap();
    let same = seat("0", "member", "2025-06-01");
    let refused = world.put("appointment", "b", &same).map(|_| ());
    assert_eq!(faults(refused)[0].field, "person");
    let others = [
        ("c", seat("1", "member", "2025-06-01")),
        ("d", seat("0", "standing_member", "2025-06-01")),
    ];
    for (id, other) in others {
        world.put("appointment", id, &other).unwrap();
    }
    let ended = [("until", "2025-05-31")];
    world.put("appointment", "a", &ended).unwrap();
    world.put("appointment", "b", &same).unwrap();
    let unnamed: Vec<_> = same
        .into_iter()
        .filter(|(field, _)| *field != "person")
        .collect();
    world.put("appointment", "e", &unnamed).unwrap();
    world.put("appointment", "f", &unnamed).unwrap();
}

/// A put of a few fields on a few days.
#[derive(Clone, Debug)]
struct Turn {
    id: usize,
    who: usize,
    since: i64,
    until: Option<i64>,
    from: Option<i64>,
    correct: bool,
    other: usize,
}

prop_compose! {
    fn turn(most: usize)(
        id in 0..most,
        who in 0_usize..2,
        since in 0_i64..6,
        until in proptest::option::of(3_i64..9),
        from in proptest::option::of(0_i64..9),
        correct in any::<bool>(),
        other in 0_usize..2,
    ) -> Turn {
        Turn { id, who, since, until, from, correct, other }
    }
}

fn after(days: i64) -> Date {
    shifted(day("2025-03-01"), days)
}

impl Turn {
    fn put(
        &self,
        world: &mut World,
        kind: &str,
        more: &[(&str, &str)],
    ) -> Result<(), TestCaseError> {
        let id = self.id.to_string();
        let exists = world.records().contains_key(&RecordKey::new(kind, &id));
        let put = Put {
            from: self.from.filter(|_| exists).map(after),
            correct: self.correct && exists,
        };
        let since = after(self.since).to_string();
        let until = self.until.map(|days| after(days).to_string());
        let mut fields = more.to_vec();
        if !exists || self.other == 0 {
            fields.push(("since", &since));
            fields.push(("until", until.as_deref().unwrap_or_default()));
        }
        let given = world.given(kind, &fields);
        check(world, &put_of(kind, &id, given, put))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_day_has_more_than_ten(turns in proptest::collection::vec(turn(14), 30..60)) {
        let mut world = with_assignments(8);
        for turn in turns {
            let staff = ["甲", "乙"][turn.who];
            turn.put(&mut world, "assignment", &[("staff", staff), ("person", "0")])?;
        }
    }

    #[test]
    fn no_day_has_a_seat_twice(turns in proptest::collection::vec(turn(3), 1..20)) {
        let mut world = World::alone();
        world.person("0", &[]);
        for turn in turns {
            let body = ["cppcc", "federation"][turn.who];
            let person = ["0", ""][turn.other];
            let fields = [("person", person), ("body", body), ("seat", "member"), ("level", "county")];
            turn.put(&mut world, "appointment", &fields)?;
        }
    }
}
