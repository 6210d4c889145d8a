//! A running township below a county, over a store in memory, served on its
//! socket.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use terrace_catalog::shipped;
use terrace_desk::Book;
use terrace_model::{Batch, Change, Epoch, Fact, Key, Level, Office, OfficeId, Own};
use terrace_node::config::Health;
use terrace_node::door::{Door, Randomness, Setup, SheetLimits};
use terrace_node::lifecycle::civil_day;
use terrace_node::machine::{BatchLimits, Constants, Moment, Sample, WINDOW_SLACK_BYTES};
use terrace_node::office::Start;
use terrace_store::disk::SimDisk;
use terrace_store::kv::MemoryKv;
use terrace_store::{EmbeddedStore, Profile, Store, StoreReader};
use terrace_wire::proto::office_client::OfficeClient;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::transport::Channel;

use super::rig::{NOW, TREE, signing};
use crate::ProgramSocket;
use crate::program::{self, service};

pub(crate) const COUNTY: OfficeId = OfficeId(0xa1);
pub(crate) const TOWN: OfficeId = OfficeId(0xc1);
pub(crate) const VILLAGE: OfficeId = OfficeId(0xd1);

/// An office on its socket, until it is dropped.
pub(crate) struct Served {
    pub(crate) client: OfficeClient<Channel>,
    pub(crate) reader: StoreReader,
    _stop: oneshot::Sender<()>,
    _task: JoinHandle<Result<(), tonic::transport::Error>>,
    _folder: TempDir,
}

fn offices() -> [Office; 3] {
    let office = |id, code: &str, level, parent| Office {
        id,
        code: code.parse().unwrap(),
        name: format!("office {code}"),
        level,
        parent,
        key: Some(signing(id).public()),
    };
    [
        office(COUNTY, "360827", Level::County, None),
        office(TOWN, "360827001", Level::Township, Some(COUNTY)),
        office(VILLAGE, "360827001001", Level::Village, Some(TOWN)),
    ]
}

fn store() -> EmbeddedStore {
    let (disk, view) = (Arc::new(SimDisk::new(7)), Box::new(MemoryKv::default()));
    let (folder, options) = (Path::new("/office"), Profile::Tiny.options());
    let mut store = EmbeddedStore::create_on(disk, folder, view, options, 7).unwrap();
    let own = Own {
        id: TOWN,
        tree: TREE,
    };
    let mut batch = Batch::default();
    batch.changes.push(Change::keep(Key::Own, Fact::Own(own)));
    for office in offices() {
        let key = Key::Office(office.id);
        batch.changes.push(Change::keep(key, Fact::Office(office)));
    }
    store.commit(batch).unwrap();
    store
}

fn counting() -> Randomness {
    let next = AtomicU64::new(1_000);
    Arc::new(move |bytes: &mut [u8]| {
        let number = next.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (byte, from) in bytes.iter_mut().zip(number.iter().cycle()) {
            *byte = *from;
        }
    })
}

/// A door into the running township.
pub(crate) fn door(change: impl FnOnce(&mut Setup)) -> (Door<StoreReader>, StoreReader) {
    let store = store();
    let reader = store.reader();
    let entropy = counting();
    let start = Start {
        constants: Constants {
            me: TOWN,
            epoch: Epoch::FIRST,
            key: Arc::new(signing(TOWN)),
            book: Arc::new(Book::new(shipped())),
            limits: terrace_sync::Limits::default(),
            batch: BatchLimits::default(),
            window_slack_bytes: WINDOW_SLACK_BYTES,
            version: "0.1.0".into(),
        },
        store,
        close: EmbeddedStore::close,
        clocks: Arc::new(|| Moment {
            now: NOW,
            wall: NOW,
            today: civil_day(NOW),
        }),
        entropy: Box::new(move |bytes| entropy(bytes)),
        sample: Sample {
            disk_free_bytes: 1 << 40,
            certificate_days: 60,
        },
    };
    let (office, _end) = terrace_node::Office::start(start).unwrap();
    let mut setup = Setup {
        tree: TREE,
        key: signing(TOWN).fingerprint(),
        link: Some("town.example:7443".parse().unwrap()),
        version: "0.1.0".into(),
        silent_after: Health::default().silent_after,
        sheets: SheetLimits::default(),
        randomness: counting(),
    };
    change(&mut setup);
    (Door::new(office, reader.clone(), setup), reader)
}

/// The township on a socket of its own.
pub(crate) async fn served(change: impl FnOnce(&mut Setup)) -> Served {
    let (door, reader) = door(change);
    let folder = TempDir::with_prefix_in("t", "/tmp").unwrap();
    let socket = ProgramSocket::bind(folder.path()).unwrap();
    let (stop, stopped) = oneshot::channel();
    let stop_when = async { stopped.await.unwrap_or_default() };
    let routes = Routes::new(service(door));
    let task = tokio::spawn(socket.serve(routes, stop_when));
    let client = program::connect(folder.path()).await.unwrap();
    Served {
        client,
        reader,
        _stop: stop,
        _task: task,
        _folder: folder,
    }
}
