//! Offices, a tree and a clock to test with, and a listener that serves.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use terrace_model::{OfficeId, PublicKey, Time, TreeId};
use terrace_pki::{
    Anchor, Anchors, CertificateTime, Clock, CurrentIdentity, Identity, LinkAddress, OfficeName,
    SigningKey, TransportKey, issue,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::service::Routes;

use crate::{Listener, ListenerError, ListenerLimits, ListenerWatch, Trust};

pub(crate) const TREE: TreeId = TreeId(0x7ee);
pub(crate) const PARENT: OfficeId = OfficeId(0xa1);
pub(crate) const CHILD: OfficeId = OfficeId(0xc1);
pub(crate) const SIBLING: OfficeId = OfficeId(0xa2);
pub(crate) const STRANGER: OfficeId = OfficeId(0xd1);

/// 2026-11-24.
pub(crate) const NOW: Time = Time(1_795_478_400_000);

/// No state takes longer to come about.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) const fn named(office: OfficeId) -> OfficeName {
    OfficeName { office, tree: TREE }
}

pub(crate) fn signing(office: OfficeId) -> SigningKey {
    let [number, ..] = office.0.to_le_bytes();
    SigningKey::from_randomness(&[number; 32])
}

/// The identity of an office with its transport key of this number.
pub(crate) fn identity(office: OfficeId, number: u8) -> Identity {
    let transport = TransportKey::from_randomness(&[number; 32]);
    let at = CertificateTime::at(NOW, Time(0));
    issue(&signing(office), &transport, named(office), at).unwrap()
}

/// What the tree says, changed while connections live.
#[derive(Default)]
pub(crate) struct TestTree(Mutex<BTreeMap<OfficeId, Anchor>>);

impl TestTree {
    /// All but the stranger, each with its own key.
    pub(crate) fn with_offices() -> Arc<Self> {
        let tree = Arc::new(Self::default());
        for office in [PARENT, CHILD, SIBLING] {
            tree.open(office, signing(office).public());
        }
        tree
    }

    pub(crate) fn open(&self, office: OfficeId, key: PublicKey) {
        self.0.lock().unwrap().insert(office, Anchor::Open(key));
    }

    pub(crate) fn close(&self, office: OfficeId) {
        self.0.lock().unwrap().insert(office, Anchor::Closed);
    }
}

impl Anchors for TestTree {
    fn anchor(&self, office: OfficeId) -> Option<Anchor> {
        self.0.lock().unwrap().get(&office).copied()
    }
}

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Time {
        NOW
    }

    fn floor(&self) -> Time {
        Time(0)
    }
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(Stopped)
}

pub(crate) fn trust(office: OfficeId, tree: &Arc<TestTree>) -> Trust {
    Trust {
        tree: TREE,
        identity: CurrentIdentity::new(identity(office, 1)),
        anchors: Arc::clone(tree) as Arc<dyn Anchors>,
        clock: clock(),
    }
}

/// A listener of the parent that serves until it is stopped or dropped.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    pub(crate) watch: ListenerWatch,
    pub(crate) tree: Arc<TestTree>,
    pub(crate) trust: Trust,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<Result<(), ListenerError>>,
}

pub(crate) const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(crate) async fn serving(limits: ListenerLimits, routes: Routes) -> Serving {
    let listener = Listener::bind(LOOPBACK, limits).await.unwrap();
    serving_on(listener, routes).unwrap()
}

pub(crate) fn serving_on(listener: Listener, routes: Routes) -> io::Result<Serving> {
    let tree = TestTree::with_offices();
    let trust = trust(PARENT, &tree);
    let (address, watch) = (listener.address()?, listener.watch());
    let (stop, stopped) = oneshot::channel();
    let served = trust.clone();
    let task = tokio::spawn(async move {
        let stop = async { stopped.await.unwrap_or_default() };
        listener.serve(routes, &served, stop).await
    });
    Ok(Serving {
        address,
        watch,
        tree,
        trust,
        stop,
        task,
    })
}

impl Serving {
    pub(crate) fn link_address(&self) -> LinkAddress {
        self.address.to_string().parse().unwrap()
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        soon(self.task).await.unwrap().unwrap();
    }
}

/// What comes about soon, or the test fails.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(SOON, what).await.expect("it takes too long")
}

/// Waits until something is so.
pub(crate) async fn until(what: impl Fn() -> bool) {
    soon(async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
