//! What keeps an office from starting is told with what to do about it.

use std::fs;
use std::net::TcpListener;

use tempfile::TempDir;

use crate::rig::{Office, PREFECTURE, Ran, Turn, made_by, started, terrace};

#[test]
fn settings_that_cannot_be_used_are_told_with_what_to_do() {
    let _turn = Turn::shared();
    let home = TempDir::with_prefix("terrace-live-").unwrap();
    let folder = home.path().join(PREFECTURE);
    let office = Office::in_folder(folder.clone());
    office
        .run("serve")
        .ended(3)
        .said("holds no office")
        .said("`terrace init`");
    terrace(&made_by(PREFECTURE, &folder)).done();
    let settings = folder.join("terrace.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let shown = settings.display().to_string();

    // A variable that is no level names those that are.
    let line = format!("serve --data {}", folder.display());
    let output = started(&line).env("TERRACE_LOG", "h2=trace").output();
    Ran::of(&line, output.unwrap())
        .ended(2)
        .said("TERRACE_LOG is not right")
        .said("error, warn, info, debug, trace");

    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(&settings, [&[0xff, 0xfe][..], &utf16].concat()).unwrap();
    let told = office.run("serve").ended(3);
    told.said(&format!("{shown} is not UTF-8 text"))
        .said("save it as UTF-8");

    fs::remove_file(&settings).unwrap();
    let told = office.run("serve").ended(3).said(&shown);
    told.said("backup").said("`terrace init`").said("[link]");

    // The port that was chosen is somebody else's meanwhile.
    fs::write(&settings, &text).unwrap();
    let listens = text.lines().find_map(|line| line.strip_prefix("listen = "));
    let address = listens.unwrap().trim_matches('"');
    let taken = TcpListener::bind(address).unwrap();
    let told = office.run("serve").ended(1).said(address);
    told.said("another program has the port")
        .said("`listen` under [link]")
        .said(&shown);
    // Nothing was touched: it starts as soon as the port is free.
    drop(taken);
    let mut office = office;
    office.start();
}
