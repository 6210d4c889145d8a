//! The worlds of offices, driven as the machine drives them.

mod arrivals;
mod clerk;
mod country;
mod limits;
mod nominations;
mod records;
mod rig;
mod sums;
mod through;
