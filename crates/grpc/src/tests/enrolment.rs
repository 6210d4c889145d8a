use std::sync::{Arc, Mutex};

use terrace_catalog::Lang;
use terrace_model::{Level, Office, OfficeId, PublicKey, Time, TreeId};
use terrace_node::bringup::{self, Home, Join, Joining, Listening};
use terrace_node::config::Profile;
use terrace_pki::{Fingerprint, Invitation, Refused, Token};
use terrace_wire::proto::enrolment_client::EnrolmentClient;
use terrace_wire::{EnrolReply, EnrolRequest, Refusal, RefusalCode, proto};
use tokio::net::TcpListener;
use tonic::Code;
use tonic::service::Routes;

use super::rig::{
    LOOPBACK, NOW, PARENT, SIBLING, STRANGER, Serving, TREE, clock, identity, named, serving,
    signing, soon, trust,
};
use crate::connect::connect;
use crate::{ConnectError, EnrolError, Enrolment, Enrols, ListenerLimits, enrol};

const TOKEN: [u8; 16] = [5; 16];

fn office(id: OfficeId, parent: Option<OfficeId>, key: PublicKey) -> Office {
    Office {
        id,
        code: "360827".parse().unwrap(),
        name: "遂川县".into(),
        level: Level::County,
        parent,
        key: Some(key),
    }
}

/// Gives one key a place for the one token, and says who asked.
#[derive(Clone, Default)]
struct Register {
    pinned: Arc<Mutex<Option<PublicKey>>>,
    answers_for: Option<TreeId>,
}

impl Enrols for Register {
    async fn enrol(&self, request: EnrolRequest, lang: Lang) -> Result<EnrolReply, Refusal> {
        let mut pinned = self.pinned.lock().unwrap();
        if request.token != TOKEN || *pinned.get_or_insert(request.key) != request.key {
            let text = match lang {
                Lang::Zh => "已用过或已被替换",
                Lang::En => "used or replaced",
            };
            return Err(Refusal::new(RefusalCode::Content, text));
        }
        Ok(EnrolReply {
            tree: self.answers_for.unwrap_or(TREE),
            parent: office(PARENT, None, signing(PARENT).public()),
            ancestors: Vec::new(),
            office: office(request.office, Some(PARENT), request.key),
            now: NOW,
        })
    }
}

async fn parent(register: Register) -> Serving {
    let routes = Routes::new(Enrolment::service(register));
    serving(ListenerLimits::default(), routes).await
}

fn invitation(to: &Serving) -> Invitation {
    Invitation {
        code: "360827".parse().unwrap(),
        name: "遂川县".into(),
        level: Level::County,
        office: STRANGER,
        tree: TREE,
        parent: PARENT,
        token: Token::new(TOKEN),
        expires: Time(NOW.0 + 1000),
        parent_key: signing(PARENT).fingerprint(),
        link: to.link_address(),
    }
}

async fn join(invitation: &Invitation) -> Result<EnrolReply, EnrolError> {
    join_in(invitation, Lang::En).await
}

async fn join_in(invitation: &Invitation, lang: Lang) -> Result<EnrolReply, EnrolError> {
    let identity = identity(STRANGER, 1);
    soon(enrol(invitation, identity, clock(), None, lang)).await
}

#[tokio::test]
async fn a_stranger_enrols_and_may_ask_again_when_it_is_known() {
    let parent = parent(Register::default()).await;
    let invitation = invitation(&parent);
    let granted = join(&invitation).await.unwrap();
    assert_eq!(granted.office.key, Some(signing(STRANGER).public()));
    parent.tree.open(STRANGER, signing(STRANGER).public());
    assert_eq!(join(&invitation).await.unwrap(), granted);
}

/// The seam between bringing an office up and dialling its parent: what `begin`
/// makes is let in, and what the parent answers makes an office.
#[tokio::test]
async fn an_office_is_brought_up_by_its_enrolment_and_may_be_cut_short() {
    let parent = parent(Register::default()).await;
    let above = tempfile::tempdir().unwrap();
    let folder = above.path().join("office");
    let begin = |seed: u8| {
        let join = Join {
            invitation: invitation(&parent),
            parent: None,
            listening: Listening::default(),
            profile: Some(Profile::Tiny),
        };
        let mut next = seed;
        let mut entropy = |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        bringup::begin(&folder, join, &*clock(), &mut entropy).unwrap()
    };
    let ask = async |joining: &Joining| {
        let identity = joining.identity().clone();
        let address = Some(joining.parent());
        let asked = enrol(joining.invitation(), identity, clock(), address, Lang::En);
        soon(asked).await
    };
    // The first time the answer is lost with the process.
    let first = begin(0);
    let lost = ask(&first).await.unwrap();
    drop(first);
    let joining = begin(100);
    let reply = ask(&joining).await.unwrap();
    assert_eq!(reply, lost);
    joining.finish(&reply).unwrap();
    let home = Home::open(&folder, 1).unwrap();
    assert_eq!((home.own.id, home.own.tree), (STRANGER, TREE));
    assert_eq!(home.office, reply.office);
    assert_eq!(home.parent().unwrap().0, named(PARENT));
    assert_eq!(home.parent().unwrap().1, &parent.link_address());
}

#[tokio::test]
async fn what_the_parent_refuses_is_told_in_its_words() {
    let parent = parent(Register::default()).await;
    let wrong = Invitation {
        token: Token::new([6; 16]),
        ..invitation(&parent)
    };
    for (lang, words) in [
        (Lang::En, "used or replaced"),
        (Lang::Zh, "已用过或已被替换"),
    ] {
        let refused = join_in(&wrong, lang).await.unwrap_err();
        assert!(matches!(&refused, EnrolError::Refused(refusal) if refusal.text == words));
        assert!(!refused.is_unreachable());
    }
}

#[tokio::test]
async fn a_token_is_of_no_use_without_the_key_of_the_certificate() {
    let register = Register::default();
    let parent = parent(register.clone()).await;
    for (holder, office, key) in [
        (STRANGER, STRANGER, signing(SIBLING).public()),
        (SIBLING, STRANGER, signing(SIBLING).public()),
        (SIBLING, SIBLING, signing(STRANGER).public()),
    ] {
        let config = trust(holder, &parent.tree).as_child().unwrap();
        let dialled = connect(&parent.link_address(), named(PARENT), config)
            .await
            .unwrap();
        let request = EnrolRequest {
            office,
            token: TOKEN,
            key,
        };
        let mut client = EnrolmentClient::new(dialled.channel);
        let refused = soon(client.enrol(request.to_proto())).await.unwrap_err();
        let refusal = Refusal::from_status(&refused).unwrap();
        assert_eq!(refusal.code, RefusalCode::Content);
    }
    assert_eq!(*register.pinned.lock().unwrap(), None);
}

#[tokio::test]
async fn a_parent_with_another_key_than_the_invitation_names_is_told_nothing() {
    let register = Register::default();
    let parent = parent(register.clone()).await;
    let parent_key = Fingerprint::of(&signing(SIBLING).public());
    let other = Invitation {
        parent_key,
        ..invitation(&parent)
    };
    let refused = join(&other).await.unwrap_err();
    let EnrolError::Connect(ConnectError::Refused(why)) = &refused else {
        panic!("{refused:?}");
    };
    assert!(matches!(why, Refused::OtherFingerprint { .. }));
    assert!(!refused.is_unreachable());
    assert_eq!(*register.pinned.lock().unwrap(), None);
}

#[tokio::test]
async fn a_parent_that_nobody_answers_for_is_unreachable() {
    let parent = parent(Register::default()).await;
    let invitation = invitation(&parent);
    parent.stop().await;
    let nobody = join(&invitation).await.unwrap_err();
    assert!(matches!(
        nobody,
        EnrolError::Connect(ConnectError::Unreachable { .. })
    ));
    assert!(nobody.is_unreachable());

    let mute = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = mute.local_addr().unwrap().to_string().parse().unwrap();
    let cut = tokio::spawn(async move { drop(mute.accept().await) });
    let broken = soon(enrol(
        &invitation,
        identity(STRANGER, 1),
        clock(),
        Some(&address),
        Lang::En,
    ))
    .await;
    assert!(broken.unwrap_err().is_unreachable());
    soon(cut).await.unwrap();
}

#[tokio::test]
async fn an_answer_for_another_tree_is_refused() {
    let register = Register {
        answers_for: Some(TreeId(1)),
        ..Register::default()
    };
    let parent = parent(register).await;
    let other = join(&invitation(&parent)).await.unwrap_err();
    assert!(matches!(other, EnrolError::OtherOffice));
    assert!(!other.is_unreachable());
}

#[tokio::test]
async fn a_closed_office_is_turned_away_before_it_can_ask() {
    let register = Register::default();
    let parent = parent(register.clone()).await;
    parent.tree.close(STRANGER);
    let away = join(&invitation(&parent)).await.unwrap_err();
    assert!(
        matches!(away, EnrolError::Connect(ConnectError::TurnedAway(_))),
        "{away:?}"
    );
    assert!(!away.is_unreachable());
    assert_eq!(*register.pinned.lock().unwrap(), None);
}

#[tokio::test]
async fn a_request_of_64_kib_is_read_and_a_longer_one_is_not() {
    let parent = parent(Register::default()).await;
    let config = trust(STRANGER, &parent.tree).as_child().unwrap();
    let dialled = connect(&parent.link_address(), named(PARENT), config)
        .await
        .unwrap();
    // A field's tag takes one byte, and such a length three.
    for (bytes, code) in [
        ((64 << 10) - 4, RefusalCode::Usage.grpc()),
        ((64 << 10) - 3, Code::OutOfRange),
    ] {
        let request = proto::EnrolRequest {
            token: vec![5; bytes],
            ..proto::EnrolRequest::default()
        };
        let mut client = EnrolmentClient::new(dialled.channel.clone());
        let refused = soon(client.enrol(request)).await.unwrap_err();
        assert_eq!(refused.code(), code, "{refused:?}");
    }
}
