//! The door for programs, and the live carrier.
