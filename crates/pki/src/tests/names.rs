//! Names of every form that is not an office's, each refused at both ends of a
//! link for its own reason.

use rcgen::{DistinguishedName, DnType, OtherNameValue, SanType};

use super::forge::forged;
use super::rig::{CHILD, OTHER, named};
use crate::{NameError, NameKind, Refused};

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

fn right_dns() -> SanType {
    dns(&named(CHILD).to_string())
}

fn uri() -> SanType {
    SanType::URI(format!("https://{}", named(CHILD)).try_into().unwrap())
}

fn ip() -> SanType {
    SanType::IpAddress([10, 0, 0, 1].into())
}

fn email() -> SanType {
    SanType::Rfc822Name(format!("office@{}", named(CHILD)).try_into().unwrap())
}

fn other_name() -> SanType {
    let value = OtherNameValue::Utf8String(named(CHILD).to_string());
    SanType::OtherName((vec![1, 3, 6, 1, 4, 1, 311, 20, 2, 3], value))
}

/// Each row: the shape, the names in the certificate, the reason.
fn names_refused(rows: impl IntoIterator<Item = (&'static str, Vec<SanType>, Refused)>) {
    for (shape, names, expected) in rows {
        forged(shape, expected, |forge| {
            forge.leaf.subject_alt_names = names
        });
    }
}

#[test]
fn a_name_of_another_kind_is_refused() {
    let kind = Refused::NameKind;
    names_refused([
        ("no name", vec![], Refused::NoName),
        ("a URI", vec![uri()], kind(NameKind::Uri)),
        ("an IP address", vec![ip()], kind(NameKind::IpAddress)),
        ("an e-mail address", vec![email()], kind(NameKind::Email)),
        (
            "another kind of name",
            vec![other_name()],
            kind(NameKind::Other),
        ),
    ]);
}

#[test]
fn more_than_one_name_is_refused() {
    let many = Refused::ManyNames;
    let other = || dns(&named(OTHER).to_string());
    names_refused([
        ("two offices", vec![right_dns(), other()], many(2)),
        ("one office twice", vec![right_dns(), right_dns()], many(2)),
        ("with a URI", vec![right_dns(), uri()], many(2)),
        ("with an IP address", vec![ip(), right_dns()], many(2)),
        (
            "with an e-mail address",
            vec![right_dns(), email()],
            many(2),
        ),
        ("with all", vec![right_dns(), email(), uri(), ip()], many(4)),
    ]);
}

#[test]
fn a_dns_name_that_is_no_offices_is_refused() {
    let right = named(CHILD).to_string();
    let shape = |name: &str| (vec![dns(name)], NameError::Shape);
    let rows = [
        (
            "a wildcard",
            (
                vec![dns(&format!("*{}", &right[16..]))],
                NameError::Wildcard,
            ),
        ),
        (
            "upper case",
            (vec![dns(&right.to_uppercase())], NameError::UpperCase),
        ),
        (
            "one letter",
            (
                vec![dns(&right.replacen("c1", "C1", 1))],
                NameError::UpperCase,
            ),
        ),
        ("a label more", shape(&format!("x.{right}"))),
        ("a point more", shape(&format!("{right}."))),
        ("another suffix", shape(&format!("{right}.example"))),
        ("a short id", shape(&right[1..])),
        ("a NUL", shape(&format!("{right}\0"))),
        ("no tree", shape("00000000000000c1.terrace.internal")),
        ("nothing in it", shape("")),
    ];
    names_refused(rows.map(|(shape, (names, error))| (shape, names, error.into())));
}

#[test]
fn a_common_name_names_nobody() {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, named(CHILD).to_string());
    forged("a common name alone", Refused::NoName, |forge| {
        forge.leaf.subject_alt_names.clear();
        forge.leaf.distinguished_name = subject.clone();
    });
    forged(
        "a common name beside the right name",
        Refused::Subject,
        |forge| {
            forge.leaf.distinguished_name = subject;
        },
    );
}
