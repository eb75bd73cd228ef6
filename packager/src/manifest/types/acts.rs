//! Tables for what is done once: programs that are run or closed, predecessors, manifests of events.

use std::ops::Range;

use super::{Spanned, Text};

/// `[[run]]`
#[derive(Clone, Debug, Default)]
pub struct RunProgram {
    /// Place of the table.
    pub span: Range<usize>,
    /// `program`
    pub program: Option<Text>,
    /// `args`
    pub args: Vec<Text>,
    /// `at`
    pub at: Vec<Text>,
    /// `undo`
    pub undo: Option<Vec<Text>>,
    /// Place of `undo`.
    pub undo_span: Range<usize>,
    /// `on-failure`
    pub on_failure: Option<Text>,
    /// `success`
    pub success: Vec<Spanned<u32>>,
    /// `timeout`
    pub timeout: Option<Text>,
    /// `when`
    pub when: Option<Text>,
}

/// `[[close]]`
#[derive(Clone, Debug, Default)]
pub struct Close {
    /// `program`
    pub program: Option<Text>,
    /// `within`
    pub within: Option<Text>,
}
