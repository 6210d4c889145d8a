//! Whole handshakes over memory, both ends as an office configures them.

use std::sync::Arc;

use rustls::client::{ClientSessionMemoryCache, ResolvesClientCert, Resumption};
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{default_provider, kx_group};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::ServerSessionMemoryCache;
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, HandshakeKind, NamedGroup,
    PeerIncompatible, ProtocolVersion, SignatureScheme,
};
use terrace_model::OfficeId;

use super::rig::{
    CHILD, DAY_MILLIS, Link, NOW, OTHER, OTHER_TREE, PARENT, Shaken, TREE, at, client, identity,
    named, shake, signing, transport,
};
use crate::secret::Resting;
use crate::{
    ALPN_HTTP2, CurrentIdentity, Fingerprint, OfficeName, ParentTrust, ParentVerifier, Peer,
    Refused, Strangers, claim_of, issue, peer_of,
};

const STRANGER: OfficeId = OfficeId(0xd1);

/// The parent refused for this reason, and the child was told no more than an
/// alert.
fn refused_at_parent(shaken: &Shaken, expected: &Refused) {
    assert!(!shaken.is_open());
    let error = shaken.at_server.as_ref().unwrap_err();
    assert_eq!(Refused::of(error).as_ref(), Some(expected), "{error}");
    assert!(
        matches!(shaken.at_client, Err(Error::AlertReceived(_))),
        "{:?}",
        shaken.at_client
    );
}

/// The child refused for this reason.
fn refused_at_child(shaken: &Shaken, expected: &Refused) {
    assert!(!shaken.is_open());
    let error = shaken.at_client.as_ref().unwrap_err();
    assert_eq!(Refused::of(error).as_ref(), Some(expected), "{error}");
    assert!(
        matches!(shaken.at_server, Err(Error::AlertReceived(_))),
        "{:?}",
        shaken.at_server
    );
}

#[test]
fn the_right_ends_meet_and_know_each_other() {
    let link = Link::new();
    let shaken = link.shake();
    assert!(shaken.is_open());
    let child = shaken.server.peer_certificates().unwrap();
    assert_eq!(
        peer_of(child, TREE, link.tree.as_ref()),
        Ok(Peer::Known(CHILD))
    );
    let parent = shaken.client.peer_certificates().unwrap();
    assert_eq!(
        peer_of(parent, TREE, link.tree.as_ref()),
        Ok(Peer::Known(PARENT))
    );
}

#[test]
fn a_link_is_tls_1_3_with_a_hybrid_key_exchange_and_http2() {
    let shaken = Link::new().shake();
    for connection in [&**shaken.client, &**shaken.server] {
        let group = connection
            .negotiated_key_exchange_group()
            .map(|group| group.name());
        assert_eq!(group, Some(NamedGroup::X25519MLKEM768));
        assert_eq!(
            connection.protocol_version(),
            Some(ProtocolVersion::TLSv1_3)
        );
        assert_eq!(connection.alpn_protocol(), Some(ALPN_HTTP2));
    }
    assert_eq!(shaken.server.server_name(), None);
}

#[test]
fn nobody_is_talked_down_to_a_weaker_key_exchange() {
    let link = Link::new();
    let weaker = CryptoProvider {
        kx_groups: vec![kx_group::X25519],
        ..default_provider()
    };
    let verifier = ParentVerifier::new(ParentTrust::Tree(link.tree.clone()));
    let weaker = ClientConfig::builder_with_provider(Arc::new(weaker))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_client_cert_resolver(link.child.clone());
    let shaken = shake(&Arc::new(weaker), &link.server, PARENT);
    let none = Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon);
    assert_eq!(shaken.at_server, Err(none));
}

/// The child's side holds alone: it forgets tickets that it is given.
#[test]
fn a_child_never_resumes() {
    let link = Link::new();
    let mut server = (*link.server).clone();
    server.send_tls13_tickets = 2;
    server.session_storage = ServerSessionMemoryCache::new(8);
    let server = Arc::new(server);
    for _ in 0..2 {
        let shaken = shake(&link.client, &server, PARENT);
        assert!(shaken.is_open());
        assert_eq!(shaken.client.tls13_tickets_received(), 2);
        assert_eq!(shaken.server.handshake_kind(), Some(HandshakeKind::Full));
    }
}

/// The parent's side holds alone: it gives no tickets to a child that asks. With
/// tickets the same child does resume, so that the test can tell.
#[test]
fn a_parent_never_lets_anybody_resume() {
    let link = Link::new();
    let mut server = (*link.server).clone();
    server.send_tls13_tickets = 2;
    server.session_storage = ServerSessionMemoryCache::new(8);
    for (server, tickets, kind) in [
        (link.server.clone(), 0, HandshakeKind::Full),
        (Arc::new(server), 2, HandshakeKind::Resumed),
    ] {
        let mut client = (*link.client).clone();
        client.resumption = Resumption::store(Arc::new(ClientSessionMemoryCache::new(8)));
        let client = Arc::new(client);
        let first = shake(&client, &server, PARENT);
        assert_eq!(first.client.tls13_tickets_received(), tickets);
        let second = shake(&client, &server, PARENT);
        assert!(second.is_open());
        assert_eq!(second.server.handshake_kind(), Some(kind));
    }
}

/// Closed and opened again between handshakes, with the same configurations.
#[test]
fn a_closed_office_is_out_at_the_next_handshake() {
    let link = Link::new();
    let shaken = link.shake();
    assert!(shaken.is_open());
    link.tree.close(CHILD);
    refused_at_parent(&link.shake(), &Refused::Closed(CHILD));
    let live = shaken.server.peer_certificates().unwrap();
    assert_eq!(
        peer_of(live, TREE, link.tree.as_ref()),
        Err(Refused::Closed(CHILD))
    );
    link.tree.open(CHILD, signing(CHILD).public());
    assert!(link.shake().is_open());
    link.tree.close(PARENT);
    refused_at_child(&link.shake(), &Refused::Closed(PARENT));
}

#[test]
fn a_key_that_the_tree_has_replaced_is_out() {
    let link = Link::new();
    let next = signing(OfficeId(0x77));
    link.tree.open(CHILD, next.public());
    refused_at_parent(&link.shake(), &Refused::OtherKey(CHILD));
    link.child
        .set(issue(&next, &transport(2), named(CHILD), at(NOW)).unwrap());
    assert!(link.shake().is_open());
    link.tree.open(PARENT, next.public());
    refused_at_child(&link.shake(), &Refused::OtherKey(PARENT));
}

#[test]
fn another_tree_and_another_offices_id_are_refused() {
    let link = Link::new();
    let elsewhere = OfficeName {
        office: CHILD,
        tree: OTHER_TREE,
    };
    let right = link.child.get();
    link.child
        .set(issue(&signing(CHILD), &transport(1), elsewhere, at(NOW)).unwrap());
    let other_tree = Refused::OtherTree {
        expected: TREE,
        found: OTHER_TREE,
    };
    refused_at_parent(&link.shake(), &other_tree);

    link.child
        .set(issue(&signing(CHILD), &transport(1), named(OTHER), at(NOW)).unwrap());
    refused_at_parent(&link.shake(), &Refused::OtherKey(OTHER));

    link.child.set(right);
    link.parent.set(identity(OTHER));
    let other = Refused::OtherOffice {
        expected: named(PARENT),
        found: named(OTHER),
    };
    refused_at_child(&link.shake(), &other);
    link.parent
        .set(issue(&signing(OTHER), &transport(1), named(PARENT), at(NOW)).unwrap());
    refused_at_child(&link.shake(), &Refused::OtherKey(PARENT));
}

/// The child is told apart from all other reasons: its parent's clock and its
/// own do not agree.
#[test]
fn an_expired_or_future_certificate_is_refused_with_its_own_alert() {
    let told = |shaken: &Shaken| {
        let alert = Error::AlertReceived(AlertDescription::CertificateExpired);
        assert_eq!(shaken.at_client, Err(alert));
        Refused::of(shaken.at_server.as_ref().unwrap_err())
    };
    for (made, expired) in [(-91, true), (2, false)] {
        let link = Link::new();
        let made = at(NOW.plus_millis(made * DAY_MILLIS));
        link.child
            .set(issue(&signing(CHILD), &transport(1), named(CHILD), made).unwrap());
        let refused = told(&link.shake());
        assert_eq!(matches!(refused, Some(Refused::Expired { .. })), expired);
        assert_eq!(
            matches!(refused, Some(Refused::NotYetValid { .. })),
            !expired
        );
    }
}

/// Shows what it was given, whatever the other end asks for.
#[derive(Debug)]
struct Shows(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

fn showing(link: &Link, shown: Option<Arc<CertifiedKey>>) -> Shaken {
    let mut client = (*link.client).clone();
    client.client_auth_cert_resolver = Arc::new(Shows(shown));
    shake(&Arc::new(client), &link.server, PARENT)
}

#[test]
fn who_shows_no_certificate_is_refused() {
    let link = Link::between(CHILD, Strangers::Admitted);
    let shaken = showing(&link, None);
    assert_eq!(shaken.at_server, Err(Error::NoCertificatesPresented));
    assert!(shaken.server.peer_certificates().is_none());
}

/// The child's certificates, seen on the wire by any parent, are worth nothing
/// without the transport key.
#[test]
fn certificates_without_their_key_open_nothing() {
    let link = Link::new();
    let secret = transport(9).encode().unwrap();
    let secret = PrivatePkcs8KeyDer::from(secret.as_bytes());
    let key = rustls::crypto::aws_lc_rs::sign::any_eddsa_type(&secret).unwrap();
    let stolen = CertifiedKey::new(link.child.get().chain().to_vec(), key);
    let shaken = showing(&link, Some(Arc::new(stolen)));
    assert_eq!(
        shaken.at_server,
        Err(Error::InvalidCertificate(CertificateError::BadSignature))
    );
}

#[test]
fn a_stranger_gets_in_only_where_it_may_enrol_and_is_told_apart() {
    let link = Link::between(STRANGER, Strangers::Admitted);
    let shaken = link.shake();
    assert!(shaken.is_open());
    let shown = shaken.server.peer_certificates().unwrap();
    let key = signing(STRANGER).public();
    let stranger = Peer::Stranger {
        office: STRANGER,
        key,
    };
    assert_eq!(peer_of(shown, TREE, link.tree.as_ref()), Ok(stranger));

    // Enrolled: the same connection is now a known office's.
    link.tree.open(STRANGER, key);
    assert_eq!(
        peer_of(shown, TREE, link.tree.as_ref()),
        Ok(Peer::Known(STRANGER))
    );

    let link = Link::between(STRANGER, Strangers::Refused);
    refused_at_parent(&link.shake(), &Refused::Unknown(STRANGER));
}

#[test]
fn a_joining_child_knows_its_parent_by_the_fingerprint_alone() {
    let link = Link::between(STRANGER, Strangers::Admitted);
    let joining = CurrentIdentity::new(identity(STRANGER));
    let pinned = |fingerprint| client(&joining, ParentTrust::Invitation(fingerprint), &link.clock);
    let right = signing(PARENT).fingerprint();
    let shaken = shake(&pinned(right), &link.server, PARENT);
    assert!(shaken.is_open());
    let claim = claim_of(shaken.client.peer_certificates().unwrap()).unwrap();
    assert_eq!(
        (claim.name, claim.key),
        (named(PARENT), signing(PARENT).public())
    );

    let wrong = Fingerprint::of(&signing(OTHER).public());
    let shaken = shake(&pinned(wrong), &link.server, PARENT);
    let other = Refused::OtherFingerprint {
        expected: wrong,
        found: right,
    };
    refused_at_child(&shaken, &other);

    // The right key under another office's name is not the inviting parent.
    let shaken = shake(&pinned(right), &link.server, OTHER);
    let other = Refused::OtherOffice {
        expected: named(OTHER),
        found: named(PARENT),
    };
    refused_at_child(&shaken, &other);
}

#[test]
fn a_name_that_is_no_offices_is_never_dialled() {
    let link = Link::new();
    let name = "link.example".try_into().unwrap();
    let mut dialled = rustls::ClientConnection::new(link.client.clone(), name).unwrap();
    let mut server = rustls::ServerConnection::new(link.server.clone()).unwrap();
    let mut bytes = Vec::new();
    dialled.write_tls(&mut bytes).unwrap();
    server.read_tls(&mut &bytes[..]).unwrap();
    server.process_new_packets().unwrap();
    bytes.clear();
    while server.wants_write() {
        server.write_tls(&mut bytes).unwrap();
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        dialled.read_tls(&mut rest).unwrap();
    }
    let error = dialled.process_new_packets().unwrap_err();
    assert_eq!(Refused::of(&error), Some(Refused::Dialled));
}
