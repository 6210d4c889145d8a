//! The house rules that a compiler does not know.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test binary has no readers of its docs, and a panic is its way to fail"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use syn::{spanned::Spanned, visit::Visit};

/// What each crate may import of the workspace: lower layers only.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("catalog", &["model"]),
    ("sync", &["model"]),
    ("rollup", &["model", "catalog"]),
    ("wire", &["model", "sync"]),
    ("desk", &["model", "catalog", "rollup"]),
    ("store", &["model", "wire"]),
    ("pki", &["model", "wire"]),
    ("sheets", &["model", "catalog"]),
    (
        "node",
        &[
            "model", "catalog", "sync", "rollup", "wire", "desk", "store", "pki", "sheets",
        ],
    ),
    (
        "grpc",
        &[
            "model", "catalog", "sync", "wire", "desk", "store", "pki", "node",
        ],
    ),
    (
        "cli",
        &["model", "catalog", "rollup", "wire", "node", "grpc"],
    ),
];

/// Crates without input, output, clock or randomness.
const PURE: &[&str] = &["model", "catalog", "sync", "rollup", "desk"];

/// Libraries that have one home.
const HOMES: &[(&str, &[&str])] = &[
    ("sled", &["store"]),
    ("tokio-postgres", &["store"]),
    ("axum", &["console"]),
    ("rustls", &["pki", "grpc"]),
    ("webpki", &["pki", "grpc"]),
    ("tokio-rustls", &["pki", "grpc"]),
    ("prost", &["wire"]),
    ("clap", &["cli", "tests"]),
    ("anyhow", &["cli", "tests"]),
];

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names of the folders in `crates` that hold a package.
fn crates() -> Vec<String> {
    let folders = fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let packages = folders.filter(|folder| folder.join("Cargo.toml").exists());
    packages
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Names in `[dependencies]`, and in `[dev-dependencies]` when asked.
fn dependencies(folder: &Path, with_dev: bool) -> Vec<String> {
    let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    let tables = ["dependencies", "build-dependencies", "dev-dependencies"];
    let tables = &tables[..if with_dev { 3 } else { 2 }];
    let named = tables
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table());
    named.flat_map(|table| table.keys().cloned()).collect()
}

/// Every string in a manifest.
fn strings(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(items) => items.iter().flat_map(strings).collect(),
        toml::Value::Table(items) => items.values().flat_map(strings).collect(),
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => Vec::new(),
    }
}

/// Every Rust source that people write: generated code and build output apart.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join("crates"), root().join("tests")];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["target", "gen"].contains(&name) {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_crate_imports_only_lower_layers() {
    let allowed: BTreeMap<_, _> = LAYERS.iter().copied().collect();
    for name in crates() {
        let lower = allowed
            .get(name.as_str())
            .unwrap_or_else(|| panic!("{name} has no layer"));
        for dependency in dependencies(&root().join("crates").join(&name), true) {
            if let Some(other) = dependency.strip_prefix("terrace-") {
                assert!(
                    lower.contains(&other),
                    "crates/{name} must not import {other}"
                );
            }
        }
    }
}

#[test]
fn the_map_has_every_crate_above_all_that_it_imports() {
    let map = fs::read_to_string(root().join("crates/README.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let layer: u32 = cells.get(1)?.parse().ok()?;
        Some((cells.get(2)?.trim_matches('`').to_owned(), layer))
    };
    let layers: BTreeMap<String, u32> = map.lines().filter_map(row).collect();
    let mut there = crates();
    there.sort();
    assert_eq!(layers.keys().cloned().collect::<Vec<_>>(), there);
    for (name, imports) in LAYERS {
        for import in *imports {
            assert!(
                layers[*import] < layers[*name],
                "the map has {name} not above {import}"
            );
        }
    }
}

#[test]
fn libraries_stay_in_their_homes() {
    for name in crates() {
        for dependency in dependencies(&root().join("crates").join(&name), true) {
            if let Some((_, homes)) = HOMES.iter().find(|(library, _)| *library == dependency) {
                assert!(
                    homes.contains(&name.as_str()),
                    "{dependency} does not belong in {name}"
                );
            }
        }
    }
}

/// The feature that plants faults for the simulator to find.
const PLANTED: &str = "planted";

#[test]
fn tls_has_one_provider() {
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--package", "terrace-cli"])
        .args(["--edges", "normal", "--prefix", "none"])
        .current_dir(root());
    let listed = tree.output().unwrap();
    assert!(listed.status.success(), "{listed:?}");
    let listed = String::from_utf8(listed.stdout).unwrap();
    let ships = |name: &str| {
        listed
            .lines()
            .any(|line| line.split(' ').next() == Some(name))
    };
    assert!(ships("aws-lc-rs") && ships("rustls"));
    for other in ["ring", "openssl", "native-tls", "rustls-graviola"] {
        assert!(!ships(other), "{other} is built into terrace");
    }
}

#[test]
fn nothing_that_ships_asks_for_planted_faults() {
    let mut planting = Vec::new();
    for name in crates() {
        let path = root().join("crates").join(&name).join("Cargo.toml");
        let manifest: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let manifest = toml::Value::Table(manifest);
        let asks = strings(&manifest).iter().any(|text| text.contains(PLANTED));
        assert!(!asks, "crates/{name} asks for the feature `{PLANTED}`");
        let features = manifest.get("features");
        if features.is_some_and(|features| features.get(PLANTED).is_some()) {
            planting.push(name);
        }
    }
    assert_eq!(planting, ["node"], "has the feature `{PLANTED}`");
    let run = fs::read_to_string(root().join("tests/run")).unwrap();
    assert!(!run.contains("--workspace --lib"), "tests/run tests apart");
}

#[test]
fn pure_crates_have_no_standard_library() {
    for name in PURE {
        let folder = root().join("crates").join(name);
        let text = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        assert!(text.contains("\n#![no_std]\n"), "{name} says #![no_std]");
        let impure = [
            "tokio",
            "rustix",
            "getrandom",
            "tracing",
            "serde",
            "tempfile",
        ];
        for dependency in dependencies(&folder, false) {
            assert!(
                !impure.contains(&dependency.as_str()),
                "{name} is pure: no {dependency}"
            );
        }
    }
}

#[test]
fn crates_are_named_for_what_they_do() {
    for name in crates() {
        assert!(
            !["utils", "util", "common", "core", "helpers"].contains(&name.as_str()),
            "{name}"
        );
        let map = fs::read_to_string(root().join("crates/README.md")).unwrap();
        assert!(
            map.contains(&format!("`{name}`")),
            "crates/README.md does not show `{name}`"
        );
    }
}

#[test]
fn files_have_one_subject() {
    for path in sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(
            lines <= FILE_LINES,
            "{} has {lines} lines, more than {FILE_LINES}",
            path.display()
        );
    }
}

#[derive(Default)]
struct Functions {
    long: Vec<String>,
}

impl Functions {
    fn measure(&mut self, name: &syn::Ident, block: &syn::Block) {
        let span = block.span();
        let lines = span.end().line - span.start().line + 1;
        if lines > FUNCTION_LINES {
            self.long.push(format!("{name} has {lines} lines"));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig.ident, &function.block);
        syn::visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig.ident, &function.block);
        syn::visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig.ident, block);
        }
        syn::visit::visit_trait_item_fn(self, function);
    }
}

#[test]
fn functions_fit_a_screen() {
    for path in sources() {
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut functions = Functions::default();
        functions.visit_file(&file);
        assert!(
            functions.long.is_empty(),
            "{}: {}",
            path.display(),
            functions.long.join(", ")
        );
    }
}
