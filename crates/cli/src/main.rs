//! The binary `terrace`.
//!
//! Each command is one file under [`commands`]. It gets its own arguments, a
//! [`shell`] to read from and to write to, and, if it talks to the running
//! daemon, an [`office`] to ask. It says what came of it: nothing, or a
//! [`failure`], which has an exit code and words for the person who asked.

mod answer;
mod assembly;
mod clock;
mod commands;
mod demo;
mod exit;
mod failure;
mod file;
mod given;
mod office;
mod output;
mod run;
mod shell;
#[cfg(test)]
mod tests;
mod words;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use terrace_node::lifecycle::SystemClock;

fn main() -> ExitCode {
    let stdout_is_terminal = io::stdout().is_terminal();
    let world = run::World {
        args: std::env::args_os().collect(),
        env: &|name| std::env::var_os(name),
        now: SystemClock::start().moment().wall,
        stdin: Box::new(io::stdin()),
        stdout: &mut io::stdout().lock(),
        stdout_is_terminal,
        stderr: &mut io::stderr(),
    };
    run::run(world).into()
}
