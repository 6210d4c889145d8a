//! What a put makes of a record: the edit semantics, without the store.

use alloc::{
    string::{String, ToString},
    vec,
    vec::Vec,
};

use terrace_model::{Date, Fields, Record, RecordKey, State, Value};

use crate::{
    FieldFault, FieldKind, Kept, Presence, Reason, RecordType, States, TypeRule,
    parse::{clears, misfits, text_of},
};

/// Most dated states that one record is kept with.
pub const MAX_STATES: usize = 1_000;

/// Most confirmations that one record is kept with.
pub const MAX_CONFIRMATIONS: usize = 10_000;

/// Name of the day of a change in faults.
const FROM: &str = "from";

/// Name of the record's id in faults.
const ID: &str = "id";

/// How a put changes a record that exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// First day of the change, or the day whose state is corrected. None:
    /// today, or the record's own first day where that lies ahead.
    pub from: Option<Date>,
    /// Replaces the state in force over its whole span, instead of changing
    /// from a day on.
    pub correct: bool,
}

/// The record that a put makes.
///
/// Fields that are not given stay what they were; one given as
/// [`NOT_KEPT`](crate::NOT_KEPT) is cleared, or takes its default. A put that
/// changes nothing gives back an equal record.
///
/// - A new record has one state, from its own first day on.
/// - A type with one state: the put replaces it.
/// - A type with dated states: a change holds from its day until the next state
///   begins, and touches no day before; a correction touches exactly the days
///   of the state it corrects.
/// - The record's own dates and reasons hold for all days.
/// - A confirmation is added to those there are.
///
/// What other records say is not looked at: whether references exist, whether
/// terms overlap, how many assignments a person has. `today` is the office's
/// civil day.
///
/// # Errors
/// All faults, where the whole record would not be right.
pub fn apply_put(
    of: &RecordType,
    existing: Option<&Record>,
    given: &Fields,
    how: Put,
    today: Date,
) -> Result<Record, Vec<FieldFault>> {
    let mut faults = misfits(&of.fields, given);
    if existing.is_none() && how.correct {
        faults.push(FieldFault::new(ID, "", Reason::NothingToCorrect));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut draft = Draft::begin(of, existing, given, how, today);
    draft.check_day(existing);
    draft.check_presence(existing);
    draft.check_days();
    draft.check_rules();
    if !draft.faults.is_empty() {
        return Err(draft.faults);
    }
    let record = draft.place(existing);
    let counted = [
        (record.states.len(), MAX_STATES),
        (record.confirmations.len(), MAX_CONFIRMATIONS),
    ];
    match counted.into_iter().find(|(count, most)| count > most) {
        Some((_, most)) => Err(vec![FieldFault::new(ID, "", Reason::TooMany { most })]),
        None => Ok(record),
    }
}

/// The records that the given fields refer to, which must exist.
#[must_use]
pub fn refs_of(of: &RecordType, given: &Fields) -> Vec<RecordKey> {
    let referred = |(field, target): (&crate::Field, &str)| match given.get(&field.id)? {
        Value::Ref(id) => Some(RecordKey::new(target, id)),
        Value::Text(_)
        | Value::Code(_)
        | Value::Codes(_)
        | Value::Date(_)
        | Value::Year(_)
        | Value::Count(_)
        | Value::Amount(_) => None,
    };
    of.references().filter_map(referred).collect()
}

/// A record on its way.
struct Draft<'a> {
    of: &'a RecordType,
    given: &'a Fields,
    how: Put,
    today: Date,
    /// The record's own first day, where it is known.
    start: Option<Date>,
    /// First day of the change.
    day: Date,
    fixed: Fields,
    state: Fields,
    faults: Vec<FieldFault>,
}

impl<'a> Draft<'a> {
    fn begin(
        of: &'a RecordType,
        existing: Option<&Record>,
        given: &'a Fields,
        how: Put,
        today: Date,
    ) -> Self {
        let before = existing.map(|record| record.fixed.clone());
        let fixed = laid_over(of, before.unwrap_or_default(), given, Kept::Record);
        let start = of
            .start_field()
            .and_then(|field| fixed.get(field)?.as_date());
        let day = how.from.unwrap_or_else(|| match (how.correct, start) {
            (false, Some(start)) => start.max(today),
            (true, _) | (false, None) => today,
        });
        let before = existing.and_then(|record| record.state_at(day));
        let before = before.map(|state| state.fields.clone());
        let state = laid_over(of, before.unwrap_or_default(), given, Kept::State);
        let mut draft = Self {
            of,
            given,
            how,
            today,
            start,
            day,
            fixed,
            state,
            faults: Vec::new(),
        };
        draft.reopen();
        draft
    }

    /// The end day goes when the case is open again and nobody gave one.
    fn reopen(&mut self) {
        for rule in &self.of.rules {
            match rule {
                TypeRule::Closing { field, open, date } => {
                    let is_open = code(&self.state, field) == Some(open);
                    if is_open && !self.given.contains_key(date) {
                        self.fixed.remove(date);
                    }
                }
                TypeRule::OneWith { .. } => {}
            }
        }
    }

    fn fault(&mut self, field: &str, value: &str, reason: Reason) {
        self.faults.push(FieldFault::new(field, value, reason));
    }

    /// The day of the change itself.
    fn check_day(&mut self, existing: Option<&Record>) {
        let Some(from) = self.how.from else { return };
        let shown = from.to_string();
        match (self.of.states, self.start) {
            (States::One, _) if !self.how.correct => self.fault(FROM, &shown, Reason::OneState),
            (States::Dated, Some(start)) if !self.how.correct && from < start => {
                self.fault(FROM, &shown, Reason::BeforeStart { start });
            }
            (States::One | States::Dated, _) => {}
        }
        let changes = existing.is_some() && !self.how.correct;
        if changes && from > self.today && !self.start_may_lie_ahead() {
            self.fault(FROM, &shown, Reason::Ahead { today: self.today });
        }
    }

    fn start_may_lie_ahead(&self) -> bool {
        let start = self.of.start_field().and_then(|field| self.of.field(field));
        start.is_some_and(|field| matches!(field.kind, FieldKind::Date { ahead: true }))
    }

    fn value(&self, field: &str) -> Option<&Value> {
        self.fixed.get(field).or_else(|| self.state.get(field))
    }

    fn check_presence(&mut self, existing: Option<&Record>) {
        for field in &self.of.fields {
            let required = match field.presence {
                Presence::Required => true,
                Presence::Optional | Presence::Default(_) => false,
            };
            if required && self.value(&field.id).is_none() {
                self.fault(&field.id, "", Reason::Required);
            }
            let confirmation = self
                .given
                .get(&field.id)
                .filter(|_| field.kept == Kept::Confirmation);
            match confirmation {
                Some(given) if clears(given) => self.fault(&field.id, "", Reason::Confirmed),
                Some(Value::Date(day)) => self.check_confirmation(&field.id, *day, existing),
                Some(_) | None => {}
            }
        }
    }

    /// A confirmation of a day before the record's own first day says nothing of
    /// it. One that is held stays right where the first day moves: who returns
    /// gets a new one.
    fn check_confirmation(&mut self, field: &str, day: Date, existing: Option<&Record>) {
        let is_held = existing.is_some_and(|record| record.confirmations.contains(&day));
        if let Some(start) = self.start.filter(|start| day < *start && !is_held) {
            self.fault(field, &day.to_string(), Reason::BeforeStart { start });
        }
    }

    /// Days that were given lie in the past, unless they may lie ahead; ends do
    /// not come before starts.
    fn check_days(&mut self) {
        let today = self.today;
        for (id, value) in self.given {
            let reason = match (self.of.field(id).map(|field| &field.kind), value) {
                (Some(FieldKind::Date { ahead: false }), Value::Date(day)) if *day > today => {
                    Reason::Ahead { today }
                }
                (Some(FieldKind::Year), Value::Year(year)) if *year > today.year() => {
                    Reason::NoYear
                }
                (Some(_) | None, _) => continue,
            };
            self.fault(id, &text_of(value), reason);
        }
        let Some(span) = &self.of.span else { return };
        let end = self.value(&span.end).and_then(Value::as_date);
        if let (Some(start), Some(end)) = (self.start, end)
            && end < start
        {
            self.fault(&span.end, &end.to_string(), Reason::EndsEarly { start });
        }
    }

    fn check_rules(&mut self) {
        for rule in &self.of.rules {
            match rule {
                TypeRule::Closing { field, open, date } => self.check_closing(field, open, date),
                TypeRule::OneWith { count, reference } => self.check_one(count, reference),
            }
        }
    }

    fn check_closing(&mut self, field: &str, open: &str, date: &str) {
        let Some(is_open) = code(&self.state, field).map(|code| code == open) else {
            return;
        };
        let dated = self.fixed.get(date).map(text_of);
        let field = field.to_string();
        match (is_open, dated) {
            (true, Some(day)) => self.fault(date, &day, Reason::StillOpen { field }),
            (false, None) => self.fault(date, "", Reason::NotDated { field }),
            (true, None) | (false, Some(_)) => {}
        }
    }

    fn check_one(&mut self, count: &str, reference: &str) {
        let named = self.value(reference).is_some();
        let other = self.value(count).filter(|value| **value != Value::Count(1));
        if let (true, Some(shown)) = (named, other.map(text_of)) {
            let reference = reference.to_string();
            self.fault(count, &shown, Reason::NotOne { reference });
        }
    }

    /// The whole record, with the state where it belongs.
    fn place(self, existing: Option<&Record>) -> Record {
        let mut confirmations = existing.map_or_else(Vec::new, |r| r.confirmations.clone());
        let confirming = |field: &&crate::Field| field.kept == Kept::Confirmation;
        for field in self.of.fields.iter().filter(confirming) {
            confirmations.extend(self.given.get(&field.id).and_then(Value::as_date));
        }
        confirmations.sort_unstable();
        confirmations.dedup();
        let before = existing.map_or(&[] as &[State], |record| &record.states);
        let states = match self.of.states {
            States::One => self.one_state(before),
            States::Dated => self.dated_states(before),
        };
        Record {
            fixed: self.fixed,
            states,
            confirmations,
        }
    }

    fn one_state(&self, before: &[State]) -> Vec<State> {
        let kept = before.first().map(|state| state.from);
        vec![State {
            from: self.start.or(kept).unwrap_or(self.today),
            fields: self.state.clone(),
        }]
    }

    /// The first state begins no later than the record itself, so that a state
    /// put between the two never reaches back before its own day.
    fn dated_states(&self, before: &[State]) -> Vec<State> {
        let mut states = before.to_vec();
        let start = self.start.unwrap_or(self.today);
        if let Some(first) = states.first_mut() {
            first.from = first.from.min(start);
        }
        let after = states.partition_point(|state| state.from <= self.day);
        let new = State {
            from: self.day,
            fields: self.state.clone(),
        };
        match states.get_mut(after.saturating_sub(1)) {
            None => states.push(State { from: start, ..new }),
            Some(held) if held.fields == new.fields => {}
            Some(held) if self.how.correct || held.from == self.day => held.fields = new.fields,
            Some(_) => states.insert(after, new),
        }
        states
    }
}

/// What one part of a record becomes: what it was, what is given, and the
/// defaults of what is still missing.
fn laid_over(of: &RecordType, before: Fields, given: &Fields, kept: Kept) -> Fields {
    let mut fields = before;
    for field in of.fields.iter().filter(|field| field.kept == kept) {
        match given.get(&field.id) {
            Some(value) if clears(value) => {
                fields.remove(&field.id);
            }
            Some(value) => {
                fields.insert(field.id.clone(), value.clone());
            }
            None => {}
        }
        match &field.presence {
            Presence::Default(value) if !fields.contains_key(&field.id) => {
                fields.insert(field.id.clone(), value.clone());
            }
            Presence::Default(_) | Presence::Required | Presence::Optional => {}
        }
    }
    fields
}

fn code<'a>(fields: &'a Fields, field: &str) -> Option<&'a String> {
    match fields.get(field)? {
        Value::Code(code) => Some(code),
        Value::Text(_)
        | Value::Codes(_)
        | Value::Date(_)
        | Value::Year(_)
        | Value::Count(_)
        | Value::Amount(_)
        | Value::Ref(_) => None,
    }
}

#[cfg(test)]
mod tests;
