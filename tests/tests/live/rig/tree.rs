use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{LONG, Office, Turn, terrace, until};

/// The real divisions of one prefecture.
const DIVISIONS: &str = include_str!("../../../../crates/cli/data/jian.csv");

/// The top, and offices below it.
pub(crate) const PREFECTURE: &str = "3608";
pub(crate) const COUNTY: &str = "360827";
pub(crate) const TOWNSHIP: &str = "360827100";
pub(crate) const OTHER_TOWNSHIP: &str = "360827101";
/// In another branch.
pub(crate) const OTHER_COUNTY: &str = "360828";

/// Offices that run, each in its own folder and process. The parent of each is
/// the one with the longest code that its own begins with.
#[derive(Debug)]
pub(crate) struct Tree {
    offices: BTreeMap<String, Office>,
    /// What was typed and said while it was brought up.
    said: String,
    home: TempDir,
    _turn: Turn,
}

/// The name of a real office.
pub(crate) fn name_of(code: &str) -> &'static str {
    let mut lines = DIVISIONS.lines().map(|line| line.split(','));
    let fields = lines.find_map(|mut fields| (fields.next()? == code).then(|| fields.next()));
    fields.flatten().unwrap()
}

/// The level of an office, by the length of its code.
fn level_of(code: &str) -> &'static str {
    match code.len() {
        4 => "prefecture",
        6 => "county",
        _ => "township",
    }
}

/// The command that makes the top office in a folder.
pub(crate) fn made_by(code: &str, folder: &Path) -> String {
    format!(
        "init --code {code} --name {} --level {} --link 127.0.0.1:0 --data {}",
        name_of(code),
        level_of(code),
        folder.display()
    )
}

impl Tree {
    /// Brings offices up as an operator does, parents first, and waits until all
    /// are live.
    #[track_caller]
    pub(crate) fn of(codes: &[&str]) -> Self {
        Self::with(codes, |_| {})
    }

    /// The same with settings of its own for each office.
    #[track_caller]
    pub(crate) fn with(codes: &[&str], settings: impl Fn(&Office)) -> Self {
        let tree = Self::made(codes, Turn::shared(), settings);
        tree.all_live();
        tree
    }

    /// The same, while no other test runs.
    #[track_caller]
    pub(crate) fn alone(codes: &[&str]) -> Self {
        let tree = Self::made(codes, Turn::alone(), |_| {});
        tree.all_live();
        tree
    }

    #[track_caller]
    fn made(codes: &[&str], turn: Turn, settings: impl Fn(&Office)) -> Self {
        let mut tree = Self {
            offices: BTreeMap::new(),
            said: String::new(),
            home: TempDir::with_prefix("terrace-live-").unwrap(),
            _turn: turn,
        };
        for code in codes {
            let folder = tree.home.path().join(code);
            let made = match tree.parent_of(code) {
                None => terrace(&made_by(code, &folder)).done(),
                Some(parent) => {
                    let invitation = tree.invites(&parent, code);
                    let below = codes.iter().any(|of| of.len() > code.len());
                    let link = if below { "--link 127.0.0.1:0" } else { "" };
                    terrace(&format!(
                        "join {invitation} {link} --data {}",
                        folder.display()
                    ))
                    .done()
                }
            };
            tree.said.push_str(&made.all());
            let mut office = Office::in_folder(folder);
            settings(&office);
            office.start();
            tree.offices.insert((*code).to_owned(), office);
        }
        tree
    }

    fn parent_of(&self, code: &str) -> Option<String> {
        let above = self.offices.keys().filter(|of| code.starts_with(*of));
        above.max_by_key(|of| of.len()).cloned()
    }

    /// An invitation by one office for another.
    #[track_caller]
    pub(crate) fn invites(&self, parent: &str, code: &str) -> String {
        let (name, level) = (name_of(code), level_of(code));
        let line = format!("invite {code} --name {name} --level {level}");
        self.at(parent).does(&line).word()
    }

    #[track_caller]
    pub(crate) fn at(&self, code: &str) -> &Office {
        self.offices.get(code).unwrap()
    }

    #[track_caller]
    pub(crate) fn at_mut(&mut self, code: &str) -> &mut Office {
        self.offices.get_mut(code).unwrap()
    }

    pub(crate) fn offices(&self) -> impl Iterator<Item = (&str, &Office)> {
        self.offices
            .iter()
            .map(|(code, office)| (code.as_str(), office))
    }

    /// What was typed and said while it was brought up.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// The folder that all offices are in.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// What the top says of all offices, by code.
    #[track_caller]
    pub(crate) fn states(&self) -> BTreeMap<String, Value> {
        let (_, top) = self.offices().next().unwrap();
        let status = top.does("status").json();
        let rows = status["offices"].as_array().unwrap().iter();
        rows.map(|row| (row["code"].as_str().unwrap().to_owned(), row.clone()))
            .collect()
    }

    /// Waits until the top says that all are live.
    #[track_caller]
    pub(crate) fn all_live(&self) {
        until("all are live", LONG, || {
            let states = self.states();
            let is_live =
                |code: &String| states.get(code).is_some_and(|row| row["state"] == "live");
            if self.offices.keys().all(is_live) {
                Ok(())
            } else {
                Err(format!("{states:#?}"))
            }
        });
    }
}
