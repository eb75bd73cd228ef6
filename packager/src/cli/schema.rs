//! `packager schema`: the JSON Schema of agent.toml, for editors.

use super::Outcome;
use super::console::Console;
use crate::manifest::schema;

/// Print the JSON Schema of agent.toml, for editors
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Prints it.
pub fn run(_: &Args, console: &mut Console) -> Outcome {
    console.document(&format!("{:#}\n", schema::schema()))
}
