use terrace_store::Store;

/// What an office's store rests on, and what of it survives.
pub trait Backing: Sized {
    /// The store over it.
    type Store: Store;

    /// An empty one. The seed decides what its faults lose.
    ///
    /// # Errors
    /// It could not be made.
    fn create(seed: u64) -> anyhow::Result<Self>;

    /// Opens the store over what survived.
    ///
    /// # Errors
    /// What survived is not what a store may be opened on.
    fn open(&self) -> anyhow::Result<Self::Store>;

    /// Whether its power can fail within a commit.
    fn can_fail(&self) -> bool;

    /// Lets the power fail at the `nth` change of the disk from now, counted
    /// from 1.
    fn fail_at(&self, nth: u64);

    /// Cuts the power: what was not made durable is lost, as the seed says.
    fn cut_power(&self, seed: u64);
}
