//! Checks of a package, after the internal consistency evaluators (ICEs) that Windows Installer's own suite runs.
//!
//! One rule a file in [`rules`], each with the number of the ICE whose question it asks and in whose page on
//! Microsoft Learn (<https://learn.microsoft.com/windows/win32/msi/ice-reference>) the answer is described. A rule
//! looks at nothing but the database as it was read back. What the original finds and these do not is not claimed:
//! [`RULES`] is the list of what is looked at.

pub mod directories;
mod rules;
pub mod standard;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod view;

use std::fmt;

use rayon::prelude::*;

use crate::formats::msidb::Database;

pub use rules::RULES;
pub use view::{Record, View};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The package will not work, or not everywhere. Such a package is not built.
    Error,
    /// It may not work as meant.
    Warning,
    /// Worth knowing.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule: `ICE03`.
    pub ice: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The table; empty when no single one is at fault. The summary information is `_SummaryInformation`.
    pub table: String,
    /// The row's key, its fields joined by dots; empty when it is the table as a whole.
    pub row: String,
    /// The column; empty when it is the row as a whole.
    pub column: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.ice, self.severity, self.message)?;
        if self.table.is_empty() {
            return Ok(());
        }
        write!(f, " [{}", self.table)?;
        if !self.column.is_empty() {
            write!(f, ".{}", self.column)?;
        }
        if !self.row.is_empty() {
            write!(f, ", row {}", self.row)?;
        }
        write!(f, "]")
    }
}

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// `ICE03`.
    pub name: &'static str,
    /// What it asks, in a line.
    pub asks: &'static str,
    /// Looks at a package.
    pub check: fn(&View<'_>, &mut Report<'_>),
}

/// Takes what one rule finds.
pub struct Report<'a> {
    ice: &'static str,
    findings: &'a mut Vec<Finding>,
}

/// Where something was found.
#[derive(Clone, Debug, Default)]
pub struct Place {
    table: String,
    row: String,
    column: String,
}

impl Place {
    /// No place in particular.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::default()
    }

    /// A table as a whole.
    #[must_use]
    pub fn table(table: &str) -> Self {
        Self { table: table.to_owned(), ..Self::default() }
    }

    /// A row.
    #[must_use]
    pub fn row(record: &Record<'_>) -> Self {
        Self { table: record.table().to_owned(), row: record.key(), column: String::new() }
    }

    /// A field.
    #[must_use]
    pub fn field(record: &Record<'_>, column: &str) -> Self {
        Self { column: column.to_owned(), ..Self::row(record) }
    }

    /// The summary information.
    #[must_use]
    pub fn summary(property: &str) -> Self {
        Self { table: "_SummaryInformation".to_owned(), row: String::new(), column: property.to_owned() }
    }
}

impl Report<'_> {
    /// Reports something.
    pub fn add(&mut self, severity: Severity, place: Place, message: impl Into<String>) {
        let Place { table, row, column } = place;
        self.findings.push(Finding { ice: self.ice, severity, table, row, column, message: message.into() });
    }

    /// Reports an error.
    pub fn error(&mut self, place: Place, message: impl Into<String>) {
        self.add(Severity::Error, place, message);
    }

    /// Reports a warning.
    pub fn warning(&mut self, place: Place, message: impl Into<String>) {
        self.add(Severity::Warning, place, message);
    }
}

/// Runs the rules of these names (`ICE03`, `ice03`, `3` or `03`; none: all) on a package, in order of their numbers.
#[must_use]
pub fn run(database: &Database, only: &[String]) -> Vec<Finding> {
    let view = View::new(database);
    let wanted = |rule: &&Rule| only.is_empty() || only.iter().any(|name| is_named(rule, name));
    let found: Vec<Vec<Finding>> = RULES
        .par_iter()
        .filter(wanted)
        .map(|rule| {
            let mut findings = Vec::new();
            (rule.check)(&view, &mut Report { ice: rule.name, findings: &mut findings });
            findings
        })
        .collect();
    found.into_iter().flatten().collect()
}

/// The names among these that no rule has.
#[must_use]
pub fn unknown(only: &[String]) -> Vec<&String> {
    only.iter().filter(|name| !RULES.iter().any(|rule| is_named(rule, name))).collect()
}

fn number(name: &str) -> Option<u16> {
    let digits = match name.get(..3) {
        Some(prefix) if prefix.eq_ignore_ascii_case("ICE") => name.get(3..)?,
        _ => name,
    };
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

fn is_named(rule: &Rule, name: &str) -> bool {
    number(name).is_some_and(|wanted| number(rule.name) == Some(wanted))
}
