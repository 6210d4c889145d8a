//! The nouns of Terrace. This crate does no input or output and reads no clock
//! and no random numbers: time is [`Time`], given by the caller.
#![no_std]

extern crate alloc;

mod decimal;
mod hash;
mod id;
mod period;
mod time;

pub use decimal::{Decimal, DecimalError};
pub use hash::Hash;
pub use id::{Code, IdError, Level, NoticeId, OfficeId, SubmissionId, TreeId};
pub use jiff::civil::Date;
pub use period::{Month, Period, PeriodError, parse_date};
pub use time::Time;
