use std::path::Path;

use tempfile::TempDir;
use terrace_model::{Batch, Change, Fact, Key, Level, OfficeId, Own, TreeId};
use terrace_pki::Invitation;
use terrace_store::{Profile, StoreOptions, disk::SimDisk, kv::MemoryKv};
use terrace_sync::Frame;

use super::*;
use crate::bringup::{Init, Listening, init};
use crate::config::{self, Config, Limits, Link, Store as StoreSettings};
use crate::door::NewOffice;
use crate::lifecycle::system_randomness;

/// A top office that was made with a tiny store, and then was given settings.
fn opened(place: &TempDir, settings: &Config) -> Home {
    let folder = place.path().join("office");
    let randomness = system_randomness().unwrap();
    let top = Init {
        code: "3608".parse().unwrap(),
        name: "吉安市".into(),
        level: Level::Prefecture,
        listening: Listening::default(),
        profile: Some(config::Profile::Tiny),
    };
    init(&folder, top, &mut |bytes| randomness(bytes)).unwrap();
    std::fs::write(folder.join(config::FILE_NAME), settings.to_text()).unwrap();
    Home::open(&folder, 1).unwrap()
}

async fn invites(door: &Door<StoreReader>) -> Invitation {
    let child = NewOffice {
        code: "360827".into(),
        name: "遂川县".into(),
        level: Some(Level::County),
        valid_for_millis: None,
    };
    door.invite(child).await.unwrap().word.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_hear_of_the_address_and_the_limit_in_the_settings() {
    let listen: Option<LinkAddress> = "127.0.0.1:7443".parse().ok();
    let public: Option<LinkAddress> = "county.example:443".parse().ok();
    for (public, invited_to, link_bytes) in [
        (public.clone(), public, 2 << 20),
        (None, listen.clone(), 300 << 10),
    ] {
        let settings = Config {
            link: Link {
                listen: listen.clone(),
                public,
                parent: None,
            },
            limits: Limits {
                link_bytes,
                ..Limits::default()
            },
            ..Config::default()
        };
        let place = tempfile::tempdir().unwrap();
        let home = opened(&place, &settings);
        let (clock, randomness) = (Arc::new(SystemClock::start()), system_randomness());
        let running = Running::start(home, &clock, randomness.unwrap()).unwrap();
        let invitation = invites(&running.door).await;
        assert_eq!(Some(&invitation.link), invited_to.as_ref());
        let mut port = running.office.open_link(invitation.office).await.unwrap();
        let said = port.outbox.recv().await;
        let Some(Frame::Hello(hello)) = said else {
            panic!("{said:?}");
        };
        assert_eq!(hello.credit_bytes, link_bytes);
        running.office.stop().await;
        running.end.wait().await.unwrap();
    }
}

/// Bytes of the largest file of the log.
fn largest_segment(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder.join("log")).unwrap();
    let bytes = files.map(|file| file.unwrap().metadata().unwrap().len());
    bytes.max().unwrap()
}

#[test]
fn a_store_is_of_the_size_in_the_settings() {
    for (named, profile) in [
        (config::Profile::Tiny, Profile::Tiny),
        (config::Profile::Township, Profile::Township),
    ] {
        let settings = Config {
            store: StoreSettings { profile: named },
            ..Config::default()
        };
        let place = tempfile::tempdir().unwrap();
        let mut home = opened(&place, &settings);
        // As much as a segment of the size that it was made with holds.
        let mut left = Profile::Tiny.options().segment_bytes;
        while left > 0 {
            let change = Change::keep(Key::Own, Fact::Own(home.own.clone()));
            let (pages, changes) = (Vec::new(), vec![change; 2_000]);
            home.store.commit(Batch { pages, changes }).unwrap();
            left = left.saturating_sub(2_000 * 8);
        }
        let expected = profile.options().segment_bytes;
        assert_eq!(largest_segment(&home.folder), expected, "{named}");
        home.store.close().unwrap();
    }
}

#[test]
fn a_snapshot_is_taken_each_time_the_log_has_grown_and_no_sooner() {
    let options = StoreOptions {
        snapshot_bytes: 2_000,
        ..Profile::Tiny.options()
    };
    let (disk, view) = (Arc::new(SimDisk::new(7)), Box::new(MemoryKv::default()));
    let folder = Path::new("/office");
    let mut store = EmbeddedStore::create_on(disk, folder, view, options, 1).unwrap();
    let snapshots = store.snapshots().clone();
    let mut taken = Vec::new();
    for number in 0..100 {
        let own = Own {
            id: OfficeId(number),
            tree: TreeId(9),
        };
        let changes = vec![Change::keep(Key::Own, Fact::Own(own))];
        let pages = Vec::new();
        store.commit(Batch { pages, changes }).unwrap();
        let before = snapshots.newest();
        let is_taken = snapshot_if_due(&snapshots).unwrap();
        assert_eq!(is_taken, snapshots.newest() != before);
        if is_taken {
            taken.push(number);
        }
    }
    assert!((2..20).contains(&taken.len()), "{taken:?}");
    assert!(taken[0] > 2, "{taken:?}");
}
