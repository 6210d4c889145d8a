use std::fs;
use std::io::Cursor;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use terrace_wire::proto;
use terrace_wire::{Refusal, RefusalCode};

use super::fake::{Running, Says};
use super::{Given, Ran};

fn office(joined: &[&str]) -> Running {
    let own = proto::OwnStatus {
        code: "3608".into(),
        name: "吉安市".into(),
        level: proto::Level::Prefecture as i32,
        version: "0.1.0".into(),
        catalog: "new-strata@1".into(),
    };
    let status = proto::StatusReply {
        office: Some(own),
        offices: Vec::new(),
    };
    Running::start(Says {
        status: [status].into(),
        joined: joined.iter().map(|&code| code.to_owned()).collect(),
        warnings: vec!["the code is unusual".into()],
        ..Says::default()
    })
}

fn asked(code: &str, name: &str, millis: Option<u64>) -> String {
    let asked = proto::InviteRequest {
        code: code.into(),
        name: name.into(),
        level: proto::Level::County as i32,
        valid_for_millis: millis,
    };
    format!("{asked:?}")
}

#[test]
fn an_invitation_stands_alone_on_the_last_line() {
    let office = office(&[]);
    let line = "invite 360827 --name 遂川县 --level county --valid-for 7d";
    for given in [Given::line(line), Given::line(line).on_terminal()] {
        let Ran { exit, out, err } = given.at(office.folder()).run();
        assert_eq!((exit, out.as_str()), (0, "terrace1.360827\n"));
        assert_eq!(err, "warning: the code is unusual\n");
    }
    let week = Some(7 * 24 * 60 * 60 * 1000);
    assert_eq!(office.calls()[0], asked("360827", "遂川县", week));
}

#[test]
fn one_office_or_a_sheet_is_invited() {
    for line in [
        "invite",
        "invite 360827",
        "invite 360827 --name n",
        "invite 360827 --name n --level town",
        "invite 3 --name n --level county",
        "invite 360827 --name n --level county --valid-for soon",
        "invite 360827 --name n --level county --out d",
        "invite 360827 --from f --out d",
        "invite --from f",
        "invite --out d",
        "invite --from f --out d --name n",
    ] {
        let given = Given::line(line).arg("--data").arg("/tmp");
        assert_eq!(given.run().exit, 2, "{line}");
    }
}

fn from(sheet: &str, out: &Path, office: &Running) -> Ran {
    let given = Given::line("invite --from - --out").arg(out);
    given
        .stdin(Cursor::new(sheet.to_owned()))
        .at(office.folder())
        .run()
}

#[test]
fn a_sheet_makes_a_file_for_each_office_below_and_skips_the_others() {
    let office = office(&[]);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a/b");
    let sheet = "code,name,level,parent\n3608,吉安市,prefecture,\n360802,吉州区,county,3608\n\
                 360802001,街道,township,360802\n360827,遂川县,county,3608\n";
    let ran = from(sheet, &out, &office);
    let at = |name: &str| out.join(name).display().to_string();
    let rows = format!(
        "{{\"rows\":[{{\"code\":\"360802\",\"file\":\"{}\"}},\
         {{\"code\":\"360827\",\"file\":\"{}\"}}]}}\n",
        at("360802.txt"),
        at("360827.txt")
    );
    assert_eq!((ran.exit, ran.out), (0, rows), "{}", ran.err);
    assert!(ran.err.contains("2 rows skipped"), "{}", ran.err);
    assert_eq!(
        fs::read_to_string(at("360827.txt")).unwrap(),
        "terrace1.360827\n"
    );
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&out), mode(&out.join("360827.txt"))), (0o700, 0o600));
    assert_eq!(
        office.calls()[1..],
        [
            asked("360802", "吉州区", None),
            asked("360827", "遂川县", None)
        ]
    );
}

#[test]
fn who_has_joined_does_not_stop_the_others() {
    let office = office(&["360802"]);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("360827.txt"), "void").unwrap();
    let sheet = "code,name,level\n360802,吉州区,county\n360827,遂川县,county\n";
    let ran = from(sheet, folder.path(), &office);
    assert_eq!(ran.exit, 3);
    assert!(
        ran.err.contains("360802: office 360802 has joined already"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.contains("360827.txt") && !ran.out.contains("360802.txt"),
        "{}",
        ran.out
    );
    let invitation = fs::read_to_string(folder.path().join("360827.txt"));
    assert_eq!(invitation.unwrap(), "terrace1.360827\n");
}

#[test]
fn what_is_refused_for_all_is_said_once() {
    let office = Running::refusing(Refusal {
        todo: Some("write link = … into terrace.toml".into()),
        ..Refusal::new(RefusalCode::Content, "this office does not listen")
    });
    let folder = tempfile::tempdir().unwrap();
    let row = |at: u32| format!("{},甲,county\n", 360_800 + at);
    let sheet: String = (0..50).map(row).collect();
    let ran = from(&format!("code,name,level\n{sheet}"), folder.path(), &office);
    assert_eq!(ran.exit, 3);
    assert_eq!(office.calls().len(), 2);
    assert!(
        ran.err
            .ends_with("what to do: write link = … into terrace.toml\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_sheet_with_faults_invites_nobody() {
    let office = office(&[]);
    let folder = tempfile::tempdir().unwrap();
    let ran = from(
        "code,name,level\n360827,遂川县,county\n36,,parish\n",
        folder.path(),
        &office,
    );
    assert_eq!((ran.exit, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("line 3 level \"parish\""), "{}", ran.err);
    assert_eq!(office.calls(), [""; 0]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
