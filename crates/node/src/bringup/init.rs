use std::path::Path;

use terrace_model::{Code, Level, Office, OfficeId, Own, TreeId};

use super::error::{BringUpError, Refusal};
use super::folder::{Folder, Found};
use super::founding::{Founding, Made};
use super::listen::Listening;
use super::note::{self, Note};
use super::{Entropy, fits_new, make_keys, number, office_name};
use crate::config::Profile;

/// The top office of a tree, as an operator wants it.
#[derive(Clone, Debug)]
pub struct Init {
    /// Its code.
    pub code: Code,
    /// Its name: 1 to 60 characters.
    pub name: String,
    /// Its level; any may be the top.
    pub level: Level,
    /// How its children reach it.
    pub listening: Listening,
    /// Sizes of its store; none: by its level.
    pub profile: Option<Profile>,
}

/// Makes the top office of a new tree in a folder: its ids, its keys, its store
/// and its settings. An `init` that was cut short is completed, with the ids and
/// keys it had made. Starts nothing.
///
/// # Errors
/// A [`BringUpError`]. After a [`Refusal`] nothing was touched.
pub fn init(folder: &Path, init: Init, entropy: Entropy<'_>) -> Result<Made, BringUpError> {
    let Init {
        code,
        name,
        level,
        listening,
        profile,
    } = init;
    let name = office_name(&name)?;
    listening.check()?;
    let (folder, begun) = Folder::take(folder, fits)?;
    let (link, held) = listening.settle(None, entropy)?;
    let (id, tree) = begun.unwrap_or_else(|| {
        let office = OfficeId(number(entropy));
        (office, TreeId(number(entropy)))
    });
    let note = Note::Init { office: id, tree };
    folder.write(note::NAME, note::NEXT, &note.to_string())?;
    let keys = make_keys(folder.path(), entropy)?;
    let office = Office {
        id,
        code,
        name,
        level,
        parent: None,
        key: Some(keys.signing.public()),
    };
    let founding = Founding {
        folder,
        own: Own { id, tree },
        offices: vec![office.clone()],
        link,
        held,
        profile,
        salt: number(entropy),
    };
    Ok(founding.finish(office)?)
}

/// An `init` goes into an empty folder, or goes on with one that was begun.
fn fits(folder: &Path, found: Found) -> Result<Option<(OfficeId, TreeId)>, Refusal> {
    match found {
        Found::Begun(Note::Init { office, tree }) => Ok(Some((office, tree))),
        Found::Nothing | Found::Office | Found::Other(_) | Found::Begun(Note::Join(_)) => {
            fits_new(folder, found)
        }
    }
}
