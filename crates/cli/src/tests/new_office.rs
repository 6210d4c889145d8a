use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use terrace_node::bringup::{Home, OpenError};
use terrace_node::config::Profile;

use super::{Given, Ran};

/// The invitation of the pki crate's tests: it never changes, and its hour has
/// passed.
pub(crate) const INVITATION: &str = concat!(
    "terrace1.AQEDAAAAAAAAAQIAAAAAAAADBAAAAAAAAAUGBwcHBwcHBwcHBwcHBwcHBwAAAYvP5WgACAgICAgI",
    "CAgICAgICAgICAgICAgICAgICAgICAgICAgABjM2MDgyNwARbGluay5leGFtcGxlOjc0NDMACemBguW3neWO",
    "vwkxhcY",
);

const INIT: &str = "init --code 3608 --name 吉安市 --level prefecture --profile tiny";

fn place() -> (TempDir, PathBuf) {
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("office");
    (above, folder)
}

fn field(out: &str, name: &str) -> serde_json::Value {
    let told: serde_json::Value = serde_json::from_str(out).unwrap();
    told[name].clone()
}

/// Where nobody answers: the port was free a moment ago.
fn nobody() -> String {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap().to_string()
}

fn join(folder: &Path) -> Given<'static> {
    let line = format!("join {INVITATION} --profile tiny --parent {}", nobody());
    Given::line(&line).at(folder)
}

#[test]
fn a_top_office_is_made_once() {
    let (_above, folder) = place();
    let line = format!("{INIT} --link 127.0.0.1:0");
    let Ran { exit, out, err } = Given::line(&line).at(&folder).run();
    assert_eq!(exit, 0, "{err}");
    let next = format!("next: terrace serve --data {}\n", folder.display());
    assert_eq!(err, next);
    let home = Home::open(&folder, 1).unwrap();
    assert_eq!(field(&out, "id"), home.own.id.to_string());
    assert_eq!(field(&out, "tree"), home.own.tree.to_string());
    assert_eq!(field(&out, "code"), "3608");
    assert_eq!(field(&out, "name"), "吉安市");
    assert_eq!(field(&out, "level"), "prefecture");
    assert!(field(&out, "parent").is_null() && field(&out, "public").is_null());
    let listen = home.config.link.listen.clone().unwrap();
    assert_eq!(field(&out, "link"), listen.to_string());
    assert_eq!(home.config.store.profile, Profile::Tiny);
    drop(home);

    let again = Given::line(INIT).at(&folder).run();
    assert_eq!((again.exit, again.out.as_str()), (3, ""));
    assert!(
        again.err.contains("already holds an office"),
        "{}",
        again.err
    );
    let joined = join(&folder).run();
    assert_eq!((joined.exit, joined.out.as_str()), (3, ""));
}

#[test]
fn a_person_is_told_in_a_sentence() {
    for (lang, says, dialled) in [
        (
            "en",
            "3608 吉安市 (prefecture) is in ",
            "its children dial a.example:443",
        ),
        ("zh", "3608 吉安市（地级）在 ", "下级连接 a.example:443"),
    ] {
        let (_above, folder) = place();
        let line = format!("{INIT} --link 0.0.0.0:0 --public a.example:443 --lang {lang}");
        let Ran { exit, out, err } = Given::line(&line).at(&folder).on_terminal().run();
        assert_eq!(exit, 0, "{err}");
        assert_eq!(out, format!("{says}{}\n{dialled}\n", folder.display()));
    }
}

#[test]
fn what_is_wrong_on_the_command_line_is_2_and_makes_nothing() {
    let (above, folder) = place();
    for line in [
        "init --code 3 --name n --level county",
        "init --code 3608 --name n --level emperor",
        "init --code 3608 --level county",
        "init --code 3608 --name n --level county --link 127.0.0.1",
        "init --code 3608 --name n --level county --link 0.0.0.0:7443",
        "init --code 3608 --name n --level county --public a.example:1",
        "init --code 3608 --name n --level county --console 127.0.0.1:0",
        "init --code 3608 --name n --level county --profile huge",
        "init --code 3608 --name n --level county --format csv",
        "join",
        "join hello",
        "join terrace1.AAAA",
        "join terrace1.AAAA --parent x",
    ] {
        let Ran { exit, out, err } = Given::line(line).at(&folder).run();
        assert_eq!((exit, out.as_str()), (2, ""), "{line}: {err}");
        assert!(!err.is_empty(), "{line}");
    }
    let nameless = Given::line("init --code 3608 --level county --name")
        .arg(" ")
        .at(&folder);
    assert_eq!(nameless.run().exit, 2);
    assert_eq!(Given::line(INIT).run().exit, 2);
    assert!(fs::read_dir(above.path()).unwrap().next().is_none());
}

#[test]
fn a_folder_that_cannot_be_made_is_a_fault() {
    let (_above, folder) = place();
    fs::write(&folder, "text").unwrap();
    let Ran { exit, err, .. } = Given::line(INIT).at(&folder).run();
    assert_eq!(exit, 1);
    assert!(err.contains(&folder.display().to_string()), "{err}");
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), "text").unwrap();
    let Ran { exit, err, .. } = Given::line(INIT).at(&folder).run();
    assert_eq!(exit, 3);
    assert!(
        err.contains("letter.txt") && err.contains("what to do"),
        "{err}"
    );
}

#[test]
fn a_parent_that_cannot_be_reached_is_4_and_joining_can_go_on() {
    let (_above, folder) = place();
    let Ran { exit, out, err } = join(&folder).run();
    assert_eq!((exit, out.as_str()), (4, ""), "{err}");
    assert!(
        err.starts_with("joining as 360827 遂川县, dialling 127.0.0.1:"),
        "{err}"
    );
    assert!(
        err.contains("cannot be reached") && err.contains("check the clock"),
        "{err}"
    );
    let unfinished = Home::open(&folder, 1).unwrap_err();
    assert!(matches!(
        unfinished,
        OpenError::Unfinished { begun: "join", .. }
    ));
    let key = fs::read(folder.join("keys/signing.pk8")).unwrap();
    assert_eq!(Given::line(INIT).at(&folder).run().exit, 3);

    // From a file, with what an editor puts around it.
    let line = format!("join - --profile tiny --parent {}", nobody());
    let utf16 = INVITATION.encode_utf16().flat_map(u16::to_le_bytes);
    let utf16 = [0xff, 0xfe].into_iter().chain(utf16).collect::<Vec<u8>>();
    let other = Given::line(&line)
        .at(&folder)
        .stdin(Cursor::new(utf16))
        .run();
    assert_eq!(other.exit, 2, "{}", other.err);
    assert!(other.err.contains("not UTF-8 text"), "{}", other.err);
    let pasted = Cursor::new(format!("\u{feff}\n {INVITATION}\r\n"));
    let again = Given::line(&line).at(&folder).stdin(pasted).run();
    assert_eq!(again.exit, 4, "{}", again.err);
    assert!(
        again.err.starts_with("going on with the join"),
        "{}",
        again.err
    );
    assert_eq!(fs::read(folder.join("keys/signing.pk8")).unwrap(), key);
}

#[test]
fn an_invitation_is_never_shown_again() {
    let (_above, folder) = place();
    let mistyped = format!("{}A{}", &INVITATION[..60], &INVITATION[61..]);
    for line in [
        format!("join {mistyped}"),
        format!("join {INVITATION} --parent {}", nobody()),
        format!("join {INVITATION}x"),
    ] {
        let Ran { exit, out, err } = Given::line(&line).at(&folder).run();
        assert_ne!(exit, 0);
        assert!(
            out.is_empty() && !err.contains(&INVITATION[10..40]),
            "{err}"
        );
    }
    let endless = std::io::repeat(b'A');
    assert_eq!(
        Given::line("join -").at(&folder).stdin(endless).run().exit,
        2
    );
}
