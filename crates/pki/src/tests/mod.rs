//! Certificates of every shape, and whole handshakes in memory.

mod chains;
mod forge;
mod handshake;
mod matrix;
mod names;
mod renewal;
mod rig;
