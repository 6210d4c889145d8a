use std::io::{self, Write};

use serde::Serialize;

/// Writes one value without a line break.
///
/// # Errors
/// The output's.
pub(crate) fn write(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
