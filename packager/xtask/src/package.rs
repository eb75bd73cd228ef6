//! Whether the crates could be published: each is packed, unpacked and compiled from its package alone.

use std::process::Command;

use crate::failure::Result;
use crate::{command, place};

/// Packs and compiles all crates that are published.
pub fn check() -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.args(["package", "--workspace", "--quiet", "--allow-dirty", "--locked"]);
    cargo.args(["--exclude", "xtask", "--exclude", "packager-tests"]);
    command::run(cargo.current_dir(place::root()))
}
