//! Writes the code that is made from `proto/`: the messages and services, and
//! the limits declared beside their fields. With `--check` it writes nothing
//! and fails, with the file's name, where the committed code is another.
//!
//! The compiler for `.proto` files is a library: no `protoc` is needed.
#![allow(
    clippy::print_stdout,
    reason = "a program for developers that says what it did"
)]

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use protox::prost_reflect::DescriptorPool;

#[path = "generate/limits.rs"]
mod limits;

/// Folder of the generated files, from the root.
const GENERATED: &str = "crates/wire/src/gen";

fn main() -> Result<ExitCode> {
    let check = match env::args().nth(1).as_deref() {
        None => false,
        Some("--check") => true,
        Some(other) => bail!("{other}: only --check is known"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut current = true;
    for (name, text) in generate(&root.join("proto"))? {
        let path = root.join(GENERATED).join(&name);
        if fs::read_to_string(&path).is_ok_and(|committed| committed == text) {
            continue;
        }
        current = false;
        if !check {
            fs::write(&path, text).with_context(|| path.display().to_string())?;
        }
        let what = if check { "is not current" } else { "written" };
        println!("{GENERATED}/{name}: {what}");
    }
    if check && !current {
        println!("cargo run -p terrace-tests --bin generate");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The generated files, by name.
fn generate(proto: &Path) -> Result<Vec<(String, String)>> {
    let files = proto_files(&proto.join("terrace/v1"))?;
    let mut compiler = protox::Compiler::new([proto])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(files)?;

    let folder = tempfile::tempdir()?;
    tonic_prost_build::configure()
        .out_dir(folder.path())
        .emit_rerun_if_changed(false)
        .codec_path("crate::codec::GuardedCodec")
        // Tokens must not reach a log.
        .skip_debug(["terrace.v1.EnrolRequest", "terrace.v1.InviteReply"])
        .compile_fds(compiler.file_descriptor_set())?;
    let messages = fs::read_to_string(folder.path().join("terrace.v1.rs"))?;

    let pool = DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice())?;
    Ok(vec![
        ("terrace.v1.rs".to_owned(), messages),
        ("limits.rs".to_owned(), limits::generate(&pool)?),
    ])
}

/// The `.proto` files of a folder, by name.
fn proto_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
