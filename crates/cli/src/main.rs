//! The binary `terrace`.

use std::process::ExitCode;

fn main() -> ExitCode {
    eprintln!(
        "terrace {}: there are no commands yet",
        env!("CARGO_PKG_VERSION")
    );
    ExitCode::from(2)
}
