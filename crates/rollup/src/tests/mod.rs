//! The worked vectors by number, and properties over random records.

mod bench;
mod coverage;
mod edits;
mod laws;
mod random;
mod reach;
mod rows;
mod v1_boundaries;
mod v2_edits;
mod v3_staleness;
mod v4_ratios;
mod v6_moving;
