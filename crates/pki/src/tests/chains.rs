//! The right chain passes, and nothing that differs from it in any bit.

use proptest::prelude::*;

use super::forge::{Forge, children};
use super::rig::{CHILD, NOW, TREE, TestTree, at, identity, named, signing};
use crate::{ParentTrust, ParentVerifier, Peer, Strangers, claim_of, peer_of};

#[test]
fn the_right_certificate_passes_at_both_ends() {
    let tree = TestTree::with_offices();
    for chain in [Forge::right().chain(), identity(CHILD).chain().to_vec()] {
        let at_parent = children(&tree, Strangers::Refused).check(&chain, at(NOW));
        assert_eq!(at_parent, Ok(Peer::Known(CHILD)));
        let parents = ParentVerifier::new(ParentTrust::Tree(tree.clone()));
        assert_eq!(parents.check(&chain, named(CHILD), at(NOW)), Ok(()));
        assert_eq!(peer_of(&chain, TREE, tree.as_ref()), Ok(Peer::Known(CHILD)));
        assert_eq!(claim_of(&chain).unwrap().key, signing(CHILD).public());
    }
}

/// Of the right chain no bit can be changed: every one is signed, or is part of
/// a signature, or frames the two.
#[test]
fn no_changed_bit_of_the_right_chain_passes() {
    let tree = TestTree::with_offices();
    let verifier = children(&tree, Strangers::Admitted);
    let right = identity(CHILD).chain().to_vec();
    for which in 0..right.len() {
        for place in 0..right[which].len() * 8 {
            let mut chain = right.clone();
            let mut der = right[which].to_vec();
            der[place / 8] ^= 1 << (place % 8);
            chain[which] = der.into();
            let check = verifier.check(&chain, at(NOW));
            assert!(
                check.is_err(),
                "bit {place} of certificate {which}: {check:?}"
            );
        }
    }
}

proptest! {
    /// Bytes put in, taken out or replaced anywhere: refused, and never a panic.
    #[test]
    fn a_chain_with_any_piece_replaced_is_refused(
        which in 0_usize..2,
        place: prop::sample::Index,
        taken in 0_usize..40,
        put in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let tree = TestTree::with_offices();
        let mut chain = Forge::right().chain();
        let right = chain[which].to_vec();
        let from = place.index(right.len());
        let until = right.len().min(from + taken);
        let der = [&right[..from], &put, &right[until..]].concat();
        let changed = der != right;
        chain[which] = der.into();
        let check = children(&tree, Strangers::Admitted).check(&chain, at(NOW));
        prop_assert_eq!(check.is_err(), changed);
    }
}
