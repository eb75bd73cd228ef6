//! Custom actions: what the tables cannot do, the installed bootstrap does.
//!
//! Each deferred action has a rollback partner that stands before it, so that it is there when the action fails
//! half-way (Microsoft: "Rollback Custom Actions").

use packager_shared::plan::{Op, Scope};

use super::builder::Builder;
use super::rows::row;
use super::sequences::Step;

/// Sets a property. It runs in both sequences: what the one with a user interface cleared, or set of private
/// properties, does not reach the other.
pub const SET_PROPERTY: i32 = 51;

/// An installed EXE with arguments.
const INSTALLED_EXE: i32 = 18;
const DEFERRED: i32 = 0x400;
const ROLLBACK: i32 = 0x100;
const NO_IMPERSONATE: i32 = 0x800;
/// A failed undo must not stop the other undos.
const IGNORE_EXIT_CODE: i32 = 0x40;

/// Adds the actions when an operation needs them; returns where they stand.
pub fn write(builder: &mut Builder<'_>) -> Vec<Step> {
    let plan = &builder.release.package.target;
    let Some(bootstrap) = builder.release.bootstrap() else { return Vec::new() };
    if !plan.ops.iter().any(Op::needs_bootstrap) {
        return Vec::new();
    }
    let program = builder.file_key(&bootstrap.path);
    let context = if plan.product.scope == Scope::Machine { NO_IMPERSONATE } else { 0 };
    let installing = "NOT REMOVE~=\"ALL\"";
    let removing = "REMOVE~=\"ALL\"";
    let mut steps = Vec::new();
    let mut add = |name: &'static str, kind: i32, argument: &str, sequence: i32, condition: &str| {
        let arguments = format!("/msi {argument}");
        builder
            .rows
            .push("CustomAction", row![name, INSTALLED_EXE | DEFERRED | context | kind, &program, arguments]);
        steps.push(Step { action: name.to_owned(), condition: condition.to_owned(), sequence });
    };
    let undo = ROLLBACK | IGNORE_EXIT_CODE;
    add("UndoBootstrapUninstall", undo, "rollback-uninstall", 2610, removing);
    add("BootstrapUninstall", 0, "uninstall", 2620, removing);
    add("UndoBootstrapInstall", undo, "rollback-install", 5010, installing);
    add("BootstrapInstall", 0, "install", 5020, installing);
    steps
}
