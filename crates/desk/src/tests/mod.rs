//! The worlds of offices, driven as the machine drives them.

mod arrivals;
mod clerk;
mod country;
mod health;
mod journals;
mod limits;
mod nominations;
mod notices;
mod offices;
mod records;
mod rig;
mod sums;
mod through;
