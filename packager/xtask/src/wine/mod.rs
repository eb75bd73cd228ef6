//! A Wine that runs 32- and 64-bit programs, for the end-to-end tests.
//!
//! The system's Wine where it runs both, proven by running the example's program of both kinds. Else a Debian
//! root in the cache with Wine in it, run through bubblewrap: making it needs root or sudo, running it does not.
//! Beside it lies a template prefix (a Windows installation, so to speak), which tests copy.

mod root;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Failure, Result};
use crate::{command, place};

/// What tests need to know of Wine.
pub struct Wine {
    /// `run PREFIX PROGRAM ARGUMENTS…` runs one of Wine's programs (`wine`, `wineboot`, `wineserver`) with a prefix.
    pub run: PathBuf,
    /// A prefix to copy; never run anything in it.
    pub template: PathBuf,
}

/// Settings of every run, unless the caller has others: no logs, no offers to download .NET or a browser, no menu
/// entries on the machine itself.
const ENVIRONMENT: [(&str, &str); 2] =
    [("WINEDEBUG", "-all"), ("WINEDLLOVERRIDES", "mscoree,mshtml=;winemenubuilder.exe=d")];

/// Wine, made if need be.
pub fn prepare() -> Result<Wine> {
    match system() {
        Ok(wine) => Ok(wine),
        Err(why) => {
            println!("the system's Wine does not do: {why}");
            let folder = root::get()?;
            let wine = Wine {
                run: script(&root::command_line(&folder)?)?,
                template: place::cache()?.join("wine-prefix"),
            };
            made(&wine)?;
            Ok(wine)
        }
    }
}

fn system() -> Result<Wine> {
    let version = command::version("wine").ok_or_else(|| Failure::new("there is none"))?;
    let cache = place::cache()?;
    // Finding out takes a quarter of a minute: it is done once for each version.
    let unfit = cache.join("wine-system-unfit");
    if fs::read_to_string(&unfit).is_ok_and(|text| text == version) {
        return Err(Failure::new(format!("{version} does not run both 32- and 64-bit programs")));
    }
    let wine = Wine { run: script("exec \"$@\"")?, template: cache.join("wine-prefix-system") };
    if let Err(failure) = made(&wine) {
        place::write(&unfit, version.as_bytes())?;
        return Err(failure);
    }
    Ok(wine)
}

/// Writes the script that runs Wine. It stands in the checkout, whose path is in it.
fn script(body: &str) -> Result<PathBuf> {
    let path = place::build_dir("wine").join("run");
    let mut text = "#!/bin/bash\n# run PREFIX PROGRAM ARGUMENTS…\nprefix=$1; shift\n".to_owned();
    // Wine would link Documents, Desktop and so on to those of a home folder that exists.
    let fonts = place::cache()?.join("wine-fonts");
    text.push_str(&format!(
        "export WINEPREFIX=\"$prefix\" HOME=/nonexistent XDG_CACHE_HOME={}\n",
        quoted(&fonts)
    ));
    for (name, value) in ENVIRONMENT {
        text.push_str(&format!("export {name}=\"${{{name}-{value}}}\"\n"));
    }
    text.push_str(body);
    text.push('\n');
    place::write(&path, text.as_bytes())?;
    command::output(Command::new("chmod").arg("+x").arg(&path))?;
    Ok(path)
}

/// A path for a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

/// Makes the template prefix, unless it is there, and proves it.
fn made(wine: &Wine) -> Result<()> {
    if !wine.template.join("system.reg").is_file() {
        println!("making a Wine prefix in {}", wine.template.display());
        let partial = wine.template.with_extension("partial");
        place::fresh_dir(&partial)?;
        wine.call(&partial, &["wineboot", "--init"])?;
        prove(wine, &partial)?;
        // Waits until the registry is on the disk.
        wine.call(&partial, &["wineserver", "--wait"])?;
        fs::rename(&partial, &wine.template).context(|| format!("renaming {}", partial.display()))?;
    }
    Ok(())
}

/// Runs a 32- and a 64-bit program. The exit code alone says nothing: Wine ends with 0 when it cannot load one.
fn prove(wine: &Wine, prefix: &Path) -> Result<()> {
    for arch in ["x86", "x64"] {
        let program = place::root().join(format!("examples/acme-agent/payload/{arch}/bin/agentctl.exe"));
        let said = wine.call(prefix, &["wine", &program.to_string_lossy(), "status"])?;
        if !said.contains("Acme Agent Control: ready") {
            return Err(Failure::new(format!(
                "this Wine does not run the {arch} program {}",
                program.display()
            )));
        }
    }
    Ok(())
}

impl Wine {
    fn call(&self, prefix: &Path, arguments: &[&str]) -> Result<String> {
        command::output(Command::new(&self.run).arg(prefix).args(arguments))
    }
}
