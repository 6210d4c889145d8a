//! Walking over two sorted sources as one.

use std::{iter::Peekable, ops::Bound, vec};

use crate::{
    StoreError,
    kv::{KvError, KvLimit, KvRead},
};

/// A key of the view and its value.
pub(super) type Pair = (Vec<u8>, Vec<u8>);

/// Most pairs and bytes that are taken out of the view at once.
const CHUNK: KvLimit = KvLimit {
    pairs: 512,
    bytes: 1 << 20,
};

/// Walks over two sources sorted by key, each without a key twice: where both
/// have a key, only the upper one's is given.
pub(super) struct Over<U: Iterator, L: Iterator> {
    upper: Peekable<U>,
    lower: Peekable<L>,
}

impl<U: Iterator, L: Iterator> Over<U, L> {
    pub(super) fn new(
        upper: impl IntoIterator<IntoIter = U>,
        lower: impl IntoIterator<IntoIter = L>,
    ) -> Self {
        Self {
            upper: upper.into_iter().peekable(),
            lower: lower.into_iter().peekable(),
        }
    }
}

impl<V, E, U, L> Iterator for Over<U, L>
where
    U: Iterator<Item = Result<(Vec<u8>, V), E>>,
    L: Iterator<Item = Result<(Vec<u8>, V), E>>,
{
    type Item = Result<(Vec<u8>, V), E>;

    fn next(&mut self) -> Option<Self::Item> {
        let (Some(Ok((upper, _))), Some(Ok((lower, _)))) = (self.upper.peek(), self.lower.peek())
        else {
            // One of them has ended or failed: a failure is given at once.
            return match self.lower.peek() {
                Some(Err(_)) => self.lower.next(),
                Some(Ok(_)) | None => self.upper.next().or_else(|| self.lower.next()),
            };
        };
        match upper.cmp(lower) {
            std::cmp::Ordering::Less => self.upper.next(),
            std::cmp::Ordering::Equal => {
                self.lower.next();
                self.upper.next()
            }
            std::cmp::Ordering::Greater => self.lower.next(),
        }
    }
}

/// Walks over a range of the view, a bounded piece at a time.
pub(super) struct Walk<'a> {
    view: &'a dyn KvRead,
    from: Bound<Vec<u8>>,
    to: Bound<&'a [u8]>,
    limit: KvLimit,
    piece: vec::IntoIter<Pair>,
    more: bool,
}

impl<'a> Walk<'a> {
    /// `hint` says how many pairs will be taken, about.
    pub(super) fn new(
        view: &'a dyn KvRead,
        from: Bound<&[u8]>,
        to: Bound<&'a [u8]>,
        hint: usize,
    ) -> Self {
        let pairs = hint.clamp(1, CHUNK.pairs);
        Self {
            view,
            from: from.map(<[u8]>::to_vec),
            to,
            limit: KvLimit { pairs, ..CHUNK },
            piece: Vec::new().into_iter(),
            more: true,
        }
    }

    fn refill(&mut self) -> Result<(), KvError> {
        let from = self.from.as_ref().map(Vec::as_slice);
        let found = self.view.range(from, self.to, self.limit)?;
        self.more = found.more;
        if let Some((last, _)) = found.pairs.last() {
            self.from = Bound::Excluded(last.clone());
        }
        self.piece = found.pairs.into_iter();
        Ok(())
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Pair, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.piece.as_slice().is_empty()
            && self.more
            && let Err(error) = self.refill()
        {
            self.more = false;
            return Some(Err(error.into()));
        }
        self.piece.next().map(Ok)
    }
}
