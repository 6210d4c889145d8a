use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// Tests run two or more at a time. What is measured is measured alone: only
/// then does a limit say something about the program.
static MACHINE: RwLock<()> = RwLock::new(());

/// A test's share of the machine, until it is dropped.
#[derive(Debug)]
#[expect(dead_code, reason = "held, not read")]
pub(crate) enum Turn {
    Shared(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

impl Turn {
    /// Beside other tests.
    pub(crate) fn shared() -> Self {
        Self::Shared(MACHINE.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Without any other.
    pub(crate) fn alone() -> Self {
        Self::Alone(MACHINE.write().unwrap_or_else(PoisonError::into_inner))
    }
}
