//! What becomes of an office that is started from an older copy of itself, and
//! of the rest of its tree.

use terrace_desk::{Mark, Request};
use terrace_model::{FindingKind, Key, PageNo};
use terrace_store::Read;

use super::{DONE, REFUSED, Scene, publish, sheet};
use crate::sim::{asked::Asked, clock::DAY_MILLIS};

#[test]
fn an_office_from_an_older_copy_takes_its_pages_back_and_says_nothing() {
    let mut scene = Scene::new(&["A", "AA", "AAA"]);
    // A link that went down and up would be said at once.
    scene.part("AAA", true);
    scene.rest();
    let copy = scene.copy("AA");
    assert_eq!(scene.put("AA", "1"), DONE);
    assert_eq!(scene.put("AA", "2"), DONE);
    scene.rest();
    let figures = scene.figures("AA");
    let newest = scene.head("AA", figures).unwrap().head;
    scene.restore("AA", &copy);
    assert_eq!(scene.head("AA", figures).unwrap().head, newest);
    assert_eq!(
        scene.found("AA", figures),
        [(FindingKind::OlderCopy, false)]
    );
    assert_eq!(scene.found("A", figures), []);

    scene.part("AAA", false);
    scene.rest();
    assert_eq!(scene.put("AA", "3"), REFUSED);
    assert_eq!(scene.ask("AA", Asked::Sheet(sheet())), REFUSED);

    // A notice reaches it and goes on; it is not said that it did.
    let publish = publish(scene.id("A"));
    assert_eq!(scene.ask("A", Asked::Request(publish)), DONE);
    scene.rest();
    for name in ["AA", "AAA"] {
        let held = scene
            .store(name)
            .get(&Key::Notice(scene.notice_key(7)))
            .unwrap();
        assert!(held.is_some(), "{name} holds the notice");
    }
    let mark = Request::Mark {
        notice: scene.notice_key(7),
        mark: Mark::Read,
    };
    assert_eq!(scene.ask("AA", Asked::Request(mark)), REFUSED);
    let notice = scene.notice_key(7);
    let receipt = |office| Key::Receipt { notice, office };
    let of = |scene: &Scene, name: &str| scene.store("A").get(&receipt(scene.id(name))).unwrap();
    assert!(of(&scene, "AA").is_none() && of(&scene, "AAA").is_some());

    // Nor after another start, on another day.
    let now = scene.0.now;
    let id = scene.id("AA");
    scene.0.crash(id, now.plus_millis(2 * DAY_MILLIS), 1);
    scene.0.now = now.plus_millis(2 * DAY_MILLIS);
    scene.rest();
    assert_eq!(scene.put("AA", "5"), REFUSED);
    scene.rest();
    assert_eq!(scene.head("A", figures).unwrap().head, newest);
}

/// An office goes on from an older copy before anybody tells it: two pages
/// stand at one position, and so many more in the copy that is lost.
fn forked(lost: u64, again: u64) -> Scene {
    let mut scene = Scene::new(&["A", "AA", "AAA"]);
    let copy = scene.copy("AA");
    for number in 0..lost {
        assert_eq!(scene.put("AA", &format!("lost-{number}")), DONE);
    }
    scene.rest();
    scene.part("AA", true);
    scene.restore("AA", &copy);
    for number in 0..again {
        assert_eq!(scene.put("AA", &format!("again-{number}")), DONE);
    }
    scene.part("AA", false);
    scene.rest();
    scene
}

#[test]
fn a_fork_is_held_at_both_ends_with_evidence_and_the_rest_goes_on() {
    for (lost, again) in [(1, 1), (3, 1), (1, 3)] {
        let mut scene = forked(lost, again);
        let figures = scene.figures("AA");
        for name in ["A", "AA"] {
            let found = scene.found(name, figures);
            assert!(
                found.contains(&(FindingKind::Fork, true)),
                "{lost} lost, {again} again: {name} found {found:?}"
            );
            assert!(scene.head(name, figures).unwrap().forked, "{name} holds it");
        }
        assert_eq!(scene.put("AA", "more"), REFUSED);
        let newest = scene.head("A", figures).unwrap().head.number;

        // What lies below goes up through it as before.
        assert_eq!(scene.put("AAA", "below"), DONE);
        scene.rest();
        let below = scene.figures("AAA");
        assert_eq!(scene.head("A", below), scene.head("AAA", below));
        assert_eq!(scene.head("A", figures).unwrap().head.number, newest);
        assert!(newest > PageNo::FIRST);
    }
}
