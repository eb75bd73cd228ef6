//! The text that problems point into.

use camino::{Utf8Path, Utf8PathBuf};

/// A manifest's text and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    path: Utf8PathBuf,
    text: String,
    line_starts: Vec<usize>,
}

/// A place for people and editors. Both count from 1; a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Source {
    /// A text with the name it is shown under.
    #[must_use]
    pub fn new(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at.saturating_add(1))).collect();
        Self { path: path.into(), text, line_starts }
    }

    /// The name it is shown under.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The folder that paths of the manifest are relative to.
    #[must_use]
    pub fn folder(&self) -> &Utf8Path {
        match self.path.parent() {
            Some(parent) if !parent.as_str().is_empty() => parent,
            _ => Utf8Path::new("."),
        }
    }

    /// Line and column of a byte; a byte past the end is at the end.
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        let byte = self.floor_char(byte);
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count());
        Position { line, column: column.saturating_add(1) }
    }

    /// The span moved onto character bounds inside the text.
    #[must_use]
    pub fn clamp(&self, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let start = self.floor_char(span.start);
        let mut end = span.end.min(self.text.len()).max(start);
        while !self.text.is_char_boundary(end) {
            end = end.saturating_add(1);
        }
        start..end
    }

    fn floor_char(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte = byte.saturating_sub(1);
        }
        byte
    }
}
