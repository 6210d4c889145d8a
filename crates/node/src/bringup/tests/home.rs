use terrace_store::StoreError;

use super::*;
use crate::config::ConfigError;

fn joined() -> Place {
    let place = place();
    let joining = begin(&place.folder, invited(invitation()), &Noon, &mut entropy(1)).unwrap();
    let reply = answer(&joining);
    joining.finish(&reply).unwrap();
    place
}

#[test]
fn a_folder_without_an_office_is_not_opened() {
    let Place { above, folder } = &place();
    for _ in 0..2 {
        let nothing = Home::open(folder, 1).unwrap_err();
        assert!(matches!(&nothing, OpenError::NoOffice(at) if at == folder));
        assert!(nothing.todo().unwrap().contains("terrace init"));
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("letter.txt"), "").unwrap();
    }
    let file = above.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(
        Home::open(&file, 1),
        Err(OpenError::Folder(Failed::Io { .. }))
    ));
}

#[test]
fn an_office_has_one_owner() {
    let Place { folder, .. } = &joined();
    let home = Home::open(folder, 1).unwrap();
    let second = Home::open(folder, 2).unwrap_err();
    assert!(matches!(&second, OpenError::Store(StoreError::Lock(_))));
    let named = format!("this store is in use by process {}", std::process::id());
    assert_eq!(second.to_string(), named);
    assert!(second.todo().is_some());
    home.store.close().unwrap();
    Home::open(folder, 3).unwrap();
}

#[test]
fn keys_of_another_office_are_refused() {
    let (Place { folder, .. }, other) = (&joined(), place());
    super::init(&other.folder, top(), &mut entropy(7)).unwrap();
    fs::remove_dir_all(folder.join("keys")).unwrap();
    assert!(matches!(Home::open(folder, 1), Err(OpenError::Keys(_))));
    fs::rename(other.folder.join("keys"), folder.join("keys")).unwrap();
    let refused = Home::open(folder, 1).unwrap_err();
    assert!(matches!(
        refused,
        OpenError::OtherKeys { office: CHILD, .. }
    ));
}

#[test]
fn settings_that_are_not_right_are_told() {
    let Place { folder, .. } = &joined();
    let path = folder.join("terrace.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\nparent = ", "\n#parent = ")).unwrap();
    let no_parent = Home::open(folder, 1).unwrap_err();
    assert!(matches!(&no_parent, OpenError::NoParent(at) if *at == path));
    assert!(no_parent.todo().unwrap().contains("[link]"));

    fs::write(&path, text.replace("[link]", "[lnk]")).unwrap();
    let wrong = Home::open(folder, 1).unwrap_err();
    assert!(matches!(
        wrong,
        OpenError::Config(ConfigError::Faults { .. })
    ));
    fs::remove_file(&path).unwrap();
    let none = Home::open(folder, 1).unwrap_err();
    assert!(matches!(none, OpenError::Config(ConfigError::Io { .. })));
    fs::write(&path, text).unwrap();
    Home::open(folder, 1).unwrap();
}

#[test]
fn a_store_that_says_nothing_is_nobodys() {
    let Place { folder, .. } = &joined();
    for part in ["FORMAT", "log", "view", "snapshot"] {
        let path = folder.join(part);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else if path.exists() {
            fs::remove_file(path).unwrap();
        }
    }
    assert!(matches!(
        Home::open(folder, 1),
        Err(OpenError::Store(StoreError::Absent))
    ));
    let profile = Profile::Tiny.of_store();
    let store = terrace_store::EmbeddedStore::create(folder, profile, 1).unwrap();
    store.close().unwrap();
    assert!(matches!(Home::open(folder, 1), Err(OpenError::Nobody(_))));
}
