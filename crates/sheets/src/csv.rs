//! CSV after RFC 4180, in UTF-8.

mod read;
mod split;
mod write;

pub use read::{Sheet, Sifted, read_csv, read_limited, sift_csv};
pub use write::{WriteError, write_csv, write_rows};
