use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than a process of offices ever has open; asked for where the system
/// sets no limit.
const MOST: u64 = 1 << 20;

/// How many files, sockets included, this process may have open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles {
    /// As many; none: no limit.
    pub limit: Option<u64>,
}

impl OpenFiles {
    /// Whether as many are enough.
    #[must_use]
    pub fn is_enough(self, needed: u64) -> bool {
        self.limit.is_none_or(|limit| limit >= needed)
    }

    /// Says aloud if they are too few: what is opened beyond the limit fails
    /// then, one file or connection at a time.
    pub fn say_if_too_few(self, needed: u64) {
        if !self.is_enough(needed) {
            tracing::warn!(
                limit = self.limit,
                needed,
                "too few open files are allowed to this process; raise the hard limit \
                 (LimitNOFILE= of the systemd unit, or ulimit -Hn)"
            );
        }
    }
}

/// Raises the soft limit of open files as far as the hard one allows. Never
/// lowers it.
///
/// # Errors
/// The system refused; the limit is what it was.
pub fn raise_open_files() -> io::Result<OpenFiles> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(raised) = wanted(current, maximum) else {
        return Ok(OpenFiles { limit: current });
    };
    let current = Some(raised);
    setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    Ok(OpenFiles { limit: current })
}

/// The soft limit to ask for; none where the one there is cannot be raised.
fn wanted(soft: Option<u64>, hard: Option<u64>) -> Option<u64> {
    let most = hard.map_or(MOST, |hard| hard.min(MOST));
    soft.filter(|soft| *soft < most).map(|_| most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_to_the_hard_one_and_never_lowered() {
        for (soft, hard, expected) in [
            (Some(1024), Some(4096), Some(4096)),
            (Some(4096), Some(4096), None),
            (Some(1024), None, Some(MOST)),
            (Some(1024), Some(MOST + 1), Some(MOST)),
            (Some(MOST + 1), None, None),
            (None, None, None),
        ] {
            assert_eq!(wanted(soft, hard), expected, "{soft:?} {hard:?}");
        }
    }

    #[test]
    fn as_many_as_are_needed_are_enough() {
        let files = OpenFiles { limit: Some(100) };
        assert!(files.is_enough(100) && !files.is_enough(101));
        assert!(OpenFiles { limit: None }.is_enough(u64::MAX));
    }
}
