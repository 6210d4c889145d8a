use std::collections::VecDeque;

use terrace_model::Time;

use super::clock::{self, BEGIN};

/// Lines kept of a run that is not shown as a whole.
const LAST: usize = 40;

/// What happened, in order, one line each.
#[derive(Debug)]
pub struct Trace {
    lines: VecDeque<String>,
    whole: bool,
    digest: u64,
}

impl Trace {
    pub(super) const fn new(whole: bool) -> Self {
        Self {
            lines: VecDeque::new(),
            whole,
            digest: 0xcbf2_9ce4_8422_2325,
        }
    }

    pub(super) fn note(&mut self, now: Time, line: &str) {
        let line = format!("{} {line}", clock::shown(now.millis_since(BEGIN)));
        for byte in line.bytes() {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if !self.whole && self.lines.len() == LAST {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// The lines kept: all, or the last ones.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Two runs with one digest went the same way.
    #[must_use]
    pub const fn digest(&self) -> u64 {
        self.digest
    }
}
