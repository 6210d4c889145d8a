//! The right certificates of an office, to be made wrong in one way.

use std::sync::Arc;

use rcgen::{CertificateParams, Issuer, PublicKeyData};
use rustls::pki_types::CertificateDer;
use terrace_model::OfficeId;

use super::rig::{CHILD, NOW, TREE, TestTree, at, named, signing, transport};
use crate::certificate::{leaf_params, root_params, set_validity};
use crate::{
    ChildVerifier, OfficeName, ParentTrust, ParentVerifier, Refused, SigningKey, Strangers,
};

pub(super) const DAY: u64 = 24 * 60 * 60;

pub(super) fn now() -> u64 {
    at(NOW).seconds()
}

/// The right chain of the child, to be made wrong in one way.
pub(super) struct Forge {
    pub(super) leaf: CertificateParams,
    pub(super) root: CertificateParams,
    pub(super) leaf_key: Box<dyn PublicKeyData>,
    /// Signs the leaf.
    pub(super) issuer: SigningKey,
    /// Is in the root.
    pub(super) key: SigningKey,
    /// Signs the root.
    pub(super) root_issuer: SigningKey,
}

impl Forge {
    pub(super) fn right() -> Self {
        Self::of(named(CHILD))
    }

    pub(super) fn of(name: OfficeName) -> Self {
        let mut leaf = leaf_params(name).unwrap();
        set_validity(&mut leaf, now() - DAY, now() + 90 * DAY);
        Self {
            leaf,
            root: root_params(name),
            leaf_key: Box::new(transport(1)),
            issuer: signing(CHILD),
            key: signing(CHILD),
            root_issuer: signing(CHILD),
        }
    }

    /// All of it with this key, which is not the child's own.
    pub(super) fn signed_with(self, number: u8) -> Self {
        let key = || signing(OfficeId(number.into()));
        Self {
            issuer: key(),
            key: key(),
            root_issuer: key(),
            ..self
        }
    }

    pub(super) fn leaf(&self) -> CertificateDer<'static> {
        let issuer = Issuer::from_params(&self.root, &self.issuer);
        let key: &dyn PublicKeyData = self.leaf_key.as_ref();
        self.leaf.signed_by(&key, &issuer).unwrap().into()
    }

    pub(super) fn root(&self) -> CertificateDer<'static> {
        let issuer = Issuer::from_params(&self.root, &self.root_issuer);
        self.root.signed_by(&self.key, &issuer).unwrap().into()
    }

    pub(super) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.leaf(), self.root()]
    }
}

pub(super) fn children(tree: &Arc<TestTree>, strangers: Strangers) -> ChildVerifier {
    ChildVerifier::new(TREE, tree.clone(), strangers)
}

/// Refused for this reason, by the parent that is dialled and by the child that
/// dials.
pub(super) fn refused(shape: &str, chain: &[CertificateDer<'_>], expected: &Refused) {
    let tree = TestTree::with_offices();
    let at_parent = children(&tree, Strangers::Refused).check(chain, at(NOW));
    assert_eq!(at_parent, Err(expected.clone()), "{shape}, at the parent");
    let parents = ParentVerifier::new(ParentTrust::Tree(tree));
    let at_child = parents.check(chain, named(CHILD), at(NOW));
    assert_eq!(at_child, Err(expected.clone()), "{shape}, at the child");
}

/// The right chain, changed, is refused for this reason.
pub(super) fn forged(shape: &str, expected: Refused, change: impl FnOnce(&mut Forge)) {
    let mut forge = Forge::right();
    change(&mut forge);
    refused(shape, &forge.chain(), &expected);
}
