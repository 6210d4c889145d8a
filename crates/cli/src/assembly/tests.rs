use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;
use terrace_model::{Level, PublicKey, Time};
use terrace_node::bringup::{self, Init, Invitation, Listening};
use terrace_node::config::Profile;
use terrace_node::door::{Form, NewOffice, Start};
use terrace_node::lifecycle::system_randomness;
use terrace_wire::EnrolRequest;

use super::*;

const DAY_MILLIS: i64 = 86_400_000;

/// More than the log of the smallest store grows between two snapshots: some
/// 5 MiB.
fn sheet() -> String {
    let row = |number: usize| {
        let topic = "征求意见".repeat(25);
        format!("m{number},{topic},2024-02-01,3\n")
    };
    let rows: String = (0..8_000).map(row).collect();
    format!("id,topic,held_on,attendance\n{rows}")
}

async fn keeps(door: &Door<StoreReader>) {
    let start = Start {
        kind: "meeting".to_owned(),
        form: Form::Csv,
        keep_good: false,
        dry_run: false,
    };
    let mut import = door.import("clerk", start).await.unwrap();
    assert!(import.push(sheet().as_bytes()));
    assert_eq!(import.finish().await.unwrap().kept, 8_000);
}

/// Takes in one more child, by which what the office has to say of itself is
/// new: otherwise it says the same once a day.
async fn joined(door: &Door<StoreReader>, number: usize) {
    let child = NewOffice {
        code: format!("3608{number:02}"),
        name: "遂川县".into(),
        level: Some(Level::County),
        valid_for_millis: None,
    };
    let word = door.invite(child).await.unwrap().word;
    let invitation: Invitation = word.parse().unwrap();
    let request = EnrolRequest {
        office: invitation.office,
        token: *invitation.token.bytes(),
        key: PublicKey([7; 32]),
    };
    door.enrol(request).await.unwrap();
}

/// How long the certificate is good, as the office says of itself.
async fn certificate_days(door: &Door<StoreReader>) -> Option<i32> {
    let status = door.status().await.unwrap();
    status.offices[0].certificate_days
}

fn snapshots(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("snapshot")).map_or(0, Iterator::count)
}

/// What looks after an office is told of by nobody: that it does is seen by the
/// office's own status, and in its folder.
#[tokio::test(start_paused = true)]
async fn an_office_that_runs_renews_its_certificate_takes_snapshots_and_is_measured() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("office");
    let randomness = system_randomness().unwrap();
    let top = Init {
        code: "3608".parse().unwrap(),
        name: "吉安市".into(),
        level: Level::Prefecture,
        listening: Listening {
            listen: "127.0.0.1:0".parse().ok(),
            public: None,
        },
        profile: Some(Profile::Tiny),
    };
    bringup::init(&folder, top, &mut |bytes| randomness(bytes)).unwrap();
    let home = Home::open(&folder, 1).unwrap();
    let (clock, stop) = (Arc::new(SystemClock::start()), Stop::default());
    let office = assemble(home, &clock, &randomness, &stop).await.unwrap();
    assert_eq!(snapshots(&folder), 0);

    keeps(&office.door).await;
    // A parent has stated a time by which a month of it is left at most; of the
    // next one there is more left today than any has from its own first day.
    clock.raise_floor(Time(clock.moment().wall.0 + 70 * DAY_MILLIS));
    let late = Instant::now() + Duration::from_secs(20);
    for number in 0.. {
        let (days, taken) = (certificate_days(&office.door).await, snapshots(&folder));
        if days > Some(100) && taken > 0 {
            break;
        }
        assert!(
            Instant::now() < late,
            "it says {days:?} days, and there are {taken} snapshots"
        );
        if number < 100 {
            joined(&office.door, number).await;
        }
        // The clock of the test goes on by as much whenever all wait.
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    stop.ask();
    office.run(&stop).await.unwrap();
}
