use alloc::{string::String, sync::Arc, vec::Vec};

use terrace_model::Value;

use crate::{CodeList, Label};

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A name or a short text on one line.
    Text {
        /// Most characters.
        max_chars: usize,
    },
    /// One code of a list.
    Code(Arc<CodeList>),
    /// Any number of codes of a list.
    Codes(Arc<CodeList>),
    /// A civil year, not later than this one.
    Year,
    /// A civil day.
    Date {
        /// Whether the day may lie ahead: a term begins and ends when it is
        /// set to, all other things have happened.
        ahead: bool,
    },
    /// A whole number, not negative, at most 12 digits.
    Count,
    /// 万元, not negative, at most 12 digits before and 6 after the point.
    Amount,
    /// A record of this office.
    Ref {
        /// Type id of that record.
        of: String,
        /// Whether the consent of the person referred to must be on file.
        consent: bool,
    },
}

/// Whether a field must be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A record without it is refused.
    Required,
    /// It may be left out and cleared.
    Optional,
    /// Left out or cleared, it has this value.
    Default(Value),
}

/// Which part of a record keeps a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The record itself: its dates and reasons. The newest value holds for all
    /// periods.
    Record,
    /// A dated state: the value holds from the state's first day on.
    State,
    /// The list of confirmations: every value given is added to it, and none is
    /// among the record's fields.
    Confirmation,
}

/// A field of a record type, or of what a submission proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Unique within the type; never `id`.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub presence: Presence,
    /// Which part of the record keeps it.
    pub kept: Kept,
    /// Whether it is a means of contact that no submission carries.
    pub private: bool,
    /// Whether a question over persons may filter and group by it.
    pub askable: bool,
    /// What it is kept for. Every field of a person-linked type states one.
    pub purpose: Option<Label>,
}

impl Field {
    /// A required field. A day is kept by the record, all else by its states.
    #[must_use]
    pub fn new(id: &str, zh: &str, en: &str, kind: FieldKind) -> Self {
        let kept = match kind {
            FieldKind::Date { .. } => Kept::Record,
            FieldKind::Text { .. }
            | FieldKind::Code(_)
            | FieldKind::Codes(_)
            | FieldKind::Year
            | FieldKind::Count
            | FieldKind::Amount
            | FieldKind::Ref { .. } => Kept::State,
        };
        Self {
            id: id.into(),
            label: Label::new(zh, en),
            kind,
            presence: Presence::Required,
            kept,
            private: false,
            askable: false,
            purpose: None,
        }
    }

    /// The same field, which may be left out.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.presence = Presence::Optional;
        self
    }

    /// The same field with a value where none is given.
    #[must_use]
    pub fn default(mut self, value: Value) -> Self {
        self.presence = Presence::Default(value);
        self
    }

    /// The same field, kept by another part of the record.
    #[must_use]
    pub const fn kept_by(mut self, kept: Kept) -> Self {
        self.kept = kept;
        self
    }

    /// The same field as a means of contact that no submission carries.
    #[must_use]
    pub const fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// The same field, open to questions.
    #[must_use]
    pub const fn askable(mut self) -> Self {
        self.askable = true;
        self
    }

    /// The same field with what it is kept for.
    #[must_use]
    pub fn purpose(mut self, zh: &str, en: &str) -> Self {
        self.purpose = Some(Label::new(zh, en));
        self
    }

    /// The list that the field's codes are taken from.
    #[must_use]
    pub const fn list(&self) -> Option<&Arc<CodeList>> {
        match &self.kind {
            FieldKind::Code(list) | FieldKind::Codes(list) => Some(list),
            FieldKind::Text { .. }
            | FieldKind::Year
            | FieldKind::Date { .. }
            | FieldKind::Count
            | FieldKind::Amount
            | FieldKind::Ref { .. } => None,
        }
    }

    /// The type that the field refers to, and whether the person's consent must
    /// be on file.
    #[must_use]
    pub fn reference(&self) -> Option<(&str, bool)> {
        match &self.kind {
            FieldKind::Ref { of, consent } => Some((of, *consent)),
            FieldKind::Text { .. }
            | FieldKind::Code(_)
            | FieldKind::Codes(_)
            | FieldKind::Year
            | FieldKind::Date { .. }
            | FieldKind::Count
            | FieldKind::Amount => None,
        }
    }
}

/// What the end day of a span means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The end day is the first that no longer counts: in the stock at E if
    /// start <= E and E < end.
    FirstDayOut,
    /// The end day is the last day of the term: in the stock at E if
    /// start <= E and E <= end.
    LastDayIn,
}

/// The days on which a record counts. Without an end day it counts from its
/// start on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Field of the first day.
    pub start: String,
    /// Field of the end day, optional.
    pub end: String,
    /// What the end day means.
    pub ends: Ends,
}

/// How a type remembers what its records were before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum States {
    /// One state, which every put replaces.
    One,
    /// A list of dated states: a put changes from a day on.
    Dated,
}

/// What must hold between the fields of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRule {
    /// The end day is given if and only if the case is not open.
    Closing {
        /// Code field that says how the case stands.
        field: String,
        /// Its code while the case is open.
        open: String,
        /// The end day.
        date: String,
    },
    /// A record that names a person counts once.
    OneWith {
        /// Count field.
        count: String,
        /// Reference to the person.
        reference: String,
    },
}

/// A record type (台账类型): what an office keeps about one kind of thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordType {
    /// Unique within the catalog.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// In the order in which they are shown.
    pub fields: Vec<Field>,
    /// The days on which a record counts, where it stands for a time.
    pub span: Option<Span>,
    /// Field of the day on which it happened, where it is an event.
    pub date: Option<String>,
    /// How it remembers what was before.
    pub states: States,
    /// What must hold between the fields.
    pub rules: Vec<TypeRule>,
}

impl RecordType {
    /// A type without span, date and rules, with one state.
    #[must_use]
    pub fn new(id: &str, zh: &str, en: &str, fields: Vec<Field>) -> Self {
        Self {
            id: id.into(),
            label: Label::new(zh, en),
            fields,
            span: None,
            date: None,
            states: States::One,
            rules: Vec::new(),
        }
    }

    /// The same type with the day on which a record happened.
    #[must_use]
    pub fn on(mut self, date: &str) -> Self {
        self.date = Some(date.into());
        self
    }

    /// The same type with the days on which a record counts.
    #[must_use]
    pub fn over(mut self, start: &str, end: &str, ends: Ends) -> Self {
        self.span = Some(Span {
            start: start.into(),
            end: end.into(),
            ends,
        });
        self
    }

    /// The same type with dated states.
    #[must_use]
    pub const fn dated(mut self) -> Self {
        self.states = States::Dated;
        self
    }

    /// The same type with one rule more.
    #[must_use]
    pub fn rule(mut self, rule: TypeRule) -> Self {
        self.rules.push(rule);
        self
    }

    /// A field by its id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Field of the record's own first day: the start of its span, or the day
    /// on which it happened.
    #[must_use]
    pub fn start_field(&self) -> Option<&str> {
        let start = self.span.as_ref().map(|span| span.start.as_str());
        start.or(self.date.as_deref())
    }

    /// Fields that refer to other records, with the type they refer to.
    pub fn references(&self) -> impl Iterator<Item = (&Field, &str)> {
        self.fields
            .iter()
            .filter_map(|field| Some((field, field.reference()?.0)))
    }
}
