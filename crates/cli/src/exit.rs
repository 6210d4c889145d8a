use std::process::ExitCode;

use terrace_wire::RefusalCode;

/// How the program ends; scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: it was done.
    Done,
    /// 1 to 6: it was not.
    Not(RefusalCode),
}

impl Exit {
    /// 2: the command line itself.
    pub(crate) const USAGE: Self = Self::Not(RefusalCode::Usage);
    /// 3: refused content.
    pub(crate) const CONTENT: Self = Self::Not(RefusalCode::Content);

    /// The number that the caller sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Not(why) => why.exit_code(),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
