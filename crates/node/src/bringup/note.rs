//! `DIR/unfinished`: what was begun in a folder, and what has to be the same
//! when it is begun again. Written before anything else and removed last, so
//! that a folder that has it is no office yet.
//!
//! ```text
//! terrace-unfinished 1
//! init 0123456789abcdef fedcba9876543210
//! ```

use core::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use terrace_model::{OfficeId, TreeId};
use terrace_pki::Invitation;

use super::error::{Failed, io_at};

/// The note's name in the folder.
pub(super) const NAME: &str = "unfinished";

/// The same while it is written; without meaning after a crash.
pub(super) const NEXT: &str = "unfinished.new";

const TITLE: &str = "terrace-unfinished 1";

/// Longest note, in bytes: an invitation is shorter than a thousand.
const BYTES_MAX: u64 = 2048;

/// What was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// The top office, with these ids.
    Init {
        /// The office's.
        office: OfficeId,
        /// The tree's.
        tree: TreeId,
    },
    /// An office with this invitation.
    Join(Box<Invitation>),
}

impl Note {
    /// The command that began it.
    pub(super) const fn command(&self) -> &'static str {
        match self {
            Self::Init { .. } => "init",
            Self::Join(_) => "join",
        }
    }

    /// The note in a folder; none if there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Failed> {
        let path = folder.join(NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_at("opened", &path)(error)),
        };
        let mut text = Vec::new();
        let read = file.take(BYTES_MAX + 1).read_to_end(&mut text);
        read.map_err(io_at("read", &path))?;
        let note = String::from_utf8(text)
            .ok()
            .and_then(|text| Self::parse(&text));
        note.map(Some).ok_or(Failed::Note(path))
    }

    fn parse(text: &str) -> Option<Self> {
        let said = text
            .strip_prefix(TITLE)?
            .strip_prefix('\n')?
            .strip_suffix('\n')?;
        let mut words = said.split(' ');
        let note = match (words.next()?, words.next()?, words.next()) {
            ("init", office, Some(tree)) => Self::Init {
                office: office.parse().ok()?,
                tree: tree.parse().ok()?,
            },
            ("join", word, None) => Self::Join(Box::new(word.parse().ok()?)),
            _ => return None,
        };
        words.next().is_none().then_some(note)
    }
}

/// The text of the file.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        match self {
            Self::Init { office, tree } => writeln!(f, "init {office} {tree}"),
            // An invitation that was read can be written.
            Self::Join(invitation) => {
                writeln!(f, "join {}", invitation.to_word().map_err(|_| fmt::Error)?)
            }
        }
    }
}
