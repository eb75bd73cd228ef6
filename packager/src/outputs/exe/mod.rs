//! The setup EXE: stub, plan, index and compressed files in one file.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`config`] | name and looks |
//! | [`plan`] | what will be in it |
//! | [`write`] | that plan into a sink |

pub mod config;
pub mod plan;
pub mod write;

#[cfg(test)]
mod tests;

pub use plan::{ExePlan, plan};
pub use write::write;
