//! From a manifest's path to its plans, with every problem on the way.

use std::io::{ErrorKind, Read as _};

use camino::Utf8Path;

use super::inputs::Inputs;
use super::{PackagePlan, make};
use crate::diagnostics::source::Position;
use crate::diagnostics::{Diagnostic, Problems, Severity, Source, rules};
use crate::manifest::{self, syntax};
use crate::model::lower::lower;
use crate::report::{BuildError, Problem};

/// A manifest that was read.
#[derive(Debug)]
pub struct Loaded {
    /// Its text, for showing problems.
    pub source: Source,
    /// Its problems, in the order of the manifest.
    pub diagnostics: Vec<Diagnostic>,
    /// One plan for each architecture, in the order of the manifest; empty when there are errors.
    pub plans: Vec<PackagePlan>,
}

impl Loaded {
    /// How many errors there are.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
    }
}

/// Reads a manifest and what it refers to. Only a manifest that cannot be read is an `Err`: what is wrong in it
/// is in [`Loaded::diagnostics`].
pub fn load(path: &Utf8Path) -> Result<Loaded, BuildError> {
    let (source, not_text) = read(path)?;
    if let Some(problem) = not_text {
        return Ok(Loaded { source, diagnostics: vec![problem], plans: Vec::new() });
    }
    let mut problems = Problems::default();
    let manifest = manifest::parse(&source, &mut problems);
    let mut plans = Vec::new();
    // After a syntax error there is nothing that could be looked at.
    if !problems.has_syntax_errors() {
        let inputs = Inputs::gather(&manifest, source.folder());
        rules::check(&manifest, &inputs, &mut problems);
        let model = lower(&manifest, &inputs);
        match model {
            Some(model) if !problems.has_errors() => {
                for (arch, scan) in &inputs.payloads {
                    if let Ok(scan) = scan {
                        let mut plan = make::plan(&model, &manifest, *arch, scan, &inputs.site_files);
                        for row in plan.outputs.msi.tables.iter_mut().flat_map(|table| &mut table.rows) {
                            let Position { line, column } = source.position(row.at);
                            row.place = format!("{}:{line}:{column}", source.path());
                        }
                        plans.push(plan);
                    }
                }
            }
            Some(_) => {}
            None if problems.has_errors() => {}
            None => problems.push(
                Diagnostic::error("unexplained", 0..0, "the manifest has no meaning")
                    .why("this is a defect of packager: a rule should have said what is wrong")
                    .help("please report it with the manifest"),
            ),
        }
    }
    Ok(Loaded { source, diagnostics: problems.into_sorted(), plans })
}

/// Reads the text of a manifest, and says where it is none.
fn read(path: &Utf8Path) -> Result<(Source, Option<Diagnostic>), BuildError> {
    let input = |message: String, why: String, help: &str| {
        Err(BuildError::Input(Problem::new(message).why(why).help(help)))
    };
    // Looked at before it is opened: opening a pipe would wait for whoever writes to it.
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => {}
        Ok(metadata) => {
            let what = if metadata.is_dir() { "a folder" } else { "not a regular file" };
            let help = "name the manifest, such as agent.toml";
            return input(format!("{path} is {what}"), "a manifest is a file".into(), help);
        }
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            let help = "`packager init` writes a manifest to start from";
            return input(format!("there is no manifest {path}"), e.to_string(), help);
        }
        Err(e) => return Err(BuildError::io("read", path, &e)),
    }
    let file = std::fs::File::open(path).map_err(|e| BuildError::io("open", path, &e))?;
    let mut bytes = Vec::new();
    let limit = syntax::MAX_BYTES;
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| BuildError::io("read", path, &e))?;
    if bytes.len() as u64 > limit {
        let why = format!("a manifest has up to {limit} bytes");
        return input(format!("{path} is too large for a manifest"), why, "is it the right file?");
    }
    match String::from_utf8(bytes) {
        // Editors on Windows like to start a file with a byte order mark; TOML allows it.
        Ok(text) => Ok((Source::new(path, text), None)),
        Err(e) => {
            // Up to the bad byte the lossy text is the same, so the place is right.
            let at = e.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(e.as_bytes()).into_owned();
            let problem =
                Diagnostic::error("syntax", at..at.saturating_add(1), "the manifest is not valid UTF-8")
                    .why(e.utf8_error().to_string())
                    .help("save it as UTF-8");
            Ok((Source::new(path, text), Some(problem)))
        }
    }
}

#[cfg(test)]
mod tests;
