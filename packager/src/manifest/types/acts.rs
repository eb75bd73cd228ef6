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

/// `[[replaces]]`
#[derive(Clone, Debug, Default)]
pub struct Replaces {
    /// Place of the table.
    pub span: Range<usize>,
    /// `name`
    pub name: Option<Text>,
    /// `upgrade-code`
    pub upgrade_code: Option<Text>,
    /// `uninstall-entry`
    pub uninstall_entry: Option<Text>,
    /// `uninstall-args`
    pub uninstall_args: Option<Text>,
    /// `service`
    pub services: Vec<Text>,
    /// `files`
    pub files: Vec<Text>,
    /// `keys`
    pub keys: Vec<Text>,
    /// `firewall`
    pub firewall: Vec<Text>,
    /// `then`
    pub then: Option<Text>,
}

/// `[[migrate]]`
#[derive(Clone, Debug, Default)]
pub struct Migrate {
    /// `from`
    pub from: Option<Text>,
    /// `to`
    pub to: Option<Text>,
}

/// `[[event-provider]]`
#[derive(Clone, Debug, Default)]
pub struct EventProvider {
    /// `manifest`
    pub manifest: Option<Text>,
    /// `file`
    pub file: Option<Text>,
}
