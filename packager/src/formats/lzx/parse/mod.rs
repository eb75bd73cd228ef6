//! Choosing literals and matches.

mod costs;
pub mod lazy;
pub mod near_optimal;
