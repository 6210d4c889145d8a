//! What a command reads from and writes to.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use terrace_catalog::Lang;
use terrace_model::{Date, Time};
use terrace_node::lifecycle::civil_day;

use crate::failure::Failure;
use crate::output::{Column, Format, Rows, Tail, json, plain};
use crate::words;

/// What a command reads from and writes to. Results go to standard output alone;
/// progress, hints and warnings to standard error.
pub(crate) struct Shell<'a> {
    pub(crate) stdin: Box<dyn Read + Send>,
    pub(crate) stdout: &'a mut dyn Write,
    pub(crate) stderr: &'a mut dyn Write,
    /// Whether a person sees the results as they come.
    pub(crate) is_terminal: bool,
    /// The office's folder, if one is given.
    pub(crate) data: Option<PathBuf>,
    /// The format, if one is asked for.
    pub(crate) asked: Option<Format>,
    pub(crate) lang: Lang,
    /// When the command was given.
    pub(crate) now: Time,
}

impl Shell<'_> {
    /// The office's folder.
    ///
    /// # Errors
    /// None is given: exit 2.
    pub(crate) fn folder(&self) -> Result<&Path, Failure> {
        let none = || {
            let why = Failure::usage(words::NO_FOLDER.get(self.lang));
            why.hint(words::GIVE_FOLDER.get(self.lang))
        };
        self.data.as_deref().ok_or_else(none)
    }

    /// Standard input, once; after that there is nothing in it.
    pub(crate) fn take_stdin(&mut self) -> Box<dyn Read + Send> {
        std::mem::replace(&mut self.stdin, Box::new(std::io::empty()))
    }

    /// The format of rows: as asked, else a table on a terminal and JSON
    /// otherwise.
    pub(crate) fn format(&self) -> Format {
        self.asked.unwrap_or(if self.is_terminal {
            Format::Table
        } else {
            Format::Json
        })
    }

    /// The offices' civil day.
    pub(crate) fn today(&self) -> Date {
        civil_day(self.now)
    }

    /// Says something to the person, not to programs. That nobody hears it is no
    /// failure.
    pub(crate) fn tell(&mut self, text: &str) {
        writeln!(self.stderr, "{}", plain(text)).unwrap_or_default();
    }

    /// Says what the office finds unusual about what it did.
    pub(crate) fn warn(&mut self, warnings: &[String]) {
        for warning in warnings {
            self.tell(&format!("{}: {warning}", words::WARNING.get(self.lang)));
        }
    }

    /// Writes one line of results.
    ///
    /// # Errors
    /// Standard output is closed or fails.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), Failure> {
        Ok(writeln!(self.stdout, "{text}")?)
    }

    /// Writes one JSON value on one line.
    ///
    /// # Errors
    /// Standard output is closed or fails.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        json::write(self.stdout, value)?;
        Ok(writeln!(self.stdout)?)
    }

    /// Begins rows of results in the format that was asked for.
    pub(crate) fn rows<R: Serialize>(
        &mut self,
        tail: Tail,
        columns: Vec<Column<R>>,
    ) -> Rows<'_, R> {
        Rows::new(self.format(), tail, columns, self.stdout)
    }

    /// Says that there was nothing, where an empty table would not.
    pub(crate) fn say_if_none(&mut self, rows: usize) {
        if rows == 0 && self.format() == Format::Table {
            self.tell(words::NOTHING.get(self.lang));
        }
    }

    /// Refuses csv for a command that gives no rows.
    ///
    /// # Errors
    /// Csv is asked for: exit 2.
    pub(crate) fn no_csv(&self) -> Result<(), Failure> {
        match self.format() {
            Format::Table | Format::Json => Ok(()),
            Format::Csv => {
                let why = Failure::usage(words::NO_CSV.get(self.lang));
                Err(why.hint(words::OTHER_FORMAT.get(self.lang)))
            }
        }
    }
}
