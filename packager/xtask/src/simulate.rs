//! `cargo xtask simulate`: more generated scenarios than the unit tests have time for.

use std::process::Command;

use crate::failure::{Failure, Result};
use crate::{command, place};

/// Runs them, optimised.
pub fn run(options: &[&str]) -> Result<()> {
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "test",
            "--release",
            "--package",
            "packager-engine",
            "--lib",
            "--",
            "--nocapture",
            "scenarios",
        ])
        .env("PACKAGER_SCENARIOS", "100000")
        .env("PACKAGER_SEED", "0")
        .current_dir(place::root());
    for pair in options.chunks(2) {
        match pair {
            ["--scenarios", number] => cargo.env("PACKAGER_SCENARIOS", number),
            ["--seed", seed] => cargo.env("PACKAGER_SEED", seed),
            _ => {
                let text = format!("`{}` is not `--scenarios N` or `--seed HEX`", pair.join(" "));
                return Err(Failure::new(text));
            }
        };
    }
    command::run(&mut cargo)
}
