//! `[[service]]`.

use std::ops::Range;

use super::{Spanned, Text};

/// `[[service]]`
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// Place of the table.
    pub span: Range<usize>,
    /// `name`
    pub name: Option<Text>,
    /// `display`
    pub display: Option<Text>,
    /// `description`
    pub description: Option<Text>,
    /// `exe`
    pub exe: Option<Text>,
    /// `arguments`
    pub arguments: Option<Text>,
    /// `start`
    pub start: Option<Text>,
    /// `account`
    pub account: Option<Text>,
    /// `password`
    pub password: Option<Text>,
    /// `depends`
    pub depends: Vec<Text>,
    /// `run`
    pub run: Option<Text>,
    /// `error-control`
    pub error_control: Option<Text>,
    /// `recovery`
    pub recovery: Option<Recovery>,
    /// `preshutdown`
    pub preshutdown: Option<Text>,
    /// `when`
    pub when: Option<Text>,
}

/// `service.recovery`
#[derive(Clone, Debug, Default)]
pub struct Recovery {
    /// Place of the table.
    pub span: Range<usize>,
    /// `restart-after`
    pub restart_after: Option<Text>,
    /// `attempts`
    pub attempts: Option<Spanned<u32>>,
    /// `reset-after`
    pub reset_after: Option<Text>,
    /// `also-on-error-exit`
    pub also_on_error_exit: Option<Spanned<bool>>,
}
