//! What is done once.

use serde_spanned::Spanned;
use toml::de::DeValue;

use super::Table;
use crate::manifest::types::{Close, RunProgram};

pub(super) fn run(t: &Table<'_, '_>) -> RunProgram {
    let undo = t.table.get("undo");
    let success = match t.table.get("success").map(Spanned::get_ref) {
        Some(DeValue::Array(items)) => items.iter().filter_map(super::number).collect(),
        _ => Vec::new(),
    };
    RunProgram {
        span: t.span.clone(),
        program: t.text("program"),
        args: t.texts("args"),
        at: t.one_or_more("at"),
        undo: undo.map(|_| t.texts("undo")),
        undo_span: undo.map(Spanned::span).unwrap_or_default(),
        on_failure: t.text("on-failure"),
        success,
        timeout: t.text("timeout"),
        when: t.text("when"),
    }
}

pub(super) fn close(t: &Table<'_, '_>) -> Close {
    Close { program: t.text("program"), within: t.text("within") }
}
