//! Packages of Debian and Ubuntu, where the machine is one.

use std::path::Path;
use std::process::Command;

use crate::command;
use crate::failure::{Failure, Result};

/// Whether this machine has apt.
pub fn is_here() -> bool {
    command::version("apt-get").is_some()
}

/// A command with the rights to change the machine: as we are when we are root, else by sudo without a prompt.
fn privileged(program: &str) -> Option<Command> {
    let root = command::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Some(Command::new(program));
    }
    command::output(Command::new("sudo").args(["-n", "true"])).ok()?;
    let mut sudo = Command::new("sudo");
    sudo.arg("-n").arg(program);
    Some(sudo)
}

/// A command that runs as root.
pub fn as_root(program: &str, why: &str) -> Result<Command> {
    privileged(program).ok_or_else(|| Failure::new(format!("{why} needs root or sudo without a password")))
}

fn update() {
    // Old lists may still do: the step that follows says what is missing.
    if let Some(mut apt) = privileged("apt-get") {
        let _ = command::output(apt.args(["update", "-q"]));
    }
}

/// Installs packages. Says what to install by hand where it cannot.
pub fn install(packages: &[&str]) -> Result<()> {
    let by_hand = || Failure::new(format!("please install: {}", packages.join(" ")));
    if !is_here() {
        return Err(by_hand());
    }
    println!("installing {}", packages.join(" "));
    let install = || -> Result<String> {
        let mut apt = privileged("apt-get").ok_or_else(by_hand)?;
        apt.args(["-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends"]);
        command::output(apt.args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    if install().is_err() {
        update();
        install()?;
    }
    Ok(())
}

/// Installs the packages of those programs that are not there: pairs of a program and its package.
pub fn programs(programs: &[(&str, &str)]) -> Result<()> {
    let there = |program: &str| command::output(Command::new("which").arg(program)).is_ok();
    let missing: Vec<&str> =
        programs.iter().filter(|(program, _)| !there(program)).map(|(_, package)| *package).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

/// Downloads packages into a folder, without installing them.
pub fn download(packages: &[&str], folder: &Path) -> Result<()> {
    let download = || {
        command::output(Command::new("apt-get").args(["download", "-q"]).args(packages).current_dir(folder))
    };
    if download().is_err() {
        update();
        download()?;
    }
    Ok(())
}

/// What a package depends on, as package names.
pub fn dependencies(package: &str) -> Result<Vec<String>> {
    let text = command::output(Command::new("apt-cache").args(["depends", package]))?;
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    // Names in <> are fulfilled by another package.
    Ok(names.filter(|name| !name.starts_with('<')).map(str::to_owned).collect())
}
