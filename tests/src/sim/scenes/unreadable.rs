//! What a neighbour says that this program cannot read, or that is more than it
//! can keep, ends nobody: only that journal waits, or stays without effect.

use terrace_model::{
    Cell, CellKey, Decimal, Entry, FindingKind, Hash, Key, Month, OfficeId, Page, Stream,
};
use terrace_wire as wire;

use super::{DONE, Scene};

/// More than the five seconds after which a link on which pages wait is behind.
const SLOW_MILLIS: i64 = 7_000;

impl Scene {
    /// An office seals a page as a later version of this program might: one
    /// whose body nobody here can read.
    fn forge_unreadable(&mut self, stream: Stream) {
        let mut page = self.next(stream, &[wide(stream.journal.origin, 0)], |_| ());
        let mut body = page.body.to_vec();
        assert_eq!(&body[..2], [8, 1], "a body begins with its version");
        body[1] = 2;
        let hash = Hash::of(&[&body]);
        let mut header = page.header_bytes.to_vec();
        let at = header
            .windows(32)
            .position(|part| part == page.header.body.0);
        header[at.unwrap()..][..32].copy_from_slice(&hash.0);
        let key = &self.0.sites[&stream.journal.origin].key;
        page.seal = key.seal(&Page::hash_of(&header));
        (page.header.body, page.body) = (hash, body.into());
        page.header_bytes = header.into();
        self.forge_page(page);
    }

    /// The page after the newest one, which moves base to itself.
    fn forge_base(&mut self, stream: Stream, entries: &[Entry]) {
        let page = self.next(stream, entries, |start| start.base = start.position.number);
        self.forge_page(page);
    }

    /// Time passes, whether all comes to rest or not.
    pub(super) fn passes(&mut self, millis: i64) {
        let until = self.0.now.plus_millis(millis);
        while self.0.now < until {
            if !self.0.step().unwrap() {
                let due = self.0.next_due().unwrap_or(until);
                self.0.now = due.min(until);
            }
        }
    }

    fn are_well(&mut self, names: &[&str]) {
        for name in names {
            assert_eq!(self.put(name, "well"), DONE, "{name}");
        }
        self.rest();
    }
}

/// A figure whose key is short where it is sent, as the names and codes are said
/// once for all of them, and long where it is kept.
fn wide(office: OfficeId, number: u32) -> Entry {
    let dim = |at: u32| {
        let digit = number / 10_u32.pow(at % 8) % 10;
        let code = digit.to_string().repeat(200);
        (format!("{at:03}").repeat(33), code)
    };
    figure(office, "i".repeat(100), (0..16).map(dim).collect())
}

fn figure(office: OfficeId, indicator: String, dims: Vec<(String, String)>) -> Entry {
    Entry::Figure {
        key: CellKey {
            office,
            indicator,
            month: Month::from_ordinal(20_000).unwrap(),
            dims,
        },
        cell: Some(Cell {
            change: Decimal::ONE,
            definition: 1,
        }),
    }
}

fn wides(office: OfficeId, from: u32, count: u32) -> Vec<Entry> {
    (from..from + count).map(|at| wide(office, at)).collect()
}

#[test]
fn a_body_of_a_later_version_is_kept_without_effect_and_base_moves_past_it() {
    let mut scene = Scene::new(&["A", "AA"]);
    let stream = scene.figures("AA");
    scene.forge_unreadable(stream);
    assert_eq!(scene.head("A", stream), scene.head("AA", stream));
    assert_eq!(scene.found("A", stream), [(FindingKind::NoEffect, false)]);
    scene.forge_base(stream, &[wide(stream.journal.origin, 1)]);
    assert_eq!(scene.head("A", stream), scene.head("AA", stream));
    scene.are_well(&["A"]);
}

#[test]
fn a_body_of_a_later_version_that_waits_on_a_link_is_weighed() {
    let mut scene = Scene::new(&["A", "AA", "AAA"]);
    let stream = scene.figures("AAA");
    scene.0.weather.takes(SLOW_MILLIS);
    scene.forge_unreadable(stream);
    assert_eq!(scene.head("A", stream), scene.head("AAA", stream));
    scene.are_well(&["A", "AA"]);
}

#[test]
fn a_figure_whose_key_is_too_long_to_be_kept_has_no_effect() {
    let mut scene = Scene::new(&["A", "AA"]);
    let stream = scene.figures("AA");
    let dim = |at: u8| (format!("\0{at:02}").repeat(33), "\0".repeat(200));
    let dims = (0..16).map(dim).collect();
    let entry = figure(stream.journal.origin, "\0".repeat(100), dims);
    let key = entry.latest_key(stream.journal.origin).unwrap();
    assert!(wire::stored::encode_key(&key).len() > wire::limits::KEY_BYTES);
    scene.forge(stream, &[entry], Vec::new());
    assert_eq!(scene.head("A", stream), scene.head("AA", stream));
    assert_eq!(scene.found("A", stream), [(FindingKind::NoEffect, false)]);
    scene.are_well(&["A"]);
}

#[test]
fn figures_that_spell_out_more_than_one_commit_holds_have_no_effect() {
    let mut scene = Scene::new(&["A", "AA"]);
    let stream = scene.figures("AA");
    let office = stream.journal.origin;
    scene.part("AA", true);
    scene.forge(stream, &wides(office, 0, 3_999), Vec::new());
    scene.forge(stream, &wides(office, 4_000, 10_000), Vec::new());
    scene.part("AA", false);
    scene.rest();
    assert_eq!(scene.head("A", stream), scene.head("AA", stream));
    let found = scene.found("A", stream);
    assert_eq!(found, [(FindingKind::NoEffect, false)]);
    scene.are_well(&["A"]);
}

#[test]
fn a_base_that_lets_more_lapse_than_one_commit_takes_waits_alone() {
    let mut scene = Scene::new(&["A", "AA"]);
    let stream = scene.figures("AA");
    let office = stream.journal.origin;
    for from in [0, 4_000] {
        scene.forge(stream, &wides(office, from, 4_000), Vec::new());
    }
    let before = scene.head("AA", stream);
    assert_eq!(scene.head("A", stream), before);
    scene.part("AA", true);
    scene.forge_base(stream, &[wide(office, 9_000)]);
    scene.part("AA", false);
    scene.passes(5 * 60_000);
    assert_eq!(scene.head("A", stream), before, "it stays where it is");
    assert_eq!(scene.found("A", stream), [(FindingKind::NoEffect, false)]);
    assert_eq!(scene.put("A", "well"), DONE);
    assert_eq!(scene.put("AA", "well"), DONE);

    let key = wide(office, 0).latest_key(office).unwrap();
    assert!(matches!(key, Key::Cell(key) if scene.cell("A", &key).is_some()));
}
