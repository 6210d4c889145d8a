//! One contract for every map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const ALL: KvLimit = KvLimit {
    pairs: usize::MAX,
    bytes: usize::MAX,
};

/// Runs a test on a map in memory and on one on sled.
fn on_each(test: impl Fn(&mut dyn Kv)) {
    test(&mut MemoryKv::default());
    let dir = tempfile::tempdir().unwrap();
    test(&mut SledKv::open(&dir.path().join("view"), SledOptions::TINY).unwrap());
}

fn put(map: &mut dyn Kv, pairs: &[(&str, &str)]) {
    let mut batch = KvBatch::default();
    for (key, value) in pairs {
        batch.put(*key, *value).unwrap();
    }
    map.apply(&batch).unwrap();
}

fn keys(found: &KvPairs) -> Vec<&str> {
    found
        .pairs
        .iter()
        .map(|(key, _)| std::str::from_utf8(key).unwrap())
        .collect()
}

#[test]
fn a_batch_is_applied_in_order_and_the_last_change_of_a_key_holds() {
    on_each(|map| {
        let mut batch = KvBatch::default();
        for (key, value) in [("a", "1"), ("b", "1"), ("a", "2")] {
            batch.put(key, value).unwrap();
        }
        batch.delete("b").unwrap();
        batch.put("c", "").unwrap();
        map.apply(&batch).unwrap();
        assert_eq!(map.get(b"a").unwrap().as_deref(), Some(b"2".as_slice()));
        assert_eq!(map.get(b"b").unwrap(), None);
        assert_eq!(map.get(b"c").unwrap(), Some(vec![]));
        map.apply(&KvBatch::default()).unwrap();
        map.flush().unwrap();
    });
}

#[test]
fn a_batch_may_hold_more_changes_than_are_applied_at_once() {
    on_each(|map| {
        let mut batch = KvBatch::default();
        for number in 0..2 * ATOMIC_CHANGES + 500 {
            let key = u32::try_from(number % 1700).unwrap().to_be_bytes();
            batch.put(key, number.to_be_bytes()).unwrap();
        }
        map.apply(&batch).unwrap();
        let found = map.range(Bound::Unbounded, Bound::Unbounded, ALL).unwrap();
        assert_eq!(found.pairs.len(), 1700);
        assert_eq!(found.pairs[799].1, 2499_usize.to_be_bytes());
        assert_eq!(found.pairs[800].1, 800_usize.to_be_bytes());
    });
}

#[test]
fn a_range_has_its_bounds_and_its_order() {
    on_each(|map| {
        put(
            map,
            &[("b", ""), ("a", ""), ("d", ""), ("bb", ""), ("c", "")],
        );
        let between = |from: Bound<&str>, to: Bound<&str>| {
            let found = map
                .range(from.map(str::as_bytes), to.map(str::as_bytes), ALL)
                .unwrap();
            assert!(!found.more);
            keys(&found).join(" ")
        };
        use Bound::{Excluded, Included, Unbounded};
        assert_eq!(between(Unbounded, Unbounded), "a b bb c d");
        assert_eq!(between(Included("b"), Excluded("c")), "b bb");
        assert_eq!(between(Excluded("b"), Included("c")), "bb c");
        assert_eq!(between(Excluded("c"), Unbounded), "d");
        assert_eq!(between(Unbounded, Included("a")), "a");
        assert_eq!(between(Included("b"), Included("b")), "b");
        for none in [
            (Included("b"), Excluded("b")),
            (Excluded("b"), Included("b")),
            (Excluded("b"), Excluded("b")),
            (Included("c"), Included("b")),
            (Included("e"), Unbounded),
        ] {
            assert_eq!(between(none.0, none.1), "", "{none:?}");
        }
    });
}

#[test]
fn a_range_ends_at_the_limit_and_says_whether_there_is_more() {
    on_each(|map| {
        put(map, &[("a", "12345"), ("b", "12345"), ("c", "12345")]);
        let read = |pairs, bytes| {
            let limit = KvLimit { pairs, bytes };
            let found = map
                .range(Bound::Unbounded, Bound::Unbounded, limit)
                .unwrap();
            (found.pairs.len(), found.more)
        };
        assert_eq!(read(3, 18), (3, false));
        assert_eq!(read(2, 18), (2, true));
        assert_eq!(read(3, 17), (2, true));
        assert_eq!(read(0, 0), (1, true));
        let rest = map
            .range(Bound::Excluded(b"a"), Bound::Unbounded, ALL)
            .unwrap();
        assert_eq!(keys(&rest), ["b", "c"]);
    });
}

#[test]
fn a_value_of_any_size_up_to_the_limit_comes_back() {
    on_each(|map| {
        for length in [0, 1, 4096, 4097, 100_000, MAX_VALUE_BYTES] {
            let value: Vec<u8> = (0..=250).cycle().take(length).collect();
            let mut batch = KvBatch::default();
            batch.put("k", value.clone()).unwrap();
            map.apply(&batch).unwrap();
            assert!(map.get(b"k").unwrap() == Some(value));
        }
    });
}

#[test]
fn a_reader_sees_what_was_applied_and_never_half_of_a_batch() {
    const BATCHES: usize = 150;
    const KEYS: u8 = 40;
    on_each(|map| {
        let write = |map: &mut dyn Kv, length| {
            let mut batch = KvBatch::default();
            for key in 0..KEYS {
                batch.put([key], vec![key; length]).unwrap();
            }
            map.apply(&batch).unwrap();
        };
        // Small values and large ones by turns, longer each time.
        let length = |batch: usize| batch + if batch.is_multiple_of(2) { 0 } else { 4500 };
        write(map, length(0));
        let watch = |reader: Arc<dyn KvRead>| {
            let mut last = 0;
            while last < BATCHES {
                let found = reader
                    .range(Bound::Unbounded, Bound::Unbounded, ALL)
                    .unwrap();
                let now = found.pairs[0].1.len() % 4500;
                assert_eq!(found.pairs.len(), usize::from(KEYS));
                assert!(
                    found
                        .pairs
                        .iter()
                        .all(|(_, value)| value.len() == length(now))
                );
                assert!(now >= last);
                last = now;
            }
        };
        let readers = [map.reader(), map.reader(), map.reader()];
        std::thread::scope(|scope| {
            for reader in readers {
                scope.spawn(move || watch(reader));
            }
            for batch in 1..=BATCHES {
                write(map, length(batch));
            }
        });
    });
}

#[derive(Clone, Debug)]
enum Step {
    Apply(Vec<(u8, Option<usize>)>),
    Reopen,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let length = prop_oneof![8 => 0_usize..60, 1 => 4000_usize..4200];
    let change = (0_u8..24, proptest::option::weighted(0.7, length));
    let step = prop_oneof![
        6 => proptest::collection::vec(change, 0..20).prop_map(Step::Apply),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..12)
}

fn apply(
    map: &mut dyn Kv,
    model: &mut BTreeMap<Vec<u8>, Vec<u8>>,
    changes: &[(u8, Option<usize>)],
) {
    let mut batch = KvBatch::default();
    for (number, (key, length)) in changes.iter().enumerate() {
        let key = vec![*key; usize::from(*key) / 8 + 1];
        match length {
            Some(length) => {
                let value = vec![number.to_le_bytes()[0]; *length];
                batch.put(key.clone(), value.clone()).unwrap();
                model.insert(key, value);
            }
            None => {
                batch.delete(key.clone()).unwrap();
                model.remove(&key);
            }
        }
    }
    map.apply(&batch).unwrap();
}

fn assert_same(map: &dyn Kv, model: &BTreeMap<Vec<u8>, Vec<u8>>) {
    let mut walked = Vec::new();
    let mut after = Bound::Unbounded;
    loop {
        let limit = KvLimit {
            pairs: 3,
            bytes: 5000,
        };
        let found = map
            .range(after.as_ref().map(Vec::as_slice), Bound::Unbounded, limit)
            .unwrap();
        after = found
            .pairs
            .last()
            .map_or(Bound::Unbounded, |(key, _)| Bound::Excluded(key.clone()));
        walked.extend(found.pairs);
        if !found.more {
            break;
        }
    }
    assert_eq!(walked, model.clone().into_iter().collect::<Vec<_>>());
    for (key, value) in model {
        assert_eq!(map.get(key).unwrap().as_ref(), Some(value));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_map_does_what_an_ordered_map_does(steps in steps()) {
        let dir = tempfile::tempdir().unwrap();
        let open = || SledKv::open(&dir.path().join("view"), SledOptions::TINY).unwrap();
        let (mut memory, mut sled) = (MemoryKv::default(), Some(open()));
        let (mut model, mut again) = (BTreeMap::new(), BTreeMap::new());
        for step in &steps {
            match step {
                Step::Apply(changes) => {
                    apply(&mut memory, &mut model, changes);
                    apply(sled.as_mut().unwrap(), &mut again, changes);
                }
                Step::Reopen => {
                    drop(sled.take());
                    sled = Some(open());
                }
            }
            assert_same(&memory, &model);
            assert_same(sled.as_ref().unwrap(), &model);
        }
    }
}
