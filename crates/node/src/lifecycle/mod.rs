//! From start to stop: what a process of offices asks of the machine it runs on.

mod clock;
mod files;
mod logs;
mod notify;
mod randomness;
mod room;
mod stop;

#[cfg(test)]
mod tests;

pub use clock::{RELEASED, SystemClock, civil_day};
pub use files::{OpenFiles, raise_open_files};
pub use logs::{LOG_VARIABLE, LogError, start_logs};
pub use notify::{tell_ready, tell_stopping};
pub use randomness::system_randomness;
pub use room::free_bytes;
pub use stop::{Stage, Stop};
