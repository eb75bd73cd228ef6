//! Whether the crates could be published: each is packed, unpacked and compiled from its package alone.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::Result;
use crate::{command, place};

/// Packs and compiles all crates that are published.
pub fn check() -> Result<()> {
    // Cargo takes a crate of the same version for the same crate, also when it was packed anew. It tells packages
    // apart by their folder, so each run gets a folder that was never used.
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let all = place::build_dir("package");
    place::fresh_dir(&all)?;
    let mut cargo = Command::new("cargo");
    cargo.args(["package", "--workspace", "--quiet", "--allow-dirty", "--locked"]);
    cargo.args(["--exclude", "xtask", "--exclude", "packager-tests"]);
    cargo.arg("--target-dir").arg(all.join(seconds.to_string()));
    command::run(cargo.current_dir(place::root()))?;
    place::remove(&all)
}
