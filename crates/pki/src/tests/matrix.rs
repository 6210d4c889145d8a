//! Chains of every shape that is not an office's, each refused at both ends of a
//! link for its own reason. Names: see `names`.

use rcgen::{
    BasicConstraints, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PublicKeyData,
};
use rustls::pki_types::CertificateDer;
use terrace_model::{PublicKey, TreeId};

use super::forge::{DAY, Forge, children, forged, now, refused};
use super::rig::{CHILD, NOW, OTHER, OTHER_TREE, PARENT, TREE, TestTree, at, identity, named};
use super::rig::{signing, transport};
use crate::certificate::{root_params, set_validity};
use crate::{
    CertificateTime, OfficeName, ParentTrust, ParentVerifier, Peer, Refused, Strangers, Which,
    peer_of,
};

#[test]
fn an_office_in_any_other_place_is_refused() {
    let elsewhere = OfficeName {
        office: CHILD,
        tree: OTHER_TREE,
    };
    let other_tree = Refused::OtherTree {
        expected: TREE,
        found: OTHER_TREE,
    };
    refused("another tree", &Forge::of(elsewhere).chain(), &other_tree);
    refused(
        "another key",
        &Forge::right().signed_with(9).chain(),
        &Refused::OtherKey(CHILD),
    );
    forged("another office's signature", Refused::Signature, |forge| {
        forge.issuer = signing(OTHER);
    });

    // Another office with its own key is itself, not the one it says to be.
    let tree = TestTree::with_offices();
    let chain = Forge::of(named(PARENT)).chain();
    let at_parent = children(&tree, Strangers::Admitted).check(&chain, at(NOW));
    assert_eq!(at_parent, Err(Refused::OtherKey(PARENT)));
    let parents = ParentVerifier::new(ParentTrust::Tree(tree));
    let chain = identity(OTHER).chain().to_vec();
    let found = parents.check(&chain, named(PARENT), at(NOW));
    let expected = Refused::OtherOffice {
        expected: named(PARENT),
        found: named(OTHER),
    };
    assert_eq!(found, Err(expected));
}

#[test]
fn a_certificate_counts_in_its_own_time_only() {
    let seconds = CertificateTime::from_seconds;
    let judged = at(NOW);
    for (shape, from, until, expected) in [
        (
            "expired",
            now() - 91 * DAY,
            now() - 1,
            Refused::Expired {
                at: judged,
                until: seconds(now() - 1),
            },
        ),
        (
            "not yet valid",
            now() + 1,
            now() + 90 * DAY,
            Refused::NotYetValid {
                at: judged,
                from: seconds(now() + 1),
            },
        ),
        (
            "for 101 days",
            now() - DAY,
            now() + 100 * DAY,
            Refused::Lifetime { days: 101 },
        ),
    ] {
        forged(shape, expected, |forge| {
            set_validity(&mut forge.leaf, from, until)
        });
    }
    for (from, until) in [(now() - 90 * DAY, now()), (now(), now() + 90 * DAY)] {
        let mut forge = Forge::right();
        set_validity(&mut forge.leaf, from, until);
        let tree = TestTree::with_offices();
        let passed = children(&tree, Strangers::Refused).check(&forge.chain(), at(NOW));
        assert_eq!(passed, Ok(Peer::Known(CHILD)));
    }
}

#[test]
fn a_certificate_made_for_something_else_is_refused() {
    forged("no usage", Refused::Usage, |forge| {
        forge.leaf.extended_key_usages.clear()
    });
    forged("for signing programs", Refused::Usage, |forge| {
        forge.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
    });
    forged("for anything", Refused::Usage, |forge| {
        forge.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any];
    });
    let authority = Refused::Certificate(webpki::Error::CaUsedAsEndEntity);
    forged("an authority", authority, |forge| {
        forge.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    let extension = Refused::Certificate(webpki::Error::UnsupportedCriticalExtension);
    forged("an unknown critical extension", extension, |forge| {
        let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 1], vec![5, 0]);
        unknown.set_criticality(true);
        forge.leaf.custom_extensions = vec![unknown];
    });
    forged(
        "a key of another kind",
        Refused::Key(Which::Leaf),
        |forge| {
            forge.leaf_key = Box::new(KeyPair::generate().unwrap());
        },
    );
    forged("the signing key itself", Refused::SameKey, |forge| {
        forge.leaf_key = Box::new(signing(CHILD));
    });
}

/// Each end takes only the usage that the other one has.
#[test]
fn a_certificate_for_the_other_end_is_refused() {
    let tree = TestTree::with_offices();
    for usage in [
        ExtendedKeyUsagePurpose::ServerAuth,
        ExtendedKeyUsagePurpose::ClientAuth,
    ] {
        let mut forge = Forge::right();
        forge.leaf.extended_key_usages = vec![usage.clone()];
        let chain = forge.chain();
        let at_parent = children(&tree, Strangers::Refused)
            .check(&chain, at(NOW))
            .map(|_| ());
        let parents = ParentVerifier::new(ParentTrust::Tree(tree.clone()));
        let at_child = parents.check(&chain, named(CHILD), at(NOW));
        let (good, bad) = if usage == ExtendedKeyUsagePurpose::ClientAuth {
            (at_parent, at_child)
        } else {
            (at_child, at_parent)
        };
        assert_eq!((good, bad), (Ok(()), Err(Refused::Usage)));
    }
}

#[test]
fn a_chain_is_a_leaf_and_its_root() {
    let (leaf, root) = (Forge::right().leaf(), Forge::right().root());
    let length = Refused::ChainLength;
    refused("nothing", &[], &length(0));
    refused("a leaf alone", std::slice::from_ref(&leaf), &length(1));
    refused(
        "three",
        &[leaf.clone(), root.clone(), root.clone()],
        &length(3),
    );
    refused(
        "the wrong order",
        &[root.clone(), leaf.clone()],
        &Refused::NoName,
    );
    refused(
        "a leaf twice",
        &[leaf.clone(), leaf.clone()],
        &Refused::SameKey,
    );

    let malformed = Refused::Malformed;
    let longer = |der: &CertificateDer<'_>| CertificateDer::from([der.as_ref(), &[0]].concat());
    refused(
        "a byte more",
        &[longer(&leaf), root.clone()],
        &malformed(Which::Leaf),
    );
    refused(
        "a byte more in the root",
        &[leaf.clone(), longer(&root)],
        &malformed(Which::Root),
    );
    let garbage = |bytes: usize| CertificateDer::from(vec![0x30; bytes]);
    refused(
        "garbage",
        &[garbage(2048), root.clone()],
        &malformed(Which::Leaf),
    );
    let long = Refused::TooLong {
        which: Which::Leaf,
        bytes: 2049,
    };
    refused("too long", &[garbage(2049), root], &long);
    let long = Refused::TooLong {
        which: Which::Root,
        bytes: 2049,
    };
    refused("too long a root", &[leaf, garbage(2049)], &long);
}

#[test]
fn a_root_is_the_offices_own_and_signed_by_itself() {
    forged("no authority", Refused::RootAuthority, |forge| {
        forge.root.is_ca = IsCa::NoCa
    });
    forged("signed by another", Refused::RootSignature, |forge| {
        forge.root_issuer = signing(OTHER);
    });
    forged("named after another", Refused::RootName, |forge| {
        forge.root = root_params(named(OTHER));
    });
    forged("with a second attribute", Refused::RootName, |forge| {
        forge
            .root
            .distinguished_name
            .push(DnType::OrganizationName, "office");
    });

    // Two roots of one key: the leaf is the one's, the chain shows the other; or
    // the root is right but for the issuer that it names.
    let (right, mut other) = (Forge::right(), Forge::right());
    other.root = root_params(named(OTHER));
    refused(
        "another issuer",
        &[other.leaf(), right.root()],
        &Refused::RootName,
    );
    let issuer = Issuer::from_params(&other.root, &right.key);
    let root = right.root.signed_by(&right.key, &issuer).unwrap().into();
    refused(
        "not its own issuer",
        &[right.leaf(), root],
        &Refused::RootName,
    );

    let pair = KeyPair::generate().unwrap();
    let root: CertificateDer<'_> = Forge::right().root.self_signed(&pair).unwrap().into();
    let chain = [Forge::right().leaf(), root];
    refused("a key of another kind", &chain, &Refused::Key(Which::Root));
}

#[test]
fn a_closed_or_unknown_office_is_refused() {
    let tree = TestTree::with_offices();
    let chain = Forge::right().chain();
    let check = |strangers| children(&tree, strangers).check(&chain, at(NOW));
    let parents = ParentVerifier::new(ParentTrust::Tree(tree.clone()));

    tree.close(CHILD);
    for strangers in [Strangers::Refused, Strangers::Admitted] {
        assert_eq!(check(strangers), Err(Refused::Closed(CHILD)));
    }
    let at_child = parents.check(&chain, named(CHILD), at(NOW));
    assert_eq!(at_child, Err(Refused::Closed(CHILD)));
    assert_eq!(
        peer_of(&chain, TREE, tree.as_ref()),
        Err(Refused::Closed(CHILD))
    );

    tree.forget(CHILD);
    let stranger = Peer::Stranger {
        office: CHILD,
        key: signing(CHILD).public(),
    };
    assert_eq!(check(Strangers::Refused), Err(Refused::Unknown(CHILD)));
    assert_eq!(check(Strangers::Admitted), Ok(stranger));
    let at_child = parents.check(&chain, named(CHILD), at(NOW));
    assert_eq!(at_child, Err(Refused::Unknown(CHILD)));
    assert_eq!(peer_of(&chain, TREE, tree.as_ref()), Ok(stranger));
}

/// Everybody can sign for the identity point: with s = 0 and R = the identity
/// the equation holds for every message.
struct Anybody;

impl PublicKeyData for Anybody {
    fn der_bytes(&self) -> &[u8] {
        const IDENTITY: [u8; 32] = PublicKey({
            let mut bytes = [0; 32];
            bytes[0] = 1;
            bytes
        })
        .0;
        &IDENTITY
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for Anybody {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok([self.der_bytes(), &[0; 32]].concat())
    }
}

#[test]
fn a_strangers_key_that_signs_for_everybody_is_refused() {
    let tree = TestTree::with_offices();
    tree.forget(CHILD);
    let forge = Forge::right();
    let issuer = Issuer::from_params(&forge.root, Anybody);
    let leaf = forge.leaf.signed_by(&transport(1), &issuer).unwrap();
    let root = forge.root.self_signed(&Anybody).unwrap();
    let chain = [leaf.into(), root.into()];
    let check = children(&tree, Strangers::Admitted).check(&chain, at(NOW));
    assert_eq!(check, Err(Refused::RootSignature));
}

#[test]
fn a_strangers_chain_is_checked_like_any_other() {
    let tree = TestTree::default().into();
    let admitted = children(&tree, Strangers::Admitted);
    let mut forge = Forge::right();
    forge.issuer = signing(OTHER);
    assert_eq!(
        admitted.check(&forge.chain(), at(NOW)),
        Err(Refused::Signature)
    );
    let elsewhere = OfficeName {
        office: CHILD,
        tree: TreeId(1),
    };
    let found = admitted.check(&Forge::of(elsewhere).chain(), at(NOW));
    assert_eq!(
        found,
        Err(Refused::OtherTree {
            expected: TREE,
            found: TreeId(1)
        })
    );
}
