//! `cargo xtask mutants`: breaks the engine in one place after the other, and has its tests find each.
//!
//! The breaks stand in `payload/engine/mutants.toml`: a name, a file, a text that is in it exactly once, and what comes
//! in its place. They are made in a copy of the two crates, which is built on what the last one left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde::Deserialize;

use crate::failure::{Context, Failure, Result};
use crate::place;

/// One break.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    name: String,
    /// Below `payload`.
    file: String,
    old: String,
    new: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    mutant: Vec<Mutant>,
}

/// The catalogue.
fn catalogue() -> Result<Vec<Mutant>> {
    let path = place::root().join("payload/engine/mutants.toml");
    let text = fs::read_to_string(&path).context(|| format!("reading {}", path.display()))?;
    let catalogue: Catalogue = toml::from_str(&text).context(|| format!("reading {}", path.display()))?;
    Ok(catalogue.mutant)
}

impl Mutant {
    /// The file's text, broken. Its old text has to be there once.
    fn apply(&self, text: &str) -> Result<String> {
        match text.matches(&self.old).count() {
            1 => Ok(text.replacen(&self.old, &self.new, 1)),
            count => Err(Failure::new(format!(
                "mutant `{}`: its old text is {count} times in payload/{}; bring payload/engine/mutants.toml up to date",
                self.name, self.file
            ))),
        }
    }
}

/// The stages of finding one: the cheap and telling tests, then all. Arguments of `cargo test`, scenarios.
const STAGES: [(&[&str], &str); 3] = [(&["scenarios"], "25"), (&[], "1"), (&["scenarios"], "400")];

/// Tries the mutants whose name contains `filter`.
pub fn run(filter: &str) -> Result<()> {
    let copy = place::build_dir("mutants");
    let root = place::root();
    prepare(&root, &copy)?;
    let mutants = catalogue()?;
    let (mut caught, mut survived) = (0, Vec::new());
    let start = Instant::now();
    for mutant in mutants.iter().filter(|mutant| mutant.name.contains(filter)) {
        let began = Instant::now();
        let file = copy.join(&mutant.file);
        // The copy's own text: the sources may be worked on meanwhile.
        let whole = fs::read_to_string(&file).context(|| format!("reading {}", file.display()))?;
        write(&file, &mutant.apply(&whole)?)?;
        let found = STAGES.iter().find_map(|(filter, scenarios)| catch(&copy, filter, scenarios).transpose());
        write(&file, &whole)?;
        let seconds = began.elapsed().as_secs();
        match found.transpose()? {
            Some(test) => {
                caught += 1;
                println!("caught    {}: {test} ({seconds} s)", mutant.name);
            }
            None => {
                println!("SURVIVED  {} ({seconds} s)", mutant.name);
                survived.push(mutant.name.as_str());
            }
        }
    }
    println!("mutants: {caught} caught, {} survived, {} s", survived.len(), start.elapsed().as_secs());
    if survived.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("no test notices: {}", survived.join(", "))))
    }
}

/// The test that notices, `None` when all pass.
fn catch(copy: &Path, filter: &[&str], scenarios: &str) -> Result<Option<String>> {
    let output = Command::new("cargo")
        .args(["test", "--offline", "--quiet", "--package", "packager-engine", "--lib", "--"])
        .args(filter)
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env("PACKAGER_SCENARIOS", scenarios)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .output()
        .context(|| "starting cargo".into())?;
    if output.status.success() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let test =
        text.lines().rev().filter_map(|line| line.strip_prefix("    ")).find(|line| line.contains("::"));
    match test {
        Some(test) => Ok(Some(test.trim().to_owned())),
        None if text.contains("running ") => Ok(Some("the tests did not come to an end".into())),
        // A mutant that does not compile proves nothing.
        None => Err(Failure::new(format!(
            "a mutant cannot be built:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ))),
    }
}

/// The two crates as a workspace of their own.
fn prepare(root: &Path, copy: &Path) -> Result<()> {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).context(|| "reading Cargo.toml".into())?;
    let mut lines: Vec<String> = manifest.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if line.starts_with("members = ") {
            *line = "members = [\"shared\", \"engine\"]".into();
        } else if line.starts_with("default-members") || line.starts_with("exclude") {
            line.clear();
        }
        *line = line.replace("path = \"payload/", "path = \"");
        // Built thirty times and run for a moment.
        if line.starts_with("opt-level = 2") {
            *line = "opt-level = 1".into();
        }
    }
    lines.push("[profile.test]\ndebug = false\n".into());
    write(&copy.join("Cargo.toml"), &lines.join("\n"))?;
    let lock = fs::read_to_string(root.join("Cargo.lock")).context(|| "reading Cargo.lock".into())?;
    write(&copy.join("Cargo.lock"), &lock)?;
    for name in ["shared", "engine"] {
        let from = root.join("payload").join(name);
        let to = copy.join(name);
        let mut wanted = Vec::new();
        for entry in walkdir::WalkDir::new(&from) {
            let entry = entry.context(|| format!("reading {}", from.display()))?;
            let below = entry.path().strip_prefix(&from).unwrap_or(entry.path());
            if entry.file_type().is_file() && !below.starts_with("target") {
                let text = fs::read_to_string(entry.path())
                    .context(|| format!("reading {}", entry.path().display()))?;
                write(&to.join(below), &text)?;
                wanted.push(to.join(below));
            }
        }
        remove_others(&to, &wanted)?;
    }
    Ok(())
}

/// Files of an earlier copy that are gone from the sources.
fn remove_others(folder: &Path, wanted: &[PathBuf]) -> Result<()> {
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        if entry.file_type().is_file() && !wanted.iter().any(|path| path == entry.path()) {
            fs::remove_file(entry.path()).context(|| format!("removing {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// Writes a file if that changes it: what is the same is not built again.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).context(|| format!("creating {}", folder.display()))?;
    }
    fs::write(path, text).context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_can_be_made() {
        let mutants = catalogue().expect("the catalogue");
        assert!(mutants.len() >= 20, "{}", mutants.len());
        for mutant in &mutants {
            let path = place::root().join("payload").join(&mutant.file);
            let text = fs::read_to_string(&path).unwrap_or_default();
            let broken = mutant.apply(&text).unwrap_or_else(|failure| panic!("{failure}"));
            assert_ne!(broken, text, "{}", mutant.name);
            assert_eq!(
                mutants.iter().filter(|other| other.name == mutant.name).count(),
                1,
                "{}",
                mutant.name
            );
        }
    }

    #[test]
    fn a_text_that_is_gone_or_there_twice_is_an_error() {
        let mutant = Mutant { name: "x".into(), file: "f".into(), old: "a".into(), new: "b".into() };
        assert_eq!(mutant.apply("cac").expect("once"), "cbc");
        assert!(mutant.apply("aa").is_err() && mutant.apply("c").is_err());
    }
}
