//! The first line: which column holds which field.

use std::collections::BTreeSet;

use terrace_catalog::{Presence, Reason, RecordType};

use crate::{RowFault, SheetReason, rows::Cell};

/// Name of the column that holds the records' ids.
const ID: &str = "id";

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Id,
    Field(String),
}

impl Column {
    /// The name by which faults and files call it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Id => ID,
            Self::Field(field) => field,
        }
    }
}

/// The columns of a sheet that may be read; each at most once.
///
/// A column may be missing, even that of a required field where there are ids:
/// an edit of a record that exists leaves it out, and whether the record exists
/// is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns(Vec<Column>);

impl Columns {
    /// The columns that a sheet of a type has when all are there.
    pub(crate) fn all(of: &RecordType) -> Self {
        let fields = of
            .fields
            .iter()
            .map(|field| Column::Field(field.id.clone()));
        Self(std::iter::once(Column::Id).chain(fields).collect())
    }

    /// Reads the header.
    ///
    /// # Errors
    /// A fault of the first line for each column that is none, or is there
    /// twice; its field is the name as it stands there.
    pub(crate) fn read(of: &RecordType, header: &[Cell<'_>]) -> Result<Self, Vec<RowFault>> {
        let all = Self::all(of);
        let mut seen = BTreeSet::new();
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        for (place, cell) in header.iter().enumerate() {
            let name = cell.text.trim();
            let known = all.iter().find(|column| column.name() == name);
            let reason = match (cell.fault.clone(), known) {
                (Some(reason), _) => reason,
                (None, None) if name.is_empty() => SheetReason::Unnamed { column: place + 1 },
                (None, None) if header.len() == 1 && all.are_in(name) => SheetReason::NoCommas,
                (None, None) => all.no_column(),
                (None, Some(_)) if !seen.insert(name) => SheetReason::Field(Reason::Doubled),
                (None, Some(column)) => {
                    columns.push(column.clone());
                    continue;
                }
            };
            faults.push(RowFault::of_column(name, reason));
        }
        if faults.is_empty() {
            Ok(Self(columns))
        } else {
            Err(faults)
        }
    }

    /// Whether a text is two or more of the names, with something else than a
    /// comma between them.
    fn are_in(&self, text: &str) -> bool {
        let names = text.split([';', '；', '，', '\t', '|']).map(str::trim);
        let is_ours = |name: &&str| self.iter().any(|column| column.name() == *name);
        names.filter(is_ours).count() > 1
    }

    /// Fields that a new record must be given and that have no column.
    pub(crate) fn absent<'s>(&self, of: &'s RecordType) -> impl Iterator<Item = &'s str> {
        let required = of.fields.iter().filter(|field| match field.presence {
            Presence::Required => true,
            Presence::Optional | Presence::Default(_) => false,
        });
        let ids = required.map(|field| field.id.as_str());
        ids.filter(|id| !self.iter().any(|column| column.name() == *id))
    }

    /// Whether rows can say which records they are, so that one may be an edit.
    pub(crate) fn has_ids(&self) -> bool {
        self.0.contains(&Column::Id)
    }

    fn no_column(&self) -> SheetReason {
        SheetReason::NoColumn {
            allowed: self.iter().map(|column| column.name().to_owned()).collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Column> {
        self.0.iter()
    }
}
