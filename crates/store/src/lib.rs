//! Where journals and desk state rest: a log that is the truth, and a view
//! that can be thrown away.
//!
//! [`Store`] and [`Read`] are the contract, in the words of the domain, and
//! [`EmbeddedStore`] keeps it. Under it, over opaque bytes:
//! [`disk`] is all the log ever asks of a disk, real or simulated;
//! [`log`] keeps committed batches, and nothing is acknowledged before its sync;
//! [`kv`] is the small ordered map that the view is written over;
//! [`stamp`] says which versions may open a store, [`lock`] which process.

mod contract;
pub mod disk;
mod embedded;
mod error;
pub mod kv;
pub mod lock;
pub mod log;
pub mod stamp;

pub use contract::{Read, Store};
pub use embedded::{EmbeddedStore, Profile, Snapshots, StoreOptions, StoreReader};
pub use error::StoreError;
