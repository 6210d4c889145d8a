//! Folders to bring offices up in, and a source of randomness that is none.

mod home;
mod init;
mod join;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use terrace_model::{Level, Office, OfficeId, Time, TreeId};
use terrace_pki::{CertificateTime, Fingerprint, Invitation, SigningKey, Token};
use terrace_wire::EnrolReply;

use super::*;
use crate::config::{Config, Profile};

const TREE: TreeId = TreeId(0x7ee);
const TOP: OfficeId = OfficeId(0x70);
const PARENT: OfficeId = OfficeId(0xa1);
const CHILD: OfficeId = OfficeId(0xc1);

/// A folder that is not there yet, and one above it that goes with the test.
struct Place {
    above: TempDir,
    folder: PathBuf,
}

fn place() -> Place {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("office");
    Place { above, folder }
}

/// Other bytes for each seed and each time it is asked.
fn entropy(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut count = 0_u8;
    move |to| {
        count += 1;
        let bytes = terrace_model::Hash::of(&[&[seed, count]]).0;
        to.copy_from_slice(&bytes[..to.len()]);
    }
}

/// A clock that stands.
struct Noon;

impl terrace_pki::Clock for Noon {
    fn now(&self) -> Time {
        Time(1_795_478_400_000)
    }

    fn floor(&self) -> Time {
        Time(0)
    }
}

fn listen(text: &str) -> Listening {
    Listening {
        listen: Some(text.parse().unwrap()),
        public: None,
    }
}

fn top() -> Init {
    Init {
        code: "3608".parse().unwrap(),
        name: "吉安市".into(),
        level: Level::Prefecture,
        listening: Listening::default(),
        profile: Some(Profile::Tiny),
    }
}

fn signing(office: OfficeId) -> SigningKey {
    let [number, ..] = office.0.to_le_bytes();
    SigningKey::from_randomness(&[number; 32])
}

fn invitation() -> Invitation {
    Invitation {
        code: "360827101".parse().unwrap(),
        name: "泉江镇".into(),
        level: Level::Township,
        office: CHILD,
        tree: TREE,
        parent: PARENT,
        token: Token::new([0xab; 16]),
        expires: Time(1_795_564_800_000),
        parent_key: Fingerprint::of(&signing(PARENT).public()),
        link: "parent.example:7443".parse().unwrap(),
    }
}

fn invited(invitation: Invitation) -> Join {
    Join {
        invitation,
        parent: None,
        listening: Listening::default(),
        profile: Some(Profile::Tiny),
    }
}

/// What the parent answers to this office.
fn answer(joining: &Joining) -> EnrolReply {
    let invitation = joining.invitation();
    let key = terrace_pki::claim_of(joining.identity().chain())
        .unwrap()
        .key;
    let office = |id, code: &str, level, parent, key| Office {
        id,
        code: code.parse().unwrap(),
        name: format!("office {code}"),
        level,
        parent,
        key: Some(key),
    };
    let top = office(TOP, "3608", Level::Prefecture, None, signing(TOP).public());
    let county = signing(PARENT).public();
    EnrolReply {
        tree: invitation.tree,
        parent: office(PARENT, "360827", Level::County, Some(TOP), county),
        ancestors: vec![top],
        office: office(
            invitation.office,
            invitation.code.as_str(),
            invitation.level,
            Some(PARENT),
            key,
        ),
        now: Time(0),
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A file or folder as it is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct AsItIs {
    path: PathBuf,
    mode: u32,
    changed: (i64, i64),
    content: Vec<u8>,
}

/// Everything in a folder.
fn all_of(folder: &Path) -> Vec<AsItIs> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let about = fs::symlink_metadata(&path).unwrap();
        let content = if about.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            Vec::new()
        } else {
            fs::read(&path).unwrap()
        };
        found.push(AsItIs {
            path,
            mode: about.mode(),
            changed: (about.ctime(), about.ctime_nsec()),
            content,
        });
    }
    found.sort();
    found
}

fn refused<T: core::fmt::Debug>(result: Result<T, BringUpError>) -> Refusal {
    match result {
        Err(BringUpError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Puts something that is in the way of a step of bringing up, and takes it away
/// again.
struct Obstacle(PathBuf);

impl Obstacle {
    fn at(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        fs::create_dir_all(path.join("in the way")).unwrap();
        Self(path)
    }

    fn gone(self) {
        fs::remove_dir_all(self.0).unwrap();
    }
}
