//! The pure rules of each kind of business.
