//! The store's modules together, on a disk that fails.

#[cfg(test)]
mod power_cuts;
#[cfg(test)]
mod rot;
