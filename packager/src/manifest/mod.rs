//! What `agent.toml` says: its structure, with the place of everything, and nothing of what it means.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`vocabulary`] | every table and key there is: one list for checks, suggestions and documentation |
//! | [`shape`] | how that list is written |
//! | [`schema`] | the same list as a JSON Schema, for editors |
//! | [`syntax`] | from bytes to a TOML table, with limits |
//! | [`check`] | the table against the vocabulary: all problems at once |
//! | [`types`] | the same as Rust structures |
//! | [`read`] | from the table to these structures |

pub mod check;
pub mod read;
pub mod schema;
pub mod shape;
pub mod syntax;
pub mod types;
pub mod vocabulary;

pub use types::Manifest;

use crate::diagnostics::{Problems, Source};

/// Reads a manifest. Problems of syntax and structure go to `problems`; what could be read is returned, so
/// that what stands in it can be looked at in the same run.
pub fn parse(source: &Source, problems: &mut Problems) -> Manifest {
    let Some(table) = syntax::parse(source.text(), problems) else {
        return Manifest::default();
    };
    check::check(&table, vocabulary::ROOT, problems);
    read::manifest(&table)
}

#[cfg(test)]
mod tests;
