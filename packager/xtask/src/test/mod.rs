//! `cargo xtask test`: every check of the project, in one command, on a machine that has only Rust.

mod tally;

use std::process::Command;
use std::time::Instant;

use tally::Tally;

use crate::failure::{Failure, Result};
use crate::{apt, command, node, place, stubs, wine};

/// A part of the checks: its name, and what it does.
type Part = (&'static str, fn(&mut Tally));

/// The parts, in order. The cheap ones come first.
const PARTS: &[Part] = &[
    ("fmt", fmt),
    ("clippy", clippy),
    ("unit", unit),
    ("mutants", mutants),
    ("stubs", provenance),
    ("package", package),
    ("e2e", end_to_end),
];

/// Programs that tests run, and Debian's packages of them.
const PROGRAMS: &[(&str, &str)] = &[
    ("msiinfo", "msitools"),
    ("cabextract", "cabextract"),
    ("7z", "p7zip-full"),
    ("openssl", "openssl"),
    ("osslsigncode", "osslsigncode"),
    ("strace", "strace"),
    ("Xvfb", "xvfb"),
    ("xdotool", "xdotool"),
    ("openssl", "openssl"),
    ("socat", "socat"),
];

/// Runs all parts, or the named ones. A part that fails does not keep the others from running.
pub fn run(only: &[&str]) -> Result<()> {
    if let Some(unknown) = only.iter().find(|name| !PARTS.iter().any(|(part, _)| part == *name)) {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        return Err(Failure::new(format!("no such part: `{unknown}`; there are {}", names.join(", "))));
    }
    let mut tally = Tally::default();
    for (name, part) in PARTS {
        if only.is_empty() || only.contains(name) {
            let start = Instant::now();
            println!("== {name}");
            part(&mut tally);
            println!("== {name}: {} s", start.elapsed().as_secs());
        }
    }
    tally.finish()
}

/// `cargo` in the root of the checkout.
fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).current_dir(place::root());
    cargo
}

fn fmt(tally: &mut Tally) {
    tally.step("fmt", || command::run(&mut cargo(&["fmt", "--all", "--check"])));
    for folder in ["payload/stub", "examples/acme-agent/src"] {
        tally.step(&format!("fmt of {folder}"), || {
            command::run(cargo(&["fmt", "--check"]).current_dir(place::root().join(folder)))
        });
    }
}

fn clippy(tally: &mut Tally) {
    let arguments = ["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    tally.step("clippy", || command::run(&mut cargo(&arguments)));
}

fn unit(tally: &mut Tally) {
    // Formats are shown to other readers of them.
    tally.step("programs of the tests", || apt::programs(PROGRAMS));
    let arguments = ["test", "--workspace", "--exclude", "packager-tests", "--locked", "--no-fail-fast"];
    tally.tests("unit tests", &mut cargo(&arguments));
}

fn mutants(tally: &mut Tally) {
    tally.step("breaks that the engine's tests notice", || crate::mutants::run(None));
}

fn provenance(tally: &mut Tally) {
    tally.step("stub provenance", stubs::check);
}

fn package(tally: &mut Tally) {
    tally.step("packages for crates.io", crate::package::check);
}

fn end_to_end(tally: &mut Tally) {
    let mut tests = cargo(&["test", "--package", "packager-tests", "--locked", "--no-fail-fast"]);
    // Without their surroundings the tests would prove nothing: none of them is skipped, the part fails.
    let ready = tally.step("surroundings of the end-to-end tests", || {
        apt::programs(PROGRAMS)?;
        let wine = wine::prepare()?;
        let node = node::prepare()?;
        command::run(&mut cargo(&["build", "--quiet", "--release", "--locked", "--package", "packager"]))?;
        let binary =
            place::target_dir()?.join("release").join(format!("packager{}", std::env::consts::EXE_SUFFIX));
        tests
            .env("PACKAGER_WINE", wine.run)
            .env("PACKAGER_WINE_TEMPLATE", wine.template)
            .env("PACKAGER_NODE_RUNTIME", node)
            .env("PACKAGER_BIN", binary);
        Ok(())
    });
    if ready {
        tally.tests("end-to-end tests", &mut tests);
    }
}
