//! What stands in `terrace.toml` is what a daemon does.

use std::ffi::OsStr;

use crate::rig::{COUNTY, LONG, OTHER_COUNTY, Office, PREFECTURE, Tree, until};

/// What a daemon logs from its start to its end.
fn run(office: &mut Office, variable: Option<&str>) -> String {
    let before = office.log().len();
    match variable {
        Some(level) => office.start_with(&[("TERRACE_LOG", OsStr::new(level))]),
        None => office.start(),
    }
    office.stop();
    office.log().split_off(before)
}

#[test]
fn a_log_has_the_weight_and_the_form_in_the_settings_and_the_variable_goes_before() {
    let mut tree = Tree::of(&[PREFECTURE]);
    let office = tree.at_mut(PREFECTURE);
    office.stop();
    let (mut level_was, mut format_was) = (
        "#level = \"info\"".to_owned(),
        "#format = \"auto\"".to_owned(),
    );
    for (level, format, variable, is_said) in [
        ("info", "text", None, true),
        ("warn", "text", None, false),
        ("warn", "json", Some("info"), true),
        ("info", "json", Some("warn"), false),
    ] {
        let (level_is, format_is) = (
            format!("level = \"{level}\""),
            format!("format = \"{format}\""),
        );
        office.set(&level_was, &level_is);
        office.set(&format_was, &format_is);
        (level_was, format_was) = (level_is, format_is);
        let log = run(office, variable);
        // Said with the weight of info, at each end.
        let line = log.lines().find(|line| line.contains("a second signal"));
        assert_eq!(line.is_some(), is_said, "{level} {variable:?}: {log}");
        let is_json = |line: &str| line.starts_with('{') && line.ends_with('}');
        let fits = line.is_none_or(|line| is_json(line) == (format == "json"));
        assert!(fits, "{format}: {log}");
    }
}

/// Offices below that the top is linked with.
fn linked(tree: &Tree) -> usize {
    let states = tree.states();
    let below = states.iter().filter(|(code, _)| *code != PREFECTURE);
    below.filter(|(_, row)| row["since"].is_null()).count()
}

#[test]
fn as_many_offices_are_connected_as_the_settings_allow() {
    let mut tree = Tree::of(&[PREFECTURE, COUNTY, OTHER_COUNTY]);
    let mut was = "#connections = 16384".to_owned();
    for (most, are) in [("1", 1), ("2", 2)] {
        let top = tree.at_mut(PREFECTURE);
        top.stop();
        let before = top.log().len();
        let line = format!("connections = {most}");
        top.set(&was, &line);
        was = line;
        top.start();
        let turned_away = || {
            let log = tree.at(PREFECTURE).log().split_off(before);
            log.contains("this office has all the connections it can have")
        };
        until("as many as there may be are linked", LONG, || {
            let linked = linked(&tree);
            let is_so = linked == are && turned_away() == (are < 2);
            is_so.then_some(()).ok_or(format!("{linked} are linked"))
        });
    }
}
