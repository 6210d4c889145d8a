use super::*;

#[test]
fn a_top_office_is_made_and_opened() {
    let Place { folder, .. } = &place();
    let init = Init {
        listening: listen("127.0.0.1:7443"),
        name: "  吉安市 ".into(),
        ..top()
    };
    let made = super::init(folder, init, &mut entropy(1)).unwrap();
    assert_eq!(mode(folder), 0o700);
    assert_eq!(mode(&folder.join("terrace.toml")), 0o600);
    assert!(!folder.join("unfinished").exists());

    let home = Home::open(folder, 1).unwrap();
    assert_eq!(
        (home.own.clone(), home.office.clone()),
        (made.own, made.office)
    );
    assert_eq!(home.config, made.config);
    assert_eq!(home.office.id, home.own.id);
    assert_eq!(home.office.name, "吉安市");
    assert_eq!((home.office.parent, home.parent()), (None, None));
    assert_eq!(home.office.key, Some(home.keys.signing.public()));
    assert_eq!(home.tree.offices().collect::<Vec<_>>(), [&home.office]);
    assert_eq!(home.epoch, terrace_model::Epoch::FIRST);
    assert_eq!(
        home.identity(CertificateTime::by(&Noon)).unwrap().name(),
        home.name()
    );
    let link = home.config.link.invited_to().unwrap().to_string();
    assert_eq!(link, "127.0.0.1:7443");
    assert_eq!(home.config.store.profile, Profile::Tiny);
}

#[test]
fn a_store_has_the_size_of_its_office() {
    for (level, profile) in [
        (Level::Province, Profile::Prefecture),
        (Level::Prefecture, Profile::Prefecture),
        (Level::County, Profile::County),
        (Level::Township, Profile::Township),
        (Level::Village, Profile::Township),
    ] {
        let Place { folder, .. } = &place();
        let init = Init {
            level,
            profile: None,
            ..top()
        };
        super::init(folder, init, &mut entropy(1)).unwrap();
        assert_eq!(Config::load(folder).unwrap().store.profile, profile);
    }
}

#[test]
fn two_offices_have_nothing_in_common() {
    let (a, b) = (place(), place());
    let a = super::init(&a.folder, top(), &mut entropy(1)).unwrap();
    let b = super::init(&b.folder, top(), &mut entropy(2)).unwrap();
    assert!(a.own.id != b.own.id && a.own.tree != b.own.tree && a.own.id.0 != a.own.tree.0);
    assert_ne!(a.office.key, b.office.key);
}

#[test]
fn a_folder_that_holds_an_office_is_left_alone() {
    let Place { folder, .. } = &place();
    super::init(folder, top(), &mut entropy(1)).unwrap();
    let before = all_of(folder);
    for _ in 0..2 {
        let again = refused(super::init(folder, top(), &mut entropy(2)));
        assert!(matches!(&again, Refusal::HoldsOffice(at) if at == folder));
        assert!(!again.is_usage() && again.todo().is_some());
        let joined = refused(begin(folder, invited(invitation()), &Noon, &mut entropy(2)));
        assert!(matches!(joined, Refusal::HoldsOffice(_)));
    }
    // One file of an office is enough.
    assert!(all_of(folder) == before);
    for left in ["FORMAT", "keys", "terrace.toml", "log"] {
        let Place { folder, .. } = &place();
        fs::create_dir_all(folder.join(left)).unwrap();
        let refused = refused(super::init(folder, top(), &mut entropy(1)));
        assert!(matches!(refused, Refusal::HoldsOffice(_)), "{left}");
    }
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let Place { folder, .. } = &place();
    fs::create_dir(folder).unwrap();
    fs::create_dir(folder.join("lost+found")).unwrap();
    fs::write(folder.join("letter.txt"), "text").unwrap();
    let before = all_of(folder);
    let foreign = refused(super::init(folder, top(), &mut entropy(1)));
    assert!(matches!(&foreign, Refusal::NotEmpty { found, .. } if found == "letter.txt"));
    assert!(all_of(folder) == before);

    fs::remove_file(folder.join("letter.txt")).unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    super::init(folder, top(), &mut entropy(1)).unwrap();
    assert_eq!(mode(folder), 0o700);
}

#[test]
fn a_path_that_cannot_be_a_folder_is_a_fault() {
    let Place { above, folder } = &place();
    fs::write(folder, "text").unwrap();
    for path in [
        folder.clone(),
        folder.join("below"),
        above.path().join("a\0b"),
    ] {
        let fault = super::init(&path, top(), &mut entropy(1)).unwrap_err();
        assert!(
            matches!(&fault, BringUpError::Failed(Failed::Io { path: at, .. }) if at.starts_with(above.path())),
            "{fault:?}"
        );
    }
}

#[test]
fn what_the_command_line_gets_wrong_makes_no_folder() {
    let public = Listening {
        listen: None,
        public: Some("a.example:1".parse().unwrap()),
    };
    let dialled = Listening {
        public: Some("[::]:1".parse().unwrap()),
        ..listen("0.0.0.0:1")
    };
    let named = |name: String| Init { name, ..top() };
    let listening = |listening| Init { listening, ..top() };
    for wrong in [
        named(" ".into()),
        named("名".repeat(61)),
        named("a\nb".into()),
        listening(listen("0.0.0.0:0")),
        listening(listen("[::]:7443")),
        listening(public),
        listening(dialled),
    ] {
        let Place { folder, .. } = &place();
        let refused = refused(super::init(folder, wrong, &mut entropy(1)));
        assert!(refused.is_usage(), "{refused:?}");
        assert!(!folder.exists(), "{refused:?}");
    }
    let Place { folder, .. } = &place();
    super::init(folder, named("名".repeat(60)), &mut entropy(1)).unwrap();
}

#[test]
fn a_chosen_port_is_kept_and_held() {
    let (a, b) = (place(), place());
    let init = || Init {
        listening: listen("127.0.0.1:0"),
        ..top()
    };
    // The same randomness chooses the same port first.
    let first = super::init(&a.folder, init(), &mut entropy(1)).unwrap();
    let second = super::init(&b.folder, init(), &mut entropy(1)).unwrap();
    let port = |made: &Made| made.config.link.listen.as_ref().unwrap().port();
    assert_ne!(port(&first), port(&second));
    let held = first.held.as_ref().unwrap().local_addr().unwrap();
    assert_eq!(held.port(), port(&first));
    assert_eq!(Config::load(&a.folder).unwrap(), first.config);
    let everywhere = Init {
        listening: Listening {
            public: Some("a.example:443".parse().unwrap()),
            ..listen("0.0.0.0:0")
        },
        ..top()
    };
    let made = super::init(&place().folder, everywhere, &mut entropy(3)).unwrap();
    assert_eq!(
        made.config.link.invited_to().unwrap().to_string(),
        "a.example:443"
    );
}

/// Wherever an `init` is cut short, the folder is no office, and the next one
/// completes it with the ids and the key that had been made.
#[test]
fn an_interrupted_init_is_completed_by_the_next() {
    for (name, has_keys) in [("keys", false), ("log", true), ("terrace.toml", true)] {
        let Place { folder, .. } = &place();
        fs::create_dir(folder).unwrap();
        let (office, tree) = (OfficeId(5), TreeId(6));
        let note = note::Note::Init { office, tree };
        fs::write(folder.join("unfinished"), note.to_string()).unwrap();
        // A file where a folder belongs, or the other way round.
        let path = folder.join(name);
        if name == "terrace.toml" {
            fs::create_dir(&path).unwrap();
            fs::write(path.join("in the way"), "").unwrap();
        } else {
            fs::write(&path, "in the way").unwrap();
        }
        let cut = super::init(folder, top(), &mut entropy(1)).unwrap_err();
        assert!(matches!(cut, BringUpError::Failed(_)), "{name}: {cut:?}");
        let opened = Home::open(folder, 1).unwrap_err();
        assert!(
            matches!(opened, OpenError::Unfinished { begun: "init", .. }),
            "{name}"
        );
        assert!(opened.todo().unwrap().contains("terrace init"));
        let joined = refused(begin(folder, invited(invitation()), &Noon, &mut entropy(9)));
        assert!(matches!(joined, Refusal::Unfinished { begun: "init", .. }));
        let key = has_keys.then(|| KeyStore::of(folder).load().unwrap().signing.public());

        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        } else {
            fs::remove_file(&path).unwrap();
        }
        let code: terrace_model::Code = "3609".parse().unwrap();
        let other = Init {
            code: code.clone(),
            ..top()
        };
        let made = super::init(folder, other, &mut entropy(2)).unwrap();
        assert_eq!((made.own.id, made.own.tree), (office, tree));
        assert!(key.is_none_or(|key| made.office.key == Some(key)), "{name}");
        let home = Home::open(folder, 1).unwrap();
        assert_eq!(home.office, made.office);
        assert_eq!(home.office.code, code);
        assert_eq!(home.tree.offices().count(), 1);
    }
}

#[test]
fn an_init_that_was_cut_before_its_last_step_is_completed() {
    let Place { folder, .. } = &place();
    let made = super::init(folder, top(), &mut entropy(1)).unwrap();
    let (office, tree) = (made.own.id, made.own.tree);
    let note = note::Note::Init { office, tree };
    fs::write(folder.join("unfinished"), note.to_string()).unwrap();
    assert!(matches!(
        Home::open(folder, 1),
        Err(OpenError::Unfinished { .. })
    ));
    let again = super::init(folder, top(), &mut entropy(2)).unwrap();
    assert_eq!((again.own, again.office), (made.own, made.office));
    assert!(Home::open(folder, 1).is_ok());
}

#[test]
fn a_note_that_is_damaged_stops_everything() {
    let office = OfficeId(5);
    let note = note::Note::Init { office, tree: TREE }.to_string();
    let join = note::Note::Join(Box::new(invitation())).to_string();
    let cut = |text: &str| (0..text.len()).map(|end| text[..end].to_owned()).collect();
    let mut damaged: Vec<String> = cut(&note);
    damaged.extend([
        note.replace('1', "2"),
        note.replace("init", "make"),
        note.replace('\n', " x\n"),
        format!("{note}\n"),
        join.replace("terrace1.", "terrace1.A"),
        join[..join.len() - 2].to_owned(),
        " ".repeat(3000),
    ]);
    for text in damaged {
        let Place { folder, .. } = &place();
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("unfinished"), &text).unwrap();
        let fault = super::init(folder, top(), &mut entropy(1)).unwrap_err();
        assert!(
            matches!(fault, BringUpError::Failed(Failed::Note(_))),
            "{text:?}"
        );
        assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "{text:?}");
    }
}

#[test]
fn one_process_at_a_time_is_at_work_in_a_folder() {
    let Place { folder, .. } = &place();
    let joining = begin(folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let busy = refused(begin(folder, invited(invitation()), &Noon, &mut entropy(2)));
    assert!(matches!(busy, Refusal::Busy(_)));
    drop(joining);
    begin(folder, invited(invitation()), &Noon, &mut entropy(2)).unwrap();
}
