//! What the command says, on which stream, in which format.

use std::io::{IsTerminal as _, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Severity, Source, render};
use crate::report::artifacts::size;
use crate::report::{Artifact, BuildError, Compressed, Phase, Problem, Reporter};

/// `--message-format`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum MessageFormat {
    /// For people
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

/// Standard output and error, with what was asked for.
#[derive(Debug)]
pub struct Console {
    format: MessageFormat,
    quiet: bool,
    colour: bool,
    bar: Option<ProgressBar>,
    errors: usize,
    warnings: usize,
    artifacts: usize,
}

impl Console {
    /// A console.
    #[must_use]
    pub fn new(format: MessageFormat, quiet: bool) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
            || std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        let colour = !plain && std::io::stderr().is_terminal();
        Self { format, quiet, colour, bar: None, errors: 0, warnings: 0, artifacts: 0 }
    }

    /// Whether JSON was asked for.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == MessageFormat::Json
    }

    /// Says something that is not wanted with `--quiet`; with JSON an object of reason `message`.
    pub fn say(&mut self, text: &str) {
        if self.is_json() || !self.quiet {
            self.answer(text);
        }
    }

    /// Prints the answer to a question (`inspect`), even with `--quiet`.
    pub fn answer(&mut self, text: &str) {
        if self.is_json() {
            self.json(&json!({ "reason": "message", "text": text }));
        } else {
            self.line(text);
        }
    }

    /// Prints a document that was asked for, to its last byte; with JSON as the `text` of one object.
    pub fn document(&mut self, text: &str) -> Result<(), BuildError> {
        if self.is_json() {
            self.json(&json!({ "reason": "document", "text": text }));
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads may stop when it has seen enough.
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(BuildError::Environment(Problem::new("cannot write to standard output").why(e)))
            }
            _ => Ok(()),
        }
    }

    /// Prints an object on a line of its own, when JSON was asked for.
    pub fn json(&mut self, value: &Value) {
        if self.is_json() {
            self.line(&value.to_string());
        }
    }

    /// Says why the command fails. What the reporter was told is not repeated.
    pub fn failed(&mut self, error: &BuildError) {
        self.stop_bar();
        match error {
            BuildError::Manifest { .. } => {
                if !self.is_json() {
                    self.error_line(&error.to_string());
                }
            }
            BuildError::Input(problem) => self.problem("input", problem),
            BuildError::Environment(problem) => self.problem("environment", problem),
        }
    }

    /// The last word: `finished`.
    pub fn finish(&mut self, code: u8) {
        self.stop_bar();
        self.json(&json!({
            "reason": "finished",
            "success": code == 0,
            "exit_code": code,
            "errors": self.errors,
            "warnings": self.warnings,
            "artifacts": self.artifacts,
        }));
    }

    fn problem(&mut self, name: &str, problem: &Problem) {
        self.errors = self.errors.saturating_add(1);
        if self.is_json() {
            self.json(&json!({
                "reason": "diagnostic", "severity": "error", "name": name, "message": problem.message,
                "file": null, "line": null, "column": null, "why": problem.why, "help": problem.help, "spans": [],
            }));
        } else {
            self.error_line(&problem.to_string());
        }
    }

    fn error_line(&mut self, text: &str) {
        let head = if self.colour { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
        // A closed pipe is no reason to panic, here and below.
        let _ = writeln!(std::io::stderr().lock(), "{head}: {text}");
    }

    fn line(&mut self, text: &str) {
        let write = || {
            let mut out = std::io::stdout().lock();
            out.write_all(text.as_bytes())?;
            if !text.ends_with('\n') {
                out.write_all(b"\n")?;
            }
            out.flush()
        };
        let _: std::io::Result<()> = match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        };
    }

    fn stop_bar(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Reporter for Console {
    fn diagnostic(&mut self, source: &Source, diagnostic: &Diagnostic) {
        match diagnostic.severity {
            Severity::Error => self.errors = self.errors.saturating_add(1),
            Severity::Warning => self.warnings = self.warnings.saturating_add(1),
        }
        if self.is_json() {
            self.json(&render::json(source, diagnostic));
        } else if !self.quiet || diagnostic.severity == Severity::Error {
            let text = render::human(source, diagnostic, self.colour);
            let _ = writeln!(std::io::stderr().lock(), "{text}\n");
        }
    }

    fn phase(&mut self, phase: Phase, total: u64) {
        self.stop_bar();
        if self.quiet || self.is_json() || total == 0 {
            return;
        }
        let verb = match phase {
            Phase::Read => "Reading",
            Phase::Compress => "Compressing",
            Phase::Write => "Writing",
        };
        let style =
            ProgressStyle::with_template("{msg:>12} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
        // Draws nothing where standard error is not a terminal.
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
        self.bar = Some(bar.with_style(style).with_message(verb));
    }

    fn advance(&mut self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
        }
    }

    fn compressed(&mut self, compressed: &Compressed) {
        let Compressed { plain, packed, units, cached, cache, seconds } = *compressed;
        if plain == 0 {
            return;
        }
        if self.is_json() {
            self.json(&json!({
                "reason": "compressed", "plain_bytes": plain, "packed_bytes": packed, "seconds": seconds,
                "units": units, "cached_units": if cache { json!(cached) } else { Value::Null },
            }));
            return;
        }
        let mut text = format!(
            "compressed {} to {} ({:.1} %) in {seconds:.1} s, {}/s",
            size(plain),
            size(packed),
            compressed.ratio() * 100.0,
            size(compressed.throughput() as u64),
        );
        if cache {
            text.push_str(&format!("; {cached} of {units} parts from the cache"));
        }
        self.say(&text);
    }

    fn artifact(&mut self, artifact: &Artifact) {
        self.artifacts = self.artifacts.saturating_add(1);
        self.json(&artifact.json());
    }
}
