use terrace_model::{Level, OfficeId, Time};
use terrace_pki::Invitation;
use terrace_store::StoreReader;
use terrace_wire::{
    EnrolRequest,
    RefusalCode::{Content, Usage},
};

use super::code;
use crate::{
    bench::{Bench, NOW, TREE, key},
    door::{Door, NewOffice},
    reads::status::State,
    scene::{COUNTY, PREFECTURE},
};

fn new(code: &str) -> NewOffice {
    NewOffice {
        code: code.to_owned(),
        name: "碧洲镇".into(),
        level: Some(Level::Township),
        valid_for_millis: None,
    }
}

async fn invite(door: &Door<StoreReader>, code: &str) -> Invitation {
    let invited = door.invite(new(code)).await.unwrap();
    assert_eq!(invited.warnings, Vec::<String>::new());
    invited.word.parse().unwrap()
}

fn comes_with(invitation: &Invitation, holder: OfficeId) -> EnrolRequest {
    EnrolRequest {
        office: invitation.office,
        token: *invitation.token.bytes(),
        key: key(holder).public(),
    }
}

#[tokio::test]
async fn a_child_that_was_invited_enrols_once_and_is_answered_again() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let invitation = invite(&door, "360827003").await;
    assert_eq!((invitation.tree, invitation.parent), (TREE, COUNTY));
    assert_eq!(invitation.parent_key, key(COUNTY).fingerprint());
    assert_eq!(invitation.expires, Time(NOW.0 + 24 * 3_600_000));
    let child = OfficeId(9);
    let reply = door.enrol(comes_with(&invitation, child)).await.unwrap();
    assert_eq!(
        (reply.tree, reply.parent.id, reply.office.id),
        (TREE, COUNTY, invitation.office)
    );
    assert_eq!(reply.office.key, Some(key(child).public()));
    assert_eq!(
        reply
            .ancestors
            .iter()
            .map(|office| office.id)
            .collect::<Vec<_>>(),
        [PREFECTURE]
    );
    assert!(reply.to_proto().is_ok());
    assert_eq!(
        door.enrol(comes_with(&invitation, child)).await.unwrap(),
        reply
    );
    let other = door.enrol(comes_with(&invitation, OfficeId(10))).await;
    assert_eq!(code(other), Content);

    let again = door.invite(new("360827003")).await.unwrap_err();
    assert_eq!(again.code, Content);
    assert!(again.text.contains("terrace restore"), "{}", again.text);
}

#[tokio::test]
async fn a_second_invitation_voids_the_first_and_names_the_same_office() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let first = invite(&door, "360827003").await;
    let second = invite(&door, "360827003").await;
    assert_eq!(first.office, second.office);
    assert_eq!(
        code(door.enrol(comes_with(&first, OfficeId(9))).await),
        Content
    );
    assert!(door.enrol(comes_with(&second, OfficeId(9))).await.is_ok());
}

#[tokio::test]
async fn an_invitation_ends() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let minute = NewOffice {
        valid_for_millis: Some(60_000),
        ..new("360827003")
    };
    let invited = door.invite(minute).await.unwrap();
    bench.wait(60_001);
    let refused = door
        .enrol(comes_with(&invited.word.parse().unwrap(), OfficeId(9)))
        .await;
    assert_eq!(code(refused), Content);
}

#[tokio::test]
async fn who_does_not_listen_invites_nobody_and_says_what_to_write() {
    let bench = Bench::start(COUNTY);
    let door = bench.door_with(|setup| setup.link = None);
    let refused = door.invite(new("360827003")).await.unwrap_err();
    assert_eq!(refused.code, Content);
    let todo = refused.todo.unwrap();
    assert!(
        todo.contains("listen = ") && todo.contains("terrace.toml"),
        "{todo}"
    );
    let line = todo.split('`').nth(1).unwrap().replace("HOST", "127.0.0.1");
    let config = crate::config::Config::parse(&format!("[link]\n{line}\n")).unwrap();
    assert!(config.link.invited_to().is_some());
}

#[tokio::test]
async fn what_is_unusual_is_warned_about_and_what_cannot_be_is_refused() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let odd = NewOffice {
        valid_for_millis: Some(24 * 3_600_000 + 1),
        ..new("999001")
    };
    let warnings = door.invite(odd).await.unwrap().warnings;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(
        warnings[0],
        "999001 does not begin with 360827, the code of its parent"
    );
    let day = NewOffice {
        valid_for_millis: Some(24 * 3_600_000),
        ..new("360827003")
    };
    assert!(door.invite(day).await.unwrap().warnings.is_empty());
    let name = |name: &str| NewOffice {
        name: name.to_owned(),
        ..new("360827004")
    };
    let valid = |millis| NewOffice {
        valid_for_millis: Some(millis),
        ..new("360827004")
    };
    let county = Some(Level::County);
    for (new, expected) in [
        (new("x"), Usage),
        (
            NewOffice {
                level: None,
                ..new("360827004")
            },
            Usage,
        ),
        (valid(0), Usage),
        (valid(30 * 24 * 3_600_000 + 1), Usage),
        (name(""), Content),
        (name("a\nb"), Content),
        (
            NewOffice {
                level: county,
                ..new("360827004")
            },
            Content,
        ),
        (new("3608"), Content),
    ] {
        assert_eq!(code(door.invite(new.clone()).await), expected, "{new:?}");
    }
    let offices = door.status().await.unwrap().offices;
    let absent = offices.iter().filter(|row| row.state == State::NeverJoined);
    let codes: Vec<_> = absent.map(|row| row.code.as_str()).collect();
    assert_eq!(codes, ["360827003", "999001"]);
}

#[tokio::test]
async fn an_office_says_who_it_is_and_how_those_below_stand() {
    let bench = Bench::start(COUNTY);
    let door = bench.door();
    let status = door.status().await.unwrap();
    let own = &status.office;
    assert_eq!(
        (own.code.as_str(), own.version.as_str()),
        ("360827", "0.1.0")
    );
    assert_eq!(
        (own.catalog.as_str(), own.level),
        ("new-strata@1", Level::County)
    );
    let states: Vec<_> = status
        .offices
        .iter()
        .map(|row| (row.code.as_str(), row.state))
        .collect();
    let (live, silent) = (State::Live, State::Silent);
    assert_eq!(
        states,
        [
            ("360827", live),
            ("360827001", silent),
            ("360827002", silent)
        ]
    );
    let catalog = door.catalog();
    assert_eq!(
        (catalog.name.as_str(), catalog.hash),
        ("new-strata@1", crate::scene::book().hash)
    );
    assert!(catalog.text.contains("organisation"));
}
