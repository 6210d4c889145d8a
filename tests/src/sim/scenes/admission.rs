//! What a neighbour brings that is not as its origin sealed it, or was not its
//! origin's to say.

use terrace_model::{
    Audience, Epoch, Fact, FindingKind, Hash, Head, Key, Lane, OfficeId, Page, Seal, Stream,
};
use terrace_node::machine::Planted;
use terrace_store::Read;
use terrace_sync::Frame;
use terrace_wire::{PageStart, decode_frame, encode_frame, seal_page};

use super::{
    DONE, STEPS, Scene,
    limits::{notice, publish},
    put,
};
use crate::sim::{asked::Asked, carrier::Side};

impl Scene {
    /// Waits for a frame with pages of a stream, and changes them on their way.
    fn tamper(&mut self, stream: Stream, change: impl Fn(&mut Vec<Page>)) {
        for _ in 0..STEPS {
            if self.tampered(stream, &change) {
                return;
            }
            self.0.step_or_wait(None).unwrap();
        }
        panic!("no page of the stream is on its way");
    }

    fn tampered(&mut self, stream: Stream, change: &impl Fn(&mut Vec<Page>)) -> bool {
        for carrier in self.0.carriers.values_mut() {
            for side in [Side::Child, Side::Parent] {
                for (_, bytes) in &mut carrier.end_mut(side).inbox {
                    let Ok(Frame::Pages { number, mut pages }) = decode_frame(bytes) else {
                        continue;
                    };
                    if pages
                        .iter()
                        .all(|page| page.header.position.stream != stream)
                    {
                        continue;
                    }
                    change(&mut pages);
                    *bytes = encode_frame(&Frame::Pages { number, pages }).unwrap();
                    return true;
                }
            }
        }
        false
    }

    /// `AA` noted what did not verify, and took both notices in the end.
    fn both_took_effect(&self, stream: Stream) {
        let found = self.found("AA", stream);
        assert_eq!(found, [(FindingKind::Unverified, false)]);
        assert_eq!(self.head("AA", stream), self.head("A", stream));
        assert!(self.holds_notice("AA", 1) && self.holds_notice("AA", 2));
    }

    fn holds_notice(&self, name: &str, id: u64) -> bool {
        let key = Key::Notice(self.notice_key(id));
        self.store(name).get(&key).unwrap().is_some()
    }

    /// A child says to its parent that it holds pages of a stream up to a head.
    fn claims(&mut self, child: &str, stream: Stream, head: Head) {
        let child = self.id(child);
        let again = Frame::Again {
            stream,
            head: Some(head),
            after_millis: 10,
        };
        let bytes = encode_frame(&again).unwrap();
        let mut carriers = self.0.carriers.values_mut();
        let up = carriers.find(|carrier| carrier.end(Side::Child).office == child);
        up.unwrap().send(Side::Parent, self.0.now, bytes);
        self.passes(1_000);
    }

    fn is_doubted(&self, name: &str) -> bool {
        let node = self.0.sites[&self.id(name)].node.as_ref().unwrap();
        !node.asked.is_empty()
    }
}

/// Two notices wait for `AA` as two pages; what is on its way is changed.
fn two_notices_on_their_way(change: impl Fn(&mut Vec<Page>)) -> (Scene, OfficeId, Stream) {
    let mut scene = Scene::new(&["A", "AA"]);
    let child = scene.id("AA");
    let stream = scene.stream("A", Audience::Office(child), Lane::Every);
    scene.part("AA", true);
    for id in [1, 2] {
        let publish = publish(id, vec![Audience::Office(child)], 10);
        assert_eq!(scene.ask("A", publish), DONE);
    }
    scene.part("AA", false);
    scene.tamper(stream, change);
    (scene, child, stream)
}

#[test]
fn a_page_whose_seal_does_not_verify_is_asked_for_again_and_then_takes_effect() {
    let (mut scene, _, stream) = two_notices_on_their_way(|pages| {
        assert_eq!(pages.len(), 2);
        let Seal(mut seal) = pages[0].seal;
        seal[0] ^= 1;
        pages[0].seal = Seal(seal);
    });
    scene.rest();
    scene.both_took_effect(stream);
}

#[test]
fn whatever_streams_a_neighbour_makes_up_one_finding_tells_of_them() {
    let (mut scene, _, stream) = two_notices_on_their_way(|pages| {
        for (epoch, page) in (5..).zip(pages) {
            let mut position = page.header.position;
            position.stream.epoch = Epoch(epoch);
            let start = PageStart {
                position,
                base: page.header.base,
                previous: page.header.previous,
            };
            *page = seal_page(&start, &[], |_| page.seal).unwrap();
        }
    });
    scene.passes(1_000);
    let made_up = |epoch| Stream {
        epoch: Epoch(epoch),
        ..stream
    };
    let found: Vec<_> = [5, 6].map(|epoch| scene.found("AA", made_up(epoch))).into();
    assert_eq!(found, [vec![(FindingKind::Unverified, false)], Vec::new()]);
}

#[test]
fn a_claim_to_hold_another_page_of_a_third_office_accuses_nobody() {
    let mut scene = Scene::new(&["A", "AA", "AAA"]);
    let to = Audience::Office(scene.id("AAA"));
    assert_eq!(scene.ask("A", publish(1, vec![to], 10)), DONE);
    scene.rest();
    let stream = scene.stream("A", to, Lane::Every);
    let other = Head {
        hash: Hash::ZERO,
        ..scene.newest("AA", stream)
    };
    scene.claims("AAA", stream, other);
    scene.rest();
    let found = scene.found("AA", stream);
    assert_eq!(found, [(FindingKind::Unverified, false)]);
}

#[test]
fn an_office_that_is_missed_is_missed_since_it_was_lost_whoever_starts_again() {
    let mut scene = Scene::new(&["A", "AA", "AB"]);
    let (top, gone) = (scene.id("A"), scene.id("AA"));
    let missed_since = |scene: &Scene| match scene.store("A").get(&Key::Health(top)).unwrap() {
        Some(Fact::Health(said)) if !said.value.links[&gone].up => said.value.links[&gone].since,
        other => panic!("{other:?}"),
    };
    scene.rest();
    scene.part("AA", true);
    scene.passes(120_000);
    let since = missed_since(&scene);
    for apart in [true, false] {
        let now = scene.0.now;
        scene.0.crash(top, now.plus_millis(1_000), 1);
        scene.passes(60_000);
        assert_eq!(missed_since(&scene), since);
        // A change of another link says all of them again.
        scene.part("AB", apart);
        scene.passes(120_000);
        assert_eq!(missed_since(&scene), since);
    }
}

#[test]
fn an_office_between_cannot_take_the_id_of_a_notice_that_it_passes_on() {
    let mut scene = Scene::new(&["A", "AA", "AAA"]);
    let office = scene.id("AAA");
    let to = vec![Audience::Office(office)];
    assert_eq!(scene.ask("AA", publish(1, to.clone(), 10)), DONE);
    scene.rest();
    assert!(!scene.holds_notice("AAA", 1));
    let notice = scene.notice_key(1);
    let at_top = Key::Receipt { notice, office };
    assert_eq!(scene.store("A").get(&at_top).unwrap(), None);

    assert_eq!(scene.ask("A", publish(1, to, 20)), DONE);
    scene.rest();
    assert!(scene.holds_notice("AAA", 1));
    assert!(scene.store("A").get(&at_top).unwrap().is_some());
    let stream = scene.stream("A", Audience::Office(office), Lane::Every);
    assert_eq!(scene.found("AAA", stream), []);
}

#[test]
fn a_page_left_out_by_who_brings_the_next_is_asked_for_again() {
    let (mut scene, child, stream) = two_notices_on_their_way(|pages| {
        assert_eq!(pages.len(), 2);
        pages.remove(0);
    });
    scene.rest();
    scene.both_took_effect(stream);
    let office = child;
    for notice in [1, 2].map(|id| scene.notice_key(id)) {
        let receipt = scene.store("A").get(&Key::Receipt { notice, office });
        assert!(receipt.unwrap().is_some(), "{notice:?} is answered");
    }
}

#[test]
fn a_claim_to_hold_other_pages_of_an_office_holds_it_up_once_and_not_for_ever() {
    let mut scene = Scene::new(&["A", "AA"]);
    let (top, child) = (scene.id("A"), scene.id("AA"));
    let to = vec![Audience::Office(child)];
    assert_eq!(scene.ask("A", publish(1, to.clone(), 10)), DONE);
    scene.rest();
    let stream = scene.stream("A", Audience::Office(child), Lane::Every);
    let held = scene.newest("A", stream);
    let further = Head {
        number: held.number.next(),
        ..held
    };
    scene.claims("AA", stream, further);
    scene.0.ask(top, Asked::Request(put("1")));
    scene.passes(30_000);
    assert!(scene.is_doubted("A"), "it waits for the proof");
    scene.passes(60_000);
    assert!(!scene.is_doubted("A"), "none has come");

    // In another session, with another page at one place.
    scene.part("AA", true);
    scene.part("AA", false);
    scene.rest();
    assert_eq!(scene.ask("A", publish(2, to, 10)), DONE);
    scene.rest();
    let other = Head {
        hash: Hash::ZERO,
        ..scene.newest("A", stream)
    };
    scene.claims("AA", stream, other);
    scene.0.ask(top, Asked::Request(put("2")));
    scene.passes(100);
    assert!(!scene.is_doubted("A"), "it is not believed again");
    scene.rest();
    let found = scene.found("A", stream);
    assert_eq!(found, [(FindingKind::Unverified, false)]);
    let now = scene.0.now;
    scene.0.crash(top, now, 1);
    scene.rest();
    assert_eq!(scene.put("A", "3"), DONE);
}

#[test]
fn a_page_that_was_not_its_origins_to_say_is_kept_without_effect_and_found() {
    let wrong = Some(Planted::ForwardOutsideTheAudience);
    let mut scene = Scene::planted(&["A", "AA", "AAA"], wrong);
    let stream = scene.stream("AAA", Audience::Parent, Lane::Every);
    let said = notice(scene.id("AAA"), 5);
    scene.forge(stream, &[said], Vec::new());
    assert_eq!(scene.head("A", stream), scene.head("AAA", stream));
    assert_eq!(
        scene.found("A", stream),
        [(FindingKind::NoAuthority, false)]
    );
    assert!(
        !scene
            .found("AA", stream)
            .iter()
            .any(|(kind, _)| { *kind == FindingKind::NoAuthority })
    );
}
