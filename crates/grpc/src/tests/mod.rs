//! Real sockets on the loopback, both ends as an office has them.

mod carrier;
mod enrolment;
mod exchange;
mod frames;
mod idle;
mod listener;
mod office;
mod program;
mod programs;
mod rig;
