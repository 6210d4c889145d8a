//! Reads a file of settings section by section. Whatever is wrong is noted and
//! reading goes on, so that all faults are told at once.

use core::fmt::Display;
use core::ops::RangeInclusive;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{ConfigFault, Reason};

/// How alike two names are, from 0 to 1, for the one to be a hint at the other.
const ALIKE: f64 = 0.75;

/// A file of settings while it is read.
pub(super) struct Document<'t> {
    text: &'t str,
    table: DeTable<'t>,
    /// Everything that was asked for, to tell what an unknown name may mean.
    known: Vec<String>,
    /// What is in the file and was not asked for: where, and its path.
    unknown: Vec<(usize, String)>,
    faults: Vec<(usize, ConfigFault)>,
}

impl<'t> Document<'t> {
    pub(super) fn parse(text: &'t str) -> Self {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut document = Self {
            text,
            table: table.into_inner(),
            known: Vec::new(),
            unknown: Vec::new(),
            faults: Vec::new(),
        };
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            document.note(
                at,
                String::new(),
                Reason::Syntax(error.message().to_owned()),
            );
        }
        document
    }

    fn note(&mut self, at: usize, path: String, reason: Reason) {
        let before = self.text.bytes().take(at);
        let line = before.filter(|byte| *byte == b'\n').count() + 1;
        self.faults.push((at, ConfigFault { line, path, reason }));
    }

    /// Reads one section, which may be missing.
    pub(super) fn section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_, 't>) -> T,
    ) -> T {
        self.known.push(name.to_owned());
        let mut entries = DeTable::new();
        if let Some((_, value)) = self.table.remove_entry(name) {
            let at = value.span().start;
            let value = value.into_inner();
            if let DeValue::Table(table) = value {
                entries = table;
            } else {
                self.note(at, name.to_owned(), wrong_kind("a section", &value));
            }
        }
        let mut section = Section {
            name,
            entries,
            document: self,
        };
        let done = read(&mut section);
        for (key, _) in section.entries {
            let (at, path) = (key.span().start, format!("{name}.{}", key.get_ref()));
            section.document.unknown.push((at, path));
        }
        done
    }

    /// All faults, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<ConfigFault> {
        for (key, _) in core::mem::take(&mut self.table) {
            let (at, path) = (key.span().start, key.get_ref().to_string());
            self.unknown.push((at, path));
        }
        for (at, path) in core::mem::take(&mut self.unknown) {
            let nearest = nearest(&path, &self.known);
            self.note(at, path, Reason::Unknown(nearest));
        }
        self.faults.sort_by_key(|(at, _)| *at);
        let faults: Vec<_> = self.faults.into_iter().map(|(_, fault)| fault).collect();
        // What a line that is no TOML was taken for is not worth a word.
        let broken = faults.iter().filter(|fault| fault.path.is_empty());
        let broken: BTreeSet<usize> = broken.map(|fault| fault.line).collect();
        let worth = |fault: &ConfigFault| fault.path.is_empty() || !broken.contains(&fault.line);
        faults.into_iter().filter(worth).collect()
    }
}

/// One section while it is read.
pub(super) struct Section<'d, 't> {
    name: &'static str,
    entries: DeTable<'t>,
    document: &'d mut Document<'t>,
}

impl Section<'_, '_> {
    fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    /// Notes a fault of this section's own: one that shows only when its
    /// settings are held side by side.
    pub(super) fn fault(&mut self, at: usize, key: &str, reason: &str) {
        let path = self.path(key);
        self.document
            .note(at, path, Reason::Value(reason.to_owned()));
    }

    fn take<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&DeValue<'_>) -> Result<T, Reason>,
    ) -> Option<Spanned<T>> {
        self.document.known.push(self.path(key));
        let (_, value) = self.entries.remove_entry(key)?;
        let span = value.span();
        match read(value.get_ref()) {
            Ok(read) => Some(Spanned::new(span, read)),
            Err(reason) => {
                self.document.note(span.start, self.path(key), reason);
                None
            }
        }
    }

    /// A setting in quotes, with where it stands; none if it is missing or
    /// faulty.
    pub(super) fn text<T, E: Display>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Spanned<T>> {
        self.take(key, |value| {
            let DeValue::String(text) = value else {
                return Err(wrong_kind("text in quotes", value));
            };
            read(text).map_err(|error| Reason::Value(error.to_string()))
        })
    }

    /// A whole number within bounds; none if it is missing or faulty.
    pub(super) fn whole(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<u32>,
    ) -> Option<Spanned<u32>> {
        self.take(key, |value| {
            let DeValue::Integer(number) = value else {
                return Err(wrong_kind("a whole number", value));
            };
            let number = u32::from_str_radix(number.as_str(), number.radix()).ok();
            number
                .filter(|number| bounds.contains(number))
                .ok_or_else(|| {
                    let (least, most) = bounds.into_inner();
                    Reason::Value(format!(
                        "a whole number from {least} to {most} belongs here"
                    ))
                })
        })
    }
}

fn wrong_kind(expected: &'static str, found: &DeValue<'_>) -> Reason {
    let found = match found {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    };
    Reason::Kind { expected, found }
}

/// The known name that an unknown one most likely means. A setting outside its
/// section means the one of that name in it.
fn nearest(unknown: &str, known: &[String]) -> Option<String> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let unknown = last(unknown);
    let alike = |known: &str| strsim::jaro_winkler(&unknown, &last(known));
    let scored = known.iter().map(|known| (alike(known), known));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= ALIKE).then(|| best.1.clone())
}
