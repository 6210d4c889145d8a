//! The *through* mark: one date up to which an office's figures are evaluated.

use alloc::vec::Vec;

use proptest::prelude::*;
use terrace_model::{Date, Entry, Epoch, Fact, Hash, Key, Ruling, Through};

use super::{
    clerk::{deeds, furnished},
    rig::{Sheet, World, day, shifted},
};
use crate::Request;

fn mark(world: &World) -> Option<Through> {
    match world.facts.get(&Key::Through(world.me)) {
        Some(Fact::Through(said)) => Some(said.value),
        _ => None,
    }
}

fn new_day(world: &mut World, today: &str) -> Ruling {
    world.today = day(today);
    world.ask(&Request::NewDay).unwrap()
}

#[test]
fn a_new_day_moves_the_mark_once() {
    let mut world = World::alone();
    let catalog = world.book.hash;
    assert_ne!(catalog, Hash::ZERO);
    for today in ["2026-01-31", "2026-02-01", "2026-04-01"] {
        let ruling = new_day(&mut world, today);
        let date = day(today);
        assert_eq!(
            ruling.says[0].entry,
            Entry::Through(Through { date, catalog })
        );
        assert_eq!(mark(&world), Some(Through { date, catalog }));
        assert_eq!(new_day(&mut world, today), Ruling::default());
    }
}

#[test]
fn a_clock_that_goes_back_never_takes_the_mark_back() {
    let mut world = World::alone();
    new_day(&mut world, "2026-02-01");
    assert_eq!(new_day(&mut world, "2026-01-30"), Ruling::default());
    world.person("p", &[]);
    assert_eq!(mark(&world).unwrap().date, day("2026-02-01"));
}

#[test]
fn an_epoch_says_its_own_mark_by_its_own_clock() {
    let mut world = World::alone();
    new_day(&mut world, "2036-02-01");
    world.epoch = Epoch(2);
    new_day(&mut world, "2026-02-01");
    assert_eq!(mark(&world).unwrap().date, day("2026-02-01"));
}

#[test]
fn the_mark_comes_with_figures_before_the_new_day_does() {
    let mut world = World::alone();
    new_day(&mut world, "2026-01-31");
    world.said.clear();
    world.today = day("2026-02-01");
    world.person("p", &[]);
    let [home, figures] = &world.said[..] else {
        panic!("{:?}", world.said)
    };
    assert!(
        home.entries
            .iter()
            .all(|entry| matches!(entry, Entry::Record(_)))
    );
    let marks = figures
        .entries
        .iter()
        .filter(|entry| matches!(entry, Entry::Through(through) if through.date == world.today));
    assert_eq!(marks.count(), 1);
    assert!(figures.entries.len() > 1);
}

/// The mark after each page, with whether the page said figures.
fn course(pages: &[Sheet]) -> Vec<(bool, Option<Date>)> {
    let mut mark = None;
    let mut course = Vec::new();
    for page in pages {
        let mut figures = false;
        for entry in &page.entries {
            figures |= matches!(entry, Entry::Figure { .. });
            if let Entry::Through(through) = entry {
                mark = Some(through.date);
            }
        }
        course.push((figures, mark));
    }
    course
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_page_of_figures_is_ahead_of_its_mark_and_the_mark_never_falls(deeds in deeds(40)) {
        let mut world = furnished();
        let mut last = world.today;
        for deed in deeds {
            world.today = shifted(world.today, deed.later % 10 - 2);
            last = last.max(world.today);
            world.said.clear();
            let request = deed.request(&world);
            if deed.later == 0 {
                let _whatever = world.ask(&request);
            } else {
                world.ask(&Request::NewDay).unwrap();
            }
            let before = mark(&world).map(|mark| mark.date);
            for (figures, said) in course(&world.said) {
                if figures {
                    prop_assert_eq!(said.or(before), Some(last));
                }
                prop_assert!(said.is_none_or(|said| said == last));
            }
            prop_assert!(mark(&world).is_some_and(|mark| mark.date <= last));
        }
    }
}
