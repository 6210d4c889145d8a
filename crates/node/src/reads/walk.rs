use core::ops::ControlFlow;

use terrace_model::{Fact, Key, Range};
use terrace_store::{Read, StoreError};

/// Facts read at a time.
const CHUNK: usize = 256;

/// Takes the facts of a range in key order, after a key, until there are no more
/// or `take` breaks off.
pub(super) fn walk<R: Read>(
    reader: &R,
    range: &Range,
    after: Option<Key>,
    mut take: impl FnMut(Key, Fact) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let mut after = after;
    loop {
        let found = reader.range(range, after.as_ref(), CHUNK)?;
        let is_last = found.len() < CHUNK;
        after = found.last().map(|(key, _)| key.clone());
        for (key, fact) in found {
            if take(key, fact).is_break() {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held::Held;
    use terrace_model::{Lookup, OfficeId};

    #[test]
    fn a_walk_takes_each_fact_once_over_all_chunks() {
        for count in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let held = Held::default();
            let key = |number: usize| {
                Key::Lookup(Lookup {
                    kind: "visit".into(),
                    field: "person".into(),
                    value: "1".into(),
                    id: format!("{number:05}"),
                })
            };
            for number in 0..count {
                held.put(key(number), Fact::Mark);
            }
            held.put(Key::Through(OfficeId(1)), Fact::Mark);
            let range = Range::Lookup {
                kind: "visit".into(),
                field: "person".into(),
                value: "1".into(),
            };
            let mut taken = Vec::new();
            walk(&held, &range, None, |key, _| {
                taken.push(key);
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!(taken, (0..count).map(key).collect::<Vec<_>>());
        }
    }
}
