//! Offices, a tree and a clock to test with, and a wire without a network.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use rustls::{ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection};
use terrace_model::{OfficeId, PublicKey, Time, TreeId};

use crate::{
    Anchor, Anchors, CertificateTime, ChildVerifier, Clock, CurrentIdentity, Identity, OfficeName,
    ParentTrust, ParentVerifier, SigningKey, Strangers, TransportKey, client_config, issue,
    server_config,
};

pub(super) const TREE: TreeId = TreeId(0x7ee);
pub(super) const OTHER_TREE: TreeId = TreeId(0xbad);
pub(super) const PARENT: OfficeId = OfficeId(0xa1);
pub(super) const CHILD: OfficeId = OfficeId(0xc1);
pub(super) const OTHER: OfficeId = OfficeId(0xc2);

/// 2026-11-24.
pub(super) const NOW: Time = Time(1_795_478_400_000);
pub(super) const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

pub(super) const fn named(office: OfficeId) -> OfficeName {
    OfficeName { office, tree: TREE }
}

pub(super) fn at(now: Time) -> CertificateTime {
    CertificateTime::at(now, Time(0))
}

/// The signing key of an office; another number for a key that is not its own.
pub(super) fn signing(office: OfficeId) -> SigningKey {
    let [number, ..] = office.0.to_le_bytes();
    SigningKey::from_randomness(&[number; 32])
}

pub(super) fn transport(number: u8) -> TransportKey {
    TransportKey::from_randomness(&[number; 32])
}

pub(super) fn identity(office: OfficeId) -> Identity {
    issue(&signing(office), &transport(1), named(office), at(NOW)).unwrap()
}

/// What the tree says, changed while connections are made.
#[derive(Default)]
pub(super) struct TestTree(Mutex<BTreeMap<OfficeId, Anchor>>);

impl TestTree {
    /// Parent, child and the other office, each with its own key.
    pub(super) fn with_offices() -> Arc<Self> {
        let tree = Arc::new(Self::default());
        for office in [PARENT, CHILD, OTHER] {
            tree.open(office, signing(office).public());
        }
        tree
    }

    pub(super) fn open(&self, office: OfficeId, key: PublicKey) {
        self.0.lock().unwrap().insert(office, Anchor::Open(key));
    }

    pub(super) fn close(&self, office: OfficeId) {
        self.0.lock().unwrap().insert(office, Anchor::Closed);
    }

    pub(super) fn forget(&self, office: OfficeId) {
        self.0.lock().unwrap().remove(&office);
    }
}

impl Anchors for TestTree {
    fn anchor(&self, office: OfficeId) -> Option<Anchor> {
        self.0.lock().unwrap().get(&office).copied()
    }
}

pub(super) struct TestClock {
    now: AtomicI64,
    floor: AtomicI64,
}

impl TestClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            now: AtomicI64::new(NOW.0),
            floor: AtomicI64::new(0),
        })
    }

    pub(super) fn set(&self, now: Time) {
        self.now.store(now.0, Ordering::Relaxed);
    }

    pub(super) fn set_floor(&self, floor: Time) {
        self.floor.store(floor.0, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Time {
        Time(self.now.load(Ordering::Relaxed))
    }

    fn floor(&self) -> Time {
        Time(self.floor.load(Ordering::Relaxed))
    }
}

/// A child and its parent, both as an office would configure them.
pub(super) struct Link {
    pub(super) tree: Arc<TestTree>,
    pub(super) clock: Arc<TestClock>,
    pub(super) child: Arc<CurrentIdentity>,
    pub(super) parent: Arc<CurrentIdentity>,
    pub(super) client: Arc<ClientConfig>,
    pub(super) server: Arc<ServerConfig>,
}

impl Link {
    pub(super) fn new() -> Self {
        Self::between(CHILD, Strangers::Refused)
    }

    pub(super) fn between(child: OfficeId, strangers: Strangers) -> Self {
        let (tree, clock) = (TestTree::with_offices(), TestClock::new());
        let child = CurrentIdentity::new(identity(child));
        let parent = CurrentIdentity::new(identity(PARENT));
        let verifier = ChildVerifier::new(TREE, tree.clone(), strangers);
        let server = server_config(parent.clone(), verifier, clock.clone()).unwrap();
        let trust = ParentTrust::Tree(tree.clone());
        let client = client(&child, trust, &clock);
        Self {
            tree,
            clock,
            child,
            parent,
            client,
            server,
        }
    }

    pub(super) fn shake(&self) -> Shaken {
        shake(&self.client, &self.server, PARENT)
    }
}

pub(super) fn client(
    identity: &Arc<CurrentIdentity>,
    trust: ParentTrust,
    clock: &Arc<TestClock>,
) -> Arc<ClientConfig> {
    client_config(identity.clone(), ParentVerifier::new(trust), clock.clone()).unwrap()
}

/// Both ends after a handshake, each with what it failed with.
pub(super) struct Shaken {
    pub(super) client: ClientConnection,
    pub(super) server: ServerConnection,
    pub(super) at_client: Result<(), rustls::Error>,
    pub(super) at_server: Result<(), rustls::Error>,
}

impl Shaken {
    pub(super) fn is_open(&self) -> bool {
        self.at_client.is_ok()
            && self.at_server.is_ok()
            && !self.client.is_handshaking()
            && !self.server.is_handshaking()
    }
}

/// A whole handshake, the one end's bytes carried to the other until neither has
/// more to say.
pub(super) fn shake(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
    dialled: OfficeId,
) -> Shaken {
    let name = named(dialled).server_name().unwrap();
    let mut client = Connection::from(ClientConnection::new(client.clone(), name).unwrap());
    let mut server = Connection::from(ServerConnection::new(server.clone()).unwrap());
    let (mut at_client, mut at_server) = (Ok(()), Ok(()));
    while client.wants_write() || server.wants_write() {
        carry(&mut client, &mut server, &mut at_server);
        carry(&mut server, &mut client, &mut at_client);
    }
    let (Connection::Client(client), Connection::Server(server)) = (client, server) else {
        panic!("the ends have changed places");
    };
    Shaken {
        client,
        server,
        at_client,
        at_server,
    }
}

fn carry(from: &mut Connection, to: &mut Connection, arrived: &mut Result<(), rustls::Error>) {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = &bytes[..];
    while !rest.is_empty() && arrived.is_ok() {
        to.read_tls(&mut rest).unwrap();
        *arrived = to.process_new_packets().map(|_| ());
    }
}
