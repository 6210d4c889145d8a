//! Released bytes do not change unnoticed: what version 1 wrote is in
//! `version-1.txt`, a name and hexadecimal bytes a line. It is written the same
//! today, and read back as the same nouns.
//!
//! A line is never changed. A new noun gets a new line; a changed format gets a
//! new version, and a file of its own.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test binary: it has no readers of its docs, and fails by panic"
)]

use std::{collections::BTreeMap, fmt::Write};

use terrace_wire::{
    decode_body, decode_content, decode_frame, decode_page, encode_content, encode_frame,
    encode_page, stored,
};

mod nouns;

const RELEASED: &str = include_str!("version-1.txt");

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    bytes
        .iter()
        .for_each(|byte| write!(text, "{byte:02x}").unwrap());
    text
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().collect();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

fn released() -> BTreeMap<&'static str, Vec<u8>> {
    let lines = RELEASED.lines().map(|line| line.split_once(' ').unwrap());
    lines.map(|(name, hex)| (name, bytes(hex))).collect()
}

/// All nouns as they are written today, by name.
fn today() -> Vec<(String, Vec<u8>)> {
    let mut lines = Vec::new();
    let page = nouns::page();
    lines.push(("page-header".to_owned(), page.header_bytes.to_vec()));
    lines.push(("body".to_owned(), page.body.to_vec()));
    lines.push(("page".to_owned(), encode_page(&page).unwrap()));
    for (name, content) in nouns::contents() {
        lines.push((format!("content-{name}"), encode_content(&content).unwrap()));
    }
    for (name, frame) in nouns::frames() {
        lines.push((format!("frame-{name}"), encode_frame(&frame).unwrap()));
    }
    for (name, key, fact) in nouns::kept() {
        lines.push((format!("key-{name}"), stored::encode_key(&key)));
        lines.push((format!("fact-{name}"), stored::encode_fact(&fact).unwrap()));
    }
    lines.push((
        "batch".to_owned(),
        stored::encode_batch(&nouns::batch()).unwrap().bytes,
    ));
    lines
}

#[test]
fn released_bytes_are_written_the_same_today() {
    let released = released();
    let today = today();
    assert_eq!(
        today.len(),
        released.len(),
        "a noun left the file, or this test"
    );
    for (name, bytes) in today {
        let before = released.get(name.as_str()).map(|bytes| hex(bytes));
        let now = hex(&bytes);
        assert_eq!(before.as_deref(), Some(now.as_str()), "{name} {now}");
    }
}

#[test]
fn released_pages_are_read_as_the_same_nouns() {
    let released = released();
    let page = decode_page(&released["page"]).unwrap();
    assert_eq!(page, nouns::page());
    assert_eq!(&*page.header_bytes, released["page-header"].as_slice());
    let origin = page.header.position.stream.journal.origin;
    let parsed = decode_body(origin, &released["body"]).unwrap();
    let entries: Vec<_> = parsed.map(|parsed| parsed.known().unwrap()).collect();
    assert_eq!(entries, nouns::entries());
    for (name, content) in nouns::contents() {
        let bytes = &released[format!("content-{name}").as_str()];
        assert_eq!(decode_content(bytes), Ok(content), "{name}");
    }
    for (name, frame) in nouns::frames() {
        let bytes = &released[format!("frame-{name}").as_str()];
        assert_eq!(decode_frame(bytes), Ok(frame), "{name}");
    }
}

#[test]
fn released_stores_are_read_as_the_same_nouns() {
    let released = released();
    for (name, key, fact) in nouns::kept() {
        let bytes = |kind: &str| &released[format!("{kind}-{name}").as_str()];
        assert_eq!(stored::decode_key(bytes("key")), Ok(key), "{name}");
        assert_eq!(stored::decode_fact(bytes("fact")), Ok(fact), "{name}");
    }
    let batch = nouns::batch();
    let (mut pages, mut changes) = (Vec::new(), Vec::new());
    for item in stored::batch_items(&released["batch"]).unwrap() {
        match item.unwrap() {
            stored::BatchItem::Page { bytes, .. } => pages.push(decode_page(bytes).unwrap()),
            stored::BatchItem::Change(change) => changes.push(change.decode().unwrap()),
        }
    }
    assert_eq!((pages, changes), (batch.pages, batch.changes));
}
