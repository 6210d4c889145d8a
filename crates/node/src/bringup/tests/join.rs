use super::*;

#[test]
fn an_invited_office_enrols_and_knows_all_above() {
    let Place { folder, .. } = &place();
    let join = Join {
        parent: Some("10.0.0.1:7000".parse().unwrap()),
        listening: listen("127.0.0.1:0"),
        ..invited(invitation())
    };
    let joining = begin(folder, join, &Noon, &mut entropy(1)).unwrap();
    assert_eq!(joining.identity().name(), invitation().office_name());
    assert_eq!(joining.parent().to_string(), "10.0.0.1:7000");
    let unfinished = Home::open(folder, 1).unwrap_err();
    assert!(matches!(
        unfinished,
        OpenError::Unfinished { begun: "join", .. }
    ));

    let reply = answer(&joining);
    let made = joining.finish(&reply).unwrap();
    assert!(made.held.is_some() && !folder.join("unfinished").exists());
    let home = Home::open(folder, 1).unwrap();
    assert_eq!((home.own.id, home.own.tree), (CHILD, TREE));
    assert_eq!(home.office, reply.office);
    assert_eq!(home.office.key, Some(home.keys.signing.public()));
    assert_eq!(home.tree.above(CHILD).collect::<Vec<_>>(), [PARENT, TOP]);
    assert_eq!(home.tree.get(PARENT), Some(&reply.parent));
    assert_eq!(home.tree.get(TOP), Some(&reply.ancestors[0]));
    let (parent, address) = home.parent().unwrap();
    assert_eq!(parent, invitation().parent_name());
    assert_eq!(address.to_string(), "10.0.0.1:7000");
    assert_eq!(home.config, made.config);
}

#[test]
fn the_parent_is_dialled_where_the_invitation_says() {
    let Place { folder, .. } = &place();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    assert_eq!(joining.parent(), &invitation().link);
    let reply = answer(&joining);
    let made = joining.finish(&reply).unwrap();
    assert_eq!(made.config.link.parent, Some(invitation().link));
    assert_eq!(made.config.link.listen, None);
}

#[test]
fn an_interrupted_join_goes_on_with_the_keys_it_had_made() {
    let Place { folder, .. } = &place();
    let first = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let key = answer(&first).office.key;
    assert_eq!(mode(&folder.join("unfinished")), 0o600);
    drop(first);
    // The first invitation was voided by a second one.
    let second = Invitation {
        token: Token::new([1; 16]),
        ..invitation()
    };
    let again = begin(folder, invited(second.clone()), &Noon, &mut entropy(2)).unwrap();
    assert_eq!(again.invitation(), &second);
    let reply = answer(&again);
    assert_eq!(reply.office.key, key);

    let in_the_way = Obstacle::at(folder, "terrace.toml");
    assert!(matches!(again.finish(&reply), Err(Failed::Io { .. })));
    let unfinished = Home::open(folder, 1).unwrap_err();
    assert!(matches!(
        unfinished,
        OpenError::Unfinished { begun: "join", .. }
    ));
    in_the_way.gone();
    let again = begin(folder, invited(second), &Noon, &mut entropy(3)).unwrap();
    assert_eq!(answer(&again).office.key, key);
    again.finish(&reply).unwrap();
    assert_eq!(Home::open(folder, 1).unwrap().office, reply.office);
}

#[test]
fn what_is_known_of_the_parent_is_what_it_said_last() {
    let Place { folder, .. } = &place();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let first = answer(&joining);
    let in_the_way = Obstacle::at(folder, "terrace.toml");
    joining.finish(&first).unwrap_err();
    in_the_way.gone();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let mut second = answer(&joining);
    second.parent.name = "renamed".into();
    joining.finish(&second).unwrap();
    let home = Home::open(folder, 1).unwrap();
    assert_eq!(home.tree.get(PARENT), Some(&second.parent));
    assert_eq!(home.tree.offices().count(), 3);
}

#[test]
fn a_folder_enrolled_as_one_office_does_not_become_another() {
    let Place { folder, .. } = &place();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let reply = answer(&joining);
    let in_the_way = Obstacle::at(folder, "terrace.toml");
    joining.finish(&reply).unwrap_err();
    in_the_way.gone();
    let elsewhere = [
        Invitation {
            office: OfficeId(9),
            ..invitation()
        },
        Invitation {
            tree: TreeId(9),
            ..invitation()
        },
    ];
    for other in elsewhere.clone() {
        let refused = refused(begin(folder, invited(other), &Noon, &mut entropy(2)));
        let Refusal::OtherOffice { office, tree, .. } = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!((*office, *tree), (CHILD, TREE));
        assert!(!refused.is_usage());
    }
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(2)).unwrap();
    joining.finish(&reply).unwrap();
    assert_eq!(Home::open(folder, 1).unwrap().own.id, CHILD);

    // One that no parent has taken yet may still become any.
    let Place { folder, .. } = &place();
    begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    for other in elsewhere {
        begin(folder, invited(other), &Noon, &mut entropy(1)).unwrap();
    }
}

#[test]
fn a_store_cut_short_before_its_log_belongs_to_nobody() {
    let Place { folder, .. } = &place();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let reply = answer(&joining);
    let in_the_way = Obstacle::at(folder, "terrace.toml");
    joining.finish(&reply).unwrap_err();
    in_the_way.gone();
    for made_later in ["log", "view"] {
        std::fs::remove_dir_all(folder.join(made_later)).unwrap();
    }
    assert!(folder.join("FORMAT").exists());
    let other = Invitation {
        office: OfficeId(9),
        ..invitation()
    };
    let joining = begin(folder, invited(other), &Noon, &mut entropy(2)).unwrap();
    let reply = answer(&joining);
    joining.finish(&reply).unwrap();
    assert_eq!(Home::open(folder, 1).unwrap().own.id, OfficeId(9));
}

#[test]
fn an_answer_about_somebody_else_is_not_taken() {
    let stranger = signing(OfficeId(0x55)).public();
    let wrong: [fn(&mut EnrolReply, terrace_model::PublicKey); 7] = [
        |reply, _| reply.tree = TreeId(1),
        |reply, _| reply.office.id = OfficeId(1),
        |reply, key| reply.office.key = Some(key),
        |reply, _| reply.office.key = None,
        |reply, _| reply.office.parent = Some(TOP),
        |reply, _| reply.parent.id = OfficeId(1),
        |reply, key| reply.parent.key = Some(key),
    ];
    let Place { folder, .. } = &place();
    for change in wrong {
        let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
        let mut reply = answer(&joining);
        change(&mut reply, stranger);
        assert!(matches!(joining.finish(&reply), Err(Failed::Answer)));
        assert!(!folder.join("FORMAT").exists());
    }
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let reply = answer(&joining);
    joining.finish(&reply).unwrap();
}

#[test]
fn an_init_does_not_finish_a_join() {
    let Place { folder, .. } = &place();
    begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let before = all_of(folder);
    let refused = refused(super::init(folder, top(), &mut entropy(2)));
    assert!(matches!(refused, Refusal::Unfinished { begun: "join", .. }));
    assert!(refused.todo().unwrap().contains("terrace join"));
    assert!(all_of(folder) == before);
}

#[test]
fn nothing_shows_the_token() {
    let Place { folder, .. } = &place();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let shown = format!("{joining:?} {:?}", invited(invitation()));
    assert!(
        !shown.contains("171") && !shown.contains("ab, ab"),
        "{shown}"
    );
}
