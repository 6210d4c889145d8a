use crate::rig::{COUNTY, Office, TOP, TOWN, invite, joined, run, top_in, tree};

#[test]
fn an_office_joins_by_one_invitation_and_its_keys_stay_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let top = top_in(folder.path());
    let word = invite(&top, COUNTY, "示例县", "county");
    assert!(word.starts_with("terrace1.") && word.len() < 1_000);
    assert_eq!(top.state_of(COUNTY)["state"], "never-joined");
    let mut county = Office::new(folder.path().join("county"));
    assert_eq!(county.run(&["join", &word]).code, 0);
    county.start();
    let keys = county.folder.join("keys");
    let mut found = 0;
    for entry in std::fs::read_dir(keys).unwrap() {
        let key = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!top.holds_bytes(&key), "a key left its office");
        assert!(county.holds_bytes(&key));
        found += 1;
    }
    assert_eq!(found, 2, "a signing key apart from a transport key");
    let again = run(&folder.path().join("thief"), &["join", &word]);
    assert_eq!(again.code, 3, "{again:?}");
    let second = top.run(&["invite", COUNTY, "--name", "x", "--level", "county"]);
    assert_eq!(second.code, 3, "{second:?}");
}

#[test]
fn a_second_invitation_voids_the_first_and_a_parent_away_spends_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut top = top_in(folder.path());
    let first = invite(&top, COUNTY, "示例县", "county");
    let second = invite(&top, COUNTY, "示例县", "county");
    let voided = run(&folder.path().join("a"), &["join", &first]);
    assert_eq!(voided.code, 3, "{voided:?}");
    assert_eq!(top.stop(), 0);
    let county = folder.path().join("b");
    let away = run(&county, &["join", &second]);
    assert_eq!(away.code, 4, "{away:?}");
    top.start();
    let joined = run(&county, &["join", &second]);
    assert_eq!(joined.code, 0, "{joined:?}");
}

#[test]
fn a_folder_has_one_office_and_an_office_one_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let mut top = top_in(folder.path());
    let settings = std::fs::read(top.folder.join("terrace.toml")).unwrap();
    let again = top.run(&["init", "--code", "11", "--name", "x", "--level", "county"]);
    assert_eq!(again.code, 3, "{again:?}");
    assert_eq!(
        settings,
        std::fs::read(top.folder.join("terrace.toml")).unwrap()
    );
    let second = top.run(&["serve"]);
    assert_eq!(second.code, 1, "{second:?}");
    top.kill();
    let gone = top.run(&["status"]);
    assert_eq!(gone.code, 4, "{gone:?}");
    assert!(gone.stderr.contains("terrace serve --data"), "{gone:?}");
    // Its socket and its port are taken again at once.
    top.start();
    let county = joined(folder.path(), &top, COUNTY, "county");
    assert_eq!(county.run(&["status"]).json()["office"]["code"], COUNTY);
    let nobody = run(&folder.path().join("none"), &["serve"]);
    assert_eq!(nobody.code, 3, "{nobody:?}");
    let leaf = joined(folder.path(), &county, TOWN, "township");
    let closed = leaf.run(&[
        "invite",
        "360827101001",
        "--name",
        "x",
        "--level",
        "village",
    ]);
    assert_eq!(closed.code, 3, "{closed:?}");
    assert!(closed.stderr.contains("terrace.toml"), "{closed:?}");
}

#[test]
fn status_tells_of_a_county_that_stopped_and_its_townships_go_on() {
    let mut tree = tree();
    assert_eq!(tree.county.stop(), 0);
    crate::rig::until("the county and its townships are silent", || {
        [COUNTY, TOWN]
            .iter()
            .all(|code| tree.top.state_of(code)["state"] == "silent")
    });
    let town = tree.top.state_of(TOWN);
    assert!(town["why"].as_str().unwrap().contains(COUNTY), "{town}");
    assert_eq!(tree.town.put_person("alone").code, 0);
    tree.county.start();
    crate::rig::until("what was kept meanwhile has come up", || {
        let figure = tree.top.figure("persons", &["--period", "2024"]);
        figure["value"] == "1" && tree.top.state_of(TOWN)["state"] == "live"
    });
    assert_eq!(tree.top.state_of(TOP)["state"], "live");
    drop(tree.folder);
}
