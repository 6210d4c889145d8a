//! 1. Offices are brought up by pasting one invitation per child.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::rig::{
    COUNTY, Kept, LONG, Office, PREFECTURE, Ran, TOWNSHIP, Tree, Turn, finds, made_by, name_of,
    started, terrace, until,
};

fn joins(invitation: &str, folder: &Path) -> Ran {
    terrace(&format!("join {invitation} --data {}", folder.display()))
}

fn socket_of(office: &Office) -> bool {
    let found = fs::symlink_metadata(office.folder().join("terrace.sock"));
    found.is_ok_and(|found| found.file_type().is_socket())
}

#[test]
fn three_processes_become_a_tree_by_one_invitation_each() {
    let tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    let status = tree.at(PREFECTURE).does("status").json();
    assert_eq!(
        status["office"],
        json!({"code": PREFECTURE, "name": "吉安市", "level": "prefecture",
            "version": "0.1.0", "catalog": "new-strata@1"})
    );
    let states = tree.states();
    let of = |code: &str| {
        let row = &states[code];
        let text = |field: &str| row[field].as_str().map(str::to_owned);
        assert_eq!(row["behind"], json!({"entries": 0, "bytes": 0}), "{row}");
        assert!(text("last_heard").is_some(), "{row}");
        (text("parent"), text("level"), text("state"))
    };
    let some = |text: &str| Some(text.to_owned());
    let live = || some("live");
    assert_eq!(of(PREFECTURE), (None, some("prefecture"), live()));
    assert_eq!(of(COUNTY), (some(PREFECTURE), some("county"), live()));
    assert_eq!(of(TOWNSHIP), (some(COUNTY), some("township"), live()));
    // Each shows itself and what is below it, and nothing above.
    let seen = |code: &str| -> BTreeSet<String> {
        let status = tree.at(code).does("status").json();
        let rows = status["offices"].as_array().unwrap().iter();
        rows.map(|row| row["code"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(seen(COUNTY), [COUNTY, TOWNSHIP].map(String::from).into());
    assert_eq!(seen(TOWNSHIP), [TOWNSHIP].map(String::from).into());
}

#[test]
fn an_invitation_is_one_word_on_the_last_line_and_join_starts_nothing() {
    let tree = Tree::of(&[PREFECTURE]);
    let line = format!(
        "invite {COUNTY} --name {} --level county --format table",
        name_of(COUNTY)
    );
    let ran = tree.at(PREFECTURE).does(&line);
    let invitation = ran.out.lines().last().unwrap();
    assert!(invitation.starts_with("terrace1."), "{invitation}");
    assert!(invitation.len() < 1000);
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    assert!(invitation.chars().all(plain), "{invitation}");
    let folder = tree.home().join("county");
    let joined = joins(invitation, &folder).done();
    let mode = fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(joined.err.contains("terrace serve --data"), "{joined:?}");
    let asked = Instant::now();
    let office = Office::in_folder(folder);
    let ran = office.run("status").ended(4);
    assert!(asked.elapsed() < Duration::from_secs(1));
    ran.said(&format!(
        "terrace serve --data {}",
        office.folder().display()
    ));
    // A code that is not its parent's is warned about, and not refused.
    let odd = tree.at(PREFECTURE);
    let odd = odd.does("invite 429021 --name 神农架 --level county");
    assert!(odd.err.contains("does not begin with"), "{odd:?}");
    assert!(odd.word().starts_with("terrace1."));
}

/// The 32 secret bytes in each key file, by the name of the file.
fn secrets(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut secrets = Vec::new();
    for entry in fs::read_dir(folder.join("keys")).unwrap() {
        let path = entry.unwrap().path();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
        let bytes = fs::read(&path).unwrap();
        // PKCS #8 holds the key as an OCTET STRING of 32 bytes.
        let at = bytes.windows(2).position(|two| two == [4, 32]).unwrap();
        let secret = bytes[at + 2..at + 34].to_vec();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        secrets.push((name, secret));
    }
    secrets
}

#[test]
fn keys_are_made_by_each_office_and_never_leave_its_folder() {
    let tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    tree.at(TOWNSHIP)
        .does("record put unit name=乡镇企业办公室");
    let mut all = BTreeSet::new();
    let folders = tree.offices().map(|(code, office)| {
        let cmdline = fs::read(format!("/proc/{}/cmdline", office.pid())).unwrap();
        let environ = fs::read(format!("/proc/{}/environ", office.pid())).unwrap();
        let said = tree.said().as_bytes().to_vec();
        let elsewhere = [office.log().into_bytes(), cmdline, environ, said].concat();
        (code, Kept::of(office.folder()), elsewhere)
    });
    let folders: Vec<_> = folders.collect();
    let around = Kept::of(tree.home());
    for (code, office) in tree.offices() {
        let secrets = secrets(office.folder());
        let names: Vec<_> = secrets.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), 2, "a key for seals and one for transport");
        for (name, secret) in &secrets {
            assert!(all.insert(secret.clone()), "{code} shares {name}");
            let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            for (other, kept, elsewhere) in &folders {
                let own = office.folder().join("keys").join(name);
                let expected = if *other == code {
                    vec![own.as_path()]
                } else {
                    vec![]
                };
                assert_eq!(kept.files_with(secret), expected, "{name} of {code}");
                assert_eq!(kept.files_with(hex.as_bytes()), Vec::<&Path>::new());
                assert!(!finds(elsewhere, secret) && !finds(elsewhere, hex.as_bytes()));
            }
            // Nor is there a copy beside the folders.
            let own = office.folder().join("keys").join(name);
            assert_eq!(around.files_with(secret), [own.as_path()]);
            assert_eq!(around.files_with(hex.as_bytes()), Vec::<&Path>::new());
        }
    }
}

#[test]
fn an_invitation_is_good_once_and_a_later_one_voids_it() {
    let tree = Tree::of(&[PREFECTURE]);
    let first = tree.invites(PREFECTURE, COUNTY);
    let second = tree.invites(PREFECTURE, COUNTY);
    let at = |name: &str| tree.home().join(name);
    let voided = joins(&first, &at("voided")).ended(3);
    voided.said("replaced").said("terrace invite");
    joins(&second, &at("county")).done();
    let used = joins(&second, &at("used")).ended(3);
    let invites = format!(
        "terrace invite {COUNTY} --name {} --level county",
        name_of(COUNTY)
    );
    let used = used.said("used already").said(&invites);
    // What TLS made of it is nothing that an operator can do anything about.
    for word in ["Alert", "Certificate", "TLS"] {
        assert!(!used.err.contains(word), "{used:?}");
    }
    let folder = at("used-zh");
    let line = format!("{second} --lang zh");
    joins(&line, &folder)
        .ended(3)
        .said("已在别的文件夹或机器上用过");
    joins(&line, &folder).ended(3).said("继续上次未完成的加入");
    let again = format!("invite {COUNTY} --name {} --level county", name_of(COUNTY));
    let joined = tree.at(PREFECTURE).run(&again).ended(3);
    assert_eq!(joined.out, "");
    assert!(joined.err.contains("has joined"), "{joined:?}");
    // It names the command that replaces an office.
    assert!(joined.err.contains("terrace "), "{joined:?}");
}

#[test]
fn an_expired_invitation_and_one_of_another_tree_are_refused() {
    let tree = Tree::of(&[PREFECTURE]);
    let line = format!(
        "invite {COUNTY} --name {} --level county --valid-for 1ms",
        name_of(COUNTY)
    );
    let expired = tree.at(PREFECTURE).does(&line).word();
    let folder = tree.home().join("expired");
    joins(&expired, &folder)
        .ended(3)
        .said("expired")
        .said("terrace invite");
    // In the folder that it left behind a new one is good.
    let line = format!("{} --lang zh", tree.invites(PREFECTURE, "360828"));
    joins(&line, &folder).done().said("沿用当时生成的密钥");

    let other = tree.home().join("other");
    terrace(&made_by(PREFECTURE, &other)).done();
    let mut other = Office::in_folder(other);
    other.start();
    let theirs = tree.invites(PREFECTURE, COUNTY);
    let toml = fs::read_to_string(other.folder().join("terrace.toml")).unwrap();
    let listens = toml.lines().find_map(|line| line.strip_prefix("listen = "));
    let address = listens.unwrap().trim_matches('"');
    let folder = tree.home().join("astray");
    let line = format!("{theirs} --parent {address}");
    joins(&line, &folder).ended(3);
    // Nobody was let in, there or here.
    let states = other.does("status").json();
    assert_eq!(states["offices"].as_array().unwrap().len(), 1, "{states}");
    joins(&theirs, &folder).done();
}

#[test]
fn an_unreachable_parent_is_4_and_the_invitation_stays_good() {
    let mut tree = Tree::of(&[PREFECTURE]);
    let invitation = tree.invites(PREFECTURE, COUNTY);
    tree.at_mut(PREFECTURE).kill();
    let folder = tree.home().join("county");
    joins(&invitation, &folder)
        .ended(4)
        .said("the invitation stays good");
    let keys = Kept::of(&folder.join("keys"));
    joins(&invitation, &folder).ended(4);
    let mut unfinished = Office::in_folder(folder);
    unfinished.run("serve").ended(3).said("unfinished");
    tree.at_mut(PREFECTURE).start();
    joins(&invitation, unfinished.folder()).done();
    assert_eq!(Kept::of(&unfinished.folder().join("keys")), keys);
    unfinished.start();
}

#[test]
fn a_folder_that_holds_an_office_is_not_touched() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY]);
    let invitation = tree.invites(PREFECTURE, "360828");
    tree.at_mut(COUNTY).stop();
    let county = tree.at(COUNTY);
    let before = Kept::of(county.folder());
    terrace(&made_by(COUNTY, county.folder()))
        .ended(3)
        .said("already holds an office");
    joins(&invitation, county.folder())
        .ended(3)
        .said("already holds an office");
    assert_eq!(Kept::of(county.folder()), before);
    // Nor while it runs, and nor is a folder of something else.
    tree.at_mut(COUNTY).start();
    terrace(&made_by(COUNTY, tree.at(COUNTY).folder())).ended(3);
    let letters = tree.home().join("letters");
    fs::create_dir(&letters).unwrap();
    fs::write(letters.join("a.txt"), "dear").unwrap();
    let before = Kept::of(&letters);
    terrace(&made_by(COUNTY, &letters)).ended(3);
    assert_eq!(Kept::of(&letters), before);
    tree.all_live();
}

#[test]
fn a_second_serve_is_1_and_names_the_first() {
    let tree = Tree::of(&[PREFECTURE]);
    let first = tree.at(PREFECTURE);
    let second = first.run("serve").ended(1);
    assert!(
        second.err.contains(&format!("process {}", first.pid())),
        "{second:?}"
    );
    first.does("status");
}

#[test]
fn what_a_killed_daemon_left_is_replaced_and_its_port_taken_again() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, TOWNSHIP]);
    for code in [COUNTY, PREFECTURE] {
        let toml = |tree: &Tree| fs::read(tree.at(code).folder().join("terrace.toml")).unwrap();
        let before = toml(&tree);
        tree.at_mut(code).kill();
        assert!(socket_of(tree.at(code)), "it had no time to clean up");
        tree.at(code).run("status").ended(4);
        tree.at_mut(code).start();
        assert_eq!(toml(&tree), before);
        // Those below dial the address that they know.
        tree.all_live();
        tree.at_mut(code).stop();
        assert!(!socket_of(tree.at(code)));
        tree.at_mut(code).start();
        tree.all_live();
    }
}

#[test]
fn sigterm_ends_it_with_0_and_nothing_is_lost() {
    let mut tree = Tree::of(&[PREFECTURE]);
    let office = tree.at_mut(PREFECTURE);
    office.does("record put unit id=u1 name=责任单位");
    office.stop();
    office.start();
    assert_eq!(office.rows("record list unit").len(), 1);
}

#[test]
fn an_office_that_does_not_listen_says_the_line_that_lets_it_invite() {
    let turn = Turn::shared();
    let home = TempDir::new().unwrap();
    let folder = home.path().join(PREFECTURE);
    let line = made_by(PREFECTURE, &folder).replace("--link 127.0.0.1:0", "");
    terrace(&line).done();
    let mut office = Office::in_folder(folder);
    office.start();
    let invite = format!("invite {COUNTY} --name {} --level county", name_of(COUNTY));
    let refused = office.run(&invite).ended(3);
    assert!(
        refused.err.contains("listen = \"") && refused.err.contains("terrace.toml"),
        "{refused:?}"
    );
    // What it says is true.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    office.stop();
    let (comment, line) = (
        "#listen = \"0.0.0.0:7443\"",
        format!("listen = \"127.0.0.1:{port}\""),
    );
    office.set(comment, &line);
    office.start();
    assert!(office.does(&invite).word().starts_with("terrace1."));
    drop(turn);
}

#[test]
fn a_folder_is_named_from_where_one_stands() {
    let turn = Turn::shared();
    let home = TempDir::new().unwrap();
    let line = made_by(PREFECTURE, Path::new("p"));
    let made = started(&line).current_dir(home.path()).output().unwrap();
    Ran::of(&line, made).done();
    let mut office = Office::in_folder(home.path().join("p"));
    office.start();
    let asked = started("status --data p")
        .current_dir(home.path())
        .output()
        .unwrap();
    Ran::of("status", asked).done();
    drop(turn);
}

#[test]
fn an_unknown_setting_is_told_with_its_path_and_nothing_starts() {
    let mut tree = Tree::of(&[PREFECTURE]);
    tree.at_mut(PREFECTURE).stop();
    let office = tree.at(PREFECTURE);
    office.set(
        "#silent_after = \"15m\"",
        "silent_afer = \"15m\"\nsilent_after = 7",
    );
    let ran = office.run("serve").ended(3);
    for told in ["health.silent_afer", "silent_after", "terrace.toml"] {
        assert!(ran.err.contains(told), "{ran:?}");
    }
    // Both faults, each with its line, and not only the first.
    assert_eq!(ran.err.matches("\n  line ").count(), 2, "{ran:?}");
    assert!(ran.err.contains(" health.silent_after: "), "{ran:?}");
    until("its lock is free", LONG, || {
        (!socket_of(office)).then_some(()).ok_or("a socket".into())
    });
}

/// The soft and the hard limit of open files of a process.
fn open_files(pid: u32) -> [String; 2] {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    [words.next().unwrap(), words.next().unwrap()]
}

#[test]
fn the_soft_limit_of_open_files_is_raised_at_the_start() {
    let tree = Tree::of(&[PREFECTURE]);
    let home = tree.home().join("demo");
    let (made, demo) = (tree.home().join("made"), home.display());
    terrace(&made_by(PREFECTURE, &made)).done();
    for (line, socket) in [
        (format!("serve --data {}", made.display()), made.clone()),
        (
            format!("demo --only {TOWNSHIP} --data {demo}"),
            home.join(PREFECTURE),
        ),
    ] {
        let mut low = Command::new("sh");
        low.args(["-c", "ulimit -S -n 256 && exec \"$0\" \"$@\""]);
        let started = started(&line);
        low.arg(started.get_program()).args(started.get_args());
        low.stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = low.spawn().unwrap();
        let office = Office::in_folder(socket);
        until("it runs", LONG, || {
            socket_of(&office).then_some(()).ok_or("no socket".into())
        });
        let [soft, hard] = open_files(process.id());
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(
            soft == hard || soft == "1048576",
            "{line}: {soft} of {hard}"
        );
    }
}
