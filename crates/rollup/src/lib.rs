//! Arithmetic of figures: from records to cells, over months and over offices.
//!
//! [`contributions`] says what a record adds to each month's cells, and
//! [`difference`] what an edit therefore says. A [`Plan`] adds the cells of many
//! offices up to rows, with what each row rests on. [`recount`] counts the same
//! straight from records by the rules as they are written, shares no arithmetic
//! with the other two, and so tells whether they are right.
//!
//! This crate knows no day but those it is given, and reads nothing but
//! [`Figures`].
#![no_std]

extern crate alloc;

mod evaluate;
mod merge;
mod recount;

#[cfg(test)]
mod tests;

pub use evaluate::{
    Contributions, Course, Ending, add, contributions, course_contributions, difference, reached,
    reached_persons,
};
pub use merge::{
    Coverage, DEFAULT_CARRY_MONTHS, Figure, Figures, Kind, MAX_PERIODS, Plan, Query, Refusal, Row,
    Standing, Status, standing,
};
pub use recount::{Days, recount, recount_ratio};
