//! The worlds of offices, driven as the machine drives them.

mod clerk;
#[allow(dead_code, reason = "for tests of several offices")]
mod country;
mod limits;
mod records;
#[allow(dead_code, reason = "for tests of several offices")]
mod rig;
mod sums;
mod through;
