//! What became of a notice at an office.

use serde::Serialize;
use terrace_wire::proto;

use crate::answer;
use crate::failure::Failure;

/// Instants as RFC 3339; what has not happened is null.
#[derive(Debug, Default, Serialize)]
pub(super) struct Receipt {
    pub(super) delivered: Option<String>,
    pub(super) read: Option<String>,
    pub(super) acknowledged: Option<String>,
}

impl Receipt {
    /// A receipt as messages hold it.
    pub(super) fn from_proto(said: proto::Receipt) -> Result<Self, Failure> {
        Ok(Self {
            delivered: answer::instant(said.delivered)?,
            read: answer::instant(said.read)?,
            acknowledged: answer::instant(said.acknowledged)?,
        })
    }
    /// Its instants, in the order of their columns.
    pub(super) fn as_cells(&self) -> [String; 3] {
        [&self.delivered, &self.read, &self.acknowledged].map(|at| at.clone().unwrap_or_default())
    }
}
