//! Choosing literals and matches.

pub mod lazy;
