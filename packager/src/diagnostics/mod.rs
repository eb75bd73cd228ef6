//! How problems are shown: each with file, line, column, what is wrong, why, and a way out.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`source`] | the text a problem points into, and line and column of a byte |
//! | [`render`] | the two renderings: for people, and one JSON object a line |
//! | [`rules`] | what is looked for, one rule a file |
//! | [`suggest`] | "did you mean …?" |

pub mod render;
pub mod rules;
pub mod source;
pub mod suggest;

use std::collections::HashSet;
use std::ops::Range;

pub use source::Source;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is built.
    Error,
    /// Built all the same, but worth a look.
    Warning,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in the manifest and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Bytes of the source.
    pub span: Range<usize>,
    /// What stands there, empty when the message says it all.
    pub text: String,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// Its stable name, in kebab case (`unknown-key`).
    pub name: &'static str,
    /// What is wrong, in a line.
    pub message: String,
    /// Where: the first is the place itself, the others belong to it.
    pub labels: Vec<Label>,
    /// Why that is a problem.
    pub why: Option<String>,
    /// The way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(name: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, name, span, message)
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(name: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, name, span, message)
    }

    fn new(severity: Severity, name: &'static str, span: Range<usize>, message: impl Into<String>) -> Self {
        let labels = vec![Label { span, text: String::new() }];
        Self { severity, name, message: message.into(), labels, why: None, help: None }
    }

    /// What stands at the place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(first) = self.labels.first_mut() {
            first.text = text.into();
        }
        self
    }

    /// Another place that belongs to the problem.
    #[must_use]
    pub fn also(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Why it is a problem.
    #[must_use]
    pub fn why(mut self, text: impl Into<String>) -> Self {
        self.why = Some(text.into());
        self
    }

    /// The way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// Collects problems, so that one run shows all of them.
#[derive(Debug, Default)]
pub struct Problems {
    list: Vec<Diagnostic>,
}

impl Problems {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Whether anything stops a build.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether the text could not even be read: there is nothing to look at then.
    #[must_use]
    pub fn has_syntax_errors(&self) -> bool {
        self.list.iter().any(|d| d.name == "syntax")
    }

    /// All of them, in the order of the manifest, each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        let place = |d: &Diagnostic| d.labels.first().map_or(0, |l| l.span.start);
        self.list.sort_by_key(|d| (place(d), d.severity));
        // Architectures that share a payload folder share its problems.
        let mut seen = HashSet::new();
        self.list.retain(|d| seen.insert((place(d), d.name, d.message.clone())));
        self.list
    }
}

#[cfg(test)]
mod tests;
