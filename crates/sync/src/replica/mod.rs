//! For tests: two offices with plain vectors of pages, and a link between
//! them whose frames are watched.

mod office;
mod pages;
mod pair;
mod watch;

#[cfg(test)]
mod tests;

pub(crate) use office::Replica;
pub(crate) use pages::{Chain, held, lower, stream, stream_for, tree, upper};
pub(crate) use pair::{Pair, Side};
