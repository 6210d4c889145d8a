use terrace_model::{Code, Level};
use terrace_store::Read;
use terrace_wire::Refusal;

use super::{Door, broken};
use crate::reads::status::{Known, OfficeStatus, status};

/// The office that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnStatus {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Level,
    /// Version of the program.
    pub version: String,
    /// Catalog in force, such as `new-strata@1`.
    pub catalog: String,
}

/// This office and all below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The office that answers.
    pub office: OwnStatus,
    /// The office that answers and all below it.
    pub offices: Vec<OfficeStatus>,
}

impl<R: Read> Door<R> {
    /// Who is behind or silent, since when, by how much, why, and what to do.
    ///
    /// # Errors
    /// The office failed.
    pub async fn status(&self) -> Result<Status, Refusal> {
        let neighbours = self.inner.office.neighbours();
        let now = self.inner.office.moment().wall;
        let lang = self.lang;
        let silent_after = self.inner.setup.silent_after;
        let found = self.look(move |reader, here| {
            let known = Known::gather(reader, here.me, here.tree, &neighbours, now, silent_after)?;
            Ok((here.tree.get(here.me).cloned(), status(&known, lang)))
        });
        let (me, offices) = found.await?;
        let me = me.ok_or_else(|| broken("the office is not in its own tree", lang))?;
        Ok(Status {
            office: OwnStatus {
                code: me.code,
                name: me.name,
                level: me.level,
                version: self.inner.setup.version.clone(),
                catalog: self.book().catalog.name(),
            },
            offices,
        })
    }
}
