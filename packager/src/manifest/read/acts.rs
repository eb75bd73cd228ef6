//! What is done once.

use serde_spanned::Spanned;
use toml::de::DeValue;

use super::Table;
use crate::manifest::types::{Close, Config, EventProvider, Migrate, Replaces, RunProgram};

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

pub(super) fn config(t: &Table<'_, '_>) -> Config {
    let values = t.table("values").map(|v| v.entries()).unwrap_or_default();
    Config {
        span: t.span.clone(),
        file: t.text("file"),
        format: t.text("format"),
        values: values.into_iter().filter_map(|(key, value)| Some((key, super::text(value)?))).collect(),
        when: t.text("when"),
    }
}

pub(super) fn close(t: &Table<'_, '_>) -> Close {
    Close { program: t.text("program"), within: t.text("within") }
}

pub(super) fn replaces(t: &Table<'_, '_>) -> Replaces {
    Replaces {
        span: t.span.clone(),
        name: t.text("name"),
        upgrade_code: t.text("upgrade-code"),
        uninstall_entry: t.text("uninstall-entry"),
        uninstall_args: t.text("uninstall-args"),
        services: t.one_or_more("service"),
        files: t.texts("files"),
        keys: t.texts("keys"),
        firewall: t.texts("firewall"),
        then: t.text("then"),
    }
}

pub(super) fn migrate(t: &Table<'_, '_>) -> Migrate {
    Migrate { from: t.text("from"), to: t.text("to") }
}

pub(super) fn event_provider(t: &Table<'_, '_>) -> EventProvider {
    EventProvider { manifest: t.text("manifest"), file: t.text("file") }
}
