//! `cargo xtask mutants`: breaks the engine in one place after the other, and has its tests find each.
//!
//! The breaks stand in `payload/engine/mutants.toml`: a name, a file, a text that is in it exactly once, and what comes
//! in its place. They are made in a copy of the two crates, which is built on what the last one left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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

/// The name of the test that takes long.
const SCENARIOS: &str = "flows::tests::scenarios";

/// The stages of finding one, the cheapest first: arguments of the test program, scenarios.
const STAGES: [(&[&str], &str); 4] =
    [(&[SCENARIOS], "8"), (&["--skip", SCENARIOS], "0"), (&[SCENARIOS], "60"), (&[SCENARIOS], "400")];

/// A mutant that makes the engine wait for ever is found after so many seconds without an end.
const PATIENCE: u64 = 300;

/// Those that `cargo xtask test` tries: what a power cut and a way back that fails rest upon.
const TELLING: [&str; 5] = [
    "journal-not-flushed",
    "staged-file-not-flushed",
    "swap-before-the-journal",
    "no-commit-mark",
    "failed-rename-back-forgotten",
];

/// Tries the mutants whose name contains `filter`; `None`: a few telling ones.
pub fn run(filter: Option<&str>) -> Result<()> {
    let copy = place::build_dir("mutants");
    prepare(&place::root(), &copy)?;
    let mut mutants = catalogue()?;
    mutants.retain(|mutant| match filter {
        Some(filter) => mutant.name.contains(filter),
        None => TELLING.contains(&mutant.name.as_str()),
    });
    let start = Instant::now();
    // What finds them has to pass without them; the other tests have a part of their own.
    let (arguments, scenarios) = STAGES[0];
    if let Some(test) = failing(&copy, &build(&copy)?, arguments, scenarios)? {
        return Err(Failure::new(format!("without any mutant the engine fails {test}")));
    }
    println!("built ({} s)", start.elapsed().as_secs());
    let mut survived = Vec::new();
    for mutant in &mutants {
        let began = Instant::now();
        let file = copy.join("payload").join(&mutant.file);
        // The copy's own text: the sources may be worked on meanwhile.
        let whole = fs::read_to_string(&file).context(|| format!("reading {}", file.display()))?;
        write(&file, &mutant.apply(&whole)?)?;
        let found = catch(&copy);
        write(&file, &whole)?;
        let seconds = began.elapsed().as_secs();
        match found.context(|| format!("mutant `{}`", mutant.name))? {
            Some(test) => println!("caught    {}: {test} ({seconds} s)", mutant.name),
            None => {
                println!("SURVIVED  {} ({seconds} s)", mutant.name);
                survived.push(mutant.name.as_str());
            }
        }
    }
    let (all, missed) = (mutants.len(), survived.len());
    println!("mutants: {} caught, {missed} survived, {} s", all - missed, start.elapsed().as_secs());
    if survived.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("no test notices: {}", survived.join(", "))))
    }
}

/// Builds the copy and runs its tests: what notices something, `None` when all pass.
fn catch(copy: &Path) -> Result<Option<String>> {
    let program = build(copy)?;
    for (arguments, scenarios) in STAGES {
        if let Some(test) = failing(copy, &program, arguments, scenarios)? {
            let of_scenarios = arguments == [SCENARIOS];
            return Ok(Some(if of_scenarios { format!("{scenarios} scenarios") } else { test }));
        }
    }
    Ok(None)
}

/// Builds the tests; the program.
fn build(copy: &Path) -> Result<PathBuf> {
    let output = Command::new("cargo")
        .args(["test", "--offline", "--quiet", "--package", "packager-engine", "--lib", "--no-run"])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .stdin(Stdio::null())
        .output()
        .context(|| "starting cargo".into())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let program = text.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("\"executable\":\"")?;
        Some(PathBuf::from(rest.split_once('"')?.0))
    });
    match program {
        Some(program) if output.status.success() => Ok(program),
        // What does not compile proves nothing.
        _ => Err(Failure::new(format!("it cannot be built:\n{}", String::from_utf8_lossy(&output.stderr)))),
    }
}

/// The first test of those asked for that fails.
fn failing(copy: &Path, program: &Path, arguments: &[&str], scenarios: &str) -> Result<Option<String>> {
    let log = copy.join("output.txt");
    let file = fs::File::create(&log).context(|| format!("creating {}", log.display()))?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(copy.join("payload/engine"))
        .env("PACKAGER_SCENARIOS", scenarios)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(Stdio::null())
        .spawn()
        .context(|| format!("starting {}", program.display()))?;
    let start = Instant::now();
    let status = loop {
        match child.try_wait().context(|| "waiting for the tests".into())? {
            Some(status) => break status,
            None if start.elapsed().as_secs() >= PATIENCE => {
                child.kill().and_then(|()| child.wait()).context(|| "ending the tests".into())?;
                return Ok(Some("the tests do not come to an end".into()));
            }
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.success() {
        return Ok(None);
    }
    let text = fs::read(&log).context(|| format!("reading {}", log.display()))?;
    let text = String::from_utf8_lossy(&text);
    let failed = text.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    Ok(Some(failed.unwrap_or("the tests break off").to_owned()))
}

/// The two crates as a workspace of their own.
fn prepare(root: &Path, copy: &Path) -> Result<()> {
    let manifest = fs::read_to_string(root.join("Cargo.toml")).context(|| "reading Cargo.toml".into())?;
    let mut lines: Vec<String> = manifest.lines().map(str::to_owned).collect();
    for line in &mut lines {
        if line.starts_with("members = ") {
            *line = "members = [\"payload/shared\", \"payload/engine\"]".into();
        } else if line.starts_with("default-members") || line.starts_with("exclude") {
            line.clear();
        }
        // Built thirty times and run for a moment.
        if line.starts_with("opt-level = 2") {
            *line = "opt-level = 1".into();
        }
    }
    lines.push("[profile.test]\ndebug = false\n".into());
    write(&copy.join("Cargo.toml"), &lines.join("\n"))?;
    let lock = fs::read_to_string(root.join("Cargo.lock")).context(|| "reading Cargo.lock".into())?;
    write(&copy.join("Cargo.lock"), &lock)?;
    // What their tests include of other folders.
    let rows = "tests/decisions.txt";
    let text = fs::read_to_string(root.join(rows)).context(|| format!("reading {rows}"))?;
    write(&copy.join(rows), &text)?;
    for name in ["shared", "engine"] {
        let from = root.join("payload").join(name);
        let to = copy.join("payload").join(name);
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
